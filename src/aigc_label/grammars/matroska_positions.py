"""Puts right every size and position in a Matroska file when some of its elements change."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from aigc_label.bilingual import Bilingual
from aigc_label.errors import MalformedFile
from aigc_label.grammars import ebml
from aigc_label.grammars.bmff import Edit
from aigc_label.grammars.ebml import Element
from aigc_label.grammars.moving import Moved
from aigc_label.source import Source

CUE_RELATIVE: Final = 0xF0
CUE_BLOCK: Final = 0x5378
PREVIOUS_SIZE: Final = 0xAB
ROUNDS: Final = 16


@dataclass(frozen=True, slots=True)
class Parts:
    """A segment, its parts, and which of its clusters change."""

    segment: Element
    heads: tuple[Element, ...]
    cues: tuple[Element, ...]
    clusters: tuple[Element, ...]


def positions(source: Source, segment: Element, edits: list[Edit], keys: Mapping[int, int | None]) -> list[Edit]:
    """Give the edits with those of all sizes, positions and cues that follow from them.

    `keys` says for blocks that cues may point to which block's place a keyframe of that time is in now.
    """
    found = list(ebml.level_one(source, segment))
    parts = Parts(
        segment,
        tuple(part for part in found if part.id == ebml.SEEK_HEAD),
        tuple(part for part in found if part.id == ebml.CUES),
        tuple(part for part in found if part.id == ebml.CLUSTER),
    )
    own = [*edits, *_cluster_edits(source, parts, edits)]
    following: list[Edit] = []
    for _ in range(ROUNDS):  # a position that outgrows its width moves others; widths only grow, so this ends
        moved = Moved((*own, *following))
        new = _following(source, parts, moved, keys)
        if new == following:
            return [*own, *following]
        following = new
    raise MalformedFile(Bilingual("the positions do not settle", "位置字段无法收敛"))


def _cluster_edits(source: Source, parts: Parts, edits: list[Edit]) -> list[Edit]:
    """Give the size of each changed cluster; a checksum over its blocks becomes free space."""
    sizes = []
    for cluster in parts.clusters:
        inside = [edit for edit in edits if cluster.data <= edit[0] and edit[1] <= cluster.end]
        if not inside:
            continue
        first = ebml.element_at(source, cluster.data, cluster.end)
        if first.id == ebml.CRC:
            sizes.append((first.offset, first.end, ebml.void(first.end - first.offset)))
        growth = sum(len(new) - (end - start) for start, end, new in inside)
        sizes += _size(cluster, growth)
    return sizes


def _size(element: Element, growth: int) -> list[Edit]:
    """Give the edit of an element's size field, whose id has four bytes; none where the size is unknown."""
    if element.open:
        return []
    width = element.data - element.offset - 4
    return [(element.offset + 4, element.data, ebml.size_bytes(element.size + growth, width))]


def _following(source: Source, parts: Parts, moved: Moved, keys: Mapping[int, int | None]) -> list[Edit]:
    base = moved(parts.segment.data)

    def position(old: int) -> int:
        return moved(parts.segment.data + old) - base

    edits = []
    for head in parts.heads:
        content = _rebuilt(source, head, {ebml.SEEK: {ebml.SEEK_POSITION: position}})
        edits.append((head.offset, head.end, ebml.element(ebml.SEEK_HEAD, content, head.data - head.offset - 4)))
    for cues in parts.cues:
        content = _cues(source, parts, cues, moved, keys)
        edits.append((cues.offset, cues.end, ebml.element(ebml.CUES, content, cues.data - cues.offset - 4)))
    edits = [edit for edit in edits if source.at(edit[0], edit[1] - edit[0]) != edit[2]]
    edits += _said_by_clusters(source, parts, moved, position)
    grown = moved(parts.segment.end) - base - parts.segment.size
    return edits + _size(parts.segment, grown)


Changes = Mapping[int, "Callable[[int], int] | Changes"]


