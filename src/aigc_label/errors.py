"""Says why a file could not be looked at or written: what, where, why it matters, what to do."""

from __future__ import annotations

from typing import ClassVar, Final

from aigc_label.bilingual import NOTHING, Bilingual, Lang

ENDS: Final = ".!?:。！？："  # of a sentence that ends already


class AigcLabelError(Exception):
    """The root of our errors. An error means "could not look" or "did not write", never "looked and saw".

    `where` is the file's name (filled in by whoever knows it), `offset` a byte offset into that file.
    """

    code: ClassVar[str] = "error"
    why: ClassVar[Bilingual] = NOTHING
    usual_remedy: ClassVar[Bilingual] = NOTHING  # where an error names none of its own

    def __init__(
        self, what: Bilingual, *, remedy: Bilingual = NOTHING, where: str = "", offset: int | None = None
    ) -> None:
        super().__init__(what.en)
        self.what = what
        self.remedy = self.usual_remedy if remedy is NOTHING else remedy
        self.where = where
        self.offset = offset

    def told(self, lang: Lang) -> str:
        """Give the whole message in one language, as `what. why. remedy`, without the place.

        The last part gets no full stop: it may be a command.
        """
        stop, gap = ("。", "") if lang is Lang.ZH else (".", " ")
        parts = [part for part in (s.said(lang) for s in (self.what, self.why, self.remedy)) if part]
        return gap.join([part if part[-1] in ENDS else part + stop for part in parts[:-1]] + parts[-1:])

    def __str__(self) -> str:
        place = self.where if self.offset is None else f"{self.where}@{self.offset}"
        return f"{place}: {self.told(Lang.EN)}" if place else self.told(Lang.EN)


class UnsupportedFormat(AigcLabelError):
    """The file's format is unknown, or has no place for what was asked."""

    code = "unsupported-format"


class MalformedFile(AigcLabelError):
    """The bytes contradict the format they claim to be in."""

    code = "malformed-file"
    why = Bilingual(
        "A damaged file cannot be labelled or judged safely.",
        "损坏的文件无法安全地添加标识或核验。",
    )
    usual_remedy = Bilingual(
        "Get the file again from where it came, or save it anew with a program that still opens it.",
        "请从原处重新获取该文件，或用仍能打开它的软件另存一份。",
    )


class LimitExceeded(AigcLabelError):
    """A bound on size, count, depth or pixels was met; `limit` is its name in `Limits`."""

    code = "limit-exceeded"
    why = Bilingual(
        "The bound protects this machine from files made to exhaust it.",
        "该上限用于防止恶意文件耗尽本机资源。",
    )

    def __init__(self, what: Bilingual, *, limit: str, where: str = "", offset: int | None = None) -> None:
        remedy = Bilingual(
            f"If you trust the file, raise the limit `{limit}`.",
            f"如确信文件可靠，可调高上限 `{limit}`。",
        )
        super().__init__(what, remedy=remedy, where=where, offset=offset)
        self.limit = limit


class InvalidLabel(AigcLabelError):
    """The label's fields break Annex E; every violation is in the message."""

    code = "invalid-label"


class InvalidMark(AigcLabelError):
    """The mark asked for cannot comply, or cannot fit."""

    code = "invalid-mark"


class InvalidKey(AigcLabelError):
    """A key, certificate or revocation list cannot be read or used; nothing has been signed."""

    code = "invalid-key"


class Refused(AigcLabelError):
    """Going on would break something that is not ours: another's label, a signature, a link."""

    code = "refused"


class MissingTool(AigcLabelError):
    """An optional package or program that this job needs is not installed."""

    code = "missing-tool"


class ToolFailed(AigcLabelError):
    """An outside program or library failed on this file."""

    code = "tool-failed"


class NotConfirmed(AigcLabelError):
    """What was written did not read back as it should; the draft was thrown away."""

    code = "not-confirmed"
    why = Bilingual(
        "Nothing was put in place: a file is delivered only after its label has been read back from it.",
        "未写入任何文件：只有从成品文件中读回标识后才会交付。",
    )


class WrongUse(AigcLabelError):
    """The command or a setting was given something it cannot take."""

    code = "wrong-use"


class Defect(AigcLabelError):
    """Our own mistake: an exception that nobody foresaw, chained as the cause. The batch goes on with the next file."""

    code = "defect"
    why = Bilingual(
        "This is a mistake in aigc-label, not in the file.",
        "这是 aigc-label 自身的缺陷，与文件无关。",
    )
