"""Looks into a ledger: checks its chain, shows its newest entries, exports it, prunes what is old enough."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from aigc_label.bilingual import Bilingual, Lang
from aigc_label.cli.arguments import Parser
from aigc_label.cli.console import Style
from aigc_label.cli.starting import COMMANDS, DONE, FINDING, Invocation
from aigc_label.errors import WrongUse
from aigc_label.inert import json_text
from aigc_label.ledger.audit import FLAWS, audited
from aigc_label.ledger.book import Ledger
from aigc_label.ledger.entry import COLUMNS, Entry
from aigc_label.output import new_file
from aigc_label.settings import Group

GROUPS: Final = (Group.OUTPUT,)
EXAMPLES: Final = (
    "aigc-label ledger verify labels.ledger",
    "aigc-label ledger show labels.ledger --last 5",
    "aigc-label ledger export labels.ledger --to entries.parquet",
    "aigc-label ledger prune labels.ledger --before 2026-01-01 --by NAME",
)
SHOWN: Final = 20


def parser(lang: Lang) -> Parser:
    made = Parser("ledger", lang, COMMANDS["ledger"], EXAMPLES, "ACTION LEDGER")
    made.positional("action", Bilingual("verify, show, export or prune", "verify、show、export 或 prune"))
    made.positional("ledger", Bilingual("a ledger's file or address", "台账文件或地址"))
    made.option(
        "--head",
        shown="HASH",
        help_text=Bilingual(
            "verify: a hash that an earlier check printed; it must stand there still",
            "verify：此前核验输出的末条杂凑值，须仍在台账中",
        ),
    )
    made.option("--last", shown="N", help_text=Bilingual("show: how many entries", "show：显示的条数"))
    made.option(
        "--to",
        shown="FILE",
        help_text=Bilingual(
            "export: NAME.csv, NAME.jsonl or NAME.parquet (default: JSON lines to standard output)",
            "export：名称.csv、名称.jsonl 或 名称.parquet（默认以 JSON 行输出到标准输出）",
        ),
    )
    made.option(
        "--before",
        shown="DAY",
        help_text=Bilingual("prune: take out what is older, 2026-01-31", "prune：清理早于此日期的记录，如 2026-01-31"),
    )
    made.option("--by", shown="NAME", help_text=Bilingual("prune: who does it", "prune：操作人"))
    made.settings(GROUPS)
    return made


def run(invocation: Invocation) -> int:
    """Give 0 where it was done or the chain is sound, 1 where it is not."""
    name: str = invocation.arguments.action
    action = ACTIONS.get(name)
    if action is None:
        raise WrongUse(
            Bilingual(f"no action {name!r}", f"没有操作 {name!r}"),
            remedy=Bilingual(f"There are: {' '.join(ACTIONS)}.", f"可用的操作：{' '.join(ACTIONS)}。"),
        )
    ledger = Ledger.opened(invocation.arguments.ledger)
    try:
        return action(ledger, invocation)
    finally:
        ledger.close()


def _verify(ledger: Ledger, invocation: Invocation) -> int:
    console = invocation.console
    audit = audited(ledger.entries(), invocation.arguments.head or "")
    if invocation.text("format") != "text":
        flaws = [{"number": number, "flaw": str(flaw)} for number, flaw in audit.flaws]
        console.out(json_text({"sound": audit.sound, "entries": audit.count, "head": audit.head, "flaws": flaws}))
        return DONE if audit.sound else FINDING
    for number, flaw in audit.flaws:
        console.out(f"{console.out_paint(f'#{number}', Style.BAD)} {console.say(FLAWS[flaw])}")
    if not audit.seen:
        console.out(console.say(Bilingual("the given head is not in the ledger", "台账中没有给定的杂凑值")))
    said = Bilingual("sound", "完整") if audit.sound else Bilingual("not sound", "不完整")
    style = Style.GOOD if audit.sound else Style.BAD
    count = console.say(
        Bilingual(f"{audit.count} entries, head {audit.head}", f"{audit.count} 条，末条杂凑值 {audit.head}")
    )
    console.out(f"{console.out_paint(console.say(said), style)}  {count}")
    return DONE if audit.sound else FINDING


def _show(ledger: Ledger, invocation: Invocation) -> int:
    console = invocation.console
    for entry in ledger.latest(_count(invocation.arguments.last)):
        console.out(_as_json(entry) if invocation.text("format") != "text" else _line(entry, invocation))
    return DONE


def _count(given: str | None) -> int:
    if given is not None and not (given.isascii() and given.isdigit()):
        raise WrongUse(Bilingual(f"--last takes a number, not {given!r}", f"--last 需要数字，而非 {given!r}"))
    return int(given) if given is not None else SHOWN


def _as_json(entry: Entry) -> str:
    return json_text(dict(zip(COLUMNS, entry.row(), strict=True)))


def _line(entry: Entry, invocation: Invocation) -> str:
    paint, deed, facts = invocation.console.out_paint, entry.deed, entry.facts
    where = deed.source if deed.target in ("", deed.source) else f"{deed.source} → {deed.target}"
    why = " ".join(filter(None, (facts.operator, facts.reason, facts.recipient, deed.error)))
    head = f"#{entry.number}  {entry.time}  {paint(deed.verdict or deed.action, Style.NAME)}  {paint(where)}"
    return f"{head}  {paint(why, Style.FAINT)}".rstrip() if why else head


def _export(ledger: Ledger, invocation: Invocation) -> int:
    from aigc_label.ledger.export import as_lines, to_parquet

    to: str | None = invocation.arguments.to
    if to is None:
        for line in as_lines(ledger.entries(), "jsonl"):
            invocation.console.out(line)
        return DONE
    form = to.rpartition(".")[2].lower()
    if form not in ("csv", "jsonl", "parquet"):
        raise WrongUse(
            Bilingual(f"no form of export is called {form!r}", f"没有名为 {form!r} 的导出格式"),
            remedy=Bilingual("Name the file .csv, .jsonl or .parquet.", "文件扩展名请使用 .csv、.jsonl 或 .parquet。"),
        )
    with new_file(Path(to)) as file:
        if form == "parquet":
            to_parquet(ledger.entries(), file)
        else:
            for line in as_lines(ledger.entries(), form):
                file.write(line.encode() + (b"\r\n" if form == "csv" else b"\n"))
    return DONE


def _prune(ledger: Ledger, invocation: Invocation) -> int:
    import re

    from aigc_label.cli.recording import run_name
    from aigc_label.ledger.entry import RunFacts
    from aigc_label.rulebook import RULESET
    from aigc_label.rules import TOOL

    day: str | None = invocation.arguments.before
    if not day or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", day) or not invocation.arguments.by:
        raise WrongUse(
            Bilingual(
                "say which entries go and who takes them out: --before 2026-01-31 --by NAME",
                "请说明清理范围与操作人：--before 2026-01-31 --by 姓名",
            )
        )
    facts = RunFacts(run_name(), "ledger prune", "{}", RULESET, TOOL, invocation.arguments.by)
    count = ledger.prune(f"{day}T00:00:00.000Z", facts)
    said = Bilingual(f"{count} entries pruned", f"已清理 {count} 条记录")
    invocation.console.note(said)
    return DONE


ACTIONS: Final[dict[str, Callable[[Ledger, Invocation], int]]] = {
    "verify": _verify,
    "show": _show,
    "export": _export,
    "prune": _prune,
}
