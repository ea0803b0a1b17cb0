"""Finds the labels in the metadata of movie files, wherever writers have put them, and says how each is blanked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Final, TypeAlias

from aigc_label import loose_label
from aigc_label.errors import AigcLabelError
from aigc_label.evidence import Form, Notice, NoticeKind, Reading, Repair, Standing, Survey
from aigc_label.grammars import bmff, movie, movie_metadata
from aigc_label.grammars.bmff import Box, Edit
from aigc_label.grammars.movie import Layout
from aigc_label.grammars.movie_metadata import Item, Metadata, Value
from aigc_label.label import KEY
from aigc_label.source import Source

Edits: TypeAlias = tuple[Edit, ...]
SEARCHED: Final = 64 * 1024  # bytes of a `free` box that are searched: a label hides in small ones
SCRUBBED: Final = "free"  # what a tool that removes metadata renames a key to


@dataclass(frozen=True, slots=True)
class Found:
    """What one place holds, and the edits of the same size that blank its labels there."""

    survey: Survey
    blank: Callable[[], Edits]


def nothing() -> Edits:
    return ()


def found(source: Source, layout: Layout, own: Standing) -> Iterator[Found]:
    """Give every place that holds a label or asks for a notice, in no certain order.

    `moov/udta/meta` with keys has the standing `own`; other places that real writers use are COMPATIBLE; what stands
    where no reader of the format looks is HIDDEN. A part that cannot be read gives an UNREAD notice, and its `blank`
    raises: what cannot be read cannot be made free of labels.
    """
    for box in layout.boxes:
        if box is layout.movie:
            yield from _inside(source, box, "mp4.moov", own, Standing.COMPATIBLE)
        elif box.kind == b"moov":
            yield from _inside(source, box, "mp4.second-moov", Standing.HIDDEN, Standing.HIDDEN)
        elif box.kind in (b"udta", b"meta"):
            yield from _part(source, box, "mp4", Standing.HIDDEN, Standing.HIDDEN)
        else:
            yield from _part(source, box, "mp4", own, Standing.COMPATIBLE)


def _inside(source: Source, box: Box, path: str, own: Standing, other: Standing) -> Iterator[Found]:
    """Look at the children of a `moov`, `trak` or `udta` box."""
    try:
        parts = movie.children(source, box)
    except AigcLabelError as problem:
        yield _unread(box, path, problem)
        return
    for part in parts:
        if part.kind == b"trak" and box.kind == b"moov":
            yield from _inside(source, part, f"{path}.trak", other, other)
        else:
            yield from _part(source, part, path, own, other)


def _part(source: Source, box: Box, path: str, own: Standing, other: Standing) -> Iterator[Found]:
    if box.kind == b"udta" and not path.endswith("udta"):
        yield from _inside(source, box, f"{path}.udta", own, other)
    elif box.kind == b"meta":
        yield from _metadata(source, box, path, own if path == "mp4.moov.udta" else other)
    elif box.kind in bmff.FREE:
        yield from _loose(source, box, f"{path}.free", Standing.HIDDEN)
    elif box.kind == b"uuid":
        yield from _uuid(source, box, path, other)
    elif box.kind == b"cmov":
        detail = "compressed movie header"
        yield Found(Survey(notices=(Notice(kind=NoticeKind.UNREAD, offset=box.offset, detail=detail),)), nothing)
    elif path.endswith("udta"):
        yield from _user_data(source, box, path, other)


def _uuid(source: Source, box: Box, path: str, standing: Standing) -> Iterator[Found]:
    if box.uuid == bmff.C2PA_UUID:
        notice = Notice(kind=NoticeKind.C2PA, offset=box.offset, detail="uuid box")
        yield Found(Survey(notices=(notice,)), nothing)
    elif box.uuid == bmff.XMP_UUID:
        yield from _xmp(source, box, f"{path}.uuid.xmp", standing)


def _xmp(source: Source, box: Box, carrier: str, standing: Standing) -> Iterator[Found]:
    try:
        packet = source.at(box.body, box.end - box.body)
    except AigcLabelError as problem:
        yield _unread(box, carrier, problem)
        return
    from aigc_label import xmp_label  # most movies have no XMP

    survey = xmp_label.survey(packet, box.body, carrier, standing, source.limits)
    doubtful = survey.readings or survey.notes(NoticeKind.UNREAD)
    yield Found(survey, partial(_without_xmp, source, box) if doubtful else nothing)


def _without_xmp(source: Source, box: Box) -> Edits:
    from aigc_label import xmp_label

    return ((box.body, box.end, xmp_label.without_label(box.data(source), source.limits)),)


def _user_data(source: Source, box: Box, path: str, standing: Standing) -> Iterator[Found]:
    """Look at a box of `udta` that is named by its kind: a text, XMP as Adobe writes it, or a literal `aigc` box."""
    if box.kind == b"XMP_":
        yield from _xmp(source, box, f"{path}.xmp", standing)
    elif box.kind.upper() == KEY.encode():
        data = source.upto(box.body, min(box.end - box.body, source.limits.label))
        start = max(data.find(b"{"), 0)
        text, repairs = loose_label.decoded(data[start:].rstrip(b"\0"))
        case = () if box.kind == KEY.encode() else (Repair.NAME_CASE,)
        reading = _reading(f"{path}.aigc", standing, text, box.body + start, (*case, *repairs))
        yield Found(Survey(readings=(reading,)), lambda: (movie.freed(box),))
    elif box.end - box.body <= source.limits.label:
        yield from _loose(source, box, f"{path}.{_named(box.kind)}", standing)


def _metadata(source: Source, box: Box, path: str, standing: Standing) -> Iterator[Found]:
    carrier = f"{path}.meta"
    try:
        held = movie_metadata.metadata_of(source, box)
    except AigcLabelError as problem:
        yield _unread(box, carrier, problem)
        return
    for item in held.items:
        for value in item.values:
            yield from _value(source, held, item, value, carrier, standing)
    for part in held.parts:
        if part.kind in bmff.FREE:
            yield from _loose(source, part, f"{carrier}.free", Standing.HIDDEN)
        elif part.kind == b"ilst":
            for free in bmff.boxes(source, part.body, part.end):
                if free.kind in bmff.FREE:
                    yield from _loose(source, free, f"{carrier}.free", Standing.HIDDEN)


def _value(
    source: Source, held: Metadata, item: Item, value: Value, carrier: str, standing: Standing
) -> Iterator[Found]:
    encoding = movie_metadata.TEXTS.get(value.kind)
    if encoding is None:
        return
    if value.end - value.start > source.limits.label:
        if item.name.upper() == KEY:
            detail = f"{carrier}: a label of {value.end - value.start} bytes"
            yield Found(
                Survey(notices=(Notice(kind=NoticeKind.UNREAD, offset=value.start, detail=detail),)),
                lambda: (movie.freed(item.box),),
            )
        return
    data = source.at(value.start, value.end - value.start)
    compatible = Standing.HIDDEN if standing is Standing.HIDDEN else Standing.COMPATIBLE
    if KEY in item.name.upper():
        text, repairs = loose_label.decoded(data) if encoding == "utf-8" else (data.decode(encoding, "replace"), ())
        case = _case(item.name, text)
        if case is not None:
            proper = held.handler == item.namespace == movie_metadata.KEYED
            odd = () if encoding == "utf-8" else (Repair.ENCODING,)
            place = standing if proper else compatible
            reading = _reading(
                f"{carrier}.keys" if proper else f"{carrier}.ilst", place, text, value.start, (*case, *repairs, *odd)
            )
            yield Found(Survey(readings=(reading,)), lambda: (movie.freed(item.box),))
            return
    place = Standing.HIDDEN if item.name == SCRUBBED else compatible
    name = item.name or _named(item.box.kind)
    survey = loose_label.survey(data, value.start, f"{carrier}.ilst.{name}", place, source.limits)
    if survey.readings:
        yield Found(survey, lambda: _spaced(source, item.box, value.start, data))


def _case(name: str, text: str) -> tuple[Repair, ...] | None:
    """Give the repairs that the key's name takes; None where it only contains AIGC and the text is no label."""
    if name == KEY:
        return ()
    if name.upper() == KEY:
        return (Repair.NAME_CASE,)
    from aigc_label import xmp_label

    return (Repair.NAME_CONTAINS,) if any(word in text for word in xmp_label.WORDS) else None


