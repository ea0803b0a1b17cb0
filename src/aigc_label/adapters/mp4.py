"""Labels MP4, M4V, M4A, QuickTime and 3GP: a keyed text in moov/udta/meta; no sample is read, none changes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from aigc_label import loose_label, movie_label
from aigc_label.bilingual import Bilingual
from aigc_label.errors import MalformedFile, UnsupportedFormat
from aigc_label.evidence import Survey
from aigc_label.grammars import movie, movie_edit, movie_metadata
from aigc_label.grammars.bmff import Box, Edit
from aigc_label.grammars.movie import Layout
from aigc_label.grammars.movie_edit import Insertion
from aigc_label.grammars.movie_metadata import KEYED, Key, Metadata
from aigc_label.label import KEY
from aigc_label.patching import Stages
from aigc_label.sniff import sniff
from aigc_label.source import Source
from aigc_label.splice import Keep, Plan, replaced


def read(source: Source) -> Survey:
    """Give every label of the movie, in file order; the media are not touched.

    Raises `UnsupportedFormat` for a media segment of HLS or DASH: its label is in the initialisation segment.
    """
    layout = movie.layout_of(source)
    surveys = [one.survey for one in movie_label.found(source, layout, sniff(source).standing)]
    surveys.append(loose_label.behind(source, layout.end, "mp4.trailing"))
    return Survey(
        readings=tuple(sorted((one for survey in surveys for one in survey.readings), key=lambda one: one.offset)),
        notices=tuple(sorted((one for survey in surveys for one in survey.notices), key=lambda one: one.offset)),
    )


def plan(source: Source, text: str) -> Plan:
    """Give the file with the label as the text of the key AIGC in moov/udta/meta; labels elsewhere become free space.

    The free space behind the label gives or takes; else the file's tail grows, or a `free` box behind `moov` shrinks, or
    the media move on and every offset into the file is put right: fast start stays. iTunes metadata, a `meta` box of
    another kind, stay as they are; ours stands behind it in the same `udta`.

    Raises `UnsupportedFormat` for media segments, compressed movie boxes, media in other files that would move, and
    offsets that outgrow their field (chunk offsets are widened instead).
    """
    layout, new, blanks = _intended(source, text)
    return replaced(source.size, _told(source, [*movie_edit.edits_of(source, layout, new), *new.beside(blanks)]))


def plan_in_place(source: Source, text: str) -> Stages | None:
    """Give the steps that label a large file where it is, each of which leaves a whole movie; None where none is safe."""
    from aigc_label.grammars import movie_in_place  # small files are written anew

    layout, new, blanks = _intended(source, text)
    return movie_in_place.stages_of(source, layout, new, _told(source, blanks))


def payload(source: Source) -> tuple[Keep, ...]:
    """Give all of `mdat`, then what the decoders are set up with (`stsd`), wherever the movie box lies: a label may move it.

    An initialisation segment has only the second.
    """
    layout = movie.layout_of(source)
    kept = [Keep(box.body, box.end - box.body) for box in layout.of(b"mdat")]
    if not movie.is_compressed(source, layout.movie):
        inner = movie.nested(source, layout.movie)
        kept += [Keep(box.body, box.end - box.body) for _, box in inner if box.kind == b"stsd"]
    if not any(part.length for part in kept):
        raise MalformedFile(Bilingual("the movie holds no media", "影片中没有媒体数据"), offset=layout.movie.offset)
    return tuple(kept)


def _intended(source: Source, text: str) -> tuple[Layout, Insertion, list[Edit]]:
    """Give the layout, where the label goes, and the edits of equal size that blank every label there is."""
    layout = movie.layout_of(source)
    if movie.is_compressed(source, layout.movie):
        raise UnsupportedFormat(
            Bilingual("the movie box is compressed", "moov 盒经过压缩"),
            remedy=Bilingual("Save the movie again without a compressed header.", "请以未压缩的头部重新保存影片。"),
            offset=layout.movie.offset,
        )
    found = movie_label.found(source, layout, sniff(source).standing)
    blanks = [edit for one in found for edit in one.blank()]
    return layout, _insertion(source, layout, blanks, text), blanks


def _insertion(source: Source, layout: Layout, blanks: Sequence[Edit], text: str) -> Insertion:
    """Choose the place: a keyed `meta` in `udta`, that with the label first; else a new one behind what is there.

    ffmpeg and MediaInfo take the first `keys` of a movie for all its items. Where a phone wrote others (in moov/meta, or
    in a track), our `udta` stands before them and repeats the most of their keys before its own: readers then see both.
    """
    users = [part for part in movie.children(source, layout.movie) if part.kind == b"udta"]
    held = [(user, meta) for user in users for meta in _keyed(source, movie.children(source, user))]
    held.sort(key=lambda pair: all(key.name != KEY for key in pair[1].keys))
    user, meta = held[0] if held else (users[0] if users else None, None)
    others = _others(source, layout.movie, users)
    before = max((meta.keys for meta in others), key=len, default=())
    new = _rewritten(source, meta, blanks, text, before) if meta else movie_metadata.new_metadata(KEY, text, before)
    home = user or layout.movie
    start = meta.box.offset if meta else movie_edit.end_of_content(source, home)
    end = movie_edit.end_of_room(source, home, meta.box.end if meta else start)
    if user is not None and (not others or user.offset < others[0].box.offset):
        return Insertion((layout.movie, user), start, end, new, in_front=bool(others))
    if not others:
        return Insertion((layout.movie,), start, end, new, b"udta")
    if user is not None:
        stop = max(end, movie_edit.end_of_content(source, user))
        elsewhere = [edit for edit in blanks if not start <= edit[0] < end]
        new = movie_edit.applied(source, user.body, stop, [(start, end, b""), *elsewhere]) + new
    front = next((part.end for part in movie.children(source, layout.movie) if part.kind == b"mvhd"), layout.movie.body)
    return Insertion((layout.movie,), front, front, new, b"udta", user, in_front=True)


def _others(source: Source, box: Box, users: Sequence[Box]) -> list[Metadata]:
    """Give the keyed `meta` boxes of a movie and its tracks outside of the movie's own `udta` boxes, in order."""
    metas = [inner for chain, inner in movie.nested(source, box) if inner.kind == b"meta" and chain[-1] not in users]
    return _keyed(source, metas)


