"""Builds, for every rule, a small file that breaks it: what `aigc-label rule CODE` calls its example."""

from __future__ import annotations

import json
import struct
import subprocess
import sys
import wave
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from dataclasses import fields as dataclass_fields
from pathlib import Path
from typing import Final

import numpy as np
import pptx
import scenes
import signing
import sounds
from docx import Document
from docx.shared import RGBColor
from others import squeezed
from PIL import Image
from reportlab.pdfgen.canvas import Canvas
from security import vectors

from aigc_label import api
from aigc_label.badge import Badge, design
from aigc_label.label import Label, Status, wrapped
from aigc_label.marking import Mark

FIXTURES: Final = Path(__file__).parents[1] / "fixtures"
PRODUCER: Final = "001191110108335469089C10100"
LABEL: Final = Label.generated(producer=PRODUCER, produce_id="example-1").to_json()
FIELDS: Final = json.loads(LABEL)
WIDE, HIGH, RATE = 400, 300, 10
RHYTHM: Final = ((0.1, 0.3, 0.1, 0.1), (0.1, 0.3, 0.1))


@dataclass(frozen=True, slots=True)
class Example:
    """A file, and the options of `verify` under which it breaks the rule."""

    path: Path
    options: tuple[str, ...] = ()
    modules: str = ""  # a folder of Python modules that hide installed ones


Builder = Callable[[Path], "Path | Example"]
BUILDERS: Final[dict[str, Builder]] = {}


def example_of(code: str, folder: Path) -> Example:
    """Build the example of one rule in an empty folder of its own."""
    folder.mkdir()
    made = BUILDERS[code](folder)
    return made if isinstance(made, Example) else Example(made)


def breaks(code: str) -> Callable[[Builder], Builder]:
    def kept(builder: Builder) -> Builder:
        assert code not in BUILDERS, code
        BUILDERS[code] = builder
        return builder

    return kept


def fixture(code: str, name: str) -> None:
    breaks(code)(lambda folder: saved(folder / Path(name).name, (FIXTURES / name).read_bytes()))


def saved(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


# ---- labels


def jpeg(path: Path, *comments: str) -> Path:
    """Save a JPEG with these comments right behind its start."""
    data = (FIXTURES / "jpeg/baseline.jpg").read_bytes()
    parts = [b"\xff\xfe" + struct.pack(">H", len(text.encode()) + 2) + text.encode() for text in comments]
    return saved(path, data[:2] + b"".join(parts) + data[2:])


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(path: Path, *chunks: bytes, behind: bytes = b"") -> Path:
    """Save a PNG with these chunks before its pixels and these bytes behind its end."""
    data = (FIXTURES / "png/plain.png").read_bytes()
    at = data.index(b"IDAT") - 4
    return saved(path, data[:at] + b"".join(chunks) + data[at:] + behind)


def named(text: str) -> bytes:
    return chunk(b"iTXt", b"AIGC\0\0\0\0\0" + text.encode())


def fields(**changed: str | int | None) -> str:
    """Give the label's JSON with fields changed, or left out where None."""
    values = {key: value for key, value in {**FIELDS, **changed}.items() if value is not None}
    return json.dumps(values, ensure_ascii=False)


def packet(description: str) -> bytes:
    text = (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        f"{description}</rdf:RDF></x:xmpmeta>"
    )
    return chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + text.encode())


def element(namespace: str, text: str = LABEL) -> str:
    inside = f"<T:AIGC>{text}</T:AIGC>"
    return f'<rdf:Description rdf:about="" xmlns:T="{namespace}">{inside}</rdf:Description>'


NAMESPACE: Final = "http://www.tc260.org.cn/ns/AIGC/1.0/"
OTHER: Final = fields(ProduceID="example-2")

