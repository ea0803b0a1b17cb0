"""Prints a completion script for a shell, made from the commands themselves."""

from __future__ import annotations

import argparse
from typing import Final, TypeAlias

from aigc_label.bilingual import Bilingual, Lang
from aigc_label.cli.arguments import Parser
from aigc_label.cli.starting import COMMANDS, DONE, Invocation, command_named
from aigc_label.errors import WrongUse
from aigc_label.settings import SETTINGS, Group

GROUPS: Final = (Group.OUTPUT,)
SHELLS: Final = ("bash", "zsh", "fish")


def parser(lang: Lang) -> Parser:
    examples = ('eval "$(aigc-label completion bash)"', "aigc-label completion fish | source")
    made = Parser("completion", lang, COMMANDS["completion"], examples, "SHELL")
    made.positional("shell", Bilingual("bash, zsh or fish", "bash、zsh 或 fish"))
    made.settings(GROUPS)
    return made


def run(invocation: Invocation) -> int:
    shell = invocation.arguments.shell
    writers = {"bash": _bash, "zsh": _zsh, "fish": _fish}
    if shell not in writers:
        raise WrongUse(
            Bilingual(f"no completion for {shell!r}", f"不支持为 {shell!r} 生成补全"),
            remedy=Bilingual(f"There are: {', '.join(SHELLS)}.", f"可选：{', '.join(SHELLS)}。"),
        )
    lang = invocation.console.lang
    options = {name: _options(name, lang) for name in COMMANDS}
    invocation.console.stream.write(writers[shell](options, lang))
    return DONE


def _options(command: str, lang: Lang) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Give a command's long options: what each says and the values that it takes, where they are few."""
    found: dict[str, tuple[str, tuple[str, ...]]] = {}
    for action in command_named(command).parser(lang)._actions:
        for flag in action.option_strings:
            if flag.startswith("--") and action.help is not argparse.SUPPRESS:
                row = SETTINGS.get(flag.removeprefix("--"))
                text = (action.help or "").replace("%%", "%")
                found[flag] = (text, tuple(str(action.metavar).split("|")) if row and row.choices else ())
    return found


Options: TypeAlias = "dict[str, dict[str, tuple[str, tuple[str, ...]]]]"


def _bash(options: Options, lang: Lang) -> str:
    choices = {flag: values for found in options.values() for flag, (_, values) in found.items() if values}
    return _BASH.format(
        commands=" ".join(COMMANDS),
        values="\n".join(f"    {flag}) words={_quoted(' '.join(values))} ;;" for flag, values in choices.items()),
        options="\n".join(f"      {name}) words={_quoted(' '.join(found))} ;;" for name, found in options.items()),
    )


_BASH: Final = """_aigc_label() {{
  local word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD-1]}} words=
  case $before in
{values}
  esac
  if [ "$COMP_CWORD" -eq 1 ]; then
    words={commands!r}
  elif [ -z "$words" ] && [[ $word == -* ]]; then
    case ${{COMP_WORDS[1]}} in
{options}
    esac
  fi
  COMPREPLY=()
  if [ -n "$words" ]; then COMPREPLY=($(compgen -W "$words" -- "$word")); fi
}}
complete -o default -F _aigc_label aigc-label
"""


def _zsh(options: Options, lang: Lang) -> str:
    cases = []
    for name, found in options.items():
        rows = [_quoted(_zsh_row(flag, *row)) for flag, row in found.items()]
        cases.append(f"    {name}) _arguments {' '.join(rows)} '*:file:_files' ;;")
    return _ZSH.format(
        commands=" ".join(_quoted(f"{name}:{_colons(text.said(lang))}") for name, text in COMMANDS.items()),
        cases="\n".join(cases),
    )


_ZSH: Final = """#compdef aigc-label
_aigc_label() {{
  local -a commands
  commands=({commands})
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
{cases}
  esac
}}
if [ "$funcstack[1]" = _aigc_label ]; then _aigc_label "$@"; else compdef _aigc_label aigc-label; fi
"""


def _zsh_row(flag: str, text: str, choices: tuple[str, ...]) -> str:
    plain = _colons(text).replace("[", "(").replace("]", ")")
    return f"{flag}[{plain}]" + (f":value:({' '.join(choices)})" if choices else "")


def _colons(text: str) -> str:
    return text.replace(":", "\\:")


def _fish(options: Options, lang: Lang) -> str:
    lines = ["complete -c aigc-label -n __fish_use_subcommand -f"]
    for name, summary in COMMANDS.items():
        lines.append(f"complete -c aigc-label -n __fish_use_subcommand -a {name} -d {_quoted(summary.said(lang))}")
    for name, found in options.items():
        seen = f"'__fish_seen_subcommand_from {name}'"
        for flag, (text, choices) in found.items():
            given = f" -x -a {_quoted(' '.join(choices))}" if choices else ""
            lines.append(f"complete -c aigc-label -n {seen} -l {flag[2:]}{given} -d {_quoted(text)}")
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"
