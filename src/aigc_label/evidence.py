"""Holds what was seen in a file: readings of its metadata, sightings in its content, notices about its structure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from aigc_label.bilingual import NOTHING, Bilingual


class Standing(StrEnum):
    """How a carrier stands in the practice guides (standard/implicit.md, section 2)."""

    PRIMARY = "primary"  # the place that the guide of this format names
    CHOSEN = "chosen"  # our documented choice, where the guides name no place for this format
    COPY = "copy"  # the text of the guide's place once more, to the byte, for programs that do not look there
    ALTERNATIVE = "alternative"  # an alternative that the guide names (its Annex B)
    COMPATIBLE = "compatible"  # seen in real files, in no guide
    HIDDEN = "hidden"  # where no reader of the format looks: behind its end, in free space, in a look-alike


class Repair(StrEnum):
    """What a tolerant reader had to mend to understand a label; each is a finding, none makes a label conform."""

    WRAPPED = "wrapped"  # {"AIGC": {...}} under a key that is already called AIGC
    BARE = "bare"  # a bare object where the slot has no key of its own
    NAME_CASE = "name-case"  # the key or property is spelt `aigc`, `Aigc` ...
    NAME_CONTAINS = "name-contains"  # the key only contains AIGC
    LOOKALIKE = "lookalike"  # a namespace or key that only looks like the real one
    ATTRIBUTE = "attribute"  # XMP attribute instead of the guide's element (an equal form in RDF)
    NESTED = "nested"  # XMP structure or JSON object where text belongs
    ENTITIES = "entities"  # XML or HTML entities left in the text
    DOUBLE_ENCODED = "double-encoded"  # JSON inside a JSON string
    CONTROLS = "controls"  # raw control characters inside the JSON
    BOM = "bom"  # a byte-order mark before the text
    NULS = "nuls"  # NUL bytes behind the text
    SPACE = "space"  # white space around the text
    ENCODING = "encoding"  # not UTF-8
    NOTATION = "notation"  # an equal notation of the carrier's grammar (YAML with double quotes or braces)
    KEY_CASE = "key-case"  # a field name in another case
    KEY_DRAFT = "key-draft"  # a field name of the 2024 draft
    NUMBER = "number"  # a number where text belongs
    NULL = "null"  # null where text belongs
    CHECKSUM = "checksum"  # the carrier's own checksum is wrong
    COMPRESSED = "compressed"  # a compressed text chunk where plain text belongs


class Form(StrEnum):
    """The two shapes of Annex E's text (standard/implicit.md, 1.5)."""

    BARE = "bare"  # {"Label": ...} under a key that is called AIGC
    WRAPPED = "wrapped"  # {"AIGC": {...}} where the slot has no key of its own


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The label text that one carrier held, before anyone judged it.

    `carrier` names the place in the container (`jpeg.app1.xmp`), `offset` is where the carrier's text (or the structure
    holding it) begins in the file, in bytes; `repairs` is what had to be mended to get at the text at all. `form` is the
    shape that the text ought to have in this carrier.
    """

    carrier: str
    standing: Standing
    text: str
    offset: int
    repairs: tuple[Repair, ...] = ()
    form: Form = Form.BARE


class NoticeKind(StrEnum):
    """Things about a file's structure that a judge or a writer must know."""

    C2PA = "c2pa"  # Content Credentials are embedded: an edit breaks their hash
    IPTC_SOURCE_TYPE = "iptc-source-type"  # IPTC digitalSourceType says that AI made it
    SOURCE_TYPE = "source-type"  # IPTC or C2PA says how it was made, and not by AI
    GENERATOR = "generator"  # generation parameters (A1111, ComfyUI) without being a label
    TRAILING = "trailing"  # bytes behind the format's own end
    POLYGLOT = "polyglot"  # those bytes begin like another format
    SUFFIX = "suffix"  # the name promises another format than the content
    DAMAGED = "damaged"  # a part that does not hold a label is damaged
    RESIDUE = "residue"  # label-like bytes outside every carrier
    UNREAD = "unread"  # a part that could hold a label could not be read (encrypted, over a limit)
    SIGNED = "signed"  # the document carries a digital signature
    SIDECAR = "sidecar"  # the file beside it that should hold its label speaks of other bytes
    EARLIER = "earlier"  # an earlier revision of the document holds another label, which no reader shows


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One such thing, with its byte offset and a detail for people."""

    kind: NoticeKind
    offset: int
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What one pass over a container found, in file order."""

    readings: tuple[Reading, ...] = ()
    notices: tuple[Notice, ...] = ()

    @property
    def present(self) -> tuple[Reading, ...]:
        """All labels but the hidden ones."""
        return tuple(reading for reading in self.readings if reading.standing is not Standing.HIDDEN)

    @property
    def hidden(self) -> tuple[Reading, ...]:
        return tuple(reading for reading in self.readings if reading.standing is Standing.HIDDEN)

    def notes(self, kind: NoticeKind) -> bool:
        return any(notice.kind is kind for notice in self.notices)


