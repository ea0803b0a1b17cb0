"""Gives every test of the ledger both kinds: an SQLite file, and a PostgreSQL server that the test starts itself."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from aigc_label.ledger.entry import Deed, RunFacts

FACTS = RunFacts("run-1", "embed", "{}", "2026.11", "aigc-label 0", "me", "asked for by the user", "user-17")


def deed(name: str, action: str = "written") -> Deed:
    return Deed(action=action, source=f"/in/{name}", target=f"/out/{name}", source_sha256="a" * 64, record="{}")


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """A PostgreSQL server of its own, on a socket in a folder of its own, run by a user without rights."""
    (binaries, *_) = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    user = "postgres" if os.geteuid() == 0 else None
    with tempfile.TemporaryDirectory(prefix="aigc-pg-") as root:
        if user:
            subprocess.run(["chown", user, root], check=True)

        def ran(program: str, *words: str) -> None:
            subprocess.run(
                [binaries / program, "-D", f"{root}/data", *words],
                user=user,
                cwd=root,
                check=True,
                stdout=subprocess.DEVNULL,
                env={"PATH": os.defpath, "LC_ALL": "C.UTF-8"},
            )

        ran("initdb", "-A", "trust", "-U", "ledger", "-E", "UTF8", "--no-sync")
        options = f"-c listen_addresses='' -c unix_socket_directories='{root}' -c fsync=off"
        ran("pg_ctl", "-w", "-l", f"{root}/log", "-o", options, "start")
        try:
            yield f"postgresql://ledger@/postgres?host={root}"
        finally:
            ran("pg_ctl", "-m", "immediate", "stop")


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.oracle("pg_createcluster"))])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Where a ledger can be made: nothing is there yet."""
    if request.param == "sqlite":
        yield str(tmp_path / "ledger")
        return
    psycopg = pytest.importorskip("psycopg")
    address: str = request.getfixturevalue("server")
    yield address
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("DROP TABLE IF EXISTS entries, begun CASCADE")
