"""Label text is found wherever it stands in bytes, and what only resembles it is not."""

from __future__ import annotations

import time

import pytest

from aigc_label import loose_label
from aigc_label.evidence import NoticeKind, Repair, Standing
from aigc_label.label import Label
from aigc_label.limits import DEFAULT_LIMITS
from aigc_label.source import BytesSource

BARE = Label.generated(producer="001191110108335469089C10100", produce_id="loose-1").to_json()
WRAPPED = f'{{"AIGC":{BARE}}}'


@pytest.mark.parametrize(
    "text",
    [BARE, WRAPPED, WRAPPED.replace('"', "&quot;"), WRAPPED.replace('"', '\\"'), BARE.replace("Reserved", "Reserve")],
)
def test_a_label_among_other_bytes_is_found_whole(text: str) -> None:
    (span,) = loose_label.spans(b"\0\xff before " + text.encode() + b" after }", DEFAULT_LIMITS)
    assert (span.start, span.text) == (10, text)


@pytest.mark.parametrize("text", ['{"Label":"a cat"}', '{"nodes":[{"Label":"1"}]}', '{"AIGC":true}', "AIGC", "{}"])
def test_what_only_resembles_a_label_is_none(text: str) -> None:
    assert loose_label.spans(text.encode(), DEFAULT_LIMITS) == ()


def test_braces_inside_strings_do_not_end_a_label() -> None:
    text = BARE.replace("loose-1", 'a}b\\"}{')
    assert [span.text for span in loose_label.spans(text.encode(), DEFAULT_LIMITS)] == [text]


def test_a_label_cut_short_is_still_seen() -> None:
    (span,) = loose_label.spans(BARE[:-30].encode() + b"\0\0\0", DEFAULT_LIMITS)
    assert span.text == BARE[:-30]


def test_bytes_that_are_not_utf8_are_read_as_gb18030_and_noted() -> None:
    text = BARE.replace("loose-1", "中文")
    (span,) = loose_label.spans(text.encode("gb18030"), DEFAULT_LIMITS)
    assert (span.text, span.repairs) == (text, (Repair.ENCODING,))


def test_what_is_left_without_the_label_is_nothing_where_nothing_else_stood() -> None:
    assert loose_label.without(b" " + WRAPPED.encode() + b"\n\0", DEFAULT_LIMITS) == b""


@pytest.mark.parametrize("unit", [b'{"Label":', b'{"Label":"1","ProduceID":', b"{" * 10, b'{"AIGC":{"'])
def test_b17_a_megabyte_of_beginnings_costs_no_time(unit: bytes) -> None:
    data = (unit * (1 << 20))[: 1 << 20]
    began = time.process_time()
    loose_label.spans(data, DEFAULT_LIMITS)
    assert time.process_time() - began < 1


def test_both_ends_of_a_long_tail_are_looked_through() -> None:
    data = b"X" + WRAPPED.encode() + b"\1" * (5 << 20) + BARE.encode()
    survey = loose_label.behind(BytesSource(data), 1, "x.trailing")
    assert [reading.text for reading in survey.readings] == [WRAPPED, BARE]
    assert {reading.standing for reading in survey.readings} == {Standing.HIDDEN}


def test_nothing_behind_the_end_is_nothing() -> None:
    assert loose_label.behind(BytesSource(b"X"), 1, "x.trailing").notices == ()


def test_a_second_picture_behind_the_end_makes_a_polyglot() -> None:
    survey = loose_label.behind(BytesSource(b"X" + b"GIF89a"), 1, "x.trailing")
    assert [notice.kind for notice in survey.notices] == [NoticeKind.TRAILING, NoticeKind.POLYGLOT]
