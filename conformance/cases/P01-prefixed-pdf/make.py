"""A PDF with bytes before its header."""

from __future__ import annotations

from conformance.build import LABEL, Files, pdf_with

FILES: Files = {
    "page.pdf": lambda: b"<html><body>x</body></html>\n" + pdf_with(LABEL),
    "words.pdf": lambda: b"some words\n" + pdf_with(LABEL),
}
