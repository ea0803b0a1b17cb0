"""Opens the ledger that a command was given, adds deeds to its answers, and tells again what an earlier run has done."""

from __future__ import annotations

import os
import time
from collections.abc import Generator, Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final, Protocol

from aigc_label.bilingual import Bilingual
from aigc_label.cli.sources import limits_of
from aigc_label.cli.starting import DONE, Invocation
from aigc_label.cli.telling import outcome_answer
from aigc_label.errors import WrongUse
from aigc_label.order import Action, Digests, Outcome
from aigc_label.settings import Group, in_groups

if TYPE_CHECKING:
    from aigc_label.batch.job import Job
    from aigc_label.batch.judging import Judged
    from aigc_label.batch.shares import Answer
    from aigc_label.cli.reporting import Reports
    from aigc_label.ledger.entry import Entry

POLICY: Final = (Group.LABEL, Group.MARK, Group.VERIFY, Group.WRITE)  # the settings that say what a file comes to


class Recording(Protocol):
    """What stands between the jobs of a run and their answers."""

    def handed(self, jobs: Iterable[Job]) -> Iterator[Job]: ...

    def answered(self, answers: Generator[Answer, None, None]) -> Generator[Answer, None, None]: ...


class _Unrecorded:
    """A run without a ledger."""

    def handed(self, jobs: Iterable[Job]) -> Iterator[Job]:
        return iter(jobs)

    def answered(self, answers: Generator[Answer, None, None]) -> Generator[Answer, None, None]:
        return answers


def is_recorded(invocation: Invocation) -> bool:
    """Tell whether this run is recorded: one that only shows what it would do does nothing that could be."""
    arguments = invocation.arguments
    shows = getattr(arguments, "dry_run", False) or not getattr(arguments, "apply", True)
    return bool(invocation.text("ledger")) and not shows


def digests_of(invocation: Invocation) -> Digests:
    """Give which digests an outcome needs."""
    return Digests.SHA256 if is_recorded(invocation) else Digests.NONE


def check_unpiped(invocation: Invocation) -> None:
    """Raise `WrongUse` where a stream is to be recorded: an entry names a source and a target that can be looked at again."""
    if is_recorded(invocation):
        raise WrongUse(
            Bilingual(
                "what passes through a pipe has no name, and a ledger records files by name (--ledger)",
                "管道中的内容没有名称，而台账按名称记录文件（--ledger）",
            ),
            remedy=Bilingual(
                "Name files instead of `-`; or leave the ledger out, also in the environment and the settings file.",
                "请用文件名代替 `-`；或不使用台账（包括环境变量与配置文件中的设置）。",
            ),
        )


def recording_of(invocation: Invocation, command: str) -> Recording:
    """Open the run's ledger. Raises `Refused` where it cannot be used, `WrongUse` for --resume without one."""
    if not invocation.text("ledger") and invocation.value("resume"):
        raise WrongUse(
            Bilingual("--resume needs the ledger of the run that stopped", "--resume 需要被中断的运行所用的台账"),
            remedy=Bilingual("Name it with --ledger.", "请用 --ledger 指定。"),
        )
    if invocation.value("fingerprint"):
        _check_fingerprint(invocation, command)
    if not is_recorded(invocation):
        return _Unrecorded()
    from aigc_label.batch.recording import Recorder, Resume
    from aigc_label.ledger.book import Ledger

    resume = Resume.YES if invocation.value("resume") else Resume.NO
    ledger = Ledger.made(invocation.text("ledger"))
    return Recorder(ledger, facts_of(invocation, command), resume, lambda entry: _retold(entry, invocation))


def _check_fingerprint(invocation: Invocation, command: str) -> None:
    if command == "verify":
        raise WrongUse(
            Bilingual("--fingerprint is for what labels pictures", "--fingerprint 仅用于添加标识的命令"),
            remedy=Bilingual("To look pictures up: --registry PLACE.", "查找图片请用 --registry 台账。"),
        )
    if not invocation.text("ledger"):
        raise WrongUse(
            Bilingual("--fingerprint keeps its codes in a ledger", "--fingerprint 的指纹须记入台账"),
            remedy=Bilingual("Name it with --ledger.", "请用 --ledger 指定。"),
        )
    from aigc_label.fingerprints import library

    library()


def facts_of(invocation: Invocation, command: str) -> Any:
    """Give what the ledger says of the whole run."""
    from aigc_label.inert import json_text
    from aigc_label.ledger.entry import RunFacts
    from aigc_label.rulebook import RULESET
    from aigc_label.rules import TOOL

    known = (row for row in in_groups(POLICY) if row.name in invocation.settings)
    policy = {row.name: value for row in known if (value := invocation.value(row.name)) != row.default}
    return RunFacts(
        run=run_name(),
        command=command,
        policy=json_text(policy),
        ruleset=RULESET,
        tool=TOOL,
        operator=invocation.text("operator"),
        reason=invocation.text("reason"),
        recipient=invocation.text("recipient"),
    )


def run_name() -> str:
    """Give a name that no other run has: its start and chance."""
    return f"{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}-{os.urandom(4).hex()}"


def made_answer(outcome: Outcome, invocation: Invocation) -> Answer:
    """Give the answer on a file that was to be changed, with its deed where the run is recorded."""
    if not is_recorded(invocation):
        return outcome_answer(outcome, invocation)
    from aigc_label.batch.recording import fingerprinted, made_deed

    if invocation.value("fingerprint"):
        outcome = fingerprinted(outcome, limits_of(invocation))
    return (*outcome_answer(outcome, invocation), made_deed(outcome))


def judged_answer(path: str, judged: Judged, invocation: Invocation, reports: Reports | None = None) -> Answer:
    """Give the answer on a file that was judged, with its deed where the run is recorded."""
    from aigc_label.cli.judgements import judgement_answer

    answer = judgement_answer(path, judged, invocation, reports)
    if not is_recorded(invocation):
        return answer
    from aigc_label.batch.recording import judged_deed

    return (*answer, judged_deed(path, judged) if judged is not None else ())


def _retold(entry: Entry, invocation: Invocation) -> Answer:
    """Give the answer that an earlier run gave on a file, from what it recorded."""
    import json

    values = json.loads(entry.deed.record)
    if entry.deed.verdict:
        from aigc_label.cli.judgements import recorded_text

        return recorded_text(values, invocation)
    if invocation.text("format") != "text":
        from aigc_label.inert import json_text, with_exact_paths

        return DONE, values["action"], json_text(with_exact_paths(values)), "", values["path"]
    return outcome_answer(_outcome(values), invocation)


def _outcome(values: dict[str, Any]) -> Outcome:
    """Give the outcome that a record tells of, as far as lines for people need it."""
    from aigc_label.label import Label

    fields = values["label"]
    return Outcome(
        path=values["path"],
        target=values["target"],
        action=Action(values["action"]),
        format=values["format"],
        label=Label.from_fields(fields) if fields else None,
        size=values["size"],
        new_bytes=values["new_bytes"],
        replaced=tuple(values["replaced"]),
        reason=values["reason"],
        warnings=tuple(Bilingual(one, one) for one in values["warnings"]),
    )
