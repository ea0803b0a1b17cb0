"""Loads the cases of the kit, builds their files into a folder, and says what a program ought to answer."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from conformance.build import Files, hashed

HERE: Final = Path(__file__).parent
CASES: Final = HERE / "cases"
HASHES: Final = HERE / "SHA256SUMS"
BESIDE: Final = ".aigc.json"  # a file that only lies beside another: it is written, and not judged


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """What the right answer is: the verdict, rules that must and must not be among the findings, the standing."""

    verdict: str
    rules: tuple[str, ...]
    not_rules: tuple[str, ...]
    recognition: str | None

    def unmet(self, answer: dict[str, Any]) -> list[str]:
        """Say in what an answer differs. Rules and standing are asked only of a program that gives any."""
        said = [f"verdict {answer.get('verdict')}, not {self.verdict}"] if answer.get("verdict") != self.verdict else []
        if "findings" in answer:
            found = {finding["rule"] for finding in answer["findings"]}
            said += [f"no {rule}" for rule in self.rules if rule not in found]
            said += [f"{rule}" for rule in self.not_rules if rule in found]
        if self.recognition and "recognition" in answer and answer["recognition"] != self.recognition:
            said.append(f"standing {answer['recognition']}, not {self.recognition}")
        return said


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """Whom a program is to trust: a store (a folder of the case), who is expected to have signed, as of when."""

    store: str
    signer: str
    at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One construction: its name, its files, and what is expected of each. Files in folders belong to trust stores."""

    name: str
    files: Files
    expected: dict[str, Any]

    def expectation(self, file: str) -> Expectation:
        own = self._own(file)
        return Expectation(
            verdict=own["verdict"],
            rules=tuple(own.get("rules", ())),
            not_rules=tuple(own.get("not_rules", ())),
            recognition=own.get("recognition"),
        )

    def trust(self, file: str) -> Trust | None:
        """Give whom to trust with a file; None where it is judged without."""
        own = self._own(file)
        return Trust(store=own["store"], signer=own["signer"], at=own["at"]) if "store" in own else None

    def _own(self, file: str) -> dict[str, Any]:
        own: dict[str, Any] = self.expected.get("files", {}).get(file, {})
        return self.expected | own

    @property
    def judged(self) -> tuple[str, ...]:
        return tuple(file for file in self.files if not file.endswith(BESIDE) and "/" not in file)


def cases(pattern: str = "*") -> tuple[Case, ...]:
    """Give the cases whose names fit, in order."""
    return tuple(_case(folder) for folder in sorted(CASES.glob(pattern)) if (folder / "make.py").is_file())


def _case(folder: Path) -> Case:
    spec = importlib.util.spec_from_file_location(f"conformance.cases.{folder.name}", folder / "make.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    return Case(name=folder.name, files=module.FILES, expected=expected)


def built(made: tuple[Case, ...], folder: Path) -> Iterator[tuple[Case, str, Path]]:
    """Write every file, and give those that are to be judged."""
    for case in made:
        place = folder / case.name
        place.mkdir(parents=True, exist_ok=True)
        for file, make in case.files.items():
            path = place / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(make())
        for file in case.judged:
            yield case, file, place / file


def sums(made: tuple[Case, ...]) -> str:
    """Give the table of hashes: whoever builds the kit elsewhere sees that it is the same."""
    return "".join(
        f"{hashed(make())}  {case.name}/{file}\n" for case in made for file, make in sorted(case.files.items())
    )
