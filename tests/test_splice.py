"""A plan says how the new file is made of the old one; carrying it out must do exactly that."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aigc_label.output import opened
from aigc_label.patching import Patch, apply, patch_of
from aigc_label.source import BytesSource, FileSource
from aigc_label.splice import (
    Keep,
    PlanSource,
    composed,
    in_memory,
    keeps,
    new_bytes_of,
    replaced,
    same,
    size_of,
    tidied,
    write,
)

OLD = bytes(range(256)) * 40


@st.composite
def plans(draw: st.DrawFn, size: int) -> tuple[Keep | bytes, ...]:
    cuts = sorted(draw(st.lists(st.integers(0, size), min_size=2, max_size=8)))
    pieces: list[Keep | bytes] = []
    for start, end in zip(cuts[::2], cuts[1::2], strict=False):
        pieces += [draw(st.binary(max_size=20)), Keep(start, end - start)]
    return tidied([*pieces, draw(st.binary(max_size=20))])


def carried_out(old: bytes, plan: tuple[Keep | bytes, ...]) -> bytes:
    return b"".join(old[p.offset : p.end] if isinstance(p, Keep) else p for p in plan)


@given(st.data())
def test_memory_and_virtual_view_agree_with_the_definition(data: st.DataObject) -> None:
    plan = data.draw(plans(len(OLD)))
    source = BytesSource(OLD)
    expected = carried_out(OLD, plan)
    assert in_memory(source, plan) == expected
    view = PlanSource(source, plan)
    assert view.size == size_of(plan) == len(expected)
    at = data.draw(st.integers(0, max(0, len(expected))))
    length = data.draw(st.integers(0, len(expected) + 10))
    assert view.upto(at, length) == expected[at : at + length]


@given(st.data())
def test_two_plans_compose(data: st.DataObject) -> None:
    inner = data.draw(plans(len(OLD)))
    middle = carried_out(OLD, inner)
    outer = data.draw(plans(len(middle)))
    assert carried_out(OLD, composed(outer, inner)) == carried_out(middle, outer)


@given(st.data())
def test_sameness_is_exact(data: st.DataObject) -> None:
    plan = data.draw(plans(len(OLD)))
    assert same(BytesSource(OLD), plan) <= (carried_out(OLD, plan) == OLD)


def test_writing_to_a_file_moves_the_kept_ranges(tmp_path: Path) -> None:
    old = os.urandom(3_000_000)
    (tmp_path / "old").write_bytes(old)
    plan = (Keep(0, 10), b"new", Keep(10, 2_000_000), b"tail", Keep(2_500_000, 500_000))
    with opened(tmp_path / "old") as source, open(tmp_path / "new", "wb") as out:
        write(source, plan, out.fileno())
    assert (tmp_path / "new").read_bytes() == carried_out(old, plan)


def test_the_kernel_copy_falls_back_where_it_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The system's refusal is simulated at the system call, not in our code."""

    def refuse(*_: object) -> int:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(os, "copy_file_range", refuse)
    monkeypatch.setattr(os, "sendfile", refuse)
    (tmp_path / "old").write_bytes(OLD)
    with opened(tmp_path / "old") as source, open(tmp_path / "new", "wb") as out:
        write(source, (b"x", Keep(5, len(OLD) - 5)), out.fileno())
    assert (tmp_path / "new").read_bytes() == b"x" + OLD[5:]


def test_a_full_disk_is_not_swallowed(tmp_path: Path) -> None:
    (tmp_path / "old").write_bytes(OLD)
    with (
        opened(tmp_path / "old") as source,
        open("/dev/full", "wb", buffering=0) as out,
        pytest.raises(OSError, match="No space"),
    ):
        write(source, (Keep(0, len(OLD)), b"x"), out.fileno())


def test_the_lossless_check_sees_a_missing_byte_and_a_changed_order() -> None:
    assert keeps((Keep(0, 10), b"x", Keep(10, 10)), [Keep(5, 10)])
    assert not keeps((Keep(0, 10), Keep(11, 9)), [Keep(5, 10)])
    assert not keeps((Keep(10, 10), Keep(0, 10)), [Keep(5, 10)])
    assert not keeps((Keep(0, 10), OLD[10:20]), [Keep(5, 10)])


def test_overlapping_edits_are_a_programming_error() -> None:
    with pytest.raises(ValueError, match="overlap"):
        replaced(100, [(0, 20, b""), (10, 30, b"")])


def test_new_bytes_are_counted() -> None:
    assert new_bytes_of(replaced(100, [(10, 20, b"abc")])) == 3


def test_a_change_inside_one_page_patches() -> None:
    patch = patch_of(BytesSource(OLD), replaced(len(OLD), [(100, 110, b"\0" * 10)]))
    assert patch is not None
    assert (patch.offset, patch.new, patch.tail) == (100, b"\0" * 10, b"")


def test_a_change_across_a_page_does_not_patch() -> None:
    assert patch_of(BytesSource(OLD), replaced(len(OLD), [(4090, 4100, b"\0" * 10)])) is None


def test_a_moved_byte_does_not_patch() -> None:
    assert patch_of(BytesSource(OLD), replaced(len(OLD), [(100, 110, b"\0" * 11)])) is None
    assert patch_of(BytesSource(OLD), replaced(len(OLD), [(len(OLD) - 1, len(OLD), b"")])) is None


@given(st.data())
def test_a_patch_gives_what_the_plan_says(data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(OLD) - 50))
    new = data.draw(st.binary(min_size=1, max_size=50))
    tail = data.draw(st.binary(max_size=30))
    plan = tidied([*replaced(len(OLD), [(at, at + len(new), new)]), tail])
    patch = patch_of(BytesSource(OLD), plan)
    if patch is None:
        assert at // 4096 != (at + len(new) - 1) // 4096
        return
    out = bytearray(OLD)
    out[patch.tail_offset :] = patch.tail
    out[patch.offset : patch.offset + len(patch.new)] = patch.new
    assert bytes(out) == carried_out(OLD, plan)


def test_the_tail_is_safe_before_the_overwrite_makes_it_count(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(OLD)
    states = []
    descriptor = os.open(path, os.O_RDWR)
    apply(Patch(len(OLD), b"tail", 8, b"\xff"), descriptor, lambda _: states.append(path.read_bytes()))
    os.close(descriptor)
    assert states == [OLD + b"tail", OLD[:8] + b"\xff" + OLD[9:] + b"tail"]


def test_a_file_source_reads_like_bytes(tmp_path: Path) -> None:
    data = os.urandom(300_000)
    (tmp_path / "f").write_bytes(data)
    with opened(tmp_path / "f") as source:
        assert isinstance(source, FileSource)
        for at, length in [(0, 10), (70_000, 100_000), (5, 3), (299_999, 50), (300_000, 1), (400_000, 1)]:
            assert source.upto(at, length) == data[at : at + length]
