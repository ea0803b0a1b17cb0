"""Makes small films with ffmpeg, and asks ffprobe and ffmpeg about films, each question once."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

PICTURES = ("-f", "lavfi", "-i", "testsrc2=s={size}:r={rate}:d={seconds}")
SOUND = ("-f", "lavfi", "-i", "sine=440:d={seconds}")
AAC = ("-c:a", "aac", "-b:a", "48k")
OPUS = ("-c:a", "libopus", "-b:a", "32k")
X264 = ("-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p", "-threads", "1")
QUIET = {"SVT_LOG": "1"}


def ffmpeg(*arguments: str | Path) -> bytes:
    command = ["ffmpeg", "-nostdin", "-v", "error", "-y", *map(str, arguments)]
    ended = subprocess.run(command, capture_output=True, check=False, stdin=subprocess.DEVNULL)
    if ended.returncode:
        raise AssertionError(ended.stderr.decode())
    return ended.stdout


def made(*options: str, suffix: str = ".mp4", size: str = "320x240", rate: str = "25", seconds: float = 4) -> bytes:
    """Give a film of ffmpeg's test pictures and a tone, encoded as `options` say."""
    inputs = [part.format(size=size, rate=rate, seconds=seconds) for part in PICTURES + SOUND]
    with TemporaryDirectory() as folder:
        out = Path(folder) / f"film{suffix}"
        ffmpeg(*inputs, "-bitexact", *options, out)
        return out.read_bytes()


def remade(data: bytes, suffix: str, *options: str, seek: str = "0") -> bytes:
    """Give a film after ffmpeg put its streams into a file anew."""
    with TemporaryDirectory() as folder:
        before, after = Path(folder) / f"before{suffix}", Path(folder) / f"after{suffix}"
        before.write_bytes(data)
        ffmpeg("-ss", seek, "-i", before, "-c", "copy", "-bitexact", *options, after)
        return after.read_bytes()


FOLLOWS = ("filename", "size", "bit_rate", "extradata_size", "max_bit_rate", "refs", "nb_read_packets")


@dataclass(eq=False)
class Asked:
    """A film in a file of its own, and what ffmpeg and ffprobe say about it."""

    data: bytes
    suffix: str
    folder: TemporaryDirectory[str] = field(default_factory=TemporaryDirectory)

    @cached_property
    def path(self) -> Path:
        path = Path(self.folder.name) / f"film{self.suffix}"
        path.write_bytes(self.data)
        return path

    @cached_property
    def facts(self) -> dict[str, Any]:
        """Give container, streams and chapters, but for what follows from another size of pictures."""
        command = ["ffprobe", "-v", "error", "-show_format", "-show_streams", "-show_chapters", "-of", "json"]
        found: dict[str, Any] = json.loads(
            subprocess.run([*command, self.path], capture_output=True, check=True).stdout
        )
        for part in (found["format"], *found["streams"]):
            for key in FOLLOWS:
                part.pop(key, None)
        return found

    @cached_property
    def packets(self) -> dict[int, list[tuple[str, ...]]]:
        """Give pts, dts, duration, flags and the hash of every packet, by stream."""
        command = ["ffprobe", "-v", "error", "-show_data_hash", "md5", "-of", "compact=p=0:nk=1", "-show_entries"]
        entries = "packet=stream_index,pts,dts,duration,flags,data_hash"
        lines = subprocess.run([*command, entries, self.path], capture_output=True, check=True).stdout.decode()
        found: dict[int, list[tuple[str, ...]]] = {}
        for line in lines.splitlines():
            index, *rest = line.split("|")
            if index.isdigit():
                found.setdefault(int(index), []).append(tuple(rest[:5]))  # side data stand behind
        return found

    @property
    def video(self) -> int:
        return next(
            stream["index"]
            for stream in self.facts["streams"]
            if stream["codec_type"] == "video" and not stream["disposition"]["attached_pic"]
        )

    @cached_property
    def pictures(self) -> list[str]:
        """Give a hash of every picture that ffmpeg decodes, in the order of display."""
        passed = ("-fps_mode", "passthrough", "-autorotate", "0")
        lines = ffmpeg("-i", self.path, "-map", "0:V:0", *passed[:2], "-f", "framemd5", "-").decode()
        return [line.split(",")[5].strip() for line in lines.splitlines() if not line.startswith("#")]

    @cached_property
    def times(self) -> list[str]:
        """Give the time of every picture that is shown."""
        command = ["ffprobe", "-v", "error", "-select_streams", "V:0", "-show_entries", "frame=pts", "-of", "csv=p=0"]
        return (
            subprocess.run([*command, self.path], capture_output=True, check=True)
            .stdout.decode()
            .replace(",", " ")
            .split()
        )

    @cached_property
    def complaints(self) -> str:
        """Give what ffmpeg says while it decodes every stream; nothing, if all is well."""
        command = ["ffmpeg", "-nostdin", "-v", "error", "-xerror", "-i", str(self.path), "-map", "0:V", "-map", "0:a?"]
        ended = subprocess.run(
            [*command, "-fps_mode", "passthrough", "-enc_time_base", "-1", "-f", "null", "-"],
            capture_output=True,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        return ended.stderr.decode() or ("" if ended.returncode == 0 else "ended badly")
