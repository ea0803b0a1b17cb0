"""No film passes its check in which anything changed but what was to change."""

from __future__ import annotations

from functools import cache

import pytest
from films import AAC, X264, made

from aigc_label import badge
from aigc_label.errors import AigcLabelError
from aigc_label.formats import BY_NAME
from aigc_label.grammars import movie_pictures
from aigc_label.grammars.footage import Coded, Footage
from aigc_label.markers.video_check import check
from aigc_label.markers.video_codings import coding_of
from aigc_label.markers.video_encoding import Job, encoded
from aigc_label.markers.video_look import look_at
from aigc_label.markers.video_part import Part, part_of
from aigc_label.markers.video_planes import stamp_of
from aigc_label.marking import Mark
from aigc_label.source import BytesSource
from aigc_label.splice import Keep, Plan

pytestmark = pytest.mark.oracle("ffmpeg")
ROW = BY_NAME["mp4"]


@cache
def work() -> tuple[BytesSource, Footage, Part, list[Coded], bytes]:
    source = BytesSource(made(*X264, "-g", "25", "-bf", "2", *AAC))
    footage = movie_pictures.footage_of(source)
    look = look_at(source, ROW)
    coding = coding_of(look, footage)
    part = part_of(source, footage, coding, Mark())
    stamp = stamp_of(badge.design(Mark(), *look.screen.displayed, grid=(2, 2)), look.screen)
    job = Job(source=source, row=ROW, footage=footage, look=look, coding=coding, part=part, stamp=stamp)
    return source, footage, part, *encoded(job)


def plan_with(pictures: list[Coded], configuration: bytes) -> Plan:
    source, footage, *_ = work()
    return movie_pictures.with_pictures(source, footage, pictures, configuration)


def passes(plan: Plan) -> bool:
    source, footage, part, *_ = work()
    try:
        check(source, plan, ROW, part, footage)
    except AigcLabelError:
        return False
    return True


def test_a_good_film_passes() -> None:
    *_, pictures, configuration = work()
    assert passes(plan_with(pictures, configuration))


def test_pictures_that_the_configuration_does_not_describe_do_not_pass() -> None:
    _, footage, _, pictures, _ = work()
    assert not passes(plan_with(pictures, footage.configuration))


def test_a_picture_in_another_ones_place_does_not_pass() -> None:
    *_, pictures, configuration = work()
    swapped = [*pictures[:10], pictures[11], pictures[10], *pictures[12:]]
    same_times = [Coded(each.data, picture.time, each.key) for each, picture in zip(swapped, pictures, strict=True)]
    assert not passes(plan_with(same_times, configuration))


def test_a_picture_at_another_time_does_not_pass() -> None:
    *_, pictures, configuration = work()
    late = [*pictures[:-1], Coded(pictures[-1].data, pictures[-1].time + 100, pictures[-1].key)]
    assert not passes(plan_with(late, configuration))


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_a_changed_byte_of_an_old_picture_or_of_sound_does_not_pass(share: float) -> None:
    """Far behind the joint only the index is asked: a sample has to lie in bytes that were kept in one piece."""
    *_, pictures, configuration = work()
    plan = plan_with(pictures, configuration)
    kept = [piece for piece in plan if isinstance(piece, Keep) and piece.length > 2_000]
    victim = kept[int(share * len(kept))]
    at = victim.offset + victim.length // 2
    broken: list[object] = []
    for piece in plan:
        if piece is victim:
            broken += [Keep(victim.offset, at - victim.offset), bytes(64), Keep(at + 64, victim.end - at - 64)]
        else:
            broken.append(piece)
    assert not passes(tuple(broken))  # type: ignore[arg-type]
