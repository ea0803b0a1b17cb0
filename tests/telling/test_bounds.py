"""What a CI system does not take is counted in a line, never lost without a word."""

from __future__ import annotations

import gzip
import json
import re
import resource
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest
from telling.accounts import HOSTILE, accounts, document, of, report, totals

from aigc_label.bilingual import Bilingual, Lang
from aigc_label.errors import MalformedFile
from aigc_label.telling import body, sarif
from aigc_label.telling.account import Account
from aigc_label.telling.forms import told


def many(count: int) -> Iterator[Account]:
    """Give accounts of files without a label; each has two findings."""
    judged = report("a.png", "", marked=False)
    for number in range(count):
        yield of(f"pictures/{number:06}.png", judged)


def noisy(count: int) -> Iterator[Account]:
    """Give accounts whose texts do not compress."""
    from hashlib import shake_256

    for number in range(count):
        noise = shake_256(str(number).encode()).hexdigest(900)
        yield of(f"pictures/{number}.png", MalformedFile(Bilingual(noise, noise)))


def commands(said: str) -> list[tuple[str, str]]:
    """Give level and message of each workflow command, as the runner parses them."""
    lines = [line for line in re.split(r"\r\n|\n|\r", said) if line]
    return [re.fullmatch(r"::(error|warning) ([^:]*)::(.*)", line).group(1, 3) for line in lines]  # type: ignore[union-attr]


@pytest.mark.parametrize(("files", "shown"), [(3, 3), (10, 10), (11, 10), (400, 10)])
def test_github_gets_no_more_annotations_than_it_shows(files: int, shown: int) -> None:
    found = commands(document("github", many(files)))
    assert len(found) == shown
    assert (f"{files} of {files} files" in found[-1][1]) == (files > 10)


def test_a_name_cannot_forge_an_annotation() -> None:
    for name in HOSTILE:
        for level, message in commands(document("github", [of(name, report(name, "", marked=False))])):
            assert level == "error"
            assert "##[" not in message


def test_a_summary_stays_below_a_mebibyte_and_counts_the_rest() -> None:
    said = document("markdown", many(9_000))
    assert len(said.encode()) < 1 << 20
    rows = said.count("<code>pictures/")
    assert f"**{9_000 - rows} more files with findings**" in said
    assert "| ❌ unlabelled | 9000 |" in said


def test_sarif_takes_the_gravest_where_not_all_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sarif, "MOST_RESULTS", 500)

    def mixed() -> Iterator[Account]:
        warned = report("a.gif")  # the suffix is not the content's: a warning
        for number in range(600):
            yield of(f"a/{number}.gif", warned)
        yield from many(100)

    results = json.loads(document("sarif", mixed()))["runs"][0]["results"]
    assert len(results) == 500
    assert sum(one["ruleId"] == "LBL-001" for one in results) == 100
    assert results[-1]["ruleId"] == "more-findings"
    assert "findings in 700 files; the first 499 are listed" in results[-1]["message"]["text"]


def test_sarif_stays_below_its_bytes_compressed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sarif, "MOST_BYTES", 1_000_000)
    said = document("sarif", noisy(1_000)).encode()
    assert len(gzip.compress(said, 1)) < 1_000_000
    results = json.loads(said)["runs"][0]["results"]
    assert results[-1]["ruleId"] == "more-findings"
    assert f"the first {len(results) - 1} are listed" in results[-1]["message"]["text"]


@pytest.mark.parametrize("form", ["sarif", "junit"])
def test_memory_does_not_grow_with_the_number_of_files(form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body, "IN_MEMORY", 1 << 16)

    def peak(count: int) -> int:
        tracemalloc.start()
        for _ in told(form, many(count), totals(), Lang.EN):
            pass
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    few, lots = peak(300), peak(1_500)
    assert lots < few + (1 << 17)


@pytest.mark.long
@pytest.mark.parametrize("form", ["jsonl", "json", "sarif", "junit", "github", "gitlab", "markdown", "html"])
def test_a_hundred_thousand_files_are_told_in_flat_memory_and_within_all_bounds(form: str, tmp_path: Path) -> None:
    path = tmp_path / "report"
    with path.open("w", encoding="utf-8") as file:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        file.writelines(told(form, many(100_000), totals(), Lang.EN))
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    print(form, "KiB grown:", grown, "bytes:", path.stat().st_size)
    assert grown < 64 * 1024
    if form == "sarif":
        assert len(json.loads(path.read_bytes())["runs"][0]["results"]) == sarif.MOST_RESULTS
        assert len(gzip.compress(path.read_bytes())) < sarif.MOST_BYTES


def test_accounts_of_every_kind_are_told_in_chinese_too() -> None:
    for form in ("github", "markdown", "gitlab", "junit", "sarif"):
        said = document(form, accounts(), Lang.ZH)
        assert "文件没有隐式标识" in said, form
