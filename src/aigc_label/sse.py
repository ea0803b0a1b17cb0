"""Labels chat completions while they are streamed as server-sent events, in the form that OpenAI's service made common.

Events that need no change are passed on byte for byte. The words come as events of their own around the text of each
choice, before its `finish_reason`; calls of tools, usage and `[DONE]` stay as and where they are.
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from aigc_label.bilingual import Bilingual
from aigc_label.errors import LimitExceeded, MalformedFile, UnsupportedFormat
from aigc_label.label import Label
from aigc_label.limits import MIB
from aigc_label.marking import Mark
from aigc_label.streams import TextLabeller, Words, noted
from aigc_label.wording import words_of

BORDER: Final = re.compile(rb"(?:\r\n|\n|\r){2}")
LINE: Final = re.compile(r"\r\n|\n|\r")
MOST: Final = 16 * MIB  # bytes of one event
DONE: Final = "[DONE]"
FIELD: Final = "aigc_label"  # of an event whose choice cannot take the words
HEADER: Final = "X-AIGC-Label"


class Content(StrEnum):
    """What a reply holds."""

    TEXT = "text"
    JSON = "json"  # it was asked for as JSON: words would break it, so a field beside it has them


def content_of(request: Mapping[str, Any]) -> Content:
    """Give what the reply to a request will hold, by its `response_format`."""
    wanted = request.get("response_format")
    kind = wanted.get("type", "text") if isinstance(wanted, Mapping) else "text"
    return Content.TEXT if kind == "text" else Content.JSON


def headers_of(label: Label) -> dict[str, str]:
    """Give the HTTP header that carries the implicit label beside a stream: its JSON in ASCII."""
    return {HEADER: json.dumps(label.to_fields(), separators=(",", ":"))}


@dataclass(slots=True)
class _Choice:
    text: TextLabeller
    has_role: bool = False
    is_legacy: bool = False  # the older completions, whose text is `text` and not `delta.content`


@dataclass(slots=True)
class SseLabeller:
    """Labels one stream. Feed it bytes cut anywhere, then finish."""

    mark: Mark = field(default_factory=Mark)
    content: Content = Content.TEXT
    _buffer: bytearray = field(default_factory=bytearray)
    _looked: int = 0
    _choices: dict[int, _Choice] = field(default_factory=dict)
    _frame: dict[str, Any] = field(default_factory=dict)
    _told: bool = False

    def __post_init__(self) -> None:
        Words.of(self.mark)  # a mark that no stream can take is refused before anything is sent

    @property
    def begun(self) -> bool:
        return any(choice.text.begun for choice in self._choices.values())

    @property
    def labelled(self) -> bool:
        if self.content is Content.JSON:
            return self._told
        return all(choice.text.labelled for choice in self._choices.values())

    def feed(self, data: bytes) -> bytes:
        """Give the bytes to send on: every event that is complete, with those of ours around it.

        Raises `UnsupportedFormat` for events of another protocol and `MalformedFile` for ones that hold no JSON: text that
        we do not find would go out without its words. `LimitExceeded` for an event over 16 MiB.
        """
        self._buffer += data
        if len(self._buffer) > MOST:
            raise LimitExceeded(Bilingual("an event of the stream is too large", "流中的单个事件过大"), limit="packet")
        out, done = [], 0
        while found := BORDER.search(self._buffer, max(done, self._looked)):
            if found[0] == b"\r\n\r" and found.end() == len(self._buffer):  # its line feed is still on the way
                break
            out.append(self._event(bytes(self._buffer[done : found.end()])))
            done = self._looked = found.end()
        del self._buffer[:done]
        self._looked = max(0, len(self._buffer) - 3)
        return b"".join(out)

    def finish(self) -> bytes:
        """Give what is left, and the words of every choice that the stream has not finished.

        An event that broke off is dropped, as every reader of such streams does.
        """
        rest, out = bytes(self._buffer), b""
        self._buffer.clear()
        if rest.strip():
            try:
                out = self._event(rest.rstrip(b"\r\n") + b"\n\n")
            except MalformedFile:
                out = b""
        return out + self._endings()

    def broken(self) -> bytes:
        """Give the words of every unfinished choice, after an error; the event that broke off is dropped."""
        self._buffer.clear()
        return self._endings()

    def _event(self, raw: bytes) -> bytes:
        lines = LINE.split(raw.decode("utf-8", "replace").removeprefix("\ufeff"))
        said = [line[5:].removeprefix(" ") for line in lines if line.startswith("data:")]
        if not said:
            return raw
        text = "\n".join(said)
        if text.strip() == DONE:
            return self._endings() + raw
        chunk = _chunk_of(text)
        if "choices" not in chunk:
            return (self._endings() if "error" in chunk else b"") + raw
        return self._chunk(chunk, raw, [line for line in lines if line and not line.startswith("data:")])

    def _chunk(self, chunk: dict[str, Any], raw: bytes, others: list[str]) -> bytes:
        before: list[bytes] = []
        changed = False
        self._frame = {key: value for key, value in chunk.items() if key not in ("choices", "usage")}
        for part in chunk["choices"] or ():
            changed |= self._part(part, before)
        beside = self.content is Content.JSON and bool(chunk["choices"]) and not self._told
        if beside or any(self._is_wordless(part) for part in chunk["choices"] or ()):
            chunk[FIELD] = {"mark": words_of(self.mark), "shown": False}
            self._told = changed = True
        if not changed:
            return b"".join(before) + raw
        rows = "".join(f"{line}\n" for line in others)
        return b"".join(before) + f"{rows}data: {_json(chunk)}\n\n".encode()

    def _part(self, part: dict[str, Any], before: list[bytes]) -> bool:
        """Take one choice of one event; give whether it was changed. What goes before the event is put into `before`."""
        number = part.get("index", 0)
        delta = part.get("delta")
        choice = self._choices.setdefault(number, _Choice(TextLabeller(self._words())))
        choice.is_legacy = not isinstance(delta, dict)
        where: dict[str, Any] = part if choice.is_legacy else delta  # type: ignore[assignment]
        key = "text" if choice.is_legacy else "content"
        piece = where.get(key) or ""
        if not isinstance(piece, str):
            raise UnsupportedFormat(Bilingual("a choice streams something else than text", "流式选项的内容不是文本"))
        if piece:
            words = choice.text.feed(piece).removesuffix(piece)
            if words:
                before.append(self._ours(number, choice, words))
        choice.has_role = choice.has_role or "role" in where
        if part.get("finish_reason") is None:
            return False
        ending = choice.text.finish()
        if ending and piece:  # text and its end in one event: the words go between
            where[key] = piece + ending
            return True
        if ending:
            before.append(self._ours(number, choice, ending))
        return False

    def _words(self) -> Words:
        return Words.of(self.mark) if self.content is Content.TEXT else Words("", "")

    def _is_wordless(self, part: dict[str, Any]) -> bool:
        """Tell whether a choice ends without any text to put words to: it called tools."""
        return part.get("finish_reason") is not None and not self._choices[part.get("index", 0)].text.begun

    def _endings(self) -> bytes:
        parts = [(number, choice, choice.text.finish()) for number, choice in self._choices.items()]
        return b"".join(self._ours(number, choice, words) for number, choice, words in parts if words)

    def _ours(self, number: int, choice: _Choice, words: str) -> bytes:
        role = {} if choice.has_role else {"role": "assistant"}
        body: dict[str, Any] = {"text": words} if choice.is_legacy else {"delta": {**role, "content": words}}
        choice.has_role = True
        chunk = {**self._frame, "choices": [{"index": number, **body, "finish_reason": None}]}
        return f"data: {_json(chunk)}\n\n".encode()


def _json(chunk: dict[str, Any]) -> str:
    return json.dumps(chunk, ensure_ascii=False, separators=(",", ":"))


def _chunk_of(text: str) -> dict[str, Any]:
    try:
        chunk: dict[str, Any] = json.loads(text)
    except (ValueError, RecursionError) as problem:
        raise MalformedFile(
            Bilingual("an event of the stream holds no JSON", "流中的事件不是 JSON"),
        ) from problem
    known = isinstance(chunk, dict) and ({"choices", "error", "usage"} & chunk.keys()) and "type" not in chunk
    well_formed = known and all(isinstance(part, dict) for part in chunk.get("choices") or ())
    if not well_formed:
        raise UnsupportedFormat(
            Bilingual("the stream is not one of chat completions", "该流不是 chat completions 格式"),
            remedy=Bilingual(
                "Wrap the text itself with `labelled`, before it is put into events.",
                "请在封装为事件之前，用 `labelled` 包装文本本身。",
            ),
        )
    return chunk


def labelled_sse(pieces: Iterable[bytes], mark: Mark | None = None, content: Content = Content.TEXT) -> Iterator[bytes]:
    """Give a streamed reply with the words of `mark` around the text of every choice, however the bytes are cut.

    Where the stream breaks, the words that belong at its end are given before its error is raised again; where that is
    not possible either, the error's notes say whether what was sent is labelled. Raises as `SseLabeller.feed` does.
    """
    state = SseLabeller(mark or Mark(), content)
    try:
        for piece in pieces:
            if out := state.feed(piece):
                yield out
    except Exception as problem:
        if end := state.broken():
            yield end
        noted(problem, state)
        raise
    except BaseException as problem:
        noted(problem, state)
        raise
    if end := state.finish():
        yield end


async def alabelled_sse(
    pieces: AsyncIterable[bytes], mark: Mark | None = None, content: Content = Content.TEXT
) -> AsyncIterator[bytes]:
    """As `labelled_sse`, for an asynchronous stream."""
    state = SseLabeller(mark or Mark(), content)
    try:
        async for piece in pieces:
            if out := state.feed(piece):
                yield out
    except Exception as problem:
        if end := state.broken():
            yield end
        noted(problem, state)
        raise
    except BaseException as problem:
        noted(problem, state)
        raise
    if end := state.finish():
        yield end