class SightingKind(StrEnum):
    WORDS = "words"  # words in pixels
    RHYTHM = "rhythm"  # short-long short-short
    VOICE = "voice"  # spoken words
    TEXT = "text"  # words in text


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A rectangle of pixels in the picture as displayed: left and top inclusive, right and bottom exclusive."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        return self.right - self.left

    @property
    def height(self) -> int:
        return self.bottom - self.top


class Moment(StrEnum):
    """Where in time a mark stands (GB 45438-2025, 5.3 d)."""

    START = "start"  # 起始位置: before the content begins
    MIDDLE = "middle"  # 中间适当位置
    END = "end"  # 末尾位置: after the content has ended


class Use(StrEnum):
    """What a page is to whoever asks (GB 45438-2025, 5.1 or 5.6); other files are content always."""

    CONTENT = "content"
    INTERFACE = "interface"


class View(StrEnum):
    """Whether a notice in an interface is there all the time (GB 45438-2025, 5.6 c: 持续显示)."""

    KEPT = "kept"  # it stays in view
    HIDDEN = "hidden"
    SCROLLS = "scrolls"  # it moves out of view with the page
    UNTOLD = "untold"  # the file does not tell


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A stretch of time, in seconds at normal speed."""

    start: float
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """A mark that a person could perceive, as measured, not as intended.

    `height_share` is the ink height of the smallest letter over the picture's shortest side, `height_error` by how much
    that may be wrong either way (0: exact to a pixel); `contrast` the WCAG ratio between ink and what lies behind it;
    `edge_share` the distance from the nearest edge over the shortest side, `across` and `down` where the middle of its box
    lies, over width and height; `confidence` the detector's own score in 0..1; `detector` its name. Seconds are at normal
    speed. `view` says of a notice in an interface whether it stays there. Of a mark in sound, `clearance` is how far it
    stands out from what sounds with it, in decibels, `rate` the characters spoken a minute.
    """

    kind: SightingKind
    text: str
    detector: str
    confidence: float
    box: Box | None = None
    height_share: float | None = None
    height_error: float = 0.0
    contrast: float | None = None
    edge_share: float | None = None
    start: float | None = None
    seconds: float | None = None
    moment: Moment | None = None
    clearance: float | None = None
    rate: float | None = None
    across: float | None = None
    down: float | None = None
    view: View | None = None

    @property
    def height_told(self) -> str | None:
        """Give the text height with what it may err by, as `5.30% ± 0.40%`; None where it could not be measured."""
        if self.height_share is None:
            return None
        return f"{self.height_share:.2%}" + (f" ± {self.height_error:.2%}" if self.height_error else "")

    def weakened(self, other: Sighting) -> Sighting:
        """Give the same mark as it is at its weakest in this sighting and another, at the other's place."""
        return replace(
            self,
            confidence=min(self.confidence, other.confidence),
            height_share=_least(self.height_share, other.height_share),
            height_error=max(self.height_error, other.height_error),
            contrast=_least(self.contrast, other.contrast),
            box=other.box,
        )

    def overlaps(self, other: Sighting) -> bool:
        """Tell whether both stand, in part, at the same place of the picture."""
        a, b = self.box, other.box
        if a is None or b is None:
            return False
        return a.left < b.right and b.left < a.right and a.top < b.bottom and b.top < a.bottom


