"""JPEG segments: bounded, fill bytes allowed, the end of the picture found without being fooled."""

from __future__ import annotations

import pytest

from aigc_label.errors import LimitExceeded, MalformedFile
from aigc_label.grammars import jpeg
from aigc_label.grammars.jpeg import end_of_image, likely_end, segments
from aigc_label.grammars.jpeg_parts import Kind, parts_of
from aigc_label.limits import Limits
from aigc_label.source import BytesSource
from fixtures.build.jpeg import baseline, exif, picture, saved, segment, spliced


def scan_of(data: bytes) -> int:
    return list(segments(BytesSource(data)))[-1].end


def ends(data: bytes) -> tuple[int, int]:
    """Give the end as found exactly and as found from the last bytes."""
    source = BytesSource(data)
    return end_of_image(source, scan_of(data)), likely_end(source, scan_of(data))


def test_segments_run_up_to_the_first_scan() -> None:
    markers = [part.marker for part in segments(BytesSource(baseline()))]
    assert markers[0] == jpeg.APP0
    assert markers[-1] == jpeg.SOS
    assert markers.count(jpeg.SOS) == 1


@pytest.mark.parametrize("fill", [1, 2, 7])
def test_fill_bytes_before_a_marker_are_stepped_over(fill: int) -> None:
    data = baseline()
    filled = data[:20] + b"\xff" * fill + data[20:]
    assert len(list(segments(BytesSource(filled)))) == len(list(segments(BytesSource(data))))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xd8",
        b"\xff\xd8\xff",
        b"\xff\xd8\xff\xe0",
        b"\xff\xd8\xff\xe0\0\1",
        b"\xff\xd8\xff\xe0\xff\xff",
        b"\xff\xd8\0\0\0\0",
        b"\xff\xd8\xff\xd9\0\0",
        b"\xff\xd8\xff\xd8\0\0",
        b"\xff\xd8" + b"\xff" * 9000,
    ],
)
def test_what_is_no_segment_is_malformed(data: bytes) -> None:
    with pytest.raises(MalformedFile):
        list(segments(BytesSource(data)))


def test_a_plain_picture_ends_with_its_file() -> None:
    assert ends(baseline()) == (len(baseline()),) * 2


@pytest.mark.parametrize("behind", [b"x", b"\0" * 9, b"\xff\xd9", b"\xff\xd8\xff\xd9", b"PK\3\4" * 5000, baseline()])
def test_what_hangs_behind_is_not_the_picture(behind: bytes) -> None:
    assert ends(baseline() + behind) == (len(baseline()),) * 2


def test_restart_markers_and_stuffing_are_not_the_end() -> None:
    data = saved(picture(), quality=95, restart_marker_blocks=1)
    assert b"\xff\xd0" in data
    assert ends(data) == (len(data),) * 2


def test_the_end_is_found_across_the_borders_of_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    data = saved(picture(), quality=95, progressive=True) + b"behind"
    for size in (2, 3, 5, 64):
        monkeypatch.setattr(jpeg, "SCAN", size)
        assert end_of_image(BytesSource(data), scan_of(data)) == len(data) - 6


def test_a_picture_without_an_end_ends_with_the_file_or_the_next_picture() -> None:
    cut = baseline()[:-2]
    assert end_of_image(BytesSource(cut), scan_of(cut)) == len(cut)
    assert end_of_image(BytesSource(cut + baseline()), scan_of(cut)) == len(cut)


def test_a_second_stream_longer_than_the_tail_is_left_to_the_deep_scan() -> None:
    second = saved(picture(size=(256, 256)), quality=95)
    assert len(second) > jpeg.TAIL
    data = baseline() + second
    assert ends(data) == (len(baseline()), len(data))


def test_endless_segments_behind_the_scan_are_refused() -> None:
    data = baseline()[:-2] + b"\xff\xfe\0\2" * 300
    with pytest.raises(LimitExceeded):
        end_of_image(BytesSource(data, limits=Limits(items=200)), scan_of(data))


def test_segments_are_told_by_marker_and_name() -> None:
    data = spliced(exif(bytes(40)), segment(0xE2, b"ICC_PROFILE\0\1\1"), segment(0xE1, b"Exi"), segment(0xFE, b"words"))
    kinds = [part.kind for part in parts_of(BytesSource(data))]
    assert kinds[:5] == [Kind.COLOURS, Kind.EXIF, Kind.FOREIGN, Kind.LOOSE, Kind.LOOSE]
    assert set(kinds[5:]) == {Kind.PICTURE}


def test_a_segment_has_a_largest_size() -> None:
    assert len(jpeg.segment(0xE1, bytes(65_533))) == 65_537
    with pytest.raises(LimitExceeded):
        jpeg.segment(0xE1, bytes(65_534))
