"""Knows what belongs to a stream that lies in a folder in pieces: its initialisation segments carry the label for all.

HLS and DASH packagers write playlists, media segments without metadata, and initialisation segments, which players read
first. A media segment or a playlist goes along unchanged where such a segment exists; a stream without one is refused.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from aigc_label.bilingual import Bilingual
from aigc_label.errors import AigcLabelError, UnsupportedFormat
from aigc_label.formats import Format
from aigc_label.output import opened
from aigc_label.source import FileSource, Source

if TYPE_CHECKING:
    from aigc_label.grammars.playlists import Playlist

SEGMENTS: Final = (b"styp", b"moof", b"sidx")  # what a media segment begins with
LISTS: Final = ("hls", "dash")
LISTED: Final = 64  # playlists of a folder that are looked into
LARGEST: Final = 4 << 20  # bytes of a playlist
COMMAND: Final = (
    "ffmpeg -i index.m3u8 -c copy -bsf:a aac_adtstoasc -f hls -hls_playlist_type vod "
    "-hls_segment_type fmp4 out/index.m3u8"
)
REPACKAGE: Final = Bilingual(
    f"Package it with separate segments of MP4, then label the folder: `{COMMAND}`.",
    f"请打包为独立的 MP4 分段后再为文件夹添加标识：`{COMMAND}`。",
)


@dataclass(frozen=True, slots=True)
class Carried:
    """A playlist or a media segment: the initialisation segments that carry its label, what to say of it."""

    initialisations: tuple[Path, ...]
    says: Bilingual


def carried(source: Source, row: Format) -> Carried | None:
    """Give what a part of a stream goes along with; None for any other file.

    Raises `UnsupportedFormat` where the label has no place in the stream.
    """
    if not isinstance(source, FileSource):
        return None
    if row.name in LISTS:
        return _told(_of_playlist(source, row.name, deeper=2))
    if source.upto(4, 4) in SEGMENTS:
        start = _initialisation_of(Path(source.name), source)
        return _told((start,)) if start is not None else None
    return None


def _told(initialisations: tuple[Path, ...]) -> Carried:
    names = ", ".join(path.name for path in initialisations)
    return Carried(
        initialisations,
        Bilingual(
            f"part of a stream, copied as it is: its label is in {names}", f"流的一部分，原样复制：其标识位于 {names}"
        ),
    )


def _of_playlist(source: Source, name: str, *, deeper: int) -> tuple[Path, ...]:
    """Give the initialisation segments of all that a playlist names, of playlists in it too."""
    listed = _read(source, name)
    path = Path(source.name)
    if listed.ranged:
        raise UnsupportedFormat(
            Bilingual(
                f"the playlist addresses byte ranges of {listed.ranged[0]}, which a label would move",
                f"播放列表按字节范围引用 {listed.ranged[0]}，添加标识会使其错位",
            ),
            remedy=REPACKAGE,
        )
    if any(not start for _, start in listed.segments) or not (listed.segments or listed.others):
        raise UnsupportedFormat(
            Bilingual("its segments have no initialisation segment (MPEG-TS)", "其分段没有初始化分段（MPEG-TS）"),
            remedy=REPACKAGE,
        )
    found = [_beside(path, start) for start in listed.initialisations]
    for other in listed.others if deeper else ():
        with opened(_beside(path, other), source.limits) as held:
            found += _of_playlist(held, "hls", deeper=deeper - 1)
    return tuple(dict.fromkeys(found))


def _beside(path: Path, name: str) -> Path:
    """Give the file that a playlist names. Raises `UnsupportedFormat` for one that does not lie below it."""
    parts = Path(name).parts
    if "://" in name or name.startswith("/") or ".." in parts or not parts:
        raise UnsupportedFormat(
            Bilingual(f"the playlist leads out of its folder: {name[:80]}", f"播放列表指向文件夹之外：{name[:80]}"),
            remedy=Bilingual("Give a folder that holds the whole stream.", "请提供包含完整流的文件夹。"),
        )
    return path.parent / name


def _read(source: Source, name: str) -> Playlist:
    from aigc_label.grammars import playlists

    data = source.upto(0, min(source.size, LARGEST))
    return playlists.hls(data.decode("utf-8", "replace")) if name == "hls" else playlists.dash(data, source.limits)


def _initialisation_of(path: Path, source: Source) -> Path | None:
    for lists, listed in _playlists(path, source):
        start = listed.initialisation_of(path.name)
        if start and (lists.parent / start).is_file():
            return lists.parent / start
    return None


def check_ranges(source: Source) -> None:
    """Raise `UnsupportedFormat` where a playlist of its name addresses byte ranges of a file: a label would move them."""
    if not isinstance(source, FileSource) or source.upto(4, 4) != b"ftyp":
        return
    path = Path(source.name)
    for suffix, name in ((".m3u8", "hls"), (".mpd", "dash")):
        beside = path.with_suffix(suffix)
        if not beside.is_file():
            continue
        with opened(beside, source.limits) as held:
            if path.name in _read(held, name).ranged:
                raise UnsupportedFormat(
                    Bilingual(
                        f"{beside.name} addresses byte ranges of this file, which a label would move",
                        f"{beside.name} 按字节范围引用该文件，添加标识会使其错位",
                    ),
                    remedy=REPACKAGE,
                )


def _playlists(path: Path, source: Source) -> Iterator[tuple[Path, Playlist]]:
    """Give the playlists of a file's folder that can be read."""
    with os.scandir(path.parent) as entries:
        names = sorted(entry.name for entry in entries if entry.name.endswith((".m3u8", ".mpd")))
    for name in names[:LISTED]:
        try:
            with opened(path.parent / name, source.limits) as held:
                yield path.parent / name, _read(held, "hls" if name.endswith("8") else "dash")
        except AigcLabelError:  # a list that says nothing of this segment
            continue
