"""A file's name is data: whatever bytes it has, it is worked on, printed safely, and given back exactly in JSON."""

from __future__ import annotations

import base64
import json
import os
from pathlib import Path

import pytest

PRODUCER = "001191110108335469089C10100"
EMBED = ("embed", "--producer", PRODUCER)
NAMES = [
    b"-rf.jpg",
    b"--output=x.jpg",
    b"@args.jpg",
    b"name|",
    b"a$(id).jpg",
    b"a`id`.jpg",
    b"a;b.jpg",
    b"quote'\".jpg",
    b"%d.jpg",
    b"a:b.jpg",
    b"concat:a|b.jpg",
    b"http:x.jpg",
    b"line\nbreak.jpg",
    b"tab\tand\rreturn.jpg",
    b"\x1b[31mred\x1b[0m.jpg",
    b"bell\x07.jpg",
    b"\xff\xfe not text.jpg",
    "turned\u202egpj.exe.jpg".encode(),
    "zero\u200bwidth.jpg".encode(),
    "\u9898".encode() * 80 + b".jpg",
    "e\u0301 and \u00e9.jpg".encode(),
    "🙂.jpg".encode(),
    b" leading space.jpg",
    b"trailing dot.",
    b"CON",
    b"x.jpg.exe",
    b"~",
    b"*",
    b"{uuid}.jpg",
]
HARMFUL = [*range(0x20), 0x7F, *range(0x80, 0xA0), 0x200B, 0x202E, *range(0xD800, 0xE000)]


def harmless(printed: bytes) -> bool:
    text = printed.decode("utf-8")  # raises where bytes that are no text came through
    return not any(ord(c) in HARMFUL for c in text.replace("\n", ""))


@pytest.fixture
def odd(tmp_path: Path, picture: Path) -> Path:
    root = tmp_path / "odd"
    root.mkdir()
    for name in NAMES:
        (root / os.fsdecode(name)).write_bytes(picture.read_bytes())
    return root


def test_every_name_is_worked_on_and_printed_safely(run, odd: Path, tmp_path: Path) -> None:
    done = run(*EMBED, odd, "-o", "out")
    assert done.returncode == 0, done.stderr.decode()
    assert sorted(map(os.fsencode, os.listdir(tmp_path / "out"))) == sorted(NAMES)
    assert sorted(os.listdir(tmp_path)) == ["odd", "out", "picture.jpg"]
    assert harmless(done.stdout)
    assert len(done.stdout.splitlines()) == len(NAMES)
    assert b"\\x1b[31mred" in done.stdout
    assert b"line\\nbreak" in done.stdout
    assert b"\\u202e" in done.stdout
    assert b"\\xff\\xfe not text" in done.stdout


def test_json_gives_every_name_back(run, odd: Path) -> None:
    done = run("verify", "--only", "label", odd, "--format", "json")
    assert done.returncode == 1
    assert harmless(done.stdout)
    document = json.loads(done.stdout)
    assert document["summary"]["files"] == len(NAMES)
    names = set()
    for row in document["results"]:
        exact = base64.b64decode(row["path_base64"]) if "path_base64" in row else row["path"].encode()
        names.add(os.path.basename(exact))
    assert names == set(NAMES)


@pytest.mark.parametrize("name", [b"-rf.jpg", b"--output=x.jpg"])
def test_a_name_like_an_option_stands_behind_two_dashes(run, picture: Path, tmp_path: Path, name: bytes) -> None:
    picture.rename(tmp_path / os.fsdecode(name))
    assert run(*EMBED, "-o", "out.jpg", "--", os.fsdecode(name)).returncode == 0
    assert (tmp_path / "out.jpg").exists()


@pytest.mark.parametrize("name", [name for name in NAMES if not name.startswith(b"-")])
def test_an_error_on_any_name_is_one_safe_message(run, tmp_path: Path, name: bytes) -> None:
    (tmp_path / os.fsdecode(name)).write_bytes(b"\xff\xd8\xff\xe1")
    done = run("verify", os.fsdecode(name), "--lang", "zh")
    assert done.returncode == 3
    assert harmless(done.stderr)
    assert done.stderr.decode().startswith("错误[malformed-file]")


def test_names_fill_templates_as_text(run, odd: Path, tmp_path: Path) -> None:
    done = run(*EMBED, odd, "-o", "out", "--produce-id", "{stem}")
    assert done.returncode == 0, done.stderr.decode()
    label = json.loads(run("show", tmp_path / "out" / os.fsdecode(b"\xff\xfe not text.jpg")).stdout)
    assert label["ProduceID"] == "%FF%FE not text"


def test_a_name_that_is_too_long_is_named_as_that(run, picture: Path) -> None:
    done = run(*EMBED, picture, "-o", "x" * 300 + ".jpg")
    assert done.returncode == 3
    assert b"os-enametoolong" in done.stderr


def test_label_text_cannot_steer_the_terminal(run, picture: Path) -> None:
    """A label that another program wrote, with an escape sequence and a right-to-left override in its producer."""
    text = '{"Label":"1","ContentProducer":"\\u001b[2J\u202eevil","ProduceID":"1"}'
    comment = text.encode()
    data = picture.read_bytes()
    picture.write_bytes(data[:2] + b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment + data[2:])
    for command in (("verify", "--only", "label"), ("explain", "--only", "label"), ("show",)):
        for form in ("text", "json"):
            done = run(*command, picture, "--format", form)
            assert done.returncode == 1
            assert harmless(done.stdout)
            assert harmless(done.stderr)
