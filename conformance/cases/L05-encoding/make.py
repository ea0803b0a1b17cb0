"""Texts in other encodings than the carrier asks for."""

from __future__ import annotations

from conformance.build import LABEL, Files, fixture, label, mp4_with, riff_with
from fixtures.build import _movie, flv, wav

CHINESE = label(producer="某公司")
SPELT = {
    "bom": b"\xef\xbb\xbf" + LABEL.encode(),
    "utf-16": LABEL.encode("utf-16"),
    "gb18030": CHINESE.encode("gb18030"),
    "overlong": LABEL.encode().replace(b"{", b"\xc1\xbb", 1),
    "nul-behind": LABEL.encode() + b"\0\0",
}
FILES: Files = {
    f"{name}.{suffix}": lambda text=text, make=make: make(text)
    for name, text in SPELT.items()
    for suffix, make in {
        "wav": lambda text: riff_with(fixture("wav/plain.wav"), wav.chunk(b"AIGC", text)),
        "mp4": lambda text: mp4_with(_movie.keyed((b"AIGC", text))),
        "flv": lambda text: (
            fixture("flv/without-metadata.flv")[:13]
            + flv.script(b"onMetaData", flv.array(flv.pair(b"AIGC", flv.string(text))))
            + fixture("flv/without-metadata.flv")[13:]
        ),
    }.items()
}
