"""Says what came of a file: as lines for people, as JSON for programs."""

from __future__ import annotations

import os
from collections import Counter
from typing import TYPE_CHECKING

from aigc_label.bilingual import NOTHING, Bilingual, Lang
from aigc_label.cli.console import Console, Paint, Style
from aigc_label.cli.starting import DEFECT, NOT_PROCESSED, Invocation
from aigc_label.errors import AigcLabelError, Defect, WrongUse
from aigc_label.inert import json_text, with_exact_paths
from aigc_label.order import ACTION_NAMES, Action, Drawn, Outcome

if TYPE_CHECKING:
    from aigc_label.batch.shares import Answer


def error_text(problem: AigcLabelError | OSError, name: str, lang: Lang, paint: Paint) -> str:
    """Give an error as lines: code, file and offset, what; then why it matters and what to do."""
    word = Bilingual("error", "错误").said(lang)
    if isinstance(problem, AigcLabelError):
        code, place, offset = problem.code, problem.where or name, problem.offset
        what, why, remedy = problem.what, problem.why.said(lang), problem.remedy
    else:
        from aigc_label.os_errors import code_of, explained

        # the file of a failed rename or draft is the target's, so the name of the job says more than ours
        code, place, offset, why = code_of(problem), name or _named(problem), None, ""
        what, remedy = explained(problem)
    at = f"@{offset}" if offset is not None else ""
    lines = [f"{paint(f'{word}[{code}]', Style.BAD)} {paint(f'{place}{at}', Style.NAME)}{': ' if place else ''}"]
    lines[0] += paint(what.said(lang))
    lines += [f"  {paint(why)}"] if why else []
    lines += [f"  → {paint(remedy.said(lang))}"] if remedy.said(lang) else []
    return "\n".join(lines)


def _named(problem: OSError) -> str:
    return os.fsdecode(problem.filename) if isinstance(problem.filename, str | bytes) else ""


def cause_text(problem: BaseException) -> str:
    """Give the traceback of what lies behind an error, for -v."""
    import traceback

    cause = problem.__cause__
    return "".join(traceback.format_exception(cause)).rstrip() if cause is not None else ""


def outcome_answer(outcome: Outcome, invocation: Invocation) -> Answer:
    """Give (status, kind, text for stdout, text for stderr, name) for one outcome."""
    console = invocation.console
    failed = outcome.error is not None
    status = 0 if not failed else DEFECT if isinstance(outcome.error, Defect) else NOT_PROCESSED
    if invocation.text("format") != "text":
        return status, str(outcome.action), json_text(with_exact_paths(outcome.to_dict(console.lang))), "", outcome.path
    if outcome.error is not None:
        return status, str(outcome.action), "", failure_text(outcome.error, outcome.path, console), outcome.path
    out = "" if console.quiet else outcome_text(outcome, console)
    return status, str(outcome.action), out, warnings_text(outcome, console), outcome.path


def failure_text(problem: AigcLabelError | OSError, name: str, console: Console) -> str:
    """Give an error as lines, with -v the traceback of a defect behind it."""
    text = error_text(problem, name, console.lang, console.err_paint)
    cause = cause_text(problem) if console.verbose and isinstance(problem, Defect) else ""
    return f"{text}\n{cause}" if cause else text


def outcome_text(outcome: Outcome, console: Console) -> str:
    """Give the line on one file that was worked on."""
    paint, lang = console.out_paint, console.lang
    action = outcome.intended or outcome.action
    name = ACTION_NAMES[action].said(lang)
    if outcome.action is Action.PLANNED:
        name = Bilingual(f"would be {name}", f"将会：{name}").said(lang)
    faint = action in (Action.UNCHANGED, Action.COPIED)
    where = paint(outcome.path, Style.NAME)
    if outcome.target and outcome.target != outcome.path:
        where += f" → {paint(outcome.target)}"
    lines = [f"{paint(name, Style.FAINT if faint else Style.GOOD)}  {where}"]
    if action is not Action.UNCHANGED:
        lines[0] += f"  {paint(_sizes(outcome, lang), Style.FAINT)}"
    if outcome.drawn is not None and console.verbose:
        drawn = outcome.drawn
        lines.append(f"  {paint(f'{drawn.words} [{_extent(drawn)}] {drawn.way.said(lang)}')}")
    if outcome.label is not None and console.verbose:
        lines.append(f"  {paint(outcome.label.to_json())}")
    for text in outcome.replaced:
        why = Bilingual(f" ({outcome.reason})", f"（理由：{outcome.reason}）") if outcome.reason else NOTHING
        what = Bilingual(f"replaced: {text}{why.en}", f"被替换的标识：{text}{why.zh}")
        lines.append(f"  {paint(what.said(lang))}")
    return "\n".join(lines)


def _extent(drawn: Drawn) -> str:
    """Say where and when a mark stands: pixels, seconds, or both."""
    box = f"{drawn.box.left},{drawn.box.top}-{drawn.box.right},{drawn.box.bottom}" if drawn.box else ""
    spans = (f"{span.start:.2f}-{span.start + span.seconds:.2f} s" for span in drawn.spans)
    return " ".join((*([box] if box else []), *spans))


def _sizes(outcome: Outcome, lang: Lang) -> str:
    new = outcome.new_bytes
    return Bilingual(f"{outcome.size:,} bytes, {new:,} new", f"{outcome.size:,} 字节，其中新增 {new:,}").said(lang)


def warnings_text(outcome: Outcome, console: Console) -> str:
    word = console.say(Bilingual("warning", "警告"))
    paint = console.err_paint
    return "\n".join(
        f"{paint(word, Style.UNSURE)} {paint(outcome.path, Style.NAME)}: {paint(console.say(warning))}"
        for warning in outcome.warnings
    )


def summed_up(counted: Counter[str], console: Console) -> None:
    """Print how many files came to what, where there is more than one. Raises `WrongUse` where there is none."""
    if not counted:
        raise WrongUse(
            Bilingual("no file matched", "没有匹配的文件"),
            remedy=Bilingual("Check the paths, --include and --exclude.", "请检查路径以及 --include、--exclude。"),
        )
    if counted.total() > 1 and not console.quiet:
        console.err(", ".join(f"{count} {kind}" for kind, count in sorted(counted.items())))
