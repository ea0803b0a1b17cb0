"""Text has no signature: its name decides, but only where the content is text and no more than that."""

from __future__ import annotations

import pytest

from aigc_label.errors import UnsupportedFormat
from aigc_label.sniff import sniff
from aigc_label.source import BytesSource

SVG = b'<?xml version="1.0"?>\n<!-- x -->\n<svg xmlns="http://www.w3.org/2000/svg"/>'


@pytest.mark.parametrize(
    ("name", "data", "row"),
    [
        ("a.md", b"# x", "markdown"),
        ("A.MD", b"# x", "markdown"),
        ("a.txt", b"BM is also how a bitmap begins", "text"),
        ("a.txt", b"MAC OS and MP+ are words", "text"),
        ("a.txt", "中文".encode("utf-16"), "text"),
        ("a.txt", "中文".encode("gb18030"), "text"),
        ("a.json", b"{}", "json"),
        ("a.py", b"import os", "code"),
        ("a.srt", b"1\n00:00:01,000 --> 00:00:02,000\nx", "subtitles"),
        ("a.html", b"<div><svg></svg></div>", "html"),
        ("", b"<!DOCTYPE html><p>", "html"),
        ("a.txt", b"\xef\xbb\xbf\n<!-- x --><HTML lang=x>", "html"),
        ("", "<html>中".encode("utf-16"), "html"),
        ("", b'<?xml version="1.0"?><!DOCTYPE html PUBLIC "x"><html xmlns="x">', "html"),
        ("", b"---\ntitle: x\nAIGC:\n  Label: '1'\n---\n", "markdown"),
        ("a.html", SVG, "svg"),
        ("a.txt", SVG, "svg"),
        ("a.md", b"\x89PNG\r\n\x1a\n" + bytes(20), "png"),
        ("a.txt", b"\xff\xd8\xff\xe0\0\x10JFIF", "jpeg"),
        ("a.txt", b"{\\rtf1\\ansi x}", "rtf"),
        ("a.bin", b"glTF\x02\0\0\0", "glb"),
        ("a.gltf", b'{"asset":{}}', "gltf"),
    ],
)
def test_content_and_name_together_give_the_format(name: str, data: bytes, row: str) -> None:
    assert sniff(BytesSource(data, name)).name == row


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("", b"# x"),
        ("a.xyz", b"text"),
        ("a.txt", b"a\0b"),
        ("a.md", b""),
        ("", b"---\ntitle: x\n---\nAIGC: no\n"),
        ("", b"<header>x</header>"),
    ],
)
def test_what_neither_tells_is_unknown(name: str, data: bytes) -> None:
    with pytest.raises(UnsupportedFormat):
        sniff(BytesSource(data, name))


def test_a_head_made_to_cost_time_costs_none() -> None:
    for data in (b"<!---->" * 600, b"<?" * 2000, b" " * 4096, b"---\n" + b"a\n" * 2000, b"<!--" * 1024):
        sniff(BytesSource(data, "a.txt"))
