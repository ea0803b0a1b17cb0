"""Delivers a plan to a store that joins parts: kept ranges are copied there, the object appears whole or not at all."""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import suppress
from typing import Any, ClassVar, Final

from aigc_label.errors import AigcLabelError
from aigc_label.limits import MIB
from aigc_label.source import Source
from aigc_label.splice import Plan, PlanSource
from aigc_label.storage.addresses import Info, Place, info_of
from aigc_label.storage.objects import ObjectSource, changed
from aigc_label.storage.parts import Part, parts_of, sent

AT_ONCE: Final = 8 * MIB  # up to this size an object is put with one request
CONDITIONS: Final = (  # how stores say that the object is not what it was
    "PreconditionFailed",
    "pre-conditions",
    "ConditionalRequestConflict",
    "FileAlreadyExists",
)


class Upload(ABC):
    """One delivery. What a store calls its requests stands in the classes below it; all of them raise `OSError`.

    `there` is the object that stands in the way as it was seen, None where there was none.
    """

    schemes: ClassVar[tuple[str, ...]]
    least: ClassVar[int]  # bytes of a part that is not the last

    def __init__(self, source: Source, plan: Plan, target: Place, there: Info | None) -> None:
        self.source = source
        self.plan = plan
        self.target = target
        self.there = there
        self.content = PlanSource(source, plan)
        self.origin = source if isinstance(source, ObjectSource) and source.place.scheme in self.schemes else None

    def delivered(self) -> int:
        """Put the object; give how many bytes this machine sent. Raises `Refused` where the target has changed."""
        kept = self.carried() if self.origin is not None else {}
        if self.content.size <= AT_ONCE:
            body = self.content.upto(0, self.content.size)
            check_unchanged(self.target, self.there)
            try:
                self.put(body, kept)
            except OSError as problem:
                raise _changed(problem, self.target.address) from problem
            return len(body)
        return self._in_parts(kept)

    def _in_parts(self, kept: dict[str, Any]) -> int:
        upload = self.begin(kept)
        try:
            whole = sent(0, self.content.size, self.plan, self.least)
            parts = parts_of(self.plan, self.least) if self.origin is not None else whole
            tags = [self._part(upload, number, part) for number, part in enumerate(parts, 1)]
            check_unchanged(self.target, self.there)  # not every store compares where parts are joined
            self._joined(upload, tags)
        except BaseException:
            with suppress(OSError):  # the first error says more
                self.abandon(upload)
            raise
        return sum(part.length for part in parts if part.copied is None)

    def _part(self, upload: str, number: int, part: Part) -> str:
        if part.copied is None:
            return self.send(upload, number, self.content.upto(part.start, part.length))
        try:
            return self.copy(upload, number, (part.copied, part.copied + part.length - 1))
        except OSError as problem:
            raise _changed(problem, self.source.name) from problem

    def _joined(self, upload: str, tags: list[str]) -> None:
        """Join the parts. Joining gigabytes takes a store long: a client that asks again finds the upload gone, and done."""
        try:
            self.join(upload, tags)
        except OSError as problem:
            now = info_of(self.target)
            if now is None or now == self.there or now.size != self.content.size:
                raise _changed(problem, self.target.address) from problem

    @abstractmethod
    def carried(self) -> dict[str, Any]:
        """Give what the source carries beside its bytes, as the store takes it."""

    @abstractmethod
    def put(self, body: bytes, kept: dict[str, Any]) -> None:
        """Put the object with one request."""

    @abstractmethod
    def begin(self, kept: dict[str, Any]) -> str:
        """Begin an upload in parts; give its name."""

    @abstractmethod
    def send(self, upload: str, number: int, body: bytes) -> str:
        """Send a part; give its tag."""

    @abstractmethod
    def copy(self, upload: str, number: int, span: tuple[int, int]) -> str:
        """Have a part copied from the source (its first and last byte); give its tag."""

    @abstractmethod
    def join(self, upload: str, tags: list[str]) -> None:
        """Make the object of its parts."""

    @abstractmethod
    def abandon(self, upload: str) -> None:
        """Give the parts up."""


def check_unchanged(target: Place, there: Info | None) -> None:
    """Raise `Refused` where an object is not what was seen."""
    if info_of(target) != there:
        raise changed(target.address)


def _changed(problem: OSError, address: str) -> OSError | AigcLabelError:
    """Give a refusal where the store said that a condition no longer holds, else the error as it is."""
    said = f"{problem} {problem.__cause__}"
    return changed(address) if any(one in said for one in CONDITIONS) else problem
