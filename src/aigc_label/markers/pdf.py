"""Draws marks on pages of PDF documents: outlines on a plate, appended as a revision, outside the flow of text.

The standard is silent about pages: a document's first page is where its text starts (5.1 d), so that is where the mark
stands. Nor has it a height for documents; the mark's share of the shortest side is held to here as for pictures. The words
are an artifact (ISO 32000-2, 14.8.2.2): searching, copying and reading aloud give what they gave before.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from typing import Final

from aigc_label import badge
from aigc_label.badge import Badge
from aigc_label.bilingual import Bilingual
from aigc_label.errors import AigcLabelError, Refused
from aigc_label.grammars import pdf
from aigc_label.grammars.pdf import Document
from aigc_label.grammars.pdf_content import balance
from aigc_label.grammars.pdf_objects import Ref
from aigc_label.grammars.pdf_pages import Page, contents_of, first_page, pages
from aigc_label.grammars.pdf_update import Change, respelt, revision
from aigc_label.markers import Rendering
from aigc_label.markers.ends import pages_of
from aigc_label.marking import Mark, Position
from aigc_label.source import Source
from aigc_label.splice import Keep
from aigc_label.tracing import outlines_of

LEAD: Final = b"\n%GB45438 mark \n"
OURS: Final = b"AIGCMark"  # a key of the streams that we add, by which a later mark replaces them
PAPER: Final = 255.0  # what lies behind a page's content: the badge is then light, which saves ink
WAY: Final = Bilingual(
    "the words were drawn as outlines over {}; the file's bytes are unchanged in front of that",
    "文字以轮廓形式绘制在{}上层，作为增量更新追加，原有字节未作改动",
)
WHERE: Final = {
    Position.START: Bilingual("the first page", "首页"),
    Position.END: Bilingual("the last page", "末页"),
    Position.BOTH: Bilingual("the first and the last page", "首页和末页"),
    Position.EVERY: Bilingual("every page", "每一页"),
}


def render(source: Source, mark: Mark) -> Rendering:
    """Give the document with the mark on its first page, its last, both or every one, over everything else.

    A mark that we drew there before is replaced. Raises `Refused` where the file is encrypted against changes,
    `MalformedFile` where a page cannot be found, `InvalidMark` where the words cannot fit, `LimitExceeded`.
    """
    document = pdf.opened(source)
    _check_open(document)
    changes: dict[int, Change] = {}
    streams: dict[bytes, Change] = {}
    seen: list[Badge] = []
    for page in _asked(document, mark):
        drawn = badge.design(mark, *page.pixels, backdrop=PAPER)
        seen.append(drawn)
        there = contents_of(document, page.held.dictionary)
        kept = [ref for ref in there if not _is_ours(document, ref)]
        before, after = _states(document, kept)
        contents = [b"q\n" * before, b"Q\n" * after + _artifact(drawn, mark, page)]
        if contents == [_content(document, ref) for ref in there if ref not in kept]:
            continue
        refs = []
        for content in contents:
            if content not in streams:  # pages of one size share theirs
                streams[content] = _stream(document, document.free_number + len(streams), content)
            refs.append(Ref(streams[content].number, 0))
        changes[page.held.number] = _page_change(document, page, [refs[0], *kept, refs[1]])
    where = WHERE[mark.position]
    added = (revision(document, LEAD, [*changes.values(), *streams.values()], {}),) if changes else ()
    return Rendering(
        plan=(Keep(0, source.size), *added),
        box=seen[0].box,
        words=seen[0].words,
        way=Bilingual(WAY.en.format(where.en), WAY.zh.format(where.zh)),
    )


def _asked(document: Document, mark: Mark) -> list[Page]:
    if mark.position is Position.START:
        return [first_page(document)]
    found = list(pages(document)) or [first_page(document)]
    return [found[at] for at in pages_of(mark, len(found))]


def _check_open(document: Document) -> None:
    if document.locked or (document.cipher is not None and not document.cipher.may_modify):
        raise Refused(
            Bilingual("the file is encrypted, and changes to it take a password", "文件已加密，修改需要密码"),
            remedy=Bilingual("Mark the document before it is encrypted.", "请在加密之前添加显式标识。"),
        )


def _is_ours(document: Document, ref: Ref) -> bool:
    held = document.object(ref)
    return held is not None and OURS in held.dictionary.values


def _states(document: Document, contents: Iterable[Ref]) -> tuple[int, int]:
    """Give how often the graphics state has to be saved before the page's content, and restored behind it."""
    lowest, depth = balance(b"\n".join(_content(document, ref) for ref in contents))
    return 1 - lowest, 1 - lowest + depth


def _content(document: Document, ref: Ref) -> bytes:
    held = document.object(ref)
    try:
        return document.content(held) if held is not None else b""
    except AigcLabelError:  # a filter that we do not undo: as good as all programs, this one balanced its states
        return b""


def _page_change(document: Document, page: Page, contents: list[Ref]) -> Change:
    held = page.held
    old = held.dictionary.spans.get(b"Contents")
    end = held.dictionary.span.end - 2
    edits = {(end, end): b"/Contents[" + b" ".join(b"%d %d R" % ref for ref in contents) + b"]"}
    if old is not None:
        edits[old.start, old.end] = b""
    return Change(held.number, held.generation, respelt(document, held, edits))


def _stream(document: Document, number: int, content: bytes) -> Change:
    data = zlib.compress(content, 9)
    if document.cipher is not None:
        data = document.cipher.closed(number, 0, data, document.cipher.streams)
    body = b"<</%s true/Filter/FlateDecode/Length %d>>\nstream\n%s\nendstream" % (OURS, len(data), data)
    return Change(number, 0, body)


def _artifact(drawn: Badge, mark: Mark, page: Page) -> bytes:
    """Give the operators that draw plate and words."""
    box = drawn.box
    plate = [(box.left, box.top), (box.right, box.top), (box.right, box.bottom), (box.left, box.bottom)]
    return b"/Artifact<</Type/Pagination>>BDC\nq\n%s%sQ\nEMC\n" % (
        _filled([plate], drawn.plate, page),
        _filled(_letters(drawn, mark), drawn.ink, page),
    )


def _filled(shapes: Iterable[Iterable[tuple[float, float]]], level: int, page: Page) -> bytes:
    decimals = max(0, len(str(int(page.scale * 50))))  # a fiftieth of a pixel
    out = [f"{level / 255:.4g} g"]
    for shape in shapes:
        points = [f"{x:.{decimals}f} {y:.{decimals}f}" for x, y in page.placed(shape)]
        out.append(f"{points[0]} m {' '.join(f'{point} l' for point in points[1:])} h")
    return "\n".join((*out, "f*\n")).encode()


def _letters(drawn: Badge, mark: Mark) -> list[list[tuple[float, float]]]:
    """Give the outlines of the words in the badge's pixels, as large and where its rasterised letters are."""
    outlines, smallest, (wide, high) = outlines_of(tuple(drawn.words.split("\n")), mark.font)
    scale = drawn.height_share * min(drawn.width, drawn.height) / smallest
    left = (drawn.box.left + drawn.box.right - wide * scale) / 2
    top = (drawn.box.top + drawn.box.bottom - high * scale) / 2
    return [[(left + x * scale, top + y * scale) for x, y in outline] for outline in outlines]
