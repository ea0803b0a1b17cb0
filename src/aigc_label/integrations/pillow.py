"""Labels what Pillow saves: one call in place of `image.save`, or every `image.save` within a block."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias, cast

from PIL import Image

from aigc_label import api
from aigc_label.bilingual import Bilingual
from aigc_label.errors import UnsupportedFormat
from aigc_label.order import Order, Outcome

Target: TypeAlias = "str | os.PathLike[str] | BinaryIO"
_SAVE = Image.Image.save
_OURS: ContextVar[bool] = ContextVar("aigc_label_saving", default=False)  # whether we save ourselves, to draw a mark


def save(image: Image.Image, target: Target, order: Order, **options: Any) -> Outcome:
    """Save an image as `image.save(target, **options)` would, labelled as `order` says; give what was done.

    The file is encoded in memory, labelled, read back and only then written. Raises `AigcLabelError` where it cannot be
    labelled (Pillow writes formats that have no place for a label); nothing is written then.
    """
    path = target if isinstance(target, str | os.PathLike) else None
    named = options.pop("format", None) or _format_of(path if path is not None else getattr(target, "name", ""))
    bare = encoded(image, named, **options)
    ours = _OURS.set(True)
    try:
        outcome = api.carry_out(bare, Path(path) if path is not None else None, order)
    finally:
        _OURS.reset(ours)
    if path is None:
        cast(BinaryIO, target).write(outcome.data or b"")
    return outcome


def encoded(image: Image.Image, named: str, **options: Any) -> bytes:
    """Give the bare file that Pillow makes of an image, also within `every_save`; `named` is Pillow's name of the format."""
    out = io.BytesIO()
    _SAVE(image, out, format=named, **options)
    return out.getvalue()


def _format_of(name: str | os.PathLike[str]) -> str:
    """Give Pillow's name of the format that a file name stands for."""
    suffix = Path(os.fspath(name)).suffix.lower()
    found = Image.registered_extensions().get(suffix)
    if found is None:
        raise UnsupportedFormat(
            Bilingual(f"no format is known by the name {suffix!r}", f"无法由扩展名 {suffix!r} 得知格式"),
            remedy=Bilingual('Name it: `format="PNG"`.', '请指明格式，如 `format="PNG"`。'),
        )
    return found


@contextmanager
def every_save(order: Order) -> Iterator[None]:
    """Let every `Image.save` of this process label what it saves, for pipelines that cannot be changed.

    It holds for all threads while the block lasts. A file that cannot be labelled is not written: `save` raises.
    """

    def labelled(image: Image.Image, fp: Any, format: str | None = None, **options: Any) -> None:  # noqa: A002  Pillow's
        if _OURS.get():
            _SAVE(image, fp, format, **options)
        else:
            save(image, fp, order, format=format, **options)

    Image.Image.save = labelled  # type: ignore[assignment,method-assign]
    try:
        yield
    finally:
        Image.Image.save = _SAVE  # type: ignore[method-assign]
