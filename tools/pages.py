"""Writes the pages and files that stand in the code already: `python -m tools.pages`, with `--check` to compare only."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from itertools import groupby
from pathlib import Path
from typing import Final

from aigc_label.bilingual import Bilingual, Lang
from aigc_label.cli.starting import COMMANDS, command_named
from aigc_label.evidence import Standing
from aigc_label.formats import FORMATS, Format, Medium
from aigc_label.report import Grade, Rule, Severity
from aigc_label.rulebook import RULES, RULESET
from aigc_label.settings import SETTINGS, Found, Kind, Setting
from tools.hooks import hooks_file
from tools.host_tests import host_tests_page

ROOT: Final = Path(__file__).parents[1]
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
SEVERITIES: Final = {
    Severity.ERROR: Bilingual("error: the file is non-compliant or unlabelled", "错误：判为不合规或未标识"),
    Severity.UNDECIDED: Bilingual("undecided: could not look, never a pass", "无法判定：不会算作通过"),
    Severity.WARNING: Bilingual("warning: worth a change, the verdict stands", "警告：建议修改，不影响结论"),
    Severity.ADVICE: Bilingual("advice: a hint", "建议：仅供参考"),
}
GRADES: Final = {
    Grade.NORMATIVE: Bilingual("the standard or the Measures", "标准或《办法》"),
    Grade.GUIDE: Bilingual("a practice guide", "实践指南"),
    Grade.INFERRED: Bilingual("our reading of the above", "由上述文本推断"),
    Grade.OWN: Bilingual("our own", "本项目自定"),
}
FOUND: Final = {Found.FREE: "set it", Found.TIGHTEN: "tighten it", Found.NEVER: "not touch it"}
REFERENCE: Final = "<!-- Made by `make docs` from here on. Edits below are lost. -->"
GROUPS: Final = {
    "LBL": "Labels in the metadata · 隐式标识",
    "MRK": "Marks of any kind · 显式标识",
    "IMG": "Marks in pictures · 图片的显式标识",
    "AUD": "Marks in sound · 音频的显式标识",
    "VID": "Marks in films · 视频的显式标识",
    "TXT": "Marks in text · 文本的显式标识",
    "DOC": "Marks in documents · 文档的显式标识",
    "FMT": "The file itself · 文件本身",
    "POL": "The caller's policy · 调用方策略",
    "XSC": "Other schemes · 其他标识体系",
}


def formats_page() -> str:
    """What can be labelled and marked, and where the label goes."""
    return f"""{_made_from("formats.py")}
# Formats

What `aigc-label formats` prints: where the implicit label of each format goes, and whether a mark can be drawn on it.
The format is recognised by the file's content, never by its name.

{_format_tables(("Format", "Names", "Label goes to", "This place is", "Mark"), lambda text: text.en)}

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

## 支持的格式

{_format_tables(("格式", "扩展名", "隐式标识的位置", "依据", "显式标识"), lambda text: text.zh)}

ffprobe 不显示 WAV 中指南规定的 AIGC 块。`--info-copy` 在 LIST/INFO 中另写一份相同文字，供 ffprobe 读取。
标准要求一个文件只保留一份标识（6.1 c），因此 `verify` 会对副本给出警告（LBL-002），`--strict` 不予接受；
内容不同则属相互矛盾（LBL-003）。两处总是一同替换；不带此选项重新添加标识则只留一处。

