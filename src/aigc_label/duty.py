"""Writes the papers that providers owe beside labels: the clause for users, notices, records, materials for checks."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib.resources import files
from typing import Final

from aigc_label.bilingual import Bilingual, Lang
from aigc_label.formats import BY_NAME, Medium
from aigc_label.ledger.databases import RETENTION_DAYS
from aigc_label.ledger.entry import Entry
from aigc_label.marking import Mark, Place, Position, SoundForm
from aigc_label.policy import Policy, Strictness
from aigc_label.recognition import NOTICES
from aigc_label.report import VERDICT_NAMES, Grade, Report, Rule
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
    Position.EVERY: Bilingual("on every page", "每一页"),
    Position.HEADER: Bilingual("in the header of every page", "每页页眉"),
    Position.FOOTER: Bilingual("in the footer of every page", "每页页脚"),
}
OF_MEDIUM: Final = {  # the rules that speak of one kind of content alone
    Medium.IMAGE: "IMG",
    Medium.AUDIO: "AUD",
    Medium.VIDEO: "VID",
    Medium.TEXT: "TXT",
    Medium.DOCUMENT: "DOC",
    Medium.SCENE: "VIR",
}
FLOOR: Final = Bilingual("the standard's own floor", "标准的最低要求")
STRICT: Final = Bilingual("; warnings count as errors", "；警告视为错误")
NOTHING: Final = "| | | | | | | | |"
SOUNDS: Final = {
    SoundForm.RHYTHM: Bilingual("a rhythm (short-long, short-short)", "音频节奏标识（短长 短短）"),
    SoundForm.VOICE: Bilingual("a spoken line", "语音标识"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the papers state: the service's name, its provider, how it marks, when they were made (ISO 8601), by what.

    `policy` is what the samples were judged by; `deliveries` are a ledger's entries, of which those of content without an
    explicit mark make the record of Article 9.
    """

    service: str
    producer: str
    mark: Mark
    made: str
    tool: str
    policy: Policy = field(default_factory=Policy)
    deliveries: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A labelled sample: its file's name, the SHA-256 of what is delivered, in hex, and the report on that."""

    name: str
    sha256: str
    report: Report


def papers(facts: Facts, samples: Iterable[Sample] = ()) -> Iterator[tuple[str, str]]:
    """Give each paper in each language as (file name, Markdown)."""
    samples = tuple(samples)
    for lang in (Lang.ZH, Lang.EN):
        values = {**_facts(facts, lang), **_judged(samples, lang), "deliveries": _deliveries(facts.deliveries)}
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
        "policy": _policy(facts.policy, lang),
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


def _policy(policy: Policy, lang: Lang) -> str:
    used = policy.used
    said = f"{_inline(used.name)} (SHA-256 `{used.sha256}`)" if used and used.sha256 else FLOOR.said(lang)
    return said + (STRICT.said(lang) if policy.strictness is Strictness.STRICT else "")


def _judged(samples: tuple[Sample, ...], lang: Lang) -> Mapping[str, str]:
    verdicts = [sample.report.verdict for sample in samples]
    gap, colon, left, right = ("，", "：", "〔", "〕") if lang is Lang.ZH else (", ", ": ", " [", "]")
    counted = gap.join(
        f"{name.said(lang)} {verdicts.count(verdict)}" for verdict, name in VERDICT_NAMES.items() if verdict in verdicts
    )
    rules = "\n".join(
        f"- {rule.id}{colon}{rule.sentence.said(lang)}{left}{rule.cited.said(lang)}{right}"
        for rule in _applied(samples)
    )
    rows = "\n".join(_row(sample, lang) for sample in samples)
    return {"count": str(len(samples)), "verdicts": counted or "-", "rules": rules, "samples": rows or NOTHING}


def _row(sample: Sample, lang: Lang) -> str:
    report = sample.report
    number = report.label.produce_id if report.label else ""
    mark = report.evidence.sightings[0].text if report.evidence.sightings else ""
    verdict = VERDICT_NAMES[report.verdict].said(lang)
    return _line(sample.name, report.evidence.format, number, mark, verdict, sample.sha256)


def _applied(samples: tuple[Sample, ...]) -> Iterator[Rule]:
    """Give the rules that are not ours alone and speak of content such as the samples'; all of them where there is none."""
    media = {BY_NAME[sample.report.evidence.format].medium for sample in samples}
    others = {prefix for medium, prefix in OF_MEDIUM.items() if media and medium not in media}
    cited = (rule for rule in RULES.values() if rule.cited.en and rule.grade is not Grade.OWN)
    return (rule for rule in cited if rule.id.partition("-")[0] not in others)


def _deliveries(entries: tuple[Entry, ...]) -> str:
    """Give a line for each file that somebody got without a mark; an empty one to fill in where there is none."""
    delivered = [
        entry for entry in entries if entry.facts.recipient and entry.deed.target_sha256 and not entry.deed.mark
    ]
    return "\n".join(map(_delivery, delivered)) or NOTHING


def _delivery(entry: Entry) -> str:
    facts, deed = entry.facts, entry.deed
    number = json.loads(deed.label).get("ProduceID", "") if deed.label else ""
    until = datetime.fromisoformat(entry.time) + timedelta(days=RETENTION_DAYS)
    return _line(
        entry.time, number, deed.target_sha256, facts.reason, facts.recipient, "", facts.operator, f"{until:%Y-%m-%d}"
    )


def _line(*cells: str) -> str:
    return f"| {' | '.join(_inline(cell) for cell in cells)} |"


def _inline(text: str) -> str:
    """Give text that stays within its line and starts no Markdown of its own."""
    line = " ".join(text.split())
    return "".join(f"\\{c}" if c in "\\`*_{}[]<>#|!" else c for c in line)
