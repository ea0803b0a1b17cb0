"""Labels what appears in a folder, for pipelines that cannot be changed."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Final

from aigc_label.batch import interrupts
from aigc_label.batch.folders import with_folders
from aigc_label.batch.watching import Pace, arrivals
from aigc_label.bilingual import Bilingual, Lang
from aigc_label.cli import roots
from aigc_label.cli.add import GROUPS as GROUPS  # the same settings
from aigc_label.cli.arguments import Parser
from aigc_label.cli.making import ordered
from aigc_label.cli.mirroring import check_apart, work_of
from aigc_label.cli.recording import recording_of
from aigc_label.cli.starting import COMMANDS, DONE, Invocation
from aigc_label.errors import WrongUse
from aigc_label.ordering import Doing

EXAMPLES: Final = (
    "aigc-label watch made/ -o labelled/",
    "aigc-label watch made/ -o labelled/ --do embed --ledger labels.ledger --resume",
)


def parser(lang: Lang) -> Parser:
    made = Parser("watch", lang, COMMANDS["watch"], EXAMPLES, "FOLDER")
    made.positional("source", Bilingual("the folder to watch", "要监视的文件夹"))
    made.option("-o", "--output", shown="OUT", help_text=Bilingual("the folder of results", "输出文件夹"))
    made.option(
        "--do",
        shown="WHAT",
        help_text=Bilingual("add (default), embed or mark", "add（默认）、embed 或 mark"),
    )
    made.option(
        "--settled",
        shown="S",
        help_text=Bilingual(
            "seconds for which a file must not have changed (default: 2)", "文件保持不变多少秒后视为写完（默认 2）"
        ),
    )
    made.settings(GROUPS)
    return made


def run(invocation: Invocation) -> int:
    """Watch until an interrupt; a file that fails is told and the watch goes on."""
    folder, out = invocation.arguments.source, invocation.arguments.output
    doing, pace = _doing(invocation), _pace(invocation)
    if not out or not os.path.isdir(folder):
        raise WrongUse(
            Bilingual(
                "name a folder to watch, and one for the results with -o",
                "请指定要监视的文件夹，并用 -o 指定输出文件夹",
            )
        )
    check_apart(folder, out)
    invocation.arguments.dry_run = False
    work = work_of(invocation, ordered(doing, invocation))
    for jobs in arrivals(folder, out, roots.filter_of(invocation), pace):
        if jobs:
            recording = recording_of(invocation, doing)
            _tell(recording.answered(work(with_folders(recording.handed(jobs)))), invocation)
        interrupts.check()
    return DONE


def _tell(answers: Iterable[tuple[object, ...]], invocation: Invocation) -> None:
    for _, _, out, err, *_ in answers:
        invocation.console.out(str(out))
        invocation.console.err(str(err))
    invocation.console.stream.flush()


def _doing(invocation: Invocation) -> Doing:
    given = invocation.arguments.do or Doing.ADD
    try:
        return Doing(given)
    except ValueError as problem:
        raise WrongUse(
            Bilingual(f"--do takes add, embed or mark, not {given!r}", f"--do 可为 add、embed 或 mark，而非 {given!r}")
        ) from problem


def _pace(invocation: Invocation) -> Pace:
    given = invocation.arguments.settled
    if given is None:
        return Pace()
    try:
        seconds = float(given)
    except ValueError as problem:
        raise WrongUse(
            Bilingual(f"--settled takes seconds, not {given!r}", f"--settled 需要秒数，而非 {given!r}")
        ) from problem
    return Pace(every=max(0.05, min(1.0, seconds / 2)), settled=seconds)
