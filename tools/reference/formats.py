"""Writes the page on formats: what can be labelled and marked, and where the label goes."""

from __future__ import annotations

from itertools import groupby
from typing import Final

from aigc_label.bilingual import Bilingual, Lang
from aigc_label.evidence import Standing
from aigc_label.formats import FORMATS, Format, Medium
from tools.reference.layout import made_from, table

STANDINGS: Final = {
    Standing.PRIMARY: Bilingual("named by the guide", "指南规定"),
    Standing.CHOSEN: Bilingual("our choice", "本项目选定"),
}
MEDIA: Final = {
    Medium.IMAGE: Bilingual("Pictures", "图片"),
    Medium.AUDIO: Bilingual("Sound", "音频"),
    Medium.VIDEO: Bilingual("Video", "视频"),
    Medium.DOCUMENT: Bilingual("Documents", "文档"),
    Medium.TEXT: Bilingual("Text", "文本"),
    Medium.SCENE: Bilingual("Scenes", "虚拟场景"),
}
HEADS: Final = (
    Bilingual("Format", "格式"),
    Bilingual("Names", "扩展名"),
    Bilingual("Label goes to", "隐式标识的位置"),
    Bilingual("This place is", "依据"),
    Bilingual("Mark", "显式标识"),
)
ABOVE: Final = Bilingual(
    """# Formats

What `aigc-label formats` prints: where the implicit label of each format goes, and whether a mark can be drawn on it.
The format is recognised by the file's content, never by its name.
""",
    """# 格式

`aigc-label formats` 列出的内容：每种格式的隐式标识写在哪里，能否添加显式标识。
格式由文件内容识别，与文件名无关。
""",
)
BELOW: Final = Bilingual(
    """## How to read this

Reading is wider than writing: alternative and compatibility carriers (EXIF, comments, text chunks, Extended XMP ...) are
read too, and each finding names the carrier and its byte offset. `aigc-label explain FILE` shows them all.

*Named by the guide* means a TC260 practice guide, second-hand (see [the standard, as we know it](standard.md)). *Our choice*
means that no guide names a place for this format; we took the one that its own specification provides.

ffprobe does not show the guide's chunk in WAV. `--info-copy` writes the same text into LIST/INFO as well, where it does. The
standard asks for one label a file (6.1 c), so `verify` warns of the copy (LBL-002), and `--strict` does not accept it; a copy
that differs is a contradiction (LBL-003). Both are replaced together; labelling anew without the option leaves one.

In a film the mark stands on the opening pictures, and only the groups of pictures there are encoded again, where the coding
allows it. With `--position middle`, `end` or `both` it stands there as well, with `every` on each picture: then all pictures
are encoded again, and the outcome says so. Sound is copied unchanged in every case.

In a Word document `--position header` and `footer` put the words onto every page: a header that is there gets a paragraph
more, pages without one get one, first and even pages with headers of their own included. Other formats refuse. Clause 5.1 d
names the start, the end and suitable places in the middle of a text, and no headers; that the first page's header stands at
the start, and its footer at the end, is our reading (`inferred`). Where that must not be disputed, use `start`, `end` or
`both`. `verify` looks at the header and footer of the first page; it does not check that all pages have them.
""",
    """## 说明

读取的范围比写入更广：备选位置和兼容位置（EXIF、注释、文本块、扩展 XMP 等）也会读取，每条结论都注明所在的载体和字节偏移。
`aigc-label explain FILE` 会全部列出。

*指南规定*指 TC260 实践指南中规定的位置，系间接得知（见[我们所了解的标准](standard.md)）。*本项目选定*指没有指南为该格式规定
位置，我们采用了该格式自身规范所提供的位置。

ffprobe 不显示 WAV 中指南规定的 AIGC 块。`--info-copy` 在 LIST/INFO 中另写一份相同文字，供 ffprobe 读取。
标准要求一个文件只保留一份标识（6.1 c），因此 `verify` 会对副本给出警告（LBL-002），`--strict` 不予接受；
内容不同则属相互矛盾（LBL-003）。两处总是一同替换；不带此选项重新添加标识则只留一处。

视频的标识位于开头画面，在编码允许时只有该处的画面组被重新编码。`--position middle`、`end` 或 `both` 时，
相应位置也有标识；`every` 时每一帧都有：此时全部画面都会重新编码，结果中会说明。声音在任何情况下都原样复制。

Word 文档可用 `--position header` 或 `footer` 使每一页都有标识：已有的页眉（页脚）增加一个段落，没有的则新建，
首页不同和奇偶页不同的页眉也包括在内。其他格式会被拒绝。5.1 d) 列出的是文本的起始、末尾和中间适当位置，没有提到页眉和页脚；
首页页眉视为起始位置、首页页脚视为末尾位置，是本项目的理解（`inferred`，推断）。若不希望存在争议，请使用
`start`、`end` 或 `both`。`verify` 只查看首页的页眉和页脚，不检查是否每一页都有。
""",
)


def formats_page(lang: Lang) -> str:
    """Give one table a medium."""
    parts = [made_from("formats.py"), ABOVE.said(lang)]
    heads = tuple(head.said(lang) for head in HEADS)
    for medium, rows in groupby(sorted(FORMATS, key=lambda row: list(MEDIA).index(row.medium)), lambda row: row.medium):
        parts.append(f"## {MEDIA[medium].said(lang)}\n\n{table(heads, (_row(row, lang) for row in rows))}\n")
    return "\n".join([*parts, BELOW.said(lang)])


def _row(row: Format, lang: Lang) -> tuple[str, ...]:
    remedy = row.remedy.said(lang)
    return (
        Bilingual(row.title, row.title_zh).said(lang),
        " ".join(f"`{suffix}`" for suffix in row.suffixes),
        row.place.said(lang).strip() if row.adapter else remedy,
        STANDINGS[row.standing].said(lang) if row.adapter else "–",
        Bilingual("yes", "支持").said(lang) if row.marker else remedy or "–",
    )
