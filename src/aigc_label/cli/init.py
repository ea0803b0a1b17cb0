"""Asks for the producer, checks the code, and writes `aigc-label.toml`."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Final

from aigc_label.bilingual import Bilingual, Lang
from aigc_label.cli.arguments import Parser
from aigc_label.cli.configuration import NAME
from aigc_label.cli.console import Console, Style
from aigc_label.cli.starting import COMMANDS, DONE, WRONG_USE, Invocation
from aigc_label.errors import WrongUse
from aigc_label.inert import json_text
from aigc_label.output import Placer, draft_of
from aigc_label.provider_code import faults_of, looks_like_a_code, parse
from aigc_label.settings import Group
from aigc_label.source import BytesSource
from aigc_label.templates import DEFAULT, Template

GROUPS: Final = (Group.OUTPUT,)
TRIES: Final = 5
PRODUCER: Final = Bilingual(
    "Producer: the 27-character code of the provider (00 + kind + credit code + service), or its name",
    "生产者：服务提供者的 27 位编码（00 + 类别 + 统一社会信用代码 + 服务编号），或其名称",
)
NUMBER: Final = Bilingual("Content number, a template", "内容编号模板")


def parser(lang: Lang) -> Parser:
    made = Parser("init", lang, COMMANDS["init"], ("aigc-label init", "printf 'CODE\\n\\n' | aigc-label init"))
    made.option("-o", "--output", shown="FILE", help_text=Bilingual(f"instead of ./{NAME}", f"代替 ./{NAME} 的文件"))
    made.settings(GROUPS)
    return made


def run(invocation: Invocation) -> int:
    """Ask until the answers can be used; write the file, an existing one only after a yes."""
    console = invocation.console
    path = Path(invocation.arguments.output or NAME)
    if os.path.lexists(path):
        question = Bilingual(f"{path} exists. Overwrite it? [y/N]", f"{path} 已存在，是否覆盖？[y/N]")
        if _asked(question, console).lower() not in ("y", "yes", "是"):
            console.note(Bilingual("nothing was written", "未写入任何内容"))
            return WRONG_USE
    producer = _producer(console)
    template = _template(console)
    text = _file(producer, template)
    placer = Placer()
    with draft_of(BytesSource(b""), (text.encode(),), path) as draft:
        placer.place(draft)
    console.out(console.out_paint(str(path)))
    console.note(
        Bilingual(
            "written. Next: aigc-label add picture.png -o labelled.png",
            "已写入。接下来可以运行：aigc-label add picture.png -o labelled.png",
        )
    )
    return DONE


def _asked(question: Bilingual, console: Console) -> str:
    sys.stderr.write(console.err_paint(console.say(question), Style.NAME) + " ")
    sys.stderr.flush()
    line = sys.stdin.readline()
    if not line:
        sys.stderr.write("\n")
        raise WrongUse(
            Bilingual("the answers ended before the questions did", "输入在提问结束前已中断"),
            remedy=Bilingual(
                "Nothing was written. Answer each question with a line.", "未写入任何内容。请逐行回答每个问题。"
            ),
        )
    return line.strip()


def _producer(console: Console) -> str:
    for _ in range(TRIES):
        value = _asked(Bilingual(f"{PRODUCER.en}:", f"{PRODUCER.zh}："), console)
        # a name is legal too; what begins like a code or has only its characters is taken for one
        faults = faults_of(value) if looks_like_a_code(value) or (value.isascii() and value.isalnum()) else ()
        if not value:
            faults = (Bilingual("an empty producer cannot stand in a label", "生产者不能为空"),)
        if not faults:
            code = parse(value)
            if code is not None:
                console.note(
                    Bilingual(
                        f"  a valid code: identifier {code.identifier}, service {code.service}",
                        f"  编码有效：主体标识 {code.identifier}，服务 {code.service}",
                    )
                )
            return value
        for fault in faults:
            console.err(f"  {console.err_paint(console.say(fault), Style.BAD)}")
    raise WrongUse(
        Bilingual("no usable producer was given", "没有得到可用的生产者"),
        remedy=Bilingual(
            "`aigc-label rule LBL-105` says how a code is built.", "编码规则见 `aigc-label rule LBL-105`。"
        ),
    )


def _template(console: Console) -> str:
    for _ in range(TRIES):
        value = _asked(Bilingual(f"{NUMBER.en} [{DEFAULT}]:", f"{NUMBER.zh} [{DEFAULT}]："), console) or DEFAULT
        try:
            Template(value)
        except WrongUse as problem:
            console.err(f"  {console.err_paint(problem.told(console.lang), Style.BAD)}")
        else:
            return value
    raise WrongUse(Bilingual("no usable template was given", "没有得到可用的模板"))


def _file(producer: str, template: str) -> str:
    return (
        "# Settings of aigc-label: each key is an option without its dashes; `aigc-label add --show-settings` lists them.\n"
        f"producer = {json_text(producer)}\n"
        f"produce-id = {json_text(template)}\n"
    )
