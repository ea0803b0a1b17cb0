"""Runs every contender of a job in turn, round after round, on the same files."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench.contenders import EXIFTOOL_CONFIG, LABEL, OURS, Contender
from bench.peers import LABEL as LABEL_JSON
from bench.timing import Run, Timer, median


@dataclass(slots=True)
class Result:
    """What one contender needed, a file; `size` is what its output weighs against the input's bytes."""

    name: str
    files: int
    runs: list[Run] = field(default_factory=list)
    size: float = 0.0
    note: str = ""

    @classmethod
    def of_seconds(cls, name: str, seconds: float) -> Result:
        """Give a result that was timed inside one process."""
        return cls(name, 1, [Run(seconds, seconds, 0.0, 0, 0)])

    @property
    def figure(self) -> Run:
        middle = median(self.runs)
        n = self.files
        return Run(middle.wall / n, middle.cpu / n, middle.peak, middle.written // n, middle.status)


class Stage:
    """A scratch folder in which commands find their input and leave their output."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.root.mkdir(parents=True, exist_ok=True)
        self.config = root / "exiftool.config"
        self.config.write_text(EXIFTOOL_CONFIG)
        self.timer = Timer(root / "stderr.txt")

    def run(self, job: str, source: Path, contenders: Sequence[Contender], rounds: int) -> dict[str, Result]:
        """Give each contender's result by name; one that fails or is missing says so in its note.

        The order rotates, so that no contender always meets the same neighbour; one more round warms everything up
        (of 0 rounds it is the one that counts).
        """
        source = self._staged(source)
        results = {one.name: Result(one.name, self._count(source, one)) for one in contenders}
        for number in range(-1, rounds):
            turn = max(0, number) % len(contenders)
            for one in (*contenders[turn:], *contenders[:turn]):
                result = results[one.name]
                if result.note:
                    continue
                if one.missing():
                    result.note = f"missing: {one.needs.removeprefix('import ')}"
                    continue
                done = self._once(one, source, result)
                if done.status:
                    result.note = f"failed with status {done.status}: {self.timer.said()}"
                elif number >= 0 or not rounds:
                    result.runs.append(done)
        shutil.rmtree(self.root / "in")
        return results

    def _staged(self, source: Path) -> Path:
        """Copy the input into the scratch folder: source and target share a file system and a warm page cache."""
        shutil.rmtree(self.root / "in", ignore_errors=True)
        target = self.root / "in" / source.name
        target.parent.mkdir()
        if source.is_dir():
            shutil.copytree(source, target)
        else:
            shutil.copyfile(source, target)
        return target

    def _count(self, source: Path, one: Contender) -> int:
        return len(_files(source)[: one.most or None])

    def _once(self, one: Contender, source: Path, result: Result) -> Run:
        if source.is_dir() and one.most and one.most < len(_files(source)):
            source = self._subset(source, one)
        out, work = (self.root / name / source.name for name in ("out", "work"))
        for place in (out.parent, work.parent):
            shutil.rmtree(place, ignore_errors=True)
            place.mkdir()
        labelled = self._labelled(source) if "labelled" in " ".join(one.argv) else source
        values = {"{in}": source, "{out}": out, "{labelled}": labelled, "{label}": LABEL_JSON, "{config}": self.config}
        for name, original in (("{work}", source), ("{work labelled}", labelled)):
            if name in one.argv:
                (shutil.copytree if original.is_dir() else shutil.copyfile)(original, work)
                values[name] = work
        run = self.timer.run([_filled(word, values) for word in one.argv])
        if out.exists() and out.is_dir() == source.is_dir():
            result.size = _weight(out) / _weight(source)
        return run

    def _subset(self, source: Path, one: Contender) -> Path:
        part = source.with_name(f"{source.name}-first-{one.most}")
        if not part.exists():
            part.mkdir()
            for file in _files(source)[: one.most]:
                os.link(file, part / file.name)
        return part

    def _labelled(self, source: Path) -> Path:
        target = source.with_name(f"labelled-{source.name}")
        if not target.exists() and self.timer.run([OURS, "embed", str(source), "-o", str(target), *LABEL]).status:
            raise SystemExit(f"the labelled copies could not be made: {self.timer.said()}")
        return target

    def close(self) -> None:
        self.timer.close()
        shutil.rmtree(self.root, ignore_errors=True)


def _filled(word: str, values: dict[str, object]) -> str:
    for name, value in values.items():
        word = word.replace(name, str(value))
    return word


def _weight(place: Path) -> int:
    return sum(file.stat().st_size for file in _files(place))


def _files(place: Path) -> list[Path]:
    return sorted(file for file in place.rglob("*") if file.is_file()) if place.is_dir() else [place]
