"""Carries a label across a re-encode: from the file that had it to the file that came of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from aigc_label.api import carry_out, read, verify
from aigc_label.bilingual import Bilingual
from aigc_label.comparing import Change, Comparison
from aigc_label.errors import InvalidLabel, Refused
from aigc_label.label import Label
from aigc_label.limits import DEFAULT_LIMITS, Limits
from aigc_label.order import LabelTemplate, Order, Outcome
from aigc_label.placing import Content
from aigc_label.policy import Policy
from aigc_label.report import Scope
from aigc_label.source import Source
from aigc_label.stated_label import label_of


def transplant(
    origin: Content, content: Content, out: Path | str | None = None, limits: Limits = DEFAULT_LIMITS
) -> Outcome:
    """Put the label of `origin` on `content`, whose media stay as they are, byte for byte. As `embed` otherwise.

    Raises as `order_from`.
    """
    return carry_out(content, out, order_from(origin, limits), limits)


def order_from(origin: Content, limits: Limits = DEFAULT_LIMITS) -> Order:
    """Give the order that puts the label of `origin` on other content.

    Raises `InvalidLabel` where `origin` has no label or not one valid one; where the content carries another label, the
    order ends in `Refused`.
    """
    label = read(origin, limits)
    if label is None:
        raise InvalidLabel(
            Bilingual("there is no label to carry over", "没有可以转移的标识"),
            remedy=Bilingual("Name first the file that has it.", "请先指定带有标识的文件。"),
            where=str(origin) if isinstance(origin, Path | str) else "",
        )
    return Order(label=_Carried.of_label(label))


def mark_after(origin: Content, content: Content, limits: Limits = DEFAULT_LIMITS) -> Change:
    """Say what became of the visible mark between the two."""
    policy = Policy(scope=Scope.MARK)
    return Comparison(before=verify(origin, policy, limits), after=verify(content, policy, limits)).mark


@dataclass(frozen=True, slots=True, kw_only=True)
class _Carried(LabelTemplate):
    """Fits only a file that carries exactly this label, and is put only into one that carries none."""

    label: Label

    @classmethod
    def of_label(cls, label: Label) -> _Carried:
        def made(source: Source) -> Label:
            try:
                present = label_of(source)
            except InvalidLabel as problem:
                raise _another() from problem
            if present is not None and present != label:
                raise _another()
            return label

        return cls(producer=label.producer, status=label.status, make=made, label=label)

    def fits(self, existing: Label) -> bool:
        return existing == self.label


def _another() -> Refused:
    return Refused(
        Bilingual("the file carries another label already", "文件已带有其他标识"),
        remedy=Bilingual(
            "Look at both with `aigc-label compare`. What must be replaced is replaced by `embed --replace REASON`.",
            "请用 `aigc-label compare` 查看两者；确需替换时使用 `embed --replace 理由`。",
        ),
    )
