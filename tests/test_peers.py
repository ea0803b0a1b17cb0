"""Labels that other programs write are judged as the evidence says, and they read ours."""

from __future__ import annotations

import json
import shutil
import subprocess
from importlib.resources import files
from pathlib import Path

import pytest

from aigc_label import api
from aigc_label.label import Label
from aigc_label.policy import Policy
from aigc_label.report import Report, Scope, Verdict

FIXTURES = Path(__file__).parents[1] / "fixtures"
CONFIG = str(files("aigc_label") / "data/exiftool/aigc-label.config")
LABEL = Label.generated(producer="001191110108335469089C10100", produce_id="peer-1")
COMPLIANT, NON_COMPLIANT, UNLABELLED = Verdict.COMPLIANT, Verdict.NON_COMPLIANT, Verdict.UNLABELLED
WRITTEN = {
    "jpeg/baseline.jpg": "XMP-TC260:AIGC",
    "png/plain.png": "XMP-TC260:AIGC",
    "webp/lossy.webp": "XMP-TC260:AIGC",
    "gif/still.gif": "XMP-TC260:AIGC",
    "tiff/motorola.tif": "XMP-TC260:AIGC",
    "heic/plain.heic": "XMP-TC260:AIGC",
    "avif/still.avif": "XMP-TC260:AIGC",
    "jp2/plain.jp2": "XMP-TC260:AIGC",
    "psd/plain.psd": "XMP-TC260:AIGC",
    "pdf/plain.pdf": "PDF:AIGC",
}
MOVIES = ("mp4", "mov", "m4a")  # where ffmpeg wants a flag
FFMPEG = {  # container -> what its default place is worth
    "mp4": COMPLIANT,
    "mov": COMPLIANT,
    "m4a": COMPLIANT,
    "mkv": COMPLIANT,
    "webm": COMPLIANT,
    "flv": COMPLIANT,
    "mp3": COMPLIANT,
    "flac": COMPLIANT,
    "ogg": COMPLIANT,
    "opus": COMPLIANT,
    "aiff": COMPLIANT,
    "wma": COMPLIANT,
    "wav": UNLABELLED,
    "avi": UNLABELLED,
}


def judged(path: Path) -> Report:
    return api.verify(path, Policy(scope=Scope.LABEL))


def exiftool(*arguments: str | Path) -> str:
    done = subprocess.run(["exiftool", "-config", CONFIG, *map(str, arguments)], capture_output=True, check=True)
    return done.stdout.decode()


@pytest.mark.oracle("exiftool")
@pytest.mark.parametrize("name", WRITTEN)
def test_exiftool_writes_the_label_with_our_configuration(name: str, tmp_path: Path) -> None:
    path = tmp_path / Path(name).name
    shutil.copy(FIXTURES / name, path)
    (tmp_path / "label.json").write_text(LABEL.to_json())
    exiftool("-q", "-overwrite_original", f"-{WRITTEN[name]}<={tmp_path / 'label.json'}", path)
    report = judged(path)
    assert (report.verdict, report.label) == (COMPLIANT, LABEL)


@pytest.mark.oracle("exiftool")
@pytest.mark.parametrize("name", [*WRITTEN, "mp4/tail.mp4", "mp3/bare.mp3", "flac/padded.flac", "matroska/plain.mkv"])
def test_exiftool_reads_our_label(name: str, tmp_path: Path) -> None:
    path = tmp_path / Path(name).name
    api.embed(FIXTURES / name, path, label=LABEL)
    (found,) = json.loads(exiftool("-j", "-AIGC", "-UserDefinedText", path))
    (text,) = (value for name, value in found.items() if name != "SourceFile")
    assert json.loads(text.removeprefix("(AIGC) ")) == LABEL.to_fields()


@pytest.mark.oracle("exiftool")
def test_what_exiftool_can_only_put_elsewhere_does_not_pass(tmp_path: Path) -> None:
    """It writes XMP into MP4, where the guide wants a key."""
    path = tmp_path / "tail.mp4"
    shutil.copy(FIXTURES / "mp4/tail.mp4", path)
    (tmp_path / "label.json").write_text(LABEL.to_json())
    exiftool("-q", "-overwrite_original", f"-XMP-TC260:AIGC<={tmp_path / 'label.json'}", path)
    assert "LBL-004" in {finding.rule.id for finding in judged(path).findings}


@pytest.mark.oracle("ffmpeg")
@pytest.mark.parametrize("suffix", FFMPEG)
def test_ffmpeg_writes_the_label_where_it_can(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"made.{suffix}"
    sound = ("-f", "lavfi", "-i", "sine=duration=0.2")
    flags = {"aiff": ("-write_id3v2", "1")}.get(suffix, ("-movflags", "use_metadata_tags") if suffix in MOVIES else ())
    command = ["ffmpeg", "-nostdin", "-v", "error", *sound, "-metadata", f"AIGC={LABEL.to_json()}", *flags, str(path)]
    subprocess.run(command, check=True)
    assert judged(path).verdict is FFMPEG[suffix]


@pytest.mark.oracle("ffmpeg")
def test_without_its_flag_ffmpeg_drops_the_label_of_a_movie(tmp_path: Path) -> None:
    path = tmp_path / "made.mp4"
    command = ["ffmpeg", "-nostdin", "-v", "error", "-f", "lavfi", "-i", "sine=duration=0.2"]
    subprocess.run([*command, "-metadata", f"AIGC={LABEL.to_json()}", str(path)], check=True)
    assert judged(path).verdict is UNLABELLED
