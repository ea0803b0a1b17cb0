"""Judges jobs one after the other: a report each, or the reason why a file could not be looked at."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import TypeAlias

from aigc_label.api import verify
from aigc_label.batch.job import Came, Job
from aigc_label.batch.local import check_obstacle, defect_of
from aigc_label.errors import AigcLabelError, UnsupportedFormat
from aigc_label.formats import BY_NAME, FORMATS
from aigc_label.limits import DEFAULT_LIMITS, Limits
from aigc_label.policy import Policy
from aigc_label.report import Report


class Unknown(StrEnum):
    """What a file of unknown format in a folder counts as."""

    PROBLEM = "problem"  # nobody looked at it, so it cannot pass
    NOTHING = "nothing"  # the caller says that such files do not matter


Judged: TypeAlias = "Report | AigcLabelError | OSError | None"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """How a run judges its files."""

    policy: Policy
    unknown: Unknown = Unknown.PROBLEM
    limits: Limits = DEFAULT_LIMITS

    def judged(self, jobs: Iterable[Job]) -> Iterator[tuple[Job, Judged]]:
        """Give for each job, in their order, its report or its error; None for a file left out as unknown."""
        for job in jobs:
            yield job, self._one(job)

    def _one(self, job: Job) -> Judged:
        try:
            check_obstacle(job)
            report = verify(job.source, self.policy, self.limits)
            return None if self._says_nothing(job, report) else report
        except UnsupportedFormat as problem:
            return None if self._does_not_matter(job) else problem
        except (AigcLabelError, OSError) as problem:
            return problem
        except Exception as problem:
            return defect_of(problem)

    def _does_not_matter(self, job: Job) -> bool:
        """A walked file that neither its content nor its name gives a format: a picture turned to rubbish does matter."""
        suffix = os.path.splitext(job.source)[1].lower()
        return self.unknown is Unknown.NOTHING and job.came == Came.WALKED and suffix not in _known_suffixes()

    def _says_nothing(self, job: Job, report: Report) -> bool:
        """A walked text of a kind without a place for a label that shows none either: settings, data, programs."""
        row, evidence = BY_NAME[report.evidence.format], report.evidence
        if self.unknown is not Unknown.NOTHING or job.came != Came.WALKED or not row.named or row.adapter:
            return False
        return not (evidence.survey.readings or evidence.survey.notices or evidence.sightings or evidence.residue)


@cache
def _known_suffixes() -> frozenset[str]:
    return frozenset(suffix for row in FORMATS for suffix in row.suffixes)
