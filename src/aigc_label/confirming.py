"""Reads a finished file back with code that did not write it: the label alone in its place, the mark as asked for."""

from __future__ import annotations

from dataclasses import replace

from aigc_label.adapters import adapter_of
from aigc_label.bilingual import Bilingual
from aigc_label.complying import complying
from aigc_label.content import media_of
from aigc_label.errors import NotConfirmed
from aigc_label.evidence import Proof, Sighting, SightingKind, Standing
from aigc_label.formats import Medium
from aigc_label.label import Label
from aigc_label.labelling import READ, Prepared
from aigc_label.markers import Rendering
from aigc_label.marking import MIN_HEIGHT_SHARE, RHYTHM
from aigc_label.order import Copy
from aigc_label.replacing import in_place
from aigc_label.sound_rules import sounds_right
from aigc_label.source import Source

OFF_TIME = 0.4  # seconds by which a decoder's delay may move a mark


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
    seen = complying(target, prepared.row, MIN_HEIGHT_SHARE, asked)
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
    readings = adapter_of(prepared.row).read(target).present
    placed = [r for r in readings if r.standing is not Standing.COPY]
    copies = [r.text for r in readings if r.standing is Standing.COPY]
    wanted = [label.to_json()] if prepared.copy is Copy.WRITE else []
    if copies != wanted or len(placed) != 1 or not in_place(placed[0], label):
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
