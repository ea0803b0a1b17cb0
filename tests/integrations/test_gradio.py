"""What a Gradio app shows is labelled when a user fetches it with a browser; Gradio and its browser run in the long run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import aigc_label
from aigc_label import Label, Policy, Scope
from aigc_label.order import Order

pytest.importorskip("gradio")
pytestmark = [pytest.mark.long, pytest.mark.filterwarnings("ignore")]

from browsers import chromium  # noqa: E402
from playwright.sync_api import Page, expect  # noqa: E402
from shown import shown_of  # noqa: E402

FIXTURES = Path(__file__).parents[2] / "fixtures"
APP = Path(__file__).with_name("gradio_app.py")
LABEL = Label.generated(producer="Example-Ltd", produce_id="1")
LABEL_ONLY = Policy(scope=Scope.LABEL)
WORDS = "【本内容由人工智能生成】"
SECONDS = 60_000  # milliseconds: Gradio starts slowly on a busy machine


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("gradio")


@pytest.fixture(scope="module")
def page(folder: Path) -> Iterator[Page]:
    """The app of `gradio_app.py` in a browser whose clipboard can be read."""
    surrounding = {**os.environ, "GRADIO_ANALYTICS_ENABLED": "False", "GRADIO_TEMP_DIR": str(folder / "cache")}
    process = subprocess.Popen([sys.executable, APP, folder], stdout=subprocess.PIPE, text=True, env=surrounding)
    assert process.stdout is not None
    address = process.stdout.readline().strip()
    with chromium() as browser:
        context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
        page = context.new_page()
        page.set_default_timeout(SECONDS)
        expect.set_options(timeout=SECONDS)
        page.goto(address)
        page.locator("#bare").wait_for()
        yield page
    process.kill()
    process.communicate()


def fetched(page: Page, name: str) -> list[Path]:
    """Press a button of the app, then every download button that appears; give what the browser saved."""
    page.locator(f"#{name}").click()
    links = page.locator(f"#{name}-shown a[download]")
    links.first.wait_for()
    saved = []
    for link in links.all():
        with page.expect_download() as coming:
            link.click()
        saved.append(Path(coming.value.path()))
    return saved


def verdict(path: Path) -> str:
    return aigc_label.verify(path, LABEL_ONLY).verdict


def test_gradio_itself_loses_the_label_as_webp_and_keeps_it_as_png(page: Page) -> None:
    (webp,), (png,) = fetched(page, "bare"), fetched(page, "png")
    assert webp.read_bytes()[8:12] == b"WEBP"
    assert verdict(webp) == "unlabelled"
    assert aigc_label.read(png) == LABEL


@pytest.mark.host("gradio", shows="labels")
@pytest.mark.parametrize("name", ["image", "path", "update", "renewed", "video", "audio", "files"])
def test_what_a_user_downloads_is_labelled(page: Page, name: str) -> None:
    for path in fetched(page, name):
        assert verdict(path) == "compliant"
        assert aigc_label.read(path) == LABEL


@pytest.mark.host("gradio", shows="labels")
def test_all_pictures_of_a_gallery_are_labelled(page: Page) -> None:
    page.locator("#gallery").click()
    pictures = page.locator("#gallery-shown img")
    expect(pictures).to_have_count(2)
    for picture in pictures.all():
        shown = page.request.get(str(picture.get_attribute("src"))).body()
        assert aigc_label.read(shown) == LABEL


@pytest.mark.host("gradio", shows="equal")
def test_a_file_comes_as_it_was_but_for_the_label(page: Page) -> None:
    (picture,), (film,) = fetched(page, "path"), fetched(page, "video")
    for came, sent in ((picture, "jpeg/baseline.jpg"), (film, "mp4/tail.mp4")):
        assert came.read_bytes() == aigc_label.embed((FIXTURES / sent).read_bytes(), label=LABEL).data


@pytest.mark.host("gradio", shows="again")
def test_a_file_that_is_labelled_comes_as_it_is(page: Page, folder: Path) -> None:
    (came,) = fetched(page, "again")
    assert came.read_bytes() == (folder / "labelled.png").read_bytes()


@pytest.mark.host("gradio", shows="closed")
def test_what_cannot_be_labelled_is_not_shown_and_the_user_is_told_why(page: Page) -> None:
    page.locator("#failing").click()
    told = page.locator(".toast-body.error").first
    expect(told).to_contain_text("BMP 没有存放隐式标识的位置")
    expect(told).to_contain_text("no place for an implicit label")
    expect(page.locator("#failing-shown img")).to_have_count(0)
    expect(page.locator("#failing-shown a[download]")).to_have_count(0)


@pytest.mark.host("gradio", shows="caught")
def test_a_stripped_file_is_caught_in_the_same_app(page: Page, folder: Path) -> None:
    field = page.locator("#verdict textarea")
    for sent, said in ((fetched(page, "bare")[0], "unlabelled"), (folder / "labelled.png", "compliant")):
        page.locator("#check input[type=file]").set_input_files(sent)
        expect(field).to_have_value(said)
        page.locator("#check [aria-label='Clear'], #check [aria-label='Remove this file']").first.click()


def test_a_copied_message_carries_the_words_by_button_and_by_selection(page: Page) -> None:
    page.locator("#ask").click()
    page.locator("#aigc-chat [title='Copy message']").click()
    page.wait_for_function("navigator.clipboard.readText().then(text => text.includes('moon'))")
    assert page.evaluate("navigator.clipboard.readText()") == f"The moon rises over the lake.\n\n{WORDS}"
    page.locator("#aigc-chat .message p").last.select_text()
    page.keyboard.press("Control+c")
    page.wait_for_function("navigator.clipboard.readText().then(text => text.startsWith('【'))")
    assert page.evaluate("navigator.clipboard.readText()") == f"{WORDS}\n\nThe moon rises over the lake."


def test_the_notice_stays_in_view_in_both_languages(page: Page) -> None:
    for at in (0, 100_000):
        page.evaluate(f"window.scrollTo(0, {at})")
        notice = page.locator("aigc-notice")
        expect(notice).to_be_in_viewport(ratio=1)
        expect(notice).to_contain_text("本内容由人工智能生成")
        expect(notice).to_contain_text("AI-generated content")


def test_a_program_that_calls_the_app_gets_labelled_files_too(page: Page) -> None:
    from gradio_client import Client

    told = Client(page.url, verbose=False).predict(api_name="/image")
    assert aigc_label.read(Path(told)) == LABEL, json.dumps(told)


def test_what_the_page_shows_is_an_app() -> None:
    import gradio

    block, _, _ = shown_of("Gradio").partition("demo.launch")
    names: dict[str, object] = {"order": Order(label=LABEL)}
    exec(compile(block, "docs/hosts.md", "exec"), names)
    assert isinstance(names["demo"], gradio.Blocks)
