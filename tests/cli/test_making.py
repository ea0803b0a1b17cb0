"""Files appear where they were asked for, whole or not at all, and a second run changes nothing."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

PRODUCER = "001191110108335469089C10100"
EMBED = ("embed", "--producer", PRODUCER)
ROOT = os.geteuid() == 0


def drafts(folder: Path) -> list[Path]:
    return list(folder.rglob(".aigc-label-*"))


def shown(run, path: Path) -> dict[str, str]:
    done = run("show", path)
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout)


def test_a_file_goes_to_a_file(run, picture: Path, tmp_path: Path) -> None:
    before = picture.read_bytes()
    assert run(*EMBED, picture, "-o", "new.jpg", "--produce-id", "n-7").returncode == 0
    label = shown(run, tmp_path / "new.jpg")
    assert list(label) == [
        "Label",
        "ContentProducer",
        "ProduceID",
        "ReservedCode1",
        "ContentPropagator",
        "PropagateID",
        "ReservedCode2",
    ]
    assert (label["Label"], label["ProduceID"], label["PropagateID"]) == ("1", "n-7", "n-7")
    assert picture.read_bytes() == before


@pytest.mark.parametrize("out", ["there", "new/"])
def test_a_file_goes_into_a_folder(run, picture: Path, tmp_path: Path, out: str) -> None:
    (tmp_path / "there").mkdir()
    assert run(*EMBED, picture, "-o", out).returncode == 0
    assert (tmp_path / out / "picture.jpg").exists()


def test_a_folder_is_mirrored(run, folder: Path, tmp_path: Path) -> None:
    (folder / "below").chmod(0o750)
    done = run(*EMBED, folder, "-o", "out")
    assert done.returncode == 0
    found = sorted(str(path.relative_to(tmp_path / "out")) for path in (tmp_path / "out").rglob("*.jpg"))
    assert found == ["a.jpg", "b.jpg", "below/c.jpg"]
    assert (tmp_path / "out/below").stat().st_mode & 0o777 == 0o750
    assert b"3 files: 3 written" in done.stderr


def test_several_folders_stand_side_by_side(run, folder: Path, tmp_path: Path) -> None:
    second = tmp_path / "second"
    second.mkdir()
    (second / "a.jpg").write_bytes((folder / "a.jpg").read_bytes())
    assert run(*EMBED, folder, second, "-o", "out").returncode == 0
    assert (tmp_path / "out/pictures/a.jpg").exists()
    assert (tmp_path / "out/second/a.jpg").exists()


def test_two_sources_of_one_name_are_refused(run, folder: Path) -> None:
    (folder / "below/a.jpg").write_bytes(b"")
    done = run(*EMBED, folder / "a.jpg", folder / "below/a.jpg", "-o", "out")
    assert done.returncode == 2
    assert b"same name" in done.stderr


@pytest.mark.parametrize("out", ["pictures", "pictures/out", "pictures/../pictures/x"])
def test_an_output_inside_its_source_is_refused(run, folder: Path, tree, out: str) -> None:
    before = tree(folder)
    done = run(*EMBED, folder, "-o", out)
    assert done.returncode == 2
    assert b"inside the source" in done.stderr
    assert tree(folder) == before


def test_an_output_that_is_its_source_needs_in_place(run, picture: Path) -> None:
    before = picture.read_bytes()
    done = run(*EMBED, picture, "-o", picture)
    assert done.returncode == 3
    assert b"--in-place" in done.stderr
    assert picture.read_bytes() == before


def test_in_place_changes_the_files_themselves(run, folder: Path) -> None:
    assert run(*EMBED, folder, "--in-place").returncode == 0
    for name in ("a.jpg", "below/c.jpg"):
        assert shown(run, folder / name)["ContentProducer"] == PRODUCER
    assert not drafts(folder)


@pytest.mark.parametrize("jobs", ["1", "2"])
@pytest.mark.parametrize("where", [("--in-place",), ("-o", "out")])
def test_a_second_run_changes_nothing(
    run, folder: Path, tmp_path: Path, tree, where: tuple[str, ...], jobs: str
) -> None:
    assert run(*EMBED, folder, *where, "--jobs", jobs).returncode == 0
    before = tree(tmp_path)
    done = run(*EMBED, folder, *where, "--jobs", jobs)
    assert done.returncode == 0
    assert tree(tmp_path) == before
    assert done.stdout.decode().count("unchanged") == 3


def test_an_output_that_differs_is_kept_unless_overwrite(run, picture: Path, tmp_path: Path) -> None:
    (tmp_path / "out.jpg").write_bytes(b"mine")
    done = run(*EMBED, picture, "-o", "out.jpg")
    assert done.returncode == 3
    assert b"--overwrite" in done.stderr
    assert (tmp_path / "out.jpg").read_bytes() == b"mine"
    assert run(*EMBED, picture, "-o", "out.jpg", "--overwrite").returncode == 0
    assert shown(run, tmp_path / "out.jpg")


def test_a_dry_run_touches_nothing_and_says_what_would_be(run, folder: Path, tmp_path: Path, tree) -> None:
    before = tree(tmp_path)
    done = run(*EMBED, folder, "-o", "out", "--dry-run", "--format", "jsonl", "--produce-id", "n")
    assert done.returncode == 0
    assert tree(tmp_path) == before
    assert not (tmp_path / "out").exists()
    planned = [json.loads(line) for line in done.stdout.splitlines()]
    assert {row["intended"] for row in planned} == {"written"}
    assert run(*EMBED, folder, "-o", "out", "--produce-id", "n").returncode == 0
    for row in planned:
        assert row["size"] == Path(row["target"]).stat().st_size if row["target"].startswith("/") else True
    sizes = {row["target"]: row["size"] for row in planned}
    assert sizes == {name: (tmp_path / name).stat().st_size for name in sizes}


def test_a_dry_run_of_what_is_done_says_unchanged(run, folder: Path, tree) -> None:
    assert run(*EMBED, folder, "--in-place").returncode == 0
    before = tree(folder)
    done = run(*EMBED, folder, "--in-place", "--dry-run", "--format", "jsonl")
    assert {json.loads(line)["intended"] for line in done.stdout.splitlines()} == {"unchanged"}
    assert tree(folder) == before


def test_a_stream_goes_in_and_out(run, picture: Path, tmp_path: Path) -> None:
    done = run(*EMBED, "-", "--produce-id", "n-1", stdin=picture.read_bytes())
    assert done.returncode == 0
    assert b"written" in done.stderr
    assert run(*EMBED, picture, "-o", "out.jpg", "--produce-id", "n-1").returncode == 0
    assert done.stdout == (tmp_path / "out.jpg").read_bytes()
    assert run(*EMBED, picture, "-o", "-", "--produce-id", "n-1").stdout == done.stdout
    assert json.loads(run("show", "-", stdin=done.stdout).stdout)["ProduceID"] == "n-1"
    assert run("verify", "--only", "label", "-", stdin=done.stdout).returncode == 0


def test_a_stream_goes_to_a_file_once(run, picture: Path, tmp_path: Path) -> None:
    for word in (b"written", b"unchanged"):
        done = run(*EMBED, "-", "-o", "out.jpg", stdin=picture.read_bytes())
        assert done.returncode == 0
        assert word in done.stdout
    assert shown(run, tmp_path / "out.jpg")


def test_a_broken_stream_writes_nothing(run, picture: Path) -> None:
    done = run(*EMBED, "-", stdin=picture.read_bytes()[:100])
    assert (done.returncode, done.stdout) == (3, b"")


def test_a_file_is_not_written_to_a_terminal(picture: Path, tmp_path: Path) -> None:
    command = Path(sys.executable).with_name("aigc-label")
    main, other = os.openpty()
    done = subprocess.run(
        [command, *EMBED, picture, "-o", "-"], stdout=other, stderr=subprocess.PIPE, check=False, cwd=tmp_path
    )
    os.close(other)
    os.close(main)
    assert done.returncode == 2
    assert b"terminal" in done.stderr


def test_a_list_of_paths_is_mirrored(run, folder: Path, tmp_path: Path) -> None:
    names = b"pictures/a.jpg\0pictures/below/c.jpg\0"
    done = run(*EMBED, "--files-from", "-", "-0", "-o", "out", stdin=names)
    assert done.returncode == 0, done.stderr.decode()
    assert (tmp_path / "out/pictures/below/c.jpg").exists()
    (tmp_path / "list").write_bytes(b"pictures/b.jpg\n")
    assert run(*EMBED, "--files-from", "list", "-o", "out").returncode == 0
    assert (tmp_path / "out/pictures/b.jpg").exists()


@pytest.mark.parametrize("name", ["../x.jpg", "/etc/hostname", "a/../../x.jpg"])
def test_a_list_cannot_lead_out_of_the_output(run, tmp_path: Path, name: str) -> None:
    done = run(*EMBED, "--files-from", "-", "-o", "out", stdin=name.encode())
    assert done.returncode == 3
    assert b"leads out" in done.stderr
    assert os.listdir(tmp_path) == []


def test_another_producers_label_needs_a_reason(run, labelled: Path) -> None:
    before = labelled.read_bytes()
    done = run("embed", labelled, "--in-place", "--producer", "Someone else")
    assert done.returncode == 3
    assert b"--replace" in done.stderr
    assert labelled.read_bytes() == before
    done = run("embed", labelled, "--in-place", "--producer", "Someone else", "--replace", "taken over")
    assert done.returncode == 0
    assert b"taken over" in done.stdout


def test_a_propagator_adds_its_half_only(run, labelled: Path) -> None:
    before = shown(run, labelled)
    arguments = ("embed", labelled, "--in-place", "--propagator", "Platform", "--propagate-id", "{uuid}")
    assert run(*arguments).returncode == 0
    after = shown(run, labelled)
    assert {**after, "ContentPropagator": PRODUCER, "PropagateID": "n-1"} == before
    assert after["ContentPropagator"] == "Platform"
    content = labelled.read_bytes()
    assert run(*arguments).returncode == 0
    assert labelled.read_bytes() == content


def test_a_propagator_needs_a_label_to_add_to(run, picture: Path) -> None:
    done = run("embed", picture, "--in-place", "--propagator", "Platform")
    assert done.returncode == 3
    assert b"--producer" in done.stderr


@pytest.mark.parametrize("wrapped", [False, True])
@pytest.mark.parametrize("by_file", [False, True])
def test_a_label_comes_whole_as_json(run, picture: Path, tmp_path: Path, wrapped: bool, by_file: bool) -> None:
    fields = {"Label": "2", "ContentProducer": "P", "ProduceID": "7"}
    text = json.dumps({"AIGC": fields} if wrapped else fields)
    if by_file:
        (tmp_path / "label.json").write_text(text)
        text = "@label.json"
    assert run("embed", picture, "--in-place", "--label-json", text).returncode == 0
    label = shown(run, picture)
    assert (label["Label"], label["ContentPropagator"], label["PropagateID"]) == ("2", "P", "7")


def test_templates_fill_in_what_the_file_is(run, picture: Path, tmp_path: Path) -> None:
    digest = hashlib.sha256(picture.read_bytes()).hexdigest()
    template = "{stem}-{index}-{sha256}-{{x}}"
    assert run(*EMBED, picture, "-o", "out.jpg", "--produce-id", template).returncode == 0
    assert shown(run, tmp_path / "out.jpg")["ProduceID"] == f"picture-1-{digest}-{{x}}"


def test_an_unknown_template_field_is_named_with_those_that_exist(run, picture: Path) -> None:
    done = run(*EMBED, picture, "-o", "x.jpg", "--produce-id", "{hash}")
    assert b"{hash}" in done.stderr
    assert b"{sha256}" in done.stderr


def test_a_symbolic_link_as_target_is_refused(run, picture: Path, tmp_path: Path) -> None:
    before = picture.read_bytes()
    (tmp_path / "link.jpg").symlink_to(picture)
    done = run(*EMBED, "link.jpg", "--in-place")
    assert done.returncode == 3
    assert b"symbolic link" in done.stderr
    assert (tmp_path / "link.jpg").is_symlink()
    assert picture.read_bytes() == before


def test_a_hard_link_is_not_parted(run, picture: Path, tmp_path: Path) -> None:
    os.link(picture, tmp_path / "other.jpg")
    done = run(*EMBED, picture, "--in-place")
    assert done.returncode == 3
    assert b"2 names" in done.stderr
    assert picture.stat().st_nlink == 2


def test_links_in_folders_are_reported_and_not_followed(run, folder: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside.jpg"
    outside.write_bytes(b"private")
    (folder / "link.jpg").symlink_to(outside)
    (folder / "loop").symlink_to(folder)
    done = run(*EMBED, folder, "-o", "out")
    assert done.returncode == 3
    assert done.stderr.decode().count("symbolic link") == 2
    assert not (tmp_path / "out/link.jpg").exists()
    done = run(*EMBED, folder, "-o", "out", "--links", "skip")
    assert done.returncode == 0
    assert b"2 left out" in done.stderr


def test_a_fifo_is_refused_and_not_waited_for(run, folder: Path, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jpg")
    os.mkfifo(folder / "pipe.jpg")
    assert run("verify", "pipe.jpg").returncode == 3
    assert run(*EMBED, "pipe.jpg", "-o", "x.jpg").returncode == 3
    done = run(*EMBED, folder, "-o", "out")
    assert done.returncode == 3
    assert b"not a regular file" in done.stderr


@pytest.mark.parametrize("where", [("--in-place",), ("-o", "out.jpg")])
def test_a_truncated_file_gives_one_clear_error(run, picture: Path, tmp_path: Path, where: tuple[str, ...]) -> None:
    picture.write_bytes(picture.read_bytes()[:120])
    done = run(*EMBED, picture, *where)
    assert done.returncode == 3
    assert done.stderr.decode().startswith("error[malformed-file]")
    assert len(picture.read_bytes()) == 120
    assert not (tmp_path / "out.jpg").exists()
    assert not drafts(tmp_path)


@pytest.mark.skipif(not ROOT, reason="only root can mount a small file system")
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_full_disk_is_named_and_nothing_is_left_behind(run, picture: Path, tmp_path: Path, lang: str) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("this machine does not let root mount")
    try:
        big = picture.read_bytes()[:-2] + b"\0" * 200_000 + b"\xff\xd9"
        picture.write_bytes(big)
        done = run(*EMBED, picture, "-o", disk / "out.jpg", "--lang", lang)
        assert done.returncode == 3
        assert ("no space left" if lang == "en" else "磁盘空间不足") in done.stderr.decode()
        assert os.listdir(disk) == []
        assert picture.read_bytes() == big
    finally:
        subprocess.run(["umount", disk], check=True)


def test_a_file_size_limit_is_like_a_full_disk(picture: Path, tmp_path: Path) -> None:
    command = Path(sys.executable).with_name("aigc-label")
    picture.write_bytes(picture.read_bytes()[:-2] + b"\0" * 200_000 + b"\xff\xd9")
    script = f"ulimit -f 64; trap '' XFSZ; exec '{command}' embed --producer X picture.jpg -o out.jpg"
    done = subprocess.run(["bash", "-c", script], cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode == 3
    assert b"os-efbig" in done.stderr
    assert os.listdir(tmp_path) == ["picture.jpg"]


@pytest.mark.skipif(ROOT, reason="root may write anywhere")
def test_a_read_only_folder_is_named(run, picture: Path, tmp_path: Path) -> None:
    shut = tmp_path / "shut"
    shut.mkdir(mode=0o555)
    done = run(*EMBED, picture, "-o", shut / "out.jpg")
    assert done.returncode == 3
    assert b"os-eacces" in done.stderr


@pytest.mark.skipif(not ROOT, reason="only root can mount a read-only file system")
def test_a_read_only_file_system_is_named(run, picture: Path, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "ro", "tmpfs", disk], capture_output=True, check=False)
    if mounted.returncode:
        pytest.skip("this machine does not let root mount")
    try:
        for out in (disk / "out.jpg", disk / "new/out.jpg"):
            done = run(*EMBED, picture, "-o", out)
            assert done.returncode == 3
            assert b"os-erofs" in done.stderr
    finally:
        subprocess.run(["umount", disk], check=True)


def test_a_killed_run_is_swept_by_the_next(run, folder: Path, tmp_path: Path) -> None:
    big = (folder / "a.jpg").read_bytes()[:-2] + b"\0" * 400_000 + b"\xff\xd9"
    for index in range(300):
        (folder / f"{index}.jpg").write_bytes(big)
    command = Path(sys.executable).with_name("aigc-label")
    process = subprocess.Popen(
        [command, *EMBED, folder, "-o", "out", "--jobs", "1"], cwd=tmp_path, stdout=subprocess.DEVNULL
    )
    deadline = time.monotonic() + 30
    while not (tmp_path / "out").exists() or len(drafts(tmp_path / "out")) < 5:
        assert time.monotonic() < deadline
        time.sleep(0.001)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert drafts(tmp_path / "out")
    done = run(*EMBED, folder, "-o", "out")
    assert done.returncode == 0
    assert not drafts(tmp_path)
    assert len(list((tmp_path / "out").rglob("*.jpg"))) == 303


def test_credentials_are_not_broken_by_default(run, picture: Path) -> None:
    """A JPEG with a C2PA manifest store in APP11 (the bytes of its head are enough to be taken for one)."""
    box = b"JP\0\1\0\0\0\1" + (40).to_bytes(4, "big") + b"jumb" + (32).to_bytes(4, "big") + b"jumdc2pa" + b"\0" * 20
    data = picture.read_bytes()
    picture.write_bytes(data[:2] + b"\xff\xeb" + (len(box) + 2).to_bytes(2, "big") + box + data[2:])
    done = run(*EMBED, picture, "--in-place")
    assert done.returncode == 3
    assert b"--credentials break" in done.stderr
    assert run(*EMBED, picture, "--in-place", "--credentials", "break").returncode == 0
