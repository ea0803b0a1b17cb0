"""Looks at what the machine offers: packages, fonts, codecs, programs, and whether a sample goes all the way through."""

from __future__ import annotations

import platform
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from enum import StrEnum
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final

from aigc_label import __version__, transcoder
from aigc_label.bilingual import NOTHING, Bilingual
from aigc_label.errors import AigcLabelError
from aigc_label.limits import DEFAULT_LIMITS, Limits
from aigc_label.marking import DEFAULT_TEXT, SHORTER_TEXTS


class State(StrEnum):
    GOOD = "ok"
    LACKING = "missing"  # optional: something works less well, or not at all
    BROKEN = "broken"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that was looked at, with what to do where it is not as it should be."""

    state: State
    name: Bilingual
    detail: Bilingual = NOTHING
    remedy: Bilingual = NOTHING


# Pillow's name for a decoder, what needs it
CODECS: Final = {
    "jpg": "JPEG",
    "zlib": "PNG",
    "webp": "WebP",
    "avif": "AVIF",
    "jpg_2000": "JPEG 2000",
    "libtiff": "TIFF",
}
PACKAGES: Final = {  # optional packages: module, extra of ours, what they are for
    "pillow_heif": ("heif", "HEIC: marks and their verification", "HEIC 的显式标识与核验"),
    "av": ("media", "marks in films and coded sound, and their verification", "视频及压缩音频的显式标识与核验"),
    "soundfile": ("media", "marks in Ogg Vorbis", "Ogg Vorbis 的显式标识"),
    "rapidocr": ("ocr", "marks that others drew, in any typeface", "识别他人以任意字体绘制的显式标识"),
    "onnxruntime": ("ocr", "running its networks", "运行其神经网络"),
    "deflate": ("fast", "faster and smaller PNG marks", "更快、更小的 PNG 显式标识"),
    "jpeglib": ("fast", "JPEG marks that change only the blocks under them", "只改动覆盖区块的 JPEG 显式标识"),
    "gmssl_pyx": ("sign", "signatures with SM2", "SM2 签名"),
    "cryptography": ("sign", "other signatures, certificates, encrypted keys", "其他签名、证书与加密密钥"),
    "c2pa": ("c2pa", "Content Credentials beside the label", "与标识并存的内容凭证"),
    "s3fs": ("cloud", "buckets (s3://)", "对象存储（s3://）"),
    "aiohttp": ("cloud", "reading https:// and http://", "读取 https:// 与 http://"),
    "iscc_lib": ("fingerprint", "finding pictures whose label was stripped", "识别标识被移除的图片"),
}
# 66 bytes that are a JPEG to every reader of its structure: one grey block without entropy-coded data
SAMPLE: Final = bytes.fromhex(
    "ffd8ffe000104a46494600010100000100010000ffdb004300" + "01" * 64 + "ffc0000b080008000801011100"
    "ffda0008010100003f00d2cf20ffd9"
)


def all_checks() -> Iterator[Check]:
    """Give every check, the most basic first."""
    yield _plain("aigc-label", __version__)
    yield _plain("Python", f"{platform.python_version()} {sys.platform} {platform.machine()}")
    yield from _required()
    yield from _codecs()
    for module, (extra, en, zh) in PACKAGES.items():
        yield _optional(module, extra, Bilingual(en, zh))
    yield _jpegtran()
    yield _font()
    yield from _samples()
    yield from _limits()


def _plain(name: str, detail: str) -> Check:
    return Check(state=State.GOOD, name=Bilingual(name, name), detail=Bilingual(detail, detail))


def _required() -> Iterator[Check]:
    for module, package in (("PIL", "pillow"), ("numpy", "numpy")):
        name = Bilingual(package, package)
        try:
            import_module(module)
        except Exception as problem:  # a package may break in any way while it is imported
            detail = Bilingual(str(problem), str(problem))
            remedy = Bilingual(f"pip install {package}", f"pip install {package}")
            yield Check(state=State.BROKEN, name=name, detail=detail, remedy=remedy)
        else:
            yield _plain(package, _version(package))


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:  # its distribution has another name
        return str(getattr(import_module(package.replace("-", "_")), "__version__", "?"))


def _codecs() -> Iterator[Check]:
    try:
        features: Any = import_module("PIL.features")
    except Exception:  # told above
        return
    for codec, title in CODECS.items():
        name = Bilingual(f"Pillow: {title}", f"Pillow：{title}")
        if features.check(codec):
            number = features.version(codec) or ""
            yield Check(state=State.GOOD, name=name, detail=Bilingual(number, number))
        else:
            yield Check(
                state=State.LACKING,
                name=name,
                detail=Bilingual(f"{title} pictures cannot be marked or looked at", f"无法绘制或查看 {title} 图片"),
                remedy=Bilingual(
                    "Install a Pillow wheel: pip install --upgrade --only-binary :all: pillow",
                    "请安装 Pillow 官方预编译包：pip install --upgrade --only-binary :all: pillow",
                ),
            )


def _optional(module: str, extra: str, purpose: Bilingual) -> Check:
    package = module.replace("_", "-")
    try:
        import_module(module)
    except Exception as problem:
        said = "" if isinstance(problem, ModuleNotFoundError) else f" ({problem})"
        return Check(
            state=State.LACKING,
            name=Bilingual(package, package),
            detail=Bilingual(f"for {purpose.en}{said}", f"用于{purpose.zh}{said}"),
            remedy=Bilingual(f"pip install 'aigc-label[{extra}]'", f"pip install 'aigc-label[{extra}]'"),
        )
    return _plain(package, _version(package))


def _jpegtran() -> Check:
    name = Bilingual("jpegtran with -drop", "支持 -drop 的 jpegtran")
    remedy = Bilingual(
        "On Debian: apt install libjpeg-turbo-progs; or pip install 'aigc-label[fast]'. Without either, JPEG marks are "
        "coded anew with the picture's own tables.",
        "Debian：apt install libjpeg-turbo-progs；或 pip install 'aigc-label[fast]'。"
        "两者都没有时，JPEG 将以原量化表重新编码。",
    )
    try:
        path = transcoder.located("jpegtran")
        with transcoder.workplace() as folder:
            ran = transcoder.run("jpegtran", ["-help"], limits=DEFAULT_LIMITS, folder=folder, accepted=range(256))
    except AigcLabelError as problem:
        return Check(state=State.LACKING, name=name, detail=problem.what, remedy=remedy)
    if "-drop" not in ran.said + ran.output.decode("utf-8", "replace"):
        detail = Bilingual(f"{path} has no -drop", f"{path} 不支持 -drop")
        return Check(state=State.LACKING, name=name, detail=detail, remedy=remedy)
    return Check(state=State.GOOD, name=name, detail=Bilingual(path, path))


def _font() -> Check:
    name = Bilingual("font for marks", "显式标识字体")
    words = "".join(dict.fromkeys(DEFAULT_TEXT + "".join(SHORTER_TEXTS) + "合成内容由辅助"))
    try:
        lettering: Any = import_module("aigc_label.lettering")
        lettering.check_glyphs(words, None)
    except AigcLabelError as problem:
        return Check(state=State.BROKEN, name=name, detail=problem.what, remedy=REINSTALL)
    except Exception as problem:
        detail = Bilingual(f"{type(problem).__name__}: {problem}", f"{type(problem).__name__}: {problem}")
        return Check(state=State.BROKEN, name=name, detail=detail, remedy=REINSTALL)
    return Check(
        state=State.GOOD,
        name=name,
        detail=Bilingual(f"shipped, has {words}", f"自带字体，包含“{words}”"),
    )


REINSTALL: Final = Bilingual(
    "Install the package anew: pip install --force-reinstall aigc-label",
    "请重新安装：pip install --force-reinstall aigc-label",
)


def _samples() -> Iterator[Check]:
    yield _sample(Bilingual("self-test: implicit label", "自检：隐式标识"), _embedded)
    yield _sample(Bilingual("self-test: both labels", "自检：两种标识"), _added)


def _sample(name: Bilingual, work: Callable[[], str]) -> Check:
    try:
        said = work()
    except AigcLabelError as problem:
        return Check(state=State.BROKEN, name=name, detail=problem.what, remedy=problem.remedy)
    except Exception as problem:
        detail = Bilingual(f"{type(problem).__name__}: {problem}", f"{type(problem).__name__}: {problem}")
        return Check(state=State.BROKEN, name=name, detail=detail, remedy=REINSTALL)
    return Check(state=State.GOOD, name=name, detail=Bilingual(said, said))


def _embedded() -> str:
    from aigc_label import api
    from aigc_label.label import Label

    label = Label.generated(producer="self-test", produce_id="1")
    data = api.embed(SAMPLE, label=label).data
    if data is None or api.read(data) != label:
        raise RuntimeError("the label did not read back")
    return f"JPEG {len(SAMPLE)} → {len(data)} B"


def _added() -> str:
    """A small grey PNG, drawn on and judged as a user's file would be."""
    from aigc_label import api
    from aigc_label.label import Label

    image: Any = import_module("PIL.Image")
    picture = image.new("RGB", (320, 240), (120, 130, 140))
    made = api.add(picture, label=Label.generated(producer="self-test", produce_id="1"))
    if made.data is None:
        raise RuntimeError("nothing came back")
    report = api.verify(made.data)
    if report.verdict != "compliant":
        raise RuntimeError(f"the sample is {report.verdict}: {', '.join(f.rule.id for f in report.findings)}")
    return f"PNG 320x240 → {len(made.data)} B"


def _limits() -> Iterator[Check]:
    rows = [f"{field.name}={getattr(DEFAULT_LIMITS, field.name):.12g}" for field in fields(Limits)]
    text = " ".join(f"{row}" for row in rows)
    yield Check(
        state=State.GOOD,
        name=Bilingual("limits (--limit NAME=VALUE)", "上限（--limit 名称=值）"),
        detail=Bilingual(text, text),
    )
