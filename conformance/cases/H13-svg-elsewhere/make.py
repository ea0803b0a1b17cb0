"""A label in a drawing's text, definitions or foreign markup."""

from __future__ import annotations

from conformance.build import LABEL, Files, escaped, packet


def drawing(inner: str) -> bytes:
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="64" height="48">{inner}<path d="M0 0"/></svg>'.encode()


BODY = packet(LABEL).decode().split("?>", 1)[1].rsplit("<?", 1)[0]
FILES: Files = {
    "description.svg": lambda: drawing(f"<desc>{escaped(LABEL)}</desc>"),
    "definitions.svg": lambda: drawing(f"<defs><metadata>{BODY}</metadata></defs>"),
    "foreign.svg": lambda: drawing(f'<x:aigc xmlns:x="urn:x">{escaped(LABEL)}</x:aigc>'),
    "comment.svg": lambda: drawing(f"<!-- {LABEL} -->"),
}
