"""Reads a text as a person does and says which labels stand in it: by where they stand, not by what is mentioned."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import Final

from aigc_label.detectors.statements import (
    LONGEST,
    has_subject,
    is_foreign_statement,
    is_statement,
    leading,
    trailing,
    unwrapped,
)
from aigc_label.evidence import Moment, Sighting, SightingKind
from aigc_label.formats import Format
from aigc_label.grammars import html_text
from aigc_label.grammars.comments import comment_lines
from aigc_label.grammars.css import hides
from aigc_label.grammars.html import Document, document_of
from aigc_label.grammars.html_text import HEADINGS
from aigc_label.grammars.markdown import ITEM, Kind, body_lines, front_matter_at
from aigc_label.grammars.rtf import body_of
from aigc_label.grammars.subtitles import cues
from aigc_label.grammars.text import lines, text_of
from aigc_label.source import Source

DETECTOR: Final = "texts"
MOST: Final = 1_000  # paragraphs in the middle that look like labels; more of them tell nothing new
ELEMENTS: Final = re.compile(r"人工智能|AI|artificial", re.IGNORECASE)
HEADING: Final = re.compile(r"[ \t]{0,3}#{1,6}[ \t]")
UNDERLINE: Final = re.compile(r"[ \t]{0,3}(?:=+|-+)[ \t]*")
TABLE: Final = re.compile(r"[ \t]{0,3}\|")
CELL: Final = re.compile(r'"((?:[^"]|"")*)"|([^,;\t"]+)')


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph as shown. `own`: it stands alone, so that it can be a label as a whole."""

    text: str
    own: bool = True
    heading: bool = False


def look(source: Source, row: Format) -> tuple[Sighting, ...]:
    """Give the labels that a reader of the text sees, those at its start and end first; empty where there are none.

    Text that is hidden (comments, code, `display:none`, templates) does not count. Raises `MalformedFile` and the like
    where the text cannot be read: not being able to look is never "nothing seen".
    """
    return tuple(_labels(list(_READERS.get(row.name, _plain)(source))))


def _labels(paragraphs: list[Paragraph]) -> Iterator[Sighting]:
    if not paragraphs:
        return
    first, last = paragraphs[0], paragraphs[-1]
    opening = 1 if first.heading and len(paragraphs) > 1 else 0
    ends: list[Sighting] = []
    for moment, paragraph, bracketed in (
        (Moment.START, paragraphs[opening], _within(first, leading) or _within(paragraphs[opening], leading)),
        (Moment.END, last, _within(last, trailing)),
    ):
        words = _whole(paragraph) or bracketed
        if words:
            ends.append(_seen(words, moment))
    yield from ends
    count = 0
    for paragraph in paragraphs[opening + 1 : -1]:
        words = _middle(paragraph)
        if words:
            count += 1
            yield _seen(words, Moment.MIDDLE)
            if count >= MOST:
                return
    if not ends and not count:
        yield from _foreign(paragraphs[opening], last)


def _within(paragraph: Paragraph, part: Callable[[str], str]) -> str:
    """Give a label in brackets that a paragraph or heading begins or ends with; code and lists have none."""
    return part(paragraph.text) if paragraph.own or paragraph.heading else ""


def _whole(paragraph: Paragraph) -> str:
    """Give a paragraph at one of the ends as a label, "" where it is none."""
    if not paragraph.own or paragraph.heading or len(paragraph.text) > LONGEST:
        return ""
    words, _ = unwrapped(paragraph.text)
    return words if is_statement(words) else ""


def _middle(paragraph: Paragraph) -> str:
    """In the middle a label needs brackets or a subject: `AI生成` alone may be a word of the text."""
    if not paragraph.own or paragraph.heading or len(paragraph.text) > LONGEST or not ELEMENTS.search(paragraph.text):
        return ""
    words, bracketed = unwrapped(paragraph.text)
    return words if is_statement(words) and (bracketed or has_subject(words)) else ""


def _foreign(*paragraphs: Paragraph) -> Iterator[Sighting]:
    for moment, paragraph in zip((Moment.START, Moment.END), paragraphs, strict=True):
        words, _ = unwrapped(paragraph.text[: LONGEST + 1])
        if paragraph.own and is_foreign_statement(words):
            yield replace(_seen(words, moment), confidence=0.5)


def _seen(words: str, moment: Moment) -> Sighting:
    return Sighting(kind=SightingKind.TEXT, text=words, detector=DETECTOR, confidence=1.0, moment=moment)


