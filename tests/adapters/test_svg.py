"""SVG: the label stands in the root's metadata, and the rest of the drawing is the author's, byte for byte."""

from __future__ import annotations

import io
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from PIL import Image

from aigc_label.adapters import svg
from aigc_label.errors import AigcLabelError, InvalidLabel, LimitExceeded, MalformedFile, UnsupportedFormat
from aigc_label.evidence import NoticeKind, Reading, Repair, Standing
from aigc_label.label import Label
from aigc_label.sniff import sniff
from aigc_label.source import BytesSource
from aigc_label.splice import Keep, in_memory

FIXTURES = Path(__file__).parents[2] / "fixtures" / "svg"
FILES = sorted(FIXTURES.glob("*"))
PRODUCER = "001191110108335469089C10100"
TEXT = Label.generated(producer=PRODUCER, produce_id="svg-1").to_json()
OTHER = Label.generated(producer=PRODUCER, produce_id="svg-2").to_json()
WRAPPED = f'{{"AIGC":{OTHER}}}'
ROOT = '<svg xmlns="http://www.w3.org/2000/svg" width="64" height="48">'
RDF = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
OURS = 'xmlns:TC260="http://www.tc260.org.cn/ns/AIGC/1.0/"'

Facts = dict[str, object]


def labelled(data: bytes, text: str = TEXT) -> bytes:
    source = BytesSource(data)
    return in_memory(source, svg.plan(source, text))


def readings(data: bytes) -> tuple[Reading, ...]:
    return svg.read(BytesSource(data)).readings


def drawing(*inside: str) -> bytes:
    return (ROOT + "".join(inside) + "<rect width='9' height='9'/></svg>").encode()


def graph(inside: str) -> str:
    return f'<rdf:RDF {RDF}><rdf:Description rdf:about="" {OURS}>{inside}</rdf:Description></rdf:RDF>'


def metadata(text: str) -> str:
    return f"<metadata>{graph(f'<TC260:AIGC>{text}</TC260:AIGC>')}</metadata>"


@pytest.mark.oracle("exiftool")
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_exiftool_reads_the_label_and_nothing_else_changed(path: Path, facts: Callable[[bytes], Facts]) -> None:
    before, after = facts(path.read_bytes()), facts(labelled(path.read_bytes()))
    assert after.pop("XMP-TC260:Aigc") == TEXT
    assert {key: after.get(key) for key in before} == before


@pytest.mark.oracle("xmllint")
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_xmllint_finds_it_well_formed(path: Path, tmp_path: Path) -> None:
    target = tmp_path / path.name
    target.write_bytes(labelled(path.read_bytes()))
    subprocess.run(["xmllint", "--noout", target], check=True, timeout=60)


@pytest.mark.oracle("chromium")
def test_chromium_draws_the_same_picture(tmp_path: Path) -> None:
    """All drawings on one page, before and after."""
    shots = []
    for index, maker in enumerate((lambda data: data, labelled)):
        folder = tmp_path / str(index)
        folder.mkdir()
        for path in FILES:
            (folder / path.name).write_bytes(maker(path.read_bytes()))
        frames = "".join(f'<iframe src="{path.name}" width="80" height="60"></iframe>' for path in FILES)
        (folder / "page.html").write_text(f"<!doctype html><body>{frames}", encoding="utf-8")
        switches = "headless no-sandbox disable-gpu no-first-run disable-background-networking disable-component-update"
        command = ["chromium", *(f"--{switch}" for switch in switches.split()), "--disable-sync"]
        command += [f"--user-data-dir={folder}/profile", f"--screenshot={folder}/shot.png", "--window-size=800,400"]
        subprocess.run([*command, f"file://{folder}/page.html"], check=True, capture_output=True, timeout=90)
        shots.append((folder / "shot.png").read_bytes())
    assert shots[0] == shots[1]
    sky = Image.open(io.BytesIO(shots[1])).convert("RGB").tobytes().count(b"\x44\xaa\xff")
    assert sky > 7 * 64 * 48 / 2  # seven of the eight are drawn, one is empty


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_without_what_was_inserted_the_file_is_what_it_was(path: Path) -> None:
    source = BytesSource(path.read_bytes())
    kept = [piece for piece in svg.plan(source, TEXT) if isinstance(piece, Keep)]
    gone = source.size - sum(piece.length for piece in kept)
    assert gone <= 4  # `/>` of an empty element, in UTF-16 at most


def test_the_label_stands_behind_title_and_before_the_shapes() -> None:
    after = labelled((FIXTURES / "plain.svg").read_bytes())
    assert after.index(b"</title>") < after.index(b"<metadata>") < after.index(b"<rect")


def test_a_prefixed_root_gets_a_prefixed_element() -> None:
    assert b"<svg:metadata>" in labelled((FIXTURES / "prefixed.svg").read_bytes())


def test_a_name_that_the_encoding_lacks_becomes_a_reference() -> None:
    text = Label.generated(producer="\u00e9\U0001f600", produce_id="1").to_json()
    data = f'<?xml version="1.0" encoding="ISO-8859-1"?>{ROOT}<title>\u00e9</title></svg>'.encode("latin-1")
    after = labelled(data, text)
    assert b"&#128512;" in after
    assert [r.text for r in readings(after)] == [text]


@pytest.mark.parametrize("quote", ["&quot;", '"'])
def test_an_attribute_is_read_and_replaced(quote: str) -> None:
    value = OTHER.replace('"', quote)
    edge = "'" if quote == '"' else '"'
    inside = f'<rdf:RDF {RDF}><rdf:Description rdf:about="" {OURS} TC260:AIGC={edge}{value}{edge}/></rdf:RDF>'
    data = drawing(f"<metadata>{inside}</metadata>")
    (reading,) = readings(data)
    assert (reading.text, reading.repairs) == (OTHER, (Repair.ATTRIBUTE,))
    (after,) = readings(labelled(data))
    assert (after.text, after.repairs) == (TEXT, ())


