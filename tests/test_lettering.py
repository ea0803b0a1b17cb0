"""Lettering: ink is measured after it was drawn, and a glyph that is not there is an error."""

from __future__ import annotations

from pathlib import Path

import pytest

from aigc_label.errors import InvalidMark
from aigc_label.lettering import check_glyphs, counts, face, ink_height, letter, set_lines, shipped_font, size_for

DEJAVU = Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")
SERIF = Path("/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc")


@pytest.mark.parametrize("height", [9, 10, 17, 33, 54, 150])
@pytest.mark.parametrize("words", ["人工智能生成", "AI生成", "本图片由AI合成", "AI generated 生成"])
def test_every_letter_has_the_height_asked_for_once_rasterised(words: str, height: int) -> None:
    drawn_by = face(None, size_for(words, None, height))
    for char in filter(counts, words):
        assert ink_height(letter(char, drawn_by)) >= height, char


@pytest.mark.parametrize("height", [20, 54, 150])
def test_letters_are_not_larger_than_they_need_to_be(height: int) -> None:
    size = size_for("AI生成", None, height)
    assert ink_height(letter("I", face(None, size))) <= height + 1


def test_stops_and_single_strokes_do_not_set_the_size() -> None:
    assert size_for("一·AI生成。", None, 40) == size_for("AI生成", None, 40)


def test_han_is_never_drawn_too_small_to_read() -> None:
    assert ink_height(letter("生", face(None, size_for("人工智能生成", None, 1)))) >= 10


def test_lines_are_cropped_to_their_ink_and_do_not_touch() -> None:
    one, two = set_lines(("人工智能",), None, 30), set_lines(("人工智能", "生成"), None, 30)
    for coverage in (one.coverage, two.coverage):
        assert coverage[0].any()
        assert coverage[-1].any()
        assert coverage[:, 0].any()
        assert coverage[:, -1].any()
    assert not two.coverage[len(one.coverage) + 1].any()


def test_a_character_outside_the_shipped_font_is_named_with_the_remedy() -> None:
    with pytest.raises(InvalidMark) as refusal:
        check_glyphs("鑫淼AI生成", None)
    assert "鑫淼" in refusal.value.what.en
    assert "--font" in refusal.value.remedy.zh


@pytest.mark.oracle
def test_a_font_of_ones_own_is_checked_too() -> None:
    with pytest.raises(InvalidMark) as refusal:
        check_glyphs("AI生成", DEJAVU)
    assert "生成" in refusal.value.what.en
    assert "AI" not in refusal.value.what.en
    check_glyphs("鑫淼AI生成", SERIF)


def test_a_file_that_is_no_font_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "no-font.otf"
    path.write_bytes(b"OTTO" + bytes(60))
    for font in (path, tmp_path / "missing.ttf"):
        with pytest.raises(InvalidMark):
            check_glyphs("AI生成", font)


def test_the_shipped_font_has_every_character_that_its_list_names() -> None:
    listed = shipped_font().with_suffix(".txt").read_text(encoding="utf-8").rstrip("\n")
    check_glyphs(listed, None)
    assert set("人工智能生成合成由本图片视频音频文字辅助创作疑似可能属于等服务提供AI") <= set(listed)


def test_the_shipped_font_is_small_and_carries_its_licence() -> None:
    assert shipped_font().stat().st_size <= 60 * 1024
    assert "SIL OPEN FONT LICENSE Version 1.1" in shipped_font().with_name("OFL.txt").read_text(encoding="utf-8")
