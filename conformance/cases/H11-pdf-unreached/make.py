"""A label in an object that nothing refers to, or behind the last %%EOF."""

from __future__ import annotations

from conformance.build import LABEL, Files, fixture, literal
from fixtures.build import pdf

FILES: Files = {
    "object.pdf": lambda: pdf.classic(pdf.page() | {7: b"<</AIGC%s>>" % literal(LABEL)}),
    "behind.pdf": lambda: fixture("pdf/plain.pdf") + b"<</AIGC%s>>" % literal(LABEL),
    "comment.pdf": lambda: fixture("pdf/plain.pdf").replace(b"%PDF-1.7\n", b"%PDF-1.7\n%" + LABEL.encode() + b"\n"),
}
