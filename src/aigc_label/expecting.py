"""Turns settings into the policy by which each file is judged."""

from __future__ import annotations

from pathlib import Path

from aigc_label.bilingual import Bilingual
from aigc_label.choosing import Settings
from aigc_label.errors import WrongUse
from aigc_label.evidence import Reach
from aigc_label.policy import Policy, Strictness
from aigc_label.recognition import Declaration, Gate
from aigc_label.report import Scope


def policy_of(settings: Settings) -> Policy:
    """Give what is asked of every file. Raises `InvalidMark` for a floor below the standard's."""
    return Policy(
        scope=Scope(settings.text("only") or Scope.BOTH),
        strictness=Strictness.STRICT if settings.value("strict") else Strictness.STANDARD,
        producers=settings.texts("expect-producer"),
        min_height_share=settings.number("min-height-share"),
        voices=tuple(_voice(given) for given in settings.texts("expect-voice")),
        reach=Reach(settings.text("listen")),
        gate=Gate(settings.text("gate")),
        declared=Declaration(settings.text("declared")) if settings.text("declared") else None,
    )


def _voice(given: str) -> tuple[Path, str]:
    words, _, path = given.partition("=")
    if not words or not path:
        raise WrongUse(
            Bilingual(
                f"--expect-voice takes WORDS=FILE, not {given!r}", f"--expect-voice 的形式为 文字=文件，而非 {given!r}"
            )
        )
    return Path(path), words
