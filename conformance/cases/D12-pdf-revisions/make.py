"""A later revision of a PDF replaces the label."""

from __future__ import annotations

from conformance.build import LABEL, OTHER, Files, literal, pdf_with
from fixtures.build import pdf


def revised(first: str, *entries: bytes) -> bytes:
    data = pdf_with(first)
    body, places = pdf.spelt({6: b"<</Title(second)%s>>" % b"".join(entries)}, len(data))
    previous = data.rindex(b"xref\n0 ")
    trailer = b"trailer\n<</Size 7/Root 1 0 R/Info 6 0 R/Prev %d%s>>\n" % (previous, pdf.IDS)
    return data + body + pdf.table(places, whole=False) + trailer + pdf.ended(len(data) + len(body))


FILES: Files = {
    "replaced.pdf": lambda: revised(LABEL, b"/AIGC" + literal(OTHER)),
    "removed.pdf": lambda: revised(LABEL),
}