视频的标识位于开头画面，在编码允许时只有该处的画面组被重新编码。`--position middle`、`end` 或 `both` 时，
相应位置也有标识；`every` 时每一帧都有：此时全部画面都会重新编码，结果中会说明。声音在任何情况下都原样复制。
"""


def _format_tables(heads: tuple[str, ...], said: Callable[[Bilingual], str]) -> str:
    """Give one table a medium."""
    parts = []
    for medium, rows in groupby(sorted(FORMATS, key=lambda row: list(MEDIA).index(row.medium)), lambda row: row.medium):
        parts.append(f"### {said(MEDIA[medium])}\n\n{_table(heads, (_format_row(row, said) for row in rows))}")
    return "\n\n".join(parts)


def _format_row(row: Format, said: Callable[[Bilingual], str]) -> tuple[str, ...]:
    remedy = said(row.remedy)
    return (
        row.title,
        " ".join(f"`{suffix}`" for suffix in row.suffixes),
        said(row.place).strip() if row.adapter else remedy,
        said(STANDINGS[row.standing]) if row.adapter else "–",
        said(Bilingual("yes", "支持")) if row.marker else remedy or "–",
    )


def rules_page() -> str:
    """Every rule, grouped by what it speaks of."""
    parts = [f"{_made_from('rulebook/')}\n# Rules\n"]
    parts.append(
        f"What `aigc-label rule CODE` prints. Ruleset {RULESET}; ids are never reused. A verdict rests on findings, a\n"
        "finding on one of these rules, and each rule says how well it is founded.\n"
    )
    parts.append(
        _table(("Severity", "Means", "含义"), ((f"`{one}`", said.en, said.zh) for one, said in SEVERITIES.items()))
    )
    parts.append("")
    parts.append(
        _table(("Founded on", "Means", "含义"), ((f"`{one}`", said.en, said.zh) for one, said in GRADES.items()))
    )
    for prefix, rules in groupby(RULES.values(), lambda rule: rule.id.split("-")[0]):
        parts.append(f"\n## {GROUPS.get(prefix, prefix)}\n")
        parts += [_rule(rule) for rule in rules]
    return "\n".join(parts).rstrip("\n") + "\n"


def _rule(rule: Rule) -> str:
    return (
        f"### {rule.id}\n\n{rule.sentence.en}\n\n{rule.sentence.zh}\n\n"
        f"- `{rule.severity}`, founded on: {GRADES[rule.grade].en} ({rule.clause})\n"
        f"- Why it happens: {rule.cause.en} {rule.cause.zh}\n- What to do: {rule.remedy.en} {rule.remedy.zh}\n"
        f"- Example: {rule.example.en} {rule.example.zh}\n"
    )


def cli_page() -> str:
    """What was written by hand, then every setting and every command's help."""
    written = (ROOT / "docs/cli.md").read_text(encoding="utf-8").split(REFERENCE)[0].rstrip("\n")
    os.environ["COLUMNS"] = "100"
    parts = [written, "", REFERENCE, "", "### Every setting", ""]
    heads = ("Option", "Variable", "Default", "Found may", "Is", "含义")
    parts.append(_table(heads, (_setting_row(row) for row in SETTINGS.values())))
    parts += [
        "",
        "The configuration's key is the option's name without the dashes. *Found may*: what a configuration that was",
    ]
    parts += ["found, not named, may do with it.", "", "## Every command"]
    for name in COMMANDS:
        parts += ["", f"### {name}", "", "```text", command_named(name).parser(Lang.EN).format_help().rstrip(), "```"]
    return "\n".join(parts) + "\n"


def _setting_row(row: Setting) -> tuple[str, ...]:
    shown = row.shown or "\\|".join(row.choices) or {Kind.SWITCH: "", Kind.COUNT: "N"}.get(row.kind, "")
    value = f" {shown}" if shown else ""
    default = "" if row.default in (None, "", (), False) else f"`{row.default}`"
    return (f"`--{row.name}{value}`", f"`{row.variable}`", default, FOUND[row.found], row.help.en, row.help.zh)


def _made_from(module: str) -> str:
    return f"<!-- Made by `make docs` from src/aigc_label/{module}. Edits here are lost. -->\n"


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [heads, tuple("---" for _ in heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


PAGES: Final = {
    "docs/formats.md": formats_page,
    "docs/rules.md": rules_page,
    "docs/host-tests.md": host_tests_page,
    ".pre-commit-hooks.yaml": hooks_file,
}
if sys.version_info < (3, 13):  # from 3.13 on argparse lays its help out in another way
    PAGES["docs/cli.md"] = cli_page


def main(options: list[str]) -> int:
    stale = 0
    for name, page in PAGES.items():
        path, text = ROOT / name, page()
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        if "--check" in options:
            stale += 1
            print(f"{name} is not what the code says: run `make docs`", file=sys.stderr)
        else:
            path.write_text(text, encoding="utf-8")
            print(f"{name} written")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
