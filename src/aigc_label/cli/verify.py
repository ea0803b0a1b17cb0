"""Reads files back and judges them."""

from __future__ import annotations

import sys
from collections.abc import Generator, Iterable, Iterator
from typing import TYPE_CHECKING, Final

from aigc_label import api
from aigc_label.batch.job import Job
from aigc_label.batch.jobs import jobs_of, sharded
from aigc_label.batch.judging import Judge, Judged, Unknown
from aigc_label.batch.shares import Answer, Work
from aigc_label.batch.walk import Passed
from aigc_label.bilingual import Bilingual, Lang
from aigc_label.cli import roots, sources
from aigc_label.cli.arguments import Parser
from aigc_label.cli.judgements import judgement_answer
from aigc_label.cli.piping import check_input
from aigc_label.cli.recording import check_unpiped, judged_answer
from aigc_label.cli.running import Batch, run_batch
from aigc_label.cli.sources import STREAM
from aigc_label.cli.starting import COMMANDS, WRONG_USE, Invocation
from aigc_label.cli.telling import error_text
from aigc_label.errors import AigcLabelError, InvalidKey, InvalidMark, WrongUse
from aigc_label.expecting import policy_of
from aigc_label.policy import Policy
from aigc_label.recognition import RECOGNITION_NAMES, Gate
from aigc_label.report import VERDICT_NAMES
from aigc_label.settings import PRINTED, Group

if TYPE_CHECKING:
    from aigc_label.cli.reporting import Reports

GROUPS: Final = (Group.VERIFY, Group.INTAKE, Group.FILES, Group.LEDGER, Group.REPORT, Group.OUTPUT)
FAILED: Final = Bilingual("could not be looked at", "无法读取")
EXAMPLES: Final = (
    "aigc-label verify labelled/",
    "aigc-label verify --only label --expect-producer CODE picture.jpg",
    "aigc-label verify labelled/ --report html=report.html --report junit=junit.xml",
    "aigc-label verify --gate platform --declared ai upload.mp4",
)


def parser(lang: Lang) -> Parser:
    made = Parser("verify", lang, COMMANDS["verify"], EXAMPLES, "SOURCE...")
    sources.options(made)
    made.option(
        "-o",
        "--output",
        shown="FILE",
        help_text=Bilingual("write what --format says to a file", "将 --format 指定的内容写入文件"),
    )
    made.settings(GROUPS)
    return made


def run(invocation: Invocation) -> int:
    """Give 0 where every file complies, 1 where one does not, 3 where one could not be looked at.

    At a platform's gate: 0 where no file needs a notice, 1 where one does, 3 where one could not be looked at.
    """
    sources.check(invocation)
    try:
        policy = policy_of(invocation.settings)
    except (InvalidKey, InvalidMark) as problem:
        console = invocation.console
        console.err(error_text(problem, "", console.lang, console.err_paint))
        return WRONG_USE
    reports = _reports(invocation, policy)
    if invocation.arguments.source == [STREAM]:
        return _from_pipe(invocation, policy, reports)
    return run_batch(_batch(invocation, policy, reports), invocation)


def _reports(invocation: Invocation, policy: Policy) -> Reports | None:
    """Give the reports that were asked for, None where text or JSON on standard output is all: that loads less."""
    printed = invocation.text("format") in PRINTED and not invocation.arguments.output
    if printed and not invocation.texts("report"):
        return None
    if invocation.text("engine") != "local":
        raise WrongUse(
            Bilingual("reports are made by the local engine only", "报告只能由本地引擎生成"),
            remedy=Bilingual("Use --format jsonl, or a ledger.", "请使用 --format jsonl 或台账。"),
        )
    if invocation.value("resume"):
        raise WrongUse(
            Bilingual(
                "a report speaks of every file, and --resume leaves out those judged before",
                "报告须涵盖全部文件，而 --resume 会略过此前已核验的文件",
            ),
            remedy=Bilingual("Make the report in a run without --resume.", "请在不带 --resume 的运行中生成报告。"),
        )
    from aigc_label.cli.reporting import made_for

    return made_for(invocation, policy)


def _from_pipe(invocation: Invocation, policy: Policy, reports: Reports | None) -> int:
    check_unpiped(invocation)
    check_input()
    judged: Judged
    try:
        judged = api.verify(sys.stdin.buffer, policy, sources.limits_of(invocation))
    except AigcLabelError as problem:
        judged = problem
    status, _, out, err, _, told = judgement_answer(STREAM, judged, invocation, reports)
    invocation.console.out(str(out))
    invocation.console.err(str(err))
    if reports is not None:
        reports.take(str(told))
        reports.deliver(int(status), 0)
    return int(status)


def _kinds(policy: Policy) -> dict[str, Bilingual]:
    if policy.gate is Gate.PLATFORM:
        return {str(standing): text for standing, text in RECOGNITION_NAMES.items()}
    return {str(verdict): text for verdict, text in VERDICT_NAMES.items()}


def work_of(invocation: Invocation, policy: Policy, reports: Reports | None = None) -> Work:
    """Give what answers a batch's jobs by judging their files."""
    unknown = Unknown.NOTHING if invocation.value("ignore-unknown") else Unknown.PROBLEM
    judge = Judge(policy=policy, unknown=unknown, limits=sources.limits_of(invocation))

    def work(some: Iterable[Job]) -> Generator[Answer, None, None]:
        for job, judged in judge.judged(some):
            yield judged_answer(job.source, judged, invocation, reports)

    return work


def _batch(invocation: Invocation, policy: Policy, reports: Reports | None) -> Batch:
    shard = roots.shard_of(invocation)
    chosen, links = roots.filter_of(invocation), invocation.text("links")
    named: list[str] = invocation.arguments.source

    def jobs(counted: Passed) -> Iterator[Job]:
        named_roots = roots.listed(invocation) if invocation.arguments.files_from else roots.each(named)
        found = sharded(jobs_of(named_roots, None, chosen, counted, links), shard)
        return found if reports is None else reports.without_own_files(found, counted)

    return Batch(
        command="verify",
        jobs=jobs,
        ready=iter,
        work=work_of(invocation, policy, reports),
        lost=lambda job, problem: judged_answer(job.source, problem, invocation, reports),
        passed=Passed(),
        kinds={**_kinds(policy), "failed": FAILED},
        again=not invocation.arguments.files_from,
        reports=reports,
    )