def _loose(source: Source, box: Box, carrier: str, standing: Standing) -> Iterator[Found]:
    if box.end - box.body > SEARCHED:
        return
    data = source.at(box.body, box.end - box.body)
    survey = loose_label.survey(data, box.body, carrier, standing, source.limits)
    if survey.readings:
        yield Found(survey, lambda: _spaced(source, box, box.body, data))


def _spaced(source: Source, box: Box, start: int, data: bytes) -> Edits:
    """Give the edits that put spaces over the labels in a text; a text that is nothing else goes as a whole."""
    spans = loose_label.spans(data, source.limits)
    rest = bytearray(data)
    for span in spans:
        rest[span.start : span.end] = b" " * (span.end - span.start)
    if box.kind in bmff.FREE:
        return tuple((start + span.start, start + span.end, bytes(span.end - span.start)) for span in spans)
    # user data in the QuickTime form begin with a length and a language: four bytes that are no text of their own
    if not bytes(rest).strip(b" \t\r\n\0") or (start == box.body and not bytes(rest[4:]).strip(b" \t\r\n\0")):
        return (movie.freed(box),)
    return tuple((start + span.start, start + span.end, b" " * (span.end - span.start)) for span in spans)


def _reading(carrier: str, standing: Standing, text: str, offset: int, repairs: Iterable[Repair]) -> Reading:
    return Reading(carrier=carrier, standing=standing, text=text, offset=offset, repairs=tuple(repairs), form=Form.BARE)


def _named(kind: bytes) -> str:
    return kind.decode("latin-1").strip().lstrip("\xa9").lower() if kind.isascii() or kind[0] == 0xA9 else kind.hex()


def _unread(box: Box, carrier: str, problem: AigcLabelError) -> Found:
    notice = Notice(kind=NoticeKind.UNREAD, offset=box.offset, detail=f"{carrier}: {problem.what.en}")

    def again() -> Edits:
        raise problem

    return Found(Survey(notices=(notice,)), again)
