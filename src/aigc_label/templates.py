"""Makes the number of a label from a template such as `{date}-{stem}-{uuid}`, anew for each file."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import PurePath
from typing import Final, NamedTuple

from aigc_label.bilingual import Bilingual
from aigc_label.errors import InvalidLabel, WrongUse
from aigc_label.label import Label, Propagator, Status
from aigc_label.order import LabelTemplate
from aigc_label.source import BytesSource, Source, sha256_of
from aigc_label.stated_label import propagated

FIELDS: Final = {
    "uuid": Bilingual("a random number, new for each file", "随机编号，每个文件不同"),
    "sha256": Bilingual("the SHA-256 of the file before labelling", "标识前文件的 SHA-256 值"),
    "stem": Bilingual("the file's name without its suffix", "不含扩展名的文件名"),
    "name": Bilingual("the file's name", "文件名"),
    "date": Bilingual("the day of the run in UTC, 20261122", "运行日期（UTC），如 20261122"),
    "time": Bilingual("the time of the run in UTC, 142530", "运行时刻（UTC），如 142530"),
    "index": Bilingual("the file's number within the run, from 1", "文件在本次运行中的序号，从 1 开始"),
}
DEFAULT: Final = "{uuid}"
_PART: Final = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")


class Run(NamedTuple):
    """What a template may know of the run: its start, as `YYYYMMDD` and `HHMMSS` in UTC."""

    date: str
    time: str


@dataclass(frozen=True, slots=True)
class Template:
    """A parsed template. Raises `WrongUse` for a field that does not exist or a lone brace."""

    text: str

    def __post_init__(self) -> None:
        for found in _PART.finditer(self.text):
            if found[0] in ("{", "}"):
                raise WrongUse(
                    Bilingual(f"a lone brace in the template {self.text!r}", f"模板 {self.text!r} 中有单独的花括号"),
                    remedy=Bilingual("Write {{ or }} for a brace.", "花括号本身请写作 {{ 或 }}。"),
                )
            if found[1] is not None and found[1] not in FIELDS:
                known = " ".join(f"{{{name}}}" for name in FIELDS)
                raise WrongUse(
                    Bilingual(f"the template field {found[0]} does not exist", f"模板字段 {found[0]} 不存在"),
                    remedy=Bilingual(f"There are: {known}.", f"可用的字段：{known}。"),
                )

    @property
    def constant(self) -> bool:
        """Tell whether every file gets the same text."""
        return not any(found[1] is not None for found in _PART.finditer(self.text))

    def filled(self, source: Source, index: int, run: Run) -> str:
        """Give the text for one file; bytes of its name that are no text become %XX."""

        def value(found: re.Match[str]) -> str:
            return found[0][0] if found[1] is None else _value(found[1], source, index, run)

        return _PART.sub(value, self.text)


def _value(field: str, source: Source, index: int, run: Run) -> str:
    if field == "uuid":
        return _random_uuid()
    if field == "sha256":
        return sha256_of(source)
    if field in ("stem", "name"):
        path = PurePath(source.name or "stdin")
        return _as_text(path.stem if field == "stem" else path.name)
    return {"date": run.date, "time": run.time, "index": str(index)}[field]


def _random_uuid() -> str:
    """A version 4 UUID (RFC 9562, 5.4), written here because the module `uuid` takes longer to load than a file to label."""
    number = int.from_bytes(os.urandom(16), "big")
    number = number & ~(0xF << 76) & ~(0x3 << 62) | (4 << 76) | (2 << 62)
    digits = f"{number:032x}"
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def _as_text(name: str) -> str:
    """Control characters and bytes that are no UTF-8 cannot stand in a label."""
    return "".join(
        "".join(f"%{byte:02X}" for byte in c.encode("utf-8", "surrogateescape"))
        if ord(c) < 0x20 or 0x7F <= ord(c) < 0xA0 or 0xD800 <= ord(c) < 0xE000
        else c
        for c in name
    )


class LabelFields(NamedTuple):
    """The label as a user orders it: fields that are the same for every file, and the numbers as templates.

    An empty `propagate_id` follows the number of the producer (first writing, Annex E, note 1).
    """

    producer: str
    status: Status
    produce_id: Template
    reserved1: str = ""
    propagator: str = ""
    propagate_id: Template = Template("")
    reserved2: str = ""

    @property
    def constant(self) -> bool:
        """Tell whether every file gets the same label."""
        return self.produce_id.constant and self.propagate_id.constant

    def ordered(self, index: int, run: Run) -> Label | LabelTemplate:
        """Give what to write into file number `index`.

        A number that is the same for every file is written as it stands; a made one leaves a file alone that already
        carries this producer's label.
        """
        if self.constant:
            return self.of(BytesSource(b""), index, run)
        return LabelTemplate(producer=self.producer, status=self.status, make=lambda file: self.of(file, index, run))

    def check(self) -> None:
        """Raise `InvalidLabel` where no file could be labelled so, before any file is touched."""
        self.of(BytesSource(b"", "file"), 1, Run(date="", time=""))

    def of(self, source: Source, index: int, run: Run) -> Label:
        number = self.produce_id.filled(source, index, run)
        return Label(
            status=self.status,
            producer=self.producer,
            produce_id=number,
            reserved1=self.reserved1,
            propagator=self.propagator or self.producer,
            propagate_id=self.propagate_id.filled(source, index, run) or number,
            reserved2=self.reserved2,
        )


class PropagatorFields(NamedTuple):
    """A propagator's half (Annex E g to i) for files that carry a label; the producer's half stays as it is."""

    propagator: str
    propagate_id: Template
    reserved2: str = ""

    def ordered(self, index: int, run: Run) -> LabelTemplate:
        """Give what to write into file number `index`."""

        def made(source: Source) -> Label:
            label = propagated(source, self.of(source, index, run))
            if label is None:
                raise InvalidLabel(
                    Bilingual(
                        "the file has no label to which a propagator's half could be added",
                        "文件没有标识，无法补充传播者信息",
                    ),
                    remedy=Bilingual(
                        "Name the producer with `--producer` to write a whole label.",
                        "请用 `--producer` 指定生产者以写入完整标识。",
                    ),
                )
            return label

        return Propagation(producer=self.propagator, status=Status.GENERATED, make=made)

    def of(self, source: Source, index: int, run: Run) -> Propagator:
        """Give the half for one file."""
        number = self.propagate_id.filled(source, index, run)
        return Propagator(code=self.propagator, number=number, reserved=self.reserved2)


class Propagation(LabelTemplate):
    """Fits a file whose propagator's half names this propagator; `producer` holds its code."""

    __slots__ = ()

    def fits(self, existing: Label) -> bool:
        return existing.propagator == self.producer
