"""The notice for interfaces (5.6): always in view, read by screen readers, carried along by copy and export."""

from __future__ import annotations

import json
import re
import subprocess
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from aigc_label.detectors.texts import look
from aigc_label.detectors.words import sightings
from aigc_label.marking import MIN_HEIGHT_SHARE, complies
from aigc_label.sniff import sniff
from aigc_label.source import BytesSource

SNIPPETS = files("aigc_label") / "data" / "snippets"
WORDS = "本内容由人工智能生成"
TEXT = "<main id=chat>" + "<p>回答 answer</p>" * 200 + "</main>"
LONG = (
    f"<!DOCTYPE html><head><meta charset=utf-8></head><body>{{}}{TEXT}<script>scrollTo(0, 2000)</script></body></html>"
)

pytestmark = pytest.mark.oracle("chromium")


def chromium(folder: Path, page: str, *switches: str) -> str:
    """Let Chromium open a page with the component beside it; give the document as it stands then."""
    file = folder / "page.html"
    script = (SNIPPETS / "aigc-notice.js").read_text(encoding="utf-8")
    # modules are not loaded from files, so the page takes the component in
    file.write_text(page.replace("COMPONENT", re.sub(r"^export ", "", script, flags=re.MULTILINE)), encoding="utf-8")
    common = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--window-size=500,300"]
    timed = [*common, f"--user-data-dir={folder}/user", "--virtual-time-budget=2000", *switches, file.as_uri()]
    return subprocess.run(["chromium", *timed], check=True, capture_output=True, timeout=120, text=True).stdout


def picture(folder: Path, page: str) -> np.ndarray:
    """Give what a reader who has scrolled far down sees: headless Chromium draws that of a frame, not of its own page."""
    inner, shot = folder / "inner", folder / "a.png"
    inner.mkdir()
    chromium(inner, page, "--dump-dom")
    address = (inner / "page.html").as_uri()
    frame = f'<!DOCTYPE html><body style="margin:0"><iframe src="{address}" style="{FILLING}"></iframe>'
    chromium(folder, frame, f"--screenshot={shot}")
    return np.asarray(Image.open(shot).convert("L"))


FILLING = "width:500px;height:300px;border:0;display:block"


def component(attributes: str, after: str = "") -> str:
    return LONG.format(f"<aigc-notice {attributes}></aigc-notice><script>COMPONENT{after}</script>")


def answers(folder: Path, page: str) -> dict[str, str]:
    found = re.search(r"<title>(.*?)</title>", chromium(folder, page, "--dump-dom"), re.DOTALL)
    assert found is not None
    return json.loads(found[1].replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))  # type: ignore[no-any-return]


@pytest.mark.parametrize("attributes", ["", 'place="bottom"', 'hidden style="display:none"'])
def test_the_notice_is_in_view_however_far_the_page_is_scrolled(tmp_path: Path, attributes: str) -> None:
    pixels = picture(tmp_path, component(attributes))
    edge = pixels[-34:] if "bottom" in attributes else pixels[:34]
    ink = np.argwhere(edge[4:-4, 10:-10] < 100)
    assert np.ptp(ink[:, 1]) > 100
    assert np.ptp(ink[:, 0]) >= 10


def test_a_screen_reader_is_told_that_it_is_a_note_in_chinese_and_english(tmp_path: Path) -> None:
    asked = """
        addEventListener("load", () => {
          const note = document.querySelector("aigc-notice").shadowRoot.querySelector("[role=note]");
          document.title = JSON.stringify({ text: note.innerText, langs: [...note.children].map((c) => c.lang).join() });
        });"""
    found = answers(tmp_path, component('languages="zh en"', asked))
    assert found["langs"] == "zh-CN,en"
    assert complies(found["text"])
    assert "AI-generated" in found["text"]


@pytest.mark.parametrize(("own", "shown"), [("AI助手", WORDS), ("由AI合成", "由AI合成")])
def test_words_without_the_two_elements_are_not_shown(tmp_path: Path, own: str, shown: str) -> None:
    asked = 'document.title = JSON.stringify({ words: document.querySelector("aigc-notice").words });'
    assert answers(tmp_path, component(f'words="{own}"', asked))["words"] == shown


def test_what_is_copied_or_exported_carries_the_words_along(tmp_path: Path) -> None:
    asked = """
        addEventListener("load", () => {
          getSelection().selectAllChildren(document.querySelector("#chat p"));
          const clipboardData = new DataTransfer();
          document.dispatchEvent(new ClipboardEvent("copy", { clipboardData, cancelable: true, bubbles: true }));
          document.title = JSON.stringify({
            plain: clipboardData.getData("text/plain"), html: clipboardData.getData("text/html"), exported: labelled("x"),
          });
        });"""
    found = answers(tmp_path, component('for="chat"', asked))
    assert found["plain"] == f"【{WORDS}】\n\n回答 answer"
    assert found["exported"] == f"【{WORDS}】\n\nx"
    page = BytesSource(f"<!DOCTYPE html><body>{found['html']}<p>x</p>".encode(), "a.html")
    assert complies(look(page, sniff(page))[0].text)


def test_the_plain_snippet_needs_no_script(tmp_path: Path) -> None:
    sheet = (SNIPPETS / "aigc-notice.css").read_text(encoding="utf-8")
    markup = (SNIPPETS / "aigc-notice.html").read_text(encoding="utf-8")
    page = LONG.format(f"<style>{sheet}</style>{markup}")
    source = BytesSource(page.encode(), "a.html")
    assert complies(look(source, sniff(source))[0].text)
    ink = np.argwhere(picture(tmp_path, page)[4:30, 20:-20] < 100)
    assert np.ptp(ink[:, 1]) > 100


@pytest.mark.parametrize("size", ["800x450", "500x500", "500x900"])
def test_words_over_a_scene_are_at_least_5_percent_of_its_shorter_side_at_an_edge(tmp_path: Path, size: str) -> None:
    wide, high = map(int, size.split("x"))
    sheet = (SNIPPETS / "aigc-overlay.css").read_text(encoding="utf-8")
    markup = (SNIPPETS / "aigc-overlay.html").read_text(encoding="utf-8")
    drawing = """<script>
      const pen = document.querySelector("canvas").getContext("2d");
      for (let n = 0; n < 300; n += 1) {
        pen.fillStyle = `hsl(${n * 37} 60% 50%)`;
        pen.fillRect(n * 7 % 300, n * 13 % 150, 40, 20);
      }
    </script>"""
    view = f'<div style="width:{wide}px;height:{high}px">{markup}</div>'
    page = f"<!DOCTYPE html><meta charset=utf-8><style>body{{margin:0}}{sheet}</style>{view}{drawing}"
    shot = tmp_path / "a.png"
    chromium(tmp_path, page, f"--window-size={wide},{high + 200}", f"--screenshot={shot}")
    seen, *_ = sightings(np.ascontiguousarray(np.asarray(Image.open(shot).convert("RGB"))[:high, :wide]))
    assert complies(seen.text)
    assert (seen.height_share or 0) >= MIN_HEIGHT_SHARE
    assert (seen.edge_share or 1) <= 0.12
    assert (seen.contrast or 0) >= 4.5
