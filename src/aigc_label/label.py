"""Holds the implicit label: the seven fields of GB 45438-2025, Annex E, and their one spelling."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from functools import lru_cache
from typing import Final

from aigc_label.bilingual import Bilingual
from aigc_label.errors import InvalidLabel
from aigc_label.provider_code import faults_of, looks_like_a_code

NAMESPACE: Final = "http://www.tc260.org.cn/ns/AIGC/1.0/"  # TC260-PG-20259A, with the trailing slash
PREFIX: Final = "TC260"
KEY: Final = "AIGC"  # Annex E a
MAX_FIELD: Final = 16_384  # UTF-8 bytes; ours: no transcription of Annex E names a limit

COMPACT: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))

# The JSON spelling stands here and nowhere else: attribute -> key, in the order of Annex E c to i.
SPELLING: Final = {
    "status": "Label",
    "producer": "ContentProducer",
    "produce_id": "ProduceID",
    "reserved1": "ReservedCode1",
    "propagator": "ContentPropagator",
    "propagate_id": "PropagateID",
    "reserved2": "ReservedCode2",
}

DRAFT_KEYS: Final = {  # spellings of the 2024 draft in lower case, still seen -> key
    "reservecode1": "ReservedCode1",
    "reservecode2": "ReservedCode2",
    "propagator": "ContentPropagator",
    "propatorid": "PropagateID",
    "propagatorid": "PropagateID",
}


class Status(StrEnum):
    """What the label states (Annex E c)."""

    GENERATED = "1"  # 属于
    POSSIBLE = "2"  # 可能
    SUSPECTED = "3"  # 疑似


STATUS_NAMES: Final = {"generated": Status.GENERATED, "possible": Status.POSSIBLE, "suspected": Status.SUSPECTED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Propagator:
    """A propagator's half of a label (Annex E g to i): its code or name, its number for the content, its own reserve."""

    code: str
    number: str
    reserved: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """One implicit label, valid by construction.

    Raises `InvalidLabel` that names every violation at once: an empty producer, number or propagator half, control
    characters, a producer code whose check digit is wrong, a field over 16 KiB.
    """

    status: Status
    producer: str
    produce_id: str
    reserved1: str = ""
    propagator: str
    propagate_id: str
    reserved2: str = ""

    @classmethod
    def generated(cls, *, producer: str, produce_id: str, status: Status = Status.GENERATED) -> Label:
        """Give the label of a first writing: the propagator's half equals the producer's (Annex E, note 1)."""
        return cls(
            status=status, producer=producer, produce_id=produce_id, propagator=producer, propagate_id=produce_id
        )

    @classmethod
    def from_fields(cls, values: Mapping[str, str]) -> Label:
        """Give the label of fields under their Annex E names; an empty propagator's half follows the producer's."""
        parts = {name: values.get(key, "") for name, key in SPELLING.items()}
        if not parts["propagator"] and not parts["propagate_id"]:
            parts |= {"propagator": parts["producer"], "propagate_id": parts["produce_id"]}
        return cls(status=Status(parts.pop("status")), **parts)

    def __post_init__(self) -> None:
        problems = [*_field_faults(self), *_code_faults(self)]
        if problems:
            raise InvalidLabel(
                Bilingual("; ".join(p.en for p in problems), "；".join(p.zh for p in problems)),
                remedy=Bilingual(
                    "See `aigc-label rule LBL-101` for the fields.", "各字段说明见 `aigc-label rule LBL-101`。"
                ),
            )

    def to_fields(self) -> dict[str, str]:
        """Give the seven fields under their Annex E names, in GB order."""
        return {key: str(getattr(self, name)) for name, key in SPELLING.items()}

    def to_json(self) -> str:
        """Give the label's one spelling: compact JSON, seven keys in GB order, all values text."""
        return _spelt(self)

    def propagated(self, *, propagator: str, propagate_id: str, reserved2: str = "") -> Label:
        """Give the label with the propagator's half replaced; the producer's half stays as it is."""
        return replace(self, propagator=propagator, propagate_id=propagate_id, reserved2=reserved2)

    def outside_charset(self) -> dict[str, str]:
        """Give the fields that hold characters outside Annex E j, each with those characters.

        The clause says 主要 (mainly), so these are for a warning, never an error.
        """
        found = {}
        for key, value in self.to_fields().items():
            if value.isascii() and value.isprintable() and not {" ", '"', "\\"}.intersection(value):
                continue
            odd = "".join(sorted({c for c in value.replace('\\"', "").replace('"', "") if not _in_charset(c)}))
            if odd:
                found[key] = odd
        return found


@lru_cache(maxsize=16)  # the same label is planned, read back and recorded, often in file after file
def _spelt(label: Label) -> str:
    return COMPACT.encode(label.to_fields())


def wrapped(text: str) -> str:
    """Give a bare label in the wrapped form, for slots without a key of their own (Annex E b)."""
    return f'{{"{KEY}":{text}}}'


def _in_charset(character: str) -> bool:
    """Annex E j: code points 0x21, 0x23 to 0x5B, 0x5D to 0x7E (and the pair \\" which JSON writes by itself)."""
    return "\x21" <= character <= "\x7e" and character not in '"\\'


def _is_control(character: str) -> bool:
    """C0, DEL, C1, and surrogates, which no UTF-8 can hold."""
    return character < "\x20" or "\x7f" <= character < "\xa0" or "\ud800" <= character < "\ue000"


REQUIRED: Final = ("producer", "produce_id", "propagator", "propagate_id")


def _field_faults(label: Label) -> list[Bilingual]:
    problems = []
    for part in fields(label):
        value, key = str(getattr(label, part.name)), SPELLING[part.name]
        if part.name in REQUIRED and not value:
            problems.append(Bilingual(f"{key} is empty", f"{key} 为空"))
        if not value.isprintable() and any(_is_control(c) for c in value):
            problems.append(Bilingual(f"{key} holds control characters", f"{key} 含有控制字符"))
        elif len(value.encode()) > MAX_FIELD:
            problems.append(Bilingual(f"{key} is over {MAX_FIELD} bytes", f"{key} 超过 {MAX_FIELD} 字节"))
    return problems


def _code_faults(label: Label) -> list[Bilingual]:
    """A name is legal (Annex E d and g); what looks like a code must be a right one."""
    problems = []
    for name in ("producer", "propagator"):
        value = getattr(label, name)
        if looks_like_a_code(value):
            problems += [
                Bilingual(f"{SPELLING[name]} {value}: {fault.en}", f"{SPELLING[name]} {value}：{fault.zh}")
                for fault in faults_of(value)
            ]
    return problems
