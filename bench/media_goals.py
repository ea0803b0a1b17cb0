"""Holds the goals for sound and film."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from bench.goals import AT_LEAST, AT_MOST, Goal
from bench.jobs import Result

Figure = Callable[[dict[str, Result]], float]
BARE, CP, COPY, IN_PLACE, REMUX = "python -c pass", "cp", "ours, copy", "ours, in place", "ffmpeg -c copy"
MARK, FULL = "ours, mark", "all encoded again, veryfast"


def _of(measure: str, above: str, below: str) -> Figure:
    return lambda r: getattr(r[above].figure, measure) / getattr(r[below].figure, measure)


def cpu(above: str, below: str) -> Figure:
    return _of("cpu", above, below)


def wall(above: str, below: str) -> Figure:
    return _of("wall", above, below)


def written(name: str) -> Figure:
    return lambda r: r[name].figure.written / 1e3


def peak(name: str) -> Figure:
    return lambda r: r[name].figure.peak


def _alone(results: dict[str, Result]) -> float:
    """Give our CPU over that of encoding the marked pictures and copying the film."""
    needed = results["the marked pictures alone"].figure.cpu + results[CP].figure.cpu
    return results[MARK].figure.cpu / needed


MOVIES: Final = (("movie", "MP4", 0.04), ("movie-huge", "MP4 over 4 GB", 0.006))
GOALS: Final = (
    *(
        goal
        for job, name, share in MOVIES
        for goal in (
            Goal(4, f"{name}, in place: wall, ours : bare Python", job, wall(IN_PLACE, BARE), AT_MOST, 1.7),
            Goal(4, f"{name}, in place: CPU, ours : ffmpeg -c copy", job, cpu(IN_PLACE, REMUX), AT_MOST, share),
            Goal(4, f"{name}, in place: KB written", job, written(IN_PLACE), AT_MOST, 4),
            Goal(9, f"{name}, verify the label: wall, ours : bare Python", job, wall("ours, verify", BARE), AT_MOST, 2),
            Goal(9, f"{name}, verify: wall, exiftool : ours", job, wall("exiftool -j", "ours, verify"), AT_LEAST, 6),
            Goal(9, f"{name}, verify: wall, ffprobe : ours", job, wall("ffprobe", "ours, verify"), AT_LEAST, 6),
            Goal(10, f"{name}, copy: peak MiB", job, peak(COPY), AT_MOST, 24),
            Goal(10, f"{name}, in place: peak MiB", job, peak(IN_PLACE), AT_MOST, 24),
            Goal(10, f"{name}, verify: peak MiB", job, peak("ours, verify"), AT_MOST, 24),
        )
    ),
    Goal(5, "moov first, in place: CPU, ours : ffmpeg", "movie-front", cpu(IN_PLACE, REMUX), AT_MOST, 0.05),
    Goal(5, "moov first, copy: wall, ours : cp", "movie-front", wall(COPY, CP), AT_MOST, 1.2),
    Goal(5, "moov first, copy: wall, ffmpeg : ours", "movie-front", wall(REMUX, COPY), AT_LEAST, 1.7),
    Goal(
        5,
        "moov first, copy: written, ours : ffmpeg +faststart",
        "movie-front",
        _of("written", COPY, "ffmpeg, faststart"),
        AT_MOST,
        0.51,
    ),
    Goal(
        6, "MKV, in place: wall, ours : mkvpropedit", "matroska", wall(IN_PLACE, "mkvpropedit, in place"), AT_MOST, 0.5
    ),
    Goal(6, "MKV, in place: CPU, ours : ffmpeg", "matroska", cpu(IN_PLACE, REMUX), AT_MOST, 0.02),
    Goal(6, "WAV, in place: wall, ours : bare Python", "wave", wall(IN_PLACE, BARE), AT_MOST, 2),
    Goal(6, "MP3 copies: CPU, ours : cp", "mp3", cpu(COPY, CP), AT_MOST, 1.3),
    Goal(6, "MP3 copies: CPU, ffmpeg : ours", "mp3", cpu("ffmpeg, a process a file", COPY), AT_LEAST, 30),
    Goal(6, "MP3, label changed in place: CPU, ours : cp", "mp3", cpu("ours, changed in place", CP), AT_MOST, 0.2),
    Goal(13, "10 min of 1080p, mark: CPU, ours : all encoded again", "mark-film", cpu(MARK, FULL), AT_MOST, 0.0065),
    Goal(13, "10 min of 1080p, mark: CPU, ours : 60 pictures + cp", "mark-film", _alone, AT_MOST, 1.3),
    Goal(14, "MP3, mark in front: CPU, ours : cp", "mark-mp3", cpu(MARK, CP), AT_MOST, 1.6),
    Goal(14, "MP3, mark: CPU, concat -c copy : ours", "mark-mp3", cpu("ffmpeg, concat -c copy", MARK), AT_LEAST, 25),
    Goal(14, "MP3, mark: CPU, encoded again : ours", "mark-mp3", cpu("ffmpeg, encoded again", MARK), AT_LEAST, 600),
    Goal(
        14,
        "WAV, mark behind: wall, ours : bare Python",
        "mark-wav",
        wall("ours, mark behind, in place", BARE),
        AT_MOST,
        2,
    ),
    Goal(
        14,
        "WAV, mark behind: wall, ffmpeg : ours",
        "mark-wav",
        wall("ffmpeg, concat", "ours, mark behind, in place"),
        AT_LEAST,
        15,
    ),
)
