"""What an error says can be read as sentences, in both languages."""

from __future__ import annotations

from aigc_label.bilingual import Bilingual, Lang
from aigc_label.errors import AigcLabelError, MalformedFile, UnsupportedFormat


def test_parts_of_a_message_are_sentences_and_a_command_at_its_end_stays_one() -> None:
    problem = AigcLabelError(
        Bilingual("the film is broken", "影片已损坏"), remedy=Bilingual("ffmpeg -i IN OUT", "ffmpeg -i IN OUT")
    )
    assert problem.told(Lang.EN) == "the film is broken. ffmpeg -i IN OUT"
    assert problem.told(Lang.ZH) == "影片已损坏。ffmpeg -i IN OUT"


def test_a_sentence_that_ends_gets_no_second_stop() -> None:
    problem = AigcLabelError(Bilingual("Broken.", "已损坏。"), remedy=Bilingual("Mend it.", "请修复。"))
    assert (problem.told(Lang.EN), problem.told(Lang.ZH)) == ("Broken. Mend it.", "已损坏。请修复。")


def test_the_place_stands_before_the_message() -> None:
    assert str(MalformedFile(Bilingual("no end", "没有结尾"), where="a.png", offset=7)).startswith("a.png@7: no end")
    assert str(UnsupportedFormat(Bilingual("no place", "没有位置"))).startswith("no place")
