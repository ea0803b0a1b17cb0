"""Keeps the pieces of a run outside memory until all has been counted, and gives them back as often as asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from struct import Struct
from typing import Final, TypeAlias

from aigc_label.limits import MIB
from aigc_label.report import PolicyUsed, Verdict
from aigc_label.spool import Spool
from aigc_label.telling.account import Account

Piece: TypeAlias = "tuple[str, str]"  # severity ("" where nothing is wrong), text
IN_MEMORY: Final = 2 * MIB
_HEAD: Final = Struct("<BI")  # length of the severity's name, length of both


@dataclass(slots=True, kw_only=True)
class Totals:
    """What was counted in a run, and what every report says of the run itself.

    `made` is when, as ISO 8601; `scope` what the verdicts speak of; `policy` what was asked beside the
    standard; `codes` counts findings and errors by their code.
    """

    made: str
    scope: str
    command: str = "verify"
    policy: PolicyUsed | None = None
    status: int = 0
    left_out: int = 0
    files: int = 0
    failed: int = 0  # of these, could not be looked at
    verdicts: Counter[str] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)

    def count(self, account: Account) -> None:
        """Count one file."""
        self.add(*counted(account))

    def add(self, verdict: str, failed: int, codes: Iterable[str]) -> None:
        """Count one file by what `counted` gave."""
        self.files += 1
        self.failed += failed
        self.verdicts[verdict] += 1
        self.codes.update(codes)

    @property
    def passed(self) -> bool:
        """Tell whether there were files and all of them comply."""
        return self.files > 0 and self.verdicts[str(Verdict.COMPLIANT)] == self.files


def counted(account: Account) -> tuple[str, int, list[str]]:
    """Give what is counted of one file: its verdict, 1 where it could not be looked at, the codes of what was said."""
    return str(account.verdict), int(account.report is None), [point.code for point in account.points]


class Body:
    """Pieces in the order in which they were added. `counts` counts them by severity."""

    def __init__(self) -> None:
        self.spool = Spool(in_memory=IN_MEMORY)
        self.counts: Counter[str] = Counter()

    def add(self, severity: str, text: str) -> None:
        name, data = severity.encode(), text.encode("utf-8", "backslashreplace")
        self.spool.add(_HEAD.pack(len(name), len(name) + len(data)) + name + data)
        self.counts[severity] += 1

    def __iter__(self) -> Iterator[Piece]:
        at = 0
        while at < self.spool.size:
            name, length = _HEAD.unpack(self.spool.upto(at, _HEAD.size))
            both = self.spool.upto(at + _HEAD.size, length)
            at += _HEAD.size + length
            yield both[:name].decode(), both[name:].decode()

    def of(self, *severities: str) -> Iterator[str]:
        """Give the texts of these severities."""
        return (text for severity, text in self if severity in severities)

    def __len__(self) -> int:
        return sum(self.counts.values())
