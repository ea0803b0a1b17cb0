"""Walks the straight line: source, mark, signature, label, credentials. Nothing is written here, nor read back."""

from __future__ import annotations

from dataclasses import dataclass, replace

from aigc_label import sidecar
from aigc_label.adapters import adapter_of, copying_of, stages_of
from aigc_label.bilingual import NOTHING, Bilingual
from aigc_label.complying import complying
from aigc_label.content import media_of
from aigc_label.detectors import Asked
from aigc_label.errors import NotConfirmed, UnsupportedFormat
from aigc_label.evidence import Eyes, NoticeKind, Sighting, Survey
from aigc_label.formats import Format, Medium
from aigc_label.label import Label
from aigc_label.markers import Rendering, marker_of
from aigc_label.marking import Mark, Position
from aigc_label.order import Beside, Copy, Order, SourceType
from aigc_label.replacing import label_for, vanished
from aigc_label.sniff import sniff
from aigc_label.source import Source
from aigc_label.sparing import spare_content, spare_credentials
from aigc_label.splice import Keep, Plan, PlanSource, composed, keeps, same
from aigc_label.streamed import carried, check_ranges

READ = (Medium.TEXT, Medium.DOCUMENT)  # 5.1 asks for words in their place, and for no size
SCANNED = (*READ, Medium.SCENE)  # looked at for a mark before another is added


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A file's plan with what it will carry: `label` is the label the target must read back, `replaced` what goes.

    `asked` is the typeface or the voice of the mark where it is not the shipped one: the read-back looks for it too.
    """

    row: Format
    plan: Plan
    asked: Asked
    label: Label | None = None
    rendering: Rendering | None = None
    seen: Sighting | None = None
    replaced: tuple[str, ...] = ()
    says: Bilingual = NOTHING  # what the user must know about the way that was taken
    beside: bool = False  # the label goes into a sidecar
    copy: Copy = Copy.NONE
    signed_by: str = ""  # the fingerprint of the key that the target's label must be signed with

    def changes_nothing(self, source: Source) -> bool:
        return same(source, self.plan)


def prepare(source: Source, order: Order) -> Prepared:
    """Give the plan that carries out `order` on `source`. Nothing is written.

    Raises the errors of `adapter.plan` and `marker.render`, and `Refused` where the order would break what is not ours.
    """
    row = sniff(source)
    prepared = Prepared(row=row, plan=(Keep(0, source.size),), asked=_asked(order.mark))
    if order.mark is None and (part := carried(source, row)) is not None:
        return replace(prepared, says=part.says)
    check_ranges(source)
    # a format without a place for the label must fail before anything is drawn
    beside = _goes_beside(row, order)
    survey = _survey(source, row, order)
    label, replaced = label_for(source, survey, order)
    says = BESIDE if beside else NOTHING
    prepared = replace(prepared, label=label, replaced=replaced, says=says, beside=beside, copy=order.copy)
    prepared = _marked(source, survey, prepared, order)
    prepared = _sealed(source, survey, prepared, order)
    prepared = _labelled(source, survey, prepared, order)
    if not prepared.changes_nothing(source):
        spare_credentials(survey, order)
    return _attested(source, survey, prepared, order)


def _marked(source: Source, survey: Survey, prepared: Prepared, order: Order) -> Prepared:
    """Give it with the mark drawn; one that the content has already and that complies stays alone."""
    row = prepared.row
    if order.mark is None:
        return prepared
    marker = marker_of(row, order.mark.position)
    looked = survey.readings or order.label is None or row.medium in SCANNED
    seen = complying(source, row, order.mark.height_share, prepared.asked) if looked else None
    if seen is not None and order.mark.position is not Position.EVERY:
        return replace(prepared, seen=seen)
    spare_content(survey, prepared.label, order)
    rendering = marker.render(source, order.mark)  # which of every page have it already, it knows
    return replace(prepared, seen=seen, rendering=rendering, plan=rendering.plan)


def _middle(source: Source, prepared: Prepared) -> Source:
    """Give the file as it is between mark and label."""
    return PlanSource(source, prepared.plan) if prepared.rendering else source


def _sealed(source: Source, survey: Survey, prepared: Prepared, order: Order) -> Prepared:
    """Give it with its label signed; the unsigned one goes as well, where it stood in the file."""
    if prepared.label is None or order.signer is None:
        return prepared
    from aigc_label.security.sealing import sealed

    label = sealed(prepared.label, media_of(_middle(source, prepared), prepared.row), order.signer)
    prepared = replace(prepared, signed_by=order.signer.public.fingerprint)
    if label == prepared.label:
        return prepared
    return replace(prepared, label=label, replaced=tuple(dict.fromkeys(reading.text for reading in survey.present)))


def _labelled(source: Source, survey: Survey, prepared: Prepared, order: Order) -> Prepared:
    """Give it with the label in its place in the file."""
    if prepared.label is None or prepared.beside:
        return prepared
    labelled = _label_plan(_middle(source, prepared), prepared.row, prepared.label, order)
    plan = composed(labelled, prepared.plan) if prepared.rendering else labelled
    gone: tuple[str, ...] = ()
    if survey.hidden:
        after = adapter_of(prepared.row).read(PlanSource(source, plan))
        gone = vanished(survey, after, prepared.label, order.replace)
    return replace(prepared, plan=plan, replaced=prepared.replaced + gone)


def _attested(source: Source, survey: Survey, prepared: Prepared, order: Order) -> Prepared:
    """Give it with Content Credentials over all; a file that has them and needs no change keeps them.

    Label first, sign last: the other way round the label would break the credentials.
    """
    if order.attester is None or (survey.notes(NoticeKind.C2PA) and prepared.changes_nothing(source)):
        return prepared
    from aigc_label.security.credentials import attested

    return replace(prepared, plan=(attested(PlanSource(source, prepared.plan), prepared.row.name, order.attester),))


BESIDE = Bilingual(
    f"the label is in the file beside it, NAME{sidecar.SUFFIX}: deliver both",
    f"标识位于旁附的 名称{sidecar.SUFFIX}，请一并交付",
)


def _goes_beside(row: Format, order: Order) -> bool:
    beside = not row.adapter and order.label is not None and order.beside is Beside.WRITE
    if beside and order.copy is Copy.WRITE:
        copying_of(row)  # raises: a copy that was asked for is never left out in silence
    return beside


def _survey(source: Source, row: Format, order: Order) -> Survey:
    if _goes_beside(row, order):
        return sidecar.survey(source)
    return adapter_of(row).read(source) if order.label is not None or row.adapter else Survey()


def _asked(mark: Mark | None) -> Asked:
    if mark is None:
        return Asked(eyes=Eyes.OWN)
    fonts = (mark.font,) if mark.font is not None else ()
    return Asked(fonts=fonts, eyes=Eyes.OWN, voices=((mark.voice, mark.text),) if mark.voice is not None else ())


def staged(source: Source, prepared: Prepared) -> tuple[Prepared, tuple[Plan, ...]]:
    """Give the steps that put the label into a large file where it is, and what the last of them leaves.

    No steps where the format knows none, or where more than the label changes.
    """
    if prepared.label is None or prepared.rendering is not None or prepared.beside:
        return prepared, ()
    stages = stages_of(prepared.row, source, prepared.label.to_json())
    if stages is None:
        return prepared, ()
    whole = stages.composed()
    _check_lossless(source, prepared.row, whole)
    return replace(prepared, plan=whole, says=stages.says), stages.plans


def _label_plan(source: Source, row: Format, label: Label, order: Order) -> Plan:
    """Give the adapter's plan after checking the lossless promise on it."""
    text = label.to_json()
    if order.source_type is SourceType.WRITE:
        from aigc_label.xmp_label import Sourced

        text = Sourced(text)
    planning = copying_of(row) if order.copy is Copy.WRITE else adapter_of(row).plan
    plan = planning(source, text)
    _check_lossless(source, row, plan)
    if order.source_type is SourceType.WRITE:
        _check_sourced(PlanSource(source, plan), row)
    return plan


def _check_sourced(target: Source, row: Format) -> None:
    if not adapter_of(row).read(target).notes(NoticeKind.IPTC_SOURCE_TYPE):
        raise UnsupportedFormat(
            Bilingual(
                f"IPTC's property cannot be written into {row.title} here: it belongs into an XMP packet",
                f"无法向 {row.title_zh} 写入 IPTC 属性：该属性须位于 XMP 数据包中",
            ),
            remedy=Bilingual("Leave out --iptc.", "请去掉 --iptc。"),
        )


def _check_lossless(source: Source, row: Format, plan: Plan) -> None:
    if not keeps(plan, adapter_of(row).payload(source)):
        raise NotConfirmed(
            Bilingual("the plan would change media bytes", "写入计划会改变媒体数据"),
            remedy=Bilingual("This is a defect: please report the file.", "这是程序缺陷，请反馈该文件。"),
        )
