"""Labels Markdown: the mapping AIGC in YAML front matter, spliced in; nothing else there is written anew."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from aigc_label import loose_label
from aigc_label.bilingual import Bilingual
from aigc_label.errors import InvalidLabel, UnsupportedFormat
from aigc_label.evidence import Form, Notice, NoticeKind, Reading, Repair, Standing, Survey
from aigc_label.grammars import yaml
from aigc_label.grammars.markdown import FrontMatter, Kind, Line, body_lines, front_matter_at
from aigc_label.grammars.text import Text, text_of
from aigc_label.grammars.yaml import Mapping, Scalar, Style, Value
from aigc_label.label import DRAFT_KEYS, KEY, SPELLING
from aigc_label.source import Source
from aigc_label.splice import Keep, Plan, replaced

FIELDS: Final = {key.lower() for key in SPELLING.values()} | set(DRAFT_KEYS)
UNWRITABLE: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")  # YAML 1.2, 5.1 and 5.4
BODY: Final = re.compile(rf"""["']?{KEY}["']?[ \t]*:(?:[ \t]*$|[ \t]+\S)""", re.IGNORECASE)
TOML: Final = re.compile(r"\+\+\+[ \t]*(?:[\r\n]|\Z)")


@dataclass(frozen=True, slots=True)
class Held:
    """One label with the lines it takes (`start..end`, an emptied second block's `---` included)."""

    start: int
    end: int
    reading: Reading


@dataclass(frozen=True, slots=True)
class Parts:
    """A file with its front matter and the labels in it, and those that stand elsewhere."""

    text: Text
    front: FrontMatter | None
    body: int
    inside: tuple[Held, ...]
    outside: tuple[Held, ...]


def _parts(source: Source) -> Parts:
    text = text_of(source)
    front = front_matter_at(text.characters, 0)
    body = front.end if front else 0
    inside = tuple(_in_block(source, text, front, Standing.PRIMARY, "markdown.front-matter")) if front else ()
    return Parts(text, front, body, inside, tuple(_in_body(source, text, body)))


def _in_block(source: Source, text: Text, block: FrontMatter, standing: Standing, carrier: str) -> Iterator[Held]:
    for entry in block.entries:
        value = yaml.value_of(text.characters[entry.value : min(entry.end, entry.value + source.limits.label)])
        if not _is_label(entry.key, value):
            continue
        written = text.characters[entry.value : entry.end]
        said, repairs = _json_of(value, written.strip()[: source.limits.label])
        if entry.key != KEY:
            repairs = (Repair.NAME_CASE if entry.key.upper() == KEY else Repair.NAME_CONTAINS, *repairs)
        reading = Reading(
            carrier=carrier, standing=standing, text=said, offset=entry.start, repairs=tuple(dict.fromkeys(repairs))
        )
        yield Held(entry.start, entry.end, reading)


def _is_label(key: str, value: Value | None) -> bool:
    """A key called AIGC is one; a longer name only where its value has a label's fields."""
    if key.upper() == KEY:
        return True
    known = isinstance(value, Mapping) and any(name.lower() in FIELDS for name, _ in value.pairs)
    return known and KEY in key.upper()


def _json_of(value: Value | None, written: str) -> tuple[str, tuple[Repair, ...]]:
    """Give a YAML value as JSON text, keys in their order and twice where they stand twice, and what YAML asked to mend."""
    if value is None:
        return written, (Repair.ENCODING,)
    if isinstance(value, Scalar):
        return value.text.strip(), (Repair.DOUBLE_ENCODED,)
    repairs: list[Repair] = []
    return _spelt(value, repairs), tuple(repairs)


def _spelt(value: Value, repairs: list[Repair]) -> str:
    if isinstance(value, Scalar):
        if value.style is Style.NULL:
            return "null"
        if value.style is Style.NUMBER:
            repairs.append(Repair.NUMBER)
        elif value.style is not Style.SINGLE:
            repairs.append(Repair.NOTATION)
        return json.dumps(value.text, ensure_ascii=False)
    if isinstance(value, tuple):
        return f"[{','.join(_spelt(item, repairs) for item in value)}]"
    if value.flow:
        repairs.append(Repair.NOTATION)
    pairs = (f"{json.dumps(key, ensure_ascii=False)}:{_spelt(item, repairs)}" for key, item in value.pairs)
    return f"{{{','.join(pairs)}}}"


def _in_body(source: Source, text: Text, body: int) -> Iterator[Held]:
    """Give the labels that generators leave in the body: blocks of their own without code around them, comments too."""
    rows = list(body_lines(text.characters, body))
    for number, row in enumerate(rows):
        if row.kind is Kind.TEXT and BODY.match(text.characters, row.start, row.words):
            held = _body_block(source, text, rows, number)
            if held is not None:
                yield held
        elif row.kind is Kind.COMMENT and KEY in text.characters[row.start : row.words].upper():
            yield from _hidden(source, text, rows, number)


def _body_block(source: Source, text: Text, rows: list[Line], number: int) -> Held | None:
    last = number
    while last + 1 < len(rows) and text.characters[rows[last + 1].start : rows[last + 1].words][:1] in (" ", "\t", "}"):
        last += 1
    start, end = rows[number].start, rows[last].end
    found = yaml.entries(text.characters, start, end)
    if not found or len(found) != 1:
        return None
    block = FrontMatter(start, start, end, end, found)
    held = next(_in_block(source, text, block, Standing.COMPATIBLE, "markdown.body"), None)
    if (
        held is None
        or "{" not in held.reading.text
        or not any(f'"{name}"' in held.reading.text.lower() for name in FIELDS)
    ):
        return None
    return Held(*_with_rules(text, rows, number, last), held.reading)


def _with_rules(text: Text, rows: list[Line], first: int, last: int) -> tuple[int, int]:
    """Take in the `---` above and below a block that holds nothing but the label."""
    above = first - 1
    below = last + 1
    if above < 0 or below >= len(rows):
        return rows[first].start, rows[last].end
    ruled = all(text.characters[rows[at].start : rows[at].words].rstrip() == "---" for at in (above, below))
    return (rows[above].start, rows[below].end) if ruled else (rows[first].start, rows[last].end)


def _hidden(source: Source, text: Text, rows: list[Line], number: int) -> Iterator[Held]:
    """A label in a comment is seen by nobody: the author's text, which stays."""
    row = rows[number]
    rest = text.characters[row.start : row.start + source.limits.label]
    comment = rest.partition("-->")[0]
    found = loose_label.spans(comment.encode(errors="replace"), source.limits)
    if found or any(f"{name}:" in comment.lower() for name in ("label", "contentproducer")):
        said = found[0].text if found else comment.strip().removeprefix("<!--").strip()
        reading = Reading(
            carrier="markdown.comment", standing=Standing.HIDDEN, text=said, offset=row.start, form=Form.WRAPPED
        )
        yield Held(row.start, row.start, reading)


def read(source: Source) -> Survey:
    """Give the label of the front matter, and those that stand in the body or a second block.

    Raises `MalformedFile` where the file is not text in an encoding that it can be in.
    """
    parts = _parts(source)
    held = sorted((*parts.inside, *parts.outside), key=lambda one: one.reading.offset)
    places = parts.text.places(one.reading.offset for one in held)
    readings = tuple(_at(one.reading, places[one.reading.offset]) for one in held)
    notices = [
        Notice(
            kind=NoticeKind.UNREAD, offset=places[one.start], detail=f"a label over {source.limits.label} characters"
        )
        for one in parts.inside
        if one.end - one.start > source.limits.label
    ]
    return Survey(readings=readings, notices=tuple(notices))


def _at(reading: Reading, offset: int) -> Reading:
    return Reading(
        carrier=reading.carrier,
        standing=reading.standing,
        text=reading.text,
        offset=offset,
        repairs=reading.repairs,
        form=reading.form,
    )


def plan(source: Source, text: str) -> Plan:
    """Give the file with the label in its front matter, in the guide's form; all else there, comments too, is kept.

    Labels in the body and in a second block are cut; those in comments are the author's text and stay.

    Raises `MalformedFile` as `read` does, `InvalidLabel` for characters that YAML cannot hold, `UnsupportedFormat` for
    front matter in TOML.
    """
    parts = _parts(source)
    if TOML.match(parts.text.characters):
        raise UnsupportedFormat(
            Bilingual(
                "the front matter is TOML; the guide's place is YAML front matter",
                "前置元数据为 TOML，而指南规定的位置是 YAML 前置元数据",
            ),
            remedy=Bilingual(
                "Convert it to YAML first (`hugo convert toYAML`).", "请先转换为 YAML（`hugo convert toYAML`）。"
            ),
        )
    outside = [held for held in parts.outside if held.reading.standing is not Standing.HIDDEN]
    if [(held.reading.text, held.reading.repairs) for held in parts.inside] == [(text, ())] and not outside:
        return (Keep(0, source.size),)
    edits = [(held.start, held.end, "") for held in (*parts.inside[1:], *outside)]
    edits.append(_main_edit(parts, _block(text, parts.text.newline)))
    places = parts.text.places(at for start, end, _ in edits for at in (start, end))
    return replaced(source.size, [(places[start], places[end], parts.text.written(new)) for start, end, new in edits])


def _main_edit(parts: Parts, block: str) -> tuple[int, int, str]:
    if parts.inside:
        return parts.inside[0].start, parts.inside[0].end, block
    if parts.front is not None:
        return parts.front.close, parts.front.close, block
    newline = parts.text.newline
    return 0, 0, f"---{newline}{block}---{newline}"


def _block(text: str, newline: str) -> str:
    """Give the guide's form: values in single quotes, which no YAML reader takes for numbers."""
    if UNWRITABLE.search(text):
        raise InvalidLabel(Bilingual("the label holds characters that YAML cannot", "标识含有 YAML 无法容纳的字符"))
    fields: dict[str, str] = json.loads(text)
    rows = [f"{KEY}:"]
    for key, value in fields.items():
        quoted = str(value).replace("'", "''")
        rows.append(f"  {key}: '{quoted}'")
    return "".join(row + newline for row in rows)


def payload(source: Source) -> tuple[Keep, ...]:
    """Give everything but labels, and the front matter's own lines where nothing else stands between them."""
    parts = _parts(source)
    gone = [(held.start, held.end) for held in (*parts.inside, *parts.outside)]
    if parts.front is not None and not _others(parts):
        gone = [(parts.front.start, parts.front.end), *((h.start, h.end) for h in parts.outside)]
    places = parts.text.places([at for span in gone for at in span])
    kept, at = [], parts.text.start
    for start, end in sorted(gone):
        kept.append(Keep(at, places[start] - at))
        at = places[end]
    return tuple(keep for keep in (*kept, Keep(at, source.size - at)) if keep.length > 0)


def _others(parts: Parts) -> bool:
    """Tell whether anything but labels and blank lines stands in the front matter."""
    front = parts.front
    if front is None:
        return False
    rest, at = "", front.inner
    for held in parts.inside:
        rest, at = rest + parts.text.characters[at : held.start], held.end
    return bool((rest + parts.text.characters[at : front.close]).strip())
