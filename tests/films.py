"""Makes small films with ffmpeg and asks ffprobe and ffmpeg about what became of them."""

from __future__ import annotations

import json
import subprocess
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

PICTURES = ("-f", "lavfi", "-i", "testsrc2=s={size}:r={rate}:d={seconds}")
SOUND = ("-f", "lavfi", "-i", "sine=440:d={seconds}")
AAC = ("-c:a", "aac", "-b:a", "48k")
X264 = ("-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p", "-threads", "1")


def ffmpeg(*arguments: str | Path) -> bytes:
    command = ["ffmpeg", "-nostdin", "-v", "error", "-y", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, check=True, stdin=subprocess.DEVNULL).stdout


@cache
def made(
    *options: str,
    suffix: str = ".mp4",
    size: str = "320x240",
    rate: str = "25",
    seconds: float = 4,
    silent: bool = False,
) -> bytes:
    """Give a film of ffmpeg's test pictures (and a tone), encoded as `options` say."""
    inputs = [part.format(size=size, rate=rate, seconds=seconds) for part in (PICTURES + (() if silent else SOUND))]
    with TemporaryDirectory() as folder:
        out = Path(folder) / f"film{suffix}"
        ffmpeg(*inputs, "-bitexact", *options, out)
        return out.read_bytes()


def probed(path: Path) -> dict[str, Any]:
    """Give what ffprobe says about container, streams and chapters, but for what follows from another size of pictures."""
    command = ["ffprobe", "-v", "error", "-show_format", "-show_streams", "-show_chapters", "-of", "json", str(path)]
    found: dict[str, Any] = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    for part in (found["format"], *found["streams"]):
        for key in ("filename", "size", "bit_rate", "extradata_size", "has_b_frames", "max_bit_rate", "refs"):
            part.pop(key, None)
    return found


def packets(path: Path, stream: str) -> list[tuple[str, ...]]:
    """Give pts, dts, duration, size, flags and the hash of every packet of the streams that `stream` selects."""
    command = ["ffprobe", "-v", "error", "-select_streams", stream, "-show_data_hash", "md5", "-of", "compact=p=0:nk=1"]
    entries = "packet=stream_index,pts,dts,duration,size,flags,data_hash"
    lines = subprocess.run([*command, "-show_entries", entries, str(path)], capture_output=True, check=True).stdout
    return [tuple(line.split("|")) for line in lines.decode().splitlines() if line]


def pictures(path: Path) -> list[tuple[str, str]]:
    """Give time and hash of every picture that ffmpeg decodes from the film."""
    lines = ffmpeg("-i", path, "-map", "0:V:0", "-fps_mode", "passthrough", "-f", "framemd5", "-")
    rows = [line.split(",") for line in lines.decode().splitlines() if not line.startswith("#")]
    return [(row[2].strip(), row[5].strip()) for row in rows]


def decodes_cleanly(path: Path) -> bool:
    command = [
        "ffmpeg",
        "-nostdin",
        "-v",
        "error",
        "-xerror",
        "-i",
        str(path),
        "-map",
        "0:V",
        "-map",
        "0:a?",
        "-f",
        "null",
        "-",
    ]
    ended = subprocess.run(command, capture_output=True, check=False, stdin=subprocess.DEVNULL)
    return ended.returncode == 0 and not ended.stderr
