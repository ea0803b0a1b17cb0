"""Offers the five things users do: add, embed, mark, verify, read."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from aigc_label import sidecar
from aigc_label.adapters import adapter_of
from aigc_label.claims import claims
from aigc_label.errors import AigcLabelError
from aigc_label.evidence import Evidence, Looked, Residue, Survey
from aigc_label.formats import Format, Medium
from aigc_label.label import Label
from aigc_label.limits import DEFAULT_LIMITS, Limits
from aigc_label.marking import Mark
from aigc_label.order import LabelTemplate, Order, Outcome
from aigc_label.output import Placer, opened
from aigc_label.placing import Content, place, source_of
from aigc_label.policy import DEFAULT_POLICY, Policy
from aigc_label.proving import seals_of
from aigc_label.report import Report, Scope
from aigc_label.residue import contradicting, scan
from aigc_label.rules import judge
from aigc_label.sniff import sniff
from aigc_label.source import FileSource, Source
from aigc_label.stated_label import label_of
from aigc_label.streamed import carried

if TYPE_CHECKING:
    from aigc_label.fingerprints import Registry

UNQUOTED: Final = (
    Medium.IMAGE,
    Medium.AUDIO,
    Medium.VIDEO,
    Medium.SCENE,
)  # where label text is no matter of the content


def add(
    content: Content, out: Path | str | None = None, *, label: Label | LabelTemplate, mark: Mark | None = None
) -> Outcome:
    """Put both labels on: the mark into the content, the label into the metadata. The main job.

    A path is written to `out` (or in place, where `out` is None); bytes, file objects and Pillow images give the finished
    file in `outcome.data` (and in `out`, if given). The result has been read back, or an `AigcLabelError` is raised and
    nothing is in place. `OSError` passes through.
    """
    return carry_out(content, out, Order(label=label, mark=mark or Mark()))


def embed(content: Content, out: Path | str | None = None, *, label: Label | LabelTemplate) -> Outcome:
    """Put the implicit label on and touch nothing else: not one byte of media. As `add` otherwise."""
    return carry_out(content, out, Order(label=label))


def mark(content: Content, out: Path | str | None = None, *, mark: Mark | None = None) -> Outcome:
    """Draw the explicit label only. As `add` otherwise."""
    return carry_out(content, out, Order(mark=mark or Mark()))


def carry_out(content: Content, out: Path | str | None, order: Order, limits: Limits = DEFAULT_LIMITS) -> Outcome:
    """Do what `order` says to one file: the general form of `add`, `embed` and `mark`."""
    placer = Placer(order.sync)
    try:
        return place(content, out, order, placer, limits)
    except BaseException:
        placer.abandon()
        raise
    finally:
        placer.flush()


def verify(content: Content, policy: Policy = DEFAULT_POLICY, limits: Limits = DEFAULT_LIMITS) -> Report:
    """Look at a file and judge it. Raises `AigcLabelError` or `OSError` where it could not be looked at at all."""
    with source_of(content, limits) as source:
        try:
            return judge(gather(source, policy), policy)
        except AigcLabelError as problem:
            problem.where = problem.where or source.name
            raise


def gather(source: Source, policy: Policy = DEFAULT_POLICY) -> Evidence:
    """Give all that can be seen in a file, before any rule is applied.

    A file without any reading is searched to its last byte for label-like text, so that "unlabelled" means what it says;
    one with a reading at both ends, for labels that contradict it, unless it is text, which may quote them.
    """
    row, scope = sniff(source), policy.scope
    survey = _survey(source, row) if scope is not Scope.MARK else Survey()
    if scope is not Scope.MARK and isinstance(source, FileSource) and os.path.exists(source.name + sidecar.SUFFIX):
        beside = sidecar.survey(source)
        survey = Survey(readings=(*survey.readings, *beside.readings), notices=(*survey.notices, *beside.notices))
    survey = Survey(readings=survey.readings, notices=(*survey.notices, *claims(source, survey)))
    residue = _residue(source, row, survey) if scope is not Scope.MARK else ()
    seals = seals_of(source, row, survey, policy)
    evidence = Evidence(
        path=source.name, format=row.name, size=source.size, survey=survey, residue=residue, seals=seals
    )
    if policy.registry is not None and scope is not Scope.MARK and row.medium is Medium.IMAGE:
        evidence = _with_earlier(evidence, source, policy.registry)
    return evidence if scope is Scope.LABEL else _with_sightings(evidence, source, row, policy)


def _residue(source: Source, row: Format, survey: Survey) -> tuple[Residue, ...]:
    if not survey.readings:
        return tuple(scan(source))
    return tuple(contradicting(source, survey.readings)) if row.medium in UNQUOTED else ()


def _survey(source: Source, row: Format) -> Survey:
    """Give what the file's metadata hold; of a part of a stream, what those of its initialisation segments do."""
    part = carried(source, row)
    if part is None:
        return adapter_of(row).read(source) if row.adapter else Survey()
    found = []
    for path in part.initialisations:
        with opened(path, source.limits) as held:
            found.append(adapter_of(sniff(held)).read(held))
    unlabelled = next((survey for survey in found if not survey.readings), None)
    if unlabelled is not None or not found:
        return unlabelled or Survey()
    texts = {reading.text for survey in found for reading in survey.readings}
    return found[0] if len(texts) == 1 else Survey(readings=tuple(r for survey in found for r in survey.readings))


def _with_earlier(evidence: Evidence, source: Source, registry: Registry) -> Evidence:
    from aigc_label.fingerprints import code_in

    try:
        return replace(evidence, earlier=registry.matches(code_in(source)))
    except AigcLabelError as error:
        return replace(evidence, earlier_problem=error.what)


def _with_sightings(evidence: Evidence, source: Source, row: Format, policy: Policy) -> Evidence:
    from aigc_label.detectors import Asked, look

    try:
        seen = look(source, row, Asked(voices=policy.voices, reach=policy.reach, use=policy.use))
    except AigcLabelError as error:
        return replace(evidence, marks_looked=Looked.COULD_NOT, marks_problem=error.what)
    found = replace(evidence, sightings=seen.sightings, watched=seen.seconds, marks_doubt=seen.doubt)
    return replace(found, marks_looked=Looked.YES)


def read(content: Content, limits: Limits = DEFAULT_LIMITS) -> Label | None:
    """Give the one label of a file, None where it has none.

    Raises `InvalidLabel` where labels differ or the text is not a valid label: we never pick one.
    """
    with source_of(content, limits) as source:
        try:
            return label_of(source)
        except AigcLabelError as problem:
            problem.where = problem.where or source.name
            raise
