"""Writes the pages and files that stand in the code already: `python -m tools.pages`, with `--check` to compare only."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import Final

from aigc_label.bilingual import Lang
from tools.hooks import hooks_file
from tools.host_tests import host_tests_page
from tools.reference.clauses import clauses_page
from tools.reference.cli import cli_page
from tools.reference.comfyui import node_texts
from tools.reference.formats import formats_page
from tools.reference.http import http_page
from tools.reference.layout import place_of
from tools.reference.rules import rules_page
from tools.reference.schemas import schemas_page
from tools.survival.page import survival_page

ROOT: Final = Path(__file__).parents[1]
MAKERS: Final = {
    "clauses": clauses_page,
    "formats": formats_page,
    "host-tests": host_tests_page,
    "http": http_page,
    "rules": rules_page,
    "schemas": schemas_page,
    "survival": survival_page,
}
if sys.version_info < (3, 13):  # from 3.13 on argparse lays its help out in another way
    MAKERS["cli"] = cli_page
PAGES: Final = {
    **{place_of(name, lang): partial(maker, lang) for name, maker in MAKERS.items() for lang in Lang},
    ".pre-commit-hooks.yaml": hooks_file,
    **{f"hosts/comfyui/ComfyUI-AIGC-Label/locales/{lang}/nodeDefs.json": partial(node_texts, lang) for lang in Lang},
}


def main(options: list[str]) -> int:
    stale = 0
    for name, page in PAGES.items():
        path, text = ROOT / name, page()
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        if "--check" in options:
            stale += 1
            print(f"{name} is not what the code says: run `make docs`", file=sys.stderr)
        else:
            path.write_text(text, encoding="utf-8")
            print(f"{name} written")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
