"""A source answers for any place that a file may state, and never with bytes that are not there."""

from __future__ import annotations

from pathlib import Path

import pytest

from aigc_label.placing import source_of


@pytest.mark.parametrize("offset", [5, 1 << 31, 1 << 62, 1 << 63, (1 << 64) - 1])
def test_a_place_behind_the_end_holds_nothing(offset: int, tmp_path: Path) -> None:
    """A directory of BigTIFF may name a place over 2^63, for which `pread` has no number."""
    path = tmp_path / "a.bin"
    path.write_bytes(b"bytes")
    with source_of(path) as source:
        assert source.upto(offset, 8) == b""
