"""Folders of HLS and DASH are labelled in their initialisation segments; the streams play and the playlists stay."""

from __future__ import annotations

import shutil
import subprocess
from fractions import Fraction
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import av
import numpy as np
import pytest

from aigc_label.cli import main
from aigc_label.grammars import playlists

pytestmark = pytest.mark.oracle("ffmpeg", "ffprobe")
PICTURES = ("-f", "lavfi", "-i", "testsrc2=s=128x96:r=25:d=4", "-f", "lavfi", "-i", "sine=d=4")
CODINGS = ("-c:v", "libx264", "-preset", "ultrafast", "-g", "25", "-c:a", "aac")
LABEL = ("--producer", "001191110108335469089C10100", "--produce-id", "stream-1")
VOD = ("-f", "hls", "-hls_time", "1", "-hls_playlist_type", "vod")
KINDS = {
    "HLS": (*VOD, "-hls_segment_type", "fmp4", "index.m3u8"),
    "DASH": ("-f", "dash", "-seg_duration", "1", "index.mpd"),
    "HLS with a list of lists": (
        *("-map", "0:v", "-map", "1:a", *VOD, "-hls_segment_type", "fmp4", "-var_stream_map", "v:0,a:0,name:one"),
        *("-master_pl_name", "index.m3u8", "-hls_fmp4_init_filename", "init.mp4", "list_%v.m3u8"),
    ),
    "MPEG-TS": (*VOD, "index.m3u8"),
    "one file": (*VOD, "-hls_segment_type", "fmp4", "-hls_flags", "single_file", "index.m3u8"),
}


@cache
def packaged(kind: str) -> Path:
    folder = Path(mkdtemp(prefix="aigc-stream-"))
    command = ["ffmpeg", "-nostdin", "-v", "error", *PICTURES, *CODINGS, *KINDS[kind]]
    subprocess.run(command, cwd=folder, check=True)
    return folder


def labelled(kind: str, tmp_path: Path) -> Path:
    out = tmp_path / "out"
    assert main(["embed", str(packaged(kind)), "-o", str(out), *LABEL]) == 0
    return out


def frames(folder: Path) -> bytes:
    """Give the hash of every decoded picture and sound of the stream, as FFmpeg plays its playlist."""
    index = next(path for path in (folder / "index.m3u8", folder / "index.mpd") if path.exists())
    command = ["ffmpeg", "-nostdin", "-v", "error", "-xerror", "-i", index, "-map", "0", "-f", "framehash", "-"]
    done = subprocess.run(command, check=True, capture_output=True)
    assert done.stderr == b""
    return done.stdout


PLAYABLE = ("HLS", "DASH", "HLS with a list of lists")
of_kinds = pytest.mark.parametrize("kind", PLAYABLE)


@of_kinds
def test_the_stream_plays_as_before_and_nothing_but_its_initialisation_changed(kind: str, tmp_path: Path) -> None:
    before, after = packaged(kind), labelled(kind, tmp_path)
    assert frames(after) == frames(before)
    assert sorted(path.name for path in after.iterdir()) == sorted(path.name for path in before.iterdir())
    changed = {path.name for path in before.iterdir() if path.read_bytes() != (after / path.name).read_bytes()}
    assert changed
    assert all("init" in name for name in changed)


@of_kinds
def test_every_part_is_compliant_and_ffprobe_reads_the_label(kind: str, tmp_path: Path) -> None:
    out = labelled(kind, tmp_path)
    assert main(["verify", "--only", "label", str(out)]) == 0
    init = next(path for path in sorted(out.iterdir()) if "init" in path.name)
    command = ["ffprobe", "-v", "error", "-show_entries", "format_tags=AIGC", "-of", "csv=p=0", init]
    assert b"stream-1" in subprocess.run(command, check=True, capture_output=True).stdout


@of_kinds
def test_a_second_run_in_place_changes_nothing(kind: str, tmp_path: Path) -> None:
    out = labelled(kind, tmp_path)
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    assert main(["embed", str(out), "--in-place", *LABEL]) == 0
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before


def test_a_stream_without_its_label_is_not_compliant_in_any_part() -> None:
    assert main(["verify", "--only", "label", str(packaged("HLS"))]) == 1


