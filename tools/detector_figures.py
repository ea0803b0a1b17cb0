"""Measures the detector of words: `python tools/detector_figures.py` prints the tables of docs/detector.md.

Pictures are made here: noise, gradients, 1/f noise that looks like photographs, patches, pages of other text; marks are
drawn by `badge.py` or, for the tables that say so, straight with Pillow in other fonts and without a plate.
"""

from __future__ import annotations

import io
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from aigc_label.badge import design
from aigc_label.detectors.words import sightings
from aigc_label.evidence import Sighting
from aigc_label.lettering import shipped_font
from aigc_label.marking import Mark, Place, complies

CJK = Path("/usr/share/fonts/opentype/noto")
FONTS = {  # name -> (file, face); DejaVu has no Han: it draws AI beside Han of our own font
    "ours": (shipped_font(), 0),
    "Noto Sans CJK SC Regular": (CJK / "NotoSansCJK-Regular.ttc", 2),
    "Noto Serif CJK SC Regular": (CJK / "NotoSerifCJK-Regular.ttc", 2),
    "Noto Serif CJK SC Bold": (CJK / "NotoSerifCJK-Bold.ttc", 2),
}
SIZES = [(64, 64), (96, 128), (200, 150), (301, 199), (512, 512), (1024, 768), (1200, 1600), (2000, 100), (4000, 3000)]
TEXTS = ("人工智能生成", "AI生成", "由AI合成", "本图片由人工智能生成合成", "人工智能\n生成", "疑似AI生成，仅供参考")
OTHERS = (
    "AI助手",
    "生成",
    "人工智能",
    "用户协议",
    "合成材料",
    "AI 2026",
    "内容由用户上传",
    "公司新闻",
    "MAIL生成",
    "人工智熊生戎",
)


def photo(rng: np.random.Generator, wide: int, high: int) -> np.ndarray:
    """Give 1/f noise in colour."""
    near = np.fft.rfftfreq(wide)[None] ** 2 + np.fft.fftfreq(high)[:, None] ** 2
    near[0, 0] = 1
    planes = []
    base = rng.standard_normal((high, wide))
    for share in (0.0, 0.3, 0.5):
        field = np.fft.irfft2(
            np.fft.rfft2(base * (1 - share) + share * rng.standard_normal((high, wide))) / near**0.6, (high, wide)
        )
        planes.append(np.clip((field - field.mean()) / field.std() * 50 + rng.integers(60, 200), 0, 255))
    return np.stack(planes, axis=2).astype(np.uint8)


def noise(rng: np.random.Generator, wide: int, high: int) -> np.ndarray:
    return rng.integers(0, 256, (high, wide, 3), dtype=np.uint8)


def gradient(rng: np.random.Generator, wide: int, high: int) -> np.ndarray:
    y, x = np.mgrid[0 : 1 : high * 1j, 0 : 1 : wide * 1j]
    turns = rng.uniform(-1, 1, (3, 2))
    field = np.stack([(a * x + b * y) for a, b in turns], axis=2)
    return ((field - field.min()) / np.ptp(field) * 255).astype(np.uint8)


def patches(rng: np.random.Generator, wide: int, high: int) -> np.ndarray:
    picture = Image.new("RGB", (wide, high), tuple(rng.integers(0, 256, 3).tolist()))
    draw = ImageDraw.Draw(picture)
    for _ in range(60):
        a, b = sorted(rng.integers(0, wide, 2).tolist()), sorted(rng.integers(0, high, 2).tolist())
        shape = (draw.rectangle, draw.ellipse)[rng.integers(2)]
        shape((a[0], b[0], a[1], b[1]), fill=tuple(rng.integers(0, 256, 3).tolist()))
    return np.asarray(picture)


