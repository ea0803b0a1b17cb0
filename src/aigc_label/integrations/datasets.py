"""Labels files in a table of Hugging Face datasets: bytes in, labelled bytes out, and a verdict on each row.

The features `Image`, `Audio` and `Video` decode what they are asked for, and whatever is put back is encoded anew, without
its label. So ask for bytes, and cast back at the end, which encodes nothing:

    rows = rows.cast_column("image", datasets.Image(decode=False)).map(Labeller(order), batched=True)
    rows = rows.map(Judge(policy), batched=True).cast_column("image", datasets.Image())

This module does not import datasets.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final, TypeAlias

from aigc_label import api
from aigc_label.batch.rows import Told, labelled
from aigc_label.errors import AigcLabelError
from aigc_label.order import Order
from aigc_label.policy import DEFAULT_POLICY, Policy
from aigc_label.report import Verdict
from aigc_label.telling.account import account_of

Batch: TypeAlias = "dict[str, list[Any]]"
ACTION: Final = "aigc_action"
ERROR: Final = "aigc_error"
VERDICT: Final = "aigc_verdict"
RULES: Final = "aigc_rules"


class Labeller:
    """Labels (and marks, where the order says so) the files of a column; adds the columns `aigc_action` and `aigc_error`.

    A row that could not be labelled has no file left and says why in `aigc_error`: nothing unlabelled goes on. Rows without
    a file stay without. Raises `TypeError` for a column that was decoded.
    """

    def __init__(self, order: Order, column: str = "image") -> None:
        self._order = order
        self._column = column

    def __call__(self, batch: Batch) -> Batch:
        cells = batch[self._column]
        told = [self._one(cell) for cell in cells]
        return {
            **batch,
            self._column: [_holding(cell, one.data) for cell, one in zip(cells, told, strict=True)],
            ACTION: [one.action for one in told],
            ERROR: [one.error for one in told],
        }

    def _one(self, cell: Any) -> Told:
        try:
            data = _bytes_of(cell)
        except OSError as problem:
            return Told(b"", "failed", str(problem))
        return labelled(data, self._order) if data is not None else Told(b"", "unchanged", "")


class Judge:
    """Judges the files of a column; adds the columns `aigc_verdict` and `aigc_rules` (what was broken, or the error's code).

    What could not be looked at is undecidable, a row without a file has no verdict ("").
    """

    def __init__(self, policy: Policy = DEFAULT_POLICY, column: str = "image") -> None:
        self._policy = policy
        self._column = column

    def __call__(self, batch: Batch) -> Batch:
        told = [self._one(cell) for cell in batch[self._column]]
        return {**batch, VERDICT: [verdict for verdict, _ in told], RULES: [rules for _, rules in told]}

    def _one(self, cell: Any) -> tuple[str, list[str]]:
        try:
            data = _bytes_of(cell)
            if data is None:
                return "", []
            report = api.verify(data, self._policy)
        except (AigcLabelError, OSError) as problem:
            return str(Verdict.UNDECIDABLE), [point.code for point in account_of("", problem).points]
        return str(report.verdict), [finding.rule.id for finding in report.findings]


def _holding(cell: Any, data: bytes) -> Any:
    """Give a cell of the same kind with other bytes; None where there are none."""
    if not data:
        return None
    return data if isinstance(cell, bytes) else {"bytes": data, "path": cell["path"]}


def _bytes_of(cell: Any) -> bytes | None:
    """Give the bytes that a cell holds, or those of the file on disk that it names; None where there is neither.

    Raises `TypeError`: a column that was decoded is a mistake of the program, not of one row.
    """
    if cell is None or isinstance(cell, bytes):
        return cell
    if isinstance(cell, dict) and {"bytes", "path"} <= cell.keys():
        data, path = cell["bytes"], cell["path"]
        return data if data is not None else Path(path).read_bytes() if path else None
    raise TypeError(
        f"a cell holds {type(cell).__name__}, which was decoded and has lost its label: ask for bytes with "
        'rows.cast_column("image", datasets.Image(decode=False)) / '
        f"单元格中是已解码的 {type(cell).__name__}，其标识已丢失：请用 datasets.Image(decode=False) 读取字节"
    )
