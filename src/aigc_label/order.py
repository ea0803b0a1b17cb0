"""Says what is to be done to files, and what came of it for one file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from aigc_label.bilingual import Bilingual, Lang
from aigc_label.errors import AigcLabelError
from aigc_label.evidence import Box, Sighting, Span
from aigc_label.label import Label, Status
from aigc_label.marking import Mark
from aigc_label.output import Sync
from aigc_label.source import Source

if TYPE_CHECKING:
    from aigc_label.security.credentials import Attester
    from aigc_label.security.keys import Signer


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelTemplate:
    """A label whose number is made for each file. `make` brings the clock, chance and names that the core lacks; it gives
    None for a file that needs no label.

    A file that already carries this producer's label with this status is left alone: a second run changes nothing.
    """

    producer: str
    status: Status
    make: Callable[[Source], Label | None]

    def of(self, source: Source) -> Label | None:
        return self.make(source)

    def fits(self, existing: Label) -> bool:
        return (existing.producer, existing.status) == (self.producer, self.status)


SEALED = "SecurityData"  # in a reserved field: someone signed the label, which is not thrown away in passing


class Credentials(StrEnum):
    """What to do with a file whose Content Credentials (C2PA) any edit would break, or whose signature a mark would."""

    REFUSE = "refuse"
    BREAK = "break"


class Beside(StrEnum):
    """What to do with the label of a file that has no place for one."""

    REFUSE = "refuse"
    WRITE = "write"  # into a sidecar, bound to the content by its hash


class Existing(StrEnum):
    """What to do where the target exists and holds something else."""

    REFUSE = "refuse"
    OVERWRITE = "overwrite"


class Digests(StrEnum):
    """Whether an outcome says what the file was and became, byte for byte. That costs reading all of both."""

    NONE = "none"
    SHA256 = "sha256"


class SourceType(StrEnum):
    """What to do with IPTC's digital source type in XMP."""

    LEAVE = "leave"
    WRITE = "write"  # trainedAlgorithmicMedia, beside the label


class Copy(StrEnum):
    """Whether the label stands a second time where programs look that pass over its place (LIST/INFO of WAV)."""

    NONE = "none"
    WRITE = "write"  # the same text; replaced with the label, and told by verify (LBL-002)


class Delivery(StrEnum):
    WRITE = "write"
    PLAN = "plan"  # say what would be done, touch nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What to do to each file: `mark` it, `label` it, or both. `replace` is the written reason to replace a label that
    another producer wrote (or to weaken a status); the outcome repeats it. `signer` signs the label and binds it to the
    content, `attester` puts Content Credentials over the finished file."""

    label: Label | LabelTemplate | None = None
    mark: Mark | None = None
    signer: Signer | None = None
    attester: Attester | None = None
    replace: str = ""
    credentials: Credentials = Credentials.REFUSE
    beside: Beside = Beside.REFUSE
    source_type: SourceType = SourceType.LEAVE
    copy: Copy = Copy.NONE
    delivery: Delivery = Delivery.WRITE
    sync: Sync = Sync.EACH
    digests: Digests = Digests.NONE

    def fits(self, present: Label) -> bool:
        """Tell whether a label that is there already is what was ordered, whoever signed it."""
        if isinstance(self.label, LabelTemplate):
            return self.label.fits(present)
        if self.label == present:
            return True
        signed = self.signer is not None or SEALED in present.reserved1
        return signed and self.label == replace(present, reserved1="")


class Action(StrEnum):
    WRITTEN = "written"
    PATCHED = "patched"  # in place, by one small write
    COPIED = "copied"  # already as ordered; copied to the new path unchanged
    UNCHANGED = "unchanged"  # already as ordered; nothing written
    PLANNED = "planned"  # a dry run
    FAILED = "failed"


ACTION_NAMES = {
    Action.WRITTEN: Bilingual("written", "已写入"),
    Action.PATCHED: Bilingual("changed in place", "已原地修改"),
    Action.COPIED: Bilingual("nothing to add, copied", "无需添加，原样复制"),
    Action.UNCHANGED: Bilingual("nothing to add, unchanged", "无需添加，未改动"),
    Action.PLANNED: Bilingual("planned", "计划"),
    Action.FAILED: Bilingual("failed", "失败"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """The mark in an outcome: what was drawn or sounded, where and when, which way was taken, how the detector saw it."""

    words: str
    way: Bilingual
    sighting: Sighting | None
    box: Box | None = None
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of one file. `data` holds the result of in-memory work, `intended` what a dry run would do.

    Sizes are in bytes; digests are SHA-256 in hex, of the file as it was and as it became, where the order asked.
    `fingerprint` is the perceptual code of a labelled picture in hex, where a run keeps one."""

    path: str
    target: str
    action: Action
    intended: Action | None = None
    format: str = ""
    label: Label | None = None
    drawn: Drawn | None = None
    size: int = 0
    new_bytes: int = 0
    replaced: tuple[str, ...] = ()
    reason: str = ""
    warnings: tuple[Bilingual, ...] = ()
    error: AigcLabelError | OSError | None = None
    data: bytes | None = None
    source_sha256: str = ""
    target_sha256: str = ""
    fingerprint: str = ""

    def to_dict(self, lang: Lang = Lang.EN) -> dict[str, Any]:
        """Give the outcome as JSON values (schema `aigc-label/outcome/1`)."""
        return {
            "schema": "aigc-label/outcome/1",
            "path": self.path,
            "target": self.target,
            "action": str(self.action),
            "intended": str(self.intended) if self.intended else None,
            "format": self.format,
            "label": self.label.to_fields() if self.label else None,
            "mark": _drawn(self.drawn, lang),
            "size": self.size,
            "new_bytes": self.new_bytes,
            "replaced": list(self.replaced),
            "reason": self.reason,
            "warnings": [warning.said(lang) for warning in self.warnings],
            "fingerprint": self.fingerprint,
            "error": error_to_dict(self.error, lang) if self.error else None,
        }


def _drawn(drawn: Drawn | None, lang: Lang) -> dict[str, Any] | None:
    if drawn is None:
        return None
    box, seen = drawn.box, drawn.sighting
    return {
        "words": drawn.words,
        "box": [box.left, box.top, box.right, box.bottom] if box else None,
        "spans": [[span.start, span.seconds] for span in drawn.spans],
        "way": drawn.way.said(lang),
        "height_share": seen.height_share if seen else None,
        "contrast": seen.contrast if seen else None,
    }


def error_to_dict(error: AigcLabelError | OSError, lang: Lang) -> dict[str, Any]:
    """Give an error as JSON values: its code, sentence, place and remedy."""
    if isinstance(error, AigcLabelError):
        return {
            "code": error.code,
            "what": error.what.said(lang),
            "why": error.why.said(lang),
            "remedy": error.remedy.said(lang),
            "offset": error.offset,
        }
    from aigc_label.os_errors import code_of, explained

    what, remedy = explained(error)
    return {
        "code": code_of(error),
        "what": what.said(lang),
        "why": "",
        "remedy": remedy.said(lang),
        "offset": None,
    }
