"""The parts of an upload obey the store's rules, make up the target exactly, and send little."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aigc_label.limits import MIB
from aigc_label.source import BytesSource
from aigc_label.splice import Keep, Plan, PlanSource, replaced, size_of
from aigc_label.storage.parts import COUNT, LEAST, MOST, Part, parts_of

GIB = 1024 * MIB


def check(plan: Plan) -> list[Part]:
    parts = parts_of(plan)
    assert [part.start for part in parts] == [sum(p.length for p in parts[:n]) for n in range(len(parts))]
    assert sum(part.length for part in parts) == size_of(plan)
    assert all(LEAST <= part.length <= MOST for part in parts[:-1])
    assert len(parts) <= COUNT
    return parts


def sent(parts: list[Part]) -> int:
    return sum(part.length for part in parts if part.copied is None)


def test_a_label_at_the_end_sends_the_label() -> None:
    parts = check((Keep(0, GIB), b"x" * 3000))
    assert sent(parts) == 3000


def test_a_label_at_the_beginning_sends_one_least_part() -> None:
    parts = check((Keep(0, 20), b"x" * 3000, Keep(20, GIB)))
    assert sent(parts) == LEAST
    assert parts[1].start == LEAST
    assert parts[1].copied == LEAST - 3000


def test_changes_at_both_ends_stay_under_a_hundredth_of_a_gigabyte() -> None:
    parts = check((Keep(0, 4), b"abcd", Keep(8, GIB), b"x" * 4000))
    assert sent(parts) < GIB // 200


@pytest.mark.parametrize("size", [12 * GIB, 4 * 1024 * GIB])
def test_what_is_large_is_copied_in_parts_that_a_client_can_wait_for(size: int) -> None:
    parts = check((Keep(0, size), b"x"))
    assert sent(parts) == 1
    assert max(part.length for part in parts) <= max(64 * MIB, size // 4000)


def test_many_small_ranges_are_sent() -> None:
    parts = check(tuple(piece for n in range(1000) for piece in (Keep(n * 9000, 9000), b"y" * 10)))
    assert all(part.copied is None for part in parts)


@given(
    st.integers(0, 40 * MIB),
    st.lists(st.tuples(st.integers(0, 40 * MIB), st.integers(0, 8 * MIB), st.integers(0, 9000)), max_size=6),
)
def test_any_plan_is_made_up_exactly(size: int, edits: list[tuple[int, int, int]]) -> None:
    cuts, done = [], 0
    for start, gone, new in sorted(edits):
        start, end = min(max(start, done), size), min(max(start, done) + gone, size)
        cuts.append((start, end, b"n" * new))
        done = end
    plan = replaced(size, cuts)
    if plan:
        check(plan)


def test_the_parts_carry_the_bytes_of_the_target() -> None:
    data = bytes(range(256)) * (13 * MIB // 256)
    plan: Plan = (Keep(0, 7), b"label" * 700, Keep(9, 6 * MIB), b"more", Keep(6 * MIB + 9, len(data) - 6 * MIB - 9))
    target = PlanSource(BytesSource(data), plan)
    whole = b"".join(
        target.upto(part.start, part.length) if part.copied is None else data[part.copied : part.copied + part.length]
        for part in check(plan)
    )
    assert whole == target.upto(0, target.size)