fixture("LBL-001", "jpeg/baseline.jpg")
fixture("LBL-005", "jpeg/exif-label.jpg")
fixture("LBL-013", "pdf/revised.pdf")
fixture("IMG-001", "jpeg/baseline.jpg")
fixture("VIR-001", "glb/plain.glb")
fixture("AUD-008", "ogg/multiplexed.ogg")
fixture("DOC-001", "ooxml/minimal.docx")
fixture("DOC-005", "ofd/plain.ofd")
fixture("FMT-005", "gif/sub-blocked-xmp.gif")
fixture("XSC-001", "png/generated.png")
breaks("LBL-002")(lambda folder: jpeg(folder / "two.jpg", wrapped(LABEL), wrapped(LABEL)))
breaks("LBL-003")(lambda folder: jpeg(folder / "two.jpg", wrapped(LABEL), wrapped(OTHER)))
breaks("LBL-004")(lambda folder: jpeg(folder / "comment.jpg", wrapped(LABEL)))
breaks("LBL-006")(lambda folder: png(folder / "yes.png", named("yes")))
breaks("LBL-007")(lambda folder: png(folder / "twice.png", named(LABEL.replace("{", '{"Label":"3",', 1))))
breaks("LBL-008")(lambda folder: png(folder / "number.png", named(fields(Label=1))))
breaks("LBL-010")(lambda folder: png(folder / "alike.png", packet(element("http://www.tc26O.org.cn/ns/AIGC/1.0/"))))
breaks("LBL-011")(lambda folder: png(folder / "behind.png", behind=b"...." + LABEL.encode()))
breaks("LBL-012")(
    lambda folder: png(
        folder / "cut.png", chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + zlib.compress(b"x" * 99)[:-6])
    )
)
breaks("LBL-101")(lambda folder: png(folder / "number.png", named(fields(ProduceID=""))))
breaks("LBL-102")(lambda folder: png(folder / "half.png", named(fields(ContentPropagator=None, PropagateID=None))))
breaks("LBL-103")(lambda folder: png(folder / "five.png", named(fields(ReservedCode1=None, ReservedCode2=None))))
breaks("LBL-104")(lambda folder: png(folder / "word.png", named(fields(Label="AIGC"))))
breaks("LBL-105")(
    lambda folder: png(folder / "code.png", named(fields(ContentProducer=f"{PRODUCER[:21]}D{PRODUCER[22:]}")))
)
breaks("LBL-106")(lambda folder: png(folder / "space.png", named(fields(ContentProducer="Exam\u200bple"))))
breaks("LBL-107")(lambda folder: png(folder / "name.png", named(fields(ContentProducer="示例公司"))))


@breaks("LBL-009")
def attribute(folder: Path) -> Path:
    quoted = LABEL.replace('"', "&quot;")
    return png(
        folder / "attribute.png",
        packet(f'<rdf:Description rdf:about="" xmlns:T="{NAMESPACE}" T:AIGC="{quoted}"/>'),
    )


@breaks("LBL-108")
def another_producer(folder: Path) -> Example:
    return Example(png(folder / "other.png", packet(element(NAMESPACE))), ("--expect-producer", "Example-Ltd"))


def beside(folder: Path, said: str) -> Path:
    """Save a text and a sidecar that `said` this many bytes and this digest."""
    from hashlib import sha256

    text = saved(folder / "words.txt", "今天天气很好。\n".encode())
    values = {
        "schema": "aigc-label/sidecar/1",
        "name": text.name,
        "size": len(said.encode()),
        "sha256": sha256(said.encode()).hexdigest(),
        "AIGC": FIELDS,
    }
    saved(folder / "words.txt.aigc.json", json.dumps(values, ensure_ascii=False).encode())
    return text


breaks("LBL-014")(lambda folder: beside(folder, "昨天天气很好。\n"))
breaks("LBL-015")(lambda folder: beside(folder, "今天天气很好。\n"))


def recorded(folder: Path) -> tuple[str, ...]:
    """Label a picture of blots with a ledger that keeps its fingerprint; give the options that look files up there."""
    blots = np.random.default_rng(16).integers(0, 256, (9, 12, 3), dtype=np.uint8)
    Image.fromarray(blots).resize((480, 360), Image.Resampling.BICUBIC).save(folder / "picture.png")
    words = ("embed", folder / "picture.png", "--in-place", "--producer", PRODUCER)
    command = (Path(sys.executable).with_name("aigc-label"), *words, "--ledger", folder / "ledger", "--fingerprint")
    subprocess.run(command, check=True, capture_output=True)
    return ("--registry", str(folder / "ledger"))


@breaks("LBL-016")
def stripped(folder: Path) -> Example:
    options = recorded(folder)
    Image.open(folder / "picture.png").convert("RGB").save(folder / "stripped.jpg", quality=60)
    return Example(folder / "stripped.jpg", options)


