"""Labels what a LangChain runnable gives: its text or messages carry the words first or last, streamed or at once."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

from aigc_label.bilingual import Bilingual
from aigc_label.errors import MissingTool, UnsupportedFormat
from aigc_label.marking import Mark
from aigc_label.sse import FIELD, Content
from aigc_label.streams import TextLabeller, Words, noted
from aigc_label.wording import words_of


def labelled_runnable(runnable: Any, mark: Mark | None = None, content: Content = Content.TEXT) -> Any:
    """Give a runnable that does what `runnable` does and labels the text of its output; nothing asked of it turns that off.

    Its output is text, or messages and chunks of them. Calls of tools pass as they are; with `Content.JSON` the text stays
    JSON and the words stand in `response_metadata["aigc_label"]`. A stream that breaks still ends with the words that
    belong at its end. Raises `MissingTool` without langchain-core, `InvalidMark` for a place that no stream knows; the
    runnable raises `UnsupportedFormat` for output of another kind, which would go out bare.
    """
    try:
        from langchain_core.runnables import RunnableGenerator
    except ImportError as problem:
        raise MissingTool(
            Bilingual(
                "labelling runnables needs the package langchain-core", "为 Runnable 添加标识需要 langchain-core 包"
            ),
            remedy=Bilingual("pip install langchain-core", "pip install langchain-core"),
        ) from problem
    wanted = mark or Mark()
    Words.of(wanted)

    def transform(pieces: Iterator[Any]) -> Iterator[Any]:
        state = _Output(wanted, content)
        try:
            for piece in pieces:
                yield state.feed(piece)
        except Exception as problem:
            if (end := state.finish()) is not None:
                yield end
            noted(problem, state)
            raise
        if (end := state.finish()) is not None:
            yield end

    async def atransform(pieces: AsyncIterator[Any]) -> AsyncIterator[Any]:
        state = _Output(wanted, content)
        try:
            async for piece in pieces:
                yield state.feed(piece)
        except Exception as problem:
            if (end := state.finish()) is not None:
                yield end
            noted(problem, state)
            raise
        if (end := state.finish()) is not None:
            yield end

    return runnable | RunnableGenerator(transform, atransform)


class _Output:
    """One output that comes in pieces: strings, chunks of a message, or one whole message."""

    def __init__(self, mark: Mark, content: Content) -> None:
        self.mark = mark
        self.content = content
        self.text = TextLabeller(Words.of(mark))
        self._last: Any = None
        self._told = False

    @property
    def begun(self) -> bool:
        return self.text.begun

    @property
    def labelled(self) -> bool:
        return self._told if self.content is Content.JSON else self.text.labelled

    def feed(self, piece: Any) -> Any:
        """Give the piece to send on."""
        from langchain_core.messages import BaseMessage, BaseMessageChunk

        self._last = piece
        if isinstance(piece, str) and self.content is Content.TEXT:
            return self.text.feed(piece)
        if not isinstance(piece, BaseMessage):
            raise UnsupportedFormat(
                Bilingual(
                    f"a runnable that gives {type(piece).__name__} cannot be labelled",
                    f"无法为输出 {type(piece).__name__} 的 Runnable 添加标识",
                ),
                remedy=Bilingual(
                    "Label the model or the text before it is turned into something else.",
                    "请在转换为其他类型之前，对模型或文本添加标识。",
                ),
            )
        if self.content is Content.JSON:
            self.text.feed("".join(_texts(piece)))
            first, self._told = not self._told, True
            return _with_field(piece, words_of(self.mark)) if first else piece
        spelt = _with_text(piece, self.text.feed)
        for text in [text for text in _texts(piece) if text][1:]:  # of a list of blocks
            self.text.feed(text)
        if isinstance(piece, BaseMessageChunk):
            return spelt
        return _with_text(spelt, lambda text: text + self.text.finish(), -1)

    def finish(self) -> Any | None:
        """Give the last piece, with the words that belong at the end; None where none do."""
        if self.content is Content.JSON:
            return None
        end = self.text.finish()
        if not end:
            return None
        if isinstance(self._last, str):
            return end
        return type(self._last)(content=end, id=self._last.id)


def _texts(message: Any) -> Iterator[str]:
    """Give the texts of a message, whose content is one or a list of blocks."""
    if isinstance(message.content, str):
        yield message.content
        return
    for block in message.content:
        yield block if isinstance(block, str) else block.get("text", "") if block.get("type") == "text" else ""


def _with_text(message: Any, change: Any, which: int = 0) -> Any:
    """Give a message with its first (or last) text changed; as it is where it has none."""
    if isinstance(message.content, str):
        return message.model_copy(update={"content": change(message.content)}) if message.content else message
    texts = list(_texts(message))
    filled = [at for at, text in enumerate(texts) if text]
    if not filled:
        return message
    at = filled[which]
    blocks = list(message.content)
    new = change(texts[at])
    blocks[at] = new if isinstance(blocks[at], str) else {**blocks[at], "text": new}
    return message.model_copy(update={"content": blocks})


def _with_field(message: Any, words: str) -> Any:
    return message.model_copy(update={"response_metadata": {**message.response_metadata, FIELD: words}})
