"""Works on jobs one after the other and gives each an outcome, whatever happens to it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Final, NamedTuple

from aigc_label.batch.job import Job, state_of
from aigc_label.bilingual import Bilingual
from aigc_label.content import media_of
from aigc_label.errors import AigcLabelError, Defect, Refused
from aigc_label.label import Label
from aigc_label.labelling import prepare
from aigc_label.limits import DEFAULT_LIMITS, Limits
from aigc_label.order import Action, Delivery, Existing, LabelTemplate, Order, Outcome
from aigc_label.output import GROUP, Placer, StrPath, Sync, opened
from aigc_label.placing import Content, beside_stands, digest_of, outcome_of, place, source_of
from aigc_label.sniff import sniff
from aigc_label.source import FileSource, Source
from aigc_label.splice import CHUNK, PlanSource
from aigc_label.stated_label import label_of
from aigc_label.storage.addresses import is_address

HELD_SECONDS: Final = 1.0  # a group that grows slowly (large pictures) is placed after this time
FULL: Final = GROUP - 1  # so that the group is placed here, where every outcome of it is at hand


class Line(NamedTuple):
    """How a run makes its files: the order for each, and what holds for all."""

    order_of: Callable[[Job], Order]
    sync: Sync = Sync.EACH
    existing: Existing = Existing.REFUSE
    limits: Limits = DEFAULT_LIMITS

    def outcomes(self, jobs: Iterable[Job]) -> Iterator[tuple[Job, Outcome]]:
        """Give one outcome a job, in their order, each only once its file is in place.

        A failure is an outcome too. Where the caller stops early, drafts that wait are removed.
        """
        held = _Held(Placer(self.sync))
        try:
            for job in jobs:
                held.add(job, self._one(job, held.placer))
                if held.due():
                    yield from held.released()
            yield from held.released()
        finally:
            held.placer.abandon()

    def _one(self, job: Job, placer: Placer) -> Outcome:
        try:
            return self._made(job, self.order_of(job), placer)
        except (AigcLabelError, OSError) as problem:
            error: AigcLabelError | OSError = problem
        except Exception as problem:
            error = defect_of(problem)
        return Outcome(path=job.source, target=job.target or job.source, action=Action.FAILED, error=error)

    def _made(self, job: Job, order: Order, placer: Placer) -> Outcome:
        check_obstacle(job)
        if is_address(job.target or job.source):
            from aigc_label.carrying import carry

            return carry(job.source, job.target or job.source, order, self.existing, self.limits)
        there = self.standing(job.source, job.target, order) if job.target else None
        outcome = there or place(job.source, job.target or None, order, placer, self.limits)
        return outcome if job.before is None else _of_the_dead(outcome, job.before)

    def standing(self, content: Content, target: StrPath, order: Order) -> Outcome | None:
        """Give the outcome where `target` already holds exactly what would be written: a second run writes nothing.

        Raises `Refused` where it holds something else that is not to be overwritten. None: go on and write.
        """
        if not os.path.isfile(target) or os.path.islink(target):
            return None
        with source_of(content, self.limits) as source:
            if isinstance(source, FileSource) and os.path.samestat(os.fstat(source.descriptor), os.stat(target)):
                raise Refused(
                    Bilingual("source and target are the same file", "源文件与目标是同一个文件"),
                    remedy=Bilingual("Use --in-place.", "请使用 --in-place。"),
                    where=str(target),
                )
            there = _already(source, target, order)
        if there is None and self.existing is Existing.REFUSE:
            raise Refused(
                Bilingual("the target exists and holds something else", "目标已存在且内容不同"),
                remedy=Bilingual("Choose another output, or give --overwrite.", "请更换输出位置，或使用 --overwrite。"),
                where=str(target),
            )
        return there


class _Held:
    """Outcomes whose files wait in one group to be synced and placed; nothing is reported as done before that."""

    def __init__(self, placer: Placer) -> None:
        self.placer = placer
        self.waiting: list[tuple[Job, Outcome]] = []
        self.since = 0.0

    def add(self, job: Job, outcome: Outcome) -> None:
        if not self.waiting:
            self.since = time.monotonic()
        self.waiting.append((job, outcome))

    def due(self) -> bool:
        placed = len(self.placer.waiting)
        return not placed or placed >= FULL or time.monotonic() - self.since > HELD_SECONDS

    def released(self) -> Iterator[tuple[Job, Outcome]]:
        error: OSError | None = None
        lost: dict[str, OSError] = {}
        if self.placer.waiting:
            try:
                self.placer.flush()
            except OSError as problem:
                error, lost = problem, dict(self.placer.lost)
        waiting, self.waiting = self.waiting, []
        for job, outcome in waiting:
            # without a list of the lost it was the folder that could not be synced, and that concerns all
            problem_here = lost.get(outcome.target) if lost else error
            if problem_here is not None and outcome.action in (Action.WRITTEN, Action.COPIED):
                yield job, replace(outcome, action=Action.FAILED, error=problem_here)
            else:
                yield job, outcome


def _of_the_dead(outcome: Outcome, before: str) -> Outcome:
    """Give what a process came to that was killed between putting a file in place and telling of it.

    Its work stands there, and a second look finds nothing to do; that the file is not what it was before says so.
    """
    now = state_of(outcome.target)
    if outcome.action is not Action.UNCHANGED or now == before:
        return outcome
    same_inode = now.rpartition(":")[2] == before.rpartition(":")[2]
    return replace(outcome, action=Action.PATCHED if same_inode else Action.WRITTEN)


def _already(source: Source, path: StrPath, order: Order) -> Outcome | None:
    with opened(path, source.limits) as target:
        settled = replace(order, label=_settled(order, target))
        prepared = prepare(source, replace(settled, attester=None))
        if not _stands(PlanSource(source, prepared.plan), target, settled):
            return None
        if prepared.beside and not beside_stands(source, prepared, path):
            return None
        outcome = replace(
            outcome_of(source, prepared, settled, Action.UNCHANGED, str(path)),
            replaced=(),
            reason="",
            source_sha256=digest_of(source, order),
            target_sha256=digest_of(target, order),
        )
        if order.delivery is Delivery.PLAN:
            return replace(outcome, action=Action.PLANNED, intended=Action.UNCHANGED)
        return outcome


def _stands(wanted: Source, target: Source, order: Order) -> bool:
    """Tell whether the target is what is wanted. Content Credentials differ each time: then what they are over counts."""
    if order.attester is None:
        return wanted.size == target.size and _equal(wanted, target)
    from aigc_label.security.binding import content_digest
    from aigc_label.security.hashes import Digest

    there = prepare(target, order)
    if not there.changes_nothing(target) or sniff(wanted) is not there.row:
        return False
    one, other = media_of(wanted, there.row), media_of(target, there.row)
    return content_digest(wanted, one.ranges, Digest.SHA256) == content_digest(target, other.ranges, Digest.SHA256)


def _settled(order: Order, target: Source) -> Label | LabelTemplate | None:
    """Give the label that an earlier run made for this target, where it fits: made numbers and signatures are made once."""
    if order.label is None:
        return None
    try:
        present = label_of(target)
    except AigcLabelError:
        return order.label
    return present if present is not None and order.fits(present) else order.label


def _equal(wanted: Source, there: Source) -> bool:
    return all(wanted.upto(at, CHUNK) == there.upto(at, CHUNK) for at in range(0, there.size, CHUNK))


def check_obstacle(job: Job) -> None:
    """Raise what stands in the way of a job: `Refused`, or the system's own error."""
    if not job.obstacle:
        return
    if job.errno:
        raise OSError(job.errno, os.strerror(job.errno), job.target if job.obstacle == "target" else job.source)
    what, remedy = _OBSTACLES[job.obstacle]
    raise Refused(what, remedy=remedy, where=job.source)


