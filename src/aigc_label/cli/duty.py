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
from aigc_label.duty import PAPERS, Facts, papers
from aigc_label.errors import WrongUse
from aigc_label.marking import Mark
from aigc_label.order import Order
from aigc_label.ordering import Doing, order_of
from aigc_label.output import Placer, draft_of
from aigc_label.report import Report, Verdict
from aigc_label.rules import TOOL
from aigc_label.settings import Group
from aigc_label.source import BytesSource
from aigc_label.telling.account import account_of
from aigc_label.telling.body import Totals
from aigc_label.telling.forms import told

GROUPS: Final = (Group.LABEL, Group.PROPAGATION, Group.MARK, Group.KEYS, Group.WRITE, Group.OUTPUT)
EXAMPLES: Final = ("aigc-label duty -o papers --service 'Moon Studio' --producer CODE samples/*.png",)


def parser(lang: Lang) -> Parser:
    made = Parser("duty", lang, COMMANDS["duty"], EXAMPLES, "SAMPLE...")
    made.positional("sample", Bilingual("what the service makes, before labelling", "服务生成、尚未标识的样例"), "*")
    made.option("-o", "--output", shown="DIR", help_text=Bilingual("a new folder", "新建的输出文件夹"))
    made.option("--service", shown="NAME", help_text=Bilingual("the service's name", "服务名称"))
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
    order = signed(order_of(Doing.ADD, invocation.settings), invocation)(1)
    root = Path(folder)
    root.mkdir(parents=True)  # an existing one may hold an earlier state of things, which is evidence too
    reports = [_sampled(Path(name), root, order) for name in dict.fromkeys(invocation.arguments.sample)]
    facts = Facts(
        service=service,
        producer=invocation.text("producer"),
        mark=order.mark or Mark(),
        made=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        tool=TOOL,
    )
    for name, text in papers(facts, reports):
        _write(root / name, (text,))
    for form, name in (("html", "report.html"), ("json", "report.json")):
        _report(root, form, name, reports, facts, invocation.console.lang)
    for name, says in PAPERS.items():
        invocation.console.out(f"{root / name}.{invocation.console.lang}.md  {invocation.console.say(says)}")
    return DONE if all(report.verdict is Verdict.COMPLIANT for report in reports) else FINDING


def _sampled(sample: Path, root: Path, order: Order) -> Report:
    """Keep a sample as it was, label it, and judge what was delivered."""
    before, after = (root / "samples" / side for side in ("before", "after"))
    for place in (before, after):
        place.mkdir(parents=True, exist_ok=True)
    if (before / sample.name).exists():
        raise WrongUse(Bilingual(f"two samples are called {sample.name}", f"两个样例同名：{sample.name}"))
    _write(before / sample.name, (sample.read_bytes(),))
    api.carry_out(sample, after / sample.name, order)
    return api.verify(after / sample.name)


def _report(root: Path, form: str, name: str, reports: Iterable[Report], facts: Facts, lang: Lang) -> None:
    accounts = [account_of(report.path, report, os.fspath(root)) for report in reports]
    _write(root / name, told(form, accounts, Totals(made=facts.made, scope="both"), lang))


def _write(path: Path, parts: Iterable[str | bytes]) -> None:
    data = tuple(part.encode("utf-8", "backslashreplace") if isinstance(part, str) else part for part in parts)
    placer = Placer()
    with draft_of(BytesSource(b""), data, path) as draft:
        placer.place(draft)
