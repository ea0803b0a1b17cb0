"""Collects what the reports of a run need as its files are judged, and delivers them when all have been counted."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from aigc_label.batch.job import Came, Job
from aigc_label.bilingual import Bilingual
from aigc_label.cli.starting import Invocation
from aigc_label.errors import AigcLabelError, WrongUse
from aigc_label.output import Placer, check_replaceable, draft_of
from aigc_label.recognition import Gate
from aigc_label.settings import PRINTED
from aigc_label.source import BytesSource
from aigc_label.splice import Held
from aigc_label.spool import Spool
from aigc_label.telling.account import Account, account_of
from aigc_label.telling.body import Body, Totals
from aigc_label.telling.forms import FORMS, form_named

if TYPE_CHECKING:
    from aigc_label.batch.walk import Passed
    from aigc_label.policy import Policy
    from aigc_label.report import Report


@dataclass(frozen=True, slots=True)
class Wanted:
    """One report: its form, and the file that it goes to; None: standard output."""

    form: str
    target: Path | None


def wanted(invocation: Invocation) -> tuple[Wanted, ...]:
    """Give the reports that were asked for. Raises `WrongUse` for one that cannot be, before any file is looked at."""
    found = [_parsed(given) for given in invocation.texts("report")]
    form, output = invocation.text("format"), invocation.arguments.output
    if output and form == "text":
        raise WrongUse(
            Bilingual("-o needs a format for the file", "-o 需要同时指定文件格式"),
            remedy=Bilingual("For instance: --format html -o report.html", "例如：--format html -o report.html"),
        )
    if output or form not in PRINTED:
        found.append(Wanted(form, Path(output) if output else None))
    targets = [os.path.realpath(one.target) for one in found if one.target is not None]
    if len(set(targets)) < len(targets):
        raise WrongUse(Bilingual("two reports would go to the same file", "两份报告不能写入同一个文件"))
    for one in found:
        if one.target is not None:
            _check_target(one.target)
    return tuple(found)


def _parsed(given: str) -> Wanted:
    form, _, path = given.partition("=")
    if form not in FORMS or not path:
        raise WrongUse(
            Bilingual(f"--report {given!r} is not FORMAT=FILE", f"--report {given!r} 不是 格式=文件"),
            remedy=Bilingual(f"The formats: {' '.join(FORMS)}.", f"可用的格式：{' '.join(FORMS)}。"),
        )
    return Wanted(form, Path(path))


def _check_target(target: Path) -> None:
    """Find out before a long run, not after it, that its report has nowhere to go."""
    if not target.parent.is_dir():
        raise WrongUse(
            Bilingual("the folder of this report does not exist", "报告所在的文件夹不存在"),
            remedy=Bilingual(f"mkdir -p {target.parent}", f"mkdir -p {target.parent}"),
            where=str(target),
        )
    check_replaceable(target)


def made_for(invocation: Invocation, policy: Policy) -> Reports:
    """Give the reports that were asked for. Raises `WrongUse` as `wanted` does."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    now = datetime.fromtimestamp(int(epoch) if epoch.isdigit() else time.time(), UTC)
    totals = Totals(made=now.strftime("%Y-%m-%dT%H:%M:%SZ"), scope=str(policy.scope), policy=policy.used)
    reports = wanted(invocation)
    if invocation.text("gate") == Gate.PLATFORM and not {one.form for one in reports} <= set(PRINTED):
        raise WrongUse(
            Bilingual(
                "reports for CI judge as a producer's gate does; a platform's answers in text, json and jsonl",
                "面向 CI 的报告按生产者环节判定；平台环节的结果以 text、json、jsonl 给出",
            )
        )
    return Reports(reports, invocation, totals)


class Reports:
    """The reports of one run. `told` is asked wherever a file was judged, `take` and `deliver` where all comes together."""

    def __init__(self, some: tuple[Wanted, ...], invocation: Invocation, totals: Totals) -> None:
        printed = "" if invocation.arguments.output else invocation.text("format")
        self.printed = printed if printed in PRINTED else ""  # what standard output shows file by file
        self.wanted = some
        self.console = invocation.console
        self.gate = Gate(invocation.text("gate"))
        self.totals = totals
        self.root = os.getcwd()
        self.bodies: Mapping[str, Body] = {one.form: Body() for one in some}

    def account(self, path: str, judged: Report | AigcLabelError | OSError) -> Account:
        return account_of(path, judged, self.root, self.gate)

    def told(self, account: Account) -> str:
        """Give all pieces on one file as text that may cross to another process."""
        pieces = {name: list(form_named(name).pieces(account, self.console.lang)) for name in self.bodies}
        return json.dumps(
            [str(account.verdict), account.report is None, [point.code for point in account.points], pieces]
        )

    def take(self, told: str) -> None:
        """Count one file and keep its pieces."""
        verdict, failed, codes, pieces = json.loads(told)
        self.totals.add(verdict, failed, codes)
        for name, some in pieces.items():
            for severity, text in some:
                self.bodies[name].add(severity, text)

    def without_own_files(self, jobs: Iterable[Job], passed: Passed) -> Iterator[Job]:
        """Leave out what a folder holds of an earlier run's reports, where this run writes them anew."""
        own = {os.path.realpath(one.target) for one in self.wanted if one.target is not None}
        for job in jobs:
            if job.came == Came.WALKED and os.path.realpath(job.source) in own:
                passed.excluded += 1
            else:
                yield job

    def deliver(self, status: int, left_out: int) -> None:
        """Write every report, each whole or not at all."""
        self.totals.status, self.totals.left_out = status, left_out
        for one in self.wanted:
            document = form_named(one.form).document(self.bodies[one.form], self.totals, self.console.lang)
            if one.target is None:
                for part in document:
                    self.console.stream.write(part)
                continue
            spool, placer = Spool(), Placer()
            for part in document:
                spool.add(part.encode())
            plan = (Held(spool, 0, spool.size),)
            with draft_of(BytesSource(b""), plan, one.target) as draft:
                placer.place(draft)

    def fail(self, problem: AigcLabelError, status: int) -> None:
        """Deliver reports of a run that had no file: each says so, so that none of an earlier run is taken for this one's."""
        self.take(self.told(self.account("", problem)))
        self.totals.files = 0
        self.deliver(status, self.totals.left_out)
