"""Finds the configuration: the nearest `aigc-label.toml`, or `[tool.aigc-label]` in a `pyproject.toml`."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Final

from aigc_label.bilingual import Bilingual
from aigc_label.choosing import Configuration, Origin
from aigc_label.errors import WrongUse

NAME: Final = "aigc-label.toml"
SHARED: Final = "pyproject.toml"
TABLE: Final = "aigc-label"
LARGEST: Final = 1 << 20  # bytes; a configuration is short


def named(path: str) -> Configuration:
    """Give the configuration that the user named. Raises `WrongUse` where it is none, `OSError`."""
    values = _table_of(path, _text_of(path))
    return Configuration(path, values or {}, Origin.NAMED)


def found(folder: str) -> Configuration | None:
    """Give the nearest configuration at or above `folder`; a `pyproject.toml` without our table does not count."""
    here = os.path.abspath(folder)
    while True:
        for name in (NAME, SHARED):
            path = os.path.join(here, name)
            if os.path.isfile(path):
                text = _text_of(path)
                if name == NAME or TABLE in text:
                    values = _table_of(path, text)
                    if values is not None:
                        return Configuration(path, values, Origin.FOUND)
        above = os.path.dirname(here)
        if above == here:
            return None
        here = above


def _text_of(path: str) -> str:
    with open(path, "rb") as file:
        data = file.read(LARGEST + 1)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise _unreadable(path, "not UTF-8", "不是 UTF-8 编码") from problem
    if len(data) > LARGEST:
        raise _unreadable(path, "over 1 MiB", "超过 1 MiB")
    return text


def _table_of(path: str, text: str) -> Mapping[str, object] | None:
    import tomllib

    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise _unreadable(path, f"not TOML: {problem}", f"不是 TOML：{problem}") from problem
    if os.path.basename(path) != SHARED:
        return values
    table = values.get("tool", {}).get(TABLE)
    return table if isinstance(table, dict) else None


def _unreadable(path: str, en: str, zh: str) -> WrongUse:
    return WrongUse(
        Bilingual(f"the configuration cannot be read: {en}", f"无法读取配置：{zh}"),
        remedy=Bilingual("Correct it, or go on without: `--isolated`.", "请更正，或用 `--isolated` 忽略配置。"),
        where=path,
    )
