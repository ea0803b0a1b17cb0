"""A label in the archive's comment, before it, or between its members."""

from __future__ import annotations

from conformance.build import LABEL, Files, docx_parts, fixture, stored
from fixtures.build import ooxml


def plain() -> bytes:
    return fixture("ooxml/minimal.docx")


def comment() -> bytes:
    return plain()[:-2] + len(LABEL).to_bytes(2, "little") + LABEL.encode()


FILES: Files = {
    "comment.docx": comment,
    "prefix.docx": lambda: LABEL.encode() + plain(),
    "unreferenced-part.docx": lambda: stored({**docx_parts(LABEL), "_rels/.rels": ooxml.relations()}),
    "item-of-another-name.docx": lambda: stored(
        {**{k: v for k, v in docx_parts().items() if k != "docProps/custom.xml"}, "customXml/item1.xml": LABEL}
    ),
}
