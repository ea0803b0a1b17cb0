"""Gives the bytes that a glTF scene holds in its own file: of the binary chunk, or of addresses that are the data."""

from __future__ import annotations

import base64
import binascii
from typing import Any, Final

from aigc_label.bilingual import Bilingual
from aigc_label.errors import MalformedFile, UnsupportedFormat
from aigc_label.grammars.gltf import Scene
from aigc_label.source import Source

BINARY: Final = b"BIN\0"
ELSEWHERE: Final = Bilingual("the scene keeps data in other files", "场景的部分数据存放在其他文件中")


class Buffers:
    """The buffers of a scene, each read when it is asked for. Other files are never opened."""

    def __init__(self, source: Source, scene: Scene, tree: dict[str, Any]) -> None:
        self.source = source
        self.scene = scene
        self.tree = tree
        self._held: dict[int, bytes] = {}

    def view(self, number: int) -> bytes:
        """Give the bytes of a buffer view. Raises `UnsupportedFormat` where they are in another file or packed."""
        row = self.tree["bufferViews"][number]
        if "EXT_meshopt_compression" in row.get("extensions", {}):
            raise UnsupportedFormat(Bilingual("the scene holds packed geometry", "场景含有压缩的几何数据"))
        start, length = int(row.get("byteOffset", 0)), int(row["byteLength"])
        if start < 0 or length < 0:
            raise MalformedFile(Bilingual("a buffer view leaves its buffer", "缓冲区视图超出范围"))
        buffer = self.tree["buffers"][row["buffer"]]
        if "uri" not in buffer and row["buffer"] == 0 and self.scene.is_binary:
            return self.source.at(self._chunk(start + length) + start, length)
        return self._embedded(int(row["buffer"]), buffer)[start : start + length]

    def _chunk(self, need: int) -> int:
        head = self.source.at(self.scene.end, 8)
        if head[4:] != BINARY or int.from_bytes(head[:4], "little") < need:
            raise MalformedFile(Bilingual("a buffer view leaves its buffer", "缓冲区视图超出范围"))
        return self.scene.end + 8

    def _embedded(self, number: int, buffer: dict[str, Any]) -> bytes:
        if number not in self._held:
            self._held[number] = embedded(str(buffer.get("uri", "")))
        return self._held[number]


def embedded(uri: str) -> bytes:
    """Give the bytes of a `data:` address. Raises `UnsupportedFormat` for any other, which is never followed."""
    head, comma, data = uri.partition(",")
    if not head.startswith("data:") or not head.endswith(";base64") or not comma:
        raise UnsupportedFormat(ELSEWHERE)
    try:
        return base64.b64decode(data)
    except (binascii.Error, ValueError) as problem:
        raise MalformedFile(Bilingual("a buffer is not base64", "缓冲区不是有效的 base64")) from problem
