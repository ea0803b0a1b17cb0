"""Walks the straight line: source, mark, label, read back. Pure until something is written, which others do."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from aigc_label import sidecar
from aigc_label.adapters import adapter_of, copying_of, stages_of
from aigc_label.bilingual import NOTHING, Bilingual
from aigc_label.detectors import Asked
from aigc_label.errors import InvalidLabel, NotConfirmed, Refused, UnsupportedFormat
from aigc_label.evidence import Eyes, NoticeKind, Proof, Reach, Reading, Sighting, SightingKind, Standing, Survey
from aigc_label.formats import Format, Medium
from aigc_label.label import Label, Propagator, Status
from aigc_label.markers import Rendering, marker_of
from aigc_label.marking import EDGE_BAND, MIN_CONTRAST, MIN_HEIGHT_SHARE, RHYTHM, Mark, Position, complies, long_enough
from aigc_label.order import SEALED, Beside, Copy, Credentials, LabelTemplate, Order, SourceType
from aigc_label.sniff import sniff
from aigc_label.sound_rules import sounds_right
from aigc_label.source import Source
from aigc_label.splice import Keep, Plan, PlanSource, composed, keeps, same
from aigc_label.streamed import carried, check_ranges

if TYPE_CHECKING:
    from aigc_label.dialects import Fault, Understanding
    from aigc_label.security.checking import Content
    from aigc_label.security.credentials import Attester
    from aigc_label.security.keys import Signer

READ = (Medium.TEXT, Medium.DOCUMENT)  # 5.1 asks for words in their place, and for no size
SCANNED = (*READ, Medium.SCENE)  # looked at for a mark before another is added
OFF_TIME = 0.4  # seconds by which a decoder's delay may move a mark
WEAKER = {Status.GENERATED: 3, Status.POSSIBLE: 2, Status.SUSPECTED: 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A file's plan with what it will carry: `label` is the label the target must read back, `replaced` what goes.

    `asked` is the typeface or the voice of the mark where it is not the shipped one: the read-back looks for it too.
    """

    row: Format
    plan: Plan
    label: Label | None
    rendering: Rendering | None
    seen: Sighting | None
    asked: Asked
    replaced: tuple[str, ...]
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
    if order.mark is None and (part := carried(source, row)) is not None:
        whole: Plan = (Keep(0, source.size),)
        return Prepared(
            row=row, plan=whole, label=None, rendering=None, seen=None, asked=Asked(), replaced=(), says=part.says
        )
    check_ranges(source)
    # a format without a place for the label must fail before anything is drawn
    beside = _goes_beside(row, order)
    survey = _survey(source, row, order)
    label, replaced = _label_for(source, survey, order)
    plan: Plan = (Keep(0, source.size),)
    rendering, seen = None, None
    asked = _asked(order.mark)
    if order.mark is not None:
        marker = marker_of(row)
        seen = (
            _complying(source, row, order.mark.height_share, asked)
            if survey.readings or order.label is None or row.medium in SCANNED
            else None
        )
        if seen is None or order.mark.position is Position.EVERY:  # which pages have it already, its marker knows
            _spare_credentials(survey, order)
            _spare_signature(survey, order)
            _spare_seal(survey, label, order)
            rendering = marker.render(source, order.mark)
            plan = rendering.plan
    middle = PlanSource(source, plan) if rendering else source
    if label is not None and order.signer is not None:
        label, replaced = _sealed(label, replaced, media_of(middle, row), (survey, order.signer))
    if label is not None and not beside:
        labelled = _label_plan(middle, row, label, order)
        plan = composed(labelled, plan) if rendering else labelled
        replaced += _vanishing(PlanSource(source, plan), row, survey, label, order.replace)
    if not same(source, plan):
        _spare_credentials(survey, order)
    if order.attester is not None:
        plan = _attested(source, plan, (row, survey), order.attester)
    return Prepared(
        row=row,
        plan=plan,
        label=label,
        rendering=rendering,
        seen=seen,
        asked=asked,
        replaced=replaced,
        says=BESIDE if beside else NOTHING,
        beside=beside,
        copy=order.copy,
        signed_by=order.signer.public.fingerprint if label is not None and order.signer is not None else "",
    )


