"""Makes accounts of files that were judged, with names and labels as nobody should have them."""

from __future__ import annotations

from collections.abc import Iterator

from aigc_label.bilingual import Bilingual, Lang
from aigc_label.errors import AigcLabelError, MalformedFile
from aigc_label.evidence import Box, Evidence, Looked, Reading, Sighting, SightingKind, Standing, Survey
from aigc_label.policy import Policy
from aigc_label.report import Report
from aigc_label.rules import judge
from aigc_label.telling.account import Account, account_of
from aigc_label.telling.body import Totals
from aigc_label.telling.forms import told

LABEL = (
    '{"Label":"1","ContentProducer":"Example Ltd","ProduceID":"1","ReservedCode1":"",'
    '"ContentPropagator":"Example Ltd","PropagateID":"1","ReservedCode2":""}'
)
SCRIPT = "<script>alert(1)</script>"
HOSTILE = (
    "pictures/<img src=x onerror=alert(1)>.png",
    "pictures/a\n::error file=x::forged\r##[error]forged.png",
    "pictures/](javascript:alert(1))|`*_<b>&amp;\"'.png",
    "pictures/\u202egnp.exe\x1b[31m\x00.png",
    "pictures/caf\udce9 \u2028%0A{0}${{ secrets.X }}.png",
    "pictures/]]></failure><failure>.png",
    f"-->{SCRIPT}",
    "图片/人工智能生成，一.png",
)


def report(path: str, text: str = LABEL, *, marked: bool = True) -> Report:
    """Give the report on a picture with a label of this text, and a mark."""
    readings = (Reading(carrier="png.itxt.xmp", standing=Standing.PRIMARY, text=text, offset=41),) if text else ()
    box = Box(left=500, top=430, right=620, bottom=465)
    mark = Sighting(
        kind=SightingKind.WORDS,
        text="人工智能生成",
        detector="words",
        confidence=0.98,
        box=box,
        height_share=0.073,
        contrast=16.0,
        edge_share=0.03,
    )
    evidence = Evidence(
        path=path,
        format="png",
        size=1234,
        survey=Survey(readings=readings),
        sightings=(mark,) if marked else (),
        marks_looked=Looked.YES,
    )
    return judge(evidence, Policy())


def accounts() -> Iterator[Account]:
    """Give one account of each kind: compliant, non-compliant, unlabelled, undecidable; then the hostile ones."""
    yield of("pictures/good.png", report("pictures/good.png"))
    yield of("pictures/half.png", report("pictures/half.png", marked=False))
    yield of("pictures/bare.png", report("pictures/bare.png", "", marked=False))
    broken = MalformedFile(Bilingual("the chunk ends early", "数据块不完整"), offset=77)
    yield of("pictures/broken.png", broken)
    yield of("pictures/gone.png", FileNotFoundError(2, "No such file or directory"))
    for name in HOSTILE:
        yield of(name, report(name, LABEL.replace("Example Ltd", f"{SCRIPT}]]>](javascript:x)", 1), marked=False))
        yield of(name, report(name, LABEL.replace('"1"', f'"{name!r}"'), marked=False))


def of(path: str, judged: Report | AigcLabelError | OSError) -> Account:
    return account_of(path, judged)


def totals() -> Totals:
    return Totals(made="2026-11-28T12:00:00Z", scope="both", status=3)


def document(form: str, some: Iterator[Account] | list[Account], lang: Lang = Lang.EN) -> str:
    return "".join(told(form, some, totals(), lang))