def _least(one: float | None, other: float | None) -> float | None:
    """Give the lesser of two measures; what could not be measured once is not known."""
    return None if one is None or other is None else min(one, other)


class Eyes(StrEnum):
    """Who looks for words in pixels."""

    OWN = "own"  # our own detector: quick, exact, and sure of letters like those of the shipped font only
    ALL = "all"  # and text recognition where that saw no whole mark, if it is installed


class Proof(StrEnum):
    """What came of checking one signature or one digest."""

    ABSENT = "absent"
    VALID = "valid"
    INVALID = "invalid"
    UNSUPPORTED = "unsupported"  # it cannot be told: neither a pass nor a failure
    BLIND = "blind"  # it could be told with a package that is not installed


class Trust(StrEnum):
    """How a valid signature's key stands to the trust store of whoever verifies."""

    NOT_ASKED = "not-asked"
    EXPECTED = "expected"  # it is in the store, in force, and of the signer that was expected
    KNOWN = "known"  # it is in the store and in force; nobody said who was expected
    OTHER = "other"  # it is in the store, and another was expected
    STRANGER = "stranger"  # it is not in the store, or nothing leads from it to a root
    LAPSED = "lapsed"  # its certificate is not in force at the time named
    REVOKED = "revoked"
    UNCLEAR = "unclear"  # a revocation list is stale: it cannot be told


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """What came of the security data in one reserved field of a label.

    `label` is the signature over the label, `bound` that over the binding, `content` the digest over the media. `variant`
    is how the label's message was signed (V1, V2, bare), `algorithm` and `key` (a fingerprint) say with what. `oddities`
    are differences from the guide's form; `detail` says why, where something is not valid.
    """

    field: str
    offset: int
    label: Proof
    bound: Proof = Proof.ABSENT
    content: Proof = Proof.ABSENT
    variant: str = ""
    algorithm: str = ""
    key: str = ""
    trust: Trust = Trust.NOT_ASKED
    signer: str = ""
    oddities: tuple[str, ...] = ()
    detail: Bilingual = NOTHING


class Looked(StrEnum):
    """Whether a kind of evidence was looked for: a verdict never rests on what was not looked at."""

    YES = "yes"
    NOT_ASKED = "not-asked"
    COULD_NOT = "could-not"


class Reach(StrEnum):
    """How much of a sound is listened to, how much of a film is watched."""

    ENDS = "ends"
    WHOLE = "whole"
    OPENING = "opening"  # of a film: no further than its first picture, where that has no mark


@dataclass(frozen=True, slots=True)
class Residue:
    """Label-like bytes at `offset`, outside every carrier; `excerpt` is their surroundings made printable."""

    offset: int
    excerpt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """A picture of a registry that looks like this one: its label's JSON, its entry's number, how many of 256 bits differ."""

    label: str
    number: int
    distance: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """All that was seen in one file, before any rule is applied."""

    path: str
    format: str
    size: int
    survey: Survey
    sightings: tuple[Sighting, ...] = ()
    residue: tuple[Residue, ...] = ()
    marks_looked: Looked = Looked.NOT_ASKED
    marks_problem: Bilingual | None = None
    marks_doubt: Bilingual | None = None  # why nothing seen or heard may not mean that nothing is there
    seals: tuple[Seal, ...] = ()
    earlier: tuple[Earlier, ...] = ()  # what a registry knows of pictures that look like this one, the nearest first
    earlier_problem: Bilingual | None = None  # why a picture could not be looked up
    watched: float | None = None  # seconds of a film's opening that were looked at; all of it, where it is shorter
