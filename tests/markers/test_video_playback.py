"""A browser plays marked films over the joint without losing a picture."""

from __future__ import annotations

import json
import subprocess
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from films import AAC, OPUS, X264, made

from aigc_label.markers.video import render
from aigc_label.marking import Mark
from aigc_label.source import BytesSource
from aigc_label.splice import in_memory

FILMS = {
    "h264.mp4": (*X264, "-g", "25", "-bf", "2", *AAC),
    "fragments.mp4": (*X264, "-g", "25", *AAC, "-movflags", "+frag_keyframe+empty_moov+default_base_moof"),
    "vp9.webm": ("-c:v", "libvpx-vp9", "-g", "25", "-deadline", "realtime", "-cpu-used", "8", *OPUS),
    "av1.mp4": ("-c:v", "libaom-av1", "-usage", "realtime", "-cpu-used", "8", "-g", "25", "-pix_fmt", "yuv420p", *AAC),
}
PAGE = """<body><script>
const names = NAMES, told = {};
for (const name of names) {
  const film = document.createElement('video');
  const tell = why => {
    const seen = film.getVideoPlaybackQuality();
    told[name] = {why, all: seen.totalVideoFrames, corrupted: seen.corruptedVideoFrames, lasts: film.duration};
    if (Object.keys(told).length == names.length) fetch('/told', {method: 'POST', body: JSON.stringify(told)});
  };
  film.muted = true; film.src = name;
  film.onended = () => tell('ended'); film.onerror = () => tell('error: ' + film.error.message);
  document.body.append(film); film.play();
}
</script>"""


class Site(SimpleHTTPRequestHandler):
    told: dict[str, Any] = {}  # noqa: RUF012  one page reports once
    done = threading.Event()

    def log_message(self, *_: object) -> None:
        pass

    def do_POST(self) -> None:
        Site.told = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.send_response(204)
        self.end_headers()
        Site.done.set()


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Give what the browser says of each film once it has played all of them to the end."""
    folder = tmp_path_factory.mktemp("site")
    for name, options in FILMS.items():
        source = BytesSource(made(*options, suffix=Path(name).suffix))
        (folder / name).write_bytes(in_memory(source, render(source, Mark()).plan))
    (folder / "page.html").write_text(PAGE.replace("NAMES", json.dumps(list(FILMS))))
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Site, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/page.html"
        options = ("--headless=new", "--no-sandbox", "--disable-gpu", "--autoplay-policy=no-user-gesture-required")
        own = (f"--user-data-dir={folder / 'profile'}", "--remote-debugging-port=0")
        with subprocess.Popen(
            ["chromium", *options, *own, address], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as browser:
            played = Site.done.wait(60)
            browser.terminate()
        server.shutdown()
    assert played, "the browser did not play the films to their end"
    return Site.told


@pytest.mark.oracle("ffmpeg", "chromium")
@pytest.mark.parametrize("name", FILMS)
def test_chromium_plays_every_picture_to_the_end(name: str, told: dict[str, Any]) -> None:
    assert told[name]["why"] == "ended"
    assert told[name]["all"] == 100
    assert told[name]["corrupted"] == 0
    assert told[name]["lasts"] == pytest.approx(4, abs=0.1)