_OBSTACLES: Final = {
    "link": (
        Bilingual("a symbolic link, which is not followed in folders", "符号链接，遍历文件夹时不会跟随"),
        Bilingual(
            "Name the file it points to, or leave links out with `--links skip`.",
            "请直接指定其指向的文件，或用 `--links skip` 略过链接。",
        ),
    ),
    "special": (
        Bilingual("not a regular file", "不是普通文件"),
        Bilingual("Leave it out with `--exclude`.", "请用 `--exclude` 略过。"),
    ),
    "outside": (
        Bilingual("the path leads out of the output folder", "该路径会超出输出文件夹"),
        Bilingual(
            "Run from a folder above the files and list them from there.",
            "请在上级文件夹中运行，并以相对路径列出文件。",
        ),
    ),
}


def defect_of(problem: Exception) -> Defect:
    """Give an exception that nobody foresaw as an error of ours, with the original as its cause."""
    said = f"{type(problem).__name__}: {problem}"
    error = Defect(
        Bilingual(f"unexpected {said}", f"意外错误 {said}"),
        remedy=Bilingual(
            "Run again with -v and report what it prints, with the file if you can.",
            "请加 -v 重新运行，并反馈输出内容；如可能请附上文件。",
        ),
    )
    error.__cause__ = problem
    return error
