"""Asks ffprobe, ffmpeg, exiftool, mediainfo and mutagen about sound and moving pictures."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path


def run(*command: str | Path) -> bytes:
    return subprocess.run(command, capture_output=True, check=True, stdin=subprocess.DEVNULL).stdout


def ffprobe_texts(path: Path) -> dict[str, str]:
    """Give the texts that ffprobe finds in the container and its streams, keys in lower case."""
    found = json.loads(run("ffprobe", "-v", "error", "-show_format", "-show_streams", "-of", "json", path))
    texts: dict[str, str] = {}
    for part in (*found.get("streams", []), found["format"]):
        texts |= {key.lower(): value for key, value in part.get("tags", {}).items()}
    return texts


def packets(path: Path) -> str:
    """Give a hash of every packet of every stream with its timestamps, as ffmpeg's demuxer sees them."""
    lines = run("ffmpeg", "-nostdin", "-v", "error", "-i", path, "-map", "0", "-c", "copy", "-f", "framemd5", "-")
    # side data (behind S=) repeats a stream's comments with its first packet
    return "\n".join(line.partition(", S=")[0] for line in lines.decode().splitlines() if not line.startswith("#"))


def decodes_cleanly(path: Path) -> bool:
    """Tell whether ffmpeg decodes the whole file without a word of complaint."""
    command = ["ffmpeg", "-nostdin", "-v", "error", "-xerror", "-i", str(path), "-map", "0", "-f", "null", "-"]
    ended = subprocess.run(command, capture_output=True, check=False, stdin=subprocess.DEVNULL)
    return ended.returncode == 0 and not ended.stderr


OF_THE_FILE = ("System", "ExifTool", "FileSize", "ID3Size", "Padding", "(approx)", "AvgBitrate")


def exiftool(path: Path, *options: str) -> list[str]:
    """Give every line that exiftool has to say about a file, duplicates too, without name, size, dates and padding."""
    lines = run("exiftool", "-G1", "-a", "-s", "-u", *options, path).decode(errors="replace").splitlines()
    return [" ".join(line.split()) for line in lines if not any(word in line for word in OF_THE_FILE)]


OF_LABELS = (  # labels, padding, what follows a file's size, positions, and checksums over them
    "ContentProducer",
    "TextJunk",
    "Unknown_AIGC",
    "RIFFSize64",
    "[Composite] Duration",
    "CRC-32",
    "CueClusterPosition",
    "SeekPosition",
    "FileLength",
    "MediaDataOffset",
    "[QuickTime] Free :",
    "[QuickTime] Skip :",
    "FileSizeBytes",
    "KeyFramePositions",
    "Lastkeyframelocation",
)


def without_labels(lines: list[str]) -> list[str]:
    """Give the lines that have nothing to do with a label or with the padding behind it."""
    return [line for line in lines if not any(word in line for word in OF_LABELS)]
