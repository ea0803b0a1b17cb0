"""Labels rows of Ray Data: bytes in, labelled bytes out, and a writer that keeps the files' names.

Ray's own image readers decode to arrays and lose all metadata, its writers give files new names. So read binary:

    rows = ray.data.read_binary_files("in/", include_paths=True)
    rows.map_batches(Labeller(label=label)).map_batches(Writer("in/", "out/")).write_json("told/")

Batches are in Ray's default form: a dict of columns. This module does not import Ray.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeAlias

from aigc_label.batch.rows import labelled
from aigc_label.label import Label
from aigc_label.marking import Mark
from aigc_label.order import LabelTemplate, Order
from aigc_label.output import new_file

Batch: TypeAlias = "dict[str, Any]"


class Labeller:
    """Labels (and marks, where there is a mark) the column `bytes`; adds the columns `action` and `error`.

    A row that could not be labelled has no bytes left and says why in `error`: nothing unlabelled goes on.
    """

    def __init__(self, *, label: Label | LabelTemplate | None = None, mark: Mark | None = None) -> None:
        self._order = Order(label=label, mark=mark)

    def __call__(self, batch: Batch) -> Batch:
        told = [labelled(bytes(data), self._order) for data in batch["bytes"]]
        columns = zip(*told, strict=True) if told else ((), (), ())
        return {**batch, **dict(zip(("bytes", "action", "error"), map(_column, columns), strict=True))}


class Writer:
    """Writes each row's bytes below `out` under the name that its `path` has below `root`, whole or not at all.

    Gives the rows back without their bytes, with the column `target`; rows with an error are not written.
    """

    def __init__(self, root: str, out: str) -> None:
        self._root = os.path.abspath(root)
        self._out = os.path.abspath(out)

    def __call__(self, batch: Batch) -> Batch:
        rows = zip(batch["path"], batch["bytes"], batch["error"], strict=True)
        targets = [self._one(str(path), bytes(data)) if not error else "" for path, data, error in rows]
        return {**{name: column for name, column in batch.items() if name != "bytes"}, "target": _column(targets)}

    def _one(self, path: str, data: bytes) -> str:
        relative = os.path.relpath(os.path.abspath(path), self._root)
        if relative.split(os.sep)[0] == os.pardir:
            raise ValueError(f"{path} does not lie below {self._root}")
        target = Path(self._out, relative)
        target.parent.mkdir(parents=True, exist_ok=True)
        with new_file(target) as file:
            file.write(data)
        return str(target)


def _column(values: Iterable[Any]) -> Any:
    import numpy

    return numpy.array(list(values), dtype=object)
