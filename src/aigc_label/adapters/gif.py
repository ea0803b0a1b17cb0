"""Labels GIF pictures, still and animated: XMP in an application extension; reads comments and foreign extensions."""

from __future__ import annotations

from typing import Final, TypeAlias

from aigc_label import loose_label, xmp_label
from aigc_label.bilingual import Bilingual
from aigc_label.errors import AigcLabelError, LimitExceeded
from aigc_label.evidence import Notice, NoticeKind, Standing, Survey
from aigc_label.grammars import gif
from aigc_label.grammars.gif import Block
from aigc_label.source import Source
from aigc_label.splice import Keep, Plan, replaced, tidied

CREDENTIALS: Final = b"C2PA_GIF"  # C2PA specification, embedding into GIF
LOOPS: Final = (b"NETSCAPE2.0", b"ANIMEXTS1.0")  # old readers want the loop count right behind the colour table
PICTURE_EXTENSIONS: Final = (*LOOPS, b"ICCRGBG1012")
GRAPHICS: Final = (gif.IMAGE, gif.GRAPHIC_CONTROL, gif.PLAIN_TEXT)

Edit: TypeAlias = tuple[int, int, bytes]


def read(source: Source) -> Survey:
    """Give every label text of the picture, in file order, and what else a writer must know.

    Raises `MalformedFile` where the blocks do not hang together up to the trailer, `LimitExceeded` for too many.
    """
    found: list[Survey] = []
    end = 0
    for block in gif.blocks(source):
        end = block.end
        if block.name == gif.XMP:
            found.append(_xmp(source, block))
        elif block.name.startswith(CREDENTIALS):
            notice = Notice(kind=NoticeKind.C2PA, offset=block.offset, detail="C2PA_GIF extension")
            found.append(Survey(notices=(notice,)))
        elif not _of_picture(block):
            found.append(_loose(source, block))
    return xmp_label.merged([*found, loose_label.behind(source, end, "gif.trailing")])


def _of_picture(block: Block) -> bool:
    return block.label in GRAPHICS or block.label == gif.TRAILER or block.name in PICTURE_EXTENSIONS


def _xmp(source: Source, block: Block) -> Survey:
    try:
        packet = gif.packet_of(source, block)
    except AigcLabelError as problem:
        notice = Notice(kind=NoticeKind.UNREAD, offset=block.offset, detail=f"XMP: {problem.what.en}")
        return Survey(notices=(notice,))
    survey = xmp_label.survey(packet, block.data_at, "gif.xmp", Standing.PRIMARY, source.limits)
    if gif.xmp_extension(packet) == source.at(block.offset, block.end - block.offset):
        return survey
    damage = Notice(kind=NoticeKind.DAMAGED, offset=block.offset, detail="XMP without the magic trailer")
    return xmp_label.merged([survey, Survey(notices=(damage,))])


def _loose(source: Source, block: Block) -> Survey:
    """Comments, where labels are met in the wild, and extensions that no reader knows."""
    data = gif.joined(source, block, source.limits.label)
    if block.label == gif.COMMENT:
        carrier, standing = "gif.comment", Standing.COMPATIBLE
    else:
        name = block.name[:8].decode("ascii", "replace").strip() or f"{block.label:02x}"
        carrier, standing = f"gif.extension.{name}", Standing.HIDDEN
    survey = loose_label.survey(data, 0, carrier, standing, source.limits)
    return loose_label.placed(survey, block.offset)


def plan(source: Source, text: str) -> Plan:
    """Give the picture with one XMP packet that holds the label; labels in comments are cut.

    A new packet stands before the first frame, behind the extension that holds the loop count. GIF87a knows no
    extensions, so such a file's header becomes GIF89a: six bytes, and nothing that a decoder draws otherwise.
    """
    edits: list[Edit] = [(0, 6, b"GIF89a")]
    packets: list[Block] = []
    insert_at = gif.body_of(source)
    drawn = False
    for block in gif.blocks(source):
        drawn = drawn or block.label in GRAPHICS
        if block.name == gif.XMP:
            packets.append(block)
        elif block.name in LOOPS and not drawn:
            insert_at = block.end
        elif block.label == gif.COMMENT:
            edits += _comment_edits(source, block)
    edits += _packet_edits(source, packets, insert_at, text)
    return replaced(source.size, [edit for edit in edits if edit[2] != source.at(edit[0], edit[1] - edit[0])])


def _comment_edits(source: Source, block: Block) -> list[Edit]:
    if not _loose(source, block).readings:
        return []
    length = block.end - block.data_at
    if length > source.limits.packet:
        raise LimitExceeded(
            Bilingual(f"a comment with a label has {length} bytes", f"带有标识的注释块长达 {length} 字节"),
            limit="packet",
            offset=block.offset,
        )
    rest = loose_label.without(gif.joined(source, block, length), source.limits)
    return [(block.offset, block.end, gif.extension(gif.COMMENT, rest) if rest else b"")]


def _packet_edits(source: Source, packets: list[Block], insert_at: int, text: str) -> list[Edit]:
    if not packets:
        return [(insert_at, insert_at, gif.xmp_extension(xmp_label.with_label(None, text, source.limits)))]
    first, *others = packets
    packet = xmp_label.with_label(gif.packet_of(source, first), text, source.limits)
    edits = [(first.offset, first.end, gif.xmp_extension(packet))]
    for block in others:
        old = gif.packet_of(source, block)
        new = xmp_label.without_label(old, source.limits)
        if new != old:
            edits.append((block.offset, block.end, gif.xmp_extension(new)))
    return edits


def payload(source: Source) -> tuple[Keep, ...]:
    """Give all that is drawn: screen, colour tables, frames with their timing, loop count, colour profile, trailer."""
    body = gif.body_of(source)
    kept = [Keep(6, body - 6)]
    kept += [Keep(block.offset, block.end - block.offset) for block in gif.blocks(source) if _of_picture(block)]
    return tuple(piece for piece in tidied(kept) if isinstance(piece, Keep))
