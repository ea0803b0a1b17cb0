"""Chooses each setting's value: from the command line, else the environment, else a configuration, else the default."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final, NamedTuple, cast

from aigc_label.bilingual import Bilingual
from aigc_label.errors import WrongUse
from aigc_label.settings import SETTINGS, Found, Kind, Setting, Value

YES: Final = ("1", "true", "yes", "on")
NO: Final = ("0", "false", "no", "off")
GIVEN: Final = Bilingual("command line", "命令行")
DEFAULT: Final = Bilingual("default", "默认")


class Chosen(NamedTuple):
    """A value with where it came from, for `--show-settings`."""

    value: Value
    source: Bilingual


class Origin(StrEnum):
    """How a configuration came in: a found one is trusted less."""

    NAMED = "named"
    FOUND = "found"


class Configuration(NamedTuple):
    """What one configuration file said, and whether the user named it or it was found on the way up from the folder."""

    path: str
    values: Mapping[str, object]
    origin: Origin


class Settings(dict[str, Chosen]):
    """Every setting that a command takes, by name."""

    def value(self, name: str) -> Value:
        return self[name].value

    def text(self, name: str) -> str:
        return cast(str, self[name].value or "")

    def texts(self, name: str) -> tuple[str, ...]:
        return cast("tuple[str, ...]", self[name].value or ())

    def number(self, name: str) -> float:
        return cast(float, self[name].value)


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
        _check_all(configuration)
    return Settings({row.name: _choose(row, given, environment, configuration) for row in rows})


def _choose(
    row: Setting, given: Mapping[str, object], environment: Mapping[str, str], configuration: Configuration | None
) -> Chosen:
    configured = None
    if configuration is not None and row.name in configuration.values:  # checked even where something outranks it
        configured = _configured(row, configuration)
        if configuration.origin is Origin.FOUND:
            _check_found(row, configured, configuration)
    if given.get(row.name) is not None:
        where = Bilingual(f"--{row.name}", f"--{row.name}")
        return Chosen(_parsed(row, given[row.name], where), GIVEN)
    if environment.get(row.variable):
        where = Bilingual(row.variable, row.variable)
        return Chosen(_parsed(row, environment[row.variable], where), Bilingual(f"${row.variable}", f"${row.variable}"))
    if configuration is not None and row.name in configuration.values:
        return Chosen(configured, Bilingual(configuration.path, configuration.path))
    return Chosen(row.default, DEFAULT)


def _configured(row: Setting, configuration: Configuration) -> Value:
    where = Bilingual(f"{row.name} in {configuration.path}", f"{configuration.path} 中的 {row.name}")
    return _parsed(row, configuration.values[row.name], where)


def _check_all(configuration: Configuration) -> None:
    """Refuse a file with anything wrong in it, also where this command has no use for it."""
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
        _configured(SETTINGS[key], configuration)


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
