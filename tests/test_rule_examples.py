"""Every rule is reached through the installed command, by the file that its example describes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest
from breaking import BUILDERS, example_of

from aigc_label.rulebook import RULES

COMMAND = Path(sys.executable).with_name("aigc-label")


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """Give for each rule the rules that `verify` names on its example; one run for all that need nothing special."""
    root = tmp_path_factory.mktemp("examples")
    runs: dict[tuple[str, tuple[str, ...]], dict[str, str]] = defaultdict(dict)
    for code in BUILDERS:
        example = example_of(code, root / code)
        runs[example.modules, example.options][str(example.path)] = code
    found: dict[str, set[str]] = {}
    for (modules, options), paths in runs.items():
        command = [COMMAND, "verify", "--isolated", "--format", "jsonl", *options, *paths]
        environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "HOME": "/nonexistent", "PYTHONPATH": modules}
        done = subprocess.run(command, capture_output=True, env=environment, timeout=300, check=False)
        for line in done.stdout.splitlines():
            row = json.loads(line)
            found[paths[row["path"]]] = {finding["rule"] for finding in row.get("findings", ())}
    return found


def test_every_rule_has_an_example() -> None:
    assert set(BUILDERS) == set(RULES)


@pytest.mark.oracle("exiftool", "ffmpeg", "espeak-ng", "openssl")
@pytest.mark.parametrize("code", RULES)
def test_the_command_names_the_rule_on_its_example(code: str, broken: dict[str, set[str]]) -> None:
    assert code in broken[code]
