"""Holds every sentence meant for people twice, in English and in Chinese."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Lang(StrEnum):
    """The two languages that every message, report and page exists in."""

    EN = "en"
    ZH = "zh"


@dataclass(frozen=True, slots=True)
class Bilingual:
    """One sentence in both languages; the twin stands beside its original so that neither can be forgotten."""

    en: str
    zh: str

    def said(self, lang: Lang) -> str:
        """Give the sentence in `lang`."""
        return self.zh if lang is Lang.ZH else self.en

    def filled(self, **values: object) -> Bilingual:
        """Give the sentence with `{name}` replaced in both languages; braces inside values stay as they are."""
        return Bilingual(self.en.format(**values), self.zh.format(**values))

    def __str__(self) -> str:
        return self.en


NOTHING = Bilingual("", "")
