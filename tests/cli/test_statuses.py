"""Every exit status means one thing, in both languages."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

PRODUCER = "001191110108335469089C10100"
LABEL_ONLY = ("verify", "--only", "label")


def test_the_version_is_printed(run) -> None:
    done = run("--version")
    assert (done.returncode, done.stdout) == (0, b"aigc-label 0.1.0\n")


def test_0_is_done(run, picture: Path, tmp_path: Path) -> None:
    done = run("embed", picture, "-o", "out.jpg", "--producer", PRODUCER)
    assert done.returncode == 0
    assert done.stdout.startswith(b"written")
    assert (tmp_path / "out.jpg").exists()


def test_0_is_compliant(run, labelled: Path) -> None:
    assert run(*LABEL_ONLY, labelled).returncode == 0


@pytest.mark.parametrize(("lang", "words"), [("en", "unlabelled"), ("zh", "未标识")])
def test_1_is_a_finding(run, picture: Path, lang: str, words: str) -> None:
    done = run(*LABEL_ONLY, picture, "--lang", lang)
    assert done.returncode == 1
    assert words in done.stdout.decode()
    assert "LBL-001" in done.stdout.decode()


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("nothing",),
        ("verify",),
        ("verify", "--nothing", "x"),
        ("verify", "x", "--jobs", "many"),
        ("verify", "x", "--min-height-share", "0.01"),
        ("embed", "picture.jpg", "--producer", PRODUCER),
        ("embed", "picture.jpg", "--producer", PRODUCER, "-o", "x.jpg", "--in-place"),
        ("embed", "picture.jpg", "-o", "x.jpg"),
        ("embed", "picture.jpg", "-o", "x.jpg", "--producer", "001191110108335469089X10100"),
        ("embed", "picture.jpg", "-o", "x.jpg", "--producer", PRODUCER, "--produce-id", "{nonsense}"),
        ("embed", "picture.jpg", "-o", "x.jpg", "--producer", PRODUCER, "--status", "certain"),
        ("embed", "picture.jpg", "-o", "x.jpg", "--label-json", "{}"),
        ("mark", "picture.jpg", "-o", "x.jpg", "--text", "hello"),
        ("mark", "picture.jpg", "-o", "x.jpg", "--height-share", "0.04"),
        ("rule", "LBL-999"),
        ("completion", "tcsh"),
    ],
)
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_2_is_wrong_use(run, picture: Path, arguments: tuple[str, ...], lang: str) -> None:
    done = run(*arguments, env={"AIGC_LABEL_LANG": lang})
    assert done.returncode == 2
    assert done.stdout == b"" or not arguments
    if arguments:
        assert done.stderr.decode().startswith("error[" if lang == "en" else "错误[")


def test_2_is_no_file_matched(run, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    done = run("verify", "empty")
    assert done.returncode == 2
    assert b"no file matched" in done.stderr


def test_2_is_every_file_left_out(run, folder: Path) -> None:
    done = run("verify", folder, "--include", "*.png")
    assert done.returncode == 2
    assert b"3 left out" in done.stderr


@pytest.mark.parametrize(("lang", "words"), [("en", "no such file"), ("zh", "文件或文件夹不存在")])
def test_3_is_a_file_that_is_not_there(run, lang: str, words: str) -> None:
    done = run("verify", "missing.jpg", "--lang", lang)
    assert done.returncode == 3
    assert words in done.stderr.decode()
    assert "os-enoent" in done.stderr.decode()


def test_3_outranks_1_and_the_others_are_still_reported(run, labelled: Path, folder: Path) -> None:
    (folder / "broken.jpg").write_bytes(labelled.read_bytes()[:300])
    (folder / "good.jpg").write_bytes(labelled.read_bytes())
    done = run(*LABEL_ONLY, folder)
    assert done.returncode == 3
    said = done.stdout.decode()
    assert "compliant  " + str(folder / "good.jpg") in said
    assert said.count("unlabelled") == 3
    assert str(folder / "broken.jpg") in said + done.stderr.decode()


def test_3_is_an_unknown_format_in_a_folder(run, labelled: Path, tmp_path: Path) -> None:
    box = tmp_path / "box"
    box.mkdir()
    labelled.rename(box / "good.jpg")
    (box / "notes.qqq").write_bytes(b"\x01\x02\x03nobody knows this")
    assert run(*LABEL_ONLY, box).returncode == 3
    assert run(*LABEL_ONLY, box, "--exclude", "*.qqq").returncode == 0
    assert run(*LABEL_ONLY, box, "--ignore-unknown").returncode == 0


def test_a_picture_turned_to_rubbish_is_not_ignored_as_unknown(run, labelled: Path, tmp_path: Path) -> None:
    box = tmp_path / "box"
    box.mkdir()
    labelled.rename(box / "good.jpg")
    (box / "bad.jpg").write_bytes(b"\x01\x02\x03 once a picture")
    assert run(*LABEL_ONLY, box, "--ignore-unknown").returncode == 3


def test_3_is_an_unsupported_file_in_a_folder_to_label(run, folder: Path, tmp_path: Path) -> None:
    (folder / "notes.qqq").write_bytes(b"\x01\x02 nobody knows this")
    done = run("embed", folder, "-o", "out", "--producer", PRODUCER)
    assert done.returncode == 3
    assert b"notes.qqq" in done.stderr
    assert (tmp_path / "out/below/c.jpg").exists()
    assert not (tmp_path / "out/notes.qqq").exists()


def test_4_is_a_defect_of_ours(tmp_path: Path, labelled: Path) -> None:
    """A module of ours is broken on purpose: the command says so and shows the traceback only with -v."""
    code = (
        "import sys, aigc_label.api as api\n"
        "def broken(*_): raise ZeroDivisionError('boom')\n"
        "api.gather = broken\n"
        "from aigc_label.cli import main\n"
        "sys.exit(main(sys.argv[1:]))\n"
    )
    for more, traceback in (((), False), (("-v",), True)):
        done = subprocess.run([sys.executable, "-c", code, "verify", labelled, *more], capture_output=True, check=False)
        assert done.returncode == 4
        assert b"error[defect]" in done.stderr
        assert (b"Traceback" in done.stderr) == traceback


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("jobs", ["1", "2"])
@pytest.mark.parametrize("send", [os.kill, os.killpg], ids=["to-the-command", "to-its-group-as-a-terminal-does"])
def test_130_is_interrupted_and_leaves_no_draft(
    picture: Path, tmp_path: Path, number: signal.Signals, jobs: str, send: Callable[[int, int], None]
) -> None:
    """The list of files does not end before the interrupt, so that no machine is quick enough to be done before it."""
    big = tmp_path / "big.jpg"
    big.write_bytes(picture.read_bytes()[:-2] + b"\0" * 400_000 + b"\xff\xd9")
    many = tmp_path / "many"
    many.mkdir()
    for index in range(300):
        os.link(big, many / f"{index}.jpg")
    command = Path(sys.executable).with_name("aigc-label")
    process = subprocess.Popen(
        [command, "embed", "--files-from", "-", "-o", "out", "--producer", PRODUCER, "--jobs", jobs],
        cwd=tmp_path,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # what runs in the background ignores it
    )
    assert process.stdin is not None
    process.stdin.write("".join(f"many/{index}.jpg\n" for index in range(300)).encode())
    process.stdin.flush()
    out = tmp_path / "out/many"
    deadline = time.monotonic() + 60
    while not out.exists() or len(os.listdir(out)) < 20:
        assert time.monotonic() < deadline
        time.sleep(0.005)
    send(process.pid, number)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130, said.decode()
    assert said.decode().strip() == "interrupted: drafts were removed"
    names = os.listdir(out)
    assert not [name for name in names if name.startswith(".aigc-label-")]


def test_141_is_a_reader_that_has_gone(run, folder: Path) -> None:
    command = Path(sys.executable).with_name("aigc-label")
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; '{command}' rule | head -1 >/dev/null; '{command}' --help | true"],
        capture_output=True,
        check=False,
    )
    assert done.returncode in (0, 141)
    assert b"Traceback" not in done.stderr
    assert b"Exception ignored" not in done.stderr
