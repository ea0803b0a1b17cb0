"""Names who is measured at sound and film, and with which command."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

from bench import footage
from bench.contenders import FONT, LABEL, OURS, PRODUCER, Contender
from bench.jobs import Result, Stage
from bench.workload import Scale

BARE: Final = Contender(name="python -c pass", argv=(sys.executable, "-c", "pass"))
CP: Final = Contender(name="cp", argv=("cp", "-r", "{in}", "{out}"))
FF: Final = ("ffmpeg", "-nostdin", "-v", "error", "-y")
OURS_COPY: Final = Contender(name="ours, copy", argv=(OURS, "embed", "{in}", "-o", "{out}", *LABEL))
OURS_IN_PLACE: Final = Contender(name="ours, in place", argv=(OURS, "embed", "{work}", "--in-place", *LABEL))
OURS_CHANGED: Final = Contender(
    name="ours, changed in place",
    argv=(OURS, "embed", "{work labelled}", "--in-place", "--producer", PRODUCER, "--produce-id", "bench-2"),
)
OURS_VERIFY: Final = Contender(name="ours, verify", argv=(OURS, "verify", "--only", "label", "{labelled}"))
REMUX: Final = Contender(
    name="ffmpeg -c copy",
    argv=(*FF, "-i", "{in}", "-map", "0", "-c", "copy", "-metadata", "comment={label}", "{out}"),
    needs="ffmpeg",
)
EXIFTOOL: Final = Contender(
    name="exiftool",
    argv=("exiftool", "-api", "LargeFileSupport=1", "-q", "-q", "-Comment={label}", "-o", "{out}", "{in}"),
    needs="exiftool",
)
READ: Final = (
    Contender(name="exiftool -j", argv=("exiftool", "-j", "{labelled}"), needs="exiftool"),
    Contender(name="ffprobe", argv=("ffprobe", "-v", "error", "-show_format", "{labelled}"), needs="ffprobe"),
)
MUTAGEN_MP4: Final = "import sys,mutagen.mp4 as m;f=m.MP4(sys.argv[1]);f['©cmt']=[sys.argv[2]];f.save()"
MUTAGEN_WAV: Final = (
    "import sys,mutagen.wave as m,mutagen.id3 as i;f=m.WAVE(sys.argv[1]);f.add_tags();"
    "f.tags.add(i.TXXX(desc='AIGC',text=[sys.argv[2]]));f.save()"
)
MUTAGEN_MP3: Final = (
    "import sys,os,mutagen.id3 as i\nfor e in os.scandir(sys.argv[1]):\n"
    " t=i.ID3(e.path);t.add(i.TXXX(desc='AIGC',text=[sys.argv[2]]));t.save()"
)
TAGS: Final = (
    'printf "<Tags><Tag><Simple><Name>AIGC</Name><String>label</String></Simple></Tag></Tags>" > "$1.xml"; '
    'mkvpropedit -q "$1" --tags "global:$1.xml"'
)
EACH: Final = (
    'mkdir "$2"; for f in "$1"/*; do ffmpeg -nostdin -v error -i "$f" -map 0 -c copy "$2/${f##*/}" || exit 1; done'
)


def _mutagen(script: str) -> Contender:
    argv = (sys.executable, "-c", script, "{work}", "{label}")
    return Contender(name="mutagen, in place", argv=argv, needs="import mutagen")


MOVIE: Final = (BARE, CP, OURS_COPY, OURS_IN_PLACE, OURS_VERIFY, REMUX, EXIFTOOL, _mutagen(MUTAGEN_MP4), *READ)
FRONT: Final = (
    *(BARE, CP, OURS_COPY, OURS_IN_PLACE, REMUX),
    Contender(name="ffmpeg, faststart", argv=(*REMUX.argv[:-1], "-movflags", "+faststart", "{out}"), needs="ffmpeg"),
)
MATROSKA: Final = (
    *(BARE, CP, OURS_COPY, OURS_IN_PLACE, REMUX),
    Contender(name="mkvpropedit, in place", argv=("sh", "-c", TAGS, "sh", "{work}"), needs="mkvpropedit"),
)
WAVE: Final = (BARE, CP, OURS_COPY, OURS_IN_PLACE, REMUX, _mutagen(MUTAGEN_WAV))
MP3: Final = (
    CP,
    Contender(name="ours, copy", argv=(*OURS_COPY.argv, "--jobs", "1")),
    Contender(name="ours, changed in place", argv=(*OURS_CHANGED.argv, "--jobs", "1")),
    Contender(name="ffmpeg, a process a file", argv=("sh", "-c", EACH, "sh", "{in}", "{out}"), needs="ffmpeg", most=8),
    _mutagen(MUTAGEN_MP3),
)
JOIN: Final = (
    'set -e; mkdir "$2"; ffmpeg -nostdin -v error -f lavfi -i sine=900:d=1.5:r=44100 -ac 2 -b:a 192k -write_xing 0 '
    '-id3v2_version 0 "$2/mark.mp3"; for f in "$1"/*; do '
)
CONCAT: Final = (
    JOIN + 'printf "file \'%s\'\\nfile \'%s\'\\n" "$2/mark.mp3" "$f" > "$2/l.txt"; '
    'ffmpeg -nostdin -v error -f concat -safe 0 -i "$2/l.txt" -c copy "$2/${f##*/}"; done; rm "$2/l.txt" "$2/mark.mp3"'
)
ANEW: Final = (
    JOIN + 'ffmpeg -nostdin -v error -i "$2/mark.mp3" -i "$f" -filter_complex "[0:a][1:a]concat=n=2:v=0:a=1" '
    '-c:a libmp3lame -b:a 192k "$2/${f##*/}"; done; rm "$2/mark.mp3"'
)
MARK_MP3: Final = (
    CP,
    Contender(name="ours, mark", argv=(OURS, "mark", "{in}", "-o", "{out}", "--jobs", "1")),
    Contender(name="ours, both labels", argv=(OURS, "add", "{in}", "-o", "{out}", "--jobs", "1", *LABEL)),
    Contender(name="ffmpeg, concat -c copy", argv=("sh", "-c", CONCAT, "sh", "{in}", "{out}"), needs="ffmpeg", most=8),
    Contender(name="ffmpeg, encoded again", argv=("sh", "-c", ANEW, "sh", "{in}", "{out}"), needs="ffmpeg", most=4),
)
SINE: Final = ("-f", "lavfi", "-i", "sine=900:d=1.5:r=44100")
JOINED: Final = (
    *FF,
    *SINE,
    "-i",
    "{in}",
    "-filter_complex",
    "[0:a]pan=stereo|c0=c0|c1=c0[m];[m][1:a]concat=n=2:v=0:a=1",
)
MARK_WAV: Final = (
    *(BARE, CP),
    Contender(name="ours, mark in front", argv=(OURS, "mark", "{in}", "-o", "{out}")),
    Contender(name="ours, mark behind, in place", argv=(OURS, "mark", "{work}", "--in-place", "--position", "end")),
    Contender(name="ffmpeg, concat", argv=(*JOINED, "{out}"), needs="ffmpeg"),
)
WORDS: Final = (
    f"drawtext=fontfile={FONT}:text=人工智能生成:fontsize=h*0.07:fontcolor=white:box=1:boxcolor=black:boxborderw=8:"
    "x=w-tw-h*0.03:y=h-th-h*0.03"
)


def _x264(preset: str) -> tuple[str, ...]:
    return ("-vf", WORDS, "-c:v", "libx264", "-preset", preset, "-crf", "20")


SMART: Final = (
    *(BARE, CP, REMUX),
    Contender(name="ours, mark", argv=(OURS, "mark", "{in}", "-o", "{out}", "--seconds", "2")),
    Contender(name="ours, both labels", argv=(OURS, "add", "{in}", "-o", "{out}", "--seconds", "2", *LABEL)),
    Contender(
        name="the marked pictures alone",
        argv=(*FF, "-i", "{in}", "-frames:v", str(footage.GROUP), "-an", *_x264("veryfast"), "{out}"),
    ),
)
FULL: Final = Contender(
    name="all encoded again, veryfast",
    argv=(*FF, "-i", "{in}", *_x264("veryfast"), "-c:a", "copy", "{out}"),
    needs="ffmpeg",
)


def movie(stage: Stage, files: Path, scale: Scale) -> dict[str, Result]:
    return stage.run("movie", footage.film(files, scale.film_times), MOVIE, scale.rounds)


def movie_front(stage: Stage, files: Path, scale: Scale) -> dict[str, Result]:
    return stage.run("movie-front", footage.front(files, scale), FRONT, scale.rounds)


def movie_huge(stage: Stage, files: Path, scale: Scale) -> dict[str, Result]:
    """Seven times as long: over 4 GB at the full scale."""
    return stage.run("movie-huge", footage.film(files, 7 * scale.film_times), MOVIE, max(1, scale.rounds // 2))


def matroska(stage: Stage, files: Path, scale: Scale) -> dict[str, Result]:
    return stage.run("matroska", footage.film(files, scale.film_times, ".mkv"), MATROSKA, scale.rounds)


def wave(stage: Stage, files: Path, scale: Scale) -> dict[str, Result]:
    return stage.run("wave", footage.wav(files, 20 * scale.film_times), WAVE, scale.rounds)


def mp3(stage: Stage, files: Path, scale: Scale) -> dict[str, Result]:
    return stage.run("mp3", footage.mp3s(files, scale.mp3s), MP3, scale.rounds)


def mark_mp3(stage: Stage, files: Path, scale: Scale) -> dict[str, Result]:
    return stage.run("mark-mp3", footage.mp3s(files, scale.mp3s), MARK_MP3, scale.rounds)


def mark_wav(stage: Stage, files: Path, scale: Scale) -> dict[str, Result]:
    return stage.run("mark-wav", footage.wav(files, 20 * scale.film_times), MARK_WAV, scale.rounds)


def mark_film(stage: Stage, files: Path, scale: Scale) -> dict[str, Result]:
    """What all pictures cost is measured once on a part of the film and counted for the whole: they repeat themselves."""
    found = stage.run("mark-film", footage.film(files, scale.film_times), SMART, scale.rounds)
    parts = 10 if scale.film_times % 10 == 0 else 1
    (whole,) = stage.run("mark-film", footage.film(files, scale.film_times // parts), (FULL,), 0).values()
    whole.runs = [run.repeated(parts) for run in whole.runs]
    return {**found, whole.name: whole}


JOBS: Final = {
    "movie": movie,
    "movie-front": movie_front,
    "movie-huge": movie_huge,
    "matroska": matroska,
    "wave": wave,
    "mp3": mp3,
    "mark-mp3": mark_mp3,
    "mark-wav": mark_wav,
    "mark-film": mark_film,
}