def _attested(source: Source, plan: Plan, found: tuple[Format, Survey], attester: Attester) -> Plan:
    """Give the plan with Content Credentials over what it makes; a file that has them and needs no change keeps them.

    Label first, sign last: the other way round the label would break the credentials.
    """
    row, survey = found
    if same(source, plan) and any(notice.kind is NoticeKind.C2PA for notice in survey.notices):
        return plan
    from aigc_label.security.credentials import attested

    return (attested(PlanSource(source, plan), row.name, attester),)


def media_of(source: Source, row: Format) -> Content:
    """Give what a label on `source` is bound to; all of it where the format has no place for a label."""
    from aigc_label.security.checking import Content

    ranges = adapter_of(row).payload(source) if row.adapter else (Keep(0, source.size),)
    return Content(source, row.name, ranges)


def _sealed(
    label: Label, gone: tuple[str, ...], content: Content, by: tuple[Survey, Signer]
) -> tuple[Label, tuple[str, ...]]:
    """Give the label signed, and the texts that go: the unsigned one as well, where it stood in the file."""
    from aigc_label.security.sealing import sealed

    survey, signer = by
    done = sealed(label, content, signer)
    if done == label:
        return label, gone
    there = (reading.text for reading in survey.readings if reading.standing is not Standing.HIDDEN)
    return done, tuple(dict.fromkeys((*gone, *there)))


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


def _spare_credentials(survey: Survey, order: Order) -> None:
    found = next((notice for notice in survey.notices if notice.kind is NoticeKind.C2PA), None)
    if found is not None and order.credentials is Credentials.REFUSE:
        raise Refused(
            Bilingual(
                "the file carries Content Credentials (C2PA), which any edit would break",
                "文件带有内容凭证（C2PA），任何修改都会使其失效",
            ),
            remedy=Bilingual(
                "Label before signing and sign again; or go on with `--credentials break`.",
                "请先添加标识再重新签署；或用 `--credentials break` 继续。",
            ),
            offset=found.offset,
        )


def _spare_signature(survey: Survey, order: Order) -> None:
    """A mark changes what was signed; a label alone need not (its adapter knows)."""
    found = next((notice for notice in survey.notices if notice.kind is NoticeKind.SIGNED), None)
    if found is not None and order.credentials is Credentials.REFUSE:
        raise Refused(
            Bilingual(
                "the document is digitally signed; a visible mark would change what was signed",
                "文档已数字签名，添加显式标识会改变已签名的内容",
            ),
            remedy=Bilingual(
                "Mark before signing; or go on with `--credentials break`.",
                "请先添加显式标识再签名；或用 `--credentials break` 继续。",
            ),
            offset=found.offset,
        )


def _spare_seal(survey: Survey, label: Label | None, order: Order) -> None:
    """A mark changes the content that a signed label is bound to."""
    if order.signer is not None or order.credentials is Credentials.BREAK:
        return
    found = next((reading for reading in survey.readings if SEALED in reading.text), None)
    if found is not None and (label is None or SEALED in label.reserved1):
        raise Refused(
            Bilingual(
                "the label is signed and may be bound to the content, which a mark changes",
                "标识已签名，并可能与内容绑定；添加显式标识会改变内容",
            ),
            remedy=Bilingual(
                "Sign it anew: `aigc-label add FILE --sign KEY`; or go on with `--credentials break`.",
                "请重新签名：`aigc-label add 文件 --sign 密钥`；或用 `--credentials break` 继续。",
            ),
            offset=found.offset,
        )


