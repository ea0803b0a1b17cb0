"""A run with a ledger leaves a record of every file, and one that died goes on where it stopped."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from cli.conftest import COMMAND, PICTURE, PRODUCER, environment  # type: ignore[import-not-found]

EMBED = ("embed", "--producer", PRODUCER, "--ledger", "labels.ledger")


def entries(run: Any) -> list[dict[str, Any]]:
    done = run("ledger", "export", "labels.ledger")
    assert done.returncode == 0, done.stderr.decode()
    return [json.loads(line) for line in done.stdout.splitlines()]


def tree(folder: Path) -> dict[str, str]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_every_file_is_recorded_with_what_it_was_and_became(run, folder: Path, tmp_path: Path) -> None:
    why = ("--operator", "Li", "--reason", "asked for in writing", "--recipient", "contract 17")
    (folder / "broken.jpg").write_bytes(PICTURE[:90])
    done = run(*EMBED, *why, folder, "-o", "out")
    assert done.returncode == 3
    first, *_ = told = entries(run)
    assert {Path(one["source"]).name: one["action"] for one in told} == {
        "a.jpg": "written",
        "b.jpg": "written",
        "broken.jpg": "failed",
        "c.jpg": "written",
    }
    assert first["source"] == str(folder / "a.jpg")
    assert first["source_sha256"] == hashlib.sha256((folder / "a.jpg").read_bytes()).hexdigest()
    assert first["target_sha256"] == hashlib.sha256((tmp_path / "out/a.jpg").read_bytes()).hexdigest()
    assert (first["operator"], first["reason"], first["recipient"]) == ("Li", "asked for in writing", "contract 17")
    assert json.loads(first["label"])["ContentProducer"] == PRODUCER
    assert json.loads(first["policy"]) == {"producer": PRODUCER}
    assert first["ruleset"]
    assert first["tool"].startswith("aigc-label ")
    assert next(one for one in told if one["action"] == "failed")["error"].startswith("malformed-file: ")


@pytest.mark.parametrize("jobs", ["1", "2"])
@pytest.mark.parametrize("form", ["text", "json", "jsonl"])
def test_a_second_run_with_resume_does_nothing_and_tells_the_same(
    run, folder: Path, tmp_path: Path, form: str, jobs: str
) -> None:
    words = (*EMBED, folder, "-o", "out", "--format", form, "--jobs", jobs)
    first = run(*words)
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("*")}
    again = run(*words, "--resume")
    assert again.stdout == first.stdout
    assert again.stderr == first.stderr
    assert len(entries(run)) == 3
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("*")} == before


@pytest.mark.parametrize(
    "words",
    [
        ("embed", "--producer", PRODUCER, "-", "-o", "out.jpg"),
        ("embed", "--producer", PRODUCER, "-", "-o", "-"),
        ("embed", "--producer", PRODUCER, "pictures/a.jpg", "-o", "-"),
        ("verify", "-"),
    ],
)
def test_a_pipe_is_not_passed_by_a_ledger_in_silence(run, folder: Path, tmp_path: Path, words: tuple[str, ...]) -> None:
    for more, env in ((("--ledger", "labels.ledger"), {}), ((), {"AIGC_LABEL_LEDGER": "labels.ledger"})):
        done = run(*words, *more, stdin=PICTURE, env=env)
        assert done.returncode == 2
        assert done.stdout == b""
        assert b"--ledger" in done.stderr
        assert b"instead of `-`" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["pictures"]


def test_verdicts_are_recorded_and_not_judged_again(run, folder: Path) -> None:
    run(*EMBED, folder, "--in-place")
    words = ("verify", "--only", "label", folder, "--ledger", "labels.ledger")
    assert run(*words).returncode == 0
    again = run(*words, "--resume", "--format", "jsonl")
    assert [json.loads(line)["verdict"] for line in again.stdout.splitlines()] == ["compliant"] * 3
    judged = [one for one in entries(run) if one["command"] == "verify"]
    assert [one["verdict"] for one in judged] == ["compliant"] * 3
    assert all(one["source_sha256"] for one in judged)


def test_what_repair_writes_is_recorded_and_what_it_leaves_is_not(run, folder: Path) -> None:
    sound = run("embed", "--producer", PRODUCER, folder / "a.jpg", "--in-place")
    assert sound.returncode == 0
    (folder / "broken.jpg").write_bytes(PICTURE[:90])
    before = hashlib.sha256((folder / "b.jpg").read_bytes()).hexdigest()
    words = ("repair", folder, "--producer", PRODUCER, "--ledger", "labels.ledger", "--operator", "Li")
    assert run(*words).returncode == 3  # only shows
    assert not (folder.parent / "labels.ledger").exists()
    assert run(*words, "--apply").returncode == 3
    told = {Path(one["source"]).name: one for one in entries(run)}
    assert {name: one["action"] for name, one in told.items()} == {
        "b.jpg": "written",
        "broken.jpg": "failed",
        "c.jpg": "written",
    }
    assert (told["b.jpg"]["command"], told["b.jpg"]["operator"]) == ("repair", "Li")
    assert told["b.jpg"]["source_sha256"] == before
    assert told["b.jpg"]["target_sha256"] == hashlib.sha256((folder / "b.jpg").read_bytes()).hexdigest()
    assert json.loads(told["b.jpg"]["label"])["ContentProducer"] == PRODUCER
    assert run("ledger", "verify", "labels.ledger").returncode == 0


def test_what_a_dead_repair_did_is_recorded_by_the_next(run, folder: Path) -> None:
    words = ("repair", "--apply", folder / "a.jpg", "--producer", PRODUCER, "--ledger", "labels.ledger")
    assert run(*words).returncode == 0
    from aigc_label.ledger.book import Begun, Ledger
    from aigc_label.ledger.entry import RunFacts

    name = str(folder / "a.jpg")
    ledger = Ledger.opened(str(folder.parent / "labels.ledger"))
    ledger.add(RunFacts("dead", "repair", "{}", "", ""), [], [Begun(name, name, "1:2:3")])
    (folder / "a.jpg").touch()
    assert run(*words, "--resume").returncode == 0
    assert [one["action"] for one in entries(run)] == ["written", "written"]
    assert ledger.begun(name, name) is None
    ledger.close()


def test_a_transplant_is_recorded_with_where_the_label_came_from(run, folder: Path) -> None:
    run("embed", "--producer", PRODUCER, folder / "a.jpg", "--in-place")
    words = ("transplant", folder / "a.jpg", folder / "b.jpg", "--ledger", "labels.ledger")
    assert run(*words).returncode == 0
    (folder / "bare.jpg").write_bytes(PICTURE)
    assert run("transplant", folder / "bare.jpg", folder / "b.jpg", "--ledger", "labels.ledger").returncode == 3
    done, failed = entries(run)
    assert (done["command"], done["action"], done["source"]) == ("transplant", "written", str(folder / "b.jpg"))
    assert json.loads(done["record"])["origin"] == str(folder / "a.jpg")
    assert json.loads(done["label"])["ContentProducer"] == PRODUCER
    assert (failed["action"], failed["error"][:14]) == ("failed", "invalid-label:")


def test_resume_does_again_what_has_changed(run, folder: Path, tmp_path: Path) -> None:
    words = (*EMBED, folder, "-o", "out", "--overwrite")
    run(*words)
    (folder / "a.jpg").write_bytes(PICTURE + b"tail")
    (tmp_path / "out/b.jpg").unlink()
    run(*words, "--resume")
    names = [Path(one["source"]).name for one in entries(run)]
    assert sorted(names) == ["a.jpg", "a.jpg", "b.jpg", "b.jpg", "c.jpg"]
    run(*words, "--resume", "--status", "possible", "--replace", "a mistake")  # other orders: nothing is done yet
    assert len(entries(run)) == 8


def test_changes_in_place_are_recorded_and_left_alone_the_second_time(run, folder: Path) -> None:
    words = (*EMBED, folder, "--in-place")
    run(*words)
    before = tree(folder)
    run(*words, "--resume")
    assert tree(folder) == before
    assert [one["action"] for one in entries(run)] == ["written"] * 3


def test_one_file_is_recorded_as_well(run, picture: Path) -> None:
    assert run(*EMBED, picture, "-o", "out.jpg").returncode == 0
    assert [one["action"] for one in entries(run)] == ["written"]


def test_a_dry_run_records_nothing(run, folder: Path, tmp_path: Path) -> None:
    assert run(*EMBED, folder, "-o", "out", "--dry-run").returncode == 0
    assert not (tmp_path / "labels.ledger").exists()


def test_resume_without_a_ledger_is_wrong_use(run, folder: Path) -> None:
    assert run("embed", "--producer", PRODUCER, folder, "-o", "out", "--resume").returncode == 2


def test_nothing_is_done_without_the_record_that_was_asked_for(run, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "labels.ledger").write_bytes(b"not a database at all, but some text of a few bytes\n" * 40)
    done = run(*EMBED, folder, "-o", "out")
    assert done.returncode == 3
    assert b"the ledger cannot be used" in done.stderr
    assert not (tmp_path / "out").exists()


def test_names_that_are_no_text_are_recorded(run, folder: Path) -> None:
    os.rename(folder / "a.jpg", os.fsencode(folder) + b"/\xff\xfe.jpg")
    words = (*EMBED, folder, "-o", "out", "--format", "jsonl")
    first = run(*words)
    assert first.returncode == 0
    assert entries(run)[1]["source"].endswith("/\\xff\\xfe.jpg")
    assert run(*words, "--resume").stdout == first.stdout


def test_the_chain_is_checked_by_the_command(run, folder: Path, tmp_path: Path) -> None:
    run(*EMBED, folder, "-o", "out")
    done = run("ledger", "verify", "labels.ledger", "--format", "json")
    head = json.loads(done.stdout)["head"]
    assert done.returncode == 0
    assert run("ledger", "verify", "labels.ledger", "--head", head).returncode == 0
    assert run("ledger", "verify", "labels.ledger", "--head", "0" * 63 + "1").returncode == 1
    code = (
        "import sqlite3\nwith sqlite3.connect('labels.ledger') as c:\n"
        "    c.execute('DROP TRIGGER entries_stay')\n    c.execute(\"UPDATE entries SET reason = 'x' WHERE number = 2\")\n"
    )
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True)
    done = run("ledger", "verify", "labels.ledger")
    assert done.returncode == 1
    assert b"#2 the entry is not what was written" in done.stdout


def test_a_ledger_is_exported_for_other_programs(run, folder: Path, tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    (folder / '=cmd,"x".jpg').write_bytes(PICTURE)
    run(*EMBED, folder, "-o", "out", "--operator", "=1+1")
    for name in ("e.csv", "e.jsonl", "e.parquet"):
        assert run("ledger", "export", "labels.ledger", "--to", name).returncode == 0
    rows = list(csv.DictReader(io.StringIO((tmp_path / "e.csv").read_text())))
    lines = [json.loads(line) for line in (tmp_path / "e.jsonl").read_text().splitlines()]
    table = parquet.read_table(tmp_path / "e.parquet").to_pylist()
    assert [row["source"] for row in rows] == [line["source"] for line in lines] == [row["source"] for row in table]
    assert rows[0]["operator"] == "'=1+1"  # no formula in a spreadsheet
    assert table[0]["operator"] == "=1+1"


def test_pruning_is_refused_within_six_months(run, folder: Path) -> None:
    run(*EMBED, folder, "-o", "out")
    assert run("ledger", "prune", "labels.ledger", "--before", "2999-01-01", "--by", "Li").returncode == 2
    assert run("ledger", "prune", "labels.ledger", "--before", "2020-01-01").returncode == 2
    assert run("ledger", "prune", "labels.ledger", "--before", "2020-01-01", "--by", "Li").returncode == 0
    assert len(entries(run)) == 3


def test_fail_fast_stops_at_the_first_failure(run, folder: Path) -> None:
    (folder / "a.jpg").write_bytes(PICTURE[:90])
    assert run(*EMBED, folder, "-o", "out", "--fail-fast", "--sync", "none").returncode == 3
    assert len(entries(run)) == 1
    assert run(*EMBED, folder, "-o", "out", "--resume").returncode == 3
    assert sorted(one["action"] for one in entries(run)) == ["failed", "failed", "written", "written"]


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_fail_fast_tells_of_every_file_that_it_put_in_place(run, tmp_path: Path, jobs: str) -> None:
    (tmp_path / "in").mkdir()
    for number in range(400):
        (tmp_path / f"in/{number:03}.jpg").write_bytes(PICTURE[:90] if number == 5 else PICTURE)
    done = run(*EMBED, "in", "-o", "out", "--fail-fast", "--jobs", jobs, "--format", "jsonl")
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 3
    assert len([one for one in told if one["action"] == "written"]) == len(list((tmp_path / "out").iterdir())) < 399
    assert len(entries(run)) == len(told)


KILLS = [pytest.param(200, 6, id="small"), pytest.param(100_000, 20, id="large", marks=pytest.mark.long)]


@pytest.mark.parametrize(("count", "kills"), KILLS)
def test_a_batch_that_is_killed_and_resumed_ends_as_one_clean_run(run, tmp_path: Path, count: int, kills: int) -> None:
    """Same tree, ledger and report; a file that was once in place is never written again."""
    source = tmp_path / "in"
    for number in range(count):
        path = source / f"{number // 500:03}/{number}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(PICTURE + str(number).encode())
    words = [COMMAND, "embed", "--producer", PRODUCER, "--produce-id", "{stem}", "--jobs", "2", "in"]

    def told(out: str, ledger: str, *more: str) -> list[str | Path]:
        return [*words, "-o", out, "--ledger", ledger, "--resume", "--format", "jsonl", *more]

    began = time.monotonic()
    clean = subprocess.run(
        told("clean", "clean.ledger"), cwd=tmp_path, capture_output=True, env=environment(), check=True
    )
    whole = time.monotonic() - began
    chance = random.Random(7)
    seen: dict[Path, tuple[int, int]] = {}
    ended: list[int] = []
    for _ in range(kills):
        process = subprocess.Popen(
            told("out", "labels.ledger"),
            cwd=tmp_path,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=environment(),
            start_new_session=True,
        )
        log, before = tmp_path / "labels.ledger-wal", time.time()
        while process.poll() is None and not (log.exists() and log.stat().st_mtime > before):
            time.sleep(0.002)
        time.sleep(chance.random() * whole * 1.5 / kills)
        process.send_signal(signal.SIGKILL)
        ended.append(process.wait())
        for path in (tmp_path / "out").rglob("*.jpg"):
            info = path.stat()
            assert seen.setdefault(path, (info.st_ino, info.st_mtime_ns)) == (info.st_ino, info.st_mtime_ns)
    assert ended.count(-signal.SIGKILL) >= min(2, kills)
    last = subprocess.run(
        told("out", "labels.ledger"), cwd=tmp_path, capture_output=True, env=environment(), check=True
    )
    for path, identity in seen.items():
        assert (path.stat().st_ino, path.stat().st_mtime_ns) == identity
    assert tree(tmp_path / "out") == tree(tmp_path / "clean")
    assert last.stdout.replace(b'"out/', b'"clean/') == clean.stdout
    assert run("ledger", "verify", "labels.ledger").returncode == 0
    rows = [_told(tmp_path, ledger) for ledger in ("clean.ledger", "labels.ledger")]
    assert len(rows[1]) == count
    assert rows[0] == rows[1]


def _told(folder: Path, ledger: str) -> list[tuple[str, ...]]:
    """What a ledger says of each file, without what differs from run to run: times, states, names of runs."""
    done = subprocess.run([COMMAND, "ledger", "export", ledger], cwd=folder, capture_output=True, check=True)
    kept = ("action", "source", "source_sha256", "target_sha256", "format", "label", "policy")
    return sorted(tuple(json.loads(line)[key] for key in kept) for line in done.stdout.splitlines())


def test_fingerprints_are_kept_and_look_up_a_picture_without_its_label(run, folder: Path, tmp_path: Path) -> None:
    words = (*EMBED, folder, "-o", "out", "--fingerprint")
    first = run(*words, "--format", "jsonl")
    assert first.returncode == 0
    assert all(len(json.loads(line)["fingerprint"]) == 64 for line in first.stdout.splitlines())
    assert run(*words, "--format", "jsonl", "--resume").stdout == first.stdout
    assert run("ledger", "verify", "labels.ledger").returncode == 0
    asked = ("verify", "--only", "label", "--registry", "labels.ledger", "--format", "jsonl")
    assert run(*asked, "out/a.jpg").returncode == 0
    (found,) = map(json.loads, run(*asked, folder / "a.jpg").stdout.splitlines())
    assert found["verdict"] == "non-compliant"
    assert [finding["rule"] for finding in found["findings"]][:2] == ["LBL-001", "LBL-016"]


def test_fingerprints_without_a_ledger_are_wrong_use(run, picture: Path) -> None:
    assert run("embed", "--producer", PRODUCER, picture, "-o", "out.jpg", "--fingerprint").returncode == 2


def test_judging_keeps_no_fingerprints(run, picture: Path, tmp_path: Path) -> None:
    assert run("verify", picture, "--ledger", "labels.ledger", "--fingerprint").returncode == 2
    assert not (tmp_path / "labels.ledger").exists()


def test_a_registry_that_is_no_ledger_is_refused(run, picture: Path, tmp_path: Path) -> None:
    (tmp_path / "text").write_bytes(b"no database" * 100)
    assert run("verify", "--registry", "text", picture).returncode == 3
