"""Asks a program for its verdicts: a command with {file} or {folder} in it that prints JSON."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

SECONDS: Final = 600
Answer = dict[str, Any]


def answers(command: str, folder: Path, files: list[Path]) -> dict[Path, Answer]:
    """Give the answer for each file; one that is missing or no JSON object counts as {"verdict": "no answer"}."""
    words = shlex.split(command)
    if any("{folder}" in word for word in words):
        given = {Path(os.path.abspath(one["path"])): one for one in _run(words, "{folder}", folder)}
        return {file: given.get(file.absolute(), NONE) for file in files}
    return {file: next(_run(words, "{file}", file), NONE) for file in files}


NONE: Final[Answer] = {"verdict": "no answer"}


def _run(words: list[str], mark: str, path: Path) -> Iterator[Answer]:
    argv = [word.replace(mark, str(path)) for word in words]
    try:
        done = subprocess.run(argv, capture_output=True, timeout=SECONDS, check=False, stdin=subprocess.DEVNULL)
    except subprocess.TimeoutExpired:
        return
    yield from _parsed(done.stdout)


def _parsed(said: bytes) -> Iterator[Answer]:
    """Take one report, a list of them under `results`, or one a line; lines that are no JSON are passed over."""
    for part in (said, *said.splitlines()):
        try:
            found = json.loads(part)
        except ValueError:
            continue
        if isinstance(found, dict):
            yield from (one for one in found.get("results", [found]) if isinstance(one, dict))
            if part is said:
                return
