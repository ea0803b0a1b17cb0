"""Adds a platform's half to a file's label; where there is none, writes what Article 6 of the Measures asks for."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from aigc_label.api import carry_out, gather
from aigc_label.bilingual import Bilingual
from aigc_label.choosing import Settings
from aigc_label.errors import Refused, WrongUse
from aigc_label.label import Label, Propagator, Status
from aigc_label.order import Beside, Credentials, LabelTemplate, Order, Outcome
from aigc_label.placing import Content
from aigc_label.policy import Policy
from aigc_label.recognition import BASIS_NAMES, Declaration, Gate, Recognition
from aigc_label.rules import judge
from aigc_label.source import Source
from aigc_label.stated_label import propagated
from aigc_label.templates import DEFAULT, Propagation, PropagatorFields, Run, Template

STATUS: Final = {Recognition.POSSIBLE: Status.POSSIBLE, Recognition.SUSPECTED: Status.SUSPECTED}


def propagate(
    content: Content, out: Path | str | None = None, *, half: Propagator, declared: Declaration | None = None
) -> Outcome:
    """Add a propagator's half to the label of a file, and leave the producer's half with its signature as it is.

    A file without a label gets one of 2 or 3 where its standing is possible or suspected, with the propagator's code and
    number in both halves (GB 45438-2025, Annex E, note 1: who writes first stands in both); one without any standing is
    left alone. As `aigc_label.add` otherwise. Raises `Refused` where a person has to decide first.
    """
    return carry_out(content, out, Order(label=propagation(lambda _: half, half.code, declared)))


def propagation(half_of: Callable[[Source], Propagator], code: str, declared: Declaration | None) -> LabelTemplate:
    """Give what to write into files: `half_of` makes the half of each, always with this `code`."""

    def made(source: Source) -> Label | None:
        half = half_of(source)
        return propagated(source, half) or _first(source, half, declared)

    return Propagation(producer=code, status=Status.GENERATED, make=made)


def propagations(settings: Settings) -> Callable[[int], Order]:
    """Give what makes the order for a file from its number within the run. Raises `WrongUse` without a propagator."""
    code = settings.text("propagator")
    if not code:
        raise WrongUse(
            Bilingual("no propagator is set", "未设置传播者"),
            remedy=Bilingual("Give --propagator CODE.", "请使用 --propagator 编码。"),
        )
    number = Template(settings.text("propagate-id") or DEFAULT)
    fields = PropagatorFields(propagator=code, propagate_id=number, reserved2=settings.text("reserved2"))
    Label.generated(
        producer=code, produce_id="1"
    )  # a code that breaks its own rules is refused before any file is touched
    declared = Declaration(settings.text("declared")) if settings.text("declared") else None
    now = time.gmtime()
    run = Run(date=time.strftime("%Y%m%d", now), time=time.strftime("%H%M%S", now))

    def made(ordinal: int) -> Order:
        return Order(
            label=propagation(lambda source: fields.of(source, ordinal, run), code, declared),
            credentials=Credentials(settings.text("credentials")),
            beside=Beside.WRITE if settings.value("sidecar") else Beside.REFUSE,
        )

    return made


def _first(source: Source, half: Propagator, declared: Declaration | None) -> Label | None:
    """Give the first label of a file that has none, by its standing; None where there is nothing to state."""
    policy = Policy(gate=Gate.PLATFORM, declared=declared)
    intake = judge(gather(source, policy), policy).intake
    if intake.review:
        why = [BASIS_NAMES[basis] for basis in intake.bases]
        raise Refused(
            Bilingual(
                f"a person has to decide what this file is: {'; '.join(one.en for one in why)}",
                f"该文件的认定须由人工决定：{'；'.join(one.zh for one in why)}",
            ),
            remedy=Bilingual(
                "Look at it with `aigc-label explain FILE`, then write what you decide: `aigc-label embed --status`.",
                "请用 `aigc-label explain 文件` 查看，再用 `aigc-label embed --status` 写入所作的认定。",
            ),
        )
    status = STATUS.get(intake.recognition)
    if status is None:
        return None
    return Label(
        status=status,
        producer=half.code,
        produce_id=half.number,
        propagator=half.code,
        propagate_id=half.number,
        reserved2=half.reserved,
    )
