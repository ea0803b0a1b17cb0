"""Makes the page on survival, in either language, of the record of the last run."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from aigc_label.bilingual import Bilingual, Lang
from aigc_label.comparing import CHANGE_NAMES
from tools.reference.layout import table
from tools.survival.programs import PROGRAMS
from tools.survival.treatments import KINDS, Treatment

ROOT: Final = Path(__file__).parents[2]
RECORD: Final = ROOT / "docs/survival.json"
NAMES: Final = {str(change): name for change, name in CHANGE_NAMES.items()} | {
    "failed": Bilingual("no output", "没有输出"),
}
HEADS: Final = {
    Lang.EN: ("Program", "Does", "From → to", "Label", "Mark", "Complies", "Also seen by", "Brought back by"),
    Lang.ZH: ("程序", "操作", "格式", "隐式标识", "显式标识", "合规", "其他程序可见", "恢复方法"),
}
JUDGED: Final = ("label", "mark", "complies", "seen_by", "recipe", "mended")


def recorded() -> dict[str, Any]:
    """Give the record: the day, the programs' versions, the rows."""
    record: dict[str, Any] = json.loads(RECORD.read_text(encoding="utf-8"))
    return record


def survival_page(lang: Lang) -> str:
    """Give the page in one language."""
    record = recorded()
    return PAGE.said(lang).format(
        day=record["day"],
        sections="\n".join(_sections(record["rows"], lang)),
        commands=table(COMMANDS[lang], _commands(lang)),
        versions=table(VERSIONS[lang], _versions(record["versions"], lang)),
    )


COMMANDS: Final = {Lang.EN: ("Program", "Does", "Command"), Lang.ZH: ("程序", "操作", "命令")}
VERSIONS: Final = {Lang.EN: ("Program", "Package", "Version"), Lang.ZH: ("程序", "软件包", "版本")}
NOT_RUN: Final = Bilingual("not installed, so not run", "未安装，未运行")
PAGE: Final = Bilingual(
    """<!-- Made by `make docs` from docs/survival.json, which `python -m tools.survival` writes. Edits are lost. -->

# What label and mark survive

Files that we labelled and marked were passed through everyday programs on {day}, with the commands and versions below; then
`aigc-label compare` and `verify` judged what came out, and exiftool and ffprobe were asked whether they still see the label.
Where it no longer complied, our own commands were run on it: *Brought back by* names those after which it complied again.

- `transplant`: `aigc-label transplant IN OUT` puts the label back on what came of a file, and touches nothing else.
- `mark`: `aigc-label mark OUT --in-place` draws the mark that was cut or scaled away; with `--position end` on a
  sound that was cut out of a longer one.

A label goes with a copy of the bytes and is lost in most programs that decode and write anew; the mark is part of the content
and stays unless it is cut off or made too small. So: **label last**, after every resize and transcode, and verify what is
delivered.

{sections}
## Commands

IN and OUT stand for the files, EXT and TO for their endings; BROWSER is a page in Chromium that draws the picture on a
canvas, offers it for download, shows it, or is printed.

{commands}

## Versions

{versions}
""",
    """<!-- Made by `make docs` from docs/survival.json, which `python -m tools.survival` writes. Edits are lost. -->

# 标识的留存情况

{day} 将已添加隐式标识和显式标识的文件交给常用程序处理（命令与版本见下），再由 `aigc-label compare` 与 `verify` 判定，
并查看 exiftool 和 ffprobe 是否仍能读到标识。不再合规的文件再用本工具处理：“恢复方法”列出处理后重新合规的命令。

- `transplant`：`aigc-label transplant IN OUT`，把标识放回处理后的文件，其余内容不变；
- `mark`：`aigc-label mark OUT --in-place`，重新添加被裁掉或缩小的显式标识；从较长音频中截取的音频用 `--position end`。

按字节复制时标识随文件保留，解码后重新写出时多数程序会丢失标识；显式标识是内容的一部分，除非被裁掉或缩得过小。
因此应当**最后添加标识**，在所有缩放和转码之后进行，并核验实际交付的文件。

{sections}
## 命令

IN 与 OUT 代表输入、输出文件，EXT 与 TO 代表其扩展名；BROWSER 指在 Chromium 页面中把图片绘制到 canvas、提供下载、显示或打印。

{commands}

## 版本

{versions}
""",
)


def _sections(rows: list[dict[str, Any]], lang: Lang) -> Iterator[str]:
    for title, treatments in KINDS.values():
        lines = [line for treatment in treatments for line in _lines(treatment, rows, lang)]
        if lines:
            yield f"### {title.said(lang)}\n\n{table(HEADS[lang], lines)}\n"


def _lines(treatment: Treatment, rows: list[dict[str, Any]], lang: Lang) -> Iterator[tuple[str, ...]]:
    """Give a line for the routes of a treatment that ended alike."""
    about = (treatment.program, treatment.says.en)
    pairs = list(treatment.pairs())
    here = [row for row in rows if (row["program"], row["says"]) == about and (row["source"], row["target"]) in pairs]
    for judged, alike in groupby(sorted(here, key=_judgement), _judgement):
        routes = ", ".join(_route(row) for row in alike)
        label, mark, complies, seen_by, recipe, mended = json.loads(judged)
        yield (
            PROGRAMS[treatment.program].title,
            treatment.says.said(lang),
            routes,
            NAMES[label].said(lang),
            NAMES[mark].said(lang),
            Bilingual("yes", "是").said(lang) if complies else Bilingual("no", "否").said(lang),
            ", ".join(seen_by) or "–",
            "–" if complies else f"`{recipe}`" if mended else Bilingual("nothing here", "无").said(lang),
        )


def _judgement(row: Mapping[str, Any]) -> str:
    return json.dumps([row[name] for name in JUDGED])


def _route(row: Mapping[str, Any]) -> str:
    return row["source"] if row["source"] == row["target"] else f"{row['source']} → {row['target']}"


def _commands(lang: Lang) -> Iterator[tuple[str, ...]]:
    for _, treatments in KINDS.values():
        for one in treatments:
            command = one.command.removeprefix("python: ").replace("|", "\\|")
            yield PROGRAMS[one.program].title, one.says.said(lang), f"`{command}`"


def _versions(versions: Mapping[str, str | None], lang: Lang) -> Iterator[tuple[str, ...]]:
    for name, program in PROGRAMS.items():
        yield program.title, program.package, versions.get(name) or NOT_RUN.said(lang)
