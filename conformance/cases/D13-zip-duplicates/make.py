"""An Office document whose archive contradicts itself."""

from __future__ import annotations

from conformance.build import LABEL, OTHER, Files, docx, docx_parts, stored


def twice() -> bytes:
    parts = stored(docx_parts(LABEL) | {"docProps/custoN.xml": docx_parts(OTHER)["docProps/custom.xml"]})
    return parts.replace(b"custoN.xml", b"custom.xml")


def renamed() -> bytes:
    data = docx(LABEL)
    return data.replace(b"docProps/custom.xml<?xml", b"docProps/custon.xml<?xml")


FILES: Files = {
    "same-name-twice.docx": twice,
    "local-name-differs.docx": renamed,
    "other-case.docx": lambda: stored(
        docx_parts(LABEL) | {"docProps/Custom.xml": docx_parts(OTHER)["docProps/custom.xml"]}
    ),
}
