"""The map covers a file without gaps, and its lengths are those of the bytes that lie there."""

from __future__ import annotations

from pathlib import Path

import pytest
from breaking import FIXTURES

import aigc_label
from aigc_label import Label
from aigc_label.api import gather
from aigc_label.byte_map import Content, Stretch, byte_map
from aigc_label.errors import AigcLabelError
from aigc_label.policy import Policy
from aigc_label.report import Scope
from aigc_label.residue import scan
from aigc_label.source import BytesSource

LABEL = Label.generated(producer="Example & Co", produce_id='n-"1"')
FILES = sorted(path for path in FIXTURES.glob("*/*") if path.is_file() and path.suffix != ".py")


def mapped(data: bytes, name: str = "") -> tuple[Stretch, ...]:
    source = BytesSource(data, name)
    return byte_map(source, gather(source, Policy(scope=Scope.LABEL)), scan(source))


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_media_and_rest_cover_the_file_without_a_gap(path: Path) -> None:
    data = path.read_bytes()
    try:
        found = mapped(data, path.name)
    except AigcLabelError:
        pytest.skip("could not be looked at: there is no map")
    at = 0
    for stretch in found:
        if stretch.content in (Content.MEDIA, Content.REST):
            assert stretch.start == at
            at += stretch.length or 0
    assert at == len(data)


@pytest.mark.parametrize(
    "name",
    [
        "jpeg/baseline.jpg",
        "png/plain.png",
        "webp/lossy.webp",
        "mp4/tail.mp4",
        "mp3/bare.mp3",
        "pdf/plain.pdf",
        "wav/plain.wav",
    ],
)
def test_the_label_s_stretch_is_its_text_and_lies_outside_the_media(name: str) -> None:
    data = aigc_label.embed((FIXTURES / name).read_bytes(), label=LABEL).data or b""
    found = mapped(data)
    label = next(stretch for stretch in found if stretch.content is Content.LABEL)
    assert label.length is not None
    text = data[label.start : label.start + label.length]
    assert text.startswith((b'{"Label"', b"{&quot;Label", b'{\\"Label'))
    assert text.endswith(b"}")
    for media in (stretch for stretch in found if stretch.content is Content.MEDIA):
        assert not media.start <= label.start < media.start + (media.length or 0)
    assert (label.number, label.standing) == (1, "primary")


def test_a_compressed_text_has_no_length_of_its_own() -> None:
    found = mapped((FIXTURES / "png/label-everywhere.png").read_bytes())
    lengths = {stretch.name: stretch.length for stretch in found if stretch.content is Content.LABEL}
    assert (lengths["png.ztxt"], lengths["png.raw-profile.xmp"]) == (None, None)
    assert (lengths["png.text"], lengths["png.itxt"]) == (200, 200)
