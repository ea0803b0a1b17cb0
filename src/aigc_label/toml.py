"""Reads TOML that people wrote for us: short, UTF-8, and refused with a remedy where it is neither."""

from __future__ import annotations

from typing import Any, Final

from aigc_label.bilingual import Bilingual
from aigc_label.errors import WrongUse

LARGEST: Final = 1 << 20  # bytes


def text_of(path: str, remedy: Bilingual) -> str:
    """Give a file's text. Raises `WrongUse` where it is none, `OSError`."""
    with open(path, "rb") as file:
        data = file.read(LARGEST + 1)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise _unreadable(path, remedy, "not UTF-8", "不是 UTF-8 编码") from problem
    if len(data) > LARGEST:
        raise _unreadable(path, remedy, "over 1 MiB", "超过 1 MiB")
    return text


def values_of(path: str, text: str, remedy: Bilingual) -> dict[str, Any]:
    """Give what a file's text says. Raises `WrongUse` where it is not TOML."""
    import tomllib

    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise _unreadable(path, remedy, f"not TOML: {problem}", f"不是 TOML：{problem}") from problem


def _unreadable(path: str, remedy: Bilingual, en: str, zh: str) -> WrongUse:
    return WrongUse(Bilingual(f"cannot be read: {en}", f"无法读取：{zh}"), remedy=remedy, where=path)
