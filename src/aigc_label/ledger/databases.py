"""Opens the database behind a ledger: an SQLite file, or a PostgreSQL server that several machines share.

Both hold the same two tables and answer the same statements; what differs stands in a `Database`. The database itself
refuses to change an entry, or to delete one that is younger than the Measures allow.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any, Final, NamedTuple

from aigc_label.bilingual import Bilingual
from aigc_label.errors import MissingTool, Refused
from aigc_label.ledger.entry import COLUMNS

RETENTION_DAYS: Final = 184  # Article 9 of the Measures: not less than six months, and no six months are longer
WAIT_SECONDS: Final = 60  # for another process that is adding
APPLICATION: Final = 0x41494743  # "AIGC" in the header of an SQLite file: ours, and not any other database

_ENTRIES: Final = ", ".join(
    f"{name} {'BIGINT PRIMARY KEY' if name == 'number' else 'TEXT NOT NULL'}" for name in COLUMNS
)
_TABLES: Final = (
    f"CREATE TABLE IF NOT EXISTS entries ({_ENTRIES})",
    "CREATE INDEX IF NOT EXISTS entries_by_file ON entries (source, target, number)",
    "CREATE TABLE IF NOT EXISTS begun (source TEXT, target TEXT, before TEXT, PRIMARY KEY (source, target))",
)
_KEPT: Final = "a ledger is only added to"
_YOUNG: Final = f"entries are kept for {RETENTION_DAYS} days"
_SQLITE: Final = (
    *_TABLES,
    f"CREATE TRIGGER IF NOT EXISTS entries_stay BEFORE UPDATE ON entries BEGIN SELECT RAISE(ABORT, '{_KEPT}'); END",
    "CREATE TRIGGER IF NOT EXISTS entries_last BEFORE DELETE ON entries WHEN "
    f"julianday(OLD.time) > julianday('now') - {RETENTION_DAYS} BEGIN SELECT RAISE(ABORT, '{_YOUNG}'); END",
    f"PRAGMA application_id = {APPLICATION}",
)
_POSTGRES: Final = (
    *_TABLES,
    f"""CREATE OR REPLACE FUNCTION aigc_label_kept() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF TG_OP = 'DELETE' AND OLD.time::timestamptz <= now() - interval '{RETENTION_DAYS} days' THEN RETURN OLD; END IF;
      RAISE EXCEPTION '%', CASE TG_OP WHEN 'DELETE' THEN '{_YOUNG}' ELSE '{_KEPT}' END;
    END $$""",
    "CREATE OR REPLACE TRIGGER entries_stay BEFORE UPDATE OR DELETE ON entries "
    "FOR EACH ROW EXECUTE FUNCTION aigc_label_kept()",
    "CREATE OR REPLACE TRIGGER entries_whole BEFORE TRUNCATE ON entries "
    "FOR EACH STATEMENT EXECUTE FUNCTION aigc_label_kept()",
)


class Database(NamedTuple):
    """An open database. `mark` is what stands for a value in a statement, `lock` what keeps other writers waiting.

    `failures` are the driver's own exceptions.
    """

    connection: Any
    mark: str
    lock: str
    failures: tuple[type[Exception], ...]


def is_address(place: str) -> bool:
    """Tell whether a ledger is named by the address of a server."""
    return place.startswith(("postgresql://", "postgres://"))


def opened(place: str) -> Database:
    """Open a ledger that is there. Raises `OSError`, `Refused` (not a ledger), `MissingTool` (no driver)."""
    return _server(place, ()) if is_address(place) else _file(place, "rw")


def made(place: str) -> Database:
    """Open a ledger, made where there was none. Raises as `opened`."""
    return _server(place, _POSTGRES) if is_address(place) else _file(place, "rwc")


def _file(path: str, mode: str) -> Database:
    """An SQLite file in WAL mode: readers never wait for the run that adds to it, and a commit is on the disk."""
    from urllib.parse import quote

    if mode == "rw":
        with open(path, "rb"):  # the system's own error says more than SQLite's
            pass
    database = _guarded(
        path,
        sqlite3.Error,
        lambda: sqlite3.connect(
            f"file:{quote(path)}?mode={mode}",
            uri=True,
            timeout=WAIT_SECONDS,
            isolation_level=None,
            check_same_thread=False,
        ),
    )
    _guarded(path, sqlite3.Error, lambda: _checked(database, path, _SQLITE if mode == "rwc" else ()))
    return Database(database, "?", "BEGIN IMMEDIATE", (sqlite3.Error,))


def _checked(database: sqlite3.Connection, path: str, making: tuple[str, ...]) -> None:
    tables = database.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    mine = database.execute("PRAGMA application_id").fetchone()[0] == APPLICATION
    if not mine and (tables or not making):
        database.close()
        raise _no_ledger(path)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = FULL")
    if not mine:
        database.execute("BEGIN IMMEDIATE")
        for statement in making:
            database.execute(statement)
        database.execute("COMMIT")


def _server(address: str, making: tuple[str, ...]) -> Database:
    try:
        import psycopg
    except ImportError as problem:
        raise MissingTool(
            Bilingual("a shared ledger needs the package psycopg", "共享台账需要 psycopg 软件包"),
            remedy=Bilingual("pip install 'aigc-label[postgres]'", "pip install 'aigc-label[postgres]'"),
        ) from problem

    connection = _guarded(without_secret(address), psycopg.Error, lambda: psycopg.connect(address, autocommit=True))

    def prepared() -> None:
        if not making or connection.execute("SELECT to_regclass('entries')").fetchone() != (None,):
            return
        with connection.transaction():
            connection.execute("SELECT pg_advisory_xact_lock(%s)", (APPLICATION,))
            for statement in making:
                connection.execute(statement.encode())

    _guarded(without_secret(address), psycopg.Error, prepared)
    return Database(connection, "%s", f"BEGIN; SELECT pg_advisory_xact_lock({APPLICATION})", (psycopg.Error,))


def _guarded(place: str, failure: type[Exception], work: Callable[[], Any]) -> Any:
    try:
        return work()
    except failure as problem:
        raise refused(place, problem) from problem


def refused(place: str, problem: Exception) -> Refused:
    """Give what a database said as an error of ours."""
    said = " ".join(str(problem).split())
    return Refused(
        Bilingual(f"the ledger cannot be used: {said}", f"台账无法使用：{said}"),
        remedy=Bilingual(
            "Nothing is done without the record that was asked for: mend the ledger, or name another.",
            "要求的记录无法写入时不会处理任何文件：请修复台账，或指定另一个。",
        ),
        where=place,
    )


def _no_ledger(path: str) -> Refused:
    return Refused(
        Bilingual("the file is a database of another kind", "该文件是其他类型的数据库"),
        remedy=Bilingual("Name a new file, or an existing ledger.", "请指定新文件或已有台账。"),
        where=path,
    )


def without_secret(place: str) -> str:
    """Give the name of a ledger as it may be shown: a server's address without its password."""
    if not is_address(place):
        return place
    head, at, tail = place.rpartition("@")
    scheme, _, user = head.partition("://")
    tail = tail.split("?")[0]
    return f"{scheme}://{user.partition(':')[0]}@{tail}" if at else place.split("?")[0]
