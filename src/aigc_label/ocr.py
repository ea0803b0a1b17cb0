"""Reads words in pictures with RapidOCR: the one door to it. Its models come in its wheel; nothing is fetched."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from aigc_label.bilingual import Bilingual
from aigc_label.errors import MissingTool, ToolFailed
from aigc_label.evidence import Box

LONGEST: Final = 1024  # pixels of a side; memory and time follow the pixels that are given
PACKAGES: Final = ("rapidocr", "onnxruntime")
SETTINGS: Final = {
    "Global.log_level": "critical",
    "Global.use_cls": False,  # upside-down words are no mark
    "Global.return_word_box": True,  # the place of each letter
    "Global.max_side_len": LONGEST,
    "Det.limit_type": "max",  # the default makes a thin strip larger, at any price
    "Det.limit_side_len": LONGEST,
    "EngineConfig.onnxruntime.intra_op_num_threads": 1,  # a batch has its processes
    "EngineConfig.onnxruntime.inter_op_num_threads": 1,
}

Pixels = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter that was read, how sure the network is (0..1), and where its middle is: 0..1 along the line."""

    char: str
    score: float
    middle: float


Line: TypeAlias = tuple[Letter, ...]


def installed() -> bool:
    """Tell whether words can be read here at all; loads nothing."""
    return all(find_spec(package) is not None for package in PACKAGES)


def lines(pixels: Pixels) -> Iterator[Box]:
    """Give where lines of words stand in a picture (height, width, 3) of at most `LONGEST` pixels a side, larger first."""
    found = _asked(pixels, use_det=True, use_rec=False).boxes
    if found is None:
        return
    boxes = [_box(corners, pixels.shape) for corners in found]
    yield from sorted(boxes, key=lambda box: -box.height)


def read(pixels: Pixels) -> Line:
    """Give the letters of one line of words that was cut out of a picture, without its spaces."""
    found = _asked(pixels, use_det=False, use_rec=True)
    if not found.txts or not found.word_results:
        return ()
    words = found.word_results[0]
    chars = [char for word in words.words for char in word]
    columns = [column for word in words.word_cols for column in word]
    return tuple(
        Letter(char, float(score), min(1.0, (column + 0.5) / words.line_txt_len))
        for char, score, column in zip(chars, words.confs, columns, strict=False)
    )


def _box(corners: NDArray[np.float32], shape: tuple[int, ...]) -> Box:
    left, top = (max(0, int(least)) for least in corners.min(axis=0))
    right, bottom = (int(most) + 1 for most in corners.max(axis=0))
    return Box(left=left, top=top, right=min(shape[1], right), bottom=min(shape[0], bottom))


def _asked(pixels: Pixels, **steps: bool) -> Any:
    try:
        return _engine()(np.ascontiguousarray(pixels[:, :, ::-1]), **steps)  # it takes blue first
    except MissingTool:
        raise
    except Exception as problem:  # what a network's runtime raises has no common kind
        raise ToolFailed(Bilingual(f"text recognition failed: {problem!r}", f"文字识别出错：{problem!r}")) from problem


@cache
def _engine() -> Any:
    """Load the networks once a process."""
    try:
        return import_module("rapidocr").RapidOCR(params=SETTINGS)
    except ImportError as problem:
        raise MissingTool(
            Bilingual("reading words needs the package rapidocr", "识别文字需要 rapidocr 包"),
            remedy=Bilingual("pip install 'aigc-label[ocr]'", "pip install 'aigc-label[ocr]'"),
        ) from problem
