"""Marks on SVG: drawn where a viewer shows the edge, in outlines, with nothing of the author's changed."""

from __future__ import annotations

import subprocess
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from aigc_label.detectors.words import sightings
from aigc_label.errors import AigcLabelError, InvalidMark, MalformedFile, UnsupportedFormat
from aigc_label.evidence import Sighting
from aigc_label.formats import BY_NAME
from aigc_label.markers import Rendering
from aigc_label.markers.svg import render
from aigc_label.marking import Mark, Place, complies
from aigc_label.raster import frames
from aigc_label.source import BytesSource
from aigc_label.splice import Keep, in_memory
from aigc_label.tracing import traced_edges

SVG = "http://www.w3.org/2000/svg"
CONTENT = '<rect width="100%" height="100%" fill="#4af"/><circle cx="50%" cy="50%" r="30%" fill="#f40"/>'
STYLES = """<style>path { fill: red; stroke: blue; transform: scale(.1) } g { display: none; opacity: .1 }
#aigc-label-mark { visibility: hidden } g * { fill: none } svg svg { width: 10px !important }</style>"""
SIZED = {
    "plain": 'width="400" height="300" viewBox="0 0 400 300"',
    "no viewBox": 'width="400" height="300"',
    "viewBox only": 'viewBox="0 0 400 300"',
    "percent": 'width="100%" height="100%" viewBox="0 0 400 300"',
    "one side": 'width="400" viewBox="0 0 40 30"',
    "millimetres": 'width="100mm" height="8cm" viewBox="-50 -40 100 80"',
    "points": 'width="300pt" height="225pt" viewBox="0 0 7 7"',
    "meet": 'width="500" height="300" viewBox="0 0 100 100" preserveAspectRatio="xMinYMin meet"',
    "slice": 'width="500" height="300" viewBox="10 20 100 100" preserveAspectRatio="xMaxYMin slice"',
    "stretched": 'width="500" height="300" viewBox="0 0 100 100" preserveAspectRatio="none"',
    "tiny units": 'width="300" height="200" viewBox="0 0 .003 .002"',
    "huge units": 'width="300" height="200" viewBox="0 0 3e6 2e6"',
    "css size": 'style="width:400px;height:300px" viewBox="0 0 400 300"',
}


def drawing(attributes: str = SIZED["plain"], content: str = CONTENT) -> bytes:
    return f'<svg xmlns="{SVG}" {attributes}>{content}</svg>'.encode()


def marked(data: bytes, mark: Mark | None = None) -> tuple[bytes, Rendering]:
    source = BytesSource(data)
    rendering = render(source, mark or Mark())
    return in_memory(source, rendering.plan), rendering


def seen(data: bytes) -> Sighting:
    first, *_ = sightings(next(iter(frames(BytesSource(data), BY_NAME["svg"]))))
    return first


def screenshot(data: bytes, folder: Path, size: tuple[int, int]) -> np.ndarray:
    """What a browser shows of a page that has the drawing as its only picture."""
    (folder / "drawing.svg").write_bytes(data)
    page, target = folder / "page.html", folder / "page.png"
    page.write_text('<body style="margin:0"><img src="drawing.svg" style="display:block">')
    subprocess.run(
        ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", f"--user-data-dir={folder}/user",
         f"--window-size={size[0]},{size[1]}", f"--screenshot={target}", page.as_uri()],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    return np.asarray(Image.open(target).convert("RGB"))


@pytest.mark.parametrize("kind", SIZED)
def test_whatever_its_size_says_the_mark_is_read_where_it_was_put(kind: str) -> None:
    after, rendering = marked(drawing(SIZED[kind], CONTENT + STYLES))
    sighting = seen(after)
    assert complies(sighting.text)
    assert (sighting.height_share or 0) >= 0.05
    assert sighting.box is not None
    assert rendering.box.left <= sighting.box.left
    assert rendering.box.top <= sighting.box.top
    assert sighting.box.right <= rendering.box.right
    assert sighting.box.bottom <= rendering.box.bottom


@pytest.mark.oracle("chromium")
@pytest.mark.parametrize("kind", ["millimetres", "slice", "stretched", "one side"])
def test_a_browser_shows_it_too_whatever_the_style_sheet_wants(kind: str, tmp_path: Path) -> None:
    after, rendering = marked(drawing(SIZED[kind], CONTENT + STYLES))
    first, *_ = sightings(
        screenshot(after, tmp_path, (520, 360))[: rendering.box.bottom + 8, : rendering.box.right + 8]
    )
    assert complies(first.text)


@pytest.mark.oracle("chromium")
@pytest.mark.parametrize("place", [Place.BOTTOM_RIGHT, Place.TOP_LEFT])
def test_a_drawing_without_any_size_is_marked_at_the_edge_of_what_it_fills(place: Place, tmp_path: Path) -> None:
    after, rendering = marked(drawing("", CONTENT), Mark(place=place))
    shown = screenshot(after, tmp_path, (520, 360))[:150, :300]
    first, *_ = sightings(shown)
    assert complies(first.text)
    assert first.box is not None
    assert rendering.box.left <= first.box.left
    assert first.box.bottom <= rendering.box.bottom
    assert seen(after)