def _plain(source: Source) -> Iterator[Paragraph]:
    characters = text_of(source).characters
    for start, words, _ in lines(characters):
        line = characters[start:words].strip()
        if line:
            yield Paragraph(line)


def _markdown(source: Source) -> Iterator[Paragraph]:
    characters = text_of(source).characters
    front = front_matter_at(characters, 0)
    hidden = _hidden_ranges(characters, front.end if front else 0)
    blank = True
    held: list[tuple[str, bool]] = []  # the lines of one paragraph, and whether each may be a label
    for line in body_lines(characters, front.end if front else 0):
        words = characters[line.start : line.words]
        if line.kind is not Kind.TEXT:
            yield from _joined(held)
            blank = line.kind is Kind.BLANK
            continue
        is_code = (blank and not held and words[:4] in ("    ", "\t")) or words[:1] == "\t"
        inside = any(start <= line.start < end for start, end in hidden)
        if inside:
            continue
        heading = HEADING.match(words) is not None
        if heading:
            yield from _joined(held)
            yield Paragraph(words.strip().strip("#").strip(), own=False, heading=True)
        else:
            listed = ITEM.match(words) or TABLE.match(words)
            held.append((words, not is_code and not listed))
        blank = False
    yield from _joined(held)


def _joined(held: list[tuple[str, bool]]) -> Iterator[Paragraph]:
    if held:
        if len(held) > 1 and UNDERLINE.fullmatch(held[-1][0]) and held[-1][0].strip(" \t="):
            yield Paragraph(" ".join(words.strip() for words, _ in held[:-1]), own=False, heading=True)
        else:
            text = " ".join(words.strip().lstrip("> \t") for words, _ in held).strip()
            yield Paragraph(text, own=all(may for _, may in held))
        held.clear()


HIDES: Final = re.compile(
    r"<(?:details|template|svg|style|[a-z][^<>]{0,400}?(?:hidden|none|opacity|font-size|:\s*-\d|transparent|class|background))",
    re.IGNORECASE,
)


def _hidden_ranges(characters: str, body: int) -> list[tuple[int, int]]:
    """Give what HTML inside Markdown hides, as ranges of characters: rare, so looked for only where something may."""
    if not HIDES.search(characters, body):
        return []
    masked = "".join(
        characters[line.start : line.end]
        if line.kind in (Kind.TEXT, Kind.BLANK, Kind.RAW)
        else "\n" * (line.end - line.start)
        for line in body_lines(characters, body)
    )
    data = masked.encode(errors="replace")
    document = Document(data, "utf-8", "utf-8", 0)
    if any(hides(rule.style) for rule in html_text.rules_of(document)):
        return [(body, len(characters))]  # paragraphs have no tags here that a selector could be held against
    found = html_text.hidden_ranges(document)
    return [(body + len(data[:start].decode()), body + len(data[:end].decode())) for start, end in found]


def _html(source: Source) -> Iterator[Paragraph]:
    for block in html_text.blocks(document_of(source)):
        yield Paragraph(block.text, own=not block.element, heading=block.element in HEADINGS)


def _code(source: Source) -> Iterator[Paragraph]:
    text = text_of(source)
    for line in comment_lines(text.characters, PurePath(source.name).suffix):
        yield Paragraph(line.text, own=line.comment)


def _rows(source: Source) -> Iterator[Paragraph]:
    characters = text_of(source).characters
    for start, words, _ in lines(characters):
        cells = [
            quoted.replace('""', '"') or bare
            for quoted, bare in CELL.findall(characters[start : min(words, start + 4096)])
        ]
        filled = [cell.strip() for cell in cells if cell.strip()]
        if filled:
            yield Paragraph(" ".join(filled), own=len(filled) == 1)


def _cues(source: Source) -> Iterator[Paragraph]:
    characters = text_of(source).characters
    styled = "::cue" in characters  # WebVTT's own style sheet
    for cue in cues(characters):
        yield Paragraph(" ".join(cue.text.split()), own=cue.plain and not styled)


def _rtf(source: Source) -> Iterator[Paragraph]:
    for shown in body_of(source).paragraphs:
        yield Paragraph(shown.text, own=shown.alone)


_READERS: Final[dict[str, Callable[[Source], Iterable[Paragraph]]]] = {
    "markdown": _markdown,
    "html": _html,
    "code": _code,
    "csv": _rows,
    "subtitles": _cues,
    "rtf": _rtf,
}
