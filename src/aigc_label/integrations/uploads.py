"""Judges what is uploaded to an application (Measures, Art. 6), whichever interface brings it there."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Final

from aigc_label import api
from aigc_label.bilingual import Bilingual, Lang
from aigc_label.errors import AigcLabelError, LimitExceeded, UnsupportedFormat, WrongUse
from aigc_label.form_data import Form, Part, boundary_of
from aigc_label.formats import Medium
from aigc_label.limits import MIB
from aigc_label.placing import Content, source_of
from aigc_label.policy import Policy
from aigc_label.recognition import UNLOOKED, Gate, Intake
from aigc_label.report import VERDICT_NAMES, Severity, Verdict
from aigc_label.sniff import sniff
from aigc_label.telling.account import Account, account_of

KEY: Final = "aigc_label"  # where a request holds its uploads, as they were judged
FIELDS: Final = ("application/json", "application/x-www-form-urlencoded", "text/plain")  # unless its bytes are a file's
MOST_PARTS: Final = 1_000
CHUNK: Final = 1 << 20
SUFFIX: Final = re.compile(r"\.[A-Za-z0-9]{1,10}")
GATE: Final = Policy(gate=Gate.PLATFORM)


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """One file of a request as it was judged: the form's field ("" where it is the body), and what the client calls it."""

    field: str
    name: str
    account: Account

    @property
    def verdict(self) -> Verdict:
        """Undecidable where it could not be looked at: never a pass."""
        return self.account.verdict

    @property
    def intake(self) -> Intake:
        """The standing of Article 6, what it rests on, and the notice to show beside the content."""
        return self.account.report.intake if self.account.report is not None else UNLOOKED


@dataclass(frozen=True, slots=True, kw_only=True)
class Uploads:
    """How an application's uploads are judged.

    Every file sent to an address that begins with one of `paths` is judged by `policy` (by default at a platform's gate:
    label and mark), and the application finds what came of it in its request. A file of one of the verdicts in `refused`
    does not reach it: the client is told why. `largest` bounds a request, in bytes.
    """

    policy: Policy = GATE
    paths: tuple[str, ...] = ("/",)
    refused: frozenset[Verdict] = frozenset()
    largest: int = 4096 * MIB

    def concern(self, path: str) -> bool:
        """Tell whether what is sent to an address is judged."""
        return path.startswith(self.paths)

    @contextmanager
    def taking(self) -> Iterator[Arriving]:
        """Give a place to collect a request's body in, on disk."""
        with tempfile.TemporaryDirectory(prefix="aigc-label-") as folder, open(Path(folder, "body"), "w+b") as file:
            yield Arriving(file, Path(folder), self)

    def judged(self, part: Part, content: Content) -> Upload:
        """Judge one file: a path, or an open file."""
        name = part.name or ""
        try:
            return Upload(field=part.field, name=name, account=account_of(name, api.verify(content, self.policy)))
        except (AigcLabelError, OSError) as problem:
            return Upload(field=part.field, name=name, account=account_of(name, problem))

    def check(self, uploads: tuple[Upload, ...]) -> tuple[Upload, ...]:
        """Give them back. Raises `RefusedUpload` where one has a verdict that is refused."""
        refused = tuple(upload for upload in uploads if upload.verdict in self.refused)
        if refused:
            raise RefusedUpload(refused)
        return uploads


class RefusedUpload(WrongUse):
    """A client sent a file that the application does not take."""

    code = "refused-upload"

    def __init__(self, uploads: tuple[Upload, ...]) -> None:
        super().__init__(Bilingual("the upload is refused", "上传内容被拒绝"))
        self.uploads = uploads


# any other error is ours and not the client's: 500
STATUSES: Final = ((RefusedUpload, 422), (LimitExceeded, 413), (WrongUse, 400))


