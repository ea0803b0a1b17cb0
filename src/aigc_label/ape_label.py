"""Reads and writes the label inside an APEv2 tag at a file's end."""

from __future__ import annotations

from aigc_label.evidence import Reading, Repair, Standing
from aigc_label.grammars import ape
from aigc_label.label import KEY
from aigc_label.source import Source
from aigc_label.splice import Keep, Plan


def readings(tag: ape.Tag | None, standing: Standing) -> tuple[Reading, ...]:
    """Give the labels of a tag, which may be absent. APE keys are case-insensitive; the guide's spelling is AIGC."""
    return tuple(
        Reading(
            carrier="ape",
            standing=standing,
            text=item.text,
            offset=item.offset,
            repairs=() if item.key == KEY else (Repair.NAME_CASE,),
        )
        for item in (tag.items if tag else ())
        if item.key.upper() == KEY
    )


def without_label(source: Source, tag: ape.Tag | None) -> Plan:
    """Give the tag without any label; nothing where there is no tag."""
    if tag is None:
        return ()
    if not readings(tag, Standing.COMPATIBLE):
        return (Keep(tag.start, tag.end - tag.start),)
    return ape.rebuilt(source, tag, ape.items_without(tag, KEY))


def with_label(source: Source, tag: ape.Tag | None, text: str) -> Plan:
    """Give the tag with one label, last; a new tag where there is none."""
    return ape.rebuilt(source, tag, (*ape.items_without(tag, KEY), ape.item(KEY, text)))
