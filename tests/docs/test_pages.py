"""The pages are complete and current, and their links lead somewhere."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from aigc_label.bilingual import Lang
from tools import pages
from tools.host_tests import FIVE, host_tests
from tools.reference.layout import REFERENCE
from tools.reference.library import library_page
from tools.site import SUMMARIES

ROOT = Path(__file__).parents[2]
MARKDOWN = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("docs/zh/*.md")])
CHINESE = {
    **{page: ROOT / "docs" / page.name for page in sorted(ROOT.glob("docs/zh/*.md"))},
    ROOT / "README.zh.md": ROOT / "README.md",
}
FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)")


def _named(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.mark.parametrize("name", pages.PAGES)
def test_a_generated_page_says_what_the_code_says(name: str) -> None:
    assert (ROOT / name).read_text(encoding="utf-8") == pages.PAGES[name](), "run `make docs`"


@pytest.mark.parametrize("page", MARKDOWN, ids=_named)
def test_every_link_inside_the_project_leads_to_a_file(page: Path) -> None:
    for target in LINK.findall(page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), f"{page.name} links to {target}"


@pytest.mark.parametrize("page", MARKDOWN, ids=_named)
def test_every_rule_that_a_page_names_exists(page: Path) -> None:
    from aigc_label.rulebook import RULES

    for code in re.findall(r"\b(?!SHA)[A-Z]{3}-\d{3}\b", page.read_text(encoding="utf-8")):
        assert code in RULES


@pytest.mark.parametrize("page", sorted(ROOT.glob("docs/*.md")), ids=_named)
def test_every_page_stands_in_the_navigation_of_the_site(page: Path) -> None:
    assert re.search(rf"- (?:\w+: )?{re.escape(page.name)}$", (ROOT / "mkdocs.yml").read_text(), re.MULTILINE)


def test_every_page_for_users_has_a_chinese_form() -> None:
    english, chinese = ({page.stem for page in ROOT.glob(pattern)} for pattern in ("docs/*.md", "docs/zh/*.md"))
    assert english - chinese == SUMMARIES.keys()


def test_what_pages_import_is_described_on_the_site() -> None:
    described = library_page(Lang.EN)
    for page in [ROOT / "README.md", *ROOT.glob("docs/*.md")]:
        for module, names in re.findall(
            r"from (aigc_label\.[\w.]+) import ([\w, ]+)", page.read_text(encoding="utf-8")
        ):
            for name in names.split(" as ")[0].split(", "):
                assert re.search(rf"::: (?:{module}|aigc_label)\.{name}\b", described), f"{page.name}: {module}.{name}"


def test_every_host_has_its_five_tests() -> None:
    there = {(test.host, test.shows) for test in host_tests()}
    assert [
        f"{host} lacks {shows}" for host in {host for host, _ in there} for shows in FIVE if (host, shows) not in there
    ] == []


HOSTS = {  # a section of the page on hosts: who is tested for it
    "Pillow": {"pillow"},
    "diffusers": {"diffusers"},
    "ffmpeg": {"ffmpeg"},
    "ComfyUI": {"comfyui"},
    "Stable Diffusion WebUI (AUTOMATIC1111, Forge)": {"stable-diffusion-webui (stand-in)"},
    "FastAPI, Starlette, Flask, Django": {"asgi", "wsgi", "django"},
    "Gradio": {"gradio"},
    "Services of OpenAI's form": {"openai-proxy"},
    "Agents": {"mcp"},
    "LangChain": {"langchain"},
    "Hugging Face datasets": {"datasets"},
}


def test_every_section_on_hosts_is_of_hosts_that_are_tested() -> None:
    text = (ROOT / "docs/hosts.md").read_text(encoding="utf-8")
    assert set(re.findall("^## (.*)$", text, re.MULTILINE)) == HOSTS.keys()
    assert set().union(*HOSTS.values(), {"exiftool"}) == {test.host for test in host_tests()}


def test_no_decision_is_longer_than_ten_lines() -> None:
    text = (ROOT / "docs/decisions.md").read_text(encoding="utf-8")
    for part in text.split("\n## ")[1:]:
        title, _, body = part.partition("\n")
        assert re.match(r"\d{4}-\d{2}-\d{2}: ", title), title
        assert len(body.strip().splitlines()) <= 10, title


def test_the_makefiles_help_names_every_target() -> None:
    text = (ROOT / "Makefile").read_text()
    targets = set(re.search(r"^\.PHONY: (.*)$", text, re.MULTILINE)[1].split())  # type: ignore[index]
    assert targets == set(re.findall(r"^([a-z-]+):.*## ", text, re.MULTILINE))


def test_the_schema_is_json() -> None:
    assert json.loads((ROOT / "docs/report.schema.json").read_text())["$id"] == "aigc-label/report/1"


@pytest.mark.parametrize("page", CHINESE, ids=_named)
def test_a_chinese_page_has_the_headings_and_the_code_of_the_english_one(page: Path) -> None:
    english = CHINESE[page].read_text(encoding="utf-8")
    chinese = page.read_text(encoding="utf-8")
    assert _code(chinese.split(REFERENCE)[0]) == _code(english.split(REFERENCE)[0])  # below, help is in both languages
    assert _levels(chinese) == _levels(english)


def _code(text: str) -> list[str]:
    """Give what is typed: of a console its commands, for what they show is Chinese; of programs all but their comments."""
    return [_commands(block) if block.startswith("```console") else _bare(block) for block in FENCE.findall(text)]


def _commands(block: str) -> str:
    return _bare("\n".join(re.findall(r"^(?:\$|>) .*$", block, re.MULTILINE)))


def _bare(block: str) -> str:
    return re.sub(r"(^|\s+)# .*$", "", block, flags=re.MULTILINE)


def _levels(text: str) -> list[str]:
    return re.findall(r"^(#+) ", FENCE.sub("", text), re.MULTILINE)
