"""Gives what docs/hosts.md shows of a host that is too heavy for CI, so that its own test can run it."""

from __future__ import annotations

import re
from pathlib import Path

PAGE = Path(__file__).parents[1] / "docs/hosts.md"


def shown_of(host: str) -> str:
    """Give the first `py` block below the heading of a host."""
    text = PAGE.read_text(encoding="utf-8")
    section = text[text.index(f"\n## {host}") :]
    found = re.search(r"^```py\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)
    assert found is not None
    return found[1]
