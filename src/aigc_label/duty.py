"""Writes the papers that providers owe beside labels: the clause for users, notices, records, materials for checks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Final

from aigc_label.bilingual import Bilingual, Lang
from aigc_label.marking import Mark, Place, Position, SoundForm
from aigc_label.recognition import NOTICES
from aigc_label.report import VERDICT_NAMES, Report
from aigc_label.rulebook import RULES, RULESET
from aigc_label.wording import words_of

PAPERS: Final = {  # name of a paper: what it is, by which article of the Measures
    "agreement": Bilingual("clause for the user agreement (Art. 8)", "用户协议条款（第八条）"),
    "notices": Bilingual("notices beside content (Art. 6)", "平台提示文字（第六条）"),
    "delivery": Bilingual(
        "record of content without an explicit label (Art. 9)", "不含显式标识内容的提供记录（第九条）"
    ),
    "evidence": Bilingual("labelling materials (Art. 7 and 12)", "标识材料说明（第七条、第十二条）"),
}
PLACES: Final = {
    Place.TOP_LEFT: Bilingual("top left corner", "左上角"),
    Place.TOP: Bilingual("top edge", "上边缘"),
    Place.TOP_RIGHT: Bilingual("top right corner", "右上角"),
    Place.LEFT: Bilingual("left edge", "左边缘"),
    Place.RIGHT: Bilingual("right edge", "右边缘"),
    Place.BOTTOM_LEFT: Bilingual("bottom left corner", "左下角"),
    Place.BOTTOM: Bilingual("bottom edge", "下边缘"),
    Place.BOTTOM_RIGHT: Bilingual("bottom right corner", "右下角"),
}
POSITIONS: Final = {
    Position.START: Bilingual("at the start", "起始位置"),
    Position.MIDDLE: Bilingual("in the middle", "中间适当位置"),
    Position.END: Bilingual("at the end", "末尾位置"),
    Position.BOTH: Bilingual("at the start and the end", "起始和末尾位置"),
}
SOUNDS: Final = {
    SoundForm.RHYTHM: Bilingual("a rhythm (short-long, short-short)", "音频节奏标识（短长 短短）"),
    SoundForm.VOICE: Bilingual("a spoken line", "语音标识"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the papers state: the service's name, its provider, how it marks, when they were made (ISO 8601), by what."""

    service: str
    producer: str
    mark: Mark
    made: str
    tool: str


def papers(facts: Facts, reports: Iterable[Report] = ()) -> Iterator[tuple[str, str]]:
    """Give each paper in each language as (file name, Markdown). `reports` are those on the labelled samples."""
    reports = tuple(reports)
    for lang in (Lang.ZH, Lang.EN):
        values = {**_facts(facts, lang), **_judged(reports, lang)}
        for name in PAPERS:
            form = (files("aigc_label") / "data" / "duty" / f"{name}.{lang}.md").read_text(encoding="utf-8")
            yield f"{name}.{lang}.md", form.format(**values)


def _facts(facts: Facts, lang: Lang) -> Mapping[str, str]:
    mark = facts.mark
    return {
        "service": _inline(facts.service),
        "producer": _inline(facts.producer),
        "made": facts.made,
        "tool": facts.tool,
        "ruleset": RULESET,
        "words": _inline(mark.text),
        "text_words": _inline(words_of(mark)),
        "place": PLACES[mark.place].said(lang),
        "height": f"{mark.height_share:.1%}",
        "seconds": f"{mark.seconds:g}",
        "sound": SOUNDS[mark.sound].said(lang),
        "position": POSITIONS[mark.position].said(lang),
        "text_position": POSITIONS[mark.position].said(lang),
        **{str(standing): notice.said(lang) for standing, notice in NOTICES.items()},
    }


def _judged(reports: tuple[Report, ...], lang: Lang) -> Mapping[str, str]:
    counts = {verdict: sum(report.verdict is verdict for report in reports) for verdict in VERDICT_NAMES}
    gap, colon, left, right = ("，", "：", "〔", "〕") if lang is Lang.ZH else (", ", ": ", " [", "]")
    verdicts = gap.join(f"{VERDICT_NAMES[verdict].said(lang)} {count}" for verdict, count in counts.items() if count)
    rules = "\n".join(
        f"- {rule.id}{colon}{rule.sentence.said(lang)}{left}{rule.cited.said(lang)}{right}"
        for rule in RULES.values()
        if rule.cited.en
    )
    return {"count": str(len(reports)), "verdicts": verdicts or "-", "rules": rules}


def _inline(text: str) -> str:
    """Give text that stays within its line and starts no Markdown of its own."""
    line = " ".join(text.split())
    return "".join(f"\\{c}" if c in "\\`*_{}[]<>#|!" else c for c in line)
