"""GIF blocks: what is built is read back, whatever its length."""

from __future__ import annotations

import pytest

from aigc_label.errors import LimitExceeded, MalformedFile
from aigc_label.grammars import gif
from aigc_label.limits import Limits
from aigc_label.source import WINDOW, BytesSource

HEAD = b"GIF89a\1\0\1\0\x80\0\0" + bytes(6)
FRAME = b"\x2c" + bytes(4) + b"\1\0\1\0\x81" + bytes(12) + b"\2\2\x4c\1\0"


def walked(*blocks: bytes, limits: Limits | None = None) -> tuple[BytesSource, list[gif.Block]]:
    source = BytesSource(HEAD + b"".join(blocks) + b"\x3b", limits=limits or Limits())
    return source, list(gif.blocks(source))


def test_the_walk_ends_with_the_trailer() -> None:
    source, blocks = walked(FRAME, gif.extension(gif.COMMENT, b"hello"))
    assert [block.label for block in blocks] == [gif.IMAGE, gif.COMMENT, gif.TRAILER]
    assert blocks[-1].end == source.size


@pytest.mark.parametrize("length", [0, 1, 254, 255, 256, 1000, WINDOW - 1, WINDOW, WINDOW + 1, 3 * WINDOW])
def test_an_extension_is_built_as_it_is_read(length: int) -> None:
    data = (bytes(range(1, 256)) * (length // 255 + 1))[:length]
    source, (block, _) = walked(gif.extension(gif.APPLICATION, data, b"SOMEONE 1.0"))
    assert block.name == b"SOMEONE 1.0"
    assert gif.joined(source, block, length) == data


def test_only_as_much_is_joined_as_was_asked() -> None:
    source, (block, _) = walked(gif.extension(gif.COMMENT, b"x" * 1000))
    assert gif.joined(source, block, 300) == b"x" * 300


@pytest.mark.parametrize("length", [1, 255, 256, 257, 258, 3000])
def test_a_packet_is_built_as_it_is_read(length: int) -> None:
    packet = b"<" * length
    source, (block, _) = walked(gif.xmp_extension(packet))
    assert gif.packet_of(source, block) == packet


def test_a_packet_with_a_nul_cannot_be_carried() -> None:
    with pytest.raises(MalformedFile):
        gif.xmp_extension(b"<\0>")


def test_an_unknown_block_is_malformed() -> None:
    with pytest.raises(MalformedFile):
        walked(b"\0")


def test_a_run_of_sub_blocks_without_an_end_is_malformed() -> None:
    with pytest.raises(MalformedFile):
        list(gif.blocks(BytesSource(HEAD + b"\x21\xfe" + b"\xff" * 1000)))


def test_blocks_without_bound_are_refused() -> None:
    few = Limits(items=2)
    with pytest.raises(LimitExceeded):
        walked(*[gif.extension(gif.COMMENT, b"")] * 3, limits=few)
    assert len(walked(*[FRAME] * 3, limits=few)[1]) == 4
