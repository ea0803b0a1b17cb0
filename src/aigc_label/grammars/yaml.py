"""Reads the small part of YAML that front matter is made of, and says where each entry stands."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias

from aigc_label.grammars.text import lines

MAX_DEPTH: Final = 8
LONGEST_KEY: Final = 1_024  # YAML 1.2, 7.4.2, bounds a key so
KEY: Final = re.compile(
    r"""(?:"(?P<double>[^"\\\r\n]*+(?:\\[^\r\n][^"\\\r\n]*+)*)"|'(?P<single>[^'\r\n]*+(?:''[^'\r\n]*+)*)'(?!')"""
    r"""|(?P<plain>[^\s'"#\[\]{}&*!|>%@`,?:-][^\r\n]*?|[?:-][^\s][^\r\n]*?))[ \t]*+:(?=[ \t\r\n]|\Z)[ \t]*+"""
)
SINGLE: Final = re.compile(r"'([^']*+(?:''[^']*+)*)'(?!')")
DOUBLE: Final = re.compile(r'"([^"\\]*+(?:\\.[^"\\]*+)*)"', re.DOTALL)
FLOW: Final = re.compile(r"""'[^']*+(?:''[^']*+)*'(?!')|"[^"\\]*+(?:\\.[^"\\]*+)*"|[\[\]{}]""", re.DOTALL)
COMMENT: Final = re.compile(r"(?:^|[ \t])#[^\r\n]*")
FOLD: Final = re.compile(r"[ \t]*(?:\r\n?|\n)(?:[ \t]*(?:\r\n?|\n))*[ \t]*")
BLOCK: Final = re.compile(r"([|>])([+-]?)[1-9]?([+-]?)[ \t]*(?:#[^\r\n]*)?(?:\r\n?|\n|\Z)")
NUMBER: Final = re.compile(
    r"[-+]?(?:\d[\d_]*(?:\.\d*)?|\.\d+)(?:e[-+]?\d+)?|0x[0-9a-f_]+|0o?[0-7_]+|[-+]?\.inf|\.nan", re.I
)
NULL: Final = ("", "~", "null", "Null", "NULL")
BOOLEAN: Final = re.compile(r"true|false|yes|no|on|off|y|n", re.IGNORECASE)
SHORT: Final = dict(zip('0abtnvfre "/\\N_LP\t', '\0\a\b\t\n\v\f\r\x1b "/\\\x85\xa0\u2028\u2029\t', strict=True))
ESCAPE: Final = re.compile(
    r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|((?:\r\n?|\n)[ \t]*)|(.))", re.DOTALL
)


class Style(StrEnum):
    """How a scalar is written."""

    SINGLE = "single"
    DOUBLE = "double"
    PLAIN = "plain"  # a bare word that YAML takes for text
    NUMBER = "number"  # a bare word that YAML takes for a number or a truth value
    NULL = "null"
    BLOCK = "block"  # | or >


@dataclass(frozen=True, slots=True)
class Scalar:
    """One value as text, whatever YAML would make of it."""

    text: str
    style: Style


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys with their values, in the order written; a key that stands twice stands here twice. `flow`: in braces."""

    pairs: tuple[tuple[str, Value], ...]
    flow: bool = False


Value: TypeAlias = "Scalar | Mapping | tuple[Scalar | Mapping, ...]"


@dataclass(frozen=True, slots=True)
class Entry:
    """One key of the outermost mapping. It takes whole lines from `start` to `end`; its value begins at `value`."""

    key: str
    start: int
    value: int
    end: int


def entries(characters: str, start: int, end: int) -> tuple[Entry, ...] | None:
    """Give the entries of a block mapping without indentation; None where the lines are not one.

    Comments and blank lines between entries belong to none of them.
    """
    found: list[Entry] = []
    reach = end  # once brackets never close, those behind them are looked for in their own line alone
    inside = start  # a quoted or bracketed value may go on over lines that look like keys
    for at, words, stop in lines(characters, start, end):
        line = characters[at:words]
        if at < inside or (found and (line[:1] in " \t" or re.match(r"-(?:[ \t]|\Z)", line)) and line.strip()):
            if not found:
                return None
            last = found[-1]
            found[-1] = Entry(last.key, last.start, last.value, stop)
        elif line.strip() and not line.lstrip().startswith("#"):
            key = KEY.match(characters, at, min(words, at + LONGEST_KEY))
            if key is None:
                return None
            found.append(Entry(_key(key), at, key.end(), stop))
            inside = _closed(characters, key.end(), max(words, reach))
            if inside == key.end() and characters[inside : inside + 1] in ("{", "["):
                reach = inside
    return tuple(found)


def _key(found: re.Match[str]) -> str:
    if found["double"] is not None:
        return _unescaped(found["double"])
    return found["single"].replace("''", "'") if found["single"] is not None else found["plain"].strip()


def _closed(characters: str, at: int, end: int) -> int:
    """Give where a quoted or bracketed value ends; `at` where it is neither, or never ends."""
    for pattern in (SINGLE, DOUBLE):
        if found := pattern.match(characters, at, end):
            return found.end()
    if characters[at : at + 1] in ("{", "["):
        depth = 0
        for token in FLOW.finditer(characters, at, end):
            depth += {"{": 1, "[": 1, "}": -1, "]": -1}.get(token[0], 0)
            if depth == 0:
                return token.end()
    return at


def value_of(written: str) -> Value | None:
    """Give the value that stands behind a key, to the end of its lines; None where it is nothing that we read."""
    return _value(written, 0)


def _value(written: str, depth: int) -> Value | None:
    if depth > MAX_DEPTH:
        return None
    inner = written.lstrip(" \t")
    for pattern, style in ((SINGLE, Style.SINGLE), (DOUBLE, Style.DOUBLE)):
        if inner[:1] == ("'" if style is Style.SINGLE else '"'):
            found = pattern.match(inner)
            if found is None or COMMENT.sub("", inner[found.end() :]).strip():
                return None
            text = _folded(found[1])
            return Scalar(text.replace("''", "'") if style is Style.SINGLE else _unescaped(found[1]), style)
    if block := BLOCK.match(inner):
        return Scalar(_block(inner[block.end() :], block[1], block[2] + block[3]), Style.BLOCK)
    if inner[:1] in ("{", "["):
        return _flow(inner, depth)
    first, _, rest = inner.replace("\r\n", "\n").replace("\r", "\n").partition("\n")
    first = COMMENT.sub("", first).strip()
    if not first and rest.strip():
        return _block_mapping(rest, depth)
    more = [COMMENT.sub("", line).strip() for line in rest.split("\n")]
    return _plain(" ".join(part for part in (first, *more) if part))


def _block_mapping(body: str, depth: int) -> Mapping | None:
    rows = [line for line in body.split("\n") if line.strip() and not line.lstrip().startswith("#")]
    if not rows:
        return Mapping(())
    indent = len(rows[0]) - len(rows[0].lstrip())
    level = "\n".join(line[indent:] if line[:indent].strip() == "" else line for line in body.split("\n"))
    found = entries(level, 0, len(level))
    if found is None or not found:
        return None
    pairs = []
    for entry in found:
        value = _value(level[entry.value : entry.end], depth + 1)
        if value is None:
            return None
        pairs.append((entry.key, value))
    return Mapping(tuple(pairs))


def _plain(text: str) -> Scalar:
    if text in NULL:
        return Scalar("", Style.NULL)
    is_number = NUMBER.fullmatch(text) or BOOLEAN.fullmatch(text)
    return Scalar(text, Style.NUMBER if is_number else Style.PLAIN)


def _folded(text: str) -> str:
    """Line breaks inside quotes: one is a space, of several the first is dropped (YAML 1.2, 6.5)."""

    def joined(found: re.Match[str]) -> str:
        breaks = len(re.findall(r"\r\n?|\n", found[0]))
        return " " if breaks == 1 else "\n" * (breaks - 1)

    return FOLD.sub(joined, text)


def _unescaped(text: str) -> str:
    def meant(found: re.Match[str]) -> str:
        if found[4] is not None:
            return ""
        if found[5] is not None:
            return SHORT.get(found[5], found[0])
        code = int(found[1] or found[2] or found[3], 16)
        return chr(code) if code < 0xD800 or 0xE000 <= code < 0x110000 else "\ufffd"

    parts = re.split(r"(\\(?:\r\n?|\n)[ \t]*|\\.)", text)  # a folded break is one that no backslash stands before
    return ESCAPE.sub(meant, "".join(part if at % 2 else _folded(part) for at, part in enumerate(parts)))


def _block(body: str, kind: str, chomp: str) -> str:
    rows = body.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    first = next((row for row in rows if row.strip()), "")
    indent = len(first) - len(first.lstrip(" "))
    text = "\n".join(row[indent:] for row in rows)
    body = text.rstrip("\n")
    joined = _folded(body) if kind == ">" else body
    return joined if chomp == "-" or not joined else joined + "\n"


def _flow(text: str, depth: int) -> Value | None:
    """A value in brackets: JSON, or YAML's own form of it."""
    end = _closed(text, 0, len(text))
    if not end or COMMENT.sub("", text[end:]).strip():
        return None
    value, rest = _flow_value(text[:end], 0, depth)
    return value if rest == end else None


def _flow_value(text: str, at: int, depth: int) -> tuple[Value | None, int]:
    at = _spaces(text, at)
    opening = text[at : at + 1]
    if depth > MAX_DEPTH:
        return None, at
    if opening in ("{", "["):
        return _collection(text, at, depth)
    for pattern, style in ((SINGLE, Style.SINGLE), (DOUBLE, Style.DOUBLE)):
        if found := pattern.match(text, at):
            told = _folded(found[1]).replace("''", "'") if style is Style.SINGLE else _json_or_yaml(found[0], found[1])
            return Scalar(told, style), found.end()
    found = re.compile(r"[^,\[\]{}:\r\n]*+(?::(?![\s,\[\]{}])[^,\[\]{}:\r\n]*+)*").match(text, at)
    return (_plain(found[0].strip()), found.end()) if found else (None, at)


def _json_or_yaml(whole: str, inner: str) -> str:
    """Text in double quotes: JSON's surrogate pairs are one character, which YAML's rules would not make of them."""
    try:
        told = json.loads(whole, strict=False)
    except ValueError:
        return _unescaped(inner)
    return re.sub("[\ud800-\udfff]", "\ufffd", told) if isinstance(told, str) else _unescaped(inner)


def _collection(text: str, at: int, depth: int) -> tuple[Value | None, int]:
    closing = "}" if text[at] == "{" else "]"
    pairs: list[tuple[str, Value]] = []
    items: list[Scalar | Mapping] = []
    at = _spaces(text, at + 1)
    while text[at : at + 1] != closing:
        value, at = _flow_value(text, at, depth + 1)
        at = _spaces(text, at)
        if closing == "}":
            if not isinstance(value, Scalar):
                return None, at
            key, value = value.text, Scalar("", Style.NULL)
            if text[at : at + 1] == ":":
                value, at = _flow_value(text, at + 1, depth + 1)
                at = _spaces(text, at)
            if value is None:
                return None, at
            pairs.append((key, value))
        elif isinstance(value, Scalar | Mapping):
            items.append(value)
        else:
            return None, at
        if text[at : at + 1] == ",":
            at = _spaces(text, at + 1)
        elif text[at : at + 1] != closing:
            return None, at
    return (Mapping(tuple(pairs), flow=True) if closing == "}" else tuple(items)), at + 1


def _spaces(text: str, at: int) -> int:
    while text[at : at + 1] in (" ", "\t", "\r", "\n") and at < len(text):
        at += 1
    return at
