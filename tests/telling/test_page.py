"""The HTML report in a browser without a network: it shows, filters, switches, prints, and obeys nothing but itself."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browsers import chromium
from playwright.sync_api import Browser, Page
from telling.accounts import HOSTILE, accounts, document, of

import aigc_label
from aigc_label.bilingual import Lang
from aigc_label.telling.account import Account

pytestmark = pytest.mark.oracle("chromium")
FIXTURES = Path(__file__).parents[2] / "fixtures"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> list[Account]:
    """Give accounts of real files: a marked picture, sound and film, bare ones, and those of hostile names."""
    folder = tmp_path_factory.mktemp("files")
    label = aigc_label.Label.generated(producer="Example Ltd", produce_id="1")
    found = []
    for source in ("jpeg/baseline.jpg", "wav/plain.wav", "mp4/fast-start.mp4"):
        path = folder / f"marked-{Path(source).name}"
        aigc_label.add(FIXTURES / source, path, label=label)
        found.append(of(str(path), aigc_label.verify(path)))
        found.append(of(str(FIXTURES / source), aigc_label.verify(FIXTURES / source)))
    twice = FIXTURES / "jpeg/labelled-twice.jpg"
    return [*found, of(str(twice), aigc_label.verify(twice)), *accounts()]


@pytest.fixture(scope="module")
def paths(seen: list[Account], tmp_path_factory: pytest.TempPathFactory) -> dict[Lang, Path]:
    folder = tmp_path_factory.mktemp("pages")
    for lang in Lang:
        (folder / f"{lang}.html").write_text(document("html", seen, lang), encoding="utf-8")
    return {lang: folder / f"{lang}.html" for lang in Lang}


class Visit:
    """A page open in a window without a network, with all that it asked for and complained of."""

    def __init__(self, browser: Browser, path: Path, **options: Any) -> None:
        self.context = browser.new_context(offline=True, **options)
        self.page: Page = self.context.new_page()
        self.asked: list[str] = []
        self.said: list[str] = []
        self.page.on("request", lambda request: self.asked.append(request.url[:60]))
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("dialog", lambda dialog: (self.said.append("dialog"), dialog.dismiss()))
        self.page.goto(path.as_uri())


@pytest.fixture
def visit(browser: Browser, paths: dict[Lang, Path]) -> Iterator[Any]:
    visits: list[Visit] = []

    def opened(lang: Lang = Lang.EN, **options: Any) -> Visit:
        visits.append(Visit(browser, paths[lang], **options))
        return visits[-1]

    yield opened
    for one in visits:
        assert one.said == []
        assert [url for url in one.asked if not url.startswith(("file:", "data:"))] == []
        one.context.close()


def shown(page: Page) -> int:
    return page.locator(".file:visible").count()


def test_a_file_that_changed_meanwhile_costs_its_picture_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes((FIXTURES / "jpeg/baseline.jpg").read_bytes())
    judged = aigc_label.verify(path)
    path.write_bytes(b"no picture any more")
    said = document("html", [of(str(path), judged), *accounts()])
    assert said.count('<li class="file') == 1 + len(list(accounts()))
    assert "No preview: " in said


def test_the_page_asks_for_nothing_and_runs_no_script_but_its_own(visit: Any) -> None:
    page = visit().page
    handlers = "[...document.querySelectorAll('*')].filter(e => [...e.attributes].some(a => a.name.startsWith('on')))"
    outside = "document.querySelectorAll(`[src]:not([src^='data:image/webp']), [style], link, iframe, object`)"
    assert page.evaluate("document.scripts.length") == 1
    assert page.evaluate(f"{handlers}.length") == 0
    assert page.evaluate(f"{outside}.length") == 0
    assert page.evaluate("[...document.links].every(a => a.getAttribute('href') === '#files')")


def test_hostile_names_and_labels_are_text(visit: Any) -> None:
    page = visit().page
    body = page.text_content("main") or ""
    assert "<img src=x onerror=alert(1)>.png" in body
    assert "\\u202egnp.exe\\x1b[31m" in body
    assert "\u202e" not in body
    assert page.locator(".file").count() == len(list(accounts())) + 7


def test_the_policy_of_the_page_refuses_a_script_that_got_in(
    browser: Browser, paths: dict[Lang, Path], tmp_path: Path
) -> None:
    forged = tmp_path / "forged.html"
    inside = '<script>window.forged = 1</script><img src="data:," onerror="window.forged = 1"></body>'
    forged.write_text(paths[Lang.EN].read_text(encoding="utf-8").replace("</body>", inside), encoding="utf-8")
    visit = Visit(browser, forged)
    assert visit.page.evaluate("window.forged") is None
    assert any("Content Security Policy" in line for line in visit.said)
    visit.context.close()


def test_marks_are_boxed_where_they_were_found(visit: Any, seen: list[Account]) -> None:
    page = visit().page
    row = page.locator(".file", has_text="marked-baseline.jpg")
    found = seen[0].report.evidence.sightings[0].box  # type: ignore[union-attr]
    box = row.locator(".pic .box").first
    left, width = float(box.get_attribute("x") or 0), float(box.get_attribute("width") or 0)
    assert left <= found.left < found.right <= left + width  # type: ignore[union-attr]
    row.scroll_into_view_if_needed()
    row.locator(".pic img").first.evaluate("image => { image.loading = 'eager'; return image.decode(); }")
    drawn, picture = box.bounding_box() or {}, row.locator(".pic img").first.bounding_box() or {}
    assert picture["x"] - 3 <= drawn["x"] < drawn["x"] + drawn["width"] <= picture["x"] + picture["width"] + 3


def test_sound_shows_its_rhythm_and_film_its_frames(visit: Any) -> None:
    page = visit().page
    sound = page.locator(".file", has_text="marked-plain.wav")
    assert "mark heard at" in (sound.locator(".waveform").first.get_attribute("aria-label") or "")
    assert sound.locator(".waveform .span").count() == 2
    film = page.locator(".file", has_text="marked-fast-start.mp4")
    assert film.locator(".pic img").count() >= 2
    assert film.locator(".pic .box").count() >= 1


def test_offsets_of_candidates_are_told(visit: Any, seen: list[Account]) -> None:
    page = visit().page
    row = page.locator(".file", has_text="labelled-twice.jpg")
    row.locator("summary").click()
    for reading in seen[6].report.evidence.survey.readings:  # type: ignore[union-attr]
        assert f"byte {reading.offset:,} ({reading.offset:#x})" in row.inner_text()
    assert row.locator("svg.bytes rect").count() >= 3


def test_the_filter_takes_verdict_rule_and_words(visit: Any) -> None:
    page = visit().page
    everything = shown(page)
    page.uncheck(".tile.v-compliant input")
    assert shown(page) == everything - page.locator(".file.v-compliant").count()
    page.select_option("#rule", "malformed-file")
    assert shown(page) == 1
    assert page.inner_text("#count") == f"1 of {everything} files"
    page.select_option("#rule", "")
    page.fill("#find", "GONE.png")
    assert shown(page) == 1
    page.fill("#find", "no such words")
    assert page.locator("#none").is_visible()


def test_a_rule_of_the_table_filters_too(visit: Any) -> None:
    page = visit().page
    page.locator("[data-code='LBL-003']").click()
    assert shown(page) == page.locator(".file[data-c*='LBL-003']").count() > 0


@pytest.mark.parametrize("lang", list(Lang))
def test_the_switch_gives_what_the_other_language_would_have_given(visit: Any, lang: Lang) -> None:
    other = Lang.EN if lang is Lang.ZH else Lang.ZH
    switched, direct = visit(lang).page, visit(other).page
    switched.click("#lang")
    for page in (switched, direct):
        page.click("#unfold")
    assert switched.inner_text("body") == direct.inner_text("body")
    assert switched.title() == direct.title()
    assert switched.evaluate("document.documentElement.lang") == direct.evaluate("document.documentElement.lang")
    alts = "[...document.querySelectorAll('[alt], [aria-label]')].map(e => [e.alt, e.ariaLabel].join())"
    assert switched.evaluate(alts) == direct.evaluate(alts)


def test_the_keyboard_is_enough(visit: Any) -> None:
    page = visit().page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
    page.keyboard.press("Enter")
    assert page.locator("details[open]").count() == 1
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "find"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("lang", list(Lang))
def test_axe_finds_nothing(visit: Any, scheme: str, lang: Lang) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = visit(lang, color_scheme=scheme, viewport={"width": 1280, "height": 900}).page
    for number in range(7):
        page.locator(".file summary").nth(number).click()
    found = Axe().run(page).response["violations"]
    assert [(one["id"], one["impact"], one["nodes"][0]["html"][:200]) for one in found] == []


def test_a_phone_shows_it_without_scrolling_sideways(visit: Any) -> None:
    page = visit(viewport={"width": 360, "height": 800}, device_scale_factor=2).page
    page.click("#unfold")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_the_dark_button_outranks_the_system(visit: Any) -> None:
    page = visit(color_scheme="light").page
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.click("#theme")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != light
    assert page.get_attribute("#theme", "aria-pressed") == "true"


def test_without_scripts_everything_is_there(browser: Browser, paths: dict[Lang, Path]) -> None:
    visit = Visit(browser, paths[Lang.EN], java_script_enabled=False)
    assert visit.page.locator("#find:visible, #lang:visible").count() == 0
    visit.page.locator(".file summary").first.click()
    assert visit.page.locator(".file .point").first.is_visible()
    visit.context.close()


@pytest.mark.oracle("pdftotext")
def test_it_prints_with_all_that_is_known(visit: Any, tmp_path: Path) -> None:
    page = visit().page
    page.pdf(path=str(tmp_path / "report.pdf"), format="A4")
    said = subprocess.run(
        ["pdftotext", tmp_path / "report.pdf", "-"], capture_output=True, text=True, check=True
    ).stdout
    assert "Labels of AI-generated content: verification report" in " ".join(said.split())
    assert "Label the file anew" in said
    assert "Find in names" not in said
    assert said.count("Standing (Measures") == len(list(accounts())) + 7 - 2
    assert HOSTILE[7] in said.replace("\n", "")


@pytest.mark.long
def test_five_thousand_rows_are_usable(browser: Browser, tmp_path: Path) -> None:
    picture = FIXTURES / "jpeg/labelled-twice.jpg"
    judged = aigc_label.verify(picture)
    names = [tmp_path / f"{number:05}.jpg" for number in range(5_000)]
    for name in names:
        name.symlink_to(picture)
    path = tmp_path / "report.html"
    path.write_text(document("html", [of(str(name), judged) for name in names]), encoding="utf-8")
    began = time.monotonic()
    visit = Visit(browser, path, viewport={"width": 1280, "height": 900})
    visit.page.locator("#count", has_text="5000").wait_for()
    opened = time.monotonic() - began
    began = time.monotonic()
    visit.page.fill("#find", "04711")
    assert visit.page.inner_text("#count") == "1 of 5000 files"
    found = time.monotonic() - began
    began = time.monotonic()
    visit.page.click("#lang")
    switched = time.monotonic() - began
    print(f"{path.stat().st_size / 1e6:.1f} MB: opened {opened:.2f} s, found {found:.2f} s, switched {switched:.2f} s")
    assert (
        max(opened, found, switched) < 20
    )  # a busy machine's seconds; what grows with the square of rows takes minutes
    visit.context.close()
