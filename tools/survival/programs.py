"""Knows the programs that are tried: how each is called, who brings it, how it tells its version."""

from __future__ import annotations

import importlib.metadata
import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A program of Debian (`package`) or, where `asked` is empty, a package of Python."""

    title: str
    command: str
    package: str
    asked: Sequence[str] = ()

    @property
    def version(self) -> str | None:
        """Give the version that is installed here; None where none is."""
        if not self.asked:
            try:
                return importlib.metadata.version(self.package)
            except importlib.metadata.PackageNotFoundError:
                return None
        if shutil.which(self.command) is None:
            return None
        said = subprocess.run([self.command, *self.asked], capture_output=True, check=False, stdin=subprocess.DEVNULL)
        found = re.search(r"\d+(\.\d+)+", (said.stdout + said.stderr).decode(errors="replace"))
        return found[0] if found else "?"


def _debian(title: str, command: str, package: str, *asked: str) -> Program:
    return Program(title=title, command=command, package=package, asked=asked or ("--version",))


def _python(title: str, package: str) -> Program:
    return Program(title=title, command="python", package=package)


PROGRAMS: Final = {
    "pillow": _python("Pillow", "pillow"),
    "imagemagick": _debian("ImageMagick", "convert", "imagemagick", "-version"),
    "graphicsmagick": _debian("GraphicsMagick", "gm", "graphicsmagick", "version"),
    "libvips": _debian("libvips", "vips", "libvips-tools"),
    "jpegtran": _debian("jpegtran", "jpegtran", "libjpeg-turbo-progs", "-version"),
    "jpegoptim": _debian("jpegoptim", "jpegoptim", "jpegoptim"),
    "optipng": _debian("OptiPNG", "optipng", "optipng"),
    "pngcrush": _debian("pngcrush", "pngcrush", "pngcrush", "-version"),
    "gifsicle": _debian("gifsicle", "gifsicle", "gifsicle"),
    "webp": _debian("cwebp, dwebp", "cwebp", "webp", "-version"),
    "libavif": _debian("avifenc, avifdec", "avifenc", "libavif-bin"),
    "libheif": _debian("heif-enc, heif-convert", "heif-enc", "libheif-examples"),
    "libjxl": _debian("cjxl, djxl", "cjxl", "libjxl-tools"),
    "exiftool": _debian("exiftool", "exiftool", "libimage-exiftool-perl", "-ver"),
    "exiv2": _debian("exiv2", "exiv2", "exiv2"),
    "chromium": _debian("Chromium", "chromium", "chromium"),
    "ffmpeg": _debian("ffmpeg", "ffmpeg", "ffmpeg", "-version"),
    "mkvtoolnix": _debian("mkvmerge, mkvpropedit", "mkvmerge", "mkvtoolnix"),
    "atomicparsley": _debian("AtomicParsley", "AtomicParsley", "atomicparsley", "-v"),
    "sox": _debian("SoX", "sox", "sox"),
    "lame": _debian("LAME", "lame", "lame"),
    "flac": _debian("flac", "flac", "flac"),
    "opus": _debian("opusenc", "opusenc", "opus-tools"),
    "mutagen": _python("mutagen", "mutagen"),
    "libreoffice": _debian("LibreOffice", "soffice", "libreoffice-writer"),
    "qpdf": _debian("qpdf", "qpdf", "qpdf"),
    "ghostscript": _debian("Ghostscript", "gs", "ghostscript"),
    "poppler": _debian("pdfunite", "pdfunite", "poppler-utils", "-v"),
    "pypdf": _python("pypdf", "pypdf"),
    "pikepdf": _python("pikepdf", "pikepdf"),
    "python-docx": _python("python-docx", "python-docx"),
    "openpyxl": _python("openpyxl", "openpyxl"),
    "python-pptx": _python("python-pptx", "python-pptx"),
    "zip": _debian("zip", "zip", "zip", "-v"),
    "tar": _debian("tar", "tar", "tar"),
    "gzip": _debian("gzip", "gzip", "gzip"),
    "zstd": _debian("zstd", "zstd", "zstd"),
}
