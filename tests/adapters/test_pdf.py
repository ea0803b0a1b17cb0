"""PDF: every old byte stays in front, other readers agree, signatures stay valid, and nothing that is closed is opened."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pypdf
import pytest
from media import run
from pdfs import signed, signer
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

import aigc_label
from aigc_label import pdf_label
from aigc_label.adapters import pdf
from aigc_label.errors import MalformedFile, NotConfirmed, Refused
from aigc_label.evidence import NoticeKind, Repair, Standing
from aigc_label.grammars import pdf as grammar
from aigc_label.grammars.pdf_objects import Text
from aigc_label.label import Label
from aigc_label.patching import patch_of
from aigc_label.source import BytesSource
from aigc_label.splice import in_memory
from fixtures.build import pdf as built

FIXTURES = Path(__file__).parents[2] / "fixtures/pdf"
FILES = sorted(FIXTURES.glob("*.pdf"))
IDS = [path.name for path in FILES]
SOUND = [path for path in FILES if path.name not in ("broken.pdf", "prefixed.pdf")]  # exiftool cannot read these
LABEL = Label.generated(producer="001191110108335469089C10100", produce_id="pdf-1")
TEXT = LABEL.to_json()
OTHER = Label.generated(producer="001191110108335469089C10100", produce_id="pdf-other").to_json()
every = pytest.mark.parametrize("path", FILES, ids=IDS)


def labelled(data: bytes, text: str = TEXT) -> bytes:
    source = BytesSource(data)
    return in_memory(source, pdf.plan(source, text))


def readings(data: bytes) -> list[tuple[str, str]]:
    return [(reading.carrier, reading.text) for reading in pdf.read(BytesSource(data)).readings]


def kinds(data: bytes) -> list[NoticeKind]:
    return [notice.kind for notice in pdf.read(BytesSource(data)).notices]


@every
def test_every_old_byte_stays_in_front(path: Path) -> None:
    old = path.read_bytes()
    assert labelled(old).startswith(old)


@every
@pytest.mark.oracle("qpdf")
def test_qpdf_finds_nothing_wrong(path: Path, tmp_path: Path) -> None:
    target = tmp_path / path.name
    target.write_bytes(labelled(path.read_bytes()))
    assert b"No syntax or stream encoding errors found" in run("qpdf", "--check", target)


@pytest.mark.parametrize("path", SOUND, ids=lambda path: path.name)
@pytest.mark.oracle("exiftool")
def test_exiftool_reads_the_label_and_all_else_as_before(
    path: Path, facts: Callable[[bytes], dict[str, object]]
) -> None:
    old, new = facts(path.read_bytes()), facts(labelled(path.read_bytes()))
    assert new.pop("PDF:AIGC") == TEXT
    foreign = ("AIGC", "Aigc", "PDF:Linearized", "XMP-pdfa", "ExifTool:Warning")
    assert {key: value for key, value in new.items() if not any(word in key for word in foreign)} == {
        key: value for key, value in old.items() if not any(word in key for word in foreign)
    }


@every
@pytest.mark.oracle("pdfinfo")
def test_poppler_reads_the_label(path: Path, tmp_path: Path) -> None:
    target = tmp_path / path.name
    target.write_bytes(labelled(path.read_bytes()))
    assert TEXT in run("pdfinfo", "-custom", target).decode()


@every
def test_pikepdf_and_pypdf_read_the_label(path: Path) -> None:
    new = labelled(path.read_bytes())
    with pikepdf.open(io.BytesIO(new)) as document:
        assert str(document.docinfo["/AIGC"]) == TEXT
    reader = pypdf.PdfReader(io.BytesIO(new))
    assert reader.metadata is not None
    assert reader.metadata["/AIGC"] == TEXT


@every
@pytest.mark.oracle("pdftoppm", "pdftotext")
def test_pages_look_and_read_as_before(path: Path, tmp_path: Path) -> None:
    seen = []
    for number, data in enumerate((path.read_bytes(), labelled(path.read_bytes()))):
        target = tmp_path / f"{number}.pdf"
        target.write_bytes(data)
        seen.append((run("pdftoppm", "-r", "60", target), run("pdftotext", "-layout", target, "-")))
    assert seen[0] == seen[1]


@pytest.mark.parametrize("level", [None, MDPPerm.FILL_FORMS, MDPPerm.ANNOTATE])
@pytest.mark.parametrize("maker", [built.plain, built.with_xmp, built.object_streams])
@pytest.mark.oracle("pdfsig")
def test_a_signature_stays_valid(maker: Callable[[], bytes], level: MDPPerm | None, tmp_path: Path) -> None:
    how = {"certify": True, "docmdp_permissions": level} if level else {}
    new = labelled(signed(maker(), **how))
    assert kinds(new) == [NoticeKind.SIGNED]
    (held,) = PdfFileReader(io.BytesIO(new)).embedded_signatures
    status = validate_pdf_signature(held, ValidationContext(trust_roots=[signer().signing_cert]))
    assert status.bottom_line
    assert status.docmdp_ok
    target = tmp_path / "signed.pdf"
    target.write_bytes(new)
    assert b"Signature is Valid" in run("pdfsig", "-nocert", target)


def test_a_certified_document_that_allows_no_change_is_refused() -> None:
    old = signed(built.plain(), certify=True, docmdp_permissions=MDPPerm.NO_CHANGES)
    with pytest.raises(Refused, match="certified") as refusal:
        labelled(old)
    assert "sign it last" in refusal.value.remedy.en


def test_usage_rights_that_end_with_any_change_are_respected() -> None:
    objects = built.page()
    objects[1] = objects[1].removesuffix(b">>") + b"/Perms<</UR3 6 0 R>>>>"
    with pytest.raises(Refused, match="usage rights"):
        labelled(built.classic(objects))


def test_a_label_signed_over_is_followed_by_a_new_revision() -> None:
    old = signed(labelled(built.plain()))
    assert labelled(old, OTHER).startswith(old)


@every
def test_a_later_label_is_written_into_our_own_revision(path: Path) -> None:
    old = path.read_bytes()
    once = labelled(old)
    again = labelled(once, OTHER)
    assert (len(again), again[: len(old)]) == (len(once), old)
    assert OTHER not in once.decode("latin-1")
    assert readings(again) == [("pdf.info", OTHER)]


def test_a_longer_label_moves_the_end_and_nothing_else() -> None:
    longer = Label.generated(producer="001191110108335469089C10100", produce_id="x" * 400).to_json()
    again = labelled(labelled(built.plain()), longer)
    assert again == labelled(built.plain(), longer)


def test_a_change_in_place_is_one_small_write() -> None:
    once = BytesSource(labelled(built.plain()))
    patch = patch_of(once, pdf.plan(once, OTHER))
    assert patch is not None
    assert (patch.tail, len(patch.new) < 800) == (b"", True)


def test_a_revision_that_only_resembles_ours_is_content() -> None:
    once = labelled(built.plain())
    forged = once.replace(b"/Title(A \\(small\\) fixture)", b"/Title(A \\(other\\) fixture)", 2)
    forged = forged.replace(b"/Title(A \\(other\\) fixture)", b"/Title(A \\(small\\) fixture)", 1)
    source = BytesSource(forged)
    (whole,) = pdf.payload(source)
    assert whole.length == len(forged)
    assert labelled(forged, OTHER).startswith(forged)


def test_the_payload_is_what_was_there_before_any_label() -> None:
    for path in FILES:
        (kept,) = pdf.payload(BytesSource(labelled(path.read_bytes())))
        assert (kept.offset, kept.length) == (0, path.stat().st_size)


@pytest.mark.oracle("qpdf")
def test_a_kill_before_the_first_bytes_are_written_leaves_a_sound_labelled_file(tmp_path: Path) -> None:
    old = built.plain()
    new = bytearray(labelled(old))
    new[len(old) : len(old) + 16] = bytes(16)  # patching.SMALLEST bytes of an appended tail are written last
    assert readings(bytes(new)) == [("pdf.info", TEXT)]
    target = tmp_path / "killed.pdf"
    target.write_bytes(new)
    assert b"No syntax or stream encoding errors found" in run("qpdf", "--check", target)


def test_the_same_label_in_hexadecimal_is_left_alone() -> None:
    objects = built.page()
    objects[6] = b"<</AIGC<%s>>>" % TEXT.encode().hex().encode()
    assert labelled(built.classic(objects)) == built.classic(objects)


@pytest.mark.parametrize("text", [r'{"a":"\"(\\)"}', '{"a":"(((("}', '{"a":"内容"}', '{"a":"line\rend\n"}'])
def test_any_text_comes_back_as_it_went_in(text: str) -> None:
    new = labelled(built.plain(), text)
    assert readings(new) == [("pdf.info", text)]
    assert pypdf.PdfReader(io.BytesIO(new)).metadata["/AIGC"] == text  # type: ignore[index]


def test_metadata_is_kept_in_step() -> None:
    new = labelled(built.with_xmp())
    assert readings(new) == [("pdf.info", TEXT)]
    document = grammar.opened(BytesSource(new))
    assert document.metadata is not None
    packet = document.content(document.metadata)
    assert b"<xmp:CreatorTool>A tool</xmp:CreatorTool>" in packet
    assert [reading.text for reading in pdf_label.in_xmp(document).readings] == [TEXT]


def test_metadata_that_says_otherwise_is_a_second_label() -> None:
    packet = built.described(built.TC260, f"<TC260:AIGC>{OTHER}</TC260:AIGC>")
    objects = built.with_metadata(built.page(), packet)
    objects[6] = b"<</AIGC(%s)>>" % TEXT.encode()
    assert sorted(readings(built.classic(objects))) == [("pdf.info", TEXT), ("pdf.xmp", OTHER)]


def test_metadata_alone_is_no_place_that_a_guide_names() -> None:
    packet = built.described(built.TC260, f"<TC260:AIGC>{TEXT}</TC260:AIGC>")
    data = built.classic(built.with_metadata(built.page(), packet))
    (reading,) = pdf.read(BytesSource(data)).readings
    assert reading.standing is Standing.COMPATIBLE
    assert readings(labelled(data)) == [("pdf.info", TEXT)]


def test_pdfa_declares_the_property_among_its_other_schemas() -> None:
    document = grammar.opened(BytesSource(labelled(built.pdfa())))
    assert document.metadata is not None
    packet = document.content(document.metadata).decode()
    assert packet.count("<pdfaExtension:schemas>") == 1
    assert "<pdfaSchema:namespaceURI>http://www.tc260.org.cn/ns/AIGC/1.0/</pdfaSchema:namespaceURI>" in packet
    assert "<pdfaSchema:namespaceURI>urn:ours</pdfaSchema:namespaceURI>" in packet
    assert not document.metadata.dictionary.get(b"Filter")


def test_pdfa_without_a_schema_of_its_own_gets_one() -> None:
    namespaces = 'xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"'
    packet = built.described(namespaces, "<pdfaid:part>1</pdfaid:part>")
    document = grammar.opened(BytesSource(labelled(built.classic(built.with_metadata(built.page(), packet)))))
    assert document.metadata is not None
    assert document.content(document.metadata).count(b"<pdfaExtension:schemas>") == 1


def test_a_label_of_an_earlier_revision_is_told_and_does_not_count() -> None:
    assert readings(built.revised()) == []
    assert kinds(built.revised()) == [NoticeKind.EARLIER]
    assert kinds(labelled(built.revised())) == [NoticeKind.EARLIER]


@pytest.mark.parametrize(
    ("entry", "repairs"),
    [
        (b"/aigc(%s)", (Repair.NAME_CASE,)),
        (b"/MyAIGC(%s)", (Repair.NAME_CONTAINS,)),
        (b"/#41IGC(%s)", ()),
        (b"/AIGC(\xef\xbb\xbf%s)", ()),
    ],
)
def test_other_spellings_are_read_and_replaced(entry: bytes, repairs: tuple[Repair, ...]) -> None:
    objects = built.page()
    objects[6] = b"<<" + entry % TEXT.encode() + b"/Trapped/False>>"
    (reading,) = pdf.read(BytesSource(built.classic(objects))).readings
    assert (reading.text, reading.repairs) == (TEXT, repairs)
    assert readings(labelled(built.classic(objects), OTHER)) == [("pdf.info", OTHER)]


def test_what_only_sounds_like_a_label_stays() -> None:
    objects = built.page()
    objects[6] = b"<</MyAIGCScore(5)>>"
    assert readings(built.classic(objects)) == []
    assert b"/MyAIGCScore(5)" in labelled(built.classic(objects))[-600:]


def test_a_dictionary_where_text_belongs_is_read() -> None:
    objects = built.page()
    objects[6] = b"<</AIGC<</Label(1)/ContentProducer(somebody)>>>>"
    (reading,) = pdf.read(BytesSource(built.classic(objects))).readings
    assert reading.repairs == (Repair.NESTED,)
    assert reading.text == '{"Label": "1", "ContentProducer": "somebody"}'


def encrypted(permissions: pikepdf.Permissions, user: str = "") -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(built.plain())) as document:
        document.save(out, encryption=pikepdf.Encryption(user=user, owner="owner", allow=permissions))
    return out.getvalue()


def test_a_file_that_takes_a_password_is_never_called_unlabelled() -> None:
    data = encrypted(pikepdf.Permissions(), "secret")
    assert kinds(data) == [NoticeKind.UNREAD]
    with pytest.raises(Refused, match="encrypted"):
        labelled(data)


def test_an_owner_who_forbids_changes_is_obeyed() -> None:
    data = encrypted(pikepdf.Permissions(modify_other=False))
    assert NoticeKind.UNREAD not in kinds(data)
    with pytest.raises(Refused, match="forbids"):
        labelled(data)


@pytest.mark.parametrize(
    "maker", [built.encrypted_rc4, built.encrypted_aes, built.encrypted_aes_256, built.newest_encryption]
)
def test_an_encrypted_file_stays_encrypted(maker: Callable[[], bytes]) -> None:
    new = labelled(maker())
    assert b"ContentProducer" not in new
    with pikepdf.open(io.BytesIO(new)) as document:
        assert document.is_encrypted
        assert str(document.docinfo["/AIGC"]) == TEXT
        assert str(document.docinfo["/Title"]) in ("A secret", "A (small) fixture")
    assert readings(new) == [("pdf.info", TEXT)]


def test_files_that_another_program_encrypted_are_read_and_labelled() -> None:
    new = labelled(encrypted(pikepdf.Permissions()))
    with pikepdf.open(io.BytesIO(new)) as document:
        assert str(document.docinfo["/Title"]) == "A (small) fixture"
    assert readings(new) == [("pdf.info", TEXT)]


def test_a_broken_cross_reference_is_put_right_by_the_revision() -> None:
    assert kinds(built.broken()) == [NoticeKind.DAMAGED]
    assert kinds(labelled(built.broken())) == []


def test_broken_and_packed_is_refused_with_a_remedy() -> None:
    data = built.object_streams()
    broken = data[: data.rindex(b"startxref")]
    with pytest.raises(MalformedFile, match="compressed streams") as refusal:
        labelled(broken)
    assert "qpdf" in refusal.value.remedy.en


def test_bytes_before_the_header_make_two_files_of_one() -> None:
    assert kinds(built.prefixed()) == [NoticeKind.POLYGLOT]
    assert kinds(b"\r\n" + built.plain()) == []


def test_a_label_behind_the_end_is_hidden_and_stays_told_after_labelling() -> None:
    data = built.plain() + b"\n" + built.LABEL.encode()
    for each in (data, labelled(data)):
        hidden = [r for r in pdf.read(BytesSource(each)).readings if r.standing is Standing.HIDDEN]
        assert [(reading.carrier, reading.text) for reading in hidden] == [("pdf.trailing", built.LABEL)]
        assert NoticeKind.TRAILING in kinds(each)


def test_a_label_in_an_object_that_nothing_refers_to_is_hidden() -> None:
    objects = built.page() | {7: b"<</AIGC(%s)>>" % built.LABEL.encode()}
    (reading,) = pdf.read(BytesSource(built.classic(objects))).readings
    assert (reading.carrier, reading.standing) == ("pdf.unreferenced", Standing.HIDDEN)


def test_a_page_that_speaks_of_labels_is_none() -> None:
    objects = built.page(content=b"BT (%s) Tj ET" % built.LABEL.encode())
    assert readings(built.classic(objects)) == []


def test_content_credentials_are_noticed() -> None:
    objects = built.page() | {7: b"<</Type/Filespec/AFRelationship/C2PA_Manifest>>"}
    objects[1] = objects[1].removesuffix(b">>") + b"/AF[7 0 R]>>"
    assert kinds(built.classic(objects)) == [NoticeKind.C2PA]


def test_the_second_identifier_is_new_and_the_first_stays() -> None:
    first, second = grammar.opened(BytesSource(labelled(built.plain()))).trailer.get(b"ID")  # type: ignore[misc]
    assert first == Text(built.ID)
    assert second != Text(built.ID)


def test_two_gigabytes_are_labelled_by_reading_their_ends(tmp_path: Path) -> None:
    path = tmp_path / "large.pdf"
    body, places = built.spelt(built.page(), len(built.HEAD))
    with path.open("wb") as file:
        file.write(built.HEAD + body)
        places[7] = file.tell()
        file.write(b"7 0 obj\n<</Length %d>>\nstream\n" % (2 << 30))
        file.seek(2 << 30, 1)  # a hole: no disk is used
        file.write(b"\nendstream\nendobj\n")
        start = file.tell()
        file.write(built.table(places) + b"trailer\n<</Size 8/Root 1 0 R/Info 6 0 R>>\n" + built.ended(start))
    outcome = aigc_label.embed(path, label=LABEL)
    assert outcome.new_bytes < 1024
    assert aigc_label.read(path) == LABEL


def test_a_signed_document_takes_no_mark_unless_ordered() -> None:
    with pytest.raises(Refused, match="signed"):
        aigc_label.mark(signed(built.plain()))


def test_whose_label_it_is_counts_here_too() -> None:
    with pytest.raises((Refused, NotConfirmed), match="another producer"):
        aigc_label.embed(built.labelled_elsewhere(), label=LABEL)
