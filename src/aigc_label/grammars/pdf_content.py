"""Counts how the content of a PDF page saves and restores the graphics state, so that what is added begins afresh."""

from __future__ import annotations

import re
from typing import Final

DELIMITED: Final = rb"[^\0\t\n\f\r ()<>\[\]{}/%]"
NEXT: Final = re.compile(
    rb"%[^\r\n]*|\(|<<|<[^>]*>|/" + DELIMITED + rb"*|(?P<word>" + DELIMITED + rb"+)"
)  # what is neither white space nor a lone delimiter
BOUNDARY: Final = re.compile(rb"\\.|[()]", re.DOTALL)
IMAGE_END: Final = re.compile(rb"[\0\t\n\f\r ]EI(?=[\0\t\n\f\r ]|$)")


def balance(content: bytes) -> tuple[int, int]:
    """Give how deep `content` digs below the state it began with (0 or less), and how deep it ends.

    `q` saves the graphics state and `Q` restores it; those in strings, comments and inline images do not count.
    """
    depth = lowest = at = 0
    while token := NEXT.search(content, at):
        at = token.end()
        word = token["word"]
        if word == b"q":
            depth += 1
        elif word == b"Q":
            depth -= 1
            lowest = min(lowest, depth)
        elif word == b"ID":
            end = IMAGE_END.search(content, at)
            at = end.end() if end else len(content)
        elif token[0] == b"(":
            at = _string_end(content, at)
    return lowest, depth


def _string_end(content: bytes, at: int) -> int:
    level = 1
    for mark in BOUNDARY.finditer(content, at):
        level += {b"(": 1, b")": -1}.get(mark[0], 0)
        if level == 0:
            return mark.end()
    return len(content)
