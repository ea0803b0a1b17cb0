"""Labels in EXIF: every text tag and encoding is read, blanking moves nothing and spares the maker note."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from aigc_label import exif_label
from aigc_label.dialects import understand
from aigc_label.evidence import NoticeKind, Reading, Repair, Standing, Survey
from aigc_label.label import Label
from aigc_label.limits import DEFAULT_LIMITS
from aigc_label.source import BytesSource
from fixtures.build.jpeg import exif, spliced
from fixtures.build.tiff import ASCII, BYTE, LONG, SHORT, UNDEFINED, built

LABEL = Label.generated(producer="001191110108335469089C10100", produce_id="exif-1")
TEXT = f'{{"AIGC":{LABEL.to_json()}}}'


def block(
    first: dict[int, tuple[int, object]], inner: dict[int, tuple[int, object]] | None = None, order: str = "little"
) -> bytes:
    entries = {**first, 274: (SHORT, [1])}
    if inner is not None:
        entries[34665] = (LONG, inner)
    return built([entries], order)


def comment(value: bytes, order: str = "little") -> bytes:
    return block({}, {0x9286: (UNDEFINED, value), 0x927C: (UNDEFINED, b"maker note " * 20)}, order)


def survey(data: bytes) -> Survey:
    return exif_label.survey(data, 500, "exif", DEFAULT_LIMITS)


def reading(data: bytes) -> Reading:
    (found,) = survey(data).readings
    return found


def blanked(data: bytes) -> bytes:
    new = bytearray(data)
    for start, end, blank in exif_label.blanks(BytesSource(data)):
        assert len(blank) == end - start
        new[start:end] = blank
    return bytes(new)


CODES = {
    "ASCII": b"ASCII\0\0\0" + TEXT.encode(),
    "JIS": b"JIS\0\0\0\0\0" + TEXT.encode(),
    "undefined": bytes(8) + TEXT.encode(),
    "Unicode, little-endian": b"UNICODE\0" + TEXT.encode("utf-16-le"),
    "Unicode, big-endian": b"UNICODE\0" + TEXT.encode("utf-16-be"),
    "NULs behind": b"ASCII\0\0\0" + TEXT.encode() + bytes(5),
}


@pytest.mark.parametrize("order", ["little", "big"])
@pytest.mark.parametrize("value", CODES.values(), ids=CODES)
def test_user_comment_is_read_under_each_character_code(value: bytes, order: str) -> None:
    found = reading(comment(value, order))
    assert (found.text, found.standing, found.repairs) == (TEXT, Standing.ALTERNATIVE, ())


@pytest.mark.parametrize(
    "value",
    [TEXT.encode(), b"UNICODE\0" + TEXT.encode(), b"ASCII\0\0\0" + TEXT.replace("exif-1", "编号").encode("gb18030")],
    ids=["no code", "UTF-8 under Unicode", "GB 18030"],
)
def test_another_encoding_is_read_with_a_repair(value: bytes) -> None:
    found = reading(comment(value))
    assert Repair.ENCODING in found.repairs
    assert understand(found.text).values["ContentProducer"] == LABEL.producer


def test_the_offset_points_at_the_text() -> None:
    data = comment(CODES["ASCII"])
    assert data[reading(data).offset - 500 :].startswith(TEXT.encode())


TAGS = {270: "imagedescription", 269: "documentname", 305: "software", 315: "artist", 33432: "copyright"}


@pytest.mark.parametrize("tag", TAGS)
def test_a_label_in_another_text_tag_is_met_but_in_no_guide(tag: int) -> None:
    found = reading(block({tag: (ASCII, TEXT.encode() + b"\0")}))
    assert (found.carrier, found.standing, found.text) == (f"exif.{TAGS[tag]}", Standing.COMPATIBLE, TEXT)


@pytest.mark.parametrize("tag", [0x9C9B, 0x9C9C, 0x9C9D, 0x9C9E, 0x9C9F])
def test_windows_tags_are_little_endian_in_every_block(tag: int) -> None:
    value = (TEXT + "\0").encode("utf-16-le")
    for order in ("little", "big"):
        assert reading(block({tag: (BYTE, value)}, order=order)).text == TEXT


SHAPES = {
    "Yuanbao": (
        '{"AIGC": {"Label":"1","ContentProducer":"001191440300708461136T1WFUO",'
        '"ReservedCode1":"{\\"Type\\":\\" TC260PG\\",\\"AlgID\\":\\"sm3\\"}"}}'
    ),
    "Honor": '{"Label":"1","ContentProducer":"x","ProduceID":"y","ReservedCode1":{"SecurityData":{"PubSd":[]}}}',
    "escaped twice": json.dumps(TEXT),
    "HTML-encoded": TEXT.replace('"', "&quot;"),
    "draft keys": '{"Label":"1","ContentProducer":"x","ProduceID":"y","Propagator":"p","PropatorID":"q","ReserveCode1":""}',
    "broken, as in iFlytek's documentation": '{"AIGC:{"Label":"1","ContentProducer":"x"}}',
    "cut short": TEXT[:120],
}


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_what_generators_write_is_read_as_it_stands(shape: str) -> None:
    data = comment(b"ASCII\0\0\0" + shape.encode())
    assert reading(data).text == shape
    assert survey(blanked(data)).readings == ()


@pytest.mark.parametrize(
    "words",
    [
        '{"Label":"cat","Score":0.9}',
        'a poster that says "Label"',
        '{"ServiceProvider":"腾讯云","ServiceUser":"x","Time":"1","ContentId":"2"}',
        "ContentProducer",
        "",
    ],
)
def test_what_is_no_label_of_annex_e_is_let_alone(words: str) -> None:
    data = comment(b"ASCII\0\0\0" + words.encode())
    assert survey(data).readings == ()
    assert blanked(data) == data


@pytest.mark.parametrize("value", CODES.values(), ids=CODES)
def test_blanking_changes_the_text_and_nothing_else(value: bytes) -> None:
    data = comment(value)
    new = blanked(data)
    assert survey(new).readings == ()
    assert b"maker note " * 20 in new
    start = data.index(value) + 8
    assert new[:start] + new[start + len(value) - 8 :] == data[:start] + data[start + len(value) - 8 :]


def test_words_beside_a_label_stay() -> None:
    data = block({270: (ASCII, b"a cat " + TEXT.encode() + b" on a roof\0")})
    assert reading(data).text == TEXT
    new = blanked(data)
    assert len(new) == len(data)
    assert b"a cat " + b" " * len(TEXT) + b" on a roof\0" in new


def test_words_beside_a_label_stay_in_utf16_too() -> None:
    value = b"UNICODE\0" + f"猫 {TEXT} 房顶".encode("utf-16-le")
    data = comment(value)
    new = blanked(data)
    assert ("猫 " + " " * len(TEXT) + " 房顶").encode("utf-16-le") in new


def test_a_label_in_the_maker_note_is_hidden() -> None:
    data = block({}, {0x927C: (UNDEFINED, b"Vendor\0" + TEXT.encode() + b"\0\1\2")})
    found = reading(data)
    assert (found.carrier, found.standing) == ("exif.elsewhere", Standing.HIDDEN)
    assert survey(blanked(data)).readings == ()


@pytest.mark.oracle("exiftool")
@pytest.mark.parametrize("value", CODES.values(), ids=CODES)
def test_exiftool_finds_all_other_exif_unchanged(value: bytes, tmp_path: Path) -> None:
    def facts(data: bytes) -> dict[str, object]:
        file = tmp_path / "asked.tif"
        file.write_bytes(data)
        command = ["exiftool", "-j", "-a", "-G1", "-b", "-u", "-EXIF:all", file]
        (found,) = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
        return {key: text for key, text in found.items() if "UserComment" not in key}

    data = comment(value)
    assert facts(blanked(data)) == facts(data)


def test_a_real_jpeg_keeps_its_thumbnail_and_maker_note() -> None:
    made = exif(b"ASCII\0\0\0" + TEXT.encode(), maker_note=bytes(range(256)), thumbnail=spliced())
    new = blanked(made[10:])
    assert bytes(range(256)) in new
    assert spliced() in new


Damage = Callable[[bytes], bytes]
DAMAGES: dict[str, Damage] = {
    "no header": lambda data: b"XX" + data[2:],
    "directory outside": lambda data: data[:4] + b"\xff\xff\xff\x7f" + data[8:],
    "cut short": lambda data: data[: len(data) // 2],
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_damage_is_noticed_and_loose_text_found_all_the_same(damage: Damage) -> None:
    data = damage(block({270: (ASCII, TEXT.encode() + b"\0"), 305: (ASCII, b"x" * 900)}))
    found = survey(data)
    assert [notice.kind for notice in found.notices] == [NoticeKind.DAMAGED]
    if TEXT.encode() in data:
        assert [one.text for one in found.readings] == [TEXT]


def test_a_text_outside_the_block_does_not_hide_the_next_one() -> None:
    data = bytearray(block({270: (ASCII, b"x" * 40), 305: (ASCII, TEXT.encode() + b"\0")}))
    at = data.index((270).to_bytes(2, "little") + b"\2\0")
    data[at + 8 : at + 12] = b"\xff\xff\xff\x7f"
    found = survey(bytes(data))
    assert [one.text for one in found.readings] == [TEXT]
    assert [notice.kind for notice in found.notices] == [NoticeKind.DAMAGED]


def test_damage_around_a_label_in_utf16_is_unread() -> None:
    data = DAMAGES["no header"](comment(CODES["Unicode, little-endian"]))
    assert [notice.kind for notice in survey(data).notices] == [NoticeKind.UNREAD]


def test_readings_before_the_damage_are_kept() -> None:
    good = block({270: (ASCII, TEXT.encode() + b"\0")})
    pointer = int.from_bytes(good[4:8], "little")
    next_at = pointer + 2 + 12 * int.from_bytes(good[pointer : pointer + 2], "little")
    bad = good[:next_at] + b"\xff\xff\xff\x7f" + good[next_at + 4 :]
    assert reading(bad).text == TEXT
    assert [notice.kind for notice in survey(bad).notices] == [NoticeKind.DAMAGED]


@pytest.mark.parametrize("at", range(0, 300, 7))
def test_flipped_bytes_raise_nothing(at: int) -> None:
    data = bytearray(comment(CODES["ASCII"]))
    data[at % len(data)] ^= 0xFF
    survey(bytes(data))
    exif_label.blanks(BytesSource(bytes(data)))
