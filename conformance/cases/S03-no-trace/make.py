"""A file without any trace."""

from __future__ import annotations

from conformance.build import Files, fixture

NAMES = ("jpeg/baseline.jpg", "png/plain.png", "webp/lossy.webp", "gif/still.gif", "mp4/tail.mp4", "mp3/bare.mp3")
NAMES += ("wav/plain.wav", "flac/streaminfo-only.flac", "pdf/plain.pdf", "ooxml/minimal.docx", "html/page.html")
FILES: Files = {name.split("/")[1]: lambda name=name: fixture(name) for name in NAMES}
