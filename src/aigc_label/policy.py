"""Says what a caller expects of a file on top of the standard. A policy may only tighten."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from aigc_label.bilingual import Bilingual
from aigc_label.errors import InvalidMark, WrongUse
from aigc_label.evidence import Reach
from aigc_label.marking import MIN_HEIGHT_SHARE
from aigc_label.recognition import Declaration, Gate
from aigc_label.report import Scope

if TYPE_CHECKING:
    from aigc_label.security.trust import Store


class Strictness(StrEnum):
    """How the points are judged on which the sources differ (standard/implicit.md, 1.3)."""

    STANDARD = "standard"
    STRICT = "strict"  # warnings count as errors


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What is asked of every file. The defaults are the standard's own floor.

    `producers` names the only producers accepted (empty: any), `formats` the only formats accepted, `min_height_share` a
    floor above the standard's 0.05. Raises `InvalidMark` for a lower one. `voices` are recordings of marks of one's own,
    each with its words, and `reach` is how much of a sound is listened to. `gate` is who asks; a platform judges both
    halves, and may say what its user `declared`. Raises `WrongUse` for a platform that would look at one half only.
    With a `trust` store every label has to be signed,
    by a signer that the store expects, and bound to its content.
    """

    scope: Scope = Scope.BOTH
    strictness: Strictness = Strictness.STANDARD
    producers: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()
    min_height_share: float = MIN_HEIGHT_SHARE
    voices: tuple[tuple[Path, str], ...] = ()
    reach: Reach = Reach.ENDS
    gate: Gate = Gate.PRODUCER
    declared: Declaration | None = None
    trust: Store | None = None

    def __post_init__(self) -> None:
        if self.gate is Gate.PLATFORM and self.scope is not Scope.BOTH:
            raise WrongUse(
                Bilingual(
                    "a platform cannot look at one half only: metadata and marks are both asked for by Article 6",
                    "平台核验不能只看其中一半：《标识办法》第六条要求同时核验元数据与显式标识",
                ),
                remedy=Bilingual("Leave out `--only`.", "请去掉 `--only`。"),
            )
        if self.declared is not None and self.gate is not Gate.PLATFORM:
            raise WrongUse(
                Bilingual("a user's declaration is heard at a platform's gate", "用户声明只用于平台核验"),
                remedy=Bilingual("Add `--gate platform`.", "请加上 `--gate platform`。"),
            )
        if self.min_height_share < MIN_HEIGHT_SHARE:
            raise InvalidMark(
                Bilingual(
                    f"a policy cannot ask for less than {MIN_HEIGHT_SHARE} of the shortest side",
                    f"策略不能低于最短边的 {MIN_HEIGHT_SHARE}",
                )
            )


DEFAULT_POLICY = Policy()