def page(rng: np.random.Generator, wide: int, high: int) -> np.ndarray:
    """Give a page of other words: Han, Latin and numbers of many sizes, none with both elements."""
    words = "图片文字由用户上传制作编辑平台公司网络信息媒体新闻产品艺术场景人物音乐成果工作智慧能力合同生活"
    picture = Image.new("RGB", (wide, high), "white")
    draw = ImageDraw.Draw(picture)
    top = 0
    while top < high:
        size = int(rng.integers(max(9, min(wide, high) // 40), max(12, min(wide, high) // 8)))
        font = ImageFont.truetype(str(shipped_font()), size)
        if rng.random() < 0.3:
            text = " ".join("".join(rng.choice(list("ABCDEFGHIJKLabcdefghikl0123456789"), 5)) for _ in range(9))
        else:
            text = "".join(rng.choice(list(words), 30))
        draw.text((rng.integers(-size, size), top), text, fill=tuple(rng.integers(0, 130, 3).tolist()), font=font)
        top += round(size * 1.4)
    return np.asarray(picture)


BACKDROPS = (photo, noise, gradient, patches, page)


@dataclass(frozen=True)
class Case:
    name: str
    pixels: np.ndarray
    text: str = ""
    share: float = 0.0


def marked(rng: np.random.Generator, count: int) -> Iterator[Case]:
    """Give pictures that `badge.py` marked, most of them through JPEG."""
    for number in range(count):
        wide, high = SIZES[number % len(SIZES)] if number % 9 != 8 or number % 27 == 8 else (800, 600)
        backdrop = BACKDROPS[int(rng.integers(len(BACKDROPS)))]
        pixels = backdrop(rng, wide, high).copy()
        mark = Mark(
            text=TEXTS[int(rng.integers(len(TEXTS)))] if min(wide, high) >= 150 else "人工智能生成",
            place=list(Place)[int(rng.integers(8))],
            height_share=float(rng.choice([0.05, 0.055, 0.06, 0.08, 0.1])),
        )
        try:
            badge = design(mark, wide, high, backdrop=float(rng.choice([20, 120, 220])))
        except ValueError:
            continue
        except Exception:  # words too long for this size
            badge = design(Mark(), wide, high)
        box = badge.box
        pixels[box.top : box.bottom, box.left : box.right] = badge.levels()[:, :, None]
        quality = int(rng.choice([0, 50, 70, 85, 95]))
        name = f"{backdrop.__name__} {wide}x{high} {mark.place} q{quality} {badge.words!r}"
        yield Case(name, coded(pixels, quality), badge.words, badge.height_share)


def coded(pixels: np.ndarray, quality: int) -> np.ndarray:
    if not quality:
        return pixels
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "JPEG", quality=quality)
    return np.asarray(Image.open(out))


def plain(rng: np.random.Generator, count: int) -> Iterator[Case]:
    for number in range(count):
        wide, high = SIZES[number % len(SIZES)]
        backdrop = BACKDROPS[number % len(BACKDROPS)]
        yield Case(f"{backdrop.__name__} {wide}x{high}", coded(backdrop(rng, wide, high), int(rng.choice([0, 70, 90]))))


def lettered(
    rng: np.random.Generator, name: str, texts: tuple[str, ...], plate: str, shares: tuple[float, ...], count: int
) -> Iterator[Case]:
    """Give pictures with words in any font, of a known ink height, drawn by Pillow on a plate or straight."""
    file, face = FONTS[name]
    for number in range(count):
        wide, high = ((1024, 768), (800, 800), (600, 400), (1920, 1080))[number % 4]
        text, share = texts[number % len(texts)], shares[number % len(shares)]
        picture = Image.fromarray(photo(rng, wide, high))
        size = share * min(wide, high) / ink_share(file, face, text)
        font = ImageFont.truetype(str(file), size, index=face)
        at = (round(0.06 * high), round(0.06 * high))
        draw = ImageDraw.Draw(picture)
        left, top, right, bottom = draw.textbbox(at, text, font=font)
        if plate == "plate":
            draw.rectangle((left - size / 3, top - size / 3, right + size / 3, bottom + size / 3), fill=(30, 30, 30))
            draw.text(at, text, fill=(250, 250, 250), font=font)
        elif plate == "outline":
            draw.text(at, text, fill="white", font=font, stroke_width=max(1, round(size / 14)), stroke_fill="black")
        else:
            draw.text(at, text, fill="white", font=font)
        yield Case(
            f"{name} {plate} {text} {share:.3f}", coded(np.asarray(picture), int(rng.choice([0, 70, 90]))), text, share
        )


def ink_share(file: Path, face: int, text: str) -> float:
    font = ImageFont.truetype(str(file), 1000, index=face)
    return min(font.getbbox(c, anchor="ls")[3] - font.getbbox(c, anchor="ls")[1] for c in text if c.isalnum()) / 1000


def looked(cases: Iterator[Case]) -> Iterator[tuple[Case, tuple[Sighting, ...], float]]:
    for case in cases:
        start = time.process_time()
        seen = sightings(case.pixels)
        yield case, seen, time.process_time() - start


def tell(title: str, cases: Iterator[Case], *, loud: bool = True) -> None:
    hits, errors, seconds, misread, total, complying = 0, [], [], Counter(), 0, 0
    for case, seen, spent in looked(cases):
        total += 1
        seconds.append(spent)
        good = [one for one in seen if complies(one.text)]
        complying += bool(good)
        if case.text and good:
            hits += 1
            errors.append((good[0].height_share or 0) - case.share)
            if good[0].text.replace(" ", "") != case.text.replace("\n", ""):
                misread[f"{case.text!r} as {good[0].text!r}"] += 1
        elif loud and (good or (case.text and complies(case.text))):
            print("   ", case.name, "->", [(one.text, one.confidence) for one in seen])
    line = f"{title}: {total} pictures, complying words seen on {complying}"
    if errors:
        line += f"; height error mean {np.mean(errors):+.4f}, worst {min(errors):+.4f} {max(errors):+.4f}"
    print(line + f"; CPU median {np.median(seconds) * 1e3:.0f} ms, worst {max(seconds) * 1e3:.0f} ms")
    if misread:
        print("    misread:", dict(misread.most_common(8)))


def main() -> None:
    rng = np.random.default_rng(45438)
    tell("marked by us", marked(rng, 240))
    tell("nothing", plain(rng, 120))
    for name in FONTS:
        for plate in ("plate", "outline", "straight"):
            tell(f"{name}, {plate}", lettered(rng, name, TEXTS[:4], plate, (0.055, 0.065, 0.08), 16), loud=False)
    for name in ("ours", "Noto Serif CJK SC Regular"):
        tell(f"other words, {name}", lettered(rng, name, OTHERS, "plate", (0.055, 0.08), 40))
    tell("too small, 3.5 to 4.9 %", lettered(rng, "ours", TEXTS[:4], "plate", (0.035, 0.04, 0.046, 0.049), 32))


if __name__ == "__main__":
    main()
