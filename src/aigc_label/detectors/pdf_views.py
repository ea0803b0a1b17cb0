"""Renders the first and last page of a PDF file, with and without the words on them that may be a mark.

A program of its own (`python -I pdf_views.py FILE BYTES PIXELS SHORTEST`), because it draws what strangers made: it is run
with bounds on time and memory, and gives nothing but pixels. On standard output, for each page: a line of JSON, then the
page's pixels (rows of RGB), then for each candidate the pixels of its `crop` with its words taken away.

A word is visible as far as taking it away changes the picture: words that are white on white, behind a picture, off the
page or a pixel high change nothing, or little.
"""

from __future__ import annotations

import ctypes
import json
import resource
import sys
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

DAMAGED = 65  # how this ends where the file is at fault (EX_DATAERR)
MOST_CHARACTERS = 20_000  # of one page that are read
MOST_LINES = 8  # of one page whose words are taken away
LONGEST = 200  # characters of a line that can be a mark
AI = ("人工智能", "AI", "ARTIFICIAL")
GENERATED = ("生成", "合成", "GENERATED", "CREATED", "WRITTEN", "PRODUCED")


def main(path: str, memory: str, most: str, shortest: str) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (int(memory),) * 2)
    try:
        with pypdfium2.PdfDocument(path) as document:
            document.init_forms()
            for number in sorted({0, len(document) - 1}):
                _show(document[number], number == 0, int(most), int(shortest))
    except pypdfium2.PdfiumError:  # it is no PDF, or has no page that can be loaded
        sys.exit(DAMAGED)


def _show(page: Any, is_first: bool, most: int, shortest: int) -> None:
    wide, high = page.get_size()
    scale = min(shortest / min(wide, high), (most / (wide * high)) ** 0.5)
    picture = _drawn(page, scale)
    candidates, parts = [], [picture.tobytes()]
    for line in _lines(page, picture.size):
        hidden = line.pop("objects")
        for one in hidden:
            pdfium.FPDFPageObj_SetIsActive(one, False)
        parts.append(_drawn(page, scale).crop(line["crop"]).tobytes())
        for one in hidden:
            pdfium.FPDFPageObj_SetIsActive(one, True)
        candidates.append(line)
    told = {"first": is_first, "size": picture.size, "lines": candidates}
    sys.stdout.buffer.write(b"".join((json.dumps(told).encode(), b"\n", *parts)))


def _drawn(page: Any, scale: float) -> Any:
    return page.render(scale=scale, rev_byteorder=True, may_draw_forms=True, draw_annots=True).to_pil().convert("RGB")


def _lines(page: Any, size: tuple[int, int]) -> list[dict[str, Any]]:
    """Give the lines of text that hold both elements: words, places of their letters, the objects that draw them."""
    text = page.get_textpage()
    count = min(text.count_chars(), MOST_CHARACTERS)
    characters = [chr(pdfium.FPDFText_GetUnicode(text, index) or 0) for index in range(count)]
    runs: list[list[int]] = [[]]
    for index, char in enumerate(characters):
        if char in "\r\n\0":
            if runs[-1]:
                runs.append([])
        else:
            runs[-1].append(index)
    runs = [run for run in runs if any(not characters[index].isspace() for index in run)]
    found = []
    for place, run in enumerate(runs):
        words = "".join(characters[index] for index in run).strip()
        plain = words.replace(" ", "").upper()
        if len(words) > LONGEST or not (any(w in plain for w in AI) and any(w in plain for w in GENERATED)):
            continue
        line = _line(page, text, [index for index in run if not characters[index].isspace()], size)
        if line is not None:
            found.append(line | {"text": words, "at_start": place == 0, "at_end": place == len(runs) - 1})
        if len(found) >= MOST_LINES:
            break
    return found


def _line(page: Any, text: Any, run: list[int], size: tuple[int, int]) -> dict[str, Any] | None:
    wide, high = size
    boxes, objects = [], {}
    for index in run:
        sides = [ctypes.c_double() for _ in range(4)]
        if not pdfium.FPDFText_GetCharBox(text, index, *map(ctypes.byref, sides)):
            return None
        left, right, bottom, top = (side.value for side in sides)
        (x0, y0), (x1, y1) = _on_screen(page, size, left, bottom), _on_screen(page, size, right, top)
        boxes.append([min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)])
        one = pdfium.FPDFText_GetTextObject(text, index)
        if one:
            objects[ctypes.addressof(one.contents)] = one
    crop = [
        max(0, min(box[0] for box in boxes) - 2),
        max(0, min(box[1] for box in boxes) - 2),
        min(wide, max(box[2] for box in boxes) + 3),
        min(high, max(box[3] for box in boxes) + 3),
    ]
    if crop[0] >= crop[2] or crop[1] >= crop[3]:  # off the page
        return None
    return {"boxes": boxes, "crop": crop, "objects": list(objects.values())}


def _on_screen(page: Any, size: tuple[int, int], x: float, y: float) -> tuple[int, int]:
    across, down = ctypes.c_int(), ctypes.c_int()
    pdfium.FPDF_PageToDevice(page, 0, 0, *size, 0, x, y, ctypes.byref(across), ctypes.byref(down))
    return across.value, down.value


if __name__ == "__main__":
    main(*sys.argv[1:])
