"""Records in a ledger what comes of each job, and leaves out what an earlier run has already done.

Only the process that hands jobs out touches the ledger: workers answer with what they did, wherever they run. Before a
group of jobs is handed out, the ledger notes that they are begun; what they came to is added with the next group's
note, so a file costs a sixty-fourth of a commit.
"""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from enum import StrEnum
from itertools import islice
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from aigc_label.batch.job import Job, state_of
from aigc_label.batch.shares import Answer
from aigc_label.bilingual import Bilingual, Lang
from aigc_label.errors import AigcLabelError
from aigc_label.formats import BY_NAME, Medium
from aigc_label.ledger.book import Begun, Ledger
from aigc_label.ledger.entry import Deed, Entry, RunFacts, as_text
from aigc_label.limits import Limits
from aigc_label.order import Action, Outcome, error_to_dict
from aigc_label.report import Report
from aigc_label.source import sha256_of

GROUP: Final = 64
HELD_SECONDS: Final = 1.0  # what was done is in the ledger after this time, however slowly the next files come
VERIFIED: Final = "verified"
DONE: Final = frozenset({Action.WRITTEN, Action.PATCHED, Action.COPIED, Action.UNCHANGED, VERIFIED})


class Resume(StrEnum):
    """Whether files that the ledger knows as done, and that are as they were, are worked on again."""

    NO = "no"
    YES = "yes"


class _Handed(NamedTuple):
    """A job that an answer is still to come for: what its file was like when it was handed out, and its names."""

    state: str
    source: str
    target: str


class Recorder:
    """Stands between the jobs and their answers; the answers come back without their deeds, in the order of the jobs.

    `retold` makes the answer for a file that an earlier run has done. Raises `Refused` where the ledger cannot be
    written: nothing is done without its record.
    """

    def __init__(self, ledger: Ledger, facts: RunFacts, resume: Resume, retold: Callable[[Entry], Answer]) -> None:
        self._ledger = ledger
        self._facts = facts
        self._resume = resume
        self._retold = retold
        self._waiting: deque[_Handed | int] = deque()  # a number is that of the entry of a file done before
        self._told: list[tuple[str, Deed]] = []
        self._left: list[tuple[str, str]] = []
        self._since = time.monotonic()

    def handed(self, jobs: Iterable[Job]) -> Iterator[Job]:
        """Give the jobs that are still to be done, each once the ledger knows that it is begun."""
        jobs = iter(jobs)
        while group := list(islice(jobs, GROUP)):
            begun: list[Begun] = []
            left = [job for one in group if (job := self._weighed(one, begun)) is not None]
            self._flush(begun)
            yield from left

    def answered(self, answers: Generator[Answer, None, None]) -> Generator[Answer, None, None]:
        """Give the answers of all jobs, those of files that were done before in their places."""
        try:
            with closing(answers) as stream:
                for *answer, deed in stream:
                    yield from self._before()
                    self._note(self._waiting.popleft(), deed)
                    if len(self._told) >= GROUP or time.monotonic() - self._since > HELD_SECONDS:
                        self._flush([])
                    yield tuple(answer)
                yield from self._before()
        finally:
            self._flush([])
            self._ledger.close()

    def _note(self, handed: _Handed | int, deed: tuple[str, ...]) -> None:
        if deed:
            self._told.append((handed.state if isinstance(handed, _Handed) else "", Deed(*deed)))
        elif isinstance(handed, _Handed):
            self._left.append((handed.source, handed.target))

    def _weighed(self, job: Job, begun: list[Begun]) -> Job | None:
        """Give the job as it is to be done, None for one that is done."""
        source, target = names_of(job)
        state = state_of(job.source)
        there = state_of(job.target) if job.target else state
        if self._resume is Resume.YES:
            last = self._ledger.last_of(source, target)
            if last is not None and self._stands(last, state, there):
                self._waiting.append(last.number)
                return None
            note = self._ledger.begun(source, target)
            there = note.before if note is not None else there
        begun.append(Begun(source, target, there))
        self._waiting.append(_Handed(state, source, target))
        return job._replace(before=there)

    def _stands(self, last: Entry, state: str, there: str) -> bool:
        """Tell whether a file needs nothing: done under the same orders, and neither it nor its target has changed."""
        deed, facts = last.deed, last.facts
        if deed.action not in DONE or (facts.command, facts.policy) != (self._facts.command, self._facts.policy):
            return False
        own = bool(deed.target) and deed.target == deed.source
        return there == deed.target_state and (own or state == last.source_state)

    def _before(self) -> Iterator[Answer]:
        while self._waiting and isinstance(self._waiting[0], int):
            entry = self._ledger.entry(self._waiting.popleft())  # type: ignore[arg-type]
            if entry is not None:
                yield self._retold(entry)

    def _flush(self, begun: list[Begun]) -> None:
        self._ledger.add(self._facts, self._told, begun, self._left)
        self._told.clear()
        self._left.clear()
        self._since = time.monotonic()


