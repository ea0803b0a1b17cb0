"""An encrypted document."""

from __future__ import annotations

from conformance.build import Files, fixture

FILES: Files = {
    "user-password-empty.pdf": lambda: fixture("pdf/encrypted-aes.pdf"),
    "office.docx": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1528),
}
