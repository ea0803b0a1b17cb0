"""Lays out an explanation for people: candidates with their places, then the rules that decided."""

from __future__ import annotations

from collections.abc import Iterator

from aigc_label.bilingual import Bilingual
from aigc_label.cli.console import Console, Style
from aigc_label.cli.judgements import finding_text
from aigc_label.cli.mapping import map_lines
from aigc_label.dialects import understand
from aigc_label.evidence import Looked, Reading, Sighting, Standing
from aigc_label.explaining import Trace
from aigc_label.report import VERDICT_NAMES
from aigc_label.rulebook.broken import REPAIR_NAMES
from aigc_label.telling.names import STANDINGS


def lines(trace: Trace, console: Console) -> Iterator[str]:
    """Give the explanation line by line, safe to show."""
    report, paint, say = trace.report, console.out_paint, console.say
    evidence = report.evidence
    yield f"{paint(evidence.path or '-', Style.NAME)}  {evidence.format}  {evidence.size:,} B"
    yield _title(Bilingual("label texts found", "找到的标识文本"), len(evidence.survey.readings), console)
    for number, reading in enumerate(evidence.survey.readings, 1):
        yield from _reading(number, reading, trace, console)
    yield _title(Bilingual("raw traces among all bytes", "全部字节中的原始痕迹"), len(trace.raw), console)
    for residue, owner in zip(trace.raw, trace.owners, strict=True):
        whose = (
            Bilingual(f"in or beside text {owner}", f"位于文本 {owner} 之内或旁边")
            if owner
            else Bilingual("in no text that was found", "不属于任何已找到的文本")
        )
        yield f"  @{residue.offset}  {paint(say(whose), Style.FAINT if owner else Style.UNSURE)}  {paint(residue.excerpt)}"
    yield from map_lines(trace.bytes, console)
    yield from _sightings(trace, console)
    yield _title(Bilingual("other notes on the file", "文件的其他情况"), len(evidence.survey.notices), console)
    for notice in evidence.survey.notices:
        yield f"  @{notice.offset}  {notice.kind}  {paint(notice.detail)}"
    yield _title(Bilingual("rules that decided", "判定所依据的规则"), len(report.findings), console)
    for finding in report.findings:
        yield finding_text(finding, console)
    yield say(Bilingual("verdict: ", "结论：")) + paint(say(VERDICT_NAMES[report.verdict]), Style.NAME)


def _title(title: Bilingual, count: int, console: Console) -> str:
    return console.out_paint(console.say(title), Style.NAME) + console.say(Bilingual(f": {count}", f"：{count}"))


def _reading(number: int, reading: Reading, trace: Trace, console: Console) -> Iterator[str]:
    paint, say = console.out_paint, console.say
    style = Style.BAD if reading.standing is Standing.HIDDEN else None
    yield f"  {number}. @{reading.offset}  {paint(reading.carrier)}  {paint(say(STANDINGS[reading.standing]), style)}"
    yield f"     {paint(reading.text)}"
    understanding = understand(reading.text)
    for repair in dict.fromkeys((*reading.repairs, *understanding.repairs)):
        if repair.value == reading.form.value:  # the shape that this carrier asks for
            continue
        yield f"     {say(Bilingual('repaired: ', '已修复：'))}{say(REPAIR_NAMES[repair])}"
    for fault in understanding.faults:
        yield f"     {say(Bilingual('fault: ', '问题：'))}{paint(say(fault.detail))}"
    rules = trace.rules_at(reading.offset)
    if rules:
        yield f"     {say(Bilingual('rules: ', '规则：'))}{', '.join(rules)}"


def _sightings(trace: Trace, console: Console) -> Iterator[str]:
    evidence, say, paint = trace.report.evidence, console.say, console.out_paint
    yield _title(Bilingual("marks seen in the content", "内容中看到的显式标识"), len(evidence.sightings), console)
    if evidence.marks_looked is Looked.COULD_NOT:
        problem = evidence.marks_problem or Bilingual("could not look", "无法查看")
        yield f"  {paint(say(problem), Style.UNSURE)}"
    elif evidence.marks_looked is Looked.NOT_ASKED:
        yield f"  {paint(say(Bilingual('not asked for', '未要求查看')), Style.FAINT)}"
    for sighting in evidence.sightings:
        yield f"  {paint(sighting.text)}  {paint(say(_measures(sighting)), Style.FAINT)}"


def _measures(sighting: Sighting) -> Bilingual:
    en = [sighting.detector, f"confidence {sighting.confidence:.2f}"]
    zh = [sighting.detector, f"置信度 {sighting.confidence:.2f}"]
    if sighting.box is not None:
        box = f"[{sighting.box.left},{sighting.box.top}-{sighting.box.right},{sighting.box.bottom}]"
        en.append(box)
        zh.append(box)
    if sighting.height_told is not None:
        en.append(f"height {sighting.height_told}")
        zh.append(f"字高 {sighting.height_told}")
    if sighting.contrast is not None:
        en.append(f"contrast {sighting.contrast:.1f}:1")
        zh.append(f"对比度 {sighting.contrast:.1f}:1")
    return Bilingual("  ".join(en), "  ".join(zh))