def _label_for(source: Source, survey: Survey, order: Order) -> tuple[Label | None, tuple[str, ...]]:
    """Give the label to write and the texts it replaces; an own label that already fits stays."""
    if order.label is None:
        return None, ()
    present = [reading for reading in survey.readings if reading.standing is not Standing.HIDDEN]
    if not present:
        return _made(order.label, source), ()
    from aigc_label.dialects import understand  # most files have no label yet: they need no reader of dialects

    counted = [reading for reading in present if (order.copy, reading.standing) != (Copy.WRITE, Standing.COPY)]
    only = understand(counted[0].text).label if len(counted) == 1 else None
    if only is not None and _in_place(counted[0], only) and order.fits(only):
        return only, ()
    label = _made(order.label, source)
    if label is None:
        return None, ()
    for reading in present:
        _may_replace(reading, label, order.replace)
    return label, tuple(reading.text for reading in present)


def _vanishing(target: Source, row: Format, survey: Survey, label: Label, reason: str) -> tuple[str, ...]:
    """Give the look-alikes and hidden labels that the plan takes out: they too go only with a reason, and on record."""
    hidden = [reading for reading in survey.readings if reading.standing is Standing.HIDDEN]
    if not hidden:
        return ()
    left = {reading.text for reading in adapter_of(row).read(target).readings}
    gone = [reading for reading in hidden if reading.text not in left]
    for reading in gone:
        _may_replace(reading, label, reason)
    return tuple(reading.text for reading in gone)


def _made(label: Label | LabelTemplate, source: Source) -> Label | None:
    return label.of(source) if isinstance(label, LabelTemplate) else label


def _in_place(reading: Reading, label: Label) -> bool:
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
    if not any(notice.kind is NoticeKind.IPTC_SOURCE_TYPE for notice in adapter_of(row).read(target).notices):
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
    readings = sidecar.survey(source).readings if not row.adapter else ()
    readings = readings or adapter_of(row).read(source).readings
    found = [understand(reading.text) for reading in readings if reading.standing is not Standing.HIDDEN]
    if not found:
        return None
    if any(one.values != found[0].values for one in found):
        raise InvalidLabel(Bilingual("the file's labels differ", "文件中的标识互不一致"))
    return found[0]


def confirm(target: Source, prepared: Prepared) -> Sighting | None:
    """Read the target back with code that did not write it; give the mark as seen.

    Raises `NotConfirmed` where the label is not the only one in its place, or the mark is not seen to comply.
    """
    if prepared.label is not None and not prepared.beside:
        _confirm_label(target, prepared, prepared.label)
    if prepared.signed_by:
        _confirm_seal(target, prepared)
    if prepared.rendering is None:
        return prepared.seen
    if prepared.row.medium is Medium.AUDIO:
        return _confirm_heard(target, prepared, prepared.rendering)
    asked = replace(prepared.asked, near=prepared.rendering.box)
    seen = _complying(target, prepared.row, MIN_HEIGHT_SHARE, asked)
    if seen is None and prepared.row.medium in READ:
        raise NotConfirmed(
            Bilingual(
                "the words do not read as a label where they stand in the finished text",
                "成品文本中该位置的文字无法识别为显式标识",
            ),
            remedy=Bilingual(
                "Use words that state it, such as 本内容由人工智能生成.",
                "请使用明确的表述，例如“本内容由人工智能生成”。",
            ),
        )
    if seen is None:
        raise NotConfirmed(
            Bilingual("the mark was not found in the finished picture", "在成品画面中没有找到显式标识"),
            remedy=Bilingual(
                "Draw it larger (`--height-share 0.07`) or at another place.",
                "请增大字号（`--height-share 0.07`）或更换位置。",
            ),
        )
    return seen


