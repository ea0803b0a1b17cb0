"""Words in RTF: every byte stays, they stand at the ends, hidden ones do not count, hostile files are refused by name."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from aigc_label.detectors.texts import look
from aigc_label.errors import InvalidMark, LimitExceeded, MalformedFile
from aigc_label.evidence import Moment
from aigc_label.formats import BY_NAME
from aigc_label.markers import rtf
from aigc_label.marking import Mark, Position
from aigc_label.source import BytesSource
from aigc_label.splice import Keep, in_memory, keeps

HEAD = rb"{\rtf1\ansi\ansicpg936{\fonttbl{\f0 Arial;}}{\colortbl;\red255\green255\blue255;}{\*\generator x;}"
FILES = {
    "plain": rb"{\rtf1 x}",
    "headed": HEAD + rb"\viewkind4\pard\f0\fs24 One\par\pard Two\par}" + b"\r\n",
    "table": HEAD + rb"\trowd\cellx900\pard\intbl a\cell\row\pard b\par}",
    "binary": HEAD + rb"{\pict\bin4 }}{{}\pard One\par{\b Two}}",
    "chinese": HEAD + rb"\pard \'c4\'e3\'ba\'c3\par\u22909?\par}",
}
WORDS = "本内容由人工智能生成"
ESCAPED = b"".join(b"\\u%d?" % (ord(c) - 65536 if ord(c) > 32767 else ord(c)) for c in WORDS)


def marked(data: bytes, position: Position = Position.START) -> bytes:
    source = BytesSource(data, "a.rtf")
    plan = rtf.render(source, Mark(position=position)).plan
    assert keeps(plan, [Keep(0, len(data))])
    return in_memory(source, plan)


def moments(data: bytes) -> set[Moment | None]:
    return {seen.moment for seen in look(BytesSource(data, "a.rtf"), BY_NAME["rtf"])}


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("position", [Position.START, Position.END, Position.BOTH])
def test_the_words_are_read_where_they_were_put(name: str, position: Position) -> None:
    assert moments(FILES[name]) == set()
    found = moments(marked(FILES[name], position))
    assert found >= {Position.START: {Moment.START}, Position.END: {Moment.END}}.get(
        position, {Moment.START, Moment.END}
    )


@pytest.mark.parametrize(
    "how", [rb"{\v %s}", rb"{\cf1 %s}", rb"{\fs2 %s}", rb"{\*\x %s}", rb"{\header %s}", rb"{\info{\title %s}}"]
)
def test_hidden_words_do_not_count(how: bytes) -> None:
    assert moments(HEAD + rb"\pard " + how % ESCAPED + rb"\par Text\par}") == set()


@pytest.mark.parametrize(
    "data", [rb"{\rtf1 x", rb"{\rtf1 x}}", rb"{\rtf1{x}", rb"{\rtf1\bin99 x}", rb"{\rtf1 x}{y}", rb"{\rtf1 x}" + b"\\"]
)
def test_groups_that_cannot_be_followed_are_refused(data: bytes) -> None:
    with pytest.raises(MalformedFile):
        marked(data)


def test_deep_nesting_is_refused_and_a_middle_not_offered() -> None:
    with pytest.raises(LimitExceeded):
        marked(rb"{\rtf1" + b"{" * 500_000)
    with pytest.raises(InvalidMark):
        marked(FILES["headed"], Position.MIDDLE)


@pytest.mark.long
@pytest.mark.parametrize("name", sorted(FILES.keys() - {"binary"}))  # no real picture: LibreOffice opens none such
def test_libreoffice_shows_the_words_and_the_text(name: str, tmp_path: Path) -> None:
    if shutil.which("soffice") is None:
        pytest.skip("not installed: soffice (Debian: libreoffice-writer)")
    file = tmp_path / "a.rtf"
    file.write_bytes(marked(FILES[name], Position.BOTH))
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [
        "soffice",
        profile,
        "--headless",
        "--convert-to",
        "txt:Text (encoded):UTF8",
        "--outdir",
        str(tmp_path),
        str(file),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    lines = [line for line in (tmp_path / "a.txt").read_text("utf-8-sig").splitlines() if line.strip()]
    assert lines[0] == lines[-1] == f"【{WORDS}】"
    assert len(lines) > 2
