"""Cuts RTF into groups, control words and text, and says where its body begins and ends and what it shows."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final

from aigc_label.bilingual import Bilingual
from aigc_label.errors import LimitExceeded, MalformedFile
from aigc_label.source import Source

TOKEN: Final = re.compile(
    rb"\\([A-Za-z]+)(-?\d{1,10})? ?|\\'([0-9A-Fa-f]{2})|\\([^A-Za-z])|([{}])|[\r\n]+|([^\\{}\r\n]+)", re.DOTALL
)
DEEPEST: Final = 512
UNSHOWN: Final = frozenset(  # what these hold stands outside the running text, or nowhere
    (
        b"fonttbl colortbl stylesheet info pict object header headerl headerr headerf footer footerl footerr footerf "
        b"footnote annotation fldinst generator listtable listoverridetable rsidtbl revtbl filetbl themedata datastore "
        b"latentstyles xmlnstbl shp shpinst do nonshppict bkmkstart bkmkend xe tc deleted upr nextfile"
    ).split()
)
BREAKS: Final = frozenset({b"par", b"sect", b"page", b"row", b"cell", b"nestcell", b"nestrow"})
BEGINS: Final = frozenset({b"pard", b"trowd"})
MARKS: Final = {b"tab": "\t", b"line": " ", b"emdash": "—", b"endash": "–", b"bullet": "•", b"lquote": "‘",
                b"rquote": "’", b"ldblquote": "“", b"rdblquote": "”", b"emspace": " ", b"enspace": " "}  # fmt: skip
LETTERS: Final = {  # (least, most) of what letters may be given and still be surely read; `\plain` ends it
    b"charscalex": (50, 400), b"expnd": (-8, 200), b"expndtw": (-40, 1_000),
    b"highlight": (0, 0), b"cb": (0, 0), b"chcbpat": (0, 0),
}  # fmt: skip
LINES: Final = {  # the same of paragraphs, in twips; `\pard` ends it
    **dict.fromkeys((b"li", b"lin", b"ri", b"rin", b"fi"), (-2_000, 9_000)),
    **dict.fromkeys((b"posx", b"posy"), (0, 20_000)), **dict.fromkeys((b"posnegx", b"posnegy", b"cbpat"), (0, 0)),
    b"absw": (1_000, 20_000), b"sl": (120, 4_000),
}  # fmt: skip
SMALLEST: Final = 8  # half points below which letters are not read


@dataclass(frozen=True, slots=True)
class Shown:
    """One paragraph as shown; `alone`: it stands in no table."""

    text: str
    alone: bool


@dataclass(frozen=True, slots=True)
class Body:
    """Where a paragraph can be added at the start and at the end; `open`: the last one has not been ended."""

    first: int
    last: int
    open: bool
    paragraphs: tuple[Shown, ...]


@dataclass(frozen=True, slots=True)
class _State:
    unshown: bool = False
    hidden: bool = False
    pale: bool = False
    small: bool = False
    letters: bool = False  # given what may keep them from being read, by a word or by a style
    lines: bool = False
    skips: int = 1

    @property
    def seen(self) -> bool:
        return not (self.unshown or self.unread)

    @property
    def unread(self) -> bool:
        return self.hidden or self.pale or self.small or self.letters or self.lines


def body_of(source: Source) -> Body:
    """Give the body of an RTF file. Raises `MalformedFile` for groups that do not match and binary data that is cut,
    `LimitExceeded` for groups that nest too deep and files over `limits.block`."""
    if source.size > source.limits.block:
        raise LimitExceeded(Bilingual("the text is too large", "文本文件过大"), limit="block")
    return _Walk(source.at(0, source.size)).body()


class _Walk:
    def __init__(self, data: bytes) -> None:
        self.data = data
        self.stack: list[_State] = []
        self.state = _State()
        self.colours: list[int] = [255]
        self.in_colours = 0
        self.levels: list[int] = []
        self.in_styles = 0
        self.style = (b"s", 0)
        self.hiding: set[tuple[bytes, int]] = set()  # styles that keep their text from being read
        self.group = 0  # where the group began that stands right in the outermost one
        self.codec = "cp1252"
        self.raw = bytearray()
        self.parts: list[str] = []
        self.skip = 0
        self.table = self.open = self.fresh = self.starred = False
        self.first: int | None = None
        self.last = -1
        self.shown: list[Shown] = []

    def body(self) -> Body:
        at = 0
        while at < len(self.data) and self.last < 0:
            found = TOKEN.match(self.data, at)
            if found is None:
                raise MalformedFile(Bilingual("the RTF ends within a control word", "RTF 在控制字中间结束"), offset=at)
            at = self._take(found)
        if self.last < 0:
            raise MalformedFile(Bilingual("a group of the RTF is not closed", "RTF 的分组没有闭合"), offset=at)
        if self.data[self.last + 1 :].strip(b"\r\n\t \0"):
            raise MalformedFile(Bilingual("something stands behind the RTF", "RTF 之后还有其他内容"), offset=self.last)
        self._flush()
        first = self.first if self.first is not None else self.last
        return Body(first, self.last, self.open, tuple(self.shown))

    def _take(self, found: re.Match[bytes]) -> int:
        word, number, code, symbol, brace, text = found.groups()
        if brace:
            self._brace(brace, found.start())
        elif word:
            if word == b"bin":
                end = found.end() + int(number or 0)
                if int(number or 0) < 0 or end > len(self.data):
                    raise MalformedFile(Bilingual("binary data of the RTF is cut", "RTF 的二进制数据被截断"))
                return end
            self._word(word, int(number) if number else None, found.start())
        elif code:
            self._bytes(bytes([int(code, 16)]), found.start())
        elif symbol == b"*":
            self.starred = self.fresh
        elif symbol:
            self._bytes(
                {b"~": b" ", b"\n": b" ", b"\r": b" "}.get(symbol, symbol if symbol in b"\\{}" else b""), found.start()
            )
        elif text:
            self._bytes(text, found.start())
        if not brace and symbol != b"*":
            self.fresh = self.starred = False
        return found.end()

    def _brace(self, brace: bytes, at: int) -> None:
        self._decode()
        self.skip = 0
        if brace == b"{":
            if len(self.stack) >= DEEPEST:
                raise LimitExceeded(Bilingual("groups nest too deep", "分组嵌套过深"), limit="depth", offset=at)
            self.stack.append(self.state)
            self.fresh = True
            if len(self.stack) == 2:
                self.group = at
            return
        if not self.stack:
            raise MalformedFile(Bilingual("a group of the RTF is closed twice", "RTF 的分组重复闭合"), offset=at)
        if self.in_styles and self.state.unread:
            self.hiding.add(self.style)
        self.state = self.stack.pop()
        self.in_styles = self.in_styles if self.in_styles <= len(self.stack) else 0
        self.in_colours = self.in_colours if self.in_colours <= len(self.stack) else 0
        if not self.stack:
            self.last = at

    def _word(self, word: bytes, number: int | None, at: int) -> None:
        self._decode()
        on = number is None or number != 0
        if self.fresh and (word in UNSHOWN or (self.starred and not self.in_styles)):
            self.state = replace(self.state, unshown=True)
            if word == b"colortbl":
                self.in_colours, self.colours = len(self.stack), []
            elif word == b"stylesheet":
                self.in_styles = len(self.stack)
        elif self.in_colours and word in (b"red", b"green", b"blue"):
            self.levels.append(number or 0)
        elif word in (b"s", b"cs", b"ds"):
            self._styled((word, number or 0))
        elif word in LETTERS or word in LINES:
            self._measured(word, number or 0)
        elif word in (b"v", b"webhidden", b"deleted"):
            self.state = replace(self.state, hidden=on)
        elif word == b"fs":
            self.state = replace(self.state, small=(number or 0) < SMALLEST)
        elif word == b"cf":
            index = number or 0
            self.state = replace(self.state, pale=index < len(self.colours) and self.colours[index] > 230)
        elif word == b"plain":
            self.state = replace(self.state, hidden=False, pale=False, small=False, letters=False)
        elif word == b"uc":
            self.state = replace(self.state, skips=min(max(number or 0, 0), 16))
        elif word == b"ansicpg":
            self.codec = {936: "gb18030", 65001: "utf-8"}.get(number or 1252, f"cp{number}")
        elif word == b"u":
            self._text(chr((number or 0) & 0xFFFF), at)
            self.skip = self.state.skips
        elif not self.state.unshown:
            self._body_word(word, at)

    def _styled(self, style: tuple[bytes, int]) -> None:
        if self.in_styles:
            self.style = style
        elif style[0] == b"cs":
            self.state = replace(self.state, letters=self.state.letters or style in self.hiding)
        else:
            self.state = replace(self.state, lines=self.state.lines or style in self.hiding)

    def _measured(self, word: bytes, number: int) -> None:
        least, most = (LETTERS | LINES)[word]
        odd = not least <= (abs(number) or least if word == b"sl" else number) <= most
        if word in LETTERS:
            self.state = replace(self.state, letters=self.state.letters or odd)
        else:
            self.state = replace(self.state, lines=self.state.lines or odd)

    def _body_word(self, word: bytes, at: int) -> None:
        if word in BEGINS:
            self._begin(at)
            self.table = False
            self.state = replace(self.state, lines=False)
        elif word == b"intbl":
            self.table = True
        elif word in BREAKS:
            self._begin(at)
            self.table = self.table or word in (b"cell", b"nestcell")
            self._flush()
            self.open = False
        elif word in MARKS:
            self._text(MARKS[word], at)

    def _begin(self, at: int) -> None:
        if self.first is None:
            self.first = at if len(self.stack) == 1 else self.group

    def _bytes(self, raw: bytes, at: int) -> None:
        if self.skip:
            raw, self.skip = raw[self.skip :], max(self.skip - len(raw), 0)
        if self.in_colours:
            for _ in range(raw.count(b";")):
                self.colours.append(min(self.levels[-3:]) if len(self.levels) >= 3 else 0)
                self.levels.clear()
        if raw and not self.state.unshown:
            self._begin(at)
            self.open = True
            if self.state.seen:
                self.raw += raw

    def _text(self, text: str, at: int) -> None:
        self._decode()
        if not self.state.unshown:
            self._begin(at)
            self.open = True
            if self.state.seen:
                self.parts.append(text)

    def _decode(self) -> None:
        if self.raw:
            try:
                self.parts.append(self.raw.decode(self.codec, "replace"))
            except LookupError:
                self.parts.append(self.raw.decode("cp1252", "replace"))
            self.raw.clear()

    def _flush(self) -> None:
        self._decode()
        text = "".join(self.parts).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").strip()
        self.parts.clear()
        if text:
            self.shown.append(Shown(text, not self.table))
