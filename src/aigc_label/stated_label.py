"""Gives the one label that a file states, and the same with a propagator's half."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aigc_label import sidecar
from aigc_label.adapters import adapter_of
from aigc_label.bilingual import Bilingual
from aigc_label.errors import InvalidLabel
from aigc_label.label import Label, Propagator
from aigc_label.sniff import sniff
from aigc_label.source import Source

if TYPE_CHECKING:
    from aigc_label.dialects import Fault, Understanding


def label_of(source: Source) -> Label | None:
    """Give the one label of a file, None where it has none.

    Raises `InvalidLabel` where labels differ or the text is not a valid label: we never pick one.
    """
    found = _understood(source)
    if found is not None and found.label is None:
        raise _invalid(found.faults)
    return found.label if found is not None else None


def propagated(source: Source, half: Propagator) -> Label | None:
    """Give the file's label with this propagator's half, None where it has no label; the producer's half stays.

    A label whose propagator's half is missing is completed. Raises `InvalidLabel` where labels differ, or the producer's
    half is not valid: that is not a propagator's to mend.
    """
    from aigc_label.recognition import READABLE

    found = _understood(source)
    if found is None:
        return None
    faults = tuple(fault for fault in found.faults if fault.kind not in READABLE)
    if faults:
        raise _invalid(faults)
    theirs = Label.from_fields({**found.values, "ContentPropagator": half.code, "PropagateID": half.number})
    return theirs.propagated(propagator=half.code, propagate_id=half.number, reserved2=half.reserved)


def _invalid(faults: tuple[Fault, ...]) -> InvalidLabel:
    return InvalidLabel(
        Bilingual("; ".join(fault.detail.en for fault in faults), "；".join(fault.detail.zh for fault in faults)),
        remedy=Bilingual("Look at it with `aigc-label explain FILE`.", "请用 `aigc-label explain 文件` 查看。"),
    )


def _understood(source: Source) -> Understanding | None:
    """Give what the file's one label says. Raises `InvalidLabel` where labels differ."""
    from aigc_label.dialects import understand

    row = sniff(source)
    beside = sidecar.survey(source) if not row.adapter else None
    survey = beside if beside and beside.readings else adapter_of(row).read(source)
    found = [understand(reading.text) for reading in survey.present]
    if not found:
        return None
    if any(one.values != found[0].values for one in found):
        raise InvalidLabel(Bilingual("the file's labels differ", "文件中的标识互不一致"))
    return found[0]
