"""The pytest plugin: a pipeline's own tests assert that what it delivers is labelled."""

from __future__ import annotations

from pathlib import Path

import pytest

from aigc_label.bilingual import Lang
from aigc_label.policy import Policy
from aigc_label.report import Verdict
from aigc_label.testing import assert_labelled

pytest_plugins = ["pytester"]
ROOT = Path(__file__).parents[2]
BARE = ROOT / "fixtures/jpeg/baseline.jpg"


def test_a_labelled_file_gives_its_report(labelled_bytes: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(labelled_bytes)
    assert assert_labelled(path).verdict is Verdict.COMPLIANT
    assert assert_labelled(labelled_bytes).label is not None


def test_a_bare_file_fails_with_each_finding_and_its_remedy() -> None:
    with pytest.raises(AssertionError) as caught:
        assert_labelled(BARE)
    said = str(caught.value)
    assert said.startswith(f"unlabelled {BARE}\n")
    assert "LBL-001 The file has no implicit label." in said
    assert "→ Run `aigc-label embed FILE --in-place`." in said


def test_it_speaks_chinese_too() -> None:
    with pytest.raises(AssertionError, match="未标识"):
        assert_labelled(BARE, lang=Lang.ZH)


def test_a_file_that_cannot_be_looked_at_fails(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="unsupported-format"):
        assert_labelled(b"\0\1\2 nothing anybody knows")
    with pytest.raises(AssertionError, match="os-enoent"):
        assert_labelled(tmp_path / "missing.png")


def test_a_policy_may_ask_for_more(labelled_bytes: bytes) -> None:
    with pytest.raises(AssertionError, match="LBL-108"):
        assert_labelled(labelled_bytes, Policy(producers=("Someone else",)))


@pytest.fixture
def pipeline(pytester: pytest.Pytester, labelled_bytes: bytes) -> pytest.Pytester:
    """Give a project whose own tests use the plugin, in a pytest of their own."""
    (pytester.path / "good.jpg").write_bytes(labelled_bytes)
    (pytester.path / "bare.jpg").write_bytes(BARE.read_bytes())
    pytester.makepyfile(
        test_pipeline="""
        def test_good(aigc_label):
            aigc_label.assert_labelled("good.jpg")

        def test_bare(aigc_label):
            aigc_label.assert_labelled("bare.jpg")
        """
    )
    return pytester


def ran(pipeline: pytest.Pytester) -> pytest.RunResult:
    return pipeline.runpytest_subprocess("-p", "no:cacheprovider")


def test_the_fixture_passes_and_fails_as_it_should(pipeline: pytest.Pytester) -> None:
    done = ran(pipeline)
    done.assert_outcomes(passed=1, failed=1)
    done.stdout.fnmatch_lines(["*AssertionError: unlabelled bare.jpg*", "*LBL-001*", "*→ Run*"])
    done.stdout.no_fnmatch_line("*verify(content*")


def test_the_plugin_loads_nothing_before_it_is_asked(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        test_nothing="""
        import sys

        def test_nothing():
            assert not [name for name in sys.modules if name.startswith("aigc_label.") and "plugin" not in name]
        """
    )
    done = pytester.runpytest_subprocess("-p", "no:cacheprovider")
    done.assert_outcomes(passed=1)


def test_the_package_announces_the_plugin() -> None:
    assert 'aigc_label = "aigc_label.pytest_plugin"' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")
