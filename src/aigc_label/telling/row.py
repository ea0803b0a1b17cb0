"""Tells one file as a row of the page: its picture, verdict and codes; unfolded, all findings and all evidence."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from typing import Final

from aigc_label.bilingual import Bilingual, Lang
from aigc_label.evidence import Looked, Sighting
from aigc_label.formats import BY_NAME
from aigc_label.report import VERDICT_NAMES, Report
from aigc_label.telling.account import Account, Point, clipped
from aigc_label.telling.figures import byte_line, drawn, figure
from aigc_label.telling.markup import NOTHING, Markup, element, joined, said, text
from aigc_label.telling.names import FIELDS, NOTICES, RECOGNITIONS, SEVERITIES, SIGHTINGS, STANDINGS, named
from aigc_label.telling.previews import Preview

MOST: Final = 100  # rows of one table: a hostile file has thousands of candidates; the count is told


def row(account: Account, lang: Lang, previews: tuple[Preview, ...] = (), without: Bilingual | None = None) -> Markup:
    """Give the row of one file. `without` says why there is no preview."""
    summary = element(
        "summary",
        element("span", drawn(previews[0], lang) if previews else _blank(account), class_="thumb"),
        _name(account, lang),
        said(VERDICT_NAMES[account.verdict], lang, class_="verdict"),
        element("span", *(element("span", text(code + " ")) for code in _codes(account)), class_="codes"),
    )
    report = account.report
    parts = [
        element("div", *(figure(one, lang) for one in previews[1:]), class_="figures") if previews[1:] else NOTHING
    ]
    parts += [said(without, lang, "p", class_="without")] if without is not None else []
    parts += [_points(account, lang)]
    parts += [_evidence(report, lang)] if report is not None else []
    details = element("details", summary, element("div", *parts, class_="more"))
    codes = " ".join(_codes(account))
    return element("li", details, class_=f"file v-{account.verdict}", data_v=str(account.verdict), data_c=codes)


def _codes(account: Account) -> list[str]:
    return list(dict.fromkeys(point.code for point in account.points))


def _blank(account: Account) -> Markup:
    name = account.report.evidence.format if account.report else "?"
    return element("span", text(name), class_="blank")


def _name(account: Account, lang: Lang) -> Markup:
    folder, name = posixpath.split(account.place)
    about = NOTHING
    if account.report is not None:
        evidence = account.report.evidence
        row, size = BY_NAME[evidence.format], f"{evidence.size:,}"
        en, zh = row.title.partition(" (")[0], row.title_zh.partition("（")[0]
        about = said(Bilingual(f"{en} · {size} bytes", f"{zh} · {size} 字节"), lang, class_="about")
    above = element("span", text(f"{folder}/" if folder else ""), class_="folder")
    return element("span", above, element("b", text(name or "-")), about, class_="name", translate="no")


def _points(account: Account, lang: Lang) -> Markup:
    if not account.points:
        nothing = Bilingual("Nothing was found wrong.", "未发现问题。")
        return said(nothing, lang, "p", class_="nothing")
    return element(
        "ol", *(_point(point, lang) for point in account.points[:MOST]), _more(account.points, lang), class_="points"
    )


def _point(point: Point, lang: Lang) -> Markup:
    parts = [
        element("span", text(point.code), class_="code"),
        said(named(SEVERITIES, point.severity), lang, class_="weight"),
    ]
    if point.offset is not None:
        parts.append(element("span", _offset(point.offset, lang), class_="at"))
    detail = Bilingual(clipped(point.detail.en), clipped(point.detail.zh))
    parts.append(said(point.sentence, lang, "p", class_="what"))
    parts += [said(detail, lang, "p", class_="detail")] if detail.en else []
    parts += [said(point.remedy, lang, "p", class_="remedy")] if point.remedy.en else []
    parts += [said(point.clause, lang, "p", class_="clause")] if point.clause.en else []
    return element("li", *parts, class_=f"point s-{point.severity}")


def _offset(offset: int, lang: Lang) -> Markup:
    return said(Bilingual(f"byte {offset:,} ({offset:#x})", f"字节 {offset:,}（{offset:#x}）"), lang)


def _evidence(report: Report, lang: Lang) -> Markup:
    evidence = report.evidence
    parts = [
        _section(
            Bilingual("Standing (Measures, Art. 6)", "认定（《标识办法》第六条）"),
            element("p", said(named(RECOGNITIONS, report.recognition), lang)),
            lang,
        )
    ]
    if report.label is not None:
        fields = report.label.to_fields().items()
        rows = ((said(FIELDS[key], lang), element("code", text(key)), text(value or "—")) for key, value in fields)
        parts.append(_section(Bilingual("The label", "隐式标识"), _table(rows), lang))
    candidates = [
        (
            _offset(reading.offset, lang),
            element("code", text(reading.carrier)),
            said(named(STANDINGS, reading.standing), lang),
        )
        for reading in evidence.survey.readings
    ]
    candidates += [
        (
            _offset(one.offset, lang),
            element("code", text(one.excerpt)),
            said(Bilingual("a raw trace", "原始痕迹"), lang),
        )
        for one in evidence.residue
    ]
    candidates += [
        (_offset(notice.offset, lang), said(named(NOTICES, notice.kind), lang), text(clipped(notice.detail)))
        for notice in evidence.survey.notices
    ]
    if candidates:
        shown = joined(byte_line(report), _table(candidates[:MOST]), _more(candidates, lang))
        parts.append(_section(Bilingual("Where in the file", "文件中的位置"), shown, lang))
    if evidence.sightings or evidence.marks_looked is not Looked.NOT_ASKED:
        parts.append(_section(Bilingual("Marks seen or heard", "看到或听到的标识"), _sightings(report, lang), lang))
    return element("div", *parts, class_="evidence")


def _sightings(report: Report, lang: Lang) -> Markup:
    evidence = report.evidence
    if evidence.marks_problem is not None:
        return said(evidence.marks_problem, lang, "p")
    if not evidence.sightings:
        return said(evidence.marks_doubt or Bilingual("none", "无"), lang, "p")
    rows = (
        (element("b", text(clipped(one.text, 200))), said(named(SIGHTINGS, one.kind), lang), said(_measures(one), lang))
        for one in evidence.sightings[:MOST]
    )
    return joined(_table(rows), _more(evidence.sightings, lang))


def _measures(seen: Sighting) -> Bilingual:
    """Give what was measured of a mark, as it bears on the rules."""
    en, zh = [], []
    for value, form, name in (
        (seen.detector, "{}", ("seen by", "检测器")),
        (seen.height_told, "{}", ("text height", "文字高度")),
        (seen.contrast, "{:.1f}:1", ("contrast", "对比度")),
        (seen.start, "{:.2f} s", ("from", "起始")),
        (seen.seconds, "{:.2f} s", ("for", "时长")),
        (seen.confidence, "{:.2f}", ("confidence", "置信度")),
    ):
        if value is not None:
            en.append(f"{name[0]} {form.format(value)}")
            zh.append(f"{name[1]} {form.format(value)}")
    return Bilingual(", ".join(en), "，".join(zh))


def _section(title: Bilingual, content: Markup, lang: Lang) -> Markup:
    return element("section", said(title, lang, "h3"), content)


def _table(rows: Iterable[tuple[Markup, ...]]) -> Markup:
    lines = (element("tr", *(element("td", cell) for cell in cells)) for cells in rows)
    return element("div", element("table", element("tbody", *lines)), class_="wide")


def _more(everything: tuple[object, ...] | list[tuple[Markup, Markup, Markup]], lang: Lang) -> Markup:
    left = len(everything) - MOST
    return said(Bilingual(f"and {left} more", f"以及其他 {left} 项"), lang, "p") if left > 0 else NOTHING
