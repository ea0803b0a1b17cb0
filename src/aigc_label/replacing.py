"""Decides which label a file gets, and whether those that it has may go."""

from __future__ import annotations

from aigc_label.bilingual import Bilingual
from aigc_label.errors import Refused
from aigc_label.evidence import Reading, Standing, Survey
from aigc_label.label import Label, Status
from aigc_label.order import Copy, LabelTemplate, Order
from aigc_label.source import Source

WEAKER = {Status.GENERATED: 3, Status.POSSIBLE: 2, Status.SUSPECTED: 1}


def label_for(source: Source, survey: Survey, order: Order) -> tuple[Label | None, tuple[str, ...]]:
    """Give the label to write and the texts it replaces; an own label that already fits stays."""
    if order.label is None:
        return None, ()
    present = survey.present
    if not present:
        return _made(order.label, source), ()
    from aigc_label.dialects import understand  # most files have no label yet: they need no reader of dialects

    counted = [reading for reading in present if (order.copy, reading.standing) != (Copy.WRITE, Standing.COPY)]
    only = understand(counted[0].text).label if len(counted) == 1 else None
    if only is not None and in_place(counted[0], only) and order.fits(only):
        return only, ()
    label = _made(order.label, source)
    if label is None:
        return None, ()
    for reading in present:
        _may_replace(reading, label, order.replace)
    return label, tuple(reading.text for reading in present)


def vanished(before: Survey, after: Survey, label: Label, reason: str) -> tuple[str, ...]:
    """Give the look-alikes and hidden labels that a plan takes out: they too go only with a reason, and on record."""
    left = {reading.text for reading in after.readings}
    gone = [reading for reading in before.hidden if reading.text not in left]
    for reading in gone:
        _may_replace(reading, label, reason)
    return tuple(reading.text for reading in gone)


def _made(label: Label | LabelTemplate, source: Source) -> Label | None:
    return label.of(source) if isinstance(label, LabelTemplate) else label


def in_place(reading: Reading, label: Label) -> bool:
    placed = reading.standing in (Standing.PRIMARY, Standing.CHOSEN)
    return placed and not reading.repairs and reading.text == label.to_json()


def _may_replace(reading: Reading, label: Label, reason: str) -> None:
    """Our own label is replaced freely; another producer's, or a stronger status, only with a written reason."""
    if reason:
        return
    from aigc_label.dialects import understand

    there = understand(reading.text)
    producer = there.values.get("ContentProducer", "")
    if producer != label.producer:
        raise Refused(
            Bilingual(
                f"the file already carries a label of another producer ({producer or 'unreadable'})",
                f"文件已有其他生产者的标识（{producer or '无法读取'}）",
            ),
            remedy=Bilingual(
                "If it must be replaced, give the reason: `--replace REASON`.",
                "如确需替换，请说明理由：`--replace 理由`。",
            ),
            offset=reading.offset,
        )
    if there.label is not None and WEAKER[there.label.status] > WEAKER[label.status]:
        raise Refused(
            Bilingual(
                "the new label would weaken the status that the file states", "新标识会削弱文件原有标识所声明的属性"
            ),
            remedy=Bilingual("Give the reason: `--replace REASON`.", "请说明理由：`--replace 理由`。"),
            offset=reading.offset,
        )
