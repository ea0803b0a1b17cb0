"""Passes a picture or a page through Chromium: `python -m tools.survival.browser canvas|download|screenshot|print IN OUT`."""

from __future__ import annotations

import base64
import shutil
import sys
from pathlib import Path
from typing import Final

from playwright.sync_api import Page, sync_playwright

OPTIONS: Final = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
                  "--disable-component-update", "--disable-sync", "--allow-file-access-from-files")  # fmt: skip
TYPES: Final = {".jpg": "image/jpeg", ".png": "image/png", ".webp": "image/webp"}
DRAWN: Final = """async ([address, type]) => {
  const image = new Image();
  image.src = address;
  await image.decode();
  const canvas = new OffscreenCanvas(image.naturalWidth, image.naturalHeight);
  canvas.getContext("2d").drawImage(image, 0, 0);
  const blob = await canvas.convertToBlob({ type, quality: 0.9 });
  const bytes = new Uint8Array(await blob.arrayBuffer());
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}"""


def main(what: str, given: Path, out: Path) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=OPTIONS)
        page = browser.new_page(viewport={"width": 800, "height": 600})
        data = f"data:{TYPES.get(given.suffix, 'text/html')};base64,{base64.b64encode(given.read_bytes()).decode()}"
        if what == "canvas":
            page.goto("about:blank")
            out.write_bytes(base64.b64decode(page.evaluate(DRAWN, [data, TYPES[out.suffix]])))
        elif what == "download":
            _downloaded(page, data, out)
        elif what == "screenshot":
            page.set_content(f"<img src='{data}'>")
            page.screenshot(path=out)
        else:
            page.goto(given.resolve().as_uri())
            page.pdf(path=out)
        browser.close()


def _downloaded(page: Page, data: str, out: Path) -> None:
    page.set_content(f"<a href='{data}' download='{out.name}'>save</a>")
    with page.expect_download() as waiting:
        page.click("a")
    waiting.value.save_as(out)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
