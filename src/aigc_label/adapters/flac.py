"""Labels native FLAC: the comment AIGC in the VORBIS_COMMENT block; padding gives or takes, the frames stay."""

from __future__ import annotations

from typing import Final

from aigc_label import id3_label, tagged_stream
from aigc_label.evidence import Reading, Standing, Survey
from aigc_label.grammars import flac, vorbis_comment
from aigc_label.label import KEY
from aigc_label.source import Source
from aigc_label.splice import Keep, Piece, Plan, tidied

ROOM: Final = 1024  # padding left behind where there was none or too little
VENDOR: Final = b"aigc-label"


def read(source: Source) -> Survey:
    """Give every AIGC comment, in file order."""
    _, blocks = flac.blocks(source)
    # some tools put ID3 before the marker; only what a writer must know of it counts
    notices = [
        n for tag in tagged_stream.tags(source) for n in id3_label.survey(tag, "flac.id3", Standing.COMPATIBLE).notices
    ]
    readings = []
    for block in blocks:
        if block.kind == flac.COMMENT:
            found = vorbis_comment.parse(source.at(block.offset, block.size), source.limits)
            for comment in found.comments:
                if comment.name == KEY:
                    readings.append(_reading(comment, block.offset))
    return Survey(readings=tuple(readings), notices=tuple(notices))


def _reading(comment: vorbis_comment.Comment, offset: int) -> Reading:
    at = offset + comment.offset
    return Reading(carrier="flac.comment", standing=Standing.PRIMARY, text=comment.value, offset=at)


def plan(source: Source, text: str) -> Plan:
    """Give the file with one AIGC comment; a missing comment block is put behind STREAMINFO."""
    start, blocks = flac.blocks(source)
    held = next((block for block in blocks if block.kind == flac.COMMENT), None)
    old = vorbis_comment.Block(VENDOR, (), b"")
    if held is not None:
        old = vorbis_comment.parse(source.at(held.offset, held.size), source.limits)
        if [comment.raw for comment in old.comments if comment.name == KEY] == [f"{KEY}={text}".encode()]:
            return (Keep(0, source.size),)
    new = old.with_field(KEY, text).to_bytes()
    bodies: list[tuple[int, Piece]] = []
    for block in blocks:
        if block is held:
            bodies.append((flac.COMMENT, new))
        elif block.kind != flac.PADDING:
            bodies.append((block.kind, Keep(block.offset, block.size)))
        if held is None and block.kind == flac.STREAMINFO:
            bodies.append((flac.COMMENT, new))
    bodies.append((flac.PADDING, b"\0" * _room(blocks, bodies)))
    return tidied([Keep(0, start + 4), *_serialised(bodies), Keep(blocks[-1].end, source.size - blocks[-1].end)])


def _room(blocks: tuple[flac.Block, ...], bodies: list[tuple[int, Piece]]) -> int:
    """Give the padding that keeps the metadata's size, else room anew. All padding is gathered into one last block."""
    before = sum(4 + block.size for block in blocks)
    after = sum(4 + (body.length if isinstance(body, Keep) else len(body)) for _, body in bodies) + 4
    return before - after if 0 <= before - after <= flac.MAX_BLOCK else ROOM


def _serialised(bodies: list[tuple[int, Piece]]) -> list[Piece]:
    pieces: list[Piece] = []
    for number, (kind, body) in enumerate(bodies, 1):
        size = body.length if isinstance(body, Keep) else len(body)
        pieces += (flac.header(kind, size, last=int(number == len(bodies))), body)
    return pieces


def payload(source: Source) -> tuple[Keep, ...]:
    """Give STREAMINFO and the audio frames."""
    _, blocks = flac.blocks(source)
    return (Keep(blocks[0].offset, blocks[0].size), Keep(blocks[-1].end, source.size - blocks[-1].end))
