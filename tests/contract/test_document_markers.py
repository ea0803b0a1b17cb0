"""What every marker of office documents and books promises; a format joins by its row and its fixtures."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import pytest

import aigc_label
from aigc_label.detectors import look
from aigc_label.errors import AigcLabelError
from aigc_label.evidence import Moment
from aigc_label.formats import BY_NAME
from aigc_label.markers import marker_of
from aigc_label.marking import MIN_CONTRAST, Mark, Position, complies
from aigc_label.order import Action, Order
from aigc_label.policy import Policy
from aigc_label.report import Scope, Verdict
from aigc_label.sniff import sniff
from aigc_label.source import BytesSource
from aigc_label.splice import in_memory

FIXTURES = Path(__file__).parents[2] / "fixtures"
PACKAGED = ("ooxml", "odf", "epub")
FILES = [
    pytest.param(path, id=f"{name}/{path.name}") for name in PACKAGED for path in sorted((FIXTURES / name).glob("*"))
]
MOMENTS = {
    Position.START: {Moment.START},
    Position.END: {Moment.END},
    Position.BOTH: {Moment.START, Moment.END},
}


def marked(path: Path, mark: Mark) -> bytes:
    source = BytesSource(path.read_bytes(), path.name)
    return in_memory(source, marker_of(sniff(source)).render(source, mark).plan)


@pytest.mark.parametrize("path", FILES)
def test_no_mark_is_seen_before(path: Path) -> None:
    assert look(BytesSource(path.read_bytes()), BY_NAME[path.parent.name]).sightings == ()


@pytest.mark.parametrize("position", MOMENTS)
@pytest.mark.parametrize("path", FILES)
def test_the_mark_is_seen_where_it_was_put_by_a_detector_that_did_not_put_it(path: Path, position: Position) -> None:
    seen = look(BytesSource(marked(path, Mark(position=position))), BY_NAME[path.parent.name]).sightings
    assert {one.moment for one in seen} >= MOMENTS[position]
    assert all(complies(one.text) and (one.contrast is None or one.contrast >= MIN_CONTRAST) for one in seen)


@pytest.mark.parametrize("path", FILES)
def test_a_second_mark_adds_nothing(path: Path) -> None:
    once = marked(path, Mark())
    outcome = aigc_label.carry_out(once, None, Order(mark=Mark()))
    assert outcome.action is Action.UNCHANGED
    assert outcome.data == once


@pytest.mark.parametrize("path", FILES)
def test_verify_sees_what_mark_did(path: Path) -> None:
    policy = Policy(scope=Scope.MARK)
    assert aigc_label.verify(path.read_bytes(), policy).verdict is Verdict.UNLABELLED
    assert aigc_label.verify(marked(path, Mark()), policy).verdict is Verdict.COMPLIANT


@pytest.mark.parametrize("path", FILES)
def test_every_part_but_those_that_show_or_name_the_words_is_stored_as_it_was(path: Path) -> None:
    before = zipfile.ZipFile(path)
    after = zipfile.ZipFile(io.BytesIO(marked(path, Mark())))
    assert after.testzip() is None
    assert after.comment == before.comment
    assert [name for name in after.namelist() if name in before.namelist()] == before.namelist()
    changed = [name for name in before.namelist() if before.read(name) != after.read(name)]
    assert len([name for name in changed if not name.endswith((".rels", "[Content_Types].xml"))]) == 1
    for old in before.infolist():
        if old.filename not in changed:
            same = ("CRC", "compress_size", "compress_type", "date_time", "external_attr", "extra", "flag_bits")
            new = after.getinfo(old.filename)
            assert [getattr(new, name) for name in same] == [getattr(old, name) for name in same]


@pytest.mark.parametrize("path", FILES)
def test_what_the_changed_part_held_is_still_there_in_order(path: Path) -> None:
    before = zipfile.ZipFile(path)
    after = zipfile.ZipFile(io.BytesIO(marked(path, Mark(position=Position.BOTH))))
    for name in before.namelist():
        rest = after.read(name)
        for piece in re.split(rb"/?>|<", before.read(name)):
            at = rest.find(piece)
            assert at >= 0, (name, piece)
            rest = rest[at + len(piece) :]


@pytest.mark.parametrize("path", FILES)
def test_readings_of_the_metadata_stay(path: Path) -> None:
    from aigc_label.adapters import adapter_of

    def held(data: bytes) -> list[tuple[str, str]]:
        source = BytesSource(data)
        return [(one.carrier, one.text) for one in adapter_of(sniff(source)).read(source).readings]

    assert held(path.read_bytes()) == held(marked(path, Mark()))


@pytest.mark.parametrize("path", FILES)
def test_damaged_files_raise_only_our_errors(path: Path) -> None:
    data = path.read_bytes()
    row = BY_NAME[path.parent.name]
    for length in range(0, len(data), max(1, len(data) // 60)):
        for hurt in (data[:length], data[:length] + bytes([data[length] ^ 0x55]) + data[length + 1 :]):
            for work in (lambda source: marker_of(row).render(source, Mark()), lambda source: look(source, row)):
                try:
                    work(BytesSource(hurt))
                except AigcLabelError:
                    continue


@pytest.mark.parametrize("path", FILES)
def test_damaged_parts_raise_only_our_errors(path: Path) -> None:
    row = BY_NAME[path.parent.name]
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for name, content in parts.items():
        if name == "mimetype":
            continue
        for damage in (content[: len(content) // 2], b"", content.replace(b"=\"", b'="9'), content.replace(b"rId", b"x"),
                       content.replace(b"1", b"-7"), b"<a/>", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"):  # fmt: skip
            out = io.BytesIO()
            with zipfile.ZipFile(out, "w") as archive:
                for other, text in parts.items():
                    archive.writestr(other, damage if other == name else text)
            for work in (lambda source: marker_of(row).render(source, Mark()), lambda source: look(source, row)):
                try:
                    work(BytesSource(out.getvalue()))
                except AigcLabelError:
                    continue