@pytest.mark.parametrize(("kind", "said"), [("MPEG-TS", "MPEG-TS"), ("one file", "byte ranges")])
def test_what_has_no_place_or_would_break_is_refused_with_a_way_on(
    kind: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert main(["embed", str(packaged(kind)), "-o", str(out), *LABEL]) == 3
    told = capsys.readouterr().err
    assert said in told
    assert "-hls_segment_type fmp4" in told
    assert not out.exists() or not list(out.iterdir())


@pytest.mark.parametrize("kind", ["MPEG-TS", "one file"])
def test_the_way_on_works(kind: str, tmp_path: Path) -> None:
    again = tmp_path / "again"
    again.mkdir()
    command = [
        "ffmpeg",
        "-nostdin",
        "-v",
        "error",
        "-i",
        packaged(kind) / "index.m3u8",
        "-c",
        "copy",
        "-bsf:a",
        "aac_adtstoasc",
    ]
    subprocess.run([*command, *VOD, "-hls_segment_type", "fmp4", again / "index.m3u8"], check=True)
    assert main(["embed", str(again), "-o", str(tmp_path / "out"), *LABEL]) == 0


def test_a_segment_whose_initialisation_is_missing_is_refused(tmp_path: Path) -> None:
    shutil.copytree(packaged("HLS"), tmp_path / "in")
    (tmp_path / "in/init.mp4").unlink()
    assert main(["embed", str(tmp_path / "in"), "-o", str(tmp_path / "out"), *LABEL]) == 3
    assert not list((tmp_path / "out").glob("*.m4s"))


@pytest.mark.parametrize("name", ["../secret.mp4", "/etc/passwd", "http://example.com/init.mp4"])
def test_a_playlist_that_leads_out_of_its_folder_opens_nothing(name: str, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "index.m3u8").write_text(f'#EXTM3U\n#EXT-X-MAP:URI="{name}"\n#EXTINF:1,\na.m4s\n')
    assert main(["embed", str(folder), "-o", str(tmp_path / "out"), *LABEL]) == 3


def test_templates_of_dash_name_their_segments() -> None:
    from aigc_label.limits import DEFAULT_LIMITS

    text = b"""<MPD xmlns="urn:mpeg:dash:schema:mpd:2011"><Period><AdaptationSet>
      <SegmentTemplate initialization="$RepresentationID$/i.mp4" media="$RepresentationID$/$Number%05d$.m4s"/>
      <Representation id="hi" bandwidth="9"/><Representation id="lo" bandwidth="1"/></AdaptationSet></Period></MPD>"""
    listed = playlists.dash(text, DEFAULT_LIMITS)
    assert listed.initialisations == ("hi/i.mp4", "lo/i.mp4")
    assert listed.initialisation_of("lo/00012.m4s") == "lo/i.mp4"
    assert listed.initialisation_of("other.m4s") is None


def amr(path: Path) -> None:
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libopencore_amrnb", rate=8_000, layout="mono")
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 160), np.int16), format="s16", layout="mono")
        for number in range(25):
            frame.sample_rate, frame.pts, frame.time_base = 8_000, 160 * number, Fraction(1, 8_000)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))


def test_the_way_on_of_windows_media_takes_a_mark(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ffmpeg = ["ffmpeg", "-nostdin", "-v", "error"]
    subprocess.run([*ffmpeg, *PICTURES, "-c:v", "wmv2", "-c:a", "wmav2", "in.wmv"], cwd=tmp_path, check=True)
    assert main(["mark", str(tmp_path / "in.wmv"), "--in-place"]) == 3
    assert "ffmpeg -i in.wmv -crf 18 out.mp4" in capsys.readouterr().err
    subprocess.run([*ffmpeg, "-i", "in.wmv", "-crf", "18", "out.mp4"], cwd=tmp_path, check=True)
    assert main(["mark", str(tmp_path / "out.mp4"), "--in-place"]) == 0


@pytest.mark.parametrize(("name", "way"), [("in.ts", "out.mp4"), ("in.amr", "out.3gp")])
def test_the_way_on_that_a_refusal_tells_works(name: str, way: str, tmp_path: Path) -> None:
    """The command in the remedy of MPEG-TS and AMR gives a file that takes the label."""
    ffmpeg = ["ffmpeg", "-nostdin", "-v", "error"]
    if name == "in.amr":
        amr(tmp_path / name)
    else:
        subprocess.run([*ffmpeg, *PICTURES, *CODINGS, name], cwd=tmp_path, check=True)
    assert main(["embed", str(tmp_path / name), "--in-place", *LABEL]) == 3
    subprocess.run([*ffmpeg, "-i", name, "-c", "copy", way], cwd=tmp_path, check=True)
    assert main(["embed", str(tmp_path / way), "--in-place", *LABEL]) == 0
