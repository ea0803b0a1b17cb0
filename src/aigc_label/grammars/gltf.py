"""Opens glTF 2.0 scenes: JSON of their own, or the JSON chunk of a binary GLB with its other chunks untouched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from aigc_label.bilingual import Bilingual
from aigc_label.errors import LimitExceeded, MalformedFile, UnsupportedFormat
from aigc_label.grammars import json_text
from aigc_label.grammars.json_text import Edit, Member
from aigc_label.source import Source
from aigc_label.splice import Plan, replaced

MAGIC: Final = b"glTF"
HEADER: Final = 12
JSON: Final = b"JSON"
BOM: Final = b"\xef\xbb\xbf"
ROOM: Final = 512  # spaces behind the JSON, so that the next change of a text in it is one small write
SPACE: Final = b" \t\r\n"


@dataclass(frozen=True, slots=True)
class Scene:
    """A scene's JSON, which stands at `start..end` of the file (padding included), and the file's own end by its header.

    `asset` is the one member that every scene has; `root` are all members beside each other.
    """

    document: bytes
    start: int
    end: int
    stop: int
    is_binary: bool
    root: tuple[Member, ...]
    asset: Member


def scene_of(source: Source) -> Scene:
    """Give the scene. Raises `MalformedFile` and `LimitExceeded` where its parts cannot be trusted, `UnsupportedFormat`
    for version 1, which had another layout.
    """
    is_binary = source.upto(0, 4) == MAGIC
    start, end, stop = _chunks(source) if is_binary else _whole(source)
    document = source.at(start, end - start)
    json_text.check(document, source.limits)
    body = len(document) - len(document.lstrip(b" \t\r\n"))
    root = json_text.members(document, body, source.limits)
    assets = [member for member in root if member.key == "asset"]
    if len(assets) != 1 or document[assets[0].value : assets[0].value + 1] != b"{":
        raise MalformedFile(
            Bilingual("a scene has exactly one asset object", "场景应有且仅有一个 asset 对象"), offset=start
        )
    return Scene(document, start, end, stop, is_binary, root, assets[0])


def _whole(source: Source) -> tuple[int, int, int]:
    start = len(BOM) if source.upto(0, 3) == BOM else 0
    return start, source.size, source.size


def _chunks(source: Source) -> tuple[int, int, int]:
    """Give where the JSON chunk's content begins and ends, and where the header says that the file does."""
    head = source.at(0, HEADER)
    version, stop = int.from_bytes(head[4:8], "little"), int.from_bytes(head[8:12], "little")
    if version != 2:
        raise UnsupportedFormat(
            Bilingual(f"version {version} of binary glTF", f"二进制 glTF 的第 {version} 版"),
            remedy=Bilingual("Convert it to glTF 2.0.", "请转换为 glTF 2.0。"),
        )
    first = source.at(HEADER, 8)
    start = HEADER + 8
    end = start + int.from_bytes(first[:4], "little")
    if first[4:] != JSON or not end <= stop <= source.size:
        raise MalformedFile(Bilingual("the chunks contradict the header", "数据块与文件头不符"), offset=HEADER)
    _check_others(source, end, stop)
    return start, end, stop


def _check_others(source: Source, at: int, stop: int) -> None:
    """Raise `MalformedFile` where the chunks behind the first do not fill the file."""
    for _ in range(source.limits.items):
        if at == stop:
            return
        at += 8 + int.from_bytes(source.at(at, 8)[:4], "little")
        if at > stop:
            raise MalformedFile(Bilingual("a chunk reaches beyond the end", "数据块超出文件末尾"), offset=at)
    raise LimitExceeded(Bilingual("the scene has too many chunks", "场景的数据块过多"), limit="items", offset=at)


def rewritten(source: Source, scene: Scene, edits: Sequence[Edit]) -> Plan:
    """Give the file with ranges of its JSON replaced; every chunk behind it stays, lengths follow.

    Raises `UnsupportedFormat` where a binary scene would pass the 4 GiB that its header can state.
    """
    room = _room(scene, _growth(edits))
    length = len(scene.document) + _growth([*edits, room])
    moved = [(scene.start + start, scene.start + end, new) for start, end, new in (*edits, room)]
    return replaced(source.size, [*moved, *_lengths(scene, length)])


def _growth(edits: Sequence[Edit]) -> int:
    return sum(len(new) - (end - start) for start, end, new in edits)


def _room(scene: Scene, growth: int) -> Edit:
    """Let the spaces behind the JSON give and take; room anew where there is none left. Chunks end on four bytes."""
    body = len(scene.document.rstrip(SPACE))
    tail = b"" if scene.is_binary or not scene.document.endswith(b"\n") else b"\n"
    left = len(scene.document) - body - len(tail) - growth
    if left < 0:
        left = ROOM
        if scene.is_binary:
            left += -(body + growth + left) % 4
    return body, len(scene.document), b" " * left + tail


def _lengths(scene: Scene, length: int) -> list[Edit]:
    if not scene.is_binary:
        return []
    stop = scene.stop + length - len(scene.document)
    if stop >= 1 << 32:
        raise UnsupportedFormat(Bilingual("the scene would grow beyond 4 GiB", "场景将超过 4 GiB"))
    return [(8, 12, stop.to_bytes(4, "little")), (HEADER, HEADER + 4, length.to_bytes(4, "little"))]
