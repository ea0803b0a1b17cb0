"""Prints the answers of a batch as they come, as text, as one JSON document, or as a JSON line each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aigc_label.bilingual import Bilingual, Lang
from aigc_label.cli.progress import Progress
from aigc_label.inert import shown
from aigc_label.telling.whole_json import closing, opening

if TYPE_CHECKING:
    from aigc_label.batch.shares import Answer
    from aigc_label.cli.running import Batch
    from aigc_label.cli.starting import Invocation

LEFT_OUT = "left-out"  # the kind of answer that counts as no file


class Printer:
    """Takes answers in order. `status` is the worst so far, `files` how many counted."""

    def __init__(self, batch: Batch, invocation: Invocation, total: int) -> None:
        self.batch = batch
        self.console = invocation.console
        self.form = batch.reports.printed if batch.reports else invocation.text("format")
        self.status = 0
        self.files = 0
        self.kinds: dict[str, int] = {}
        self.progress = None if total == 1 or self.console.quiet else Progress(self.console.lang, total)
        self.console.overlay = self.progress

    def take(self, answer: Answer) -> None:
        """Print one answer and count it."""
        status, kind, out, err, name, *told = answer
        self.kinds[str(kind)] = self.kinds.get(str(kind), 0) + 1
        if kind != LEFT_OUT:
            self.files += 1
            self.status = max(self.status, int(status))
            self._print(str(out))
            if self.batch.reports is not None:
                self.batch.reports.take(str(told[0]))
            self.console.err(str(err))
        if self.progress is not None:
            self.progress.step(str(name), failed=int(status) >= 3)

    def _print(self, out: str) -> None:
        if self.form == "json":
            self.console.out((opening(self.batch.command) if self.files == 1 else ",") + out)
        else:
            self.console.out(out)
        if self.form == "jsonl":
            self.console.stream.flush()

    def finish(self) -> None:
        """Close the document, take the bar away, sum up."""
        if self.progress is not None:
            self.progress.clear()
        if self.form == "json" and self.files:
            counted = {"files": self.files, "kinds": self.kinds, "left_out": self._left_out()}
            self.console.out(closing(counted, self.status))
        if self.batch.reports is not None and self.files:
            self.batch.reports.deliver(self.status, self._left_out())
        if (self.files > 1 or self._left_out()) and not self.console.quiet and self.files:
            self.console.err(shown(self._summary().said(self.console.lang)))

    def _left_out(self) -> int:
        passed = self.batch.passed
        return passed.excluded + passed.version_control + passed.links + self.kinds.get(LEFT_OUT, 0)

    def _summary(self) -> Bilingual:
        def counts(lang: Lang) -> str:
            parts = [
                f"{self.kinds[kind]} {text.said(lang)}" if lang is Lang.EN else f"{text.said(lang)} {self.kinds[kind]}"
                for kind, text in self.batch.kinds.items()
                if self.kinds.get(kind)
            ]
            if self._left_out():
                parts.append(Bilingual(f"{self._left_out()} left out", f"略过 {self._left_out()}").said(lang))
            return (", " if lang is Lang.EN else "，").join(parts)

        word = "file" if self.files == 1 else "files"
        return Bilingual(f"{self.files} {word}: {counts(Lang.EN)}", f"{self.files} 个文件：{counts(Lang.ZH)}")
