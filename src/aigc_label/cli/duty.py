"""Writes a folder of the papers that providers owe, with labelled samples and the report on them."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from aigc_label import api
from aigc_label.bilingual import Bilingual, Lang
from aigc_label.cli.arguments import Parser
from aigc_label.cli.secrets import signed
from aigc_label.cli.starting import COMMANDS, DONE, FINDING, Invocation
from aigc_label.duty import PAPERS, Facts, Sample, papers
from aigc_label.errors import WrongUse
from aigc_label.expecting import policy_of
from aigc_label.ledger.book import Ledger
from aigc_label.ledger.entry import Entry
from aigc_label.marking import Mark
from aigc_label.order import Order
from aigc_label.ordering import Doing, order_of
from aigc_label.output import Placer, draft_of
from aigc_label.placing import source_of
from aigc_label.policy import Policy
from aigc_label.report import Report, Verdict
from aigc_label.rules import TOOL
from aigc_label.settings import Group
from aigc_label.source import BytesSource, sha256_of
from aigc_label.telling.account import account_of
from aigc_label.telling.body import Totals
from aigc_label.telling.forms import told

GROUPS: Final = (
    Group.LABEL,
    Group.PROPAGATION,
    Group.MARK,
    Group.VERIFY,
    Group.INTAKE,
    Group.KEYS,
    Group.WRITE,
    Group.OUTPUT,
)
EXAMPLES: Final = ("aigc-label duty -o papers --service 'Moon Studio' --producer CODE samples/*.png",)


def parser(lang: Lang) -> Parser:
    made = Parser("duty", lang, COMMANDS["duty"], EXAMPLES, "SAMPLE...")
    made.positional("sample", Bilingual("what the service makes, before labelling", "服务生成、尚未标识的样例"), "*")
    made.option("-o", "--output", shown="DIR", help_text=Bilingual("a new folder", "新建的输出文件夹"))
    made.option("--service", shown="NAME", help_text=Bilingual("the service's name", "服务名称"))
    made.option(
        "--deliveries",
        shown="LEDGER",
        help_text=Bilingual("fill the delivery record of Article 9 from this ledger", "据此台账填写第九条提供记录"),
    )
    made.settings(GROUPS)
    return made


def run(invocation: Invocation) -> int:
    """Give 0 where all samples comply once labelled, 1 where one does not."""
    folder, service = invocation.arguments.output, invocation.arguments.service
    if not folder or not service:
        raise WrongUse(
            Bilingual("the papers need a folder and the service's name", "需要输出文件夹与服务名称"),
            remedy=Bilingual("For instance: -o papers --service 'Moon Studio'", "例如：-o papers --service '某某工坊'"),
        )
    policy = policy_of(invocation.settings)
    order = signed(order_of(Doing.ADD, invocation.settings), invocation)(1)
    root = Path(folder)
    root.mkdir(parents=True)  # an existing one may hold an earlier state of things, which is evidence too
    samples = [_sampled(Path(name), root, order, policy) for name in dict.fromkeys(invocation.arguments.sample)]
    facts = Facts(
        service=service,
        producer=invocation.text("producer"),
        mark=order.mark or Mark(),
        made=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        tool=TOOL,
        policy=policy,
        deliveries=_deliveries(invocation.arguments.deliveries),
    )
    for name, text in papers(facts, samples):
        _write(root / name, (text,))
    for form, name in (("html", "report.html"), ("json", "report.json")):
        _report(root / name, form, [sample.report for sample in samples], facts, invocation.console.lang)
    _sums(root)
    for name, says in PAPERS.items():
        invocation.console.out(f"{root / name}.{invocation.console.lang}.md  {invocation.console.say(says)}")
    return DONE if all(sample.report.verdict is Verdict.COMPLIANT for sample in samples) else FINDING


def _sampled(given: Path, root: Path, order: Order, policy: Policy) -> Sample:
    """Keep a sample as it was, label it, and judge what was delivered."""
    before, after = (root / "samples" / side for side in ("before", "after"))
    for place in (before, after):
        place.mkdir(parents=True, exist_ok=True)
    if (before / given.name).exists():
        raise WrongUse(Bilingual(f"two samples are called {given.name}", f"两个样例同名：{given.name}"))
    _write(before / given.name, (given.read_bytes(),))
    api.carry_out(given, after / given.name, order)
    return Sample(name=given.name, sha256=_digest(after / given.name), report=api.verify(after / given.name, policy))


def _deliveries(place: str | None) -> tuple[Entry, ...]:
    """Give the entries of a ledger; none where no ledger is named."""
    if not place:
        return ()
    ledger = Ledger.opened(place)
    try:
        return tuple(ledger.entries())
    finally:
        ledger.close()


def _report(path: Path, form: str, reports: Iterable[Report], facts: Facts, lang: Lang) -> None:
    accounts = [account_of(report.path, report, os.fspath(path.parent)) for report in reports]
    totals = Totals(made=facts.made, scope=str(facts.policy.scope), policy=facts.policy.used)
    _write(path, told(form, accounts, totals, lang))


def _sums(root: Path) -> None:
    """Write the SHA-256 of every file, as `sha256sum -c` reads it."""
    inside = sorted(path for path in root.rglob("*") if path.is_file())
    _write(root / "SHA256SUMS", [f"{_digest(path)}  {path.relative_to(root).as_posix()}\n" for path in inside])


def _digest(path: Path) -> str:
    with source_of(path) as source:
        return sha256_of(source)


def _write(path: Path, parts: Iterable[str | bytes]) -> None:
    data = tuple(part.encode("utf-8", "backslashreplace") if isinstance(part, str) else part for part in parts)
    placer = Placer()
    with draft_of(BytesSource(b""), data, path) as draft:
        placer.place(draft)
