"""Labels glTF and GLB scenes: text under `asset.extras.AIGC`, spliced into their JSON; our choice."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from aigc_label import loose_label, xmp_label
from aigc_label.bilingual import Bilingual
from aigc_label.errors import UnsupportedFormat
from aigc_label.evidence import Reading, Repair, Standing, Survey
from aigc_label.grammars import json_text
from aigc_label.grammars.gltf import SPACE, Scene, rewritten, scene_of
from aigc_label.grammars.json_text import Edit, Member
from aigc_label.label import KEY
from aigc_label.source import Source
from aigc_label.splice import Keep, Plan

MAIN: Final = "gltf.asset.extras"
BESIDE: Final = ("gltf.extras", "gltf")  # labels that stand outside the asset


@dataclass(frozen=True, slots=True)
class Held:
    """One label: the member of the object that has these members."""

    object: tuple[Member, ...]
    number: int
    carrier: str

    @property
    def member(self) -> Member:
        return self.object[self.number]


def _held(source: Source, scene: Scene) -> Iterator[Held]:
    """Give the labels of the asset's extras, then those that stand one step too high."""
    asset = json_text.members(scene.document, scene.asset.value, source.limits)
    for carrier, object_ in (
        (MAIN, _object(source, scene, asset)),
        ("gltf.asset", asset),
        ("gltf.extras", _object(source, scene, scene.root)),
        ("gltf", scene.root),
    ):
        for number, member in enumerate(object_):
            if member.key.upper() == KEY:
                yield Held(object_, number, carrier)


def _object(source: Source, scene: Scene, there: tuple[Member, ...]) -> tuple[Member, ...]:
    """Give the members of `extras`; none where it is missing or no object."""
    extras = next((member for member in there if member.key == "extras"), None)
    if extras is None or scene.document[extras.value : extras.value + 1] != b"{":
        return ()
    return json_text.members(scene.document, extras.value, source.limits)


def read(source: Source) -> Survey:
    """Give the label of the asset, those beside it, and label text anywhere else in the JSON as HIDDEN.

    Raises `MalformedFile`, `LimitExceeded` or `UnsupportedFormat` where the scene cannot be opened.
    """
    scene = scene_of(source)
    held = list(_held(source, scene))
    readings = [_reading(source, scene, one) for one in held]
    rest = bytearray(scene.document)  # what is left without those: an object that holds one looks like a label itself
    for one in held:
        rest[one.member.start : one.member.end] = b" " * (one.member.end - one.member.start)
    elsewhere = loose_label.survey(bytes(rest), scene.start, "gltf.elsewhere", Standing.HIDDEN, source.limits)
    trailing = loose_label.behind(source, scene.stop, "gltf.trailing")
    return xmp_label.merged([Survey(readings=tuple(readings)), elsewhere, trailing])


def _reading(source: Source, scene: Scene, one: Held) -> Reading:
    written = scene.document[one.member.value : one.member.end].decode(errors="replace")
    repairs = () if one.member.key == KEY else (Repair.NAME_CASE,)
    text = json.loads(written) if written.startswith('"') else written
    if not written.startswith('"'):
        repairs = (*repairs, Repair.NESTED)
    return Reading(
        carrier=one.carrier,
        standing=Standing.CHOSEN if one.carrier == MAIN else Standing.COMPATIBLE,
        text=text[: source.limits.label],
        offset=scene.start + one.member.value,
        repairs=repairs,
    )


def plan(source: Source, text: str) -> Plan:
    """Give the scene with the label in its asset's extras; buffers, other chunks and all other JSON stay as they are.

    Raises as `read` does, and `UnsupportedFormat` where the asset's extras are something else than an object.
    """
    scene = scene_of(source)
    held = list(_held(source, scene))
    main = next((one for one in held if one.carrier == MAIN), None)
    member = f'"{KEY}":'.encode() + json.dumps(text, ensure_ascii=False).encode()
    others = [one for one in held if one is not main]
    if main is None:
        edits = [_addition(source, scene, others, member)]
    else:
        edits = [(main.member.start, main.member.end, member)]
        if not others and scene.document[main.member.start : main.member.end] == member:
            return (Keep(0, source.size),)
    return rewritten(source, scene, [*edits, *_cuts(others)])


def _cuts(held: list[Held]) -> list[Edit]:
    edits: list[Edit] = []
    for carrier in dict.fromkeys(one.carrier for one in held):
        of_one = [one for one in held if one.carrier == carrier]
        edits += json_text.cuts(of_one[0].object, [one.number for one in of_one])
    return edits


def _addition(source: Source, scene: Scene, others: list[Held], member: bytes) -> Edit:
    """Give the edit that puts the label first into the asset's extras, which it gets where it has none."""
    asset = json_text.members(scene.document, scene.asset.value, source.limits)
    extras = next((member for member in asset if member.key == "extras"), None)
    cut = [one.member for one in others]
    if extras is None:
        left = [member for member in asset if member not in cut]
        return json_text.added(scene.asset.value, left, b'"extras":{' + member + b"}")
    if scene.document[extras.value : extras.value + 1] != b"{":
        raise UnsupportedFormat(
            Bilingual("the asset's extras are no object", "asset.extras 不是对象"),
            remedy=Bilingual("Put what they hold into an object.", "请将其内容放入一个对象。"),
        )
    return json_text.added(extras.value, json_text.members(scene.document, extras.value, source.limits), member)


def payload(source: Source) -> tuple[Keep, ...]:
    """Give all JSON but the asset and labels beside it, and every other chunk."""
    scene = scene_of(source)
    body = len(scene.document.rstrip(SPACE))
    cuts = [edit[:2] for edit in _cuts([one for one in _held(source, scene) if one.carrier in BESIDE])]
    gone = sorted([(scene.asset.value, scene.asset.end), *cuts, (body, len(scene.document))])
    kept, at = [], 0
    for start, end in gone:
        kept.append(Keep(scene.start + at, start - at))
        at = max(at, end)
    kept.append(Keep(scene.end, source.size - scene.end))
    return tuple(keep for keep in kept if keep.length > 0)
