"""Corrupts labelled files of every format at random and counts false passes; a recorded run, not a test.

    python -m tools.corruptions [--count 100000] [--seed 45438] [--keep FOLDER]

Each corruption begins with a file that carries the label L and complies. Afterwards the verdict is one of:

- not a pass;
- `intact`: a pass with L itself: the damage lies elsewhere;
- `reworded`: a pass with another label, where the stored text of L is damaged: only a signature can tell;
- `false pass`: a pass with another label although L stands there unharmed, or with a text that is not in the file.

Any exception that is not one of ours counts as `crash`, any verdict that takes over 2 s as `slow`. The exit status is 1
where there was a false pass, a crash or a slow one; `--keep` writes those files into a folder, named for what happened.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from aigc_label.adapters import adapter_of
from aigc_label.api import gather
from aigc_label.errors import AigcLabelError
from aigc_label.formats import FORMATS
from aigc_label.label import Label
from aigc_label.policy import Policy
from aigc_label.report import Report, Scope, Verdict
from aigc_label.rules import judge
from aigc_label.sniff import sniff
from aigc_label.source import BytesSource, FileSource
from aigc_label.splice import in_memory

FIXTURES: Final = Path(__file__).parents[1] / "fixtures"
LARGEST: Final = 8 * 1024
LABEL: Final = Label.generated(producer="001191110108335469089C10100", produce_id="corruption-0001")
OTHER: Final = Label.generated(producer="001191110102MACQD9K64010000", produce_id="another-0002")
POLICY: Final = Policy(scope=Scope.LABEL)
SLOW: Final = 2.0
BAD: Final = ("false pass", "crash", "slow")


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="tools.corruptions")
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=45438)
    parser.add_argument("--keep", type=Path)
    asked = parser.parse_args(arguments)
    counts = run(asked.count, asked.seed, asked.keep)
    formats = sorted({name for name, _ in counts})
    for outcome in sorted({outcome for _, outcome in counts}):
        print(f"{outcome}: {sum(counts[name, outcome] for name in formats)}")
    print(f"formats: {len(formats)}")
    return int(any(counts[name, outcome] for name in formats for outcome in BAD))


def run(count: int, seed: int, keep: Path | None = None) -> Counter[tuple[str, str]]:
    """Give how often each format came to each outcome, over `count` corruptions spread evenly over the formats."""
    chance = random.Random(seed)
    made = labelled()
    counts: Counter[tuple[str, str]] = Counter()
    names = sorted(made)
    for number in range(count):
        name = names[number % len(names)]
        file, data, other = chance.choice(made[name])
        damaged = corrupted(data, other, chance)
        outcome = outcome_of(file, damaged, data)
        counts[name, outcome] += 1
        if keep and outcome in BAD:
            keep.mkdir(parents=True, exist_ok=True)
            keep.joinpath(f"{outcome.replace(' ', '-')}-{number:06d}-{file}").write_bytes(damaged)
    return counts


def labelled() -> dict[str, list[tuple[str, bytes, bytes]]]:
    """Give by format (name, file with the label L, the same file with another label), each of which complies."""
    found: dict[str, list[tuple[str, bytes, bytes]]] = {}
    for row in FORMATS:
        for path in sorted((FIXTURES / row.name).glob("*")) if row.adapter else ():
            source = BytesSource(path.read_bytes(), path.name)
            if source.size > LARGEST:
                continue
            adapter = adapter_of(sniff(source))
            data, other = (in_memory(source, adapter.plan(source, label.to_json())) for label in (LABEL, OTHER))
            if verdict_of(path.name, data).verdict is Verdict.COMPLIANT:
                found.setdefault(row.name, []).append((path.name, data, other))
    return found


def corrupted(data: bytes, other: bytes, chance: random.Random) -> bytes:
    """Give the file with one to three damages; half of them near the label, where they can matter."""
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        if not data:
            break
        data = chance.choice(DAMAGES)(data, other, *_place(data, chance), chance)
    return data


def _place(data: bytes, chance: random.Random) -> tuple[int, int]:
    at = chance.randrange(len(data))
    label = data.find(b"ContentProducer")
    if label >= 0 and chance.random() < 0.5:
        at = min(max(label + chance.randint(-400, 400), 0), len(data) - 1)
    return at, chance.choice((1, 1, 2, 4, 8, 16, 64, 256))


def _flip(data: bytes, other: bytes, at: int, length: int, chance: random.Random) -> bytes:
    return data[:at] + bytes([data[at] ^ 1 << chance.randrange(8)]) + data[at + 1 :]


def _overwrite(data: bytes, other: bytes, at: int, length: int, chance: random.Random) -> bytes:
    return data[:at] + chance.randbytes(length) + data[at + length :]


def _blank(data: bytes, other: bytes, at: int, length: int, chance: random.Random) -> bytes:
    return data[:at] + chance.choice((b"\0", b" ", b"\xff")) * length + data[at + length :]


def _cut(data: bytes, other: bytes, at: int, length: int, chance: random.Random) -> bytes:
    return data[:at] + data[at + length :]


def _insert(data: bytes, other: bytes, at: int, length: int, chance: random.Random) -> bytes:
    return data[:at] + chance.randbytes(length) + data[at:]


def _repeat(data: bytes, other: bytes, at: int, length: int, chance: random.Random) -> bytes:
    return data[: at + length * 8] + data[at:]


def _truncate(data: bytes, other: bytes, at: int, length: int, chance: random.Random) -> bytes:
    return data[:at]


def _extreme(data: bytes, other: bytes, at: int, length: int, chance: random.Random) -> bytes:
    """Put a number that lengths and counts are often wrong by."""
    number = chance.choice((0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF))
    width = chance.choice((1, 2, 4, 8))
    return (
        data[:at] + (number % (1 << 8 * width)).to_bytes(width, chance.choice(("big", "little"))) + data[at + width :]
    )


def _graft(data: bytes, other: bytes, at: int, length: int, chance: random.Random) -> bytes:
    """Put a run of the file with another label over the same place, or into it."""
    return data[:at] + other[at : at + length] + data[at + chance.choice((0, length)) :]


def _append(data: bytes, other: bytes, at: int, length: int, chance: random.Random) -> bytes:
    return data + other[at : at + length * 8]


DAMAGES: Final = (_flip, _overwrite, _blank, _cut, _insert, _repeat, _truncate, _extreme, _graft, _append)


def outcome_of(file: str, damaged: bytes, before: bytes) -> str:
    began = time.process_time()
    try:
        report = verdict_of(file, damaged)
    except AigcLabelError as problem:
        return "slow" if time.process_time() - began > SLOW else f"not looked at ({problem.code})"
    except Exception:
        return "crash"
    if time.process_time() - began > SLOW:
        return "slow"
    if report.verdict is not Verdict.COMPLIANT:
        return str(report.verdict)
    if report.label == LABEL:
        return "intact"
    unharmed = any(text in damaged and text in before for text in _spellings())
    return "false pass" if unharmed or report.label is None else "reworded"


def _spellings() -> Iterator[bytes]:
    """Give the text of L as formats store it: where one still stands, L has not been reworded."""
    for text in (LABEL.to_json(), LABEL.to_json().replace('"', "&quot;")):
        for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
            yield text.encode(encoding)


def verdict_of(file: str, data: bytes) -> Report:
    descriptor = os.memfd_create(file)
    try:
        os.write(descriptor, data)
        return judge(gather(FileSource(descriptor, file), POLICY), POLICY)
    finally:
        os.close(descriptor)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
