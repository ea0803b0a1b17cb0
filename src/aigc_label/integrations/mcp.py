"""Lets agents read, explain and verify labels (Model Context Protocol), within folders that the user named.

Nothing is written unless the user allowed it when the server was started; there is no tool that removes anything.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
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
    within = _within(tuple(root.resolve() for root in roots))

    @made.tool()
    def verify(path: str) -> dict[str, Any]:
        """Judge whether a file carries the labels that GB 45438-2025 asks for: verdict, findings with clause and remedy."""
        return _answered(lang, lambda: api.verify(within(path), DEFAULT_POLICY).to_dict(lang))

    @made.tool()
    def explain(path: str) -> dict[str, Any]:
        """List every trace of a label in a file with its byte offset, and the rules that decided."""

        def told() -> dict[str, Any]:
            with source_of(within(path)) as source:
                return explanation(traced(source, DEFAULT_POLICY), lang)

        return _answered(lang, told)

    @made.tool()
    def read_label(path: str) -> dict[str, Any]:
        """Give the seven fields of a file's implicit label; `label` is null where it has none."""

        def told() -> dict[str, Any]:
            label = api.read(within(path))
            return {"label": label.to_fields() if label else None}

        return _answered(lang, told)

    @made.tool()
    def rule(code: str) -> dict[str, Any]:
        """Say what a rule of the verifier asks, by which clause, how firmly that is known, and what to do."""
        found = RULES.get(code)
        if found is None:
            return {"error": {"what": Bilingual(f"no rule {code}", f"没有规则 {code}").said(lang)}}
        says = {"sentence": found.sentence.said(lang), "remedy": found.remedy.said(lang)}
        return {"rule": found.id, "clause": found.clause, "grade": str(found.grade), **says}

    if order is not None:

        @made.tool()
        def label(path: str, out: str) -> dict[str, Any]:
            """Write a labelled copy of a file to `out`, which must not exist; the original stays as it is."""

            def told() -> dict[str, Any]:
                target = within(out)
                if target.exists():
                    raise Refused(Bilingual(f"{out} exists", f"{out} 已存在"))
                return api.carry_out(within(path), target, order).to_dict(lang)

            return _answered(lang, told)

    return made


INSTRUCTIONS = (
    "Labels of AI-generated content as China's GB 45438-2025 asks for them. Only `compliant` is a pass; `undecidable` means "
    "that something could not be looked at. Labels must not be removed (Measures, Art. 10), and no tool here does."
)


def _within(roots: tuple[Path, ...]) -> Callable[[str], Path]:
    """Give what makes a path of a name, links followed. It raises `Refused` for one outside the named folders."""

    def path_of(name: str) -> Path:
        path = (roots[0] / name).resolve()
        if not any(path.is_relative_to(root) for root in roots):
            raise Refused(
                Bilingual("the file is outside the folders that were named", "该文件不在指定的文件夹之内"),
                remedy=Bilingual("The user can name more: `--root DIR`.", "用户可用 `--root 文件夹` 增加。"),
            )
        return path

    return path_of


def _answered(lang: Lang, told: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    try:
        return told()
    except (AigcLabelError, OSError) as problem:
        return {"error": error_to_dict(problem, lang)}
