"""Labels PDF: the entry AIGC of the document information, appended as a revision, so that every old byte stays in front.

XMP metadata, where the file has it, is kept in step: it and the document information are two views of one set of metadata
(ISO 32000-2, 14.3), so an XMP property that says the same is no second label.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from aigc_label import pdf_label
from aigc_label.bilingual import Bilingual
from aigc_label.errors import AigcLabelError, LimitExceeded, Refused
from aigc_label.evidence import Notice, NoticeKind, Reading, Standing, Survey
from aigc_label.grammars import pdf
from aigc_label.grammars.pdf import Document
from aigc_label.grammars.pdf_objects import Name, hexadecimal, literal
from aigc_label.grammars.pdf_signatures import NO_CHANGES, signatures_of
from aigc_label.grammars.pdf_update import OF_STREAMS, Change, respelt, revision
from aigc_label.grammars.pdf_xref import Indirect, header_at
from aigc_label.label import KEY, NAMESPACE, PREFIX
from aigc_label.source import Source
from aigc_label.splice import Keep, Plan, PlanSource

LEAD: Final = (
    b"\n%GB45438 label\n"  # 16 bytes, written last (patching.SMALLEST): a revision without them is still sound
)
ROOM: Final = 192  # white space in the dictionary that we write, so that a later label fits without a new revision
REVISIONS: Final = 32  # earlier ones that are looked at
TAIL: Final = 64 * 1024  # bytes at the end that are searched for labels outside every carrier
IN_THE_CLEAR: Final = b"/Filter/Crypt/DecodeParms<</Name/Identity>>"  # of a stream in an encrypted file
SCHEMA: Final = "GB 45438-2025 label of AI-generated content"
DESCRIPTION: Final = "Implicit label of AI-generated or synthesised content, JSON text (GB 45438-2025, Annex E)"
TRACES: Final = (b"label", b"produceid", b"contentpro", b"propagat", b"reserve", KEY.lower().encode())  # of any label


def read(source: Source) -> Survey:
    """Give the labels of the newest revision, and what else a judge must know.

    Of earlier revisions, only labels that differ are worth a notice: no reader shows them. Raises `MalformedFile`,
    `LimitExceeded`.
    """
    document = pdf.opened(source)
    if document.locked:
        detail = "encrypted; it takes a password or certificate to read it"
        notice = Notice(kind=NoticeKind.UNREAD, offset=0, detail=detail)
        return pdf_label.merged([Survey(notices=(notice,)), _around(document)])
    base = _without_ours(document) or document
    current = pdf_label.labels_of(document)
    texts = {reading.text for reading in current.readings}
    parts = [pdf_label.together(current), _structure(document), _around(base)]
    parts += [_earlier(older, texts) for older in _revisions(document)]
    return pdf_label.merged([*parts, _loose(base)])


def _revisions(document: Document) -> list[Document]:
    """Give the document as it was before each of its last changes, newest first."""
    places = [index for index, section in enumerate(document.sections) if index and not section.beside]
    return [document.before(index) for index in places[:REVISIONS]]


def _earlier(older: Document, texts: set[str]) -> Survey:
    try:
        labels = pdf_label.labels_of(older)
    except AigcLabelError:  # a linearised file's second section has no catalogue of its own
        return Survey()
    differing = [reading for reading in labels.readings if reading.text not in texts]
    texts.update(reading.text for reading in differing)
    return Survey(
        notices=tuple(
            Notice(kind=NoticeKind.EARLIER, offset=reading.offset, detail=f"{reading.carrier}: {reading.text[:200]}")
            for reading in differing
        )
    )


def _structure(document: Document) -> Survey:
    """Give notices of signatures, Content Credentials and damage."""
    notices = []
    if document.rebuilt:
        detail = "the cross-reference is broken; the objects were found by a search"
        notices.append(Notice(kind=NoticeKind.DAMAGED, offset=0, detail=detail))
    root = document.root
    try:
        signed = signatures_of(document)
        if signed.exist or signed.rights:
            level = f", DocMDP level {signed.level}" if signed.level else ""
            notices.append(Notice(kind=NoticeKind.SIGNED, offset=root.base, detail=f"{signed.count} signatures{level}"))
        for each in document.list(root.dictionary.get(b"AF"))[: document.source.limits.depth]:
            if document.dictionary(each).get(b"AFRelationship") == Name(b"C2PA_Manifest"):
                notices.append(Notice(kind=NoticeKind.C2PA, offset=root.base, detail="AFRelationship C2PA_Manifest"))
    except AigcLabelError as problem:
        notices.append(Notice(kind=NoticeKind.DAMAGED, offset=problem.offset or root.base, detail=problem.what.en))
    return Survey(notices=tuple(notices))


def _around(document: Document) -> Survey:
    """Give what stands before the header and behind the end."""
    source = document.source
    head = header_at(source)
    before = source.upto(0, head).strip(b"\xef\xbb\xbf\0\t\n\f\r ")
    if not before and document.end >= source.size:
        return Survey()
    from aigc_label import loose_label  # most files have nothing there

    parts = [loose_label.behind(source, document.end, "pdf.trailing")]
    if before:
        notice = Notice(kind=NoticeKind.POLYGLOT, offset=0, detail=f"{head} bytes before the PDF header")
        parts.append(Survey(notices=(notice,)))
        parts.append(loose_label.survey(source.upto(0, head), 0, "pdf.prefix", Standing.HIDDEN, source.limits))
    return pdf_label.merged(parts)


def _loose(document: Document) -> Survey:
    """Give labels that stand in objects near the file's end without being any carrier's: no reader shows them."""
    source, limits = document.source, document.source.limits
    start = max(0, document.end - TAIL)
    data = source.upto(start, document.end - start)
    small = data.lower()
    if b"{" not in data or not any(trace in small for trace in TRACES):
        return Survey()
    from aigc_label.loose_label import spans

    known = [_extent(held) for each in (document, *_revisions(document)) for held in _carriers(each)]
    readings = [
        Reading(carrier="pdf.unreferenced", standing=Standing.HIDDEN, text=span.text, offset=start + span.start)
        for span in spans(data, limits)
        if not any(a <= start + span.start < b for a, b in known) and not _in_stream(data, span.start)
    ]
    return Survey(readings=tuple(readings))


def _carriers(document: Document) -> list[Indirect]:
    try:
        return [held for held in (document.info, document.metadata) if held is not None]
    except AigcLabelError:
        return []


def _extent(held: Indirect) -> tuple[int, int]:
    return held.place(held.dictionary.span.start), held.place(held.dictionary.span.end)


def _in_stream(data: bytes, at: int) -> bool:
    """Tell whether a place lies in a stream: text of a page that speaks of labels is not one."""
    opened = data.rfind(b"stream", 0, at)
    return opened >= 0 and data[opened - 3 : opened] != b"end"


def plan(source: Source, text: str) -> Plan:
    """Give the file with one entry AIGC in its document information, and XMP in step with it.

    The file's bytes stay, a revision is appended; one that we appended last is written anew instead, of the same size where
    it fits. Raises `Refused` where an owner or a signature allows no change, `MalformedFile`, `LimitExceeded`.
    """
    document = pdf.opened(source)
    if not document.locked and _is_labelled(document, text):
        return (Keep(0, source.size),)
    _check_allowed(document)
    base = _without_ours(document)
    if base is None:
        return (Keep(0, source.size), _update(document, text, 0))
    size = base.source.size
    return (Keep(0, size), _update(base, text, source.size - size))


def _is_labelled(document: Document, text: str) -> bool:
    """Tell whether this very label is there already, and no other."""
    held = list(pdf_label.in_info(document))
    if [(one.text, one.repairs) for one in held] != [(text, ())]:
        return False
    if document.metadata is None:
        return True
    found = pdf_label.in_xmp(document)
    return len(found.readings) == 1 and pdf_label.in_step(found.readings[0], text)


def _check_allowed(document: Document) -> None:
    if document.locked:
        raise Refused(
            Bilingual("the file is encrypted with a password or certificate", "文件已用密码或证书加密"),
            remedy=Bilingual(
                "Label it before it is encrypted, or decrypt a copy: `qpdf --decrypt --password=... FILE OUT`.",
                "请在加密之前添加标识，或先解密副本：`qpdf --decrypt --password=... 原文件 新文件`。",
            ),
        )
    if document.cipher is not None and not document.cipher.may_modify:
        raise Refused(
            Bilingual("the owner of the encrypted file forbids changes to it", "文件所有者禁止修改该加密文件"),
            remedy=Bilingual("Label the file before it is protected.", "请在设置文档保护之前添加标识。"),
        )
    signed = signatures_of(document)
    if signed.level == NO_CHANGES or signed.rights:
        raise Refused(
            Bilingual(
                "the document is certified so that any change makes its signature invalid",
                "文档的认证签名不允许任何更改，添加标识会使签名失效",
            )
            if signed.level == NO_CHANGES
            else Bilingual(
                "the document's extended usage rights end with any change", "任何更改都会使文档的扩展使用权限失效"
            ),
            remedy=Bilingual("Label the document first and sign it last.", "请先添加标识，最后再签名。"),
        )


def _update(document: Document, text: str, size: int) -> bytes:
    """Give the revision to append: of `size` bytes where it fits into them, else with room for later labels."""
    metadata = list(_xmp_change(document, text))
    smallest = _revision(document, text, 0, metadata)
    room = size - len(smallest) if size >= len(smallest) else ROOM
    for _ in range(3):  # more room can make an offset a digit longer
        out = _revision(document, text, room, metadata)
        if size < len(smallest) or len(out) == size:
            return out
        room += size - len(out)
    return _revision(document, text, ROOM, metadata)


def _revision(document: Document, text: str, room: int, metadata: list[Change]) -> bytes:
    info, number, generation = document.info, document.free_number, 0
    if info is not None and info.number:
        number, generation = info.number, info.generation
    spelt = literal(pdf_label.encoded(text))
    if document.cipher is not None:
        spelt = hexadecimal(
            document.cipher.closed(number, generation, pdf_label.encoded(text), document.cipher.strings)
        )
    entry = b"/%s %s%s" % (KEY.encode(), spelt, b" " * room)
    if info is None:
        body = b"<<" + entry + b">>"
    else:
        edits = {(held.span.start, held.span.end): b"" for held in pdf_label.in_info(document)}
        end = info.dictionary.span.end - 2
        body = respelt(document, info, {**edits, (end, end): entry})
    changes = [Change(number, generation, body), *metadata]
    return revision(document, LEAD, changes, {b"Info": b"%d %d R" % (number, generation)})


def _xmp_change(document: Document, text: str) -> Iterator[Change]:
    """Give the XMP stream with the same label, where there is one and it does not say so yet."""
    held = document.metadata
    if held is None:
        return
    from aigc_label import xmp_label  # most files have no XMP
    from aigc_label.grammars import pdfa

    limits = document.source.limits
    old = document.content(held)
    new = xmp_label.with_label(old, text, limits)
    if new == old:
        return
    if pdfa.part_of(new, limits) in pdfa.STRICT_PARTS:
        schema = pdfa.Declared(namespace=NAMESPACE, prefix=PREFIX, name=KEY, schema=SCHEMA, description=DESCRIPTION)
        new = pdfa.declared(new, schema, limits)
    how = b""
    if document.cipher is not None and document.is_closed(held):
        new = document.cipher.closed(held.number, held.generation, new, document.cipher.streams)
    elif document.cipher is not None and document.cipher.metadata:
        how = IN_THE_CLEAR
    stream = held.dictionary
    edits = {(span.start, span.end): b"" for key, span in stream.spans.items() if key in OF_STREAMS}
    end = stream.span.end - 2
    spelt = respelt(document, held, {**edits, (end, end): b"%s/Length %d" % (how, len(new))})
    yield Change(held.number, held.generation, spelt + b"\nstream\n" + new + b"\nendstream")


def _without_ours(document: Document) -> Document | None:
    """Give the document as it was before our revision, where our revision is its last.

    It is ours where writing the same label into what stands before it gives the same bytes: nothing else passes for it, so
    nothing else is ever taken for replaceable.
    """
    source, info = document.source, document.info
    at = info.offset - len(LEAD) if info is not None else -1
    if info is None or at <= 0 or source.upto(at, len(LEAD)) != LEAD or source.size - at > source.limits.packet:
        return None
    try:
        text = next((held.text for held in pdf_label.in_info(document) if held.name_is_exact), "")
        base = pdf.opened(PlanSource(source, (Keep(0, at),)))
        return base if _update(base, text, source.size - at) == source.at(at, source.size - at) else None
    except (LimitExceeded, AigcLabelError):
        return None


def payload(source: Source) -> tuple[Keep, ...]:
    """Give the whole file as it was before our own last revision: what a label is added to, and never changes."""
    base = _without_ours(pdf.opened(source))
    return (Keep(0, base.source.size if base is not None else source.size),)