def test_labels_all_over_the_metadata_are_read_and_one_is_left() -> None:
    data = drawing(metadata(OTHER), f"<metadata>{WRAPPED}</metadata>", f"<metadata>{graph('')}</metadata>")
    assert [r.standing for r in readings(data)] == [Standing.CHOSEN, Standing.COMPATIBLE]
    assert [r.text for r in readings(labelled(data))] == [TEXT]


@pytest.mark.parametrize(
    "inside",
    [
        f"<defs><desc>{WRAPPED}</desc></defs>",
        f"<g>{metadata(OTHER)}</g>",
        f"<x:AIGC xmlns:x='http://example.com/'>{OTHER}</x:AIGC>",
        f"<metadata>{graph('')}</metadata><!-- {WRAPPED} -->",
        f"<script>let a = {WRAPPED}</script>",
    ],
    ids=["desc-in-defs", "metadata-in-group", "foreign-namespace", "comment", "script"],
)
def test_a_label_elsewhere_is_hidden_and_the_authors(inside: str) -> None:
    data = drawing(inside)
    assert [r.standing for r in readings(data)] == [Standing.HIDDEN]
    after = [(r.text, r.standing) for r in readings(labelled(data))]
    assert (TEXT, Standing.CHOSEN) in after
    assert len(after) == 2


def test_a_label_without_an_end_never_eats_the_drawing() -> None:
    data = drawing(f"<metadata>{OTHER[:-1]}</metadata>")
    after = labelled(data)
    assert after.endswith(b"<rect width='9' height='9'/></svg>")
    assert [r.text for r in readings(after)] == [TEXT]


def test_offsets_count_in_the_file_whatever_its_encoding() -> None:
    data = labelled((FIXTURES / "wide.svg").read_bytes())
    (reading,) = readings(data)
    assert data[reading.offset :].decode("utf-16-le").startswith("<TC260:AIGC>")


def test_content_credentials_are_noticed() -> None:
    manifest = '<metadata><c2pa:manifest xmlns:c2pa="http://c2pa.org/manifest">AAAA</c2pa:manifest></metadata>'
    assert [notice.kind for notice in svg.read(BytesSource(drawing(manifest))).notices] == [NoticeKind.C2PA]


DOCTYPE = '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">'
LAUGHS = '<!DOCTYPE svg [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'


@pytest.mark.parametrize("declaration", [DOCTYPE, LAUGHS])
def test_a_document_type_is_refused_with_a_remedy(declaration: str) -> None:
    data = (declaration + ROOT + "</svg>").encode()
    assert sniff(BytesSource(data)).name == "svg"
    for job in (svg.read, svg.payload, lambda source: svg.plan(source, TEXT)):
        with pytest.raises(MalformedFile, match="document type") as caught:
            job(BytesSource(data))
        assert caught.value.remedy.en
        assert caught.value.remedy.zh


def test_a_compressed_drawing_is_unsupported_with_a_remedy() -> None:
    with pytest.raises(UnsupportedFormat) as caught:
        sniff(BytesSource(b"\x1f\x8b\x08\0\0\0\0\0\0\3"))
    assert "gunzip" in caught.value.remedy.en


@pytest.mark.parametrize(
    "data",
    [
        b"<html><svg/></html>",
        b"<svg><g></svg>",
        b'<?xml version="1.0" encoding="zlib_codec"?><svg/>',
        b'<?xml version="1.0" encoding="GBK"?><svg>\xff\xff</svg>',
        "\ufeff<svg/>".encode("utf-16-le")[:-1],
        "\ufeff<svg/>".encode("utf-32-le"),
        b"",
    ],
)
def test_what_is_no_drawing_is_malformed(data: bytes) -> None:
    with pytest.raises(MalformedFile):
        svg.read(BytesSource(data))


def test_a_control_character_in_a_label_is_refused() -> None:
    with pytest.raises(InvalidLabel):
        labelled(drawing(), '{"Label":"\0"}')


def test_a_label_within_a_label_goes_with_it() -> None:
    inner = f"<TC260:AIGC>{OTHER}</TC260:AIGC>"
    data = drawing(f"<metadata>{graph(f'<TC260:AIGC>{inner}</TC260:AIGC>')}</metadata>")
    assert [r.text for r in readings(labelled(data))] == [TEXT]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_ten_thousand_labels_take_no_time(encoding: str) -> None:
    head = f'<?xml version="1.0" encoding="{encoding}"?>'
    data = (head + drawing(metadata(OTHER) * 10_000).decode()).encode(encoding)
    start = time.process_time()
    assert len(readings(data)) == 10_000
    assert [r.text for r in readings(labelled(data))] == [TEXT]
    assert time.process_time() - start < 20


def test_ten_thousand_levels_meet_the_limit() -> None:
    with pytest.raises(LimitExceeded):
        readings(drawing("<g>" * 10_000 + "</g>" * 10_000))


@pytest.mark.parametrize("inside", ['{"Label":' * 200_000, '{"AIGC":{"Label":"' * 60_000, '"{' * 500_000])
def test_a_megabyte_of_beginnings_takes_no_time(inside: str) -> None:
    start = time.process_time()
    with suppress(AigcLabelError):
        labelled(drawing(f"<metadata>{inside}</metadata>"))
    assert time.process_time() - start < 5
