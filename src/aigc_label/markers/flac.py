"""Puts marks before, after and within the sound of a FLAC file: encoded anew without loss, every sample as it was."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from aigc_label import sound, tagged_stream
from aigc_label.audible import Design
from aigc_label.bilingual import Bilingual
from aigc_label.errors import MalformedFile, NotConfirmed
from aigc_label.formats import BY_NAME
from aigc_label.grammars import flac
from aigc_label.markers import Rendering
from aigc_label.markers.beside import Beside, among, unsupported
from aigc_label.markers.flac_stream import DEPTHS, Encoder, Integers, plain
from aigc_label.marking import Mark
from aigc_label.progress import Stage
from aigc_label.source import Source
from aigc_label.splice import Keep, Piece, tidied

WAY: Final = Bilingual(
    "all sound encoded anew without loss, every sample of the content is kept",
    "全部音频无损重新编码，内容的每个采样保持不变",
)
WITHOUT_SEEKTABLE: Final = Bilingual(
    "; the seek table, which no longer fitted, is left out", "；不再适用的寻址表已省去"
)
SEEKTABLE: Final = 3
CUESHEET: Final = 5
TRACKS: Final = 396  # into a CUESHEET: its tracks (RFC 9639, 8.7)


@dataclass(frozen=True, slots=True)
class Info:
    """What STREAMINFO says of the sound."""

    rate: int
    channels: int
    bits: int
    samples: int
    digest: bytes


def render(source: Source, mark: Mark) -> Rendering:
    """Give the file with the mark before, after or within its sound.

    The samples of the content are proved by the file's own MD5, where it has one. Raises `UnsupportedFormat` for depths
    other than 16 and 24 bits, `NotConfirmed` where the decoded samples are not those of the MD5, `MissingTool`.
    """
    start, blocks = flac.blocks(source)
    info = _info(source.at(blocks[0].offset, blocks[0].size))
    if info.bits not in DEPTHS or info.channels > 8:
        raise unsupported(f"FLAC of {info.bits} bits cannot be encoded here", f"无法在此编码 {info.bits} 位的 FLAC")
    marks = among(source, BY_NAME["flac"], mark, info.rate, info.channels, info.samples)
    encoder = Encoder(info.rate, info.channels, info.bits, source.limits)
    proof = _Proof(info)
    frames = b"".join(encoder.encoded(_programme(source, marks, proof)))
    proof.check()
    bodies: list[tuple[int, Piece]] = [(flac.STREAMINFO, encoder.streaminfo())]
    bodies += [one for block in blocks[1:] if (one := _kept(source, block, marks)) is not None]
    pieces: list[Piece] = [Keep(0, start + 4)]
    for number, (kind, body) in enumerate(bodies, 1):
        size = body.length if isinstance(body, Keep) else len(body)
        pieces += (flac.header(kind, size, last=int(number == len(bodies))), body)
    tail = tagged_stream.payload(source)[0].end  # tags that do not belong behind FLAC frames, but do stand there
    dropped = any(block.kind == SEEKTABLE for block in blocks)
    return Rendering(
        plan=tidied([*pieces, frames, Keep(tail, source.size - tail)]),
        words=marks.words,
        way=Bilingual(WAY.en + WITHOUT_SEEKTABLE.en, WAY.zh + WITHOUT_SEEKTABLE.zh) if dropped else WAY,
        spans=marks.spans(proof.samples / info.rate),
    )


def _info(data: bytes) -> Info:
    if len(data) < 34:
        raise MalformedFile(Bilingual("STREAMINFO is too short", "STREAMINFO 过短"))
    packed = int.from_bytes(data[10:18], "big")
    rate, channels, bits = packed >> 44, (packed >> 41 & 7) + 1, (packed >> 36 & 31) + 1
    return Info(rate, channels, bits, packed & (1 << 36) - 1, data[18:34])


class _Proof:
    """Counts and hashes the content's samples on their way from the decoder to the encoder."""

    def __init__(self, info: Info) -> None:
        self.info = info
        self.samples = 0
        self.digest = hashlib.md5(usedforsecurity=False)

    def saw(self, block: Integers) -> Integers:
        self.samples += len(block)
        self.digest.update(plain(block, self.info.bits))
        return block

    def check(self) -> None:
        stated = self.info.digest
        whole = not self.info.samples or self.samples == self.info.samples
        if not whole or (any(stated) and self.digest.digest() != stated):
            raise NotConfirmed(
                Bilingual(
                    "the sound does not decode to what its own checksum says: the file is damaged",
                    "解码结果与文件自身的校验和不符：文件已损坏",
                ),
                remedy=Bilingual("Export the sound again.", "请重新导出音频。"),
            )


def _programme(source: Source, marks: Beside, proof: _Proof) -> Iterator[Integers]:
    bits = proof.info.bits
    waiting = list(marks.placed(proof.info.samples))
    while waiting and not waiting[0][0]:
        yield _integers(waiting.pop(0)[1], bits)
    at = 0
    for block in _content(source, proof):
        while waiting and waiting[0][0] <= at + len(block) and waiting[0][0] < proof.info.samples:
            place, design = waiting.pop(0)
            yield block[: place - at]
            yield _integers(design, bits)
            block, at = block[place - at :], place
        yield block
        at += len(block)
    for _, design in waiting:
        yield _integers(design, bits)


def _content(source: Source, proof: _Proof) -> Iterator[Integers]:
    stage = Stage(proof.info.samples)
    with sound.opened(source, BY_NAME["flac"]) as container:
        for frame in container.decode(audio=0):
            table: Any = frame.to_ndarray()
            channels = frame.layout.nb_channels
            if channels != proof.info.channels or frame.sample_rate != proof.info.rate:
                raise unsupported("rate or channels change within the stream", "流中途改变采样率或声道数")
            stage.advance(frame.samples)
            yield proof.saw(table.T if frame.format.is_planar else table.reshape(-1, channels))


def _integers(design: Design, bits: int) -> Integers:
    top = 2 ** (bits - 1)
    whole = np.clip(np.rint(design.samples.astype(np.float64) * top), -top, top - 1).astype(np.int32)
    integers: Integers = whole.astype(np.int16) if bits == 16 else whole * 256
    return integers


def _kept(source: Source, block: flac.Block, marks: Beside) -> tuple[int, Piece] | None:
    """Give a metadata block as it is; cue points follow, a seek table (of the old frames) goes."""
    if block.kind == SEEKTABLE:
        return None
    if block.kind == CUESHEET:
        return block.kind, _recued(source.at(block.offset, block.size), marks, block.offset)
    return block.kind, Keep(block.offset, block.size)


def _recued(data: bytes, marks: Beside, offset: int) -> bytes:
    """Move every track of a cue sheet; index points count from their track."""
    new = bytearray(data)
    at = TRACKS
    for _ in range(data[TRACKS - 1] if len(data) >= TRACKS else 0):
        if at + 36 > len(data):
            raise MalformedFile(Bilingual("the cue sheet is cut short", "CUESHEET 不完整"), offset=offset)
        place = marks.moved(int.from_bytes(data[at : at + 8], "big"))
        new[at : at + 8] = place.to_bytes(8, "big")
        at += 36 + 12 * data[at + 35]
    return bytes(new)
