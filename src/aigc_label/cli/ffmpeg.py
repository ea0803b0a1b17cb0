"""Runs ffmpeg and puts the label that it drops back on: the output appears labelled and verified, or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Final

from aigc_label import api
from aigc_label.bilingual import Bilingual, Lang
from aigc_label.cli.arguments import Parser
from aigc_label.cli.judgements import STATUS, report_text
from aigc_label.cli.secrets import signed
from aigc_label.cli.starting import COMMANDS, NOT_PROCESSED, Invocation
from aigc_label.cli.telling import outcome_text
from aigc_label.errors import AigcLabelError, InvalidLabel, WrongUse
from aigc_label.integrations.ffmpeg import Call, call_of
from aigc_label.label import Label
from aigc_label.order import Order
from aigc_label.ordering import Doing, order_of
from aigc_label.policy import Policy
from aigc_label.report import Scope
from aigc_label.settings import Group
from aigc_label.transcoder import attended

GROUPS: Final = (Group.LABEL, Group.PROPAGATION, Group.MARK, Group.KEYS, Group.WRITE, Group.OUTPUT)
EXAMPLES: Final = (
    "aigc-label ffmpeg -- -i labelled.mp4 -c:v libx265 smaller.mp4",
    "aigc-label ffmpeg --producer CODE --draw -- -i bare.mov out.mp4",
)


def parser(lang: Lang) -> Parser:
    made = Parser("ffmpeg", lang, COMMANDS["ffmpeg"], EXAMPLES, "-- WORDS...")
    made.positional("words", Bilingual("what ffmpeg is to do, behind --", "交给 ffmpeg 的参数，写在 -- 之后"), "*")
    made.option("--draw", help_text=Bilingual("mark the output as well", "同时为输出添加显式标识"))
    made.settings(GROUPS)
    return made


def run(invocation: Invocation) -> int:
    """Give ffmpeg's own status where it failed; else that of `verify` on the output, judged as far as its input complied."""
    call = call_of(invocation.arguments.words)
    target = Path(call.output)
    if target.exists() and not call.overwrites:
        raise WrongUse(
            Bilingual(f"{call.output} exists", f"{call.output} 已存在"),
            remedy=Bilingual("Give ffmpeg -y to replace it.", "如需替换，请给 ffmpeg 加上 -y。"),
        )
    draw = invocation.arguments.draw
    order = _order(invocation, call)
    # beside the target, so that what is finished can be renamed, and under its name, which tells ffmpeg the format
    with tempfile.TemporaryDirectory(prefix=".aigc-label-", dir=target.parent) as folder:
        drafted = os.path.join(folder, target.name)
        status = attended("ffmpeg", call.writing_to(f"file:{drafted}"))
        if status:
            return NOT_PROCESSED
        outcome = api.carry_out(Path(drafted), target, order)
    console = invocation.console
    if not console.quiet:
        console.out(outcome_text(outcome, console))
    report = api.verify(target, Policy(scope=Scope.BOTH if draw or _marked(call) else Scope.LABEL))
    console.out(report_text(report, console))
    return STATUS[report.verdict]


def _order(invocation: Invocation, call: Call) -> Order:
    """Give the order: as the settings say, else with the one label that the inputs carry."""
    doing = Doing.ADD if invocation.arguments.draw else Doing.EMBED
    if invocation.text("producer") or invocation.text("label-json"):
        return signed(order_of(doing, invocation.settings), invocation)(1)
    labels = {label for name in call.inputs if (label := _label_of(name)) is not None}
    if len(labels) != 1:
        raise InvalidLabel(
            Bilingual(
                f"the inputs carry {len(labels)} labels, and no other is given",
                f"输入文件含 {len(labels)} 个标识，且未指定标识",
            ),
            remedy=Bilingual("Name the producer: `--producer CODE`.", "请用 `--producer 编码` 指定生产者。"),
        )
    mark = order_of(Doing.MARK, invocation.settings)(1).mark if invocation.arguments.draw else None
    return Order(label=labels.pop(), mark=mark)


def _label_of(name: str) -> Label | None:
    """Give the label of an input; what is no file of ours (a device, an address, a pattern) carries none."""
    try:
        return api.read(Path(name))
    except (AigcLabelError, OSError) as problem:
        if isinstance(problem, InvalidLabel):
            raise
        return None


def _marked(call: Call) -> bool:
    """Tell whether an input carried a mark that complies: then the output has to as well."""
    for name in call.inputs:
        try:
            if api.verify(Path(name), Policy(scope=Scope.MARK)).verdict == "compliant":
                return True
        except (AigcLabelError, OSError):
            continue
    return False
