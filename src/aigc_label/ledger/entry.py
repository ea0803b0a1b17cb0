"""Holds one line of a ledger, and the hash that chains it to the line before."""

from __future__ import annotations

from hashlib import sha256
from typing import Final, NamedTuple

START: Final = "0" * 64  # what stands before the first entry of a ledger


class RunFacts(NamedTuple):
    """What is the same for all files of one run. `policy` is JSON: every setting that was not left at its default.

    `reason` and `recipient` are those of Article 9 of the Measures: content that is delivered without an explicit mark
    at a user's request is delivered for a reason to somebody, and the record of it is kept for six months or more.
    """

    run: str
    command: str
    policy: str
    ruleset: str
    tool: str
    operator: str = ""
    reason: str = ""
    recipient: str = ""


class Deed(NamedTuple):
    """What was done to one file. All text, so that it travels between processes and into any database as it is.

    `action` is that of the outcome, or "verified"; `verdict` stands where a file was judged. A state is size, time of
    change and inode, which tells whether a file is still the one that was seen; digests are SHA-256 in hex. `record` is
    the whole outcome as JSON.
    """

    action: str = ""
    source: str = ""
    source_sha256: str = ""
    target: str = ""
    target_sha256: str = ""
    target_state: str = ""
    format: str = ""
    label: str = ""
    mark: str = ""
    verdict: str = ""
    error: str = ""
    record: str = ""


class Entry(NamedTuple):
    """One line as it stands in the ledger: `number` counts from 1, `time` is UTC (ISO 8601)."""

    number: int
    time: str
    facts: RunFacts
    source_state: str
    deed: Deed
    previous: str
    hash: str

    def row(self) -> tuple[int | str, ...]:
        """Give the values in the order of `COLUMNS`."""
        return (self.number, self.time, *self.facts, self.source_state, *self.deed, self.previous, self.hash)

    @classmethod
    def of_row(cls, row: tuple[int | str, ...]) -> Entry:
        number, time, *rest = row
        facts, state, deed, chain = rest[:_FACTS], rest[_FACTS], rest[_FACTS + 1 : -2], rest[-2:]
        return cls(
            int(number),
            str(time),
            RunFacts(*map(str, facts)),
            str(state),
            Deed(*map(str, deed)),
            *map(str, chain),
        )

    def hashed(self) -> str:
        """Give the hash that this entry must carry: over the one before and every value, each with its length."""
        return hash_of(self.row()[:-1])


_FACTS: Final = len(RunFacts._fields)
COLUMNS: Final = (
    "number",
    "time",
    *RunFacts._fields,
    "source_state",
    *Deed._fields,
    "previous",
    "hash",
)
PRUNED: Final = "pruned"  # the action of an entry that says which older entries were taken out


def hash_of(values: tuple[int | str, ...]) -> str:
    """Give the SHA-256 over values, each as `LENGTH:TEXT,` (netstrings), so that no two rows share one spelling."""
    digest = sha256()
    for value in values:
        data = str(value).encode()
        digest.update(b"%d:%b," % (len(data), data))
    return digest.hexdigest()


def sealed(number: int, time: str, facts: RunFacts, told: tuple[str, Deed], previous: str) -> Entry:
    """Give the entry that follows `previous`; `told` is the source's state and what was done."""
    state, deed = told
    bare = Entry(number, time, facts, state, deed, previous, "")
    return bare._replace(hash=bare.hashed())


def as_text(path: str) -> str:
    """Give a path as text that every database takes, two paths never the same: bytes that are no UTF-8 become \\xNN."""
    return path.replace("\\", "\\\\").encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
