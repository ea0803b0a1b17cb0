"""Makes the documents, the chat and the scene of the demo, and pictures of their marks by programs that nobody here wrote."""

from __future__ import annotations

import json
import shutil
import struct
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import docx
import numpy as np
import pptx
import pypdfium2
from numpy.typing import NDArray
from PIL import Image
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.pdfmetrics import registerFont
from reportlab.pdfgen.canvas import Canvas

from aigc_label.marking import Mark, Position
from aigc_label.sse import labelled_sse
from tools import browser, scenes

TITLE: Final = "月亮的一夜"
STORY: Final = ("月亮从山后升起。", "湖面把它接住，又碎成一片银。", "风停了，它才重新圆起来。")
REPLY: Final = ("月亮", "从山后", "升起", "。")
TALL: Final = 560  # pixels of a page or view in the picture


def make(folder: Path) -> None:
    """Write a PDF, a Word and a PowerPoint document, a Markdown text and a scene without a camera."""
    _pdf(folder / "story.pdf")
    text = docx.Document()
    text.add_heading(TITLE, 0)
    for line in STORY * 4:
        text.add_paragraph(line)
    text.save(str(folder / "story.docx"))
    show = pptx.Presentation()
    for line in STORY:
        slide = show.slides.add_slide(show.slide_layouts[0])
        slide.shapes.title.text, slide.placeholders[1].text = TITLE, line
    show.save(str(folder / "story.pptx"))
    (folder / "story.md").write_text("\n\n".join((f"# {TITLE}", *STORY)) + "\n", encoding="utf-8")
    (folder / "island.glb").write_bytes(_island())


def _pdf(path: Path) -> None:
    registerFont(UnicodeCIDFont("STSong-Light"))
    canvas = Canvas(str(path), pagesize=(420, 595))
    for line in STORY:
        canvas.setFont("STSong-Light", 22)
        canvas.drawString(50, 510, TITLE)
        canvas.setFont("STSong-Light", 13)
        canvas.drawString(50, 460, line)
        canvas.showPage()
    canvas.save()


def _island() -> bytes:
    """Give a hilly island in the sea, coloured by height."""
    side = 64
    y, x = np.mgrid[-1 : 1 : side * 1j, -1 : 1 : side * 1j]
    height = np.clip(1.1 - 1.6 * np.hypot(x, y), -0.05, None) * 0.5
    height += 0.09 * scenes.fractal(np.random.default_rng(7), (side, side), 2.4) * np.clip(1.1 - np.hypot(x, y), 0, 1)
    land = scenes.blended((0.10, 0.30, 0.08), (0.75, 0.72, 0.68), np.clip(height * 2, 0, 1).astype(np.float32))
    colours = np.where(height[..., None] > 0.02, land, np.float32((0.05, 0.20, 0.38)))
    height = np.maximum(height, 0.0)
    rise_y, rise_x = np.gradient(height, 2 / (side - 1))
    normals = np.stack([-rise_x, np.ones_like(height), -rise_y], axis=-1)
    normals /= np.linalg.norm(normals, axis=-1, keepdims=True)
    first = (np.arange(side - 1)[:, None] * side + np.arange(side - 1)).ravel()
    faces = np.stack([first, first + side, first + 1, first + 1, first + side, first + side + 1], axis=1)
    points = np.stack([x, height, y], axis=-1)
    turned = points @ np.array([[1, 0, 0], [0, 0.82, 0.57], [0, -0.57, 0.82]])  # seen from above
    parts = [one.astype("<f4").tobytes() for one in (turned, normals, colours)] + [faces.astype("<u2").tobytes()]
    return _binary(parts, turned.reshape(-1, 3), faces.size)


def _binary(parts: list[bytes], points: NDArray[Any], indices: int) -> bytes:
    starts = np.cumsum([0, *map(len, parts)]).tolist()
    vectors = {"componentType": 5126, "count": len(points), "type": "VEC3"}
    bounds = {"min": points.min(axis=0).tolist(), "max": points.max(axis=0).tolist()}
    tree = {
        "asset": {"version": "2.0", "generator": "aigc-label demo"},
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [{"mesh": 0, "name": "island"}],
        "meshes": [
            {"primitives": [{"attributes": {"POSITION": 0, "NORMAL": 1, "COLOR_0": 2}, "indices": 3, "material": 0}]}
        ],
        "materials": [{"pbrMetallicRoughness": {"metallicFactor": 0, "roughnessFactor": 0.9}}],
        "accessors": [
            {"bufferView": 0, **vectors, **bounds},
            {"bufferView": 1, **vectors},
            {"bufferView": 2, **vectors},
            {"bufferView": 3, "componentType": 5123, "count": indices, "type": "SCALAR"},
        ],
        "bufferViews": [
            {"buffer": 0, "byteOffset": start, "byteLength": len(part)}
            for start, part in zip(starts, parts, strict=False)
        ],
        "buffers": [{"byteLength": starts[-1]}],
    }
    document = json.dumps(tree).encode()
    document += b" " * (-len(document) % 4)
    data = b"".join(parts) + bytes(-starts[-1] % 4)
    chunks = b"".join(
        struct.pack("<I4s", len(one), kind) + one for kind, one in ((b"JSON", document), (b"BIN\0", data))
    )
    return struct.pack("<4sII", b"glTF", 2, 12 + len(chunks)) + chunks


def chat() -> Iterator[tuple[str, str]]:
    """Give the words of each event of a streamed reply: as a model sends them, then as a client is given them."""

    def events() -> Iterator[bytes]:
        for words in REPLY:
            yield f"data: {json.dumps({'choices': [{'index': 0, 'delta': {'content': words}}]})}\n\n".encode()
        yield b'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'

    for name, stream in (("sent", events()), ("given", labelled_sse(events(), Mark(position=Position.BOTH)))):
        for line in b"".join(stream).decode().splitlines():
            if line.startswith("data: {"):
                words = json.loads(line[6:])["choices"][0]["delta"].get("content", "")
                yield name, words


def pictured(folder: Path) -> tuple[Image.Image, list[str]]:
    """Give a row of the marked documents as other programs show them, and what could not be shown for want of a program."""
    shown, left_out = [_page(folder / "story.pdf")], []
    with tempfile.TemporaryDirectory() as place:
        for name in ("story.docx", "story.pptx"):
            if shutil.which("soffice") is None:
                left_out.append(f"{name} (LibreOffice)")
                continue
            profile = f"-env:UserInstallation={Path(place, 'profile').as_uri()}"
            convert = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", place, str(folder / name)]
            subprocess.run(convert, check=True, capture_output=True, timeout=180)
            shown.append(_page(Path(place, name).with_suffix(".pdf")))
        site = browser.three(Path(place)) if browser.is_here() else None
        if site is not None:
            shown.append(Image.fromarray(browser.shown(site, (folder / "island.glb").read_bytes(), (820, TALL))))
        else:
            left_out.append("island.glb (Chromium, and three.js from npm)")
    row = Image.new("RGB", (sum(one.width + 12 for one in shown) + 12, TALL + 24), (120, 120, 120))
    at = 12
    for one in shown:
        row.paste(one, (at, 12))
        at += one.width + 12
    return row, left_out


def _page(path: Path) -> Image.Image:
    with pypdfium2.PdfDocument(path) as document:
        page = document[0]
        return page.render(scale=TALL / page.get_size()[1]).to_pil().convert("RGB")
