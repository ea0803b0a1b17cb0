"""Lists every setting once: its option, its `AIGC_LABEL_*` variable, its configuration key, its default."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, TypeAlias

from aigc_label.bilingual import Bilingual
from aigc_label.errors import WrongUse
from aigc_label.label import STATUS_NAMES
from aigc_label.marking import MIN_HEIGHT_SHARE, Mark, Place

Value: TypeAlias = "str | float | bool | tuple[str, ...] | None"
ENVIRONMENT: Final = "AIGC_LABEL_"
YES: Final = ("1", "true", "yes", "on")
NO: Final = ("0", "false", "no", "off")


class Kind(StrEnum):
    """What a value looks like."""

    TEXT = "text"
    CHOICE = "choice"
    NUMBER = "number"
    COUNT = "count"  # a whole number from 1
    SWITCH = "switch"
    LIST = "list"  # on the command line given again and again, in a variable separated by commas


class Group(StrEnum):
    """What a setting is about; each command takes some of the groups."""

    LABEL = "label"
    MARK = "mark"
    VERIFY = "verify"
    FILES = "files"
    WRITE = "write"
    OUTPUT = "output"


class Found(StrEnum):
    """What a configuration may do that was found in the folder: whoever wrote the files may have written it too."""

    FREE = "free"
    TIGHTEN = "tighten"  # only a value that asks for more than the default
    NEVER = "never"  # only the default itself


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One row. `shown` is what stands for the value in a help text."""

    name: str
    group: Group
    help: Bilingual
    kind: Kind = Kind.TEXT
    default: Value = None
    choices: tuple[str, ...] = ()
    shown: str = ""
    found: Found = Found.FREE

    @property
    def variable(self) -> str:
        return ENVIRONMENT + self.name.upper().replace("-", "_")


def _row(name: str, group: Group, en: str, zh: str, **more: Any) -> Setting:
    return Setting(name=name, group=group, help=Bilingual(en, zh), **more)


L, M, V, F, W, O = Group.LABEL, Group.MARK, Group.VERIFY, Group.FILES, Group.WRITE, Group.OUTPUT  # noqa: E741
_MARK: Final = Mark()

