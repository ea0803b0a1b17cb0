"""Runs the kit against a program: `python -m conformance --tool 'COMMAND {file}'`."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Final

from conformance.kit import HASHES, Case, built, cases, sums
from conformance.protocol import Answer, answers, trusting

OURS: Final = "aigc-label verify --isolated --only label --format json --lang en {folder}"
OURS_TRUSTING: Final = (
    f"{OURS.removesuffix('{folder}')}--trust {{store}} --expect-signer {{signer}} --at {{at}} {{file}}"
)
BLIND: Final = ("undecidable", "no answer")
PASS: Final = "compliant"


def main(arguments: list[str]) -> int:
    """Give 0 where every answer is the expected one, 1 where one is not, 2 where no case was asked."""
    parser = argparse.ArgumentParser(prog="conformance", description=__doc__)
    parser.add_argument("--tool", default=OURS, help="the command; {file} or {folder} stands for what it looks at")
    parser.add_argument(
        "--trust-tool", help="the command for files with a trust store: {store}, {signer}, {at}, {file}"
    )
    parser.add_argument("--case", default="*", help="only cases whose names fit this pattern")
    parser.add_argument("--keep", type=Path, help="build the files into this folder and leave them there")
    parser.add_argument("--json", action="store_true", help="print the outcome as JSON")
    parser.add_argument("--write-hashes", action="store_true", help="write SHA256SUMS anew and stop")
    asked = parser.parse_args(arguments)
    if asked.write_hashes:
        HASHES.write_text(sums(cases()), encoding="utf-8")
        return 0
    with tempfile.TemporaryDirectory() as temporary:
        return run(asked, asked.keep or Path(temporary))


def run(asked: argparse.Namespace, folder: Path) -> int:
    made = list(built(cases(asked.case), folder))
    if not made:
        print(f"no case is called {asked.case}", file=sys.stderr)
        return 2
    trusted = asked.trust_tool or (OURS_TRUSTING if asked.tool == OURS else "")
    asked_for = [one for one in made if trusted or one[0].trust(one[1]) is None]
    if len(asked_for) < len(made):
        print(f"left out for want of --trust-tool: {len(made) - len(asked_for)} files", file=sys.stderr)
    made = asked_for
    if not made:
        return 2
    given = _given(asked.tool, trusted, folder, made)
    counts: Counter[str] = Counter(files=len(made))
    for case, file, path in made:
        expected, answer = case.expectation(file), given[path]
        unmet = expected.unmet(answer)
        counts["as expected"] += not unmet
        counts["could not look"] += expected.verdict != answer.get("verdict") in BLIND
        counts["false passes"] += answer.get("verdict") == PASS != expected.verdict
        counts["false fails"] += expected.verdict == PASS != answer.get("verdict")
        if unmet and not asked.json:
            print(f"{case.name}/{file}: {', '.join(unmet)}")
    if asked.json:
        print(json.dumps(counts))
    else:
        print(", ".join(f"{count} {name}" for name, count in counts.items()))
    return int(counts["as expected"] != len(made))


def _given(tool: str, trusted: str, folder: Path, made: list[tuple[Case, str, Path]]) -> dict[Path, Answer]:
    plain = [path for case, file, path in made if case.trust(file) is None]
    given = answers(tool, folder, plain) if plain else {}
    for case, file, path in made:
        trust = case.trust(file)
        if trust is not None:
            given[path] = trusting(trusted, path, trust)
    return given


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
