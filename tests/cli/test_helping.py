"""The commands that help: doctor, init, completion, --help."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from aigc_label.cli.starting import COMMANDS

PRODUCER = "001191110108335469089C10100"


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_doctor_finds_this_machine_well(run, lang: str) -> None:
    done = run("doctor", "--lang", lang)
    assert done.returncode == 0, done.stdout.decode()
    said = done.stdout.decode()
    assert ("self-test: both labels" if lang == "en" else "自检：两种标识") in said
    assert "pixels=" in said


def test_the_doctor_names_what_is_missing_with_a_remedy(run, tmp_path: Path) -> None:
    """A machine without jpegtran, pillow-heif, deflate and jpeglib: their names lead to modules that cannot be loaded."""
    for name in ("pillow_heif", "deflate", "jpeglib"):
        (tmp_path / f"{name}.py").write_text("raise ModuleNotFoundError(name='gone')\n")
    done = run("doctor", "--format", "json", env={"PYTHONPATH": str(tmp_path), "PATH": "/nonexistent"})
    checks = {row["name"]: row for row in json.loads(done.stdout)}
    for name in ("pillow-heif", "deflate", "jpeglib", "jpegtran with -drop"):
        assert checks[name]["state"] == "missing"
        assert "install" in checks[name]["remedy"]
    assert done.returncode == 0


def test_the_doctor_fails_where_pillow_is_broken(run, tmp_path: Path) -> None:
    (tmp_path / "PIL").mkdir()
    (tmp_path / "PIL/__init__.py").write_text("raise ImportError('libjpeg.so.62 is missing')\n")
    done = run("doctor", env={"PYTHONPATH": str(tmp_path)})
    assert done.returncode == 1
    assert b"libjpeg.so.62" in done.stdout
    assert b"pip install pillow" in done.stdout


def test_init_asks_until_the_code_is_right(run, tmp_path: Path) -> None:
    answers = f"0011911101083354690X9C10100\n{PRODUCER}\n{{nonsense}}\n{{date}}-{{uuid}}\n"
    done = run("init", stdin=answers.encode())
    assert done.returncode == 0, done.stderr.decode()
    assert b"check character" in done.stderr
    assert b"{nonsense}" in done.stderr
    found = json.loads(run("embed", "--show-settings", "--format", "json").stdout)
    assert found["producer"]["value"] == PRODUCER
    assert found["produce-id"]["value"] == "{date}-{uuid}"
    assert found["producer"]["source"].endswith("aigc-label.toml")


def test_init_takes_a_name_with_any_characters(run, tmp_path: Path) -> None:
    assert run("init", stdin='某某"科技\\公司\n\n'.encode()).returncode == 0
    found = json.loads(run("embed", "--show-settings", "--format", "json").stdout)
    assert found["producer"]["value"] == '某某"科技\\公司'


@pytest.mark.parametrize("answers", ["n\n", "\n", "", f"{PRODUCER}\n\n"])
def test_init_keeps_an_existing_file_without_a_yes(run, tmp_path: Path, answers: str) -> None:
    (tmp_path / "aigc-label.toml").write_text("# mine\n")
    done = run("init", stdin=answers.encode())
    assert done.returncode == 2
    assert (tmp_path / "aigc-label.toml").read_text() == "# mine\n"


def test_init_overwrites_after_a_yes(run, tmp_path: Path) -> None:
    (tmp_path / "aigc-label.toml").write_text("# mine\n")
    assert run("init", stdin=f"y\n{PRODUCER}\n\n".encode()).returncode == 0
    assert PRODUCER in (tmp_path / "aigc-label.toml").read_text()


def test_init_writes_nothing_where_the_answers_end(run, tmp_path: Path) -> None:
    assert run("init", stdin=b"").returncode == 2
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", list(COMMANDS))
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_command_has_its_help(command: str, lang: str, capsys: pytest.CaptureFixture[str]) -> None:
    from aigc_label.cli import main

    assert main([command, "--help", "--lang", lang]) == 0
    said = capsys.readouterr().out
    assert COMMANDS[command].zh in said if lang == "zh" else COMMANDS[command].en in said
    assert ("usage" in said) == (lang == "en")


def test_the_first_help_fits_a_screen(run) -> None:
    for lang in ("en", "zh"):
        lines = run("--help", "--lang", lang).stdout.decode().splitlines()
        assert len(lines) <= 32


def completed(run, tmp_path: Path, *words: str) -> list[str]:
    """Ask bash what it would offer behind these words."""
    (tmp_path / "completion").write_bytes(run("completion", "bash").stdout)
    quoted = " ".join(f"'{word}'" for word in words)
    script = (
        f"source completion; COMP_WORDS=({quoted}); COMP_CWORD={len(words) - 1}; _aigc_label;"
        ' printf "%s\\n" "${COMPREPLY[@]}"'
    )
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, cwd=tmp_path, check=True)
    return done.stdout.split()


def test_bash_completes_commands_options_and_values(run, tmp_path: Path) -> None:
    assert completed(run, tmp_path, "aigc-label", "e") == ["embed", "explain"]
    assert completed(run, tmp_path, "aigc-label", "verify", "--str") == ["--strict"]
    assert completed(run, tmp_path, "aigc-label", "verify", "--only", "") == ["label", "mark"]
    assert completed(run, tmp_path, "aigc-label", "add", "--place", "bottom-") == ["bottom-left", "bottom-right"]


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_other_shells_accept_their_scripts(run, tmp_path: Path, shell: str) -> None:
    script = run("completion", shell).stdout
    assert b"--height-share" in script or b"-l height-share" in script
    if shutil.which(shell):
        (tmp_path / "script").write_bytes(script)
        assert subprocess.run([shell, "-n", tmp_path / "script"], check=False).returncode == 0
