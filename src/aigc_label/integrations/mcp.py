"""Lets agents read, explain and verify labels (Model Context Protocol), within folders that the user named.

Nothing is written unless the user allowed it when the server was started; there is no tool that removes anything.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mcp.server import MCPServer

from aigc_label import __version__, api
from aigc_label.bilingual import Bilingual, Lang
from aigc_label.errors import AigcLabelError, Refused
from aigc_label.explaining import explanation, traced
from aigc_label.order import Order, error_to_dict
from aigc_label.placing import source_of
from aigc_label.policy import DEFAULT_POLICY
from aigc_label.rulebook import RULES


def server(roots: Sequence[Path], lang: Lang, order: Order | None = None) -> MCPServer[Any]:
    """Give the server. Only files below `roots` can be named; with an `order` there is a tool that labels copies."""
    made = MCPServer("aigc-label", version=__version__, instructions=INSTRUCTIONS)
    within = tuple(root.resolve() for root in roots)
    reading = Reading(within, lang)
    for tool in (reading.verify, reading.explain, reading.read_label, reading.rule):
        made.tool()(tool)
    if order is not None:
        made.tool()(Writing(within, lang, order).label)
    return made


INSTRUCTIONS = (
    "Labels of AI-generated content as China's GB 45438-2025 asks for them. Only `compliant` is a pass; `undecidable` means "
    "that something could not be looked at. Labels must not be removed (Measures, Art. 10), and no tool here does."
)


@dataclass(frozen=True, slots=True)
class Reading:
    """The tools that change nothing, on files below `roots`. Each method is a tool; agents read its docstring."""

    roots: tuple[Path, ...]
    lang: Lang

    def verify(self, path: str) -> dict[str, Any]:
        """Judge whether a file carries the labels that GB 45438-2025 asks for: verdict, findings with clause and remedy."""
        with _told(self.lang) as answer:
            answer |= api.verify(_within(self.roots, path), DEFAULT_POLICY).to_dict(self.lang)
        return answer

    def explain(self, path: str) -> dict[str, Any]:
        """List every trace of a label in a file with its byte offset, and the rules that decided."""
        with _told(self.lang) as answer, source_of(_within(self.roots, path)) as source:
            answer |= explanation(traced(source, DEFAULT_POLICY), self.lang)
        return answer

    def read_label(self, path: str) -> dict[str, Any]:
        """Give the seven fields of a file's implicit label; `label` is null where it has none."""
        with _told(self.lang) as answer:
            label = api.read(_within(self.roots, path))
            answer |= {"label": label.to_fields() if label else None}
        return answer

    def rule(self, code: str) -> dict[str, Any]:
        """Say what a rule of the verifier asks, by which clause, how firmly that is known, and what to do."""
        found = RULES.get(code)
        if found is None:
            return {"error": {"what": Bilingual(f"no rule {code}", f"没有规则 {code}").said(self.lang)}}
        says = {"sentence": found.sentence.said(self.lang), "remedy": found.remedy.said(self.lang)}
        return {"rule": found.id, "clause": found.clause, "grade": str(found.grade), **says}


@dataclass(frozen=True, slots=True)
class Writing:
    """The one tool that writes, by the order that the user gave when the server was started."""

    roots: tuple[Path, ...]
    lang: Lang
    order: Order

    def label(self, path: str, out: str) -> dict[str, Any]:
        """Write a labelled copy of a file to `out`, which must not exist; the original stays as it is."""
        with _told(self.lang) as answer:
            target = _within(self.roots, out)
            if target.exists():
                raise Refused(Bilingual(f"{out} exists", f"{out} 已存在"))
            answer |= api.carry_out(_within(self.roots, path), target, self.order).to_dict(self.lang)
        return answer


def _within(roots: tuple[Path, ...], name: str) -> Path:
    """Give the path of a name, links followed. Raises `Refused` for one outside the named folders."""
    path = (roots[0] / name).resolve()
    if not any(path.is_relative_to(root) for root in roots):
        raise Refused(
            Bilingual("the file is outside the folders that were named", "该文件不在指定的文件夹之内"),
            remedy=Bilingual("The user can name more: `--root DIR`.", "用户可用 `--root 文件夹` 增加。"),
        )
    return path


@contextmanager
def _told(lang: Lang) -> Iterator[dict[str, Any]]:
    """Give the answer to fill; what goes wrong meanwhile is the answer."""
    answer: dict[str, Any] = {}
    try:
        yield answer
    except (AigcLabelError, OSError) as problem:
        answer["error"] = error_to_dict(problem, lang)