def _confirm_heard(target: Source, prepared: Prepared, rendering: Rendering) -> Sighting:
    """Every mark that was put in must be heard where it was put."""
    from aigc_label.detectors import look

    kind = SightingKind.RHYTHM if rendering.words == RHYTHM else SightingKind.VOICE
    asked = replace(prepared.asked, around=rendering.spans, kinds=(kind,))
    heard = [sighting for sighting in look(target, prepared.row, asked).sightings if sounds_right(sighting)]
    found = [
        next((one for one in heard if abs((one.start or 0.0) - span.start) <= OFF_TIME), None)
        for span in rendering.spans
    ]
    if None in found or found[0] is None:
        raise NotConfirmed(
            Bilingual("the mark was not heard in the finished sound", "在成品音频中没有听到显式标识"),
            remedy=Bilingual(
                "Try the other form (`--sound rhythm` or `--sound voice`), or a higher bit rate.",
                "请更换形式（`--sound rhythm` 或 `--sound voice`），或提高码率。",
            ),
        )
    return found[0]


def _confirm_label(target: Source, prepared: Prepared, label: Label) -> None:
    """The label stands once, in its place; where it was asked for, a copy of the same text stands beside it, once."""
    readings = [r for r in adapter_of(prepared.row).read(target).readings if r.standing is not Standing.HIDDEN]
    placed = [r for r in readings if r.standing is not Standing.COPY]
    copies = [r.text for r in readings if r.standing is Standing.COPY]
    wanted = [label.to_json()] if prepared.copy is Copy.WRITE else []
    if copies != wanted or len(placed) != 1 or not _in_place(placed[0], label):
        found = ", ".join(f"{reading.carrier}@{reading.offset}" for reading in readings) or "-"
        raise NotConfirmed(
            Bilingual(
                f"the label does not read back alone and unchanged (found: {found})",
                f"标识读回结果不符（发现：{found}）",
            ),
            remedy=Bilingual(
                "Look at the file with `aigc-label explain FILE`.", "请用 `aigc-label explain 文件` 查看。"
            ),
        )


def _confirm_seal(target: Source, prepared: Prepared) -> None:
    from aigc_label.security.checking import PRODUCER, checked

    fields = prepared.label.to_fields() if prepared.label is not None else {}
    seal = checked(PRODUCER, fields, media_of(target, prepared.row))
    if (seal.label, seal.bound, seal.content, seal.key) != (Proof.VALID,) * 3 + (prepared.signed_by,):
        raise NotConfirmed(
            Bilingual(
                f"the signature does not verify on the finished file ({seal.detail.en})",
                f"成品文件上的签名无法通过验证（{seal.detail.zh}）",
            ),
            remedy=Bilingual("Check the key or the token that signed.", "请检查签名所用的密钥或设备。"),
        )


def _complying(source: Source, row: Format, floor: float, asked: Asked) -> Sighting | None:
    """Give a mark in the content that meets clauses 5.2, 5.3 or 5.4, if one is seen or heard."""
    from aigc_label.detectors import look

    film = row.medium is Medium.VIDEO  # a mark that its first picture lacks does not comply, however long it stays
    seen = look(source, row, replace(asked, reach=Reach.OPENING) if film else asked)
    if row.medium is Medium.AUDIO:
        return next((sighting for sighting in seen.sightings if sounds_right(sighting)), None)
    for sighting in seen.sightings:
        share, contrast = sighting.height_share or 0.0, sighting.contrast or 0.0
        if sighting.kind is SightingKind.TEXT:  # 5.1 asks for no size and no edge
            if complies(sighting.text) and (sighting.contrast is None or contrast >= MIN_CONTRAST):
                return sighting
            continue
        legible = share >= min(floor, MIN_HEIGHT_SHARE) and contrast >= MIN_CONTRAST
        at_edge = sighting.edge_share is None or sighting.edge_share <= max(EDGE_BAND, share)
        if (
            complies(sighting.text)
            and legible
            and at_edge
            and not sighting.start
            and long_enough(sighting.seconds, seen.seconds)
        ):
            return sighting
    return None
