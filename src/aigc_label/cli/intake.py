"""Says what a platform has to know of a file: its standing, what that rests on, the notice to show."""

from __future__ import annotations

from typing import Final

from aigc_label.bilingual import Bilingual, Lang
from aigc_label.cli.console import Console, Style
from aigc_label.recognition import BASIS_NAMES, RECOGNITION_NAMES, Recognition
from aigc_label.report import Report

STYLES: Final = {Recognition.NONE: Style.GOOD, Recognition.SUSPECTED: Style.UNSURE, Recognition.POSSIBLE: Style.UNSURE}
REVIEW: Final = Bilingual("  → a person decides before the notice is shown", "  → 展示提示前请人工复核")


def intake_text(report: Report, console: Console) -> str:
    """Give the lines on one file at a platform's gate."""
    paint, say, intake = console.out_paint, console.say, report.intake
    standing = say(RECOGNITION_NAMES[intake.recognition])
    lines = [f"{paint(standing, STYLES.get(intake.recognition, Style.BAD))}  {paint(report.path or '-', Style.NAME)}"]
    if intake.bases:
        grounds = ("；" if console.lang is Lang.ZH else "; ").join(say(BASIS_NAMES[basis]) for basis in intake.bases)
        lines.append(f"  {say(Bilingual('because: ', '依据：'))}{grounds}")
    if intake.notice is not None:
        lines.append(f"  {say(Bilingual('show beside it: ', '周边提示：'))}{intake.notice.zh} / {intake.notice.en}")
    if intake.review:
        lines.append(paint(say(REVIEW), Style.UNSURE))
    return "\n".join(lines)
