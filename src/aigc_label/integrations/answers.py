"""Labels the body of an HTTP answer, whichever interface between server and application brings it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Final

from aigc_label import api
from aigc_label.bilingual import Bilingual
from aigc_label.errors import AigcLabelError, LimitExceeded, UnsupportedFormat
from aigc_label.formats import FORMATS, Medium
from aigc_label.label import Label
from aigc_label.limits import MIB
from aigc_label.marking import Mark
from aigc_label.order import Order
from aigc_label.sse import headers_of

STREAM: Final = "text/event-stream"
# what is only true of the body as the application made it
STALE: Final = frozenset(
    {
        "content-length",
        "etag",
        "last-modified",
        "accept-ranges",
        "content-md5",
        "digest",
        "content-digest",
        "repr-digest",
    }
)
CHUNK: Final = 1 << 20
CAME: Final = "came"  # the name of a body until it is labelled


def _types() -> tuple[str, ...]:
    """Give what the types of labelled files begin with: a whole family where it is a medium's, else each format's own."""
    kept = [row for row in FORMATS if row.adapter and row.medium is not Medium.TEXT]
    families = {f"{row.mime.partition('/')[0]}/" for row in kept if row.medium is not Medium.DOCUMENT}
    return (*sorted(families), *(row.mime for row in kept if row.medium is Medium.DOCUMENT))


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """How an application's answers are labelled.

    `order` is carried out on every body whose media type begins with one of `types` (by default those of every format that
    has a place for the label, but for pages and texts, which may be the application's own) and whose address begins with
    one of `paths`; `words` stand in streams of chat. What is over `largest` bytes, or cannot be labelled, is not sent.
    """

    order: Order
    words: Mark = field(default_factory=Mark)
    paths: tuple[str, ...] = ("/",)
    types: tuple[str, ...] = _types()
    largest: int = 4096 * MIB

    def concern(self, path: str, content_type: str) -> bool:
        """Tell whether an answer is to be labelled as a file."""
        return path.startswith(self.paths) and content_type.strip().lower().startswith(self.types)

    def stream(self, path: str, content_type: str) -> bool:
        """Tell whether an answer is to be labelled as a stream of chat."""
        return path.startswith(self.paths) and content_type.partition(";")[0].strip().lower() == STREAM

    @contextmanager
    def holding(self) -> Iterator[Held]:
        """Give a place to collect a body in, on disk."""
        with tempfile.TemporaryDirectory(prefix="aigc-label-") as folder, open(Path(folder, CAME), "xb") as came:
            yield Held(came, Path(folder), self)


class Held:
    """A body on its way: fed in pieces, then labelled."""

    def __init__(self, came: BinaryIO, folder: Path, labels: Labels) -> None:
        self._file = came
        self._came, self._made = folder / CAME, folder / "made"
        self._labels = labels

    def feed(self, piece: bytes) -> None:
        """Take a piece. Raises `LimitExceeded`."""
        self._file.write(piece)
        if self._file.tell() > self._labels.largest:
            raise LimitExceeded(
                Bilingual("the answer is too large to be labelled", "应答过大，无法添加标识"), limit="largest"
            )

    def labelled(self, encoding: str = "") -> Labelled:
        """Give the labelled body as an open file of no name. Raises `AigcLabelError`: nothing may be sent then."""
        self._file.flush()
        if encoding.strip().lower() not in ("", "identity"):
            raise UnsupportedFormat(
                Bilingual(f"the answer is compressed ({encoding})", f"应答已压缩（{encoding}）"),
                remedy=Bilingual("Put the compression outside of the labels.", "请将压缩中间件置于标识中间件之外。"),
            )
        outcome = api.carry_out(self._came, self._made, self._labels.order)
        return Labelled(open(self._made, "rb"), outcome.label)


@dataclass(frozen=True, slots=True)
class Labelled:
    """A finished body and the label in it."""

    file: BinaryIO
    label: Label | None

    def headers(self, bare: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
        """Give the headers of the answer from those of the bare one."""
        told = headers_of(self.label).items() if self.label is not None else ()
        return [*lasting(bare), *told, ("Content-Length", str(os.fstat(self.file.fileno()).st_size))]

    def pieces(self) -> Iterator[bytes]:
        """Give the body, and close the file."""
        with self.file:
            while piece := self.file.read(CHUNK):
                yield piece


def lasting(headers: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Give the headers that are true of a labelled body too."""
    return [(name, value) for name, value in headers if name.lower() not in STALE]


def failure(problem: AigcLabelError) -> tuple[int, list[tuple[str, str]], bytes]:
    """Give the answer that takes the place of one that could not be labelled: status, headers, body."""
    body = f"aigc-label: {problem.what.en} / {problem.what.zh}\n".encode()
    headers = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body)))]
    return 500, headers, body
