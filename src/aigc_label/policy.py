"""Says what a caller expects of a file on top of the standard. A policy may only tighten."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Final

from aigc_label.bilingual import Bilingual
from aigc_label.errors import InvalidMark, WrongUse
from aigc_label.evidence import Moment, Reach, SightingKind, Use
from aigc_label.formats import Medium
from aigc_label.marking import MIN_HEIGHT_SHARE, MIN_SECONDS, Place
from aigc_label.recognition import Declaration, Gate
from aigc_label.report import PolicyUsed, Scope, Waiver

if TYPE_CHECKING:
    from aigc_label.fingerprints import Registry
    from aigc_label.security.trust import Store


class Strictness(StrEnum):
    """How the points are judged on which the sources differ (standard/implicit.md, 1.3)."""

    STANDARD = "standard"
    STRICT = "strict"  # warnings count as errors


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkPolicy:
    """What is asked of the mark in one kind of content, on top of the standard; empty: nothing more.

    `forms` are the forms accepted, `places` the edges and corners, `moments` the places in time or text, `wording` the
    words of which one has to be in the mark. Raises `InvalidMark` for a floor below the standard's.
    """

    forms: tuple[SightingKind, ...] = ()
    places: tuple[Place, ...] = ()
    moments: tuple[Moment, ...] = ()
    wording: tuple[str, ...] = ()
    min_height_share: float = MIN_HEIGHT_SHARE
    min_seconds: float = MIN_SECONDS

    def __post_init__(self) -> None:
        _check_height(self.min_height_share)
        if not self.min_seconds >= MIN_SECONDS:
            raise InvalidMark(
                Bilingual(f"a policy cannot ask for less than {MIN_SECONDS:g} s", f"策略不能低于 {MIN_SECONDS:g} 秒")
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What is asked of every file. The defaults are the standard's own floor.

    `producers` names the only producers accepted (empty: any), `formats` the only formats accepted, `min_height_share` a
    floor above the standard's 0.05. Raises `InvalidMark` for a lower one. `voices` are recordings of marks of one's own,
    each with its words, and `reach` is how much of a sound is listened to. `gate` is who asks; a platform judges both
    halves, and may say what its user `declared`. Raises `WrongUse` for a platform that would look at one half only, or
    waive a mark. `marks` asks more of the marks in some kinds of content, `used` is what reports repeat of the policy. With a
    `trust` store every label has to be signed, by a signer that the store expects, and bound to its content.
    With a `registry` a picture that looks like one of it has to carry the label of that one. `use` is what
    pages are judged as.
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
    registry: Registry | None = None
    marks: tuple[tuple[Medium, MarkPolicy], ...] = ()
    used: PolicyUsed | None = None
    use: Use = Use.CONTENT

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
        if self.gate is Gate.PLATFORM and self.waiver is not None:
            raise WrongUse(
                Bilingual("a platform cannot waive a producer's mark", "平台不能免除生产者的显式标识"),
                remedy=Bilingual("Leave the waiver to the producer's gate.", "免除只用于生产者核验。"),
            )
        _check_height(self.min_height_share)

    @property
    def waiver(self) -> Waiver | None:
        return self.used.waiver if self.used is not None else None

    def mark_in(self, medium: Medium) -> MarkPolicy:
        """Give what is asked of the mark in this kind of content."""
        return dict(self.marks).get(medium, ANY_MARK)

    def with_settings(self, other: Policy) -> Policy:
        """Give what both ask for: the stricter of the two in everything. Raises `WrongUse` where they exclude each other.

        Scope, reach, voices, the use of pages and the gate are those of `other`; its waiver counts where this one has none.
        """
        strict = Strictness.STRICT in (self.strictness, other.strictness)
        waived = other.waiver or self.waiver
        return replace(
            other,
            strictness=Strictness.STRICT if strict else Strictness.STANDARD,
            producers=_both(self.producers, other.producers),
            formats=_both(self.formats, other.formats),
            min_height_share=max(self.min_height_share, other.min_height_share),
            marks=self.marks,
            used=replace(self.used, waiver=waived) if self.used is not None else other.used,
        )


def _both(some: tuple[str, ...], others: tuple[str, ...]) -> tuple[str, ...]:
    if not some or not others:
        return some or others
    shared = tuple(one for one in some if one in others)
    if not shared:
        raise WrongUse(
            Bilingual(
                f"policy and settings accept nothing in common: {', '.join(some)}; {', '.join(others)}",
                f"策略与设置没有共同接受的值：{', '.join(some)}；{', '.join(others)}",
            ),
            remedy=Bilingual(
                "Change one of the two: neither can widen the other.", "请修改其中之一：二者均不能放宽对方。"
            ),
        )
    return shared


def _check_height(share: float) -> None:
    if not share >= MIN_HEIGHT_SHARE:
        raise InvalidMark(
            Bilingual(
                f"a policy cannot ask for less than {MIN_HEIGHT_SHARE} of the shortest side",
                f"策略不能低于最短边的 {MIN_HEIGHT_SHARE}",
            )
        )


ANY_MARK: Final = MarkPolicy()
DEFAULT_POLICY: Final = Policy()
