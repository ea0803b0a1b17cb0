"""Carries one order out where the target lies in object storage: kept ranges stay there, and what was put is read back."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from aigc_label.bilingual import Bilingual
from aigc_label.confirming import confirm
from aigc_label.errors import AigcLabelError, Refused
from aigc_label.labelling import Prepared, prepare
from aigc_label.limits import DEFAULT_LIMITS, Limits
from aigc_label.order import Action, Delivery, Existing, LabelTemplate, Order, Outcome
from aigc_label.placing import Content, digest_of, outcome_of, source_of
from aigc_label.source import Source
from aigc_label.splice import PlanSource, size_of
from aigc_label.stated_label import label_of
from aigc_label.storage.addresses import Info, Place, info_of, place_of
from aigc_label.storage.delivery import deliver
from aigc_label.storage.objects import ObjectSource


def carry(content: Content, address: str, order: Order, existing: Existing, limits: Limits = DEFAULT_LIMITS) -> Outcome:
    """Put the finished file into a store; give the outcome once its label was read back from there.

    The plan is confirmed before anything is sent, the object replaces only the one that was seen, and one that does not
    read back is an error (and gone again, where it is new). Raises as `placing.place`.
    """
    with source_of(content, limits) as source:
        try:
            return _carried(source, place_of(address), order, existing)
        except AigcLabelError as problem:
            problem.where = problem.where or source.name
            raise


def _carried(source: Source, target: Place, order: Order, existing: Existing) -> Outcome:
    own = source.name == target.address
    there = info_of(target)
    if there is not None and not own:
        stands = _standing(source, ObjectSource(target, there.size, there.version, source.limits), order)
        if stands is not None:
            return stands
        if existing is Existing.REFUSE:
            raise Refused(
                Bilingual("the target exists and holds something else", "目标已存在且内容不同"),
                remedy=Bilingual("Choose another output, or give --overwrite.", "请更换输出位置，或使用 --overwrite。"),
                where=target.address,
            )
    prepared = prepare(source, order)
    _check_alone(prepared, target)
    changed = not prepared.changes_nothing(source)
    action = Action.WRITTEN if changed else Action.UNCHANGED if own else Action.COPIED
    was = digest_of(source, order)
    if order.delivery is Delivery.PLAN:
        outcome = outcome_of(source, prepared, order, Action.PLANNED, target.address)
        return replace(outcome, intended=action)
    content = PlanSource(source, prepared.plan)
    seen = confirm(content, prepared)
    outcome = outcome_of(source, prepared, order, action, target.address, seen)
    outcome = replace(outcome, source_sha256=was, target_sha256=digest_of(content, order) if changed else was)
    if action is Action.UNCHANGED:
        return outcome
    deliver(source, prepared.plan, target, there)
    _read_back(target, prepared, source, there)
    return outcome


def _read_back(target: Place, prepared: Prepared, source: Source, there: Info | None) -> None:
    """Look at the label where it now lies. A mark was confirmed in the plan: looking again would fetch all of the picture."""
    try:
        put = ObjectSource.opened(target.address, source.limits)
        confirm(put, replace(prepared, rendering=None))
    except (AigcLabelError, OSError):
        if there is None:
            with suppress(OSError):
                target.store.rm_file(target.path)
        raise


def _standing(source: Source, there: ObjectSource, order: Order) -> Outcome | None:
    """Give the outcome where the target holds what would be written, as far as its size and its label say.

    Comparing every byte would fetch all of both objects.
    """
    settled = order
    try:
        present = label_of(there)
    except (AigcLabelError, OSError):
        present = None
    if isinstance(order.label, LabelTemplate) and present is not None and order.label.fits(present):
        settled = replace(order, label=present)
    prepared = prepare(source, settled)
    if size_of(prepared.plan) != there.size or prepared.label != present:
        return None
    outcome = outcome_of(source, prepared, settled, Action.UNCHANGED, there.name)
    if order.delivery is Delivery.PLAN:
        return replace(outcome, action=Action.PLANNED, intended=Action.UNCHANGED)
    was, became = digest_of(source, order), digest_of(there, order)
    return replace(outcome, replaced=(), reason="", source_sha256=was, target_sha256=became)


def _check_alone(prepared: Prepared, target: Place) -> None:
    if prepared.beside:
        raise Refused(
            Bilingual("labels beside a file are not written into stores", "不支持在对象存储中写入旁附标识"),
            remedy=Bilingual("Label it as a file and put both there.", "请先以文件形式添加标识，再一并上传。"),
            where=target.address,
        )
