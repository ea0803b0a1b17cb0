"""The site builds without a warning, its links lead somewhere, and nothing on it comes from elsewhere."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from browsers import chromium

from tools.site import build_site

SERIOUS = ("serious", "critical")
LOADING = {"link", "script", "img", "iframe", "source", "audio", "video", "object", "embed"}


@dataclass
class Links:
    """What one built page holds: its anchors, where it leads, and what it loads."""

    anchors: set[str] = field(default_factory=set)
    targets: list[str] = field(default_factory=list)
    loaded: list[str] = field(default_factory=list)


class Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.links = Links()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if anchor := values.get("id"):
            self.links.anchors.add(anchor)
        if target := values.get("href") or values.get("src"):
            (self.links.loaded if tag in LOADING else self.links.targets).append(target.removeprefix("./"))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built") / "site"
    assert build_site(folder) == 0
    return folder


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[Path, Links]:
    found = {}
    for page in site.rglob("*.html"):
        if page.name != "404.html":  # stands for any address, so its links are absolute
            reader = Reader()
            reader.feed(page.read_text(encoding="utf-8"))
            found[page] = reader.links
    return found


def test_every_link_and_anchor_leads_somewhere(pages: dict[Path, Links]) -> None:
    lost = defaultdict(list)
    for page, links in pages.items():
        for target in [*links.targets, *links.loaded]:
            parts = urlsplit(target)
            if parts.scheme in ("https", "http", "mailto"):
                continue
            path = (page.parent / unquote(parts.path)).resolve() if parts.path else page
            anchors = pages[path].anchors if path in pages else set()
            if not path.is_file() or (parts.fragment and path in pages and unquote(parts.fragment) not in anchors):
                lost[page.name].append(target)
    assert not lost


def test_no_page_and_no_style_loads_anything_from_another_host(site: Path, pages: dict[Path, Links]) -> None:
    foreign = [one for links in pages.values() for one in links.loaded if urlsplit(one).netloc]
    foreign += [
        str(style) for style in site.rglob("*.css") if "url(http" in (text := style.read_text()) or "@import" in text
    ]
    assert not foreign


def test_each_page_leads_to_its_twin_in_the_other_language(site: Path, pages: dict[Path, Links]) -> None:
    for page, links in pages.items():
        here = page.relative_to(site)
        chinese = here.parts[0] == "zh"
        twin = f"../{here.name}" if chinese else f"zh/{here.name}"
        assert twin in links.targets, here
        assert f'<html lang="{"zh" if chinese else "en"}"' in page.read_text(encoding="utf-8")


@pytest.mark.oracle("chromium")
def test_the_search_finds_chinese_words_in_a_folder_and_asks_no_other_host(site: Path) -> None:
    asked: list[str] = []
    with chromium() as browser:
        page = browser.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.goto((site / "zh/index.html").as_uri())
        page.keyboard.press("Control+k")
        page.get_by_placeholder("Search").fill("文字高度")
        page.get_by_text("IMG-005").first.wait_for(timeout=60_000)
    assert asked
    assert all(urlsplit(url).scheme in ("file", "data", "blob", "about") for url in asked)


@pytest.mark.oracle("chromium")
def test_axe_finds_nothing_serious_wide_or_narrow_light_or_dark(site: Path) -> None:
    found = []
    with chromium() as browser:
        for name, scheme, width in (("zh/index", "dark", 1400), ("python", "light", 1400), ("clauses", "dark", 390)):
            page = browser.new_page(color_scheme=scheme, viewport={"width": width, "height": 900})
            page.goto((site / f"{name}.html").as_uri())
            page.wait_for_load_state("networkidle")
            found += [(name, one["id"]) for one in Axe().run(page).response["violations"] if one["impact"] in SERIOUS]
    assert found == []
