"""A file appears whole or not at all, and keeps what a label does not need to touch."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from aigc_label import api, output
from aigc_label.errors import NotConfirmed, Refused
from aigc_label.label import Label
from aigc_label.order import Action, Order
from aigc_label.output import Placer, Sync, draft_of, opened, sweep
from aigc_label.splice import Keep

LABEL = Label.generated(producer="001191110108335469089C10100", produce_id="out-1")
PICTURE = (Path(__file__).parents[1] / "fixtures/jpeg/baseline.jpg").read_bytes()


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "picture.jpg"
    path.write_bytes(PICTURE)
    return path


def drafts(folder: Path) -> list[Path]:
    return list(folder.glob(".aigc-label-*"))


def test_the_target_takes_on_mode_and_extended_attributes(picture: Path) -> None:
    picture.chmod(0o640)
    os.setxattr(picture, "user.origin", b"camera")
    api.embed(picture, label=LABEL)
    assert stat.S_IMODE(picture.stat().st_mode) == 0o640
    assert os.getxattr(picture, "user.origin") == b"camera"


def test_a_new_file_has_the_sources_mode(picture: Path, tmp_path: Path) -> None:
    picture.chmod(0o600)
    api.embed(picture, tmp_path / "new.jpg", label=LABEL)
    assert stat.S_IMODE((tmp_path / "new.jpg").stat().st_mode) == 0o600


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_the_owner_stays(picture: Path) -> None:
    os.chown(picture, 1234, 1234)
    api.embed(picture, label=LABEL)
    assert (picture.stat().st_uid, picture.stat().st_gid) == (1234, 1234)


def test_a_symbolic_link_is_not_replaced_by_a_file(picture: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.jpg"
    link.symlink_to(picture)
    with pytest.raises(Refused, match="symbolic link"):
        api.embed(link, label=LABEL)
    assert link.is_symlink()
    assert picture.read_bytes() == PICTURE


def test_a_hard_linked_file_is_not_parted(picture: Path, tmp_path: Path) -> None:
    os.link(picture, tmp_path / "other.jpg")
    with pytest.raises(Refused, match="2 names"):
        api.embed(picture, label=LABEL)
    assert picture.read_bytes() == PICTURE


def test_a_planted_link_does_not_redirect_the_draft(
    picture: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    victim = tmp_path / "victim"
    victim.write_bytes(b"mine")
    monkeypatch.setattr(output, "_token", lambda: "0" * 12)
    planted = tmp_path / f".aigc-label-{os.getpid()}-{output._boot()}-{'0' * 12}.draft"
    planted.symlink_to(victim)
    with pytest.raises(FileExistsError):
        api.embed(picture, tmp_path / "new.jpg", label=LABEL)
    assert victim.read_bytes() == b"mine"


@pytest.mark.parametrize("kind", ["fifo", "folder", "device"])
def test_only_regular_files_are_read(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "odd.jpg"
    if kind == "fifo":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    else:
        path = Path("/dev/zero")
    with pytest.raises(Refused, match="not a regular file"):
        api.verify(path)


def test_a_file_that_changes_while_it_is_read_is_refused(picture: Path, tmp_path: Path) -> None:
    with opened(picture) as source, draft_of(source, (Keep(0, source.size),), tmp_path / "new.jpg"):
        before = os.fstat(source.descriptor)
        with picture.open("ab") as file:
            file.write(b"more")
        with pytest.raises(Refused, match="changed"):
            output.check_unchanged(before, os.fstat(source.descriptor), picture)


def test_a_draft_that_is_not_placed_disappears(picture: Path, tmp_path: Path) -> None:
    with opened(picture) as source, pytest.raises(NotConfirmed), draft_of(source, (b"x",), tmp_path / "new.jpg"):  # noqa: PT012
        assert drafts(tmp_path)
        raise NotConfirmed(output.Bilingual("no", "否"))
    assert not drafts(tmp_path)
    assert not (tmp_path / "new.jpg").exists()


def test_a_group_is_placed_together(picture: Path, tmp_path: Path) -> None:
    placer = Placer(Sync.GROUP)
    for index in range(3):
        api.place(picture, tmp_path / f"{index}.jpg", Order(label=LABEL), placer)
    assert not (tmp_path / "0.jpg").exists()
    placer.flush()
    assert all((tmp_path / f"{index}.jpg").exists() for index in range(3))
    assert not drafts(tmp_path)


def test_an_abandoned_group_leaves_nothing(picture: Path, tmp_path: Path) -> None:
    placer = Placer(Sync.GROUP)
    api.place(picture, tmp_path / "new.jpg", Order(label=LABEL), placer)
    placer.abandon()
    assert not drafts(tmp_path)
    assert not (tmp_path / "new.jpg").exists()


def test_drafts_of_the_dead_are_swept_and_those_of_the_living_stay(tmp_path: Path) -> None:
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    boot = output._boot()
    (tmp_path / f".aigc-label-{dead.pid}-{boot}-abc.draft").touch()
    (tmp_path / f".aigc-label-{os.getpid()}-other000-abc.draft").touch()
    living = tmp_path / f".aigc-label-{os.getpid()}-{boot}-abc.draft"
    living.touch()
    (tmp_path / ".aigc-label-notes.txt").touch()
    assert sweep(tmp_path) == 2
    assert drafts(tmp_path) == [tmp_path / ".aigc-label-notes.txt", living] or set(drafts(tmp_path)) == {
        living,
        tmp_path / ".aigc-label-notes.txt",
    }


def test_a_change_of_the_label_is_one_small_write(picture: Path) -> None:
    api.embed(picture, label=LABEL)
    inode = picture.stat().st_ino
    other = Label.generated(producer=LABEL.producer, produce_id="out-2")
    assert api.embed(picture, label=other).action is Action.PATCHED
    assert picture.stat().st_ino == inode
    assert api.read(picture) == other
