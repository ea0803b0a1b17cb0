"""Finds what is wrong with a file's label and can be mended, and says which of it is safe: nothing here removes a label."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from aigc_label.adapters import adapter_of
from aigc_label.api import carry_out
from aigc_label.bilingual import Bilingual, Lang
from aigc_label.dialects import FaultKind, Understanding, understand
from aigc_label.errors import InvalidLabel, Refused
from aigc_label.evidence import Reading, Repair, Standing
from aigc_label.label import Label
from aigc_label.limits import DEFAULT_LIMITS, Limits
from aigc_label.order import Order, Outcome
from aigc_label.placing import source_of
from aigc_label.recognition import READABLE
from aigc_label.residue import scan
from aigc_label.sniff import sniff
from aigc_label.source import Source

SCHEMA: Final = "aigc-label/repair/1"
PLACED: Final = (Standing.PRIMARY, Standing.CHOSEN, Standing.COPY)


class Fix(StrEnum):
    """One thing that can be mended."""

    LABEL = "label"
    SPELLING = "spelling"
    PLACE = "place"
    DOUBLE = "double"
    HALF = "half"
    REPLACE = "replace"


FIX_NAMES: Final = {
    Fix.LABEL: Bilingual("a label is missing", "缺少标识"),
    Fix.SPELLING: Bilingual("the label is misspelt", "标识书写不规范"),
    Fix.PLACE: Bilingual("the label stands in a wrong place", "标识位置不正确"),
    Fix.DOUBLE: Bilingual("the label stands more than once", "标识重复出现"),
    Fix.HALF: Bilingual("fields are missing that follow from the others", "缺少可由其他字段得出的字段"),
    Fix.REPLACE: Bilingual("labels contradict each other, or cannot be read", "标识相互矛盾或无法读取"),
}


class Safety(StrEnum):
    SAFE = "safe"  # no value that anyone stated is lost
    UNSAFE = "unsafe"  # touches what another wrote, or what cannot be read: only with a written reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """What can be mended in one file: the label texts that stand there, and the label that should."""

    path: str
    fixes: tuple[Fix, ...]
    safety: Safety
    before: tuple[Reading, ...]
    after: Label

    def to_dict(self, lang: Lang) -> dict[str, Any]:
        return {
            "schema": SCHEMA,
            "path": self.path,
            "fixes": [str(fix) for fix in self.fixes],
            "reasons": [FIX_NAMES[fix].said(lang) for fix in self.fixes],
            "safety": str(self.safety),
            "before": [{"carrier": one.carrier, "offset": one.offset, "text": one.text} for one in self.before],
            "after": self.after.to_fields(),
        }


def diagnose(path: Path, fresh: Callable[[Source], Label], limits: Limits = DEFAULT_LIMITS) -> Diagnosis | None:
    """Give what can be mended, None where nothing is wrong. `fresh` makes a new label of one's own where one is needed.

    Safe is: a label where there is no trace of any; and of one's own label its spelling, its place, its copies and the
    fields that follow from others. All that touches another's label, or one that cannot be read, is unsafe. Hidden texts
    are left alone: whoever finds them should look.
    """
    with source_of(path, limits) as source:
        survey = adapter_of(sniff(source)).read(source)
        seen = survey.present
        own = fresh(source)
        if not seen:
            traces = bool(survey.readings) or next(scan(source), None) is not None
            return _found(path, (Fix.LABEL,), Safety.UNSAFE if traces else Safety.SAFE, (), own)
    understood = [understand(one.text) for one in seen]
    label = _mended(understood)
    if label is None:
        return _found(path, (Fix.REPLACE,), Safety.UNSAFE, seen, own)
    fixes = tuple(_fixes(seen, understood, label))
    safety = Safety.SAFE if label.producer == own.producer else Safety.UNSAFE
    return _found(path, fixes, safety, seen, label) if fixes else None


def repair(
    diagnosis: Diagnosis, out: Path | None = None, *, unsafe: str = "", limits: Limits = DEFAULT_LIMITS
) -> Outcome:
    """Carry out what a diagnosis says, through the one writer: read back before it is in place. Raises as `order_for`."""
    return carry_out(Path(diagnosis.path), out, order_for(diagnosis, unsafe), limits)


def order_for(diagnosis: Diagnosis, unsafe: str = "") -> Order:
    """Give the order that carries a diagnosis out.

    Raises `Refused` for an unsafe one without a written reason, which the outcome repeats.
    """
    if diagnosis.safety is Safety.UNSAFE and not unsafe.strip():
        raise Refused(
            Bilingual(
                "this repair touches what another wrote, or what cannot be read",
                "该修复会改动他人写入或无法读取的内容",
            ),
            remedy=Bilingual("Give the reason: `--unsafe REASON`.", "请说明理由：`--unsafe 理由`。"),
            where=diagnosis.path,
        )
    return Order(label=diagnosis.after, replace=unsafe if diagnosis.safety is Safety.UNSAFE else "")


def _found(path: Path, fixes: tuple[Fix, ...], safety: Safety, before: tuple[Reading, ...], after: Label) -> Diagnosis:
    return Diagnosis(path=str(path), fixes=fixes, safety=safety, before=before, after=after)


def _mended(understood: list[Understanding]) -> Label | None:
    """Give the label that all texts state, with fields filled that follow from others; None where they do not agree."""
    values = understood[0].values
    broken = any(fault.kind not in READABLE for one in understood for fault in one.faults)
    if broken or any(one.values != values for one in understood):
        return None
    filled = {
        "ContentPropagator": values.get("ContentPropagator") or values["ContentProducer"],
        "PropagateID": values.get("PropagateID") or values["ProduceID"],
    }
    try:
        return Label.from_fields({**values, **filled})
    except InvalidLabel:
        return None


def _fixes(seen: tuple[Reading, ...], understood: list[Understanding], label: Label) -> list[Fix]:
    shape = (Repair.BARE, Repair.WRAPPED)
    repairs = {
        repair
        for reading, one in zip(seen, understood, strict=True)
        for repair in (*reading.repairs, *one.repairs)
        if not (repair in shape and repair.value == reading.form.value)
    }
    half = {FaultKind.MISSING_PROPAGATOR, FaultKind.MISSING_RESERVED}
    wrong = {
        Fix.SPELLING: bool(repairs) and any(reading.text != label.to_json() for reading in seen),
        Fix.PLACE: any(reading.standing not in PLACED for reading in seen),
        Fix.DOUBLE: len(seen) > 1,
        Fix.HALF: any(fault.kind in half for one in understood for fault in one.faults),
    }
    return [fix for fix, there in wrong.items() if there]
