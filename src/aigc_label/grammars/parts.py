"""Collects changes to the parts of a packaged document: a ZIP archive of XML."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from aigc_label.bilingual import Bilingual
from aigc_label.errors import MalformedFile, UnsupportedFormat
from aigc_label.grammars import xml, zip  # noqa: A004  the format's own name
from aigc_label.grammars.zip import Archive
from aigc_label.source import Source
from aigc_label.splice import Plan

WIDE: Final = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")


class Parts:
    """A packaged document with the changes made to it so far; nothing is written here."""

    def __init__(self, source: Source, archive: Archive) -> None:
        self.source = source
        self.archive = archive
        self.changed: dict[str, bytes] = {}

    def has(self, name: str) -> bool:
        return name in self.changed or self.archive.find(name) is not None

    def part(self, name: str) -> bytes:
        """Give a part as it is now. Raises `MalformedFile` where it is missing, `UnsupportedFormat` where it is not in
        UTF-8, and as `zip.content` does."""
        if name in self.changed:
            return self.changed[name]
        member = self.archive.find(name)
        if member is None:
            raise MalformedFile(Bilingual(f"the part {name} is missing", f"缺少部件 {name}"))
        data = zip.content(self.source, member)
        if data.startswith(WIDE):
            raise UnsupportedFormat(
                Bilingual(f"the part {name} is not in UTF-8", f"部件 {name} 不是 UTF-8 编码"),
                remedy=Bilingual(
                    "Open the document in an office program and save it again.", "请用办公软件打开文档并重新保存。"
                ),
                offset=member.start,
            )
        return data

    def change(self, name: str, edits: Iterable[tuple[int, int, bytes]]) -> None:
        """Replace ranges of a part."""
        self.changed[name] = xml.edited(self.part(name), edits)

    def free(self, name: str, suffix: str) -> str:
        """Give a part name that is not taken."""
        count = len(self.archive.members) + len(self.changed)
        return next(f"{name}{n}{suffix}" for n in range(1, count + 2) if not self.has(f"{name}{n}{suffix}"))

    def plan(self) -> Plan:
        """Give the document with all changes; every other part stays as it is stored."""
        return zip.with_members(self.source, self.archive, self.changed, zip.DEFLATED)
