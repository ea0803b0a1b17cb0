"""Asks a program for its verdicts: a command with {file} or {folder} in it that prints JSON."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from conformance.kit import Trust

SECONDS: Final = 600
MARK: Final = re.compile(r"\{(\w+)\}")
Answer = dict[str, Any]


def answers(command: str, folder: Path, files: list[Path]) -> dict[Path, Answer]:
    """Give the answer for each file; one that is missing or no JSON object counts as {"verdict": "no answer"}."""
    words = shlex.split(command)
    if any("{folder}" in word for word in words):
        given = {Path(os.path.abspath(one["path"])): one for one in _run(words, {"folder": folder})}
        return {file: given.get(file.absolute(), NONE) for file in files}
    return {file: next(_run(words, {"file": file}), NONE) for file in files}


def trusting(command: str, file: Path, trust: Trust) -> Answer:
    """Give the answer for a file of which the program is told whom to trust."""
    told: dict[str, Path | str] = {
        "file": file,
        "store": file.parent / trust.store,
        "signer": trust.signer,
        "at": trust.at,
    }
    return next(_run(shlex.split(command), told), NONE)


NONE: Final[Answer] = {"verdict": "no answer"}


def _run(words: list[str], told: Mapping[str, Path | str]) -> Iterator[Answer]:
    argv = [MARK.sub(lambda found: str(told.get(found[1], found[0])), word) for word in words]
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
