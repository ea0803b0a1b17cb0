"""Lays out what the generated pages have in common: tables, where a page lives, and what a person wrote above the tables."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from aigc_label.bilingual import Lang

ROOT: Final = Path(__file__).parents[2]
REFERENCE: Final = "<!-- Made by `make docs` from here on. Edits below are lost. -->"


def place_of(name: str, lang: Lang) -> str:
    """Give where a page lives, from the top of the project."""
    return f"docs/zh/{name}.md" if lang is Lang.ZH else f"docs/{name}.md"


def written_above(name: str, lang: Lang) -> str:
    """Give the part of a page that a person writes, with the line that ends it."""
    text = (ROOT / place_of(name, lang)).read_text(encoding="utf-8")
    return text.split(REFERENCE)[0].rstrip("\n") + f"\n\n{REFERENCE}\n"


def made_from(module: str) -> str:
    """Give the first line of a page that nobody edits."""
    return f"<!-- Made by `make docs` from src/aigc_label/{module}. Edits here are lost. -->\n"


def table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [heads, tuple("---" for _ in heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
