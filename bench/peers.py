"""What people use today, one job over a folder each: `python peers.py JOB SOURCE TARGET [FONT]`."""

from __future__ import annotations

import io
import sys
import timeit
from collections.abc import Callable
from pathlib import Path

LABEL = (
    '{"Label":"1","ContentProducer":"001191110108335469089C10100","ProduceID":"bench-1","ReservedCode1":"",'
    '"ContentPropagator":"001191110108335469089C10100","PropagateID":"bench-1","ReservedCode2":""}'
)
PACKET = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description rdf:about="" xmlns:TC260="http://www.tc260.org.cn/ns/AIGC/1.0/">'
    f"<TC260:AIGC>{LABEL}</TC260:AIGC></rdf:Description></rdf:RDF></x:xmpmeta>"
).encode()
WORDS = "人工智能生成"


def save_again(source: Path, target: Path) -> None:
    """Pillow's way to add XMP: decode and encode."""
    from PIL import Image
    from PIL.PngImagePlugin import PngInfo

    with Image.open(source) as image:
        if image.format == "PNG":
            info = PngInfo()
            info.add_itxt("XML:com.adobe.xmp", PACKET.decode())
            image.save(target, pnginfo=info)
        else:
            image.save(target, quality="keep", xmp=PACKET)


def draw(source: Path, target: Path, level: int | None = None) -> None:
    """Decode, draw the words at 5.5 % of the shortest side on a plate, encode with the file's own tables."""
    from PIL import Image, ImageDraw, ImageFont, JpegImagePlugin

    with Image.open(source) as image:
        options: dict[str, object] = {} if level is None else {"compress_level": level}
        if image.format == "JPEG":
            options = {"qtables": image.quantization, "subsampling": JpegImagePlugin.get_sampling(image)}
        size = round(min(image.size) * 0.055 / 0.78)
        font = ImageFont.truetype(FONT, size)
        left, top, right, bottom = font.getbbox(WORDS)
        image.load()
        pen = ImageDraw.Draw(image)
        x, y = image.width - (right - left) - size, image.height - (bottom - top) - size
        pen.rectangle(
            (x - size // 3, y - size // 3, x + right - left + size // 3, y + bottom - top + size // 3), "#1c1c1c"
        )
        pen.text((x - left, y - top), WORDS, "white", font)
        image.save(target, image.format, **options)


def read_with_pillow(source: Path, _target: Path) -> None:
    from PIL import Image

    with Image.open(source) as image:
        if "TC260" not in str(image.info.get("xmp", b"")):
            sys.exit(f"no label in {source}")


def embed_with_pyexiv2(source: Path, target: Path) -> None:
    import pyexiv2

    pyexiv2.registerNs("http://www.tc260.org.cn/ns/AIGC/1.0/", "TC260")
    target.write_bytes(source.read_bytes())
    image = pyexiv2.Image(str(target))
    image.modify_xmp({"Xmp.TC260.AIGC": LABEL})
    image.close()


JOBS: dict[str, Callable[[Path, Path], None]] = {
    "save-again": save_again,
    "draw": draw,
    "draw-fast": lambda source, target: draw(source, target, 1),
    "read-with-pillow": read_with_pillow,
    "pyexiv2": embed_with_pyexiv2,
}


def in_memory(source: Path) -> dict[str, float]:
    """Give microseconds for one picture, bytes to bytes: a plain copy, ours, Pillow."""
    from PIL import Image

    import aigc_label

    data = source.read_bytes()
    label = aigc_label.Label.generated(producer="001191110108335469089C10100", produce_id="bench-1")

    def pillow() -> None:
        Image.open(io.BytesIO(data)).save(io.BytesIO(), "JPEG", quality="keep", xmp=PACKET)

    def best(job: Callable[[], object], number: int) -> float:
        job()
        return min(timeit.repeat(job, number=number, repeat=7)) / number * 1e6

    return {
        "copy": best(lambda: bytearray(data), 400),
        "ours": best(lambda: aigc_label.embed(data, label=label), 200),
        "Pillow": best(pillow, 3),
    }


FONT = sys.argv[4] if len(sys.argv) > 4 else ""


def main() -> None:
    job, source, target = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    if job == "in-memory":
        print(in_memory(source))
        return
    target.mkdir(exist_ok=True)
    for file in sorted(source.iterdir()):
        JOBS[job](file, target / file.name)


if __name__ == "__main__":
    main()