_TABLE: Final = (
    _row("producer", L, "the producer's 27-character code, or its name", "生产者的 27 位编码或名称", shown="CODE"),
    _row(
        "produce-id",
        L,
        "the content's number: {uuid} {sha256} {stem} {name} {date} {time} {index}, or fixed",
        "内容编号：可用 {uuid} {sha256} {stem} {name} {date} {time} {index}，或固定文字",
        default="{uuid}",
        shown="TEMPLATE",
    ),
    _row(
        "status",
        L,
        "what the label states",
        "标识声明的属性：属于、可能、疑似",
        kind=Kind.CHOICE,
        default="generated",
        choices=tuple(STATUS_NAMES),
    ),
    _row("propagator", L, "the propagator's code or name", "传播者的编码或名称", shown="CODE"),
    _row("propagate-id", L, "the propagator's number, a template too", "传播编号，可用同样的模板", shown="TEMPLATE"),
    _row("reserved1", L, "ReservedCode1, the producer's own", "ReservedCode1，由生产者自用", default="", shown="TEXT"),
    _row(
        "reserved2", L, "ReservedCode2, the propagator's own", "ReservedCode2，由传播者自用", default="", shown="TEXT"
    ),
    _row(
        "label-json",
        L,
        "the whole label, bare or wrapped, or @FILE",
        "完整标识的 JSON（可带 AIGC 外层），或 @文件",
        shown="JSON",
        found=Found.NEVER,
    ),
    _row(
        "replace",
        L,
        "the reason to replace another producer's label or to weaken a status",
        "替换其他生产者的标识或弱化属性的理由",
        default="",
        shown="REASON",
        found=Found.NEVER,
    ),
    _row("text", M, "the words of the mark", "显式标识的文字", default=_MARK.text, shown="WORDS"),
    _row(
        "place",
        M,
        "where the mark stands",
        "显式标识的位置",
        kind=Kind.CHOICE,
        default=str(_MARK.place),
        choices=tuple(Place),
    ),
    _row(
        "height-share",
        M,
        "text height over the shortest side, from 0.05",
        "文字高度与最短边之比，不低于 0.05",
        kind=Kind.NUMBER,
        default=_MARK.height_share,
        shown="SHARE",
    ),
    _row("font", M, "a font file instead of the shipped one", "替代自带字体的字体文件", shown="FILE"),
    _row(
        "seconds",
        M,
        "how long the mark stays in a video, from 2",
        "视频中标识的持续秒数，不低于 2",
        kind=Kind.NUMBER,
        default=_MARK.seconds,
        shown="S",
    ),
    _row(
        "only",
        V,
        "judge one half only",
        "只核验其中一半：隐式标识或显式标识",
        kind=Kind.CHOICE,
        choices=("label", "mark"),
        found=Found.NEVER,
    ),
    _row("strict", V, "warnings count as errors", "警告视为错误", kind=Kind.SWITCH, default=False, found=Found.TIGHTEN),
    _row(
        "expect-producer",
        V,
        "accept labels of this producer only (again for more)",
        "只接受该生产者的标识（可多次给出）",
        kind=Kind.LIST,
        default=(),
        shown="CODE",
    ),
    _row(
        "min-height-share",
        V,
        "the least text height accepted, from 0.05",
        "可接受的最小文字高度比，不低于 0.05",
        kind=Kind.NUMBER,
        default=MIN_HEIGHT_SHARE,
        shown="SHARE",
        found=Found.TIGHTEN,
    ),
    _row(
        "ignore-unknown",
        V,
        "leave out files in folders whose format is not known",
        "略过文件夹中格式未知的文件",
        kind=Kind.SWITCH,
        default=False,
        found=Found.NEVER,
    ),
    _row(
        "include",
        F,
        "in folders take only files like this (again for more)",
        "只处理文件夹中匹配此模式的文件（可多次给出）",
        kind=Kind.LIST,
        default=(),
        shown="GLOB",
        found=Found.NEVER,
    ),
    _row(
        "exclude",
        F,
        "in folders leave out files and folders like this",
        "略过文件夹中匹配此模式的文件和子文件夹",
        kind=Kind.LIST,
        default=(),
        shown="GLOB",
        found=Found.NEVER,
    ),
    _row(
        "links",
        F,
        "symbolic links in folders: refuse them or leave them out",
        "文件夹中的符号链接：报错或略过",
        kind=Kind.CHOICE,
        default="refuse",
        choices=("refuse", "skip"),
        found=Found.NEVER,
    ),
    _row(
        "limit",
        F,
        "a bound for hostile files, NAME=VALUE (`doctor` lists them)",
        "针对恶意文件的上限，名称=值（`doctor` 可列出）",
        kind=Kind.LIST,
        default=(),
        shown="NAME=VALUE",
        found=Found.NEVER,
    ),
    _row(
        "jobs",
        F,
        "how many processes work side by side (default: 2 from 64 files on)",
        "并行进程数（默认：64 个文件以上为 2）",
        kind=Kind.COUNT,
        shown="N",
    ),
    _row(
        "overwrite",
        W,
        "replace output files that exist and differ",
        "替换已存在且内容不同的输出文件",
        kind=Kind.SWITCH,
        default=False,
        found=Found.NEVER,
    ),
    _row(
        "credentials",
        W,
        "files with Content Credentials (C2PA): refuse, or break them",
        "带有内容凭证（C2PA）的文件：拒绝，或使其失效",
        kind=Kind.CHOICE,
        default="refuse",
        choices=("refuse", "break"),
        found=Found.NEVER,
    ),
    _row(
        "sync",
        W,
        "force files to the disk: each, in groups of 64, or not (default: each, in folders group)",
        "写盘方式：逐个、64 个一组、不强制（默认逐个，文件夹按组）",
        kind=Kind.CHOICE,
        choices=("each", "group", "none"),
    ),
    _row(
        "format",
        O,
        "how results are printed",
        "结果的输出格式",
        kind=Kind.CHOICE,
        default="text",
        choices=("text", "json", "jsonl"),
    ),
    _row(
        "lang",
        O,
        "the language of messages (default: the locale's)",
        "消息语言（默认随系统区域设置）",
        kind=Kind.CHOICE,
        choices=("zh", "en"),
    ),
    _row(
        "color",
        O,
        "colours (NO_COLOR and FORCE_COLOR count too)",
        "颜色（同样遵循 NO_COLOR 与 FORCE_COLOR）",
        kind=Kind.CHOICE,
        default="auto",
        choices=("auto", "always", "never"),
    ),
    _row("quiet", O, "only findings and errors", "只输出问题与错误", kind=Kind.SWITCH, default=False),
    _row("verbose", O, "say more", "输出更多细节", kind=Kind.SWITCH, default=False),
)
SETTINGS: Final = {row.name: row for row in _TABLE}


def in_groups(groups: Iterable[Group]) -> tuple[Setting, ...]:
    """Give the settings of some groups, in the order of the table."""
    wanted = frozenset(groups)
    return tuple(row for row in _TABLE if row.group in wanted)


@dataclass(frozen=True, slots=True)
class Chosen:
    """A value with where it came from, for `--show-settings`."""

    value: Value
    source: Bilingual


class Origin(StrEnum):
    """How a configuration came in: a found one is trusted less."""

    NAMED = "named"
    FOUND = "found"


@dataclass(frozen=True, slots=True)
class Configuration:
    """What one configuration file said, and whether the user named it or it was found on the way up from the folder."""

    path: str
    values: Mapping[str, object]
    origin: Origin


Settings: TypeAlias = "Mapping[str, Chosen]"


def chosen(
    rows: Iterable[Setting],
    given: Mapping[str, object],
    environment: Mapping[str, str],
    configuration: Configuration | None,
) -> Settings:
    """Give each setting's value: from the command line, else the environment, else the configuration, else the default.

    Raises `WrongUse` for a value that cannot be, an unknown key, or a found configuration that would loosen anything.
    """
    if configuration is not None:
        _check_keys(configuration)
    return {row.name: _choose(row, given, environment, configuration) for row in rows}


