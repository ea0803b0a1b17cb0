"""Turns settings into the order for each file: the label as a template, the mark, what may be replaced."""

from __future__ import annotations

import time
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path

from aigc_label.bilingual import Bilingual
from aigc_label.choosing import GIVEN, Settings
from aigc_label.errors import InvalidLabel, WrongUse
from aigc_label.label import STATUS_NAMES, Label
from aigc_label.marking import Mark, Place, Position, SoundForm, Speech
from aigc_label.order import Beside, Copy, Credentials, Order, SourceType
from aigc_label.source import BytesSource
from aigc_label.templates import LabelFields, PropagatorFields, Run, Template


class Doing(StrEnum):
    """The three commands that put on what was ordered."""

    ADD = "add"
    EMBED = "embed"
    MARK = "mark"


def order_of(doing: Doing, settings: Settings, started: float | None = None) -> Callable[[int], Order]:
    """Give what makes the order for a file from its number within the run, counted from 1.

    `started` is when the run began, in seconds since the epoch (default: now). Raises `WrongUse`, `InvalidLabel` or
    `InvalidMark` where no file could ever be made that way: before any is touched.
    """
    mark = _mark(settings) if doing is not Doing.EMBED else None
    label = _label(settings) if doing is not Doing.MARK else None
    credentials = Credentials(settings.text("credentials"))
    beside = Beside.WRITE if settings.value("sidecar") else Beside.REFUSE
    source_type = _source_type(settings) if label is not None else SourceType.LEAVE
    copy = Copy.WRITE if label is not None and settings.value("info-copy") else Copy.NONE
    replace = settings.text("replace") if label is not None else ""
    now = time.gmtime(started)
    run = Run(date=time.strftime("%Y%m%d", now), time=time.strftime("%H%M%S", now))

    if isinstance(label, LabelFields) and label.constant:
        label = label.of(BytesSource(b""), 1, run)  # made and checked once for all files

    def made(ordinal: int) -> Order:
        written = label.ordered(ordinal, run) if isinstance(label, LabelFields | PropagatorFields) else label
        return Order(
            label=written,
            mark=mark,
            replace=replace,
            credentials=credentials,
            beside=beside,
            source_type=source_type,
            copy=copy,
        )

    return made


def _source_type(settings: Settings) -> SourceType:
    if not settings.value("iptc"):
        return SourceType.LEAVE
    if settings.text("status") != "generated":
        raise WrongUse(
            Bilingual(
                "--iptc says that AI made it, which this label does not",
                "--iptc 声明内容由 AI 生成，与此标识的属性不符",
            ),
            remedy=Bilingual("Leave out one of the two.", "二者请只用其一。"),
        )
    return SourceType.WRITE


def _mark(settings: Settings) -> Mark:
    voice = settings.text("voice") or _spoken(settings)
    return Mark(
        text=settings.text("text"),
        place=Place(settings.text("place")),
        height_share=settings.number("height-share"),
        seconds=settings.number("seconds"),
        font=Path(settings.text("font")) if settings.text("font") else None,
        sound=SoundForm.VOICE if voice else SoundForm(settings.text("sound")),
        position=Position(settings.text("position")),
        speech=Speech(settings.text("speech")),
        voice=Path(voice) if voice else None,
        turns=_turns(settings),
    )


def _spoken(settings: Settings) -> str:
    command = settings.text("voice-command")
    if not command:
        return ""
    from aigc_label.speaking import spoken

    return str(spoken(command, settings.text("text")))


def _turns(settings: Settings) -> tuple[float, ...]:
    given = [part for each in settings.texts("turns") for part in each.split(",") if part]
    try:
        return tuple(float(part) for part in given)
    except ValueError as problem:
        raise WrongUse(
            Bilingual(f"--turns takes seconds, not {','.join(given)}", f"--turns 须为秒数，而非 {','.join(given)}"),
            remedy=Bilingual("For instance `--turns 0,12.5,31`.", "例如 `--turns 0,12.5,31`。"),
        ) from problem


def _label(settings: Settings) -> Label | LabelFields | PropagatorFields:
    whole = settings.text("label-json")
    if whole:
        given = [name for name in ("producer", "propagator") if settings[name].source is GIVEN]
        if given:
            raise WrongUse(
                Bilingual(
                    f"--label-json is the whole label: --{given[0]} cannot be added",
                    f"--label-json 已是完整标识，不能再用 --{given[0]}",
                ),
                remedy=Bilingual("Give one of the two.", "请只使用其中之一。"),
            )
        return _from_json(whole)
    producer, propagator = settings.text("producer"), settings.text("propagator")
    propagate_id = Template(settings.text("propagate-id"))
    if propagator and not producer:
        number = propagate_id if propagate_id.text else Template("{uuid}")
        return PropagatorFields(propagator=propagator, propagate_id=number, reserved2=settings.text("reserved2"))
    if not producer:
        raise WrongUse(
            Bilingual("no producer is set", "未设置生产者"),
            remedy=Bilingual(
                "Give --producer CODE, or run `aigc-label init` once.",
                "请使用 --producer 编码，或先运行一次 `aigc-label init`。",
            ),
        )
    label = LabelFields(
        producer=producer,
        status=STATUS_NAMES[settings.text("status")],
        produce_id=Template(settings.text("produce-id")),
        reserved1=settings.text("reserved1"),
        propagator=propagator,
        propagate_id=propagate_id,
        reserved2=settings.text("reserved2"),
    )
    label.check()
    return label


def _from_json(given: str) -> Label:
    """Give the label that JSON spells, bare or wrapped; a missing propagator's half follows the producer's."""
    from aigc_label.dialects import FaultKind, understand
    from aigc_label.evidence import Repair

    text = given
    if given.startswith("@"):
        with open(given[1:], encoding="utf-8-sig") as file:
            text = file.read(1 << 20)
    found = understand(text)
    missing = {FaultKind.MISSING_PROPAGATOR, FaultKind.MISSING_RESERVED, FaultKind.CHARSET}
    wrong = [fault.detail for fault in found.faults if fault.kind not in missing]
    mended = [str(repair) for repair in found.repairs if repair not in (Repair.WRAPPED, Repair.BARE, Repair.SPACE)]
    if wrong or mended:
        raise InvalidLabel(
            Bilingual(
                "; ".join([fault.en for fault in wrong] + mended), "；".join([fault.zh for fault in wrong] + mended)
            ),
            remedy=Bilingual(
                "Give the JSON of Annex E; `aigc-label show FILE` prints an example.",
                "请提供附录 E 规定的 JSON；`aigc-label show 文件` 可输出示例。",
            ),
            where="--label-json",
        )
    return Label.from_fields(found.values)
