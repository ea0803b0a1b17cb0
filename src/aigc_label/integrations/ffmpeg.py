"""Reads a command line of ffmpeg: which files go in, which one comes out. ffmpeg itself drops labels more often than not."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from aigc_label.bilingual import Bilingual
from aigc_label.errors import WrongUse

# options of ffmpeg that take no value; all others take one
SWITCHES: Final = frozenset(
    (
        *("y", "n", "hide_banner", "stdin", "nostdin", "stats", "nostats", "report", "benchmark", "benchmark_all"),
        *("an", "vn", "sn", "dn", "shortest", "re", "copyts", "start_at_zero", "accurate_seek", "noaccurate_seek"),
        *("autorotate", "noautorotate", "bitexact", "ignore_unknown", "copy_unknown", "xerror", "find_stream_info"),
        *("seek_timestamp", "psnr", "vstats", "isync", "apad", "debug_ts"),
    )
)
ADDRESS: Final = re.compile(r"(?!file:)[A-Za-z][A-Za-z0-9+.-]+:")


class Call(NamedTuple):
    """One call of ffmpeg: its words, the files that go in, where among the words the output stands."""

    words: tuple[str, ...]
    inputs: tuple[str, ...]
    at: int
    overwrites: bool

    @property
    def output(self) -> str:
        return self.words[self.at].removeprefix("file:")

    def writing_to(self, path: str) -> list[str]:
        """Give the words with another output."""
        return [*self.words[: self.at], path, *self.words[self.at + 1 :]]


def call_of(words: Sequence[str]) -> Call:
    """Read the words behind `ffmpeg`. Raises `WrongUse` unless they name exactly one file as output."""
    inputs: list[str] = []
    outputs: list[int] = []
    at = 0
    while at < len(words):
        word = words[at]
        if not word.startswith("-") or word == "-":
            outputs.append(at)
            at += 1
        elif word.lstrip("-").partition(":")[0] in SWITCHES:
            at += 1
        else:
            if word == "-i":
                inputs.extend(words[at + 1 : at + 2])
            at += 2
    if len(outputs) != 1:
        raise _wrong(
            Bilingual(
                f"ffmpeg is to write {len(outputs)} files; one can be labelled",
                f"ffmpeg 将写出 {len(outputs)} 个文件，只能为一个添加标识",
            )
        )
    call = Call(tuple(words), tuple(inputs), outputs[0], "-y" in words)
    if call.output == "-" or ADDRESS.match(call.output) or "%" in call.output:
        raise _wrong(Bilingual(f"{call.output!r} is not one file", f"{call.output!r} 不是单个文件"))
    return call


def _wrong(what: Bilingual) -> WrongUse:
    return WrongUse(
        what,
        remedy=Bilingual(
            "Let ffmpeg write one file a call, or label afterwards: `aigc-label embed FILE --in-place`.",
            "请让 ffmpeg 每次只写一个文件，或在之后添加标识：`aigc-label embed 文件 --in-place`。",
        ),
    )