@breaks("LBL-017")
def not_to_be_looked_up(folder: Path) -> Example:
    return Example(cut_short(folder), recorded(folder))


# ---- pictures and films


def badge_of(words: str = "人工智能生成", height_share: float = 0.055, size: tuple[int, int] = (WIDE, HIGH)) -> Badge:
    """Design a plate with words that no `Mark` would let pass."""
    mark = Mark()
    object.__setattr__(mark, "text", words)
    object.__setattr__(mark, "height_share", height_share)
    return design(mark, *size)


def centred(badge: Badge) -> Badge:
    box = badge.box
    left, top = (badge.width - box.width) // 2, (badge.height - box.height) // 2
    return replace(badge, box=replace(box, left=left, right=left + box.width, top=top, bottom=top + box.height))


def scene(wide: int, high: int, number: int = 0) -> np.ndarray:
    y, x = np.mgrid[:high, :wide]
    waves = 90 + 50 * np.sin((x + 3 * number) / 23) + 40 * np.cos((y - 2 * number) / 17)
    return np.stack([waves, np.roll(waves, number, 1), 180 - waves / 2], axis=2)


def drawn(badge: Badge | None, wide: int, high: int, number: int = 0) -> bytes:
    picture = np.clip(scene(wide, high, number), 0, 255).astype(np.uint8)
    if badge is not None:
        box = badge.box
        picture[box.top : box.bottom, box.left : box.right] = badge.levels()[..., None]
    return picture.tobytes()


def picture(badge: Badge) -> Builder:
    def built(folder: Path) -> Path:
        out = folder / "picture.png"
        size = (badge.width, badge.height)
        Image.frombytes("RGB", size, drawn(badge, *size)).save(out)
        return out

    return built


class Other(Badge):
    """A badge in another typeface than ours: its letters squeezed, their heights kept."""

    def levels(self) -> np.ndarray:
        return squeezed(super().levels(), self.plate)


def in_another_typeface(badge: Badge) -> Badge:
    return Other(**{field.name: getattr(badge, field.name) for field in dataclass_fields(badge)})


LARGE: Final = (1000, 800)
breaks("IMG-002")(picture(badge_of("内容生成", size=LARGE)))
breaks("IMG-003")(picture(centred(badge_of(size=LARGE))))
breaks("IMG-004")(picture(replace(badge_of(size=LARGE), plate=90, ink=180)))
breaks("IMG-005")(picture(badge_of(height_share=0.04, size=LARGE)))
breaks("IMG-007")(picture(badge_of(height_share=0.052, size=LARGE)))
breaks("IMG-008")(picture(in_another_typeface(badge_of(height_share=0.051, size=LARGE))))
breaks("IMG-009")(picture(replace(badge_of(size=LARGE), plate=90, ink=140)))

# ---- virtual scenes


def before_the_camera(badge: Badge, *, up: float | None = None, lit: bool = False) -> Builder:
    """Hang a plate, drawn for a view half as wide as high, before a camera `up` from where it belongs."""

    def built(folder: Path) -> Path:
        made = scenes.tree(scenes.marked(scenes.binary(scenes.scene({"camera": 0}, cameras=[scenes.eye()]))))
        made["images"][-1] = {"uri": scenes.png_address(badge.levels())}
        plate = made["nodes"][-1]
        unit = 2 * scenes.reach(plate) / badge.height
        plate["scale"] = [unit * badge.box.width, unit * badge.box.height, 1]
        if up is not None:
            plate["translation"][1] = up
        if lit:
            made["materials"][-1].pop("extensions")
        return saved(folder / "scene.glb", scenes.binary(made))

    return built


UPRIGHT: Final = (540, 1080)
breaks("VIR-002")(before_the_camera(badge_of("内容生成", 0.11, UPRIGHT)))
breaks("VIR-003")(before_the_camera(badge_of("人工智能生成", 0.11, UPRIGHT), up=0.0))
breaks("VIR-004")(before_the_camera(replace(badge_of("人工智能生成", 0.12, UPRIGHT), plate=90, ink=185)))
breaks("VIR-008")(before_the_camera(replace(badge_of("人工智能生成", 0.12, UPRIGHT), plate=90, ink=150)))
breaks("VIR-005")(before_the_camera(badge_of("人工智能生成", 0.08, UPRIGHT)))
breaks("VIR-006")(before_the_camera(badge_of("人工智能生成", 0.104, UPRIGHT)))
breaks("VIR-007")(before_the_camera(badge_of("人工智能生成", 0.11, UPRIGHT), lit=True))


