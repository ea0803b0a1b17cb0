"""A setting comes from the command line, else the environment, else the nearest file, else the default."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path

import pytest

PRODUCER = "001191110108335469089C10100"
EMBED = ("embed", "--producer", PRODUCER)


def settings(run, *arguments, **more) -> dict[str, dict[str, object]]:
    done = run(*arguments, "--show-settings", "--format", "json", **more)
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout)


@pytest.mark.parametrize(("line", "variable", "file"), list(product([True, False], repeat=3)))
def test_the_nearer_source_wins(run, tmp_path: Path, line: bool, variable: bool, file: bool) -> None:
    if file:
        (tmp_path / "aigc-label.toml").write_text('producer = "from file"\n')
    found = settings(
        run,
        "embed",
        *(("--producer", "from line") if line else ()),
        env={"AIGC_LABEL_PRODUCER": "from variable"} if variable else {},
    )["producer"]
    expected = "from line" if line else "from variable" if variable else "from file" if file else None
    assert found["value"] == expected
    source = "command line" if line else "$AIGC_LABEL_PRODUCER" if variable else "default"
    assert found["source"] == (str(tmp_path / "aigc-label.toml") if file and not line and not variable else source)


def test_the_nearest_file_wins_and_pyproject_counts(run, tmp_path: Path) -> None:
    (tmp_path / "aigc-label.toml").write_text('producer = "above"\n')
    below = tmp_path / "a/b"
    below.mkdir(parents=True)
    assert settings(run, "embed", cwd=below)["producer"]["value"] == "above"
    (tmp_path / "a/pyproject.toml").write_text('[tool.other]\nname = "aigc-label"\n')
    assert settings(run, "embed", cwd=below)["producer"]["value"] == "above"
    (tmp_path / "a/pyproject.toml").write_text('[tool.aigc-label]\nproducer = "project"\n')
    assert settings(run, "embed", cwd=below)["producer"]["value"] == "project"


def test_isolated_and_config_choose_the_file(run, tmp_path: Path) -> None:
    (tmp_path / "aigc-label.toml").write_text('producer = "found"\n')
    (tmp_path / "mine.toml").write_text('producer = "named"\n')
    assert settings(run, "embed", "--isolated")["producer"]["value"] is None
    assert settings(run, "embed", "--config", "mine.toml")["producer"]["value"] == "named"


def test_the_settings_are_used(run, picture: Path, tmp_path: Path) -> None:
    (tmp_path / "aigc-label.toml").write_text(
        f'producer = "{PRODUCER}"\nproduce-id = "p-{{stem}}"\nstatus = "possible"\n'
    )
    assert run("embed", picture, "--in-place").returncode == 0
    label = json.loads(run("show", picture).stdout)
    assert (label["Label"], label["ContentProducer"], label["ProduceID"]) == ("2", PRODUCER, "p-picture")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("producr = 'x'", "Did you mean `producer`?"),
        ("status = 'certain'", "generated, possible, suspected"),
        ("jobs = 0", "whole number from 1"),
        ("jobs = true", "whole number from 1"),
        ("strict = 'perhaps'", "true or false"),
        ("height-share = 'nan'", "not a number"),
        ("producer = 7", "not text"),
        ("include = [1]", "list of texts"),
        ("this is not TOML", "not TOML"),
    ],
)
def test_a_wrong_file_is_named_with_what_is_wrong(run, picture: Path, tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "aigc-label.toml").write_text(text + "\n")
    done = run("add", picture, "--in-place", "--producer", PRODUCER)
    assert done.returncode == 2
    assert words in done.stderr.decode()
    assert "aigc-label.toml" in done.stderr.decode()


LOOSER = [
    "only = 'label'",
    "min-height-share = 0.01",
    "ignore-unknown = true",
    "exclude = ['*']",
    "include = ['*.none']",
    "links = 'skip'",
    "limit = ['pixels=1']",
]


@pytest.mark.parametrize("text", LOOSER)
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_found_file_cannot_loosen_a_check(run, picture: Path, tmp_path: Path, text: str, lang: str) -> None:
    (tmp_path / "aigc-label.toml").write_text(text + "\n")
    done = run("verify", picture, "--lang", lang)
    assert done.returncode == 2
    assert ("may only tighten" if lang == "en" else "只能收紧要求") in done.stderr.decode()


def test_a_found_file_cannot_loosen_a_check_behind_an_option_either(run, picture: Path, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.aigc-label]\nexclude = ['*']\n")
    assert run("verify", picture, "--exclude", "x").returncode == 2


@pytest.mark.parametrize("text", ["replace = 'because'", "credentials = 'break'", "overwrite = true"])
def test_a_found_file_cannot_permit_what_only_a_person_may(run, picture: Path, tmp_path: Path, text: str) -> None:
    (tmp_path / "aigc-label.toml").write_text(text + "\n")
    assert run(*EMBED, picture, "--in-place").returncode == 2


def test_a_named_file_may_loosen_what_the_standard_leaves_open(run, labelled: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text("only = 'label'\n")
    assert run("verify", labelled, "--config", "mine.toml").returncode == 0


def test_a_found_file_may_tighten(run, labelled: Path, tmp_path: Path) -> None:
    assert run("verify", "--only", "label", labelled).returncode == 0
    (tmp_path / "aigc-label.toml").write_text("expect-producer = ['Someone else']\n")
    done = run("verify", "--only", "label", labelled)
    assert done.returncode == 1
    assert b"LBL-108" in done.stdout


def test_switches_can_be_undone_on_the_line(run) -> None:
    found = settings(run, "verify", "--no-strict", env={"AIGC_LABEL_STRICT": "yes"})
    assert found["strict"] == {"value": False, "source": "command line"}


@pytest.mark.parametrize(
    ("env", "chinese"),
    [
        ({"LC_ALL": "zh_CN.UTF-8"}, True),
        ({"LC_ALL": "", "LANG": "zh_TW.UTF-8"}, True),
        ({"LC_ALL": "de_DE.UTF-8", "LANG": "zh_CN.UTF-8"}, False),
        ({"AIGC_LABEL_LANG": "zh"}, True),
        ({"AIGC_LABEL_LANG": "en", "LC_ALL": "zh_CN.UTF-8"}, False),
        ({"LC_ALL": "C"}, False),
    ],
)
def test_the_language_follows_variable_and_locale(run, env: dict[str, str], chinese: bool) -> None:
    said = run("verify", "missing.jpg", env=env).stderr.decode("utf-8", "surrogateescape")
    assert said.startswith("错误" if chinese else "error")


def test_the_language_of_the_file_counts_for_results(run, tmp_path: Path) -> None:
    (tmp_path / "aigc-label.toml").write_text("lang = 'zh'\n")
    assert run("verify", "missing.jpg").stderr.decode().startswith("错误")
