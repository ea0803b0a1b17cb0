"""A ledger is only added to, shows every change, and keeps what the Measures want kept."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from ledger.conftest import FACTS, deed  # type: ignore[import-not-found]

from aigc_label.errors import Refused, WrongUse
from aigc_label.ledger import databases
from aigc_label.ledger.audit import Flaw, audited
from aigc_label.ledger.book import Begun, Ledger
from aigc_label.ledger.databases import without_secret
from aigc_label.ledger.entry import PRUNED, START, Entry, as_text

LONG_AGO = time.time() - 400 * 86_400
OPEN: list[Ledger] = []


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    yield
    while OPEN:
        OPEN.pop().close()


def made(place: str) -> Ledger:
    OPEN.append(Ledger.made(place))
    return OPEN[-1]


def reopened(place: str) -> Ledger:
    OPEN.append(Ledger.opened(place))
    return OPEN[-1]


def filled(place: str, count: int = 5, at: float = 0.0) -> Ledger:
    ledger = made(place)
    ledger._clock = (lambda: at) if at else time.time
    for number in range(count):
        ledger.add(FACTS, [(f"state{number}", deed(f"{number}.jpg"))])
    return ledger


def executed(place: str, statement: str) -> None:
    """What somebody does who has the database and no love for records."""
    connection = databases.opened(place).connection
    try:
        connection.execute(statement)
    finally:
        connection.close()


def test_entries_come_back_as_they_were_added_each_chained_to_the_last(place: str) -> None:
    ledger = filled(place, 3)
    one, two, three = ledger.entries()
    assert (one.number, one.previous) == (1, START)
    assert (two.previous, three.previous) == (one.hash, two.hash)
    assert one.facts == FACTS
    assert one.deed == deed("0.jpg")
    assert one.source_state == "state0"
    assert audited(ledger.entries()).sound


def test_a_ledger_is_opened_again_and_goes_on(place: str) -> None:
    filled(place, 2)
    ledger = filled(place, 2)
    assert [entry.number for entry in ledger.entries()] == [1, 2, 3, 4]
    assert audited(ledger.entries()).sound


@pytest.mark.parametrize(
    "statement",
    ["UPDATE entries SET operator = 'another'", "DELETE FROM entries WHERE number = 2", "DELETE FROM entries"],
)
def test_the_database_itself_refuses_to_change_an_entry_or_drop_a_young_one(place: str, statement: str) -> None:
    ledger = filled(place)
    with pytest.raises(Exception, match=r"a ledger is only added to|entries are kept for"):
        executed(place, statement)
    assert audited(ledger.entries()).count == 5


def forced(place: str, statement: str) -> None:
    """The same with the triggers taken away first."""
    kinds = ("entries_stay", "entries_last") if not databases.is_address(place) else ("entries_stay",)
    for name in kinds:
        on = " ON entries" if databases.is_address(place) else ""
        executed(place, f"DROP TRIGGER {name}{on}")
    executed(place, statement)


@pytest.mark.parametrize(
    ("statement", "flaw"),
    [
        ("UPDATE entries SET operator = 'another' WHERE number = 3", (3, Flaw.CHANGED)),
        ("UPDATE entries SET source = source || ' ' WHERE number = 5", (5, Flaw.CHANGED)),
        ("UPDATE entries SET hash = substr(hash, 2) || substr(hash, 1, 1) WHERE number = 2", (2, Flaw.CHANGED)),
        ("DELETE FROM entries WHERE number = 3", (4, Flaw.MISSING)),
        ("DELETE FROM entries WHERE number <= 2", (3, Flaw.BEGINNING)),
    ],
)
def test_whoever_takes_the_triggers_away_is_still_seen(place: str, statement: str, flaw: tuple[int, Flaw]) -> None:
    ledger = filled(place)
    forced(place, statement)
    audit = audited(ledger.entries())
    assert not audit.sound
    assert flaw in audit.flaws


def test_an_entry_that_was_made_to_fit_breaks_the_chain_behind_it(place: str) -> None:
    ledger = filled(place)
    third = list(ledger.entries())[2]
    forged = third._replace(facts=third.facts._replace(operator="another"))
    forced(place, f"UPDATE entries SET operator = 'another', hash = '{forged.hashed()}' WHERE number = 3")
    assert audited(ledger.entries()).flaws == [(4, Flaw.BROKEN)]


def test_a_cut_off_end_is_seen_by_who_noted_the_head(place: str) -> None:
    ledger = filled(place)
    head = audited(ledger.entries()).head
    forced(place, "DELETE FROM entries WHERE number = 5")
    assert audited(ledger.entries()).sound  # a shorter chain is whole in itself
    assert not audited(ledger.entries(), head).sound


def test_what_is_old_is_pruned_and_the_chain_says_so(place: str) -> None:
    filled(place, 3, at=LONG_AGO)
    ledger = filled(place, 2)
    head = [entry.hash for entry in ledger.entries()][2]
    assert ledger.prune("2025-12-31T00:00:00.000Z", FACTS) == 3
    assert [entry.number for entry in ledger.entries()] == [4, 5, 6]
    assert list(ledger.entries())[-1].deed.action == PRUNED
    assert audited(ledger.entries()).sound
    assert audited(ledger.entries(), head).sound  # its last one is named by the entry that says it was pruned


def test_six_months_are_kept_whatever_is_asked(place: str) -> None:
    ledger = filled(place, 2, at=LONG_AGO)
    ledger._clock = time.time
    with pytest.raises(WrongUse):
        ledger.prune("2999-01-01T00:00:00.000Z", FACTS)
    assert len(list(ledger.entries())) == 2


def test_a_begun_file_is_noted_until_its_entry_comes(place: str) -> None:
    ledger = made(place)
    ledger.add(FACTS, [], [Begun("/in/0.jpg", "/out/0.jpg", "7:7:7")])
    assert ledger.begun("/in/0.jpg", "/out/0.jpg") == Begun("/in/0.jpg", "/out/0.jpg", "7:7:7")
    ledger.add(FACTS, [("s", deed("0.jpg"))])
    assert ledger.begun("/in/0.jpg", "/out/0.jpg") is None
    last = ledger.last_of("/in/0.jpg", "/out/0.jpg")
    assert last is not None
    assert last.deed.action == "written"


def test_a_group_is_added_whole_or_not_at_all(place: str) -> None:
    ledger = filled(place, 1)
    with pytest.raises(UnicodeEncodeError):
        ledger.add(FACTS, [("s", deed("1.jpg")), ("s", deed("no database takes a lone \udcff"))])
    assert [entry.number for entry in ledger.entries()] == [1]
    ledger.add(FACTS, [("s", deed("1.jpg"))])
    assert audited(ledger.entries()).sound


def test_processes_add_to_one_chain(place: str) -> None:
    filled(place, 1)
    code = (
        "import sys\nfrom aigc_label.ledger.book import Ledger\nfrom ledger.conftest import FACTS, deed\n"
        "ledger = Ledger.made(sys.argv[1])\n"
        "for n in range(25): ledger.add(FACTS, [('s', deed(f'{sys.argv[2]}-{n}-{k}')) for k in range(4)])\n"
    )
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    processes = [subprocess.Popen([sys.executable, "-c", code, place, str(n)], env=env) for n in range(4)]
    assert [process.wait(timeout=60) for process in processes] == [0] * 4
    audit = audited(reopened(place).entries())
    assert audit.sound
    assert audit.count == 401


def test_it_is_readable_while_a_run_adds(place: str) -> None:
    ledger, reader = filled(place, 2), reopened(place)
    with ledger._transaction():
        ledger._insert(next(iter(ledger.entries()))._replace(number=9, hash="x"))
        assert [entry.number for entry in reader.entries()] == [1, 2]


def test_a_ledger_is_not_made_by_looking(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Ledger.opened(str(tmp_path / "none"))
    assert not list(tmp_path.iterdir())


def test_another_database_is_not_written_into(tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    with sqlite3.connect(other) as database:
        database.execute("CREATE TABLE mine (x)")
    database.close()
    before = other.read_bytes()
    with pytest.raises(Refused):
        Ledger.made(str(other))
    assert other.read_bytes() == before


@pytest.mark.parametrize("names", [("a\udcff", "a\\xff"), ("a\\\udcff", "a\\\\xff"), ("中\udc80", "中\\x80")])
def test_two_paths_never_have_one_spelling(names: tuple[str, str]) -> None:
    assert len({as_text(name) for name in names}) == 2
    assert all(as_text(name).encode() for name in names)


def test_values_cannot_move_from_one_field_to_the_next_unseen() -> None:
    one = Entry(1, "t", FACTS._replace(operator="ab", reason="c"), "s", deed("x"), START, "")
    other = one._replace(facts=FACTS._replace(operator="a", reason="bc"))
    assert one.hashed() != other.hashed()


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("postgresql://me:secret@host/db", "postgresql://me@host/db"),
        ("postgresql://me:se@cret@host:1/db?password=x", "postgresql://me@host:1/db"),
        ("postgres://host/db?user=me&password=x", "postgres://host/db"),
        ("file.ledger", "file.ledger"),
    ],
)
def test_a_password_is_never_shown(address: str, shown: str) -> None:
    assert without_secret(address) == shown
