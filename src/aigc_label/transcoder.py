"""Runs outside programs: the one door through which any of them is started.

A program gets an argument list (never a shell), an environment of two variables, closed or given standard input, a
private folder, a time limit that ends its whole process group, and a cap on everything it writes.
"""

from __future__ import annotations

import os
import resource
import selectors
import shutil
import signal
import subprocess  # noqa: TID251  the one door
import tempfile
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import IO, Final

from aigc_label.bilingual import Bilingual
from aigc_label.errors import MissingTool, ToolFailed
from aigc_label.limits import Limits

BLOCK: Final = 1 << 20  # bytes moved through a pipe at once
STDERR_KEPT: Final = 16 * 1024  # of what a program says, the end is what matters
STDERR_TOLD: Final = 400  # characters of it in an error
PACKAGES: Final = {  # program -> the Debian package that brings it
    "jpegtran": "libjpeg-turbo-progs",
    "ffmpeg": "ffmpeg",
    "ffprobe": "ffmpeg",
    "avifenc": "libavif-bin",
    "avifdec": "libavif-bin",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What a program left behind: its standard output, the end of its standard error, its exit status."""

    output: bytes
    said: str
    status: int


@lru_cache(maxsize=64)
def located(program: str) -> str:
    """Give the absolute path of a program on PATH, looked up once; raises `MissingTool` with what to install."""
    found = shutil.which(program)
    if found is None:
        package = PACKAGES.get(program, program)
        raise MissingTool(
            Bilingual(f"the program {program} is not on PATH", f"PATH 中没有程序 {program}"),
            remedy=Bilingual(
                f"Install it, on Debian: apt install {package}", f"请安装，例如 Debian：apt install {package}"
            ),
        )
    return str(Path(found).absolute())


@contextmanager
def workplace() -> Iterator[Path]:
    """Give an empty folder that only this user can enter; it is gone afterwards, whatever happens."""
    with tempfile.TemporaryDirectory(prefix="aigc-label-") as folder:
        yield Path(folder)


def run(
    program: str,
    arguments: Sequence[str],
    *,
    limits: Limits,
    folder: Path,
    given: bytes | None = None,
    most: int | None = None,
    accepted: Collection[int] = (0,),
) -> Ran:
    """Run a program in `folder` and give what it wrote.

    `given` is its standard input (None: closed). `most` caps, in bytes, its standard output and each file it writes
    (None: `limits.block`). Files are best named relative to `folder`, so that no argument begins like an option.

    Raises `MissingTool` where it is not installed, `ToolFailed` with the end of its standard error where its exit
    status is not in `accepted`, where it takes longer than `limits.seconds`, or writes more than `most`.
    """
    cap = limits.block if most is None else most
    process = _started([located(program), *arguments], folder, given is not None)
    try:
        _bound_files(process.pid, cap)
        output, said = _talked(process, program, given, cap, limits.seconds)
        status = process.wait()
    finally:  # also on Ctrl-C and on our own errors: nothing of the group survives
        _end(process)
    if status not in accepted:
        raise _failed(program, f"ended with status {status}", f"以状态 {status} 结束", said)
    return Ran(output=output, said=said, status=status)


def attended(program: str, arguments: Sequence[str]) -> int:
    """Run a program for the person at the terminal: their streams, folder and environment, for as long as they let it.

    Gives its exit status. Raises `MissingTool` where it is not installed.
    """
    with subprocess.Popen([located(program), *arguments]) as process:
        return process.wait()


def _started(argv: list[str], folder: Path, wants_input: bool) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            argv,
            stdin=subprocess.PIPE if wants_input else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=folder,
            env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", "TMPDIR": str(folder)},
            start_new_session=True,
        )
    except OSError as problem:
        name = Path(argv[0]).name
        raise _failed(
            name, f"could not be started ({problem.strerror})", f"无法启动（{problem.strerror}）", ""
        ) from problem


def _bound_files(pid: int, cap: int) -> None:
    """A program that writes files instead of standard output meets the same cap."""
    with suppress(AttributeError, OSError, ValueError):  # not Linux; or it has ended already; or a hard limit is lower
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (cap, cap))


def _talked(
    process: subprocess.Popen[bytes], program: str, given: bytes | None, cap: int, seconds: float
) -> tuple[bytes, str]:
    """Feed standard input and drain both outputs together, so that no pipe can block the other."""
    deadline = time.monotonic() + seconds
    output = bytearray()
    said = bytearray()
    waiting = memoryview(given or b"")
    with selectors.DefaultSelector() as ready:
        for pipe in (process.stdout, process.stderr):
            ready.register(_unblocked(pipe), selectors.EVENT_READ)
        if process.stdin is not None:
            ready.register(_unblocked(process.stdin), selectors.EVENT_WRITE)
        while ready.get_map():
            left = deadline - time.monotonic()
            events = ready.select(left) if left > 0 else []
            if not events:
                raise _failed(program, f"took longer than {seconds:g} s", f"运行超过 {seconds:g} 秒", _tail(said))
            for key, _ in events:
                if key.fileobj is process.stdin:
                    waiting = _fed(key.fd, waiting)
                    done = not waiting
                else:
                    block = os.read(key.fd, BLOCK)
                    done = not block
                    if key.fileobj is process.stdout:
                        output += block
                    else:
                        said = (said + block)[-STDERR_KEPT:]
                if done:
                    ready.unregister(key.fileobj)
                    key.fileobj.close()  # type: ignore[union-attr]
            if len(output) > cap:
                raise _failed(program, f"wrote more than {cap} bytes", f"输出超过 {cap} 字节", _tail(said))
    return bytes(output), _tail(said)


def _unblocked(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise RuntimeError("the pipe was not opened")
    os.set_blocking(pipe.fileno(), False)
    return pipe


def _fed(descriptor: int, waiting: memoryview) -> memoryview:
    try:
        return waiting[os.write(descriptor, waiting[:BLOCK]) :]
    except BrokenPipeError:  # it does not want the rest; its exit status says whether that is an error
        return waiting[:0]


def _end(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    for pipe in (process.stdin, process.stdout, process.stderr):
        if pipe is not None:
            with suppress(OSError):
                pipe.close()


def _tail(said: bytearray) -> str:
    return said.decode("utf-8", "replace").strip()


def _failed(program: str, en: str, zh: str, said: str) -> ToolFailed:
    tail = " ".join(said[-STDERR_TOLD:].split())
    return ToolFailed(
        Bilingual(f"{program} {en}{': ' if tail else ''}{tail}", f"{program} {zh}{'：' if tail else ''}{tail}")
    )
