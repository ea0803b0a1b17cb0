"""Reads what a web server holds by ranges; a server that answers with anything else is refused, not read whole.

The only module that knows aiohttp, the client that fsspec uses for http:// and https://.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from aigc_label.bilingual import Bilingual
from aigc_label.errors import Refused

if TYPE_CHECKING:
    from aigc_label.storage.addresses import Info, Place

GONE: Final = (404, 410)
CHANGED: Final = 412  # RFC 9110, 15.5.13: what If-Match asked for is no longer there
AS_IT_IS: Final = {"Accept-Encoding": "identity"}  # a compressed range is not the file's
REMEDY: Final = Bilingual("Download the file, and name that.", "请先下载文件，再指定本地文件。")


def looked_up(place: Place) -> dict[str, Any]:
    """Give what a server's headers say of a file. Raises `FileNotFoundError`, `Refused` for all else."""
    try:
        told: dict[str, Any] = place.store.info(place.path)
    except FileNotFoundError as problem:  # fsspec says so whatever was wrong
        cause = problem.__cause__
        if cause is None or getattr(cause, "status", 0) in GONE:
            raise
        raise _unreadable(place, str(cause)) from cause
    if told.get("size") is None:
        raise Refused(
            Bilingual("the server does not say how large the file is", "服务器未说明文件大小"),
            remedy=REMEDY,
            where=place.address,
        )
    return told


def read(place: Place, info: Info, start: int, end: int) -> bytes:
    """Give the bytes from `start` to `end`, of the version that was looked up where the server names versions.

    Raises `Refused` where the server gives no ranges or fails, or the file changed; `OSError`. What a server sends that
    ignores the range is cut off after a mebibyte.
    """
    from aiohttp import ClientError

    condition = {"If-Match": info.version} if info.version.startswith('"') else {}
    headers = {**place.store.kwargs.get("headers", {}), **AS_IT_IS, **condition}
    try:
        with place.store.open(place.path, "rb", size=info.size, cache_type="none", headers=headers) as file:
            file.seek(start)
            data: bytes = file.read(end - start)
    except ValueError as problem:
        raise Refused(
            Bilingual("the server gives no ranges of the file", "服务器不支持按范围读取"),
            remedy=REMEDY,
            where=place.address,
        ) from problem
    except ClientError as problem:
        if getattr(problem, "status", 0) == CHANGED:
            raise Refused(
                Bilingual("the file changed while it was being read", "文件在读取过程中发生了变化"),
                remedy=Bilingual("Run the command again.", "请重新运行命令。"),
                where=place.address,
            ) from problem
        raise _unreadable(place, str(problem)) from problem
    if len(data) != end - start:
        raise _unreadable(place, "the server sent less than it was asked for")
    return data


def _unreadable(place: Place, said: str) -> Refused:
    return Refused(
        Bilingual(f"the server did not answer as it should: {said}", f"服务器未正常应答：{said}"),
        remedy=Bilingual("Check the address and the server, then run again.", "请检查地址与服务器后重新运行。"),
        where=place.address,
    )