def names_of(job: Job) -> tuple[str, str]:
    """Give a job's source and target as a ledger spells them; a job without a target changes its own file."""
    return _name(job.source), _name(job.target or job.source)


def _name(path: str) -> str:
    return as_text(path if "://" in path else os.path.abspath(path))


def fingerprinted(outcome: Outcome, limits: Limits) -> Outcome:
    """Give the outcome with the perceptual code of the picture that was labelled, or with a warning why it has none."""
    if outcome.label is None or outcome.action not in DONE:
        return outcome
    row = BY_NAME.get(outcome.format)
    if row is None or row.medium is not Medium.IMAGE:
        return outcome
    from aigc_label.fingerprints import code_of

    try:
        return replace(outcome, fingerprint=code_of(outcome.target, limits).hex())
    except (AigcLabelError, OSError) as problem:
        en, zh = (error_to_dict(problem, lang)["what"] for lang in (Lang.EN, Lang.ZH))
        said = Bilingual(f"no fingerprint was kept: {en}", f"未记录图片指纹：{zh}")
        return replace(outcome, warnings=(*outcome.warnings, said))


def made_deed(outcome: Outcome, more: Mapping[str, Any] = MappingProxyType({})) -> tuple[str, ...]:
    """Give what was done to a file that was to be changed, as the ledger keeps it; `more` goes into its record."""
    label, drawn = outcome.label, outcome.drawn
    return _clean(
        Deed(
            action=outcome.action,
            source=_name(outcome.path),
            source_sha256=outcome.source_sha256,
            target=_name(outcome.target),
            target_sha256=outcome.target_sha256,
            target_state=state_of(outcome.target),
            format=outcome.format,
            label=label.to_json() if label is not None else "",
            mark=drawn.words if drawn is not None else "",
            error=_error(outcome.error) if outcome.error is not None else "",
            record=_json({**outcome.to_dict(), **more}),
        )
    )


def judged_deed(path: str, judged: Report | Exception) -> tuple[str, ...]:
    """Give what was found in a file that was judged, as the ledger keeps it."""
    deed = Deed(action=VERIFIED, source=_name(path), target=_name(path), target_state=state_of(path))
    if not isinstance(judged, Report):
        return _clean(deed._replace(action=Action.FAILED, error=_error(judged)))
    return _clean(
        deed._replace(
            source_sha256=_digest(path),
            format=judged.evidence.format,
            label=judged.label.to_json() if judged.label is not None else "",
            mark=judged.evidence.sightings[0].text if judged.evidence.sightings else "",
            verdict=judged.verdict,
            record=_json(judged.to_dict()),
        )
    )


def _digest(path: str) -> str:
    from aigc_label.output import opened

    with opened(path) as source:
        return sha256_of(source)


def _error(problem: Any) -> str:
    told = error_to_dict(problem, Lang.EN)
    return f"{told['code']}: {told['what']}"


def _json(values: dict[str, Any]) -> str:
    import json

    return json.dumps(values)  # all escaped: no database minds what a file's name is made of


def _clean(deed: Deed) -> tuple[str, ...]:
    return tuple(str(value).encode("utf-8", "backslashreplace").decode() for value in deed)
