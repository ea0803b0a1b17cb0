"""A walk meets every entry once, in a fixed order, and follows nothing."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from aigc_label.batch.walk import SORTED, Filter, Found, Passed, walk
from aigc_label.errors import WrongUse


def made(root: Path, *names: str) -> Path:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()
    return root


def names(root: Path, *, include: tuple[str, ...] = (), exclude: tuple[str, ...] = ()) -> list[str]:
    return [found.relative for found in walk(str(root), Filter.of(include, exclude))]


def test_files_come_by_name_then_folders(tmp_path: Path) -> None:
    made(tmp_path, "b", "a", "z/b", "z/a", "c/d/e", "c/a")
    assert names(tmp_path) == ["a", "b", "c/a", "c/d/e", "z/a", "z/b"]


def test_paths_begin_as_the_folder_was_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made(tmp_path, "x/a")
    monkeypatch.chdir(tmp_path)
    assert next(walk("x")).path == "x/a"
    assert next(walk("x/")).path == "x/a"
    assert next(walk(".")).path == "./x/a"


def test_links_and_special_files_are_obstacles(tmp_path: Path) -> None:
    made(tmp_path, "a", "below/b")
    (tmp_path / "link").symlink_to(tmp_path / "a")
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "dangling").symlink_to("nowhere")
    os.mkfifo(tmp_path / "pipe")
    found = {one.relative: one.obstacle for one in walk(str(tmp_path))}
    assert found == {"a": "", "below/b": "", "link": "link", "loop": "link", "dangling": "link", "pipe": "special"}


@pytest.mark.skipif(os.geteuid() == 0, reason="root may list anything")
def test_a_shut_folder_is_an_obstacle_and_the_walk_goes_on(tmp_path: Path) -> None:
    made(tmp_path, "a", "shut/b", "z/c")
    (tmp_path / "shut").chmod(0)
    found = list(walk(str(tmp_path)))
    assert [one.relative for one in found] == ["a", "shut", "z/c"]
    assert found[1].obstacle == "folder"


def test_a_folder_swapped_for_a_link_is_not_entered(tmp_path: Path) -> None:
    made(tmp_path, "root/a", "root/below/b", "outside/secret")
    walking = walk(str(tmp_path / "root"))
    assert next(walking).relative == "a"
    (tmp_path / "root/below/b").unlink()
    (tmp_path / "root/below").rmdir()
    (tmp_path / "root/below").symlink_to(tmp_path / "outside")
    (rest,) = walking
    assert (rest.relative, rest.obstacle) == ("below", "folder")


def test_drafts_and_version_control_are_no_content(tmp_path: Path) -> None:
    made(tmp_path, "a", ".git/config", "x/.svn/y", ".aigc-label-1-b-c.draft", ".hidden")
    passed = Passed()
    assert [one.relative for one in walk(str(tmp_path), passed=passed)] == [".hidden", "a"]
    assert passed.version_control == 2


@pytest.mark.parametrize(
    ("include", "exclude", "expected"),
    [
        (("*.jpg",), (), ["a.jpg", "x/b.jpg", "x/y/c.jpg"]),
        ((), ("*.jpg",), ["n.txt", "x/m.txt"]),
        ((), ("x",), ["a.jpg", "n.txt"]),
        ((), ("x/",), ["a.jpg", "n.txt"]),
        ((), ("x/y",), ["a.jpg", "n.txt", "x/b.jpg", "x/m.txt"]),
        (("x/*",), (), ["x/b.jpg", "x/m.txt"]),
        (("x/**",), (), ["x/b.jpg", "x/m.txt", "x/y/c.jpg"]),
        (("**/c.jpg",), (), ["x/y/c.jpg"]),
        (("x/**/c.jpg",), (), ["x/y/c.jpg"]),
        (("[ab].jpg",), (), ["a.jpg", "x/b.jpg"]),
        (("[!a].???",), (), ["n.txt", "x/b.jpg", "x/m.txt", "x/y/c.jpg"]),
        (("a.jpg", "n*"), (), ["a.jpg", "n.txt"]),
        (("/a.jpg",), (), ["a.jpg"]),
        (("/b.jpg",), (), []),
    ],
)
def test_globs_mean_what_they_mean_to_a_shell(
    tmp_path: Path, include: tuple[str, ...], exclude: tuple[str, ...], expected: list[str]
) -> None:
    made(tmp_path, "a.jpg", "n.txt", "x/b.jpg", "x/m.txt", "x/y/c.jpg")
    assert names(tmp_path, include=include, exclude=exclude) == expected


@pytest.mark.parametrize("name", ["a.b", "a+b", "(a)", "a|b", "^a$", "a\\b", "新\nline", "\udcff"])
def test_characters_that_mean_something_to_regexes_mean_nothing_here(tmp_path: Path, name: str) -> None:
    made(tmp_path, name, "axb")
    assert names(tmp_path, include=(name,)) == [name]


def test_a_pattern_that_cannot_be_is_refused() -> None:
    with pytest.raises(WrongUse):
        Filter.of(["[z-a]"], [])


def test_a_missing_folder_is_an_obstacle(tmp_path: Path) -> None:
    (found,) = walk(str(tmp_path / "none"))
    assert found == Found(str(tmp_path / "none"), "", "folder", 2)


@pytest.mark.long
def test_a_folder_of_many_names_is_walked_in_flat_memory(tmp_path: Path) -> None:
    import tracemalloc

    count = 20 * SORTED
    for index in range(count):
        (tmp_path / f"{index:06}").touch()
    tracemalloc.start()
    assert sum(1 for _ in walk(str(tmp_path))) == count
    assert tracemalloc.get_traced_memory()[1] < 8 << 20
    tracemalloc.stop()
