"""Adds to a ledger in groups, looks up what it holds, and prunes what is old enough.

Every group is one transaction that reads the last hash under a lock, so that any number of processes and machines add to
one chain. A process that dies leaves the ledger as the last group left it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final, NamedTuple, Self

from aigc_label.bilingual import Bilingual
from aigc_label.errors import Refused, WrongUse
from aigc_label.ledger import databases
from aigc_label.ledger.databases import RETENTION_DAYS, Database
from aigc_label.ledger.entry import COLUMNS, PRUNED, START, Deed, Entry, RunFacts, sealed

PAGE: Final = 1_000  # entries that are read at once: memory stays flat
_ALL: Final = ", ".join(COLUMNS)


class Begun(NamedTuple):
    """A file that a run set out to work on; `before` is the state of its target at that moment, "" for none."""

    source: str
    target: str
    before: str


class Ledger:
    """An open ledger. Paths in it are spelled by `entry.as_text`. Raises `Refused` where the database fails."""

    def __init__(self, place: str, database: Database, clock: Callable[[], float] = time.time) -> None:
        self.place = place
        self._database = database
        self._clock = clock

    @classmethod
    def opened(cls, place: str) -> Self:
        return cls(place, databases.opened(place))

    @classmethod
    def made(cls, place: str) -> Self:
        return cls(place, databases.made(place))

    def close(self) -> None:
        self._database.connection.close()

    def add(
        self,
        facts: RunFacts,
        told: Sequence[tuple[str, Deed]],
        begun: Sequence[Begun] = (),
        left: Sequence[tuple[str, str]] = (),
    ) -> None:
        """Add what was told (the source's state, the deed) and note what is begun next, all or nothing, safe on disk.

        `left` names what was begun and then left alone (source, target): there is nothing to tell of it.
        """
        if not told and not begun and not left:
            return
        now = self._now()
        with self._transaction():
            number, last = self._head()
            for one in told:
                entry = sealed(number + 1, now, facts, one, last)
                self._insert(entry)
                number, last = entry.number, entry.hash
            ended = [*((deed.source, deed.target) for _, deed in told), *left]
            self._many("DELETE FROM begun WHERE source = ? AND target = ?", ended)
            self._many(
                "INSERT INTO begun VALUES (?, ?, ?) ON CONFLICT (source, target) DO NOTHING", [tuple(b) for b in begun]
            )

    def last_of(self, source: str, target: str) -> Entry | None:
        """Give the newest entry on a file and its target."""
        rows = self._run(
            f"SELECT {_ALL} FROM entries WHERE source = ? AND target = ? ORDER BY number DESC LIMIT 1", source, target
        )
        return Entry.of_row(rows[0]) if rows else None

    def begun(self, source: str, target: str) -> Begun | None:
        """Give the note of a run that began on a file and never told what came of it."""
        rows = self._run("SELECT source, target, before FROM begun WHERE source = ? AND target = ?", source, target)
        return Begun(*rows[0]) if rows else None

    def entry(self, number: int) -> Entry | None:
        rows = self._run(f"SELECT {_ALL} FROM entries WHERE number = ?", number)
        return Entry.of_row(rows[0]) if rows else None

    def entries(self, after: int = 0) -> Iterator[Entry]:
        """Give the entries in their order, in flat memory, as they stand at each page: a job may be adding."""
        while True:
            rows = self._run(f"SELECT {_ALL} FROM entries WHERE number > ? ORDER BY number LIMIT {PAGE}", after)
            yield from map(Entry.of_row, rows)
            if len(rows) < PAGE:
                return
            after = rows[-1][0]

    def labelled(self) -> Iterator[tuple[int, str, str]]:
        """Give number, label and record of the entries that name a label, in their order, in flat memory."""
        after = 0
        while True:
            rows = self._run(
                "SELECT number, label, record FROM entries "
                f"WHERE number > ? AND label <> '' ORDER BY number LIMIT {PAGE}",
                after,
            )
            yield from rows
            if len(rows) < PAGE:
                return
            after = rows[-1][0]

    def latest(self, count: int) -> list[Entry]:
        """Give the newest entries, oldest first."""
        rows = self._run(f"SELECT {_ALL} FROM entries ORDER BY number DESC LIMIT ?", count)
        return [Entry.of_row(row) for row in reversed(rows)]

    def prune(self, before: str, facts: RunFacts) -> int:
        """Take out entries older than `before` (UTC, ISO 8601) and put in their place one that says so; give how many.

        Raises `WrongUse` where that would reach entries younger than six months (Article 9); the database refuses too.
        """
        if before > self._now(-RETENTION_DAYS * 86_400):
            raise WrongUse(
                Bilingual(
                    f"records have to be kept for six months or more ({RETENTION_DAYS} days)",
                    f"记录须保存不少于六个月（{RETENTION_DAYS} 天）",
                ),
                remedy=Bilingual("Name an earlier day.", "请指定更早的日期。"),
            )
        with self._transaction():
            # a chain is cut from its beginning: what stands behind a younger entry stays, however old its clock says it is
            young = self._run("SELECT min(number) FROM entries WHERE time >= ?", before)[0][0]
            number, last = self._head()
            end = (young or number + 1) - 1
            rows = self._run(f"SELECT {_ALL} FROM entries WHERE number <= ? ORDER BY number DESC LIMIT 1", end)
            if not rows:
                return 0
            cut = Entry.of_row(rows[0])
            count = int(self._run("SELECT count(*) FROM entries WHERE number <= ?", end)[0][0])
            deed = Deed(action=PRUNED, source=str(cut.number), source_sha256=cut.hash, record=f'{{"entries": {count}}}')
            self._insert(sealed(number + 1, self._now(), facts, ("", deed), last))
            self._run("DELETE FROM entries WHERE number <= ?", end)
        return count

    def _now(self, offset: float = 0.0) -> str:
        at = self._clock() + offset
        return f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(at))}.{int(at * 1000) % 1000:03d}Z"

    def _head(self) -> tuple[int, str]:
        rows = self._run("SELECT number, hash FROM entries ORDER BY number DESC LIMIT 1")
        return rows[0] if rows else (0, START)

    def _insert(self, entry: Entry) -> None:
        marks = ", ".join("?" for _ in COLUMNS)
        self._run(f"INSERT INTO entries VALUES ({marks})", *entry.row())

    def _run(self, statement: str, *values: object) -> list[Any]:
        try:
            cursor = self._database.connection.execute(statement.replace("?", self._database.mark), values)
            return list(cursor.fetchall()) if cursor.description else []
        except self._database.failures as problem:
            raise self._refused(problem) from problem

    def _many(self, statement: str, rows: Iterable[Sequence[object]]) -> None:
        try:
            self._database.connection.cursor().executemany(statement.replace("?", self._database.mark), list(rows))
        except self._database.failures as problem:
            raise self._refused(problem) from problem

    def _refused(self, problem: Exception) -> Refused:
        return databases.refused(databases.without_secret(self.place), problem)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        for statement in self._database.lock.split("; "):
            self._run(statement)
        try:
            yield
        except BaseException:
            self._run("ROLLBACK")
            raise
        self._run("COMMIT")