class Arriving:
    """The body of a request on its way in: fed in pieces, then judged, then given to the application as it came."""

    def __init__(self, file: BinaryIO, folder: Path, uploads: Uploads) -> None:
        self._file = file
        self._folder = folder
        self._uploads = uploads
        self._size = 0

    def feed(self, piece: bytes) -> None:
        """Take a piece. Raises `LimitExceeded`."""
        self._size += len(piece)
        if self._size > self._uploads.largest:
            raise LimitExceeded(Bilingual("the upload is too large", "上传内容过大"), limit="largest")
        self._file.write(piece)

    def judged(self, content_type: str) -> tuple[Upload, ...]:
        """Judge the files in the body. Raises `RefusedUpload`; `WrongUse` for a form that cannot be read."""
        self._file.flush()
        boundary = boundary_of(content_type)
        if boundary is not None:
            return self._uploads.check(self._of_form(boundary))
        kind = content_type.partition(";")[0].strip().lower()
        part, body = Part("", None if kind in FIELDS else ""), self._folder / "body"
        return self._uploads.check((self._uploads.judged(part, body),) if self._size and _is_file(part, body) else ())

    def body(self) -> BinaryIO:
        """Give the body from its start, as an open file that outlives its name."""
        return open(self._folder / "body", "rb")

    def _of_form(self, boundary: bytes) -> tuple[Upload, ...]:
        self._file.seek(0)
        with closing(_Parts(self._folder)) as parts:
            form = Form(boundary, parts.begin, parts.take)
            while piece := self._file.read(CHUNK):
                form.feed(piece)
            form.close()
        return tuple(self._uploads.judged(part, path) for part, path in parts.found if _is_file(part, path))


class _Parts:
    """The parts of a form, each a file in a private folder."""

    def __init__(self, folder: Path) -> None:
        self.found: list[tuple[Part, Path]] = []
        self._folder = folder
        self._file: BinaryIO | None = None

    def begin(self, part: Part) -> None:
        self.close()
        if len(self.found) == MOST_PARTS:
            raise LimitExceeded(Bilingual("the form has too many parts", "表单包含的部分过多"), limit="parts")
        suffix = PurePosixPath((part.name or "").replace("\\", "/")).suffix
        path = self._folder / f"{len(self.found)}{suffix if SUFFIX.fullmatch(suffix) else ''}"
        self._file = open(path, "xb")  # noqa: SIM115  closed when the next part begins
        self.found.append((part, path))

    def take(self, data: bytes) -> None:
        assert self._file is not None
        self._file.write(data)

    def close(self) -> None:
        if self._file is not None:
            self._file.close()


def check_whole(size: int, stated: str) -> None:
    """Raise `WrongUse` where fewer bytes came than the header of the request states: a part is not taken for the whole."""
    if stated.isascii() and stated.isdigit() and size < int(stated):
        raise WrongUse(Bilingual("the upload broke off", "上传中断"))


def _is_file(part: Part, path: Path) -> bool:
    """Tell whether a part is a file: the client says so, or its bytes do, whatever the client says."""
    if path.stat().st_size == 0:
        return False  # a form's empty field of a file
    if part.name is not None:
        return True
    try:
        with source_of(path) as source:
            return sniff(source).medium is not Medium.TEXT
    except UnsupportedFormat:
        return False


def refusal(problem: AigcLabelError) -> tuple[int, list[tuple[str, str]], bytes]:
    """Give the answer to a client whose upload does not reach the application: status, headers, body (JSON, RFC 9457)."""
    status = next((status for kind, status in STATUSES if isinstance(problem, kind)), 500)
    files = [_told(upload) for upload in problem.uploads] if isinstance(problem, RefusedUpload) else []
    told = {
        "title": problem.what.en,
        "title_zh": problem.what.zh,
        "status": status,
        "code": problem.code,
        "files": files,
    }
    body = json.dumps(told).encode()
    return status, [("Content-Type", "application/problem+json"), ("Content-Length", str(len(body)))], body


def _told(upload: Upload) -> dict[str, object]:
    reasons = [
        {
            "rule": point.code,
            "en": point.said(Lang.EN),
            "zh": point.said(Lang.ZH),
            "remedy": point.remedy.en,
            "remedy_zh": point.remedy.zh,
        }
        for point in upload.account.points
        if point.severity is not Severity.ADVICE
    ]
    said = VERDICT_NAMES[upload.verdict]
    return {
        "field": upload.field,
        "name": upload.name,
        "verdict": str(upload.verdict),
        "verdict_zh": said.zh,
        "reasons": reasons,
    }
