"""Reads the playlists of HLS (RFC 8216) and DASH (ISO/IEC 23009-1): which segment is initialised by which file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from aigc_label.bilingual import Bilingual
from aigc_label.errors import MalformedFile
from aigc_label.grammars.xml import Element, parse
from aigc_label.limits import Limits

MAP: Final = re.compile(r'#EXT-X-MAP:(?:.*,)?URI="([^"]+)"')
URI: Final = re.compile(r'\bURI="([^"]+)"')
MEDIA: Final = "#EXT-X-MEDIA:"
VARIANT: Final = "#EXT-X-STREAM-INF:"
FIELD: Final = re.compile(r"\$(RepresentationID|Number|Time|Bandwidth|SubNumber)?(?:%0\d+d)?\$")


@dataclass(frozen=True, slots=True)
class Playlist:
    """What a playlist names, in file names as it spells them.

    `segments` are pairs of a pattern of segments and their initialisation ("" where they have none); `others` are the
    playlists of a list of playlists; `ranged` are files that it addresses by byte ranges.
    """

    segments: tuple[tuple[re.Pattern[str], str], ...] = ()
    others: tuple[str, ...] = ()
    ranged: tuple[str, ...] = ()

    @property
    def initialisations(self) -> tuple[str, ...]:
        """Give every initialisation segment once."""
        return tuple(dict.fromkeys(name for _, name in self.segments if name))

    def initialisation_of(self, name: str) -> str | None:
        """Give the initialisation of a segment, "" where it has none, None where it is not of this list."""
        return next((start for pattern, start in self.segments if pattern.fullmatch(name)), None)


def hls(text: str) -> Playlist:
    """Give what an HLS playlist names."""
    segments: list[tuple[re.Pattern[str], str]] = []
    others: list[str] = []
    ranged: list[str] = []
    start, variant, in_part = "", False, False
    for line in map(str.strip, text.splitlines()):
        if found := MAP.match(line):
            start = found[1]
            ranged += [start] if "BYTERANGE=" in line else []
        elif line.startswith(MEDIA) and (medium := URI.search(line)):
            others.append(medium[1])
        elif line.startswith(VARIANT):
            variant = True
        elif line.startswith("#EXT-X-BYTERANGE:"):
            in_part = True
        elif line and not line.startswith("#"):
            if variant:
                others.append(line)
            else:
                segments.append((re.compile(re.escape(line)), start))
                ranged += [line] if in_part else []
            variant = in_part = False
    return Playlist(tuple(segments), tuple(others), tuple(dict.fromkeys(ranged)))


def dash(data: bytes, limits: Limits) -> Playlist:
    """Give what a DASH manifest names. Raises `MalformedFile` and `LimitExceeded` as XML does."""
    root = parse(data, limits)
    if root.name != "MPD":
        raise MalformedFile(Bilingual("this is no DASH manifest", "不是 DASH 清单"))
    segments: list[tuple[re.Pattern[str], str]] = []
    ranged: list[str] = []
    for one in (each for each in root.walk() if each.name == "AdaptationSet"):
        shared = next((each for each in one.children if each.name == "SegmentTemplate"), None)
        for shown in (each for each in one.walk() if each.name == "Representation"):
            base = next((each.text.strip() for each in shown.children if each.name == "BaseURL"), "")
            if any(each.name == "SegmentBase" for each in shown.children) or (shared is None and base):
                ranged.append(base)
            template = next((each for each in shown.children if each.name == "SegmentTemplate"), shared)
            if template is not None:
                segments.append(_templated(template, shown))
    return Playlist(tuple(segments), (), tuple(ranged))


def _templated(template: Element, shown: Element) -> tuple[re.Pattern[str], str]:
    """Give the pattern of the media segments of a representation, and its initialisation (5.3.9.4.4)."""
    held = {"RepresentationID": shown.attributes.get(("", "id")), "Bandwidth": shown.attributes.get(("", "bandwidth"))}
    media, start = (template.attributes.get(("", name), "") for name in ("media", "initialization"))
    parts, at = [], 0
    for field in FIELD.finditer(media):
        parts.append(re.escape(media[at : field.start()]))
        value = held.get(field[1] or "")
        parts.append(r"\d+" if value is None else re.escape(value))
        at = field.end()
    pattern = re.compile("".join((*parts, re.escape(media[at:]))))
    return pattern, FIELD.sub(lambda field: held.get(field[1] or "") or "$", start)
