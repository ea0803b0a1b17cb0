"""Labels that other programs write are judged as the evidence says, and they read ours."""

from __future__ import annotations

import json
import shutil
import subprocess
from importlib.resources import files
from pathlib import Path

import media
import pytest
from PIL import Image

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


def written(name: str, folder: Path) -> Path:
    """Give a copy of a fixture that exiftool has labelled."""
    path = folder / Path(name).name
    shutil.copy(FIXTURES / name, path)
    (folder / "label.json").write_text(LABEL.to_json())
    exiftool("-q", "-overwrite_original", f"-{WRITTEN[name]}<={folder / 'label.json'}", path)
    return path


@pytest.mark.oracle("exiftool")
@pytest.mark.parametrize("name", WRITTEN)
@pytest.mark.host("exiftool", shows="labels")
def test_exiftool_writes_the_label_with_our_configuration(name: str, tmp_path: Path) -> None:
    report = judged(written(name, tmp_path))
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
@pytest.mark.host("exiftool", shows="equal")
@pytest.mark.parametrize("name", ["jpeg/baseline.jpg", "png/plain.png", "webp/lossy.webp", "tiff/motorola.tif"])
def test_what_exiftool_labels_keeps_every_pixel_and_every_other_value(name: str, tmp_path: Path) -> None:
    ours, bare = written(name, tmp_path), FIXTURES / name
    assert Image.open(ours).tobytes() == Image.open(bare).tobytes()
    values = [
        set(media.exiftool(path, "--StripOffsets", "--XMPToolkit", "--AIGC", "--FileType")) for path in (ours, bare)
    ]
    assert values[1] <= values[0]


@pytest.mark.oracle("exiftool")
@pytest.mark.host("exiftool", shows="again")
@pytest.mark.parametrize("name", WRITTEN)
def test_a_second_pass_of_exiftool_keeps_the_one_label(name: str, tmp_path: Path) -> None:
    once = written(name, tmp_path)
    exiftool("-q", "-overwrite_original", f"-{WRITTEN[name]}<={tmp_path / 'label.json'}", once)
    report = judged(once)
    assert (report.verdict, report.label) == (COMPLIANT, LABEL)
    assert api.embed(once, label=LABEL).action == "unchanged"


@pytest.mark.oracle("exiftool")
@pytest.mark.host("exiftool", shows="closed")
def test_what_exiftool_cannot_label_it_does_not_write(tmp_path: Path) -> None:
    (tmp_path / "label.json").write_text(LABEL.to_json())
    command = ["exiftool", "-config", CONFIG, f"-XMP-TC260:AIGC<={tmp_path / 'label.json'}", "-o", tmp_path / "new.mp3"]
    done = subprocess.run([*command, FIXTURES / "mp3/bare.mp3"], capture_output=True, check=False)
    assert done.returncode != 0
    assert not (tmp_path / "new.mp3").exists()


@pytest.mark.oracle("exiftool")
@pytest.mark.host("exiftool", shows="caught")
def test_a_file_that_exiftool_stripped_is_listed_by_its_own_condition(tmp_path: Path) -> None:
    kept, stripped = written("jpeg/baseline.jpg", tmp_path), tmp_path / "stripped.jpg"
    exiftool("-q", "-all=", "-o", stripped, kept)
    listed = exiftool("-if", "not $AIGC", "-p", "$FileName", "-q", kept, stripped)
    assert listed.split() == ["stripped.jpg"]
    assert judged(stripped).verdict is UNLABELLED


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
