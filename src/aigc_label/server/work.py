"""Does the work of one request inside a worker: reads the upload, writes the result beside it, answers in JSON values.

The worker stands in the request's private folder, so the files have the names that the client gave them and no answer
holds a path of the server.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from aigc_label import api
from aigc_label.api import gather
from aigc_label.bilingual import Bilingual, Lang
from aigc_label.choosing import Settings, chosen
from aigc_label.errors import (
    AigcLabelError,
    InvalidLabel,
    InvalidMark,
    LimitExceeded,
    MalformedFile,
    MissingTool,
    Refused,
    UnsupportedFormat,
    WrongUse,
)
from aigc_label.expecting import policy_of
from aigc_label.explaining import explanation, traced
from aigc_label.order import Order, error_to_dict
from aigc_label.ordering import Doing, order_of
from aigc_label.placing import source_of
from aigc_label.propagating import propagations
from aigc_label.report import Report
from aigc_label.rules import judge
from aigc_label.settings import SETTINGS
from aigc_label.telling.account import account_of
from aigc_label.telling.previews import Preview, previews_of
from aigc_label.telling.row import row

if TYPE_CHECKING:
    from aigc_label.security.keys import Signer

OUT: Final = "out"  # the folder of results within a request's own
STATUSES: Final[dict[type[Exception], int]] = {
    UnsupportedFormat: 415,
    LimitExceeded: 413,
    MalformedFile: 422,
    InvalidLabel: 422,
    InvalidMark: 422,
    WrongUse: 422,
    Refused: 409,
    MissingTool: 501,
}
FAILED: Final = 500


class Kind(StrEnum):
    """What can be asked."""

    ADD = "add"
    EMBED = "embed"
    MARK = "mark"
    PROPAGATE = "propagate"
    VERIFY = "verify"
    EXPLAIN = "explain"
    INSPECT = "inspect"  # for the page: judged, with previews, as a piece of it


class Task(NamedTuple):
    """One request's work: `folder` is its private folder, `name` the upload's name in it, `asked` its settings."""

    kind: Kind
    folder: str
    name: str
    asked: Mapping[str, Any]
    lang: Lang


class Answer(NamedTuple):
    """What came of it: an HTTP status, JSON values, and whether a file of the upload's name lies in `out`."""

    status: int
    values: dict[str, Any]
    made: bool = False


def settings_of(asked: Mapping[str, Any]) -> Settings:
    """Give the settings that a request asked, the rest by default. Raises `WrongUse` for a value that cannot be."""
    return chosen(SETTINGS.values(), asked, {}, None)


def check(kind: Kind, asked: Mapping[str, Any]) -> None:
    """Raise where no file at all could be worked on as asked, so that it is said before anything is uploaded."""
    settings = settings_of(asked)
    if kind in MAKING:
        _order(kind, settings)
    else:
        policy_of(settings)


def done(task: Task, signer: Signer | None = None) -> Answer:
    """Do the work of one request; errors of ours and the system's become answers, a defect is raised."""
    settings = settings_of(task.asked)
    try:
        if task.kind in MAKING:
            return _made(task, replace(_order(task.kind, settings), signer=signer))
        return LOOKING[task.kind](task, settings)
    except (AigcLabelError, OSError) as problem:
        return refusal(problem, task.lang)


def refusal(problem: AigcLabelError | OSError, lang: Lang) -> Answer:
    """Give the answer that an error makes: its HTTP status and its parts (RFC 9457, with our members beside)."""
    status = STATUSES.get(type(problem), FAILED)
    error = error_to_dict(problem, lang)
    return Answer(status, {"title": error["code"], "status": status, "detail": error["what"], **error})


def _order(kind: Kind, settings: Settings) -> Order:
    making = propagations(settings) if kind is Kind.PROPAGATE else order_of(Doing(kind), settings)
    return making(1)


def _made(task: Task, order: Order) -> Answer:
    Path(OUT).mkdir()
    outcome = api.carry_out(Path(task.name), Path(OUT, task.name), order)
    return Answer(200, outcome.to_dict(task.lang) | {"target": task.name}, made=True)


def _verified(task: Task, settings: Settings) -> Answer:
    return Answer(200, api.verify(Path(task.name), policy_of(settings)).to_dict(task.lang))


def _explained(task: Task, settings: Settings) -> Answer:
    with source_of(Path(task.name)) as source:
        return Answer(200, explanation(traced(source, policy_of(settings)), task.lang))


def _inspected(task: Task, settings: Settings) -> Answer:
    """Judge a file and tell it as a row of the page; what cannot be looked at or shown is told there as well."""
    report: Report | AigcLabelError | OSError
    previews: tuple[Preview, ...] = ()
    without: Bilingual | None = None
    try:
        with source_of(Path(task.name)) as source:
            policy = policy_of(settings)
            report = judge(gather(source, policy), policy)
            try:
                previews = previews_of(source, report.evidence)
            except AigcLabelError as problem:
                without = problem.what
    except (AigcLabelError, OSError) as problem:
        report = problem
    account = account_of(task.name, report)
    told = row(account, task.lang, previews, without)
    return Answer(200, {"verdict": str(account.verdict), "row": told})


MAKING: Final = (Kind.ADD, Kind.EMBED, Kind.MARK, Kind.PROPAGATE)
LOOKING: Final[Mapping[Kind, Callable[[Task, Settings], Answer]]] = {
    Kind.VERIFY: _verified,
    Kind.EXPLAIN: _explained,
    Kind.INSPECT: _inspected,
}
