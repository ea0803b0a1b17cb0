"""Says what a mark shows, where and how large, and checks its words by the two-element rule."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from aigc_label.bilingual import Bilingual
from aigc_label.errors import InvalidMark

AI_ELEMENT: Final = ("人工智能", "AI")  # GB 45438-2025, 5.1 b to 5.6 b: 人工智能要素
GENERATION_ELEMENT: Final = ("生成", "合成")  # the same clauses: 生成合成要素
MIN_HEIGHT_SHARE: Final = 0.05  # GB 45438-2025, 5.2 e, 5.4 f, 5.5 f
MIN_SECONDS: Final = 2.0  # GB 45438-2025, 5.4 g
TIMING: Final = 0.002  # seconds: containers count time in steps of 1 ms and more
MIN_CONTRAST: Final = 4.5  # ours: the standard says only "clear and legible"; WCAG 2.2, 1.4.3
LEGIBLE_CONTRAST: Final = 3.0  # ours: below it a person may miss even large letters; WCAG 2.2, 1.4.3
EDGE_BAND: Final = 0.12  # distance from the nearest edge over the shortest side; ours: the standard gives none
RHYTHM: Final = "·– ··"  # GB 45438-2025, 5.3 c and note 1: short-long short-short, AI in Morse code
DEFAULT_TEXT: Final = "人工智能生成"
SHORTER_TEXTS: Final = ("人工智能生成", "AI生成")  # tried in this order where the default does not fit


class Place(StrEnum):
    """The edges and corners at which a mark may stand (5.2 c: 边或角)."""

    TOP_LEFT = "top-left"
    TOP = "top"
    TOP_RIGHT = "top-right"
    LEFT = "left"
    RIGHT = "right"
    BOTTOM_LEFT = "bottom-left"
    BOTTOM = "bottom"
    BOTTOM_RIGHT = "bottom-right"


class SoundForm(StrEnum):
    """The two forms of a mark in sound (5.3 a)."""

    RHYTHM = "rhythm"  # 音频节奏标识: short-long short-short
    VOICE = "voice"  # 语音标识


class Speech(StrEnum):
    """What the shipped voices say: both elements in Chinese always, English only beside it."""

    ZH = "zh"
    ZH_EN = "zh-en"


class Position(StrEnum):
    """Where in a sound or a text a mark is put (5.1 d, 5.3 d)."""

    START = "start"
    MIDDLE = (
        "middle"  # between two paragraphs; in the quietest moment about the middle of a sound; about that of a film
    )
    END = "end"
    BOTH = "both"
    EVERY = "every"  # every page of a PDF document, every slide
    HEADER = "header"  # 页眉 of every page of a Word document
    FOOTER = "footer"  # 页脚


def has_ai_element(text: str) -> bool:
    """Tell whether the words hold 人工智能 or AI; `AI` inside a longer Latin word (MAIL) is not the element."""
    return "人工智能" in text or re.search(r"(?<![A-Za-z])AI(?![A-Za-z])", text) is not None


def has_generation_element(text: str) -> bool:
    """Tell whether the words hold 生成 or 合成."""
    return any(word in text for word in GENERATION_ELEMENT)


def complies(text: str) -> bool:
    """Tell whether the words hold both elements. No fixed wording or order is asked for: it is a composition test."""
    return has_ai_element(text) and has_generation_element(text)


def long_enough(seconds: float | None, watched: float | None) -> bool:
    """Tell whether a mark in a film that was watched for `watched` seconds stays for 2 s, or throughout a shorter film.

    True where time plays no part (`watched` is None).
    """
    return watched is None or (seconds or 0.0) >= min(MIN_SECONDS, watched) - TIMING


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """An explicit label that complies by construction.

    `height_share` is the ink height of the smallest letter over the shortest side of the picture as displayed, at least
    0.05; `seconds` the time it stays at the start of a video. In sound, `voice` is a recording of one's own whose spoken
    words are `text`; without one the shipped voices say `speech`; `turns` are the seconds of the content at which the
    turns of a dialogue begin: a mark then stands before each of them, and `position` plays no part. Raises `InvalidMark`
    where a value cannot comply.
    """

    text: str = DEFAULT_TEXT
    place: Place = Place.BOTTOM_RIGHT
    height_share: float = 0.055  # a little over 5 %, so that rounding, resampling and lossy coding stay above the floor
    seconds: float = 2.5
    font: Path | None = None  # None: the font that ships with the package
    sound: SoundForm = SoundForm.RHYTHM
    position: Position = Position.START
    speech: Speech = Speech.ZH
    voice: Path | None = None
    turns: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        if not complies(self.text):
            raise InvalidMark(
                Bilingual(
                    f"the words {self.text!r} lack an element: they need 人工智能 or AI, and 生成 or 合成",
                    f"文字 {self.text!r} 缺少要素：须同时包含“人工智能”或“AI”，以及“生成”或“合成”",
                ),
                remedy=Bilingual(f"Use for instance {DEFAULT_TEXT}.", f"例如使用“{DEFAULT_TEXT}”。"),
            )
        if any(ord(c) < 0x20 or 0x7F <= ord(c) < 0xA0 for c in self.text.replace("\n", "")):
            raise InvalidMark(Bilingual("the words hold control characters", "文字中含有控制字符"))
        if not MIN_HEIGHT_SHARE <= self.height_share <= 0.5:
            raise InvalidMark(
                Bilingual(
                    f"a text height of {self.height_share:.4g} of the shortest side is outside 0.05..0.5",
                    f"文字高度为最短边的 {self.height_share:.4g}，超出 0.05..0.5 的范围",
                ),
                remedy=Bilingual(
                    "GB 45438-2025, 5.2 e asks for at least 0.05.", "GB 45438—2025 5.2 e) 要求不低于 0.05。"
                ),
            )
        if any(not 0 <= turn < float("inf") for turn in self.turns) or len(set(self.turns)) != len(self.turns):
            raise InvalidMark(
                Bilingual("turns are different seconds from 0 on", "各轮次须为不同的、不小于 0 的秒数"),
                remedy=Bilingual("For instance `--turns 0,12.5,31`.", "例如 `--turns 0,12.5,31`。"),
            )
        if not self.seconds >= MIN_SECONDS:
            raise InvalidMark(
                Bilingual(
                    f"{self.seconds:g} s are fewer than the 2 s of clause 5.4 g",
                    f"{self.seconds:g} 秒少于 5.4 g) 要求的 2 秒",
                )
            )
