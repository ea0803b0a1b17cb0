"""Reads a policy that a caller wrote as TOML; every key can only ask for more than the standard does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from hashlib import sha256
from typing import Any, Final, TypeVar

from aigc_label import toml
from aigc_label.bilingual import Bilingual
from aigc_label.errors import WrongUse
from aigc_label.evidence import Moment, SightingKind
from aigc_label.formats import BY_NAME, Medium
from aigc_label.marking import MIN_HEIGHT_SHARE, MIN_SECONDS, Place
from aigc_label.policy import MarkPolicy, Policy, Strictness
from aigc_label.report import PolicyUsed, Waiver

REMEDY: Final = Bilingual("docs/policies.md shows every key.", "全部键见 docs/policies.md。")
One = TypeVar("One", bound=StrEnum)


def policy_in(path: str) -> Policy:
    """Give the policy of a file. Raises `WrongUse` for a key or value that cannot be, `InvalidMark` for a lower floor."""
    text = toml.text_of(path, REMEDY)
    table = _Table(path, "", toml.values_of(path, text, REMEDY))
    marks = table.table("marks")
    waiver = table.table("waiver")
    policy = Policy(
        producers=table.texts("producers"),
        formats=tuple(table.known("formats", name, BY_NAME) for name in table.texts("formats")),
        strictness=Strictness.STRICT if table.switch("strict") else Strictness.STANDARD,
        min_height_share=table.number("min-height-share", MIN_HEIGHT_SHARE),
        marks=tuple((medium, _mark(marks.table(medium.value))) for medium in Medium if medium.value in marks.values),
        used=PolicyUsed(
            name=table.text("name") or path,
            sha256=sha256(text.encode()).hexdigest(),
            waiver=Waiver(reason=waiver.text("reason"), recipient=waiver.text("recipient")) if waiver.values else None,
        ),
    )
    for one in (table, marks, waiver):
        one.finish()
    return policy


def _mark(table: _Table) -> MarkPolicy:
    made = MarkPolicy(
        forms=table.members("forms", SightingKind),
        places=table.members("places", Place),
        moments=table.members("moments", Moment),
        wording=table.texts("wording"),
        min_height_share=table.number("min-height-share", MIN_HEIGHT_SHARE),
        min_seconds=table.number("min-seconds", MIN_SECONDS),
    )
    table.finish()
    return made


class _Table:
    """A table of the file that remembers which of its keys were asked for: what is left over is a mistake."""

    def __init__(self, path: str, name: str, values: Mapping[str, Any]) -> None:
        self.path, self.name, self.values, self.asked = path, name, values, set[str]()

    def table(self, key: str) -> _Table:
        return _Table(self.path, f"{self.name}{key}.", self._value(key, dict, {}))

    def text(self, key: str) -> str:
        return str(self._value(key, str, ""))

    def switch(self, key: str) -> bool:
        return bool(self._value(key, bool, False))

    def number(self, key: str, default: float) -> float:
        return float(self._value(key, (int, float), default))

    def texts(self, key: str) -> tuple[str, ...]:
        values = self._value(key, list, [])
        if not all(isinstance(value, str) for value in values):
            raise self._wrong(key, "is not a list of texts", "不是文字列表")
        return tuple(values)

    def members(self, key: str, kind: Callable[[str], One]) -> tuple[One, ...]:
        try:
            return tuple(kind(name) for name in self.texts(key))
        except ValueError as problem:
            raise self._wrong(key, f"has an unknown value: {problem}", f"含有未知的值：{problem}") from problem

    def known(self, key: str, name: str, names: Mapping[str, object]) -> str:
        if name not in names:
            raise self._wrong(key, f"has an unknown value: {name}", f"含有未知的值：{name}")
        return name

    def finish(self) -> None:
        """Raise `WrongUse` for a key that means nothing: a misspelt demand must not be taken for none."""
        for key in self.values:
            if key not in self.asked and not (self.name == "marks." and key in tuple(Medium)):
                raise self._wrong(key, "is no key of a policy", "不是策略的键")

    def _value(self, key: str, kind: type | tuple[type, ...], default: Any) -> Any:
        self.asked.add(key)
        value = self.values.get(key, default)
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise self._wrong(key, f"cannot be {value!r}", f"的值不能是 {value!r}")
        return value

    def _wrong(self, key: str, en: str, zh: str) -> WrongUse:
        name = f"{self.name}{key}"
        return WrongUse(Bilingual(f"`{name}` {en}", f"`{name}` {zh}"), remedy=REMEDY, where=self.path)
