"""The inspector in a real browser: files are dropped, judged, shown, fixed and fetched, and nothing else is asked."""

from __future__ import annotations

import base64
import os
import re
from collections.abc import Iterator
from pathlib import Path

import films
import pytest
from axe_playwright_python.sync_playwright import Axe
from browsers import chromium
from playwright.sync_api import Browser, Page, expect
from server.conftest import FIXTURES, PICTURE, Service, Start

import aigc_label

pytestmark = pytest.mark.oracle("chromium")
expect.set_options(timeout=60_000)  # a busy machine is no failure
HOSTILE = "<img src=x onerror=alert(1)>'\"&\u202egpj.jpg"
LOOK = os.environ.get("AIGC_LABEL_SCREENSHOTS", "")  # a folder: pictures of each state, for people to look at


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture
def page(browser: Browser, service: Service) -> Iterator[Page]:
    """The page, open; at its end nothing has been complained of and nothing was asked of anyone else."""
    yield from visited(browser, service.url)


def visited(browser: Browser, url: str, **options: str) -> Iterator[Page]:
    context = browser.new_context(accept_downloads=True, locale=options.get("locale", "en-GB"))
    page = context.new_page()
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("dialog", lambda dialog: (said.append("dialog"), dialog.dismiss()))
    page.goto(url)
    yield page
    assert [one for one in said if "401" not in one] == []
    assert [one for one in asked if not one.startswith((url, "data:", "blob:"))] == []
    context.close()


def dropped(page: Page, name: str, data: bytes) -> None:
    """Drop a file on the page as a person does."""
    page.evaluate(
        """([name, data]) => {
            const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
            const moved = new DataTransfer();
            moved.items.add(new File([bytes], name));
            document.body.dispatchEvent(new DragEvent("drop", {dataTransfer: moved, bubbles: true, cancelable: true}));
        }""",
        [name, base64.b64encode(data).decode()],
    )


def shot(page: Page, name: str) -> None:
    if LOOK:
        page.screenshot(path=f"{LOOK}/{name}.png", full_page=True)


def test_a_dropped_file_is_judged_and_explained(page: Page) -> None:
    label = aigc_label.Label.generated(producer="Example-Ltd", produce_id="1")
    dropped(page, "without-a-mark.jpg", aigc_label.embed(PICTURE, label=label).data or b"")
    row = page.locator(".file.v-non-compliant")
    expect(row).to_have_count(1)
    row.locator("summary").click()
    expect(row.get_by_text("ContentProducer").first).to_be_visible()
    expect(row.locator("svg.bytes")).to_be_visible()
    shot(page, "judged")


def test_a_fix_is_one_click_and_its_result_complies(page: Page, tmp_path: Path) -> None:
    dropped(page, "picture.jpg", PICTURE)
    expect(page.locator(".file.v-unlabelled")).to_have_count(1)
    page.get_by_role("button", name="Mark and label").click()
    expect(page.get_by_role("status")).to_have_text("Name the producer first.")
    page.get_by_label("Producer").fill("Example-Ltd")
    page.get_by_role("button", name="Mark and label").click()
    link = page.locator(".file.v-compliant .download")
    expect(link).to_be_visible()
    with page.expect_download() as fetched:
        link.click()
    fetched.value.save_as(tmp_path / "got.jpg")
    assert aigc_label.verify(tmp_path / "got.jpg").verdict == "compliant"
    page.locator(".file.v-compliant summary").click()
    expect(page.locator(".pic rect.box").first).to_be_attached()
    shot(page, "fixed")


def test_a_long_job_shows_how_far_it_is_in_both_languages(page: Page) -> None:
    dropped(page, "film.mp4", films.made(*films.X264, "-g", "9999", *films.AAC, size="1280x720", seconds=8))
    expect(page.locator(".file.v-unlabelled")).to_have_count(1)
    bar = page.get_by_role("progressbar", name="Progress")
    expect(bar).to_be_hidden()
    page.get_by_role("button", name="Mark only").click()
    expect(page.locator(".going .percent")).to_have_text(re.compile(r"^[1-9][0-9]?%$"))
    assert 0 < float(bar.get_attribute("value") or 0) < 100
    page.get_by_role("button", name="中文").click()
    expect(page.get_by_role("progressbar", name="进度")).to_be_visible()
    expect(page.get_by_role("status")).to_have_text("正在添加标识")
    shot(page, "progress")
    expect(page.locator(".download")).to_be_visible()
    expect(page.locator(".going")).to_be_hidden()