@pytest.mark.parametrize("place", Place)
def test_every_place(place: Place) -> None:
    after, rendering = marked(drawing(), Mark(place=place))
    assert complies(seen(after).text)
    box = rendering.box
    assert min(box.left, box.top, 400 - box.right, 300 - box.bottom) < 12


def test_nothing_of_the_author_changes_and_one_group_comes_in() -> None:
    data = drawing()
    source = BytesSource(data)
    plan = render(source, Mark()).plan
    assert [piece for piece in plan if isinstance(piece, Keep)] == [Keep(0, len(data) - 6), Keep(len(data) - 6, 6)]
    root = ElementTree.fromstring(in_memory(source, plan))
    *rest, group = root
    assert [child.tag for child in rest] == [f"{{{SVG}}}rect", f"{{{SVG}}}circle"]
    assert group.get("id") == "aigc-label-mark"
    assert group[0].text == "人工智能生成"
    assert {child.tag for child in group} == {f"{{{SVG}}}title", f"{{{SVG}}}path"}


def test_a_second_mark_replaces_the_first() -> None:
    once, _ = marked(drawing())
    assert marked(once)[0] == once
    moved, _ = marked(once, Mark(place=Place.TOP_LEFT))
    assert moved == marked(drawing(), Mark(place=Place.TOP_LEFT))[0]


def test_ids_stay_unique() -> None:
    after, _ = marked(drawing(content=f'{CONTENT}<g id="aigc-label-mark"><rect/></g><rect id="aigc-label-mark-2"/>'))
    ids = [element.get("id") for element in ElementTree.fromstring(after).iter() if element.get("id")]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(f'<s:svg xmlns:s="{SVG}" width="400" height="300"/>'.encode(), id="prefix, empty tag"),
        pytest.param(f'<svg xmlns="{SVG}" width="400" height="300" />'.encode("utf-16"), id="utf-16"),
        pytest.param(
            f'<?xml version="1.0" encoding="gbk"?><svg xmlns="{SVG}" width="400" height="300"><desc>图</desc></svg>'.encode(
                "gbk"
            ),
            id="gbk",
        ),
        pytest.param(
            f'<?xml version="1.0" encoding="iso-8859-1"?><svg xmlns="{SVG}" width="400" height="300">é</svg>'.encode(
                "latin-1"
            ),
            id="latin-1",
        ),
    ],
)
def test_every_encoding_and_spelling_stays_well_formed(data: bytes) -> None:
    after, _ = marked(data)
    text = after.decode("gbk").replace(' encoding="gbk"', "").encode() if b"gbk" in after else after
    titles = [element.text for element in ElementTree.fromstring(text).iter(f"{{{SVG}}}title")]
    assert titles == ["人工智能生成"]
    assert marked(after)[0] == after


def test_words_are_escaped() -> None:
    after, _ = marked(drawing(), Mark(text="AI生成 <&>"))
    assert ElementTree.fromstring(after)[-1][0].text == "AI生成 <&>"


def test_a_document_type_is_refused() -> None:
    with pytest.raises(MalformedFile, match="DTD"):
        render(BytesSource(b'<!DOCTYPE svg [<!ENTITY a "b">]>' + drawing()), Mark())


@pytest.mark.parametrize("attributes", ['transform="rotate(9)"', 'style="opacity: .2"', 'mask="url(#m)"'])
def test_a_root_that_alters_everything_in_it_is_refused_by_name(attributes: str) -> None:
    with pytest.raises(UnsupportedFormat, match="root element has"):
        render(BytesSource(drawing(f"{SIZED['plain']} {attributes}")), Mark())


def test_no_namespace_and_no_area_are_refused() -> None:
    with pytest.raises(MalformedFile, match="namespace"):
        render(BytesSource(b'<svg width="400" height="300"/>'), Mark())
    with pytest.raises(UnsupportedFormat, match="viewBox"):
        render(BytesSource(drawing('viewBox="0 0 0 10"')), Mark())


def test_a_drawing_too_small_for_words_says_so() -> None:
    with pytest.raises(InvalidMark, match="fit"):
        render(BytesSource(drawing('width="24" height="24"')), Mark())


def test_a_size_beyond_all_measure_costs_no_memory() -> None:
    after, _ = marked(drawing('width="100000000" height="90000000"'))
    assert len(after) < 20_000


def test_truncated_drawings_raise_only_our_errors() -> None:
    data = drawing()
    for length in range(0, len(data), 7):
        with pytest.raises(AigcLabelError):
            render(BytesSource(data[:length]), Mark())


def test_edges_are_followed_between_samples() -> None:
    ink = np.zeros((20, 30), np.uint8)
    ink[5:15, 4:26] = 255
    ink[8:12, 10:20] = 0
    areas = sorted(
        abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise((*edge, edge[0])))) / 2 for edge in traced_edges(ink)
    )
    assert areas == pytest.approx([40, 220], abs=1.1)
