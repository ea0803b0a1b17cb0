"""Packaged documents: strangers open them and find the label; every other part is stored as it was."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from media import exiftool

import aigc_label
from aigc_label.adapters import epub, odf, ofd, ooxml
from aigc_label.errors import AigcLabelError, LimitExceeded, MalformedFile, Refused, UnsupportedFormat
from aigc_label.evidence import NoticeKind, Repair
from aigc_label.label import Label
from aigc_label.order import Order
from aigc_label.policy import Policy
from aigc_label.report import Scope, Verdict
from aigc_label.sniff import sniff
from aigc_label.source import BytesSource
from aigc_label.splice import in_memory
from fixtures.build import ooxml as build

ROOT = Path(__file__).parents[2] / "fixtures"
LABEL = Label.generated(producer="001191110108335469089C10100", produce_id="doc-1")
FILES = [
    pytest.param(path, id=f"{path.parent.name}/{path.name}")
    for name in ("ooxml", "odf", "epub", "ofd")
    for path in sorted((ROOT / name).glob("*"))
]
OURS = {"[Content_Types].xml", "_rels/.rels", "docProps/custom.xml", "meta.xml", "OEBPS/book.opf", "OFD.xml"}


def labelled(path: Path, folder: Path) -> Path:
    target = folder / path.name
    aigc_label.carry_out(path, target, Order(label=LABEL, replace="test"))
    return target


@pytest.mark.parametrize("path", FILES)
def test_zipfile_finds_every_other_part_as_it_was_stored(path: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(path) as before, zipfile.ZipFile(labelled(path, tmp_path)) as after:
        assert after.testzip() is None
        assert after.comment == before.comment
        assert [n for n in after.namelist() if n in before.namelist()] == before.namelist()
        for old in before.infolist():
            new = after.getinfo(old.filename)
            if old.filename not in OURS:
                same = ("CRC", "compress_size", "compress_type", "date_time", "external_attr", "extra", "flag_bits")
                assert [getattr(new, name) for name in same] == [getattr(old, name) for name in same]


@pytest.mark.oracle("exiftool")
@pytest.mark.parametrize("path", FILES)
def test_exiftool_or_a_parser_reads_the_label(path: Path, tmp_path: Path) -> None:
    target = labelled(path, tmp_path)
    if path.parent.name == "ooxml" and path.name != "strict.docx":  # 12.57 knows only the transitional names
        assert any(line.endswith(LABEL.to_json()) for line in exiftool(target))
    text = LABEL.to_json().encode()
    with zipfile.ZipFile(target) as archive:
        held = b"".join(archive.read(name) for name in archive.namelist() if name in OURS)
    assert held.replace(b"&quot;", b'"').count(text) == 1


def test_python_docx_openpyxl_and_python_pptx_open_what_we_label(tmp_path: Path) -> None:
    import docx
    import openpyxl
    import pptx

    word, sheet, slides = docx.Document(), openpyxl.Workbook(), pptx.Presentation()
    word.add_paragraph("正文")
    sheet.active["A1"] = 1
    for name, made in (("a.docx", word), ("a.xlsx", sheet), ("a.pptx", slides)):
        made.save(tmp_path / name)
        aigc_label.embed(tmp_path / name, label=LABEL)
    assert docx.Document(str(tmp_path / "a.docx")).paragraphs[0].text == "正文"
    assert openpyxl.load_workbook(tmp_path / "a.xlsx").custom_doc_props["AIGC"].value == LABEL.to_json()
    assert len(pptx.Presentation(str(tmp_path / "a.pptx")).slides) == 0


def test_other_properties_stay() -> None:
    source = BytesSource((ROOT / "ooxml/with-properties.docm").read_bytes())
    out = in_memory(source, ooxml.plan(source, LABEL.to_json()))
    with zipfile.ZipFile(io.BytesIO(out)) as archive:
        assert b"R&amp;D" in archive.read("docProps/custom.xml")
        assert b'pid="3" name="AIGC"' in archive.read("docProps/custom.xml")


def test_a_key_in_another_case_is_recorded() -> None:
    (reading,) = ooxml.read(BytesSource((ROOT / "ooxml/labelled-elsewhere.docx").read_bytes())).readings
    assert reading.repairs == (Repair.NAME_CASE,)


def signed() -> bytes:
    parts = {
        "[Content_Types].xml": build.types(),
        "_rels/.rels": build.relations(),
        "word/document.xml": build.document(),
    }
    return build.packed({**parts, "_xmlsignatures/sig1.xml": "<x/>"})


def test_a_signed_document_is_refused_and_noticed() -> None:
    with pytest.raises(Refused, match="signed"):
        ooxml.plan(BytesSource(signed()), LABEL.to_json())
    assert [notice.kind for notice in ooxml.read(BytesSource(signed())).notices] == [NoticeKind.SIGNED]


def test_an_encrypted_open_document_is_never_called_unlabelled() -> None:
    data = (ROOT / "odf/plain.odt").read_bytes()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist() if name != "mimetype"}
    parts["META-INF/manifest.xml"] = parts["META-INF/manifest.xml"].replace(b"/>", b"><x:encryption-data/></x>", 1)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        for name, content in parts.items():
            archive.writestr(name, content)
    source = BytesSource(out.getvalue())
    assert [notice.kind for notice in odf.read(source).notices] == [NoticeKind.UNREAD]
    with pytest.raises(UnsupportedFormat):
        odf.plan(source, LABEL.to_json())
    assert aigc_label.verify(out.getvalue(), Policy(scope=Scope.LABEL)).verdict is not Verdict.COMPLIANT


def test_a_signed_ofd_is_refused() -> None:
    data = (ROOT / "ofd/plain.ofd").read_bytes()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entry = archive.read("OFD.xml").replace(
            b"</ofd:DocBody>", b"<ofd:Signatures>Signs.xml</ofd:Signatures></ofd:DocBody>"
        )
        root = archive.read("Doc_0/Document.xml")
    with pytest.raises(Refused):
        ofd.plan(BytesSource(build.packed({"OFD.xml": entry, "Doc_0/Document.xml": root})), LABEL.to_json())


def twice(name: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for part in ("[Content_Types].xml", "_rels/.rels", name, name.lower().replace("x", "y")):
            archive.writestr(part, "<x/>")
    return out.getvalue().replace(name.lower().replace("x", "y").encode(), name.encode())


def test_a_member_that_stands_twice_is_malformed() -> None:
    with pytest.raises(MalformedFile, match="twice"):
        sniff(BytesSource(twice("docProps/custom.xml")))


@pytest.mark.parametrize(
    "data",
    [
        b"MZ prefix" + build.minimal(),
        build.minimal() + b"trailing bytes",
        build.minimal().replace(b"PK\5\6", b"PK\0\0"),
        build.minimal()[:-22],
    ],
    ids=["prefix", "suffix", "no-end", "cut"],
)
def test_bytes_outside_the_members_are_malformed(data: bytes) -> None:
    with pytest.raises(AigcLabelError):
        sniff(BytesSource(data))


def test_a_bomb_is_refused_before_it_is_inflated() -> None:
    parts = {
        "[Content_Types].xml": build.types(),
        "_rels/.rels": build.relations(),
        "word/document.xml": build.document(),
    }
    bomb = build.packed({**parts, "_rels/.rels": b"\0" * (40 << 20)})
    assert len(bomb) < 100_000
    with pytest.raises(LimitExceeded):
        ooxml.read(BytesSource(bomb))


def test_a_billion_laughs_is_refused() -> None:
    laughs = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><Types>&b;</Types>'
    parts = {"[Content_Types].xml": laughs, "_rels/.rels": build.relations(), "word/document.xml": build.document()}
    with pytest.raises(MalformedFile, match="DTD"):
        ooxml.plan(BytesSource(build.packed(parts)), LABEL.to_json())


def test_an_epub_keeps_its_mimetype_first_and_stored(tmp_path: Path) -> None:
    target = labelled(ROOT / "epub/three.epub", tmp_path)
    assert target.read_bytes()[30:58] == b"mimetypeapplication/epub+zip"
    assert len(epub.read(BytesSource(target.read_bytes())).readings) == 1
