"""Shows how far a batch is: one line on a terminal with rate and time left, a plain line now and then elsewhere."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from aigc_label.bilingual import Bilingual, Lang
from aigc_label.cli.console import clipped, cut, width_of
from aigc_label.inert import shown
from aigc_label.progress import heard

if TYPE_CHECKING:
    from aigc_label.cli.console import Console

REDRAW_SECONDS: Final = 0.1
PLAIN_SECONDS: Final = 10.0
BAR: Final = 20  # columns


class Progress:
    """Counts files. `total` is 0 where nobody knows it; `clear` makes room for a line of text."""

    def __init__(self, lang: Lang, total: int, environment: Mapping[str, str] = os.environ) -> None:
        self.lang = lang
        self.total = total
        self.live = sys.stderr.isatty() and environment.get("TERM") != "dumb" and not environment.get("CI")
        self.done = 0
        self.failed = 0
        self.percent = 0  # of a file that is at work alone
        self.start = self.drawn = time.monotonic()
        self.visible = False

    def step(self, name: str, *, failed: bool) -> None:
        """Count one file and, where it is time, say so."""
        self.done += 1
        self.failed += failed
        self._draw(name)

    def part(self, percent: int) -> None:
        """Take in how far a single file is and, where it is time, say so."""
        self.percent = percent
        self._draw("")

    def _draw(self, name: str) -> None:
        now = time.monotonic()
        if now - self.drawn < (REDRAW_SECONDS if self.live else PLAIN_SECONDS):
            return
        self.drawn = now
        line = self.line(now - self.start)
        if self.live:
            columns = os.get_terminal_size(sys.stderr.fileno()).columns - 1
            line = cut(line, columns)
            room = columns - width_of(line) - 2
            named = f"  {clipped(shown(name), room)}" if name and room > 8 else ""
            sys.stderr.write(f"\r{line}{named}\x1b[K")
            self.visible = True
        else:
            sys.stderr.write(line + "\n")
        sys.stderr.flush()

    def line(self, seconds: float) -> str:
        """Give the count, rate, time left and failures as one line."""
        done = self.done + self.percent / 100
        rate = done / seconds if seconds > 0 else 0.0
        parts = []
        if self.total:
            share = min(done / self.total, 1.0)
            full = round(share * BAR)
            parts.append(f"[{'#' * full}{'.' * (BAR - full)}] {share:4.0%}" if self.live else f"{share:.0%}")
        of = f"/{self.total}" if self.total else ""
        parts.append(Bilingual(f"{self.done}{of} files", f"{self.done}{of} 个文件").said(self.lang))
        if self.done:
            parts.append(f"{rate:.1f}/s")
        if self.total and rate:
            left = _clock(max(self.total - done, 0) / rate)
            parts.append(Bilingual(f"{left} left", f"剩余 {left}").said(self.lang))
        if self.failed:
            parts.append(Bilingual(f"{self.failed} failed", f"失败 {self.failed}").said(self.lang))
        return "  ".join(parts)

    def clear(self) -> None:
        """Take the line off the terminal."""
        if self.visible:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
            self.visible = False


@contextmanager
def watched(console: Console) -> Iterator[None]:
    """Show on a terminal how far the work is that is done within, on a single file."""
    progress = Progress(console.lang, 1)
    if console.quiet or not progress.live:
        yield
        return
    console.overlay = progress
    try:
        with heard(progress.part):
            yield
    finally:
        progress.clear()


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"