def _rebuilt(source: Source, master: Element, changes: Changes) -> bytes:
    """Give a master's content with numbers changed; a number keeps its width where it can."""
    out = []
    for part in ebml.children(source, master):
        change = changes.get(part.id)
        if change is None:
            out.append(source.at(part.offset, part.end - part.offset))
        elif callable(change):
            out.append(_number(part.id, change(ebml.unsigned(source, part)), part.size))
        else:
            out.append(ebml.element(part.id, _rebuilt(source, part, change)))
    return ebml.checked(b"".join(out))


def _number(identity: int, value: int, width: int) -> bytes:
    return ebml.element(identity, value.to_bytes(max(width, (value.bit_length() + 7) // 8, 1), "big"))


def _cues(source: Source, parts: Parts, cues: Element, moved: Moved, keys: Mapping[int, int | None]) -> bytes:
    clusters = {cluster.offset: cluster for cluster in parts.clusters}
    base = moved(parts.segment.data)
    out = []
    for point in ebml.children(source, cues):
        if point.id != ebml.CUE_POINT:
            out.append(source.at(point.offset, point.end - point.offset))
            continue
        inside = []
        for part in ebml.children(source, point):
            whole = source.at(part.offset, part.end - part.offset)
            if part.id == ebml.CUE_TRACK_POSITIONS:
                whole = ebml.element(part.id, _place(source, parts, part, clusters, moved, base, keys))
            inside.append(whole)
        out.append(ebml.element(ebml.CUE_POINT, b"".join(inside)))
    return ebml.checked(b"".join(out))


def _place(
    source: Source,
    parts: Parts,
    place: Element,
    clusters: Mapping[int, Element],
    moved: Moved,
    base: int,
    keys: Mapping[int, int | None],
) -> bytes:
    """Give one place that a cue names: the cluster, and where the block stands in it."""
    inside = {part.id: part for part in ebml.children(source, place)}
    if ebml.CUE_CLUSTER_POSITION not in inside:
        return source.at(place.data, place.size)
    at = parts.segment.data + ebml.unsigned(source, inside[ebml.CUE_CLUSTER_POSITION])
    cluster = clusters.get(at)
    block = None
    if cluster is not None and CUE_RELATIVE in inside:
        old = cluster.data + ebml.unsigned(source, inside[CUE_RELATIVE])
        block = keys.get(old) or old
        cluster = next((each for each in parts.clusters if each.data <= block < each.end), cluster)
        at = cluster.offset
    out = []
    for part in inside.values():
        if part.id == ebml.CUE_CLUSTER_POSITION:
            out.append(_number(part.id, moved(at) - base, part.size))
        elif part.id == CUE_RELATIVE and cluster is not None and block is not None:
            out.append(_number(part.id, moved(block) - moved(cluster.data), part.size))
        elif part.id != CUE_BLOCK:
            out.append(source.at(part.offset, part.end - part.offset))
    return b"".join(out)


def _said_by_clusters(source: Source, parts: Parts, moved: Moved, position: Callable[[int], int]) -> list[Edit]:
    """Some clusters say where they stand and how large the one before is."""
    edits = []
    before: Element | None = None
    for cluster in parts.clusters:
        for part in ebml.children(source, cluster):
            if part.id not in (0xE7, ebml.CRC, ebml.VOID, ebml.CLUSTER_POSITION, PREVIOUS_SIZE, 0x5854):
                break
            if part.id == ebml.CLUSTER_POSITION:
                value = position(cluster.offset - parts.segment.data)
            elif part.id == PREVIOUS_SIZE and before is not None:
                value = moved(before.end) - moved(before.offset)
            else:
                continue
            if value.bit_length() > 8 * part.size:
                raise MalformedFile(
                    Bilingual("a cluster's position has no room", "Cluster 位置字段空间不足"), offset=part.offset
                )
            edits.append((part.data, part.end, value.to_bytes(part.size, "big")))
        before = cluster
    return edits
