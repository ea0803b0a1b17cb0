"""Looks at a page as an interface and says which notices in it stay in view (GB 45438-2025, 5.6 c).

Scripts are not run, style sheets in files of their own not read. Where they decide, that is said: it is never a pass.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from aigc_label.bilingual import Bilingual
from aigc_label.detectors.statements import LONGEST, has_subject, is_foreign_statement, is_statement, unwrapped
from aigc_label.evidence import Sighting, SightingKind, View
from aigc_label.grammars.css import compact, key_of
from aigc_label.grammars.html import Document, Kind, Token, attributes, document_of, tokens
from aigc_label.grammars.html_text import MOST_AROUND, Block, keys_of, rules_of, traced
from aigc_label.marking import complies, has_ai_element
from aigc_label.source import Source

DETECTOR: Final = "interfaces"
COMPONENT: Final = "aigc-notice"  # ours, data/snippets
COMPONENT_WORDS: Final = "本内容由人工智能生成"  # what it says where its own words lack an element
MOST: Final = 200  # passages that may be notices
CLOSE: Final = 2_048  # bytes between the tag of a bar and its words: farther down it may reach out of the window
ROLES: Final = frozenset({"note", "status", "alert"})
ACTING: Final = frozenset(
    {"a", "button", "nav", "menu", "label", "option", "summary"}
)  # their words offer, state nothing
SIDES: Final = ("top", "right", "bottom", "left")
MOVING: Final = (  # with these on it, or around it, what a position comes to is not told
    *("transform", "translate", "scale", "rotate", "zoom", "filter", "backdrop-filter", "perspective", "contain"),
    *("will-change", "animation", "animation-name", "offset-path", "overflow", "overflow-x", "overflow-y", "clip-path"),
)
DECLARED: Final = re.compile(r"(?:^|;)([a-z-]+):([^;]*)")
LENGTH: Final = re.compile(r"(\d+(?:\.\d+)?|\.\d+)(px|r?em|pt|d?v[hw]|%|)")
SHELL: Final = re.compile(r"(?<![\w-])(?:overflow(?:-[xy])?|(?:max-)?height):|\d[ds]?vh")
DATA: Final = re.compile(r"json|importmap|speculationrules", re.IGNORECASE)
UNKNOWN: Final = "?"
SCRIPTED: Final = Bilingual(
    "the page has no notice of its own; its scripts, which are not run here, may show one",
    "网页本身没有提示；其脚本（此处不执行）可能会显示提示",
)


def look(source: Source) -> tuple[tuple[Sighting, ...], Bilingual | None]:
    """Give the notices of a page, those that stay in view first, and why there may be one where none was found.

    Raises `MalformedFile`, `UnsupportedFormat` and `LimitExceeded` where the page cannot be read.
    """
    page = _Page(document_of(source))
    blocks = (block for block in traced(page.document, _wanted, frozenset({COMPONENT})) if block.within)
    found = [seen for seen in (_seen(page, block) for block in islice(blocks, MOST)) if seen is not None]
    found.sort(key=lambda seen: (seen.view is not View.KEPT, not complies(seen.text)))
    return tuple(found), SCRIPTED if page.scripted else None


def _wanted(text: str) -> bool:
    return len(text) <= LONGEST and (has_ai_element(text) or is_foreign_statement(text))


def _seen(page: _Page, block: Block) -> Sighting | None:
    if not block.text:
        return _sighting(*_component(page, block))
    if block.element or any(token.name in ACTING for token in block.within):
        return None
    words, bracketed = unwrapped(block.text)
    noted = any(attributes(page.document, token).get("role", "").lower() in ROLES for token in block.within)
    view = View.HIDDEN if block.hidden else _view(page, block)
    if view is View.SCROLLS and noted:
        view = View.UNTOLD  # 5.6 c 1 lets it stand close to the content, which the file does not tell
    if is_statement(words):
        return _sighting(words, view) if noted or bracketed or has_subject(words) else None
    lacking = not complies(words) and (noted or view is View.KEPT)
    return _sighting(words, view) if lacking else None


def _sighting(words: str, view: View) -> Sighting:
    return Sighting(kind=SightingKind.TEXT, text=words, detector=DETECTOR, confidence=1.0, view=view)


def _component(page: _Page, block: Block) -> tuple[str, View]:
    """Give what our web component says and whether it stays: it shows nothing until its script has been loaded."""
    given = attributes(page.document, block.within[-1])
    words = given.get("words", "")
    words = words if complies(words) else COMPONENT_WORDS
    if block.hidden or not page.scripted:
        return words, View.HIDDEN
    moved = any(name in page.style_of(token) for token in block.within for name in MOVING)
    kept = page.loads_component and given.get("place", "top") in ("top", "bottom") and not moved
    return words, View.KEPT if kept else View.UNTOLD


def _view(page: _Page, block: Block) -> View:
    """Tell whether what stands in these elements stays in view, by the positions that they are given."""
    if len(block.within) >= MOST_AROUND:
        return View.UNTOLD
    styles = [page.style_of(token) for token in block.within]
    positions = [style.get("position", "static") for style in styles]
    placed = [number for number, position in enumerate(positions) if position in ("fixed", "sticky")]
    if not placed:
        unsure = page.is_shell or page.linked or UNKNOWN in positions
        return View.UNTOLD if unsure else View.SCROLLS
    at = placed[-1]
    around = {token.name for token in block.within[:at]}
    kept = (
        UNKNOWN not in positions
        and not any(name in style for style in styles for name in MOVING)
        and not styles[at].get("z-index", "").startswith(("-", UNKNOWN))
        and block.start - block.within[at].end <= CLOSE
        and _is_at_an_edge(styles[at])
        and (positions[at] == "fixed" or (around <= {"html", "body"} and not page.sized_body))
    )
    return View.KEPT if kept else View.UNTOLD


def _is_at_an_edge(style: dict[str, str]) -> bool:
    """Tell whether a bar is bound to the top or the bottom of the window, and not to both, which makes it a frame."""
    if "inset" in style:
        return False
    values = {side: style.get(side, "auto") for side in SIDES}
    near = all(value in ("auto", "initial") or _is_near(value) for value in values.values())
    return near and [_is_near(values["top"]), _is_near(values["bottom"])].count(True) == 1


def _is_near(value: str) -> bool:
    found = LENGTH.fullmatch(value)
    if found is None:
        return False
    most = {"px": 200, "pt": 150, "em": 12, "rem": 12}.get(found[2], 30)
    return float(found[1]) <= most if found[2] else float(found[1]) == 0


@dataclass(frozen=True, slots=True)
class _Declaration:
    """What a rule says of a property; `rank` is what of several counts, `sure` that the rule means the element."""

    rank: tuple[bool, int, int]
    value: str
    sure: bool


@dataclass(slots=True)
class _Page:
    document: Document
    rules: dict[str, list[tuple[str, _Declaration]]] = field(default_factory=lambda: defaultdict(list))
    scripted: bool = False
    loads_component: bool = False
    linked: bool = False  # to style sheets that are not read
    is_shell: bool = False  # a part of it may scroll instead of the page

    def __post_init__(self) -> None:
        for number, rule in enumerate(rules_of(self.document)):
            plain = compact(rule.style)
            self.is_shell = self.is_shell or SHELL.search(plain) is not None
            for selector in rule.selectors.split(","):
                key = key_of(selector)
                if key:
                    sure = selector.strip() == key and not rule.nested
                    weight = {"#": 2, ".": 1, "[": 1}.get(key[0], 0)
                    self.rules[key] += _declarations(plain, (weight, number), sure)
        script: Token | None = None
        for token in tokens(self.document.data):
            if token.kind is Kind.START and token.name in ("script", "link"):
                script = token if token.name == "script" else None
                self._take(attributes(self.document, token), token.name)
            elif token.kind is Kind.RAW and token.name == "script" and script is not None:
                self.scripted = self.scripted or not self._is_data(script)
                self.loads_component = self.loads_component or self._defines(token)

    def _take(self, given: dict[str, str], name: str) -> None:
        if name == "link":
            self.linked = self.linked or "stylesheet" in given.get("rel", "").lower()
        elif "src" in given:
            self.scripted = True
            file = given["src"].partition("?")[0].rpartition("/")[2]
            self.loads_component = self.loads_component or file == f"{COMPONENT}.js"

    def _is_data(self, token: Token) -> bool:
        return DATA.search(attributes(self.document, token).get("type", "")) is not None

    def _defines(self, token: Token) -> bool:
        text = self.document.text(token.start, token.end)
        return f'customElements.define("{COMPONENT}"' in text or f"{COMPONENT}.js" in text

    @property
    def sized_body(self) -> bool:
        """A body of a height of its own: what sticks in it leaves the window with it."""
        return any(name == "height" for key in ("html", "body") for name, _ in self.rules.get(key, ()))

    def style_of(self, token: Token) -> dict[str, str]:
        """Give what is declared of an element, "?" where it is not sure which rule counts."""
        found: dict[str, list[_Declaration]] = defaultdict(list)
        inline = compact(attributes(self.document, token).get("style", ""))
        for key in keys_of(self.document, token):
            for name, one in self.rules.get(key, ()):
                found[name].append(one)
        for name, one in _declarations(inline, (3, 0), sure=True):
            found[name].append(one)
        return {name: _decided(many) for name, many in found.items()}


def _declarations(style: str, order: tuple[int, int], sure: bool) -> list[tuple[str, _Declaration]]:
    made = []
    for name, value in DECLARED.findall(style):
        plain, _, important = value.partition("!")
        made.append((name, _Declaration((important == "important", *order), plain, sure)))
    return made


def _decided(many: list[_Declaration]) -> str:
    """Of declarations of equal weight the last counts; one that may not mean the element makes the outcome unsure."""
    counts = max(many, key=lambda one: one.rank)
    last = [one for one in many if one.rank == counts.rank][-1]
    return last.value if all(one.sure or one.value == last.value for one in many) and last.sure else UNKNOWN