def test_sound_shows_its_wave_and_its_rhythm(page: Page) -> None:
    label = aigc_label.Label.generated(producer="Example-Ltd", produce_id="1")
    marked = aigc_label.add((FIXTURES / "wav/plain.wav").read_bytes(), label=label).data
    assert marked is not None
    dropped(page, "tune.wav", marked)
    row = page.locator(".file.v-compliant")
    row.locator("summary").click()
    expect(row.locator("svg.waveform .span").first).to_be_attached()
    shot(page, "sound")


def test_a_hostile_name_and_a_file_that_is_none_stay_text(page: Page) -> None:
    dropped(page, HOSTILE, b"<script>alert(1)</script>")
    row = page.locator(".file.v-undecidable")
    expect(row).to_have_count(1)
    expect(row.locator("img")).to_have_count(0)
    expect(row).to_contain_text("onerror")


def test_it_speaks_chinese_from_the_start_and_by_its_switch(browser: Browser, service: Service) -> None:
    for page in visited(browser, service.url, locale="zh-CN"):
        expect(page.get_by_role("heading", level=1)).to_have_text("生成合成内容标识：核验与添加")
        dropped(page, "picture.jpg", PICTURE)
        expect(page.locator(".file .verdict")).to_have_text("未标识")
        shot(page, "chinese")
        page.get_by_role("button", name="English").click()
        expect(page.locator(".file .verdict")).to_have_text("unlabelled")


def test_a_keyboard_is_enough(page: Page) -> None:
    page.on("filechooser", lambda asked: None)  # from here on, or the browser may open a dialog that nobody can answer
    page.reload()
    page.get_by_label("Drop files here").focus()
    with page.expect_file_chooser() as asked:
        page.keyboard.press("Enter")
    asked.value.set_files([{"name": "a.jpg", "mimeType": "image/jpeg", "buffer": PICTURE}])
    summary = page.locator(".file.v-unlabelled summary")
    expect(summary).to_be_visible()
    summary.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".file .points")).to_be_visible()


@pytest.mark.parametrize("width", [1200, 380])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_and_nothing_overflows(page: Page, scheme: str, width: int) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.set_viewport_size({"width": width, "height": 900})
    dropped(page, "labelled-twice.jpg", (FIXTURES / "jpeg/labelled-twice.jpg").read_bytes())
    page.locator(".file summary").click()
    found = Axe().run(page)
    serious = [one["id"] for one in found.response["violations"] if one["impact"] in ("serious", "critical")]
    assert serious == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    shot(page, f"{scheme}-{width}")


def test_the_interface_for_programs_is_described(page: Page, service: Service) -> None:
    page.get_by_role("link", name="the interface for programs").click()
    expect(page.get_by_role("heading", name="POST /v1/verify")).to_be_visible()
    shot(page, "reference")
    serious = [one["id"] for one in Axe().run(page).response["violations"] if one["impact"] in ("serious", "critical")]
    assert serious == []


def test_a_key_is_asked_for_where_one_is_needed(browser: Browser, start: Start, tmp_path: Path) -> None:
    (tmp_path / "keys.txt").write_text("a-key-of-sixteen-and-more\n")
    running = start("--api-keys", str(tmp_path / "keys.txt"))
    for page in visited(browser, running.url):
        expect(page.get_by_label("API key")).to_be_hidden()
        dropped(page, "a.jpg", PICTURE)
        expect(page.get_by_text("no valid API key")).to_be_visible()
        page.get_by_label("API key").fill("a-key-of-sixteen-and-more")
        dropped(page, "b.jpg", PICTURE)
        expect(page.locator(".file.v-unlabelled")).to_have_count(1)


def test_a_file_of_200_mb_is_sent_from_disk(page: Page, tmp_path: Path) -> None:
    large = tmp_path / "large.wav"
    whole = (FIXTURES / "wav/plain.wav").read_bytes()
    with open(large, "wb") as file:
        file.write(whole)
        file.truncate(200 << 20)
    page.get_by_label("Drop files here").set_input_files(large)
    expect(page.locator(".file .name b")).to_have_text("large.wav")
    expect(page.locator(".file:not(.waiting)")).to_have_count(1, timeout=60_000)
