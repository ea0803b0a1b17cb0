"""Marks the opening of a film: only the groups of pictures that the mark touches are encoded again."""

from __future__ import annotations

from dataclasses import dataclass

from aigc_label import badge, film
from aigc_label.badge import Badge
from aigc_label.bilingual import Bilingual
from aigc_label.errors import MalformedFile, NotConfirmed, ToolFailed, UnsupportedFormat
from aigc_label.formats import Format
from aigc_label.grammars.footage import Container, Footage, container_of, refused
from aigc_label.markers import Rendering
from aigc_label.markers.video_check import check
from aigc_label.markers.video_coding import Coding, Unfit
from aigc_label.markers.video_codings import coding_of, whole_coding_of
from aigc_label.markers.video_encoding import Job, encoded
from aigc_label.markers.video_look import Look, look_at
from aigc_label.markers.video_part import part_of
from aigc_label.markers.video_planes import stamp_of
from aigc_label.marking import Mark
from aigc_label.sniff import sniff
from aigc_label.source import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Film:
    """A film with what is known about it before anything is encoded."""

    source: Source
    row: Format
    container: Container
    footage: Footage
    look: Look
    drawing: Badge


def render(source: Source, mark: Mark) -> Rendering:
    """Give the film with the mark on its opening, for `mark.seconds` or as long as it lasts if that is shorter.

    Sound, subtitles, chapters, metadata and every picture outside the groups that the mark touches stay byte for byte;
    what old pictures held is nowhere in the file any more. Where only a part cannot be encoded, or the joint does not
    pass its check, all pictures are, with the film's own coding, and `way` says so.

    Raises `MissingTool` before any work, `UnsupportedFormat` by name for what cannot be marked, `ToolFailed` where the
    result does not pass its check, `InvalidMark`, `LimitExceeded`, `MalformedFile`.
    """
    film.libraries()
    row = sniff(source)
    container = container_of(row.name)
    if container is None:
        raise UnsupportedFormat(
            Bilingual(f"marks cannot be put into {row.title}", f"无法为 {row.title_zh} 添加显式标识"), remedy=row.remedy
        )
    footage = container.footage_of(source)
    look = look_at(source, row)
    drawing = badge.design(mark, *look.screen.displayed, grid=(2, 2), orientation=look.screen.orientation)
    subject = Film(source=source, row=row, container=container, footage=footage, look=look, drawing=drawing)
    try:
        return _rendered(subject, mark, coding_of(look, footage))
    except Unfit as unfit:
        reason = unfit.reason
    except (ToolFailed, MalformedFile, NotConfirmed) as problem:
        reason = problem.what
    try:
        return _rendered(subject, mark, whole_coding_of(look, footage), reason)
    except Unfit as unfit:
        raise refused(unfit.reason.en, unfit.reason.zh) from unfit


def _rendered(subject: Film, mark: Mark, coding: Coding, reason: Bilingual | None = None) -> Rendering:
    source, footage = subject.source, subject.footage
    part = part_of(source, footage, coding, mark)
    stamp = stamp_of(subject.drawing, subject.look.screen)
    job = Job(source=source, row=subject.row, footage=footage, look=subject.look, coding=coding, part=part, stamp=stamp)
    pictures, configuration = encoded(job)
    plan = subject.container.with_pictures(source, footage, pictures, configuration)
    check(source, plan, subject.row, part, footage)
    return Rendering(
        plan=plan,
        box=subject.drawing.box,
        words=subject.drawing.words,
        spans=part.spans(footage),
        way=_way(len(part.times), footage, part.next is None, reason),
    )


def _way(count: int, footage: Footage, everything: object, reason: Bilingual | None) -> Bilingual:
    if everything:
        because = Bilingual(f" ({reason.en})", f"（{reason.zh}）") if reason else Bilingual("", "")
        return Bilingual(
            f"all {count} pictures were encoded again{because.en}; sound and all else are copied unchanged",
            f"重新编码了全部 {count} 帧画面{because.zh}；声音及其他内容原样复制",
        )
    of, of_zh = (f" of {footage.count}", f" {footage.count} 帧中的") if footage.count else ("", "")
    return Bilingual(
        f"{count}{of} pictures were encoded again; the others, sound and all else are copied unchanged",
        f"重新编码了{of_zh} {count} 帧；其余画面、声音及其他内容原样复制",
    )
