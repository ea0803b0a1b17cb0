"""Understands the label texts that real generators write, and records every repair it takes (implicit.md, section 6)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final

from aigc_label.bilingual import Bilingual
from aigc_label.errors import InvalidLabel
from aigc_label.evidence import Repair
from aigc_label.label import DRAFT_KEYS, KEY, SPELLING, Label, Status
from aigc_label.provider_code import faults_of, looks_like_a_code

TOKEN: Final = re.compile(
    r'"[^"\\]*+(?:\\.[^"\\]*+)*(?:"|\\?\Z)|[\[\]{}]', re.DOTALL
)  # the last string may have no end
MAX_TEXT: Final = 64 * 1024
MAX_NESTING: Final = 16
KEYS: Final = {key.lower(): key for key in SPELLING.values()}


class FaultKind(StrEnum):
    """What keeps a text from being a label."""

    NOT_JSON = "not-json"
    NOT_OBJECT = "not-object"
    DUPLICATE_KEY = "duplicate-key"
    TOO_LONG = "too-long"
    TOO_DEEP = "too-deep"
    MISSING = "missing"  # a key of the three that every reading of Annex E asks for
    MISSING_PROPAGATOR = "missing-propagator"
    MISSING_RESERVED = "missing-reserved"
    STATUS = "status"  # not "1", "2" or "3"
    CODE = "code"  # a provider code that breaks its own rules
    CONTROL = "control"  # control, bidirectional or zero-width characters
    CHARSET = "charset"  # characters outside Annex E j


@dataclass(frozen=True, slots=True)
class Fault:
    kind: FaultKind
    detail: Bilingual


@dataclass(frozen=True, slots=True, kw_only=True)
class Understanding:
    """What a label text says. `label` is there only where all of Annex E that is established holds."""

    values: Mapping[str, str]  # canonical key -> text
    extra: Mapping[str, str]  # fields that Annex E does not know, kept
    repairs: tuple[Repair, ...]
    faults: tuple[Fault, ...]
    label: Label | None


NONE: Final[Mapping[str, str]] = MappingProxyType({})


class _Stop(Exception):
    def __init__(self, kind: FaultKind, en: str, zh: str) -> None:
        self.fault = Fault(kind, Bilingual(en, zh))


@lru_cache(maxsize=16)  # rules, signatures and traces ask for the labels of the same file
def understand(text: str) -> Understanding:
    """Give what a label text says, every repair recorded, every fault named. Never raises on a text."""
    repairs: list[Repair] = []
    try:
        found = _unwrapped(_object_of(text, repairs), repairs)
    except _Stop as stop:
        return Understanding(values=NONE, extra=NONE, repairs=tuple(repairs), faults=(stop.fault,), label=None)
    values, extra, faults = _normalised(found, repairs)
    faults += _judged(values)
    return Understanding(
        values=MappingProxyType(values),
        extra=MappingProxyType(extra),
        repairs=tuple(dict.fromkeys(repairs)),
        faults=tuple(faults),
        label=_label_of(values, faults),
    )


def _object_of(text: str, repairs: list[Repair]) -> dict[str, Any]:
    if len(text) > MAX_TEXT:
        raise _Stop(FaultKind.TOO_LONG, f"the label has {len(text)} characters", f"标识文本长达 {len(text)} 个字符")
    value = _parsed(_cleaned(text, repairs), repairs)
    for _ in range(2):
        if not isinstance(value, str):
            break
        repairs.append(Repair.DOUBLE_ENCODED)
        value = _parsed(value, repairs)
    if not isinstance(value, dict):
        raise _Stop(FaultKind.NOT_OBJECT, "the label is not a JSON object", "标识不是 JSON 对象")
    return value


def _cleaned(text: str, repairs: list[Repair]) -> str:
    for mark, repair in (("\ufeff", Repair.BOM),):
        if text.startswith(mark):
            text = text.lstrip(mark)
            repairs.append(repair)
    if text.endswith("\0"):
        text = text.rstrip("\0")
        repairs.append(Repair.NULS)
    if text != (trimmed := text.strip(" \t\r\n")):
        text = trimmed
        repairs.append(Repair.SPACE)
    for _ in range(2):
        if re.match(r"\{\s*(&quot;|&#34;|&amp;|&#x22;)", text):
            from html import unescape  # its table of entities loads slowly, and hardly any label needs it

            text = unescape(text)
            repairs.append(Repair.ENTITIES)
    return text


def _parsed(text: str, repairs: list[Repair]) -> Any:
    if _depth(text) > MAX_NESTING:
        raise _Stop(
            FaultKind.TOO_DEEP, f"the JSON is nested over {MAX_NESTING} deep", f"JSON 嵌套超过 {MAX_NESTING} 层"
        )
    try:
        return _loads(text)
    except json.JSONDecodeError as problem:
        mended = re.sub(r"[\x00-\x1f]", "", text)
        if mended != text:
            try:
                value = _loads(mended)
            except json.JSONDecodeError:
                pass
            else:
                repairs.append(Repair.CONTROLS)
                return value
        raise _Stop(
            FaultKind.NOT_JSON, f"the label is not JSON: {problem.msg}", f"标识不是 JSON：{problem.msg}"
        ) from problem
    except ValueError as problem:  # NaN, Infinity, an integer of 10^4 digits
        raise _Stop(FaultKind.NOT_JSON, f"the label is not JSON: {problem}", f"标识不是 JSON：{problem}") from problem


def _depth(text: str) -> int:
    """Give the deepest nesting of brackets outside strings, before a recursive parser meets it."""
    deepest = depth = 0
    for bracket in TOKEN.findall(text):
        if bracket in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif bracket in "]}":
            depth -= 1
    return deepest


def _loads(text: str) -> Any:
    return json.loads(text, object_pairs_hook=_pairs, parse_constant=_constant)


def _constant(name: str) -> Any:
    raise ValueError(name)


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise _Stop(FaultKind.DUPLICATE_KEY, f"the key {key!r} stands twice", f"键 {key!r} 重复出现")
        found[key] = value
    return found


def _unwrapped(found: dict[str, Any], repairs: list[Repair]) -> dict[str, Any]:
    outer = [key for key in found if key.upper() == KEY]
    if not outer:
        repairs.append(Repair.BARE)
        return found
    if len(outer) > 1:
        raise _Stop(FaultKind.DUPLICATE_KEY, "two AIGC keys", "出现两个 AIGC 键")
    inner = found[outer[0]]
    repairs.append(Repair.WRAPPED)
    if outer[0] != KEY:
        repairs.append(Repair.NAME_CASE)
    if isinstance(inner, str):
        repairs.append(Repair.DOUBLE_ENCODED)
        inner = _parsed(inner, repairs)
    if not isinstance(inner, dict):
        raise _Stop(FaultKind.NOT_OBJECT, "the value of AIGC is not an object", "AIGC 的值不是对象")
    return inner


def _normalised(found: dict[str, Any], repairs: list[Repair]) -> tuple[dict[str, str], dict[str, str], list[Fault]]:
    values: dict[str, str] = {}
    extra: dict[str, str] = {}
    faults: list[Fault] = []
    for key, value in found.items():
        canonical = KEYS.get(key.lower())
        if canonical is None and key.lower() in DRAFT_KEYS:
            canonical = DRAFT_KEYS[key.lower()]
            repairs.append(Repair.KEY_DRAFT)
        elif canonical is not None and canonical != key:
            repairs.append(Repair.KEY_CASE)
        if canonical is None:
            extra[key] = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        elif canonical in values:
            faults.append(
                Fault(FaultKind.DUPLICATE_KEY, Bilingual(f"{canonical} stands twice", f"{canonical} 重复出现"))
            )
        else:
            values[canonical] = _as_text(value, repairs)
    return values, extra, faults


def _as_text(value: Any, repairs: list[Repair]) -> str:
    if isinstance(value, str):
        return value
    if value is None:
        repairs.append(Repair.NULL)
        return ""
    if isinstance(value, dict | list):
        repairs.append(Repair.NESTED)
    else:
        repairs.append(Repair.NUMBER)
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


INVISIBLE: Final = "[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"


def _judged(values: dict[str, str]) -> list[Fault]:
    faults = []
    for name in ("status", "producer", "produce_id"):
        if not values.get(SPELLING[name]):
            faults.append(_missing(FaultKind.MISSING, SPELLING[name]))
    for name in ("propagator", "propagate_id"):
        if not values.get(SPELLING[name]):
            faults.append(_missing(FaultKind.MISSING_PROPAGATOR, SPELLING[name]))
    for name in ("reserved1", "reserved2"):
        if SPELLING[name] not in values:
            faults.append(_missing(FaultKind.MISSING_RESERVED, SPELLING[name]))
    status = values.get(SPELLING["status"])
    if status and status not in tuple(Status):
        faults.append(
            Fault(
                FaultKind.STATUS,
                Bilingual(f"Label is {status!r}, not 1, 2 or 3", f"Label 为 {status!r}，不是 1、2 或 3"),
            )
        )
    for name in ("producer", "propagator"):
        value = values.get(SPELLING[name], "")
        if looks_like_a_code(value):
            faults += [
                Fault(FaultKind.CODE, Bilingual(f"{value}: {f.en}", f"{value}：{f.zh}")) for f in faults_of(value)
            ]
    for key, value in values.items():
        if not value.isprintable() and re.search(INVISIBLE, value):
            faults.append(
                Fault(FaultKind.CONTROL, Bilingual(f"{key} holds invisible characters", f"{key} 含有不可见字符"))
            )
        elif any(not "\x21" <= c <= "\x7e" for c in value) or "\\" in value.replace('\\"', ""):
            faults.append(
                Fault(
                    FaultKind.CHARSET,
                    Bilingual(f"{key} holds characters outside Annex E j", f"{key} 含有附录 E j) 范围之外的字符"),
                )
            )
    return faults


def _missing(kind: FaultKind, key: str) -> Fault:
    return Fault(kind, Bilingual(f"{key} is missing or empty", f"缺少 {key} 或其值为空"))


TOLERABLE: Final = {FaultKind.CHARSET, FaultKind.MISSING_RESERVED}


def _label_of(values: dict[str, str], faults: list[Fault]) -> Label | None:
    if any(fault.kind not in TOLERABLE for fault in faults):
        return None
    parts: dict[str, Any] = {name: values.get(key, "") for name, key in SPELLING.items()}
    try:
        return Label(**{**parts, "status": Status(parts["status"])})
    except (InvalidLabel, ValueError):
        return None
