"""Takes an upload into a private folder as it arrives, never into memory: the bare body, or the file of a form."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Final

from starlette.requests import Request

from aigc_label.bilingual import Bilingual
from aigc_label.errors import LimitExceeded, WrongUse
from aigc_label.form_data import Form, Part, boundary_of
from aigc_label.server.terms import Terms

UNNAMED: Final = "file"
ARRIVING: Final = "arriving"  # what an upload is called until it is whole
LONGEST: Final = 180  # bytes of a file's name: what we put before and behind it must fit into 255


class Folder:
    """A folder for one request alone (mode 0700), with the upload in it; gone with all it holds when it is closed."""

    def __init__(self, terms: Terms) -> None:
        self.path = tempfile.mkdtemp(prefix="aigc-label-", dir=terms.folder)
        self.name = UNNAMED

    def close(self) -> None:
        shutil.rmtree(self.path, ignore_errors=True)


def plain_name(said: str) -> str:
    """Give a name that means one file in one folder: no path, no control characters, not too long."""
    name = PurePosixPath(said.replace("\\", "/")).name
    name = "".join(c for c in name if c.isprintable())
    while len(name.encode("utf-8", "surrogateescape")) > LONGEST:
        stem, dot, suffix = name.rpartition(".")
        name = f"{stem[:-1]}{dot}{suffix}" if dot and stem else name[:-1]
    return name if name.strip(". ") else UNNAMED


async def take(request: Request, folder: Folder, name: str, largest: int) -> None:
    """Write the upload into `folder` and give it its name there: `name`, else what the form says.

    Raises `LimitExceeded` for more than `largest` bytes, `WrongUse` where there is no file in the request.
    """
    boundary = boundary_of(request.headers.get("content-type", ""))
    arriving = Path(folder.path, ARRIVING)
    with open(arriving, "xb") as file:
        form = _OneFile(file, boundary) if boundary is not None else None
        size = 0
        async for chunk in request.stream():
            size += len(chunk)
            if size > largest:
                raise too_large(largest)
            (form.feed if form else file.write)(chunk)
        if form is not None:
            form.close()
        empty = not file.tell()
    if empty:
        raise WrongUse(
            Bilingual("the request has no file in it", "请求中没有文件"),
            remedy=Bilingual(
                "Send it as the body (`curl --data-binary @FILE`) or in a form (`curl -F file=@FILE`).",
                "请将文件作为请求体（`curl --data-binary @文件`）或放在表单中（`curl -F file=@文件`）发送。",
            ),
        )
    folder.name = plain_name(name or (form.name if form else ""))
    arriving.rename(Path(folder.path, folder.name))


def too_large(largest: int) -> LimitExceeded:
    return LimitExceeded(
        Bilingual(f"the upload is over {largest:,} bytes", f"上传内容超过 {largest:,} 字节"), limit="max-size"
    )


class _OneFile:
    """Takes the one file out of a form as it arrives. Raises `WrongUse` for anything else in it."""

    def __init__(self, file: BinaryIO, boundary: bytes) -> None:
        self.name = ""
        self._files = 0
        self._form = Form(boundary, self._began, file.write)
        self.feed, self.close = self._form.feed, self._form.close

    def _began(self, part: Part) -> None:
        self._files += 1
        if part.name is None or self._files > 1:
            raise WrongUse(
                Bilingual("the form holds more than one file", "表单中不止一个文件"),
                remedy=Bilingual(
                    "One file a request; settings go into the address (`?producer=…`).",
                    "每个请求一个文件；各项设置请写在地址中（`?producer=…`）。",
                ),
            )
        self.name = part.name
