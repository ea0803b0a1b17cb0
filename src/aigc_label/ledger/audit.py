"""Checks a ledger from its first entry to its last: is every line as it was written, in its place, and none missing?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from aigc_label.bilingual import Bilingual
from aigc_label.ledger.entry import PRUNED, START, Entry


class Flaw(StrEnum):
    """What can be wrong with an entry."""

    CHANGED = "changed"
    BROKEN = "broken"
    MISSING = "missing"
    BEGINNING = "beginning"


FLAWS = {
    Flaw.CHANGED: Bilingual("the entry is not what was written", "记录内容已被改动"),
    Flaw.BROKEN: Bilingual("the entry does not follow the one before it", "记录与前一条不连续"),
    Flaw.MISSING: Bilingual("entries before it are missing", "此前的记录缺失"),
    Flaw.BEGINNING: Bilingual(
        "the ledger begins here, and no entry says that older ones were pruned",
        "台账从此处开始，但没有记录说明更早的内容已被清理",
    ),
}


@dataclass(slots=True, kw_only=True)
class Audit:
    """What a check saw. `head` is the hash of the last entry: noted elsewhere, it shows later that no end was cut off.

    `flaws` holds the first hundred of them, by the entries' numbers; `count` is how many entries there are.
    """

    count: int
    head: str
    flaws: list[tuple[int, Flaw]]
    seen: bool = True  # whether the head that was asked for stands in the ledger

    @property
    def sound(self) -> bool:
        return not self.flaws and self.seen


MOST = 100


def audited(entries: Iterable[Entry], head: str = "") -> Audit:
    """Check all entries; `head`, where given, is a hash that an earlier check printed and that must stand there still."""
    audit = Audit(count=0, head=START, flaws=[], seen=not head)
    first: Entry | None = None
    cut: tuple[int, str] | None = None  # the last entry that was pruned, as a later one says
    before: Entry | None = None
    for entry in entries:
        first = first or entry
        audit.count += 1
        for flaw in _flaws(entry, before):
            _note(audit, entry.number, flaw)
        audit.seen = audit.seen or entry.hash == head
        if entry.deed.action == PRUNED:
            cut = int(entry.deed.source), entry.deed.source_sha256
            audit.seen = audit.seen or cut[1] == head
        before = entry
    if first is not None and (first.number - 1, first.previous) not in ((0, START), cut):
        audit.flaws.insert(0, (first.number, Flaw.BEGINNING))
    audit.head = before.hash if before is not None else START
    return audit


def _flaws(entry: Entry, before: Entry | None) -> Iterator[Flaw]:
    if entry.hash != entry.hashed():
        yield Flaw.CHANGED
    if before is None:
        return
    if entry.number != before.number + 1:
        yield Flaw.MISSING
    elif entry.previous != before.hash:
        yield Flaw.BROKEN


def _note(audit: Audit, number: int, flaw: Flaw) -> None:
    if len(audit.flaws) < MOST:
        audit.flaws.append((number, flaw))