def _choose(
    row: Setting, given: Mapping[str, object], environment: Mapping[str, str], configuration: Configuration | None
) -> Chosen:
    configured = None
    if configuration is not None and row.name in configuration.values:  # checked even where something outranks it
        where = Bilingual(f"{row.name} in {configuration.path}", f"{configuration.path} 中的 {row.name}")
        configured = _parsed(row, configuration.values[row.name], where)
        if configuration.origin is Origin.FOUND:
            _check_found(row, configured, configuration)
    if given.get(row.name) is not None:
        where = Bilingual(f"--{row.name}", f"--{row.name}")
        return Chosen(_parsed(row, given[row.name], where), Bilingual("command line", "命令行"))
    if environment.get(row.variable):
        where = Bilingual(row.variable, row.variable)
        return Chosen(_parsed(row, environment[row.variable], where), Bilingual(f"${row.variable}", f"${row.variable}"))
    if configuration is not None and row.name in configuration.values:
        return Chosen(configured, Bilingual(configuration.path, configuration.path))
    return Chosen(row.default, Bilingual("default", "默认"))


def _check_keys(configuration: Configuration) -> None:
    for key in configuration.values:
        if key not in SETTINGS:
            from difflib import get_close_matches

            near = get_close_matches(key, SETTINGS, 1)
            raise WrongUse(
                Bilingual(f"unknown setting {key!r}", f"未知设置 {key!r}"),
                remedy=Bilingual(f"Did you mean `{near[0]}`?", f"是否应为 `{near[0]}`？")
                if near
                else Bilingual("`--show-settings` lists them all.", "`--show-settings` 可列出全部设置。"),
                where=configuration.path,
            )


def _check_found(row: Setting, value: Value, configuration: Configuration) -> None:
    """Refuse what a found file may not do: a pull request must not be able to soften its own check."""
    more = isinstance(value, float | bool) and isinstance(row.default, float | bool) and value >= row.default
    if row.found is Found.FREE or value == row.default or (row.found is Found.TIGHTEN and more):
        return
    raise WrongUse(
        Bilingual(
            f"`{row.name}` would loosen what is asked; a configuration found in the folder may only tighten it",
            f"`{row.name}` 会放宽要求；在文件夹中找到的配置只能收紧要求",
        ),
        remedy=Bilingual(
            f"Give it as `--{row.name}`, or name the file yourself: `--config {configuration.path}`.",
            f"请在命令行使用 `--{row.name}`，或自行指定该文件：`--config {configuration.path}`。",
        ),
        where=configuration.path,
    )


def _parsed(row: Setting, raw: object, where: Bilingual) -> Value:
    """Give a raw value as what it stands for; text comes from the command line and variables, the rest from TOML."""
    if row.kind is Kind.LIST:
        return _list(raw, row, where)
    if row.kind is Kind.SWITCH:
        return _switch(raw, row, where)
    if row.kind in (Kind.NUMBER, Kind.COUNT):
        return _number(raw, row, where)
    if not isinstance(raw, str):
        raise _wrong(row, raw, where, Bilingual("text", "文字"))
    if row.kind is Kind.CHOICE and raw not in row.choices:
        names = ", ".join(row.choices)
        raise _wrong(row, raw, where, Bilingual(f"one of {names}", f"以下之一：{names}"))
    return raw


def _list(raw: object, row: Setting, where: Bilingual) -> tuple[str, ...]:
    if isinstance(raw, str):
        return tuple(part for part in raw.split(",") if part)
    if isinstance(raw, list | tuple) and all(isinstance(part, str) for part in raw):
        return tuple(raw)
    raise _wrong(row, raw, where, Bilingual("a list of texts", "文字列表"))


def _switch(raw: object, row: Setting, where: Bilingual) -> bool:
    if isinstance(raw, bool):
        return raw
    if isinstance(raw, str) and raw.lower() in YES + NO:
        return raw.lower() in YES
    raise _wrong(row, raw, where, Bilingual("true or false", "true 或 false"))


def _number(raw: object, row: Setting, where: Bilingual) -> float:
    kind = (
        Bilingual("a number", "数字")
        if row.kind is Kind.NUMBER
        else Bilingual("a whole number from 1", "不小于 1 的整数")
    )
    if isinstance(raw, bool) or not isinstance(raw, str | int | float):
        raise _wrong(row, raw, where, kind)
    try:
        value = float(raw)
    except ValueError as problem:
        raise _wrong(row, raw, where, kind) from problem
    whole = value.is_integer() and value >= 1
    if value != value or abs(value) == float("inf") or (row.kind is Kind.COUNT and not whole):
        raise _wrong(row, raw, where, kind)
    return value


def _wrong(row: Setting, raw: object, where: Bilingual, wanted: Bilingual) -> WrongUse:
    return WrongUse(
        Bilingual(f"{where.en}: {raw!r} is not {wanted.en}", f"{where.zh}：{raw!r} 不是{wanted.zh}"),
        remedy=Bilingual(f"It means: {row.help.en}.", f"含义：{row.help.zh}。"),
    )
