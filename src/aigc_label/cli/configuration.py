"""Finds the configuration: the nearest `aigc-label.toml`, or `[tool.aigc-label]` in a `pyproject.toml`."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Final

from aigc_label import toml
from aigc_label.bilingual import Bilingual
from aigc_label.choosing import Configuration, Origin

NAME: Final = "aigc-label.toml"
SHARED: Final = "pyproject.toml"
TABLE: Final = "aigc-label"
GO_ON: Final = Bilingual("Correct it, or go on without: `--isolated`.", "请更正，或用 `--isolated` 忽略配置。")


def named(path: str) -> Configuration:
    """Give the configuration that the user named. Raises `WrongUse` where it is none, `OSError`."""
    values = _table_of(path, toml.text_of(path, GO_ON))
    return Configuration(path, values or {}, Origin.NAMED)


def found(folder: str) -> Configuration | None:
    """Give the nearest configuration at or above `folder`; a `pyproject.toml` without our table does not count."""
    here = os.path.abspath(folder)
    while True:
        for name in (NAME, SHARED):
            path = os.path.join(here, name)
            if os.path.isfile(path):
                text = toml.text_of(path, GO_ON)
                if name == NAME or TABLE in text:
                    values = _table_of(path, text)
                    if values is not None:
                        return Configuration(path, values, Origin.FOUND)
        above = os.path.dirname(here)
        if above == here:
            return None
        here = above


def _table_of(path: str, text: str) -> Mapping[str, object] | None:
    values = toml.values_of(path, text, GO_ON)
    if os.path.basename(path) != SHARED:
        return values
    table = values.get("tool", {}).get(TABLE)
    return table if isinstance(table, dict) else None
