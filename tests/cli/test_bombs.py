"""A hostile mebibyte never costs more than 64 MiB and 2 s of a processor, and never passes."""

from __future__ import annotations

import os
import resource
import sys
from pathlib import Path
from typing import NamedTuple

import pytest
from bombs import BOMBS

COMMAND = str(Path(sys.executable).with_name("aigc-label"))
MIB = 1 << 20
FATAL = 20  # seconds of a processor after which the kernel ends it: what never ends is a failure, not a wait


class Cost(NamedTuple):
    status: int
    seconds: float
    mebibytes: float


def cost(*arguments: str | Path) -> Cost:
    """Run the command in a process of its own; give its status, processor time and largest resident size."""
    child = os.fork()
    if child == 0:
        resource.setrlimit(resource.RLIMIT_CPU, (FATAL, FATAL))
        quiet = os.open(os.devnull, os.O_RDWR)
        for stream in range(3):
            os.dup2(quiet, stream)
        os.execv(COMMAND, [COMMAND, *map(str, arguments)])
    _, status, used = os.wait4(child, 0)
    return Cost(os.waitstatus_to_exitcode(status), used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Cost:
    """What the command costs on a small file."""
    path = tmp_path_factory.mktemp("bare") / "a.png"
    path.write_bytes((Path(__file__).parents[2] / "fixtures/png/plain.png").read_bytes())
    return cost("verify", "--isolated", "--only", "label", path)


@pytest.mark.parametrize("name", BOMBS)
def test_a_hostile_mebibyte_is_bounded_and_never_passes(name: str, bare: Cost, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(BOMBS[name]())
    assert path.stat().st_size < 1.5 * MIB
    spent = cost("verify", "--isolated", "--only", "label", path)
    assert spent.status in (1, 3)
    assert spent.mebibytes - bare.mebibytes < 64
    assert spent.seconds - bare.seconds < 2


@pytest.mark.parametrize("path", ["/dev/zero", "/dev/stdin", "/proc/self/pagemap"])
def test_b16_what_is_no_regular_file_with_a_size_is_refused(path: str) -> None:
    assert cost("verify", "--isolated", "--only", "label", path).status == 3


def test_b16_a_pipe_with_a_name_is_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.png")
    assert cost("verify", "--isolated", "--only", "label", tmp_path / "pipe.png").status == 3
