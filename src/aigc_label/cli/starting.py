"""Starts a command: finds its language, settings and module, and turns what goes wrong into an exit status."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

from aigc_label.batch import interrupts
from aigc_label.bilingual import Bilingual, Lang
from aigc_label.cli.console import Console, Style, padded
from aigc_label.errors import AigcLabelError, WrongUse
from aigc_label.inert import shown

if TYPE_CHECKING:
    from argparse import Namespace
    from typing import Protocol

    from aigc_label.choosing import Configuration, Settings
    from aigc_label.cli.arguments import Parser
    from aigc_label.settings import Group, Value

    class Command(Protocol):
        """A module of this package that is a command."""

        GROUPS: tuple[Group, ...]

        @staticmethod
        def parser(lang: Lang) -> Parser: ...

        @staticmethod
        def run(invocation: Invocation) -> int: ...


DONE, FINDING, WRONG_USE, NOT_PROCESSED, DEFECT, INTERRUPTED, PIPE_CLOSED = 0, 1, 2, 3, 4, 130, 141

COMMANDS: Final = {
    "add": Bilingual("put both labels on: draw the mark, embed the label", "添加标识：绘制显式标识并写入隐式标识"),
    "embed": Bilingual("embed the implicit label and touch nothing else", "只写入隐式标识，不改动内容"),
    "mark": Bilingual("draw the explicit mark only", "只绘制显式标识"),
    "propagate": Bilingual(
        "add a platform's half of the label (Measures, Art. 6)", "补充传播者信息（《标识办法》第六条）"
    ),
    "verify": Bilingual("read back and judge", "核验：读回并判定"),
    "compare": Bilingual("say what a transcode or upload did to labels and marks", "比较转码或上传前后的标识"),
    "repair": Bilingual("show and mend what is wrong with labels", "显示并修复标识的问题"),
    "transplant": Bilingual("carry a label across a re-encode", "将标识转移到重新编码后的文件"),
    "show": Bilingual("print a file's label as JSON", "以 JSON 输出文件的标识"),
    "explain": Bilingual("show every trace found in a file, and what decided", "列出文件中的全部痕迹及判定依据"),
    "rule": Bilingual("print a rule, or all of them", "显示一条或全部规则"),
    "formats": Bilingual("list the formats and where their labels go", "列出支持的格式及标识位置"),
    "keys": Bilingual("make, import, show and rotate the keys that sign labels", "生成、导入、查看和轮换签名密钥"),
    "doctor": Bilingual("check this installation, with remedies", "检查安装环境并给出解决办法"),
    "watch": Bilingual("label what appears in a folder", "为文件夹中新出现的文件添加标识"),
    "serve": Bilingual("serve all this over HTTP, with a page", "以 HTTP 服务提供上述功能，并附网页"),
    "ffmpeg": Bilingual("run ffmpeg and put the label that it drops back on", "运行 ffmpeg 并恢复其丢弃的标识"),
    "mcp": Bilingual("let agents verify files (Model Context Protocol)", "供智能体核验文件（MCP 协议）"),
    "duty": Bilingual("write the papers that providers owe", "生成服务提供者所需的合规材料"),
    "ledger": Bilingual("check, show, export or prune a ledger", "核验、查看、导出或清理台账"),
    "init": Bilingual("write aigc-label.toml after a few questions", "回答几个问题，生成 aigc-label.toml"),
    "completion": Bilingual("print completion for bash, zsh or fish", "输出 bash、zsh 或 fish 的补全脚本"),
}
EXAMPLES: Final = (
    "aigc-label init",
    "aigc-label add pictures/ -o labelled/",
    "aigc-label verify labelled/",
)


class Invocation(NamedTuple):
    """One call of one command."""

    arguments: Namespace
    settings: Settings
    console: Console

    def value(self, name: str) -> Value:
        return self.settings.value(name)

    def text(self, name: str) -> str:
        return self.settings.text(name)

    def texts(self, name: str) -> tuple[str, ...]:
        return self.settings.texts(name)


def command_named(name: str) -> Command:
    return cast("Command", import_module(f"aigc_label.cli.{name}"))


def start(words: Sequence[str]) -> int:
    """Run one command line to its exit status."""
    for stream in (sys.stdout, sys.stderr):
        cast(Any, stream).reconfigure(errors="backslashreplace")
    console = Console(_language(words, os.environ))
    interrupts.listen()
    try:
        status = _run(words, console)
        interrupts.check()
        sys.stdout.flush()
    except KeyboardInterrupt:
        _clear(console)
        console.err(console.say(Bilingual("interrupted: drafts were removed", "已中断：草稿文件已清除")))
        return INTERRUPTED
    except BrokenPipeError:
        # whoever read our output has gone: nothing more to say, also not at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PIPE_CLOSED
    except (AigcLabelError, OSError) as problem:
        from aigc_label.cli.telling import error_text

        _clear(console)
        console.err(error_text(problem, "", console.lang, console.err_paint))
        return WRONG_USE if isinstance(problem, WrongUse) else NOT_PROCESSED
    except Exception as problem:
        _clear(console)
        _tell_defect(problem, console, words)
        return DEFECT
    else:
        return status


def _clear(console: Console) -> None:
    if console.overlay is not None:
        console.overlay.clear()


def _tell_defect(problem: Exception, console: Console, words: Sequence[str]) -> None:
    said = f"{type(problem).__name__}: {problem}"
    console.err(
        shown(
            console.say(
                Bilingual(
                    f"aigc-label: a defect of ours: {said}. Run again with -v and report what it prints.",
                    f"aigc-label：程序缺陷：{said}。请加 -v 重新运行并反馈输出内容。",
                )
            )
        )
    )
    if console.verbose or "-v" in words or "--verbose" in words:
        import traceback

        console.err("".join(traceback.format_exception(problem)).rstrip())


def _language(words: Sequence[str], environment: Mapping[str, str]) -> Lang:
    """Give the language of messages before any setting is read: --lang, AIGC_LABEL_LANG, the locale."""
    for at, word in enumerate(words):
        choice = "".join(words[at + 1 : at + 2]) if word == "--lang" else word.removeprefix("--lang=")
        if word.startswith("--lang") and choice in tuple(Lang):
            return Lang(choice)
    if environment.get("AIGC_LABEL_LANG") in tuple(Lang):
        return Lang(environment["AIGC_LABEL_LANG"])
    locale = next((environment[n] for n in ("LC_ALL", "LC_MESSAGES", "LANG") if environment.get(n)), "")
    return Lang.ZH if locale.lower().startswith("zh") else Lang.EN


def _run(words: Sequence[str], console: Console) -> int:
    rest = list(words)
    while rest and rest[0].startswith("--lang"):
        del rest[: 1 if "=" in rest[0] else 2]
    if not rest or rest[0] in ("-h", "--help", "help"):
        console.out(_overview(console))
        return DONE if rest else WRONG_USE
    name, *rest = rest
    if name in ("--version", "-V"):
        from aigc_label import __version__

        console.out(f"aigc-label {__version__}")
        return DONE
    if name not in COMMANDS:
        raise _unknown(name)
    command = command_named(name)
    parser = command.parser(console.lang)
    try:
        arguments = parser.parse_args(rest)
    except SystemExit:  # argparse printed the help
        return DONE
    settings = _settings(command, arguments, console)
    if arguments.show_settings:
        from aigc_label.cli.listing import settings_text

        console.out(settings_text(settings, console))
        return DONE
    gc.freeze()
    gc.enable()
    return command.run(Invocation(arguments, settings, console))


def _settings(command: Command, arguments: Namespace, console: Console) -> Settings:
    from aigc_label import choosing
    from aigc_label.cli import configuration
    from aigc_label.settings import in_groups

    if arguments.config:
        said: Configuration | None = configuration.named(arguments.config)
    else:
        said = None if arguments.isolated else configuration.found(".")
    chosen = choosing.chosen(in_groups(command.GROUPS), vars(arguments), os.environ, said)
    lang = chosen["lang"].value
    if isinstance(lang, str):
        console.lang = Lang(lang)
    fresh = Console(console.lang, cast(str, chosen["color"].value))
    console.out_paint, console.err_paint = fresh.out_paint, fresh.err_paint
    console.quiet, console.verbose = bool(chosen["quiet"].value), bool(chosen["verbose"].value)
    return chosen


def _unknown(name: str) -> WrongUse:
    from difflib import get_close_matches

    near = get_close_matches(name, COMMANDS, 1)
    return WrongUse(
        Bilingual(f"no command {name!r}", f"没有命令 {name!r}"),
        remedy=Bilingual(f"Did you mean `{near[0]}`?", f"是否应为 `{near[0]}`？")
        if near
        else Bilingual("`aigc-label --help` lists the commands.", "`aigc-label --help` 可列出全部命令。"),
    )


def _overview(console: Console) -> str:
    zh = console.lang is Lang.ZH
    paint = console.out_paint
    commands = [f"  {padded(name, 12)}{text.said(console.lang)}" for name, text in COMMANDS.items()]
    lines = [
        "依据 GB 45438—2025 与《标识办法》为 AI 生成内容添加并核验标识。"
        if zh
        else "Labels AI-generated content as GB 45438-2025 and the Measures require, and proves it.",
        "",
        *(f"  {example}" for example in EXAMPLES),
        "",
        paint("命令" if zh else "commands", Style.NAME),
        *commands,
        "",
        "每个命令的选项：aigc-label 命令 --help。语言：--lang zh|en。"
        if zh
        else "Options of a command: aigc-label COMMAND --help. Language: --lang zh|en.",
        "退出状态：0 完成或合规 · 1 发现问题 · 2 用法错误 · 3 有文件未能处理 · 4 程序缺陷 · 130 被中断"
        if zh
        else "Exit status: 0 done or compliant · 1 a finding · 2 wrong use · 3 a file could not be processed"
        " · 4 a defect · 130 interrupted",
    ]
    return "\n".join(lines)
