"""Labels the bytes of one row of a table, for programs that keep files in columns."""

from __future__ import annotations

from typing import NamedTuple

from aigc_label.api import carry_out
from aigc_label.batch.local import defect_of
from aigc_label.errors import AigcLabelError
from aigc_label.order import Order


class Told(NamedTuple):
    """What came of one row: the labelled bytes, b"" where it could not be labelled; `error` then says why."""

    data: bytes
    action: str
    error: str


def labelled(data: bytes, order: Order) -> Told:
    """Give the labelled bytes. Nothing is raised: one bad row does not end the work of a table."""
    try:
        outcome = carry_out(data, None, order)
    except (AigcLabelError, OSError) as problem:
        return Told(b"", "failed", str(problem))
    except Exception as problem:
        return Told(b"", "failed", str(defect_of(problem)))
    return Told(outcome.data or b"", str(outcome.action), "")
