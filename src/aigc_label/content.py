"""Says what part of a file a label's signature is bound to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aigc_label.adapters import adapter_of
from aigc_label.formats import Format
from aigc_label.source import Source
from aigc_label.splice import Keep

if TYPE_CHECKING:
    from aigc_label.security.checking import Content


def media_of(source: Source, row: Format) -> Content:
    """Give what a label on `source` is bound to; all of it where the format has no place for a label."""
    from aigc_label.security.checking import Content

    ranges = adapter_of(row).payload(source) if row.adapter else (Keep(0, source.size),)
    return Content(source, row.name, ranges)
