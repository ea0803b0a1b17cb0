"""The one subprocess door: bounded in time and size, without shell, without our environment."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from aigc_label.errors import MissingTool, ToolFailed
from aigc_label.limits import Limits
from aigc_label.transcoder import Ran, located, run, workplace

QUICK = Limits(seconds=0.5)


def shell(script: str, *words: str, limits: Limits = QUICK, given: bytes | None = None, most: int | None = None) -> Ran:
    """Run a small script: the tests need programs that misbehave."""
    with workplace() as folder:
        return run("sh", ["-c", script, "sh", *words], limits=limits, folder=folder, given=given, most=most)


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def test_gives_output_and_status() -> None:
    assert shell("echo hello; echo oops >&2") == Ran(output=b"hello\n", said="oops", status=0)


def test_input_far_larger_than_a_pipe_comes_back_whole() -> None:
    data = os.urandom(3_000_000)
    assert shell("cat", given=data, limits=Limits()).output == data


def test_without_input_standard_input_is_empty() -> None:
    assert shell("cat").output == b""


def test_a_program_that_does_not_read_its_input_is_no_error() -> None:
    assert shell("exec true", given=bytes(1_000_000)).status == 0


def test_arguments_are_words_not_shell() -> None:
    assert shell('printf %s "$1"', "$(id); rm -rf *").output == b"$(id); rm -rf *"


def test_the_environment_is_path_and_locale(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_SECRET", "do not pass on")
    names = {line.split(b"=")[0] for line in shell("env").output.splitlines()}
    assert names <= {b"PATH", b"LC_ALL", b"TMPDIR", b"PWD", b"_", b"SHLVL", b"OLDPWD"}


def test_a_missing_program_names_its_package() -> None:
    with pytest.raises(MissingTool) as caught:
        located("no-such-program-anywhere")
    assert "apt install" in caught.value.remedy.en


def test_a_failure_carries_the_end_of_what_it_said() -> None:
    with pytest.raises(ToolFailed, match="status 3: the reason") as caught:
        shell("echo the reason >&2; exit 3")
    assert "the reason" in caught.value.what.zh


def test_too_slow_is_ended_with_all_its_children(tmp_path: Path) -> None:
    noted = tmp_path / "pid"
    began = time.monotonic()
    with pytest.raises(ToolFailed, match=r"longer than 0\.5 s"):
        shell(f"sleep 60 & echo $! > {noted}; wait")
    assert time.monotonic() - began < 10
    time.sleep(0.1)
    assert not alive(int(noted.read_text()))


def test_a_grandchild_holding_the_pipe_cannot_keep_us_waiting() -> None:
    with pytest.raises(ToolFailed, match="longer than"):
        shell("sleep 60 & exit 0")


def test_endless_output_is_cut_off() -> None:
    with pytest.raises(ToolFailed, match="more than 100000 bytes"):
        shell("yes", most=100_000, limits=Limits(seconds=20))


def test_endless_files_are_cut_off() -> None:
    with pytest.raises(ToolFailed):
        shell("sleep 0.1; yes > endless", most=100_000, limits=Limits(seconds=20))


def test_the_folder_is_private_and_gone_afterwards() -> None:
    with workplace() as folder:
        assert folder.stat().st_mode & 0o777 == 0o700
        (folder / "left behind").write_bytes(b"x")
    assert not folder.exists()
