"""Gives every test one rule for outside programs: CI has them all, other machines leave out what they cannot ask.

A test marked `oracle` asks a program that nobody here wrote. It fails where that program is missing; without
AIGC_LABEL_ORACLES=all (which `.ci/run` sets) such a failure counts as skipped and is named at the end of the run.
"""

from __future__ import annotations

import os
import re
import shutil
from collections import Counter
from collections.abc import Generator
from pathlib import Path

import hypothesis
import pytest

TABLE = Path(__file__).with_name("oracles.txt")
PACKAGES = dict(line.split() for line in TABLE.read_text().splitlines() if line and not line.startswith("#"))
ALL = os.environ.get("AIGC_LABEL_ORACLES") == "all"
MISSING = [program for program in PACKAGES if shutil.which(program) is None]
REASON = "program missing: "

hypothesis.settings.register_profile("any machine", deadline=None)  # a busy machine is no failure
hypothesis.settings.load_profile("any machine")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A program that is not in the table would never be installed by CI; a long test has no limit of time."""
    asked = {program for item in items for mark in item.iter_markers("oracle") for program in mark.args}
    if not asked <= PACKAGES.keys():
        raise pytest.UsageError(f"not in {TABLE.name}: {', '.join(sorted(asked - PACKAGES.keys()))}")
    for item in items:
        if item.get_closest_marker("long"):
            item.add_marker(pytest.mark.timeout(0))


def pytest_runtest_setup(item: pytest.Item) -> None:
    """`@pytest.mark.oracle("exiftool", ...)` names what the test asks."""
    for mark in item.iter_markers("oracle"):
        for program in mark.args:
            if shutil.which(program) is None:
                pytest.fail(f"{program} is not installed (Debian: {PACKAGES[program]})", pytrace=False)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.failed and not ALL and call.excinfo is not None and item.get_closest_marker("oracle"):
        said = str(call.excinfo.value)
        lacking = [program for program in MISSING if re.search(rf"(?<![\w-]){re.escape(program)}(?![\w-])", said)]
        if lacking:
            report.outcome = "skipped"
            report.longrepr = (str(item.path), item.location[1] or 0, REASON + lacking[0])
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reasons = [report.longrepr[2] for report in terminalreporter.stats.get("skipped", []) if _is_ours(report)]
    for reason, count in sorted(Counter(reasons).items()):
        program = reason.removeprefix(REASON)
        terminalreporter.write_line(f"left out: {count} tests that ask {program} (Debian: {PACKAGES[program]})")


def _is_ours(report: pytest.TestReport) -> bool:
    return isinstance(report.longrepr, tuple) and str(report.longrepr[2]).startswith(REASON)
