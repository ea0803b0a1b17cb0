"""Draws previews as figures of a page: pictures with their marks boxed, sound with its marks underlaid, bytes with ticks."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from typing import Final

from aigc_label.bilingual import Bilingual, Lang
from aigc_label.evidence import Box
from aigc_label.report import Report
from aigc_label.telling.markup import NOTHING, Markup, element, empty, joined, said
from aigc_label.telling.previews import Picture, Preview, Wave

HIGH: Final = 60  # units of a wave's drawing
WIDE: Final = 480
BYTES: Final = 1000  # units of the line that stands for a file
MOST_TICKS: Final = 200  # on that line: more of them would cover it


def figure(preview: Preview, lang: Lang) -> Markup:
    """Give one preview with its caption."""
    caption = said(_caption(preview), lang, "figcaption")
    kind = "wave" if isinstance(preview, Wave) else "close" if preview.close else "shot"
    return element("figure", drawn(preview, lang), caption, class_=f"fig {kind}")


def drawn(preview: Preview, lang: Lang) -> Markup:
    """Give one preview by itself."""
    return _wave(preview, lang) if isinstance(preview, Wave) else _picture(preview, lang)


def _caption(preview: Preview) -> Bilingual:
    if isinstance(preview, Wave):
        end = preview.start + preview.seconds
        name = Bilingual("the mark, enlarged", "标识放大") if preview.close else Bilingual("sound", "波形")
        span = f"{preview.start:.1f}-{end:.1f} s"
        return Bilingual(f"{name.en}, {span}", f"{name.zh}，{span}")
    if preview.close:
        return Bilingual("the mark, enlarged", "标识放大")
    if preview.seconds is not None:
        return Bilingual(f"at {preview.seconds:.2f} s", f"{preview.seconds:.2f} 秒处")
    return Bilingual(f"{preview.width} × {preview.height}", f"{preview.width} × {preview.height}")


def _picture(picture: Picture, lang: Lang) -> Markup:
    what = Bilingual("the mark", "显式标识") if picture.close else Bilingual("the content", "内容预览")
    count = len(picture.boxes)
    if count:
        what = Bilingual(f"the content; marks boxed: {count}", f"内容预览；框出的标识：{count} 处")
    image = empty(
        "img",
        src="data:image/webp;base64," + b64encode(picture.data).decode(),
        alt=what.said(lang),
        data_twin_alt=what.said(Lang.EN if lang is Lang.ZH else Lang.ZH),
        width=picture.width,
        height=picture.height,
        loading="lazy",
        decoding="async",
    )
    if not count:
        return element("span", image, class_="pic")
    view = f"0 0 {picture.width} {picture.height}"
    boxes = joined(*(_outline(box, picture) for box in picture.boxes))
    over = element("svg", boxes, viewBox=view, preserveAspectRatio="none", aria_hidden="true")
    return element("span", image, over, class_="pic")


def _outline(box: Box, picture: Picture) -> Markup:
    """Give a rectangle round a mark's plate: the box is the ink's."""
    around = round(box.height * 0.6) + 2
    left, top = max(0, box.left - around), max(0, box.top - around)
    right, bottom = min(picture.width, box.right + around), min(picture.height, box.bottom + around)
    return joined(
        *(
            empty("rect", class_=kind, x=left, y=top, width=max(1, right - left), height=max(1, bottom - top))
            for kind in ("halo", "box")
        )
    )


def _wave(wave: Wave, lang: Lang) -> Markup:
    step = WIDE / max(len(wave.peaks), 1)
    tops = [f"{number * step:.1f} {HIGH / 2 * (1 - peak):.1f}" for number, peak in enumerate(wave.peaks)]
    feet = [f"{number * step:.1f} {HIGH / 2 * (1 + peak):.1f}" for number, peak in enumerate(wave.peaks)]
    scale = WIDE / max(wave.seconds, 1e-9)
    marks = (
        empty(
            "rect", class_="span", x=f"{(a - wave.start) * scale:.1f}", y=0, width=f"{(b - a) * scale:.1f}", height=HIGH
        )
        for a, b in wave.marks
    )
    outline = empty("path", class_="peaks", d="M" + "L".join([*tops, *reversed(feet)]) + "Z")
    middle = empty("path", class_="middle", d=f"M0 {HIGH / 2}H{WIDE}")
    heard = ", ".join(f"{a:.2f}-{b:.2f} s" for a, b in wave.marks)
    what = Bilingual(
        f"waveform; mark heard at {heard}" if heard else "waveform; no mark heard here",
        f"波形；听到标识：{heard}" if heard else "波形；此处未听到标识",
    )
    return element(
        "svg",
        *marks,
        middle,
        outline,
        class_="waveform",
        viewBox=f"0 0 {WIDE} {HIGH}",
        preserveAspectRatio="none",
        role="img",
        aria_label=what.said(lang),
        data_twin_label=what.said(Lang.EN if lang is Lang.ZH else Lang.ZH),
    )


def byte_line(report: Report) -> Markup:
    """Give a line that stands for the file's bytes, with a tick for each candidate; the table beside it says the same."""
    survey, size = report.evidence.survey, max(report.evidence.size, 1)
    ticks = [(reading.offset, f"t-{reading.standing}") for reading in survey.readings]
    ticks += [(notice.offset, "t-notice") for notice in survey.notices]
    ticks += [(residue.offset, "t-hidden") for residue in report.evidence.residue]
    if not ticks:
        return NOTHING
    return element(
        "svg",
        empty("rect", class_="all", x=0, y=5, width=BYTES, height=6),
        *_ticks(ticks[:MOST_TICKS], size),
        class_="bytes",
        viewBox=f"0 0 {BYTES} 16",
        preserveAspectRatio="none",
        aria_hidden="true",
    )


def _ticks(ticks: Iterable[tuple[int, str]], size: int) -> list[Markup]:
    return [
        empty("rect", class_=kind, x=f"{min(offset / size, 1) * (BYTES - 6):.1f}", y=0, width=6, height=16)
        for offset, kind in ticks
    ]
