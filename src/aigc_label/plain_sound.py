"""Finds the plain samples of a WAV or AIFF file: where they begin, how many there are, how they lie."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from aigc_label.bilingual import Bilingual
from aigc_label.errors import MalformedFile
from aigc_label.grammars import aiff, riff, wave
from aigc_label.pcm import Layout
from aigc_label.source import Source

INTEGER_CODINGS: Final = {1: "s8", 2: "s16", 3: "s24", 4: "s32"}
COMPRESSIONS: Final = {  # AIFF-C: coding and byte order; "" takes the integer of the declared bits
    b"NONE": ("", "big"),
    b"twos": ("", "big"),
    b"in24": ("s24", "big"),
    b"in32": ("s32", "big"),
    b"sowt": ("", "little"),
    b"raw ": ("u8", "big"),
    b"fl32": ("f32", "big"),
    b"FL32": ("f32", "big"),
    b"fl64": ("f64", "big"),
    b"FL64": ("f64", "big"),
    b"alaw": ("alaw", "big"),
    b"ALAW": ("alaw", "big"),
    b"ulaw": ("ulaw", "big"),
    b"ULAW": ("ulaw", "big"),
}


@dataclass(frozen=True, slots=True)
class Plain:
    """Samples that lie in a file as numbers: `frames` sound frames from byte `start` on."""

    layout: Layout
    start: int
    frames: int


def plain_of(source: Source, name: str) -> Plain | None:
    """Give where the samples lie in a file of format `name` (wav, aiff); None where they are coded some other way.

    Raises `MalformedFile` where the file does not say, or says it wrong.
    """
    return _wav(source) if name == "wav" else _aiff(source)


def _wav(source: Source) -> Plain | None:
    form = riff.form_of(source)
    parts: dict[bytes, riff.Chunk] = {}
    for part in riff.chunks(source, form):
        parts.setdefault(part.kind, part)
    if b"fmt " not in parts or b"data" not in parts:
        raise MalformedFile(Bilingual("no fmt or no data chunk", "缺少 fmt 或 data 块"), offset=form.offset)
    said, data = wave.format_of(source, parts[b"fmt "]), parts[b"data"]
    coding = _wav_coding(said)
    if coding is None or said.block * 8 != said.bits * said.channels:
        return None
    layout = Layout(coding=coding, order="little", channels=said.channels, rate=said.rate, valid=said.valid)
    return Plain(layout, data.data_at, data.length // layout.block)


def _wav_coding(said: wave.WaveFormat) -> str | None:
    if said.code == wave.PCM:
        return {8: "u8", 16: "s16", 24: "s24", 32: "s32"}.get(said.bits)
    if said.code == wave.FLOAT:
        return {32: "f32", 64: "f64"}.get(said.bits)
    if said.bits != 8:
        return None
    return {wave.ALAW: "alaw", wave.MULAW: "ulaw"}.get(said.code)


def _aiff(source: Source) -> Plain | None:
    parts: dict[bytes, aiff.Chunk] = {}
    for part in aiff.chunks(source):
        parts.setdefault(part.kind, part)
    if b"COMM" not in parts or b"SSND" not in parts:
        raise MalformedFile(Bilingual("no COMM or no SSND chunk", "缺少 COMM 或 SSND 块"), offset=0)
    said, held = aiff.common_of(source, parts[b"COMM"]), parts[b"SSND"]
    if said.compression not in COMPRESSIONS:
        return None
    coding, order = COMPRESSIONS[said.compression]
    coding = coding or INTEGER_CODINGS.get((said.bits + 7) // 8, "")
    if not coding:
        return None
    valid = said.bits if coding in INTEGER_CODINGS.values() else 8
    layout = Layout(coding=coding, order=order, channels=said.channels, rate=said.rate, valid=valid)
    start = held.data + 8 + int.from_bytes(source.at(held.data, 4), "big")
    held_frames = max(0, held.data + held.size - start) // layout.block
    return Plain(layout, start, min(said.frames, held_frames))
