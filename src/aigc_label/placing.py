"""Carries one order out on one file: takes the content in, prepares, confirms, puts in place."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, TypeAlias, cast

from aigc_label import sidecar
from aigc_label.bilingual import Bilingual
from aigc_label.confirming import confirm
from aigc_label.errors import AigcLabelError, LimitExceeded, Refused
from aigc_label.evidence import Sighting
from aigc_label.formats import BY_NAME, FORMATS
from aigc_label.label import Label
from aigc_label.labelling import Prepared, prepare, staged
from aigc_label.limits import DEFAULT_LIMITS, MIB, Limits
from aigc_label.order import Action, Delivery, Digests, Drawn, Order, Outcome
from aigc_label.output import (
    Placer,
    StrPath,
    check_replaceable,
    check_unchanged,
    claim,
    draft_of,
    opened,
    patch_in_place,
)
from aigc_label.patching import Patch, patches_of
from aigc_label.source import BytesSource, FileSource, Source, sha256_of
from aigc_label.splice import PlanSource, chunks, in_memory, new_bytes_of, size_of
from aigc_label.storage.addresses import is_address

if TYPE_CHECKING:
    from PIL.Image import Image

Content: TypeAlias = "Path | str | bytes | BinaryIO | Image"
PILLOW_NAMES = {"jp2": "JPEG2000"}
LARGE = 64 * MIB  # a file of its own from this size on is changed in place where that is safe, whatever its layout
MAX_MEMORY = 2 << 30  # bytes of a file object that are taken into memory


def place(
    content: Content, out: StrPath | None, order: Order, placer: Placer, limits: Limits = DEFAULT_LIMITS
) -> Outcome:
    """As `carry_out`, with a placer that the caller flushes: a batch shares one."""
    with source_of(content, limits, os.path.splitext(out)[1] if out is not None else "") as source:
        try:
            target = os.fspath(out) if out is not None else _own_path(content)
            if order.delivery is Delivery.WRITE and target is not None and isinstance(source, FileSource):
                _claim_own(source, target, out)
            prepared = prepare(source, order)
            if order.delivery is Delivery.PLAN:
                return _planned(source, prepared, order, target)
            if target is None:
                return _to_memory(source, prepared, order)
            return _to_file(source, prepared, order, target, placer)
        except AigcLabelError as problem:
            problem.where = problem.where or source.name
            raise


def _claim_own(source: FileSource, target: str, out: StrPath | None) -> None:
    """Where a file itself is to be changed, have it alone from before it is looked at: two plans in turn would break it."""
    if out is None or _same_file(source, target):
        claim(source.descriptor, target)


def _own_path(content: Content) -> str | None:
    return os.fspath(content) if isinstance(content, str | Path) else None


def _planned(source: Source, prepared: Prepared, order: Order, target: str | None) -> Outcome:
    """Give what a run without `Delivery.PLAN` would end with, its refusals included."""
    own = target is not None and isinstance(source, FileSource) and _same_file(source, target)
    prepared, patches = _in_place(source, prepared) if own else (prepared, ())
    if prepared.changes_nothing(source):
        intended = Action.COPIED if target is not None and not own else Action.UNCHANGED
    else:
        intended = Action.PATCHED if patches else Action.WRITTEN
    if prepared.beside and intended is Action.UNCHANGED and not beside_stands(source, prepared, target):
        intended = Action.WRITTEN
    if target is not None and intended is not Action.UNCHANGED:
        check_replaceable(target)
    outcome = outcome_of(source, prepared, order, Action.PLANNED, target or "")
    return replace(outcome, intended=intended)


def emit(content: Content, order: Order, write: Callable[[bytes], object], limits: Limits = DEFAULT_LIMITS) -> Outcome:
    """Give the finished file to `write` in pieces, once its plan has read back as it should: for pipes."""
    with source_of(content, limits) as source:
        try:
            prepared = prepare(source, order)
            _check_named(prepared)
            seen = confirm(PlanSource(source, prepared.plan), prepared)
        except AigcLabelError as problem:
            problem.where = problem.where or source.name
            raise
        for part in chunks(source, prepared.plan):
            write(part)
        action = Action.COPIED if prepared.changes_nothing(source) else Action.WRITTEN
        return outcome_of(source, prepared, order, action, "-", seen)


def _check_named(prepared: Prepared) -> None:
    """Raise `Refused` where a label goes beside a file that has no name."""
    if prepared.beside:
        raise Refused(
            Bilingual("a sidecar needs a file to lie beside", "旁附标识需要有可依附的文件"),
            remedy=Bilingual("Name the output file with -o.", "请用 -o 指定输出文件。"),
        )


def beside_stands(source: Source, prepared: Prepared, target: StrPath | None) -> bool:
    """Tell whether the sidecar that the target needs lies beside it already."""
    if target is None or prepared.label is None:
        return False
    path = sidecar.name_of(os.fspath(target))
    if not os.path.exists(path):
        return False
    with opened(path, source.limits) as there:
        return there.upto(0, sidecar.MOST) == _sidecar(source, prepared, target)


def _sidecar(source: Source, prepared: Prepared, target: StrPath) -> bytes:
    text = prepared.label.to_json() if prepared.label is not None else ""
    return sidecar.written(PlanSource(source, prepared.plan), os.fspath(target), text)


def _place_beside(source: Source, prepared: Prepared, target: str, placer: Placer) -> None:
    """Put the sidecar in place before the file it speaks of: what a kill leaves in between is a finding, never a pass."""
    if not prepared.beside or beside_stands(source, prepared, target):
        return
    path = sidecar.name_of(target)
    check_replaceable(path)
    with draft_of(source, (_sidecar(source, prepared, target),), path) as draft:
        placer.place(draft)


def _to_memory(source: Source, prepared: Prepared, order: Order) -> Outcome:
    _check_named(prepared)
    data = in_memory(source, prepared.plan)
    seen = confirm(BytesSource(data, source.name, source.limits), prepared)
    outcome = outcome_of(source, prepared, order, Action.WRITTEN, "", seen)
    return replace(outcome, data=data, action=Action.UNCHANGED if prepared.changes_nothing(source) else Action.WRITTEN)


def _to_file(source: Source, prepared: Prepared, order: Order, target: str, placer: Placer) -> Outcome:
    own = isinstance(source, FileSource) and _same_file(source, target)
    was = digest_of(source, order)
    if own and prepared.changes_nothing(source):
        there = not prepared.beside or beside_stands(source, prepared, target)
        _place_beside(source, prepared, target, placer)
        action = Action.UNCHANGED if there else Action.WRITTEN
        outcome = outcome_of(source, prepared, order, action, target)
        return replace(outcome, source_sha256=was, target_sha256=was)
    check_replaceable(target)
    before = os.fstat(source.descriptor) if isinstance(source, FileSource) else None
    prepared, patches = _in_place(source, prepared) if own else (prepared, ())
    if patches and before is not None:
        seen = confirm(PlanSource(source, prepared.plan), prepared)
        _place_beside(source, prepared, target, placer)
        patch_in_place(target, patches, before, order.sync)
        outcome = outcome_of(source, prepared, order, Action.PATCHED, target, seen)
        with opened(target, source.limits) as patched:
            return replace(outcome, source_sha256=was, target_sha256=digest_of(patched, order))
    with draft_of(source, prepared.plan, target) as draft:
        written = FileSource(draft.descriptor, source.name, source.limits)
        seen = confirm(written, prepared)
        became = digest_of(written, order)
        if before is not None and isinstance(source, FileSource):
            check_unchanged(before, os.fstat(source.descriptor), source.name)
        _place_beside(source, prepared, target, placer)
        placer.place(draft)
    action = Action.COPIED if prepared.changes_nothing(source) else Action.WRITTEN
    outcome = outcome_of(source, prepared, order, action, target, seen)
    return replace(outcome, source_sha256=was, target_sha256=became) if was else outcome


def digest_of(source: Source, order: Order) -> str:
    """Give the SHA-256 of a file where the order asks for it, else ""."""
    return sha256_of(source) if order.digests is Digests.SHA256 else ""


def _in_place(source: Source, prepared: Prepared) -> tuple[Prepared, tuple[Patch, ...]]:
    """Give what changes the file itself: its plan's own patch, or a large file's steps; no patches where there are none."""
    patches = patches_of(source, (prepared.plan,))
    if patches or source.size < LARGE:
        return prepared, patches
    other, plans = staged(source, prepared)
    patches = patches_of(source, plans)
    return (other, patches) if patches else (prepared, ())


def _same_file(source: FileSource, target: str) -> bool:
    try:
        return os.path.samestat(os.fstat(source.descriptor), os.stat(target))
    except FileNotFoundError:
        return False


def outcome_of(
    source: Source, prepared: Prepared, order: Order, action: Action, target: str, seen: Sighting | None = None
) -> Outcome:
    drawn = None
    if prepared.rendering is not None:
        rendering = prepared.rendering
        drawn = Drawn(words=rendering.words, box=rendering.box, spans=rendering.spans, way=rendering.way, sighting=seen)
    return Outcome(
        path=source.name,
        target=target,
        action=action,
        format=prepared.row.name,
        label=prepared.label,
        drawn=drawn,
        size=size_of(prepared.plan),
        new_bytes=new_bytes_of(prepared.plan),
        replaced=prepared.replaced,
        reason=order.replace if prepared.replaced else "",
        warnings=(*_warnings(prepared.label), *((prepared.says,) if prepared.says.en else ())),
    )


@lru_cache(maxsize=16)  # the same label often goes into file after file
def _warnings(label: Label | None) -> tuple[Bilingual, ...]:
    return tuple(
        Bilingual(
            f"{key} holds characters outside Annex E j: {odd}", f"{key} 含有附录 E j) 主要字符集之外的字符：{odd}"
        )
        for key, odd in (label.outside_charset() if label else {}).items()
    )


@contextmanager
def source_of(content: Content, limits: Limits = DEFAULT_LIMITS, suffix: str = "") -> Iterator[Source]:
    """Give any content as a source. A Pillow image is encoded as `suffix` says, PNG without one."""
    if isinstance(content, str) and is_address(content):
        from aigc_label.storage.objects import ObjectSource

        yield ObjectSource.opened(content, limits)
    elif isinstance(content, str | Path):
        with opened(content, limits) as source:
            yield source
    elif isinstance(content, bytes | bytearray | memoryview):
        yield BytesSource(bytes(content), limits=limits)
    elif hasattr(content, "getbands"):  # a Pillow image, known without importing Pillow
        yield BytesSource(_encoded(cast("Image", content), suffix), limits=limits)
    else:
        yield BytesSource(_drained(content), str(getattr(content, "name", "")), limits)


def _encoded(image: Image, suffix: str) -> bytes:
    """Encode a picture that exists only in memory: PNG keeps every pixel, other formats by the target's name."""
    row = next((row for row in FORMATS if suffix.lower() in row.suffixes), BY_NAME["png"])
    out = io.BytesIO()
    image.save(out, PILLOW_NAMES.get(row.name, row.name.upper()))
    return out.getvalue()


def _drained(file: BinaryIO) -> bytes:
    data = file.read(MAX_MEMORY + 1)
    if len(data) > MAX_MEMORY:
        raise LimitExceeded(Bilingual("the stream is over 2 GiB", "数据流超过 2 GiB"), limit="memory")
    return data