@breaks("IMG-006")
def cut_short(folder: Path) -> Path:
    data = (FIXTURES / "png/plain.png").read_bytes()
    at = data.index(b"IDAT") - 4
    (length,) = struct.unpack_from(">I", data, at)
    pixels = data[at + 8 : at + 8 + length]
    return saved(folder / "cut.png", data[:at] + chunk(b"IDAT", pixels[: length // 2]) + chunk(b"IEND", b""))


def film(badge: Badge | None, start: float = 0, end: float = 9, seconds: float = 3) -> Builder:
    def built(folder: Path) -> Path:
        out = folder / "film.mp4"
        times = [number / RATE for number in range(round(seconds * RATE))]
        raw = b"".join(
            drawn(badge if start <= time < end else None, WIDE, HIGH, number) for number, time in enumerate(times)
        )
        given = ("-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{WIDE}x{HIGH}", "-r", str(RATE), "-i", "-")
        coded = ("-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p", "-threads", "1")
        subprocess.run(["ffmpeg", "-v", "error", *given, *coded, str(out)], input=raw, check=True)
        return out

    return built


breaks("VID-001")(film(None))
breaks("VID-002")(film(badge_of("内容生成")))
breaks("VID-003")(film(badge_of(), start=1, seconds=4))
breaks("VID-004")(film(centred(badge_of())))
breaks("VID-005")(film(replace(badge_of(), plate=90, ink=180)))
breaks("VID-006")(film(badge_of(height_share=0.04)))
breaks("VID-007")(film(badge_of(), end=1))
breaks("VID-009")(film(badge_of(height_share=0.052)))
breaks("VID-010")(film(in_another_typeface(badge_of(height_share=0.052))))
breaks("VID-011")(film(replace(badge_of(), plate=90, ink=140)))
fixture("VID-008", "flv/unclosed.flv")

# ---- sound


def sound(folder: Path, samples: sounds.Wave, name: str = "sound.wav") -> Path:
    out = folder / name
    with wave.open(str(out), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
    return out


def rhythm() -> sounds.Wave:
    return sounds.pattern(*RHYTHM)


breaks("AUD-001")(lambda folder: sound(folder, sounds.music(4, 1)))
breaks("AUD-003")(
    lambda folder: sound(
        folder,
        np.concatenate(
            [sounds.pattern((0.1, 0.1, 0.3, 0.1), (0.1, 0.1, 0.3)), sounds.silence(0.5), sounds.music(5, 4)]
        ),
    )
)
breaks("AUD-004")(
    lambda folder: sound(
        folder,
        np.concatenate([sounds.music(4, 1), sounds.silence(0.3), rhythm(), sounds.silence(0.3), sounds.music(4, 2)]),
    )
)
breaks("AUD-006")(lambda folder: sound(folder, sounds.speech(0)))


@breaks("AUD-007")
def under_noise(folder: Path) -> Path:
    content, mark = sounds.noise(8, 5), 0.8 * rhythm()
    content[800 : 800 + len(mark)] += mark
    return sound(folder, content)


def spoken(folder: Path, words: str, speed: int = 150) -> Example:
    """Save a sound that begins with a recording, which `verify` is told of."""
    voice = sounds.speech(0, speed=speed)[: 8000 * 3]
    recording = sound(folder, voice, "voice.wav")
    path = sound(folder, np.concatenate([voice, sounds.silence(0.3), sounds.music(5, 2)]))
    return Example(path, ("--expect-voice", f"{words}={recording}"))


breaks("AUD-002")(lambda folder: spoken(folder, "AI助手"))
breaks("AUD-005")(lambda folder: spoken(folder, "本段音频的全部内容均由人工智能生成合成请注意甄别谢谢"))

# ---- texts and documents


@breaks("DOC-002")
def in_english_only(folder: Path) -> Path:
    page = Canvas(str(folder / "english.pdf"), (400, 300))
    page.drawString(40, 200, "It was a fine day.")
    page.drawString(40, 30, "AI-generated content")
    page.save()
    return folder / "english.pdf"


@breaks("DOC-003")
def pale(folder: Path) -> Path:
    return word(folder, "本内容由人工智能生成", RGBColor(0xA0, 0xA0, 0xA0))


@breaks("DOC-004")
def over_a_gradient(folder: Path) -> Path:
    show = pptx.Presentation()
    slide = show.slides.add_slide(show.slide_layouts[6])
    slide.background.fill.gradient()
    box = slide.shapes.add_textbox(0, 0, show.slide_width, show.slide_height // 8)
    box.text_frame.text = "本内容由人工智能生成"
    show.save(str(folder / "slides.pptx"))
    return folder / "slides.pptx"


def word(folder: Path, words: str, colour: RGBColor | None = None) -> Path:
    document = Document()
    run = document.add_paragraph().add_run(words)
    if colour is not None:
        run.font.color.rgb = colour
    document.add_paragraph("今天天气很好，我们去公园散步。")
    out = folder / "words.docx"
    document.save(str(out))
    return out


breaks("TXT-001")(lambda folder: saved(folder / "plain.md", "# 天气\n\n今天天气很好。\n".encode()))
breaks("TXT-002")(lambda folder: saved(folder / "english.md", "AI-generated content\n\n今天天气很好。\n".encode()))
breaks("TXT-003")(lambda folder: saved(folder / "western.txt", "café\n".encode("latin-1")))

# ---- interfaces


def interface(code: str, body: str) -> None:
    breaks(code)(
        lambda folder: Example(saved(folder / "page.html", SHELL.format(body).encode()), ("--as", "interface"))
    )


SHELL: Final = "<!DOCTYPE html><html><head><title>t</title></head><body>{}<p>今天天气很好。</p></body></html>"
interface("UI-001", "")
interface("UI-002", '<div role="note" style="position: fixed; top: 0">AI-generated content</div>')
interface("UI-003", "<p>本内容由人工智能生成</p>")
interface("UI-004", '<div id="root"></div><script>start()</script>')

# ---- the file itself

breaks("FMT-001")(lambda folder: png(folder / "signed.png", chunk(b"caBX", b"\0\0\0\x10jumb" + bytes(8))))
breaks("FMT-002")(lambda folder: png(folder / "behind.png", behind=b"something else"))
breaks("FMT-003")(lambda folder: png(folder / "both.png", behind=b"PK\3\4" + bytes(60)))
breaks("FMT-004")(lambda folder: jpeg(folder / "picture.png"))
breaks("FMT-007")(lambda folder: bitmap(folder / "picture.bmp"))


def bitmap(path: Path) -> Path:
    Image.new("RGB", (40, 30), (90, 120, 60)).save(path)
    return path


breaks("FMT-006")(lambda folder: Example(jpeg(folder / "picture.jpg"), ("--expect-format", "png")))

# ---- signatures


def carrying(path: Path, reserved: str, label: Label = signing.LABEL) -> Path:
    """Save a picture whose label holds this text as its ReservedCode1."""
    done = api.embed(signing.JPEG.read_bytes(), label=replace(label, reserved1=reserved)).data
    assert done is not None
    return saved(path, done)


def trusting(folder: Path, path: Path, *options: str) -> Example:
    """Give the example under a trust store that holds acme's key."""
    return Example(path, ("--trust", str(signing.store(folder / "trust")), *options))


EXPECTED: Final = ("--expect-signer", "acme")


@breaks("SIG-001")
def other_number(folder: Path) -> Path:
    reserved = json.dumps(signing.data_of(signing.key()))
    return carrying(folder / "changed.jpg", reserved, replace(signing.LABEL, produce_id="changed"))


@breaks("SIG-002")
def other_content(folder: Path) -> Path:
    data = bytearray(signing.signed())
    data[-5] ^= 1
    return saved(folder / "changed.jpg", bytes(data))


@breaks("SIG-003")
def without_sm2(folder: Path) -> Example:
    """A module that cannot be imported stands before the package, as a broken or missing installation does."""
    (folder / "modules").mkdir()
    (folder / "modules/gmssl_pyx.py").write_text('raise ImportError("not installed")\n')
    return Example(saved(folder / "signed.jpg", signing.signed()), modules=str(folder / "modules"))


@breaks("SIG-004")
def opaque(folder: Path) -> Path:
    return carrying(folder / "opaque.jpg", "9ce377b782374e359a10b4f4c38bc557")


@breaks("SIG-005")
def unsigned(folder: Path) -> Example:
    return trusting(folder, carrying(folder / "unsigned.jpg", ""), *EXPECTED)


@breaks("SIG-006")
def opaque_but_required(folder: Path) -> Example:
    return trusting(folder, opaque(folder), *EXPECTED)


@breaks("SIG-007")
def stranger(folder: Path) -> Example:
    return trusting(folder, saved(folder / "other.jpg", signing.signed(signer=signing.key(name="mallory"))), *EXPECTED)


@breaks("SIG-008")
def lapsed(folder: Path) -> Example:
    path = saved(folder / "signed.jpg", signing.signed())
    (folder / "trust").mkdir()
    command = "openssl req -x509 -new -days 1 -subj /CN=acme -key"
    (folder / "key.pem").write_text(signing.key().to_pem(b""))
    subprocess.run([*command.split(), folder / "key.pem", "-out", folder / "trust/acme.pem"], check=True)
    return Example(path, ("--trust", str(folder / "trust"), *EXPECTED, "--at", "2040-01-01"))


@breaks("SIG-009")
def nobody_expected(folder: Path) -> Example:
    return trusting(folder, saved(folder / "signed.jpg", signing.signed()))


@breaks("SIG-010")
def signed(folder: Path) -> Path:
    return saved(folder / "signed.jpg", signing.signed())


@breaks("SIG-011")
def signed_twice(folder: Path) -> Path:
    label = vectors.stepfun("142569260085903360")
    done = api.embed(signing.JPEG.read_bytes(), label=label).data
    assert done is not None
    return saved(folder / "stepfun.jpg", done)


@breaks("SIG-012")
def unbound(folder: Path) -> Example:
    return trusting(folder, carrying(folder / "unbound.jpg", json.dumps(signing.data_of(signing.key()))), *EXPECTED)


@breaks("SIG-013")
def trusted(folder: Path) -> Example:
    return trusting(folder, saved(folder / "signed.jpg", signing.signed()), *EXPECTED)


# ---- the caller's policy


def under(policy: str, built: Builder) -> Builder:
    """Build a file that complies with the standard, and a policy that asks for more."""

    def both(folder: Path) -> Example:
        path = built(folder)
        assert isinstance(path, Path)
        saved(folder / "policy.toml", policy.encode())
        return Example(path, ("--policy", str(folder / "policy.toml")))

    return both


def marked_sound(folder: Path) -> Path:
    return sound(folder, np.concatenate([rhythm(), sounds.silence(0.3), sounds.music(5, 2)]))


GOOD: Final = badge_of(size=LARGE)
breaks("POL-001")(under('[marks.image]\nwording = ["本图由AI生成"]\n', picture(GOOD)))
breaks("POL-002")(under('[marks.image]\nplaces = ["top-left"]\n', picture(GOOD)))
breaks("POL-003")(under('[marks.audio]\nforms = ["voice"]\n', marked_sound))
breaks("POL-004")(under("[marks.video]\nmin-seconds = 3\n", film(badge_of(), end=2.5, seconds=4)))
breaks("POL-005")(under('[waiver]\nreason = "press"\nrecipient = "user-1"\n', lambda folder: jpeg(folder / "bare.jpg")))


# ---- other schemes


def sourced(path: Path, kind: str, label: Label) -> Path:
    """Save a labelled picture whose XMP names this digital source type."""
    saved(path, signing.JPEG.read_bytes())
    name = f"-XMP-iptcExt:DigitalSourceType=http://cv.iptc.org/newscodes/digitalsourcetype/{kind}"
    subprocess.run(["exiftool", "-q", "-overwrite_original", name, path], check=True)
    api.embed(path, label=label)
    return path


@breaks("XSC-002")
def captured(folder: Path) -> Path:
    return sourced(folder / "camera.jpg", "digitalCapture", signing.LABEL)


@breaks("XSC-003")
def suspected(folder: Path) -> Path:
    label = replace(signing.LABEL, status=Status.SUSPECTED)
    return sourced(folder / "platform.jpg", "trainedAlgorithmicMedia", label)
