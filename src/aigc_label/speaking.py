"""Lets a speech engine of the user's own speak the words of a mark, once for a whole batch."""

from __future__ import annotations

import atexit
import os
import shlex
import shutil
import tempfile
from pathlib import Path
from typing import Final

from aigc_label import transcoder
from aigc_label.bilingual import Bilingual
from aigc_label.errors import ToolFailed, WrongUse
from aigc_label.limits import DEFAULT_LIMITS, Limits

OUT: Final = "voice.wav"


def spoken(command: str, text: str, limits: Limits = DEFAULT_LIMITS) -> Path:
    """Give the recording that an engine makes of `text`; it is gone when this process ends.

    `command` is split as a shell splits words, but no shell runs it; `{text}` stands for the words, `{out}` for the WAV file
    to write, in an empty folder in which the engine runs. It is bounded in time and size like every program.

    Raises `WrongUse` where the command names no place for the result, `MissingTool`, `ToolFailed`.
    """
    words = shlex.split(command)
    if not words or not any("{out}" in word for word in words):
        raise WrongUse(
            Bilingual("the voice command does not say {out}", "语音命令中缺少 {out}"),
            remedy=Bilingual(
                "For instance `--voice-command 'espeak-ng -v cmn -w {out} {text}'`.",
                "例如 `--voice-command 'espeak-ng -v cmn -w {out} {text}'`。",
            ),
        )
    folder = Path(tempfile.mkdtemp(prefix="aigc-label-"))
    atexit.register(_forget, folder, os.getpid())
    program, *arguments = (word.replace("{text}", text).replace("{out}", OUT) for word in words)
    transcoder.run(program, arguments, limits=limits, folder=folder)
    recording = folder / OUT
    if not recording.is_file():
        raise ToolFailed(Bilingual(f"{program} made no file {OUT}", f"{program} 没有生成文件 {OUT}"))
    return recording


def _forget(folder: Path, maker: int) -> None:
    if os.getpid() == maker:  # a forked worker shares the folder and must leave it
        shutil.rmtree(folder, ignore_errors=True)
