"""Takes a form apart as it arrives (multipart/form-data, RFC 7578), holding none of its files."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple

from aigc_label import optional
from aigc_label.bilingual import Bilingual
from aigc_label.errors import WrongUse

KIND: Final = "multipart/form-data"
PLAIN: Final = (
    b"",
    b"7bit",
    b"8bit",
    b"binary",
)  # of Content-Transfer-Encoding, which RFC 7578, 4.7 has done away with


class Part(NamedTuple):
    """One part of a form: its field, and what the client calls the file in it; None for a field that is no file."""

    field: str
    name: str | None


def boundary_of(content_type: str) -> bytes | None:
    """Give what stands between the parts of a form; None where the type is no form's. Raises `MissingTool`, `WrongUse`."""
    if content_type.partition(";")[0].strip().lower() != KIND:
        return None
    _, options = _library().parse_options_header(content_type)
    boundary = options.get(b"boundary")
    if not boundary:
        raise _unreadable()
    return bytes(boundary)


class Form:
    """One form on its way: `began` is told of each part, `came` gets its bytes in pieces.

    Raises `WrongUse` where it cannot be read, or not in one way only; `MissingTool` without python-multipart.
    """

    def __init__(self, boundary: bytes, began: Callable[[Part], object], came: Callable[[bytes], object]) -> None:
        library = _library()
        self._began = began
        self._options = library.parse_options_header
        self._errors = library.MultipartParseError
        self._ended = False
        self._key, self._value = b"", b""
        self._headers: dict[bytes, bytes] = {}
        calls = {
            "on_end": self._end,
            "on_header_begin": self._begin,
            "on_header_field": self._field,
            "on_header_value": self._more,
            "on_header_end": self._header,
            "on_headers_finished": self._part,
            "on_part_data": lambda data, start, end: came(data[start:end]),
        }
        self._parser = library.MultipartParser(boundary, calls)

    def feed(self, data: bytes) -> None:
        try:
            self._parser.write(data)
        except self._errors as problem:
            raise _unreadable() from problem

    def close(self) -> None:
        """Raise `WrongUse` where the form broke off before its end."""
        if not self._ended:
            raise _unreadable()

    def _end(self) -> None:
        self._ended = True

    def _begin(self) -> None:
        self._key, self._value = b"", b""

    def _field(self, data: bytes, start: int, end: int) -> None:
        self._key += data[start:end]

    def _more(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _header(self) -> None:
        name = self._key.lower()
        if name in self._headers:
            raise _unreadable()
        self._headers[name] = self._value

    def _part(self) -> None:
        if self._headers.get(b"content-transfer-encoding", b"").strip().lower() not in PLAIN:
            raise _unreadable()
        disposition = self._headers.get(b"content-disposition", b"")
        _, said = self._options(disposition)
        self._headers = {}
        name = said.get(b"filename", b"" if b"filename*" in disposition.lower() else None)
        self._began(Part(_text(said.get(b"name", b"")), None if name is None else _text(name)))


def _text(value: bytes) -> str:
    return value.decode("utf-8", "replace")


def _library() -> Any:
    needed = Bilingual("reading forms needs the package python-multipart", "解析表单需要 python-multipart 包")
    return optional.package("python_multipart.multipart", "uploads", needed)


def _unreadable() -> WrongUse:
    return WrongUse(Bilingual("the form cannot be read", "无法解析表单"))
