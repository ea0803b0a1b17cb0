"""Matroska: every position still points at what it names, checksums are right, nothing moves where nothing must."""

from __future__ import annotations

import zlib
from pathlib import Path

import pytest
from media import run

import aigc_label
from aigc_label.adapters import matroska
from aigc_label.errors import AigcLabelError
from aigc_label.grammars import ebml
from aigc_label.label import Label
from aigc_label.patching import patch_of
from aigc_label.source import BytesSource, Source
from aigc_label.splice import Keep, PlanSource, in_memory, keeps

FIXTURES = Path(__file__).parents[2] / "fixtures/matroska"
FILES = sorted(FIXTURES.glob("*"))
IDS = [path.name for path in FILES]
LABEL = Label.generated(producer="001191110108335469089C10100", produce_id="mkv-1")
WAYS = [matroska.plan, matroska.plan_in_place]


def at_paths(source: Source, parent: ebml.Element, path: tuple[int, ...]) -> list[ebml.Element]:
    found = [child for child in ebml.children(source, parent) if child.id == path[0]]
    return found if len(path) == 1 else [deep for child in found for deep in at_paths(source, child, path[1:])]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("path", FILES, ids=IDS)
def test_every_position_points_at_what_it_names(path: Path, way: object) -> None:
    source = BytesSource(path.read_bytes())
    target = PlanSource(source, way(source, LABEL.to_json()))  # type: ignore[operator]
    file = matroska.opened(target)
    for head in file.of(ebml.SEEK_HEAD):
        for seek in at_paths(target, head, (ebml.SEEK,)):
            (name,) = at_paths(target, seek, (ebml.SEEK_ID,))
            (position,) = at_paths(target, seek, (ebml.SEEK_POSITION,))
            at = file.segment.data + ebml.unsigned(target, position)
            assert target.at(at, name.size) == target.at(name.data, name.size)
    cue = (ebml.CUE_POINT, ebml.CUE_TRACK_POSITIONS, ebml.CUE_CLUSTER_POSITION)
    clusters = {part.offset for part in file.of(ebml.CLUSTER)}
    for cues in file.of(ebml.CUES):
        for position in at_paths(target, cues, cue):
            assert file.segment.data + ebml.unsigned(target, position) in clusters


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("path", FILES, ids=IDS)
def test_every_checksum_is_right(path: Path, way: object) -> None:
    source = BytesSource(path.read_bytes())
    target = PlanSource(source, way(source, LABEL.to_json()))  # type: ignore[operator]
    for part in matroska.opened(target).parts:
        content = target.at(part.data, part.size)
        if content[:2] == b"\xbf\x84":
            assert content[2:6] == zlib.crc32(content[6:]).to_bytes(4, "little"), hex(part.id)


@pytest.mark.oracle("mkvinfo")
@pytest.mark.parametrize("path", FILES, ids=IDS)
def test_mkvtoolnix_reads_the_label(path: Path, tmp_path: Path) -> None:
    source = BytesSource(path.read_bytes())
    (tmp_path / "a.mkv").write_bytes(in_memory(source, matroska.plan(source, LABEL.to_json())))
    said = run("mkvinfo", "-a", tmp_path / "a.mkv").decode()
    assert f"String: {LABEL.to_json()}" in said
    assert "Error" not in said


def test_in_place_no_cluster_moves() -> None:
    source = BytesSource((FIXTURES / "plain.mkv").read_bytes())
    plan = matroska.plan_in_place(source, LABEL.to_json())
    at = 0
    for piece in plan:
        if isinstance(piece, Keep) and keeps((piece,), matroska.payload(source)):
            assert piece.offset == at
        at += piece.length if isinstance(piece, Keep) else len(piece)


def test_a_change_of_the_label_is_one_patch() -> None:
    source = BytesSource((FIXTURES / "plain.mkv").read_bytes())
    once = BytesSource(in_memory(source, matroska.plan(source, LABEL.to_json())))
    other = Label.generated(producer=LABEL.producer, produce_id="mkv-2").to_json()
    assert patch_of(once, matroska.plan(once, other)) is not None


def test_other_texts_stay_when_a_strangers_label_among_them_goes() -> None:
    source = BytesSource((FIXTURES / "labelled-elsewhere.mkv").read_bytes())
    out = in_memory(source, matroska.plan(source, LABEL.to_json()))
    assert b"a comment" in out
    assert b'"somebody"' not in out


@pytest.mark.parametrize(
    "data",
    [
        b"\x1a\x45\xdf\xa3\x80",
        b"\x1a\x45\xdf\xa3\x80\x18\x53\x80\x67\x88\x12\x54\xc3\x67\xff",
        b"\x1a\x45\xdf\xa3\x80\x18\x53\x80\x67\xff\x00",
        b"\x1a\x45\xdf\xa3\x80\x18\x53\x80\x67\xff\x1f\x43\xb6\x75\xff\xa0\xff",
    ],
)
def test_sizes_that_lie_raise_our_error(data: bytes) -> None:
    with pytest.raises(AigcLabelError):
        matroska.plan(BytesSource(data), LABEL.to_json())


def test_a_flood_of_elements_is_bounded() -> None:
    data = b"\x1a\x45\xdf\xa3\x80\x18\x53\x80\x67\x01\xff\xff\xff\xff\xff\xff\xff" + b"\xec\x80" * 20_000
    with pytest.raises(AigcLabelError, match="too many"):
        matroska.read(BytesSource(data))


def test_the_public_call_labels_and_reads(tmp_path: Path) -> None:
    aigc_label.embed(FIXTURES / "webm.webm", tmp_path / "a.webm", label=LABEL)
    assert aigc_label.read(tmp_path / "a.webm") == LABEL