def _keyed(source: Source, boxes: Iterable[Box]) -> list[Metadata]:
    metas = [movie_metadata.metadata_of(source, box) for box in boxes if box.kind == b"meta"]
    return [meta for meta in metas if meta.handler == KEYED]


def _rewritten(source: Source, meta: Metadata, blanks: Iterable[Edit], text: str, before: Sequence[Key]) -> bytes:
    """Give the `meta` box with the label, and with what the blanks leave of the other items."""
    edits = [edit for edit in blanks if meta.box.offset <= edit[0] < meta.box.end]
    changed: dict[Box, bytes] = {}
    for item in meta.items:
        new = movie_edit.applied(source, item.box.offset, item.box.end, edits)
        if any(item.box.offset <= edit[0] < item.box.end for edit in edits):
            changed[item.box] = b"" if new[4:8] == b"free" else new
    return movie_metadata.with_keyed_text(source, meta, KEY, text, changed, before)


def _told(source: Source, edits: Iterable[Edit]) -> list[Edit]:
    """Give the edits that change something, in order. Raises `MalformedFile` where they overlap."""
    changes = sorted({edit for edit in edits if edit[2] != source.upto(edit[0], edit[1] - edit[0])})
    for one, other in pairwise(changes):
        if other[0] < one[1]:
            raise MalformedFile(Bilingual("metadata overlap", "元数据相互重叠"), offset=other[0])
    return changes
