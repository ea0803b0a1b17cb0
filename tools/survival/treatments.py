"""Lists what is tried: a program, what it is asked to do, the command to the letter, and the formats it goes between."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from aigc_label.bilingual import Bilingual


@dataclass(frozen=True, slots=True, kw_only=True)
class Treatment:
    """One way to pass a file through a program.

    `command` is given to bash in a folder of its own, with file names for IN and OUT, the endings for EXT and TO; one that
    begins with `python:` is a statement of Python, BROWSER stands for `browser.py`. `routes` name endings: `jpg`, `jpg>webp`.
    """

    program: str
    says: Bilingual
    command: str
    routes: str

    def pairs(self) -> Iterator[tuple[str, str]]:
        """Give source and target of each route."""
        for route in self.routes.split():
            source, _, target = route.partition(">")
            yield source, target or source


def _do(program: str, en: str, zh: str, command: str, routes: str) -> Treatment:
    return Treatment(program=program, says=Bilingual(en, zh), command=command, routes=routes)


OPEN: Final = "python: from PIL import Image; image = Image.open('IN'); "
PICTURES: Final = (
    _do("pillow", "open and save", "打开后另存", OPEN + "image.save('OUT')", "jpg png webp gif tif avif"),
    _do("pillow", "convert", "转换格式", OPEN + "image.convert('RGB').save('OUT')", "png>jpg jpg>webp webp>png"),
    _do(
        "pillow",
        "half the size",
        "缩小一半",
        OPEN + "image.resize((image.width // 2, image.height // 2)).save('OUT')",
        "jpg png",
    ),
    _do(
        "pillow",
        "save with the XMP handed over",
        "保存时传递 XMP",
        OPEN + "image.save('OUT', xmp=image.info['xmp'])",
        "jpg webp avif",
    ),
    _do("pillow", "crop away the lower half", "裁去下半部分", OPEN + "image.crop((0, 0, 640, 240)).save('OUT')", "jpg"),
    _do("imagemagick", "convert", "转换", "convert IN OUT", "jpg png webp gif tif png>jpg jpg>webp jpg>avif"),
    _do("imagemagick", "half the size", "缩小一半", "convert IN -resize 50% OUT", "jpg png webp"),
    _do("imagemagick", "quality 40", "质量 40", "convert IN -quality 40 OUT", "jpg webp"),
    _do("imagemagick", "-strip", "去除元数据", "convert IN -strip OUT", "jpg png webp"),
    _do("imagemagick", "-thumbnail", "生成缩略图", "convert IN -thumbnail 320x320 OUT", "jpg png"),
    _do("graphicsmagick", "convert", "转换", "gm convert IN OUT", "jpg png jpg>png"),
    _do("graphicsmagick", "half the size", "缩小一半", "gm convert IN -resize 50% OUT", "jpg"),
    _do("libvips", "copy", "复制", "vips copy IN OUT", "jpg png webp gif tif png>jpg jpg>webp"),
    _do("libvips", "half the size", "缩小一半", "vips resize IN OUT 0.5", "jpg png webp"),
    _do("libvips", "thumbnail", "生成缩略图", "vipsthumbnail IN --size 320 -o OUT", "jpg png webp"),
    _do(
        "libvips",
        "resize without metadata, as image proxies do by default (imgproxy)",
        "缩放并去除元数据（imgproxy 等图片代理的默认做法）",
        "vipsthumbnail IN --size 320 -o 'OUT[strip]'",
        "jpg png webp jpg>webp",
    ),
    _do(
        "jpegtran",
        "optimise (-copy comments, its default)",
        "优化（默认 -copy comments）",
        "jpegtran -optimize IN > OUT",
        "jpg",
    ),
    _do("jpegtran", "-copy all", "-copy all", "jpegtran -copy all -optimize IN > OUT", "jpg"),
    _do("jpegtran", "turn, -copy all", "旋转，-copy all", "jpegtran -copy all -rotate 90 IN > OUT", "jpg"),
    _do("jpegoptim", "quality 60", "质量 60", "jpegoptim -q -m60 --stdout IN > OUT", "jpg"),
    _do("jpegoptim", "--strip-all", "--strip-all", "jpegoptim -q --strip-all --stdout IN > OUT", "jpg"),
    _do(
        "jpegoptim",
        "--strip-all --keep-xmp",
        "--strip-all --keep-xmp",
        "jpegoptim -q --strip-all --keep-xmp --stdout IN > OUT",
        "jpg",
    ),
    _do("optipng", "optimise", "优化", "optipng -quiet IN -out OUT", "png"),
    _do("optipng", "-strip all", "-strip all", "optipng -quiet -strip all IN -out OUT", "png"),
    _do("pngcrush", "optimise", "优化", "pngcrush -q IN OUT", "png"),
    _do("pngcrush", "-rem alla", "-rem alla", "pngcrush -q -rem alla IN OUT", "png"),
    _do("gifsicle", "-O3", "-O3", "gifsicle -O3 IN -o OUT", "gif"),
    _do("webp", "encode", "编码", "cwebp -quiet IN -o OUT", "jpg>webp png>webp"),
    _do(
        "webp",
        "encode with -metadata xmp",
        "编码，-metadata xmp",
        "cwebp -quiet -metadata xmp IN -o OUT",
        "jpg>webp png>webp",
    ),
    _do("webp", "decode", "解码", "dwebp -quiet IN -o OUT", "webp>png"),
    _do("libavif", "encode", "编码", "avifenc IN OUT", "jpg>avif png>avif"),
    _do("libavif", "decode", "解码", "avifdec IN OUT", "avif>png avif>jpg"),
    _do("libheif", "encode", "编码", "heif-enc IN -o OUT", "jpg>heic png>heic"),
    _do("libheif", "decode", "解码", "heif-convert IN OUT", "heic>jpg heic>png"),
    _do("libjxl", "encode", "编码", "cjxl --quiet IN OUT", "jpg>jxl png>jxl"),
    _do("libjxl", "encode and decode", "编码再解码", "cjxl --quiet IN a.jxl && djxl --quiet a.jxl OUT", "jpg png"),
    _do(
        "exiftool",
        "set another field",
        "修改其他字段",
        "cp IN OUT && exiftool -q -overwrite_original -Artist=Somebody OUT",
        "jpg png tif webp",
    ),
    _do("exiftool", "-all=", "-all=", "cp IN OUT && exiftool -q -overwrite_original -all= OUT", "jpg png webp gif"),
    _do(
        "exiftool",
        "-all=, then copy XMP back",
        "-all= 后复制回 XMP",
        "cp IN OUT && exiftool -config CONFIG -q -overwrite_original -all= -tagsFromFile @ -XMP-TC260:all OUT",
        "jpg png webp",
    ),
    _do("exiv2", "delete all metadata", "删除全部元数据", "cp IN OUT && exiv2 rm OUT", "jpg png webp"),
    _do(
        "exiv2",
        "set another field",
        "修改其他字段",
        "cp IN OUT && exiv2 -M 'set Exif.Image.Artist Somebody' OUT",
        "jpg png webp",
    ),
    _do("chromium", "save from a canvas", "从 canvas 导出", "BROWSER canvas IN OUT", "jpg png webp png>jpg"),
    _do("chromium", "download", "下载", "BROWSER download IN OUT", "jpg webp"),
    _do("chromium", "screenshot of a page", "网页截图", "BROWSER screenshot IN OUT", "jpg>png"),
    _do("ffmpeg", "convert a picture", "转换图片", "ffmpeg -v error -i IN OUT", "jpg png png>jpg"),
)
FF: Final = "ffmpeg -nostdin -v error "
FILMS: Final = (
    _do("ffmpeg", "-c copy", "-c copy", FF + "-i IN -c copy OUT", "mp4 mov mkv mp4>mov mp4>mkv mkv>mp4 avi flv mp4>ts"),
    _do(
        "ffmpeg",
        "-c copy -movflags use_metadata_tags",
        "-c copy -movflags use_metadata_tags",
        FF + "-i IN -c copy -movflags use_metadata_tags OUT",
        "mp4 mov mkv>mp4",
    ),
    _do(
        "ffmpeg",
        "-c copy -map_metadata -1",
        "-c copy -map_metadata -1",
        FF + "-i IN -map_metadata -1 -c copy OUT",
        "mp4 mkv",
    ),
    _do("ffmpeg", "transcode", "转码", FF + "-i IN -c:v libx264 -crf 30 OUT", "mp4 mkv"),
    _do(
        "ffmpeg",
        "transcode with use_metadata_tags",
        "转码，use_metadata_tags",
        FF + "-i IN -c:v libx264 -crf 30 -movflags use_metadata_tags OUT",
        "mp4",
    ),
    _do("ffmpeg", "half the size", "缩小一半", FF + "-i IN -vf scale=iw/2:-2 OUT", "mp4"),
    _do("ffmpeg", "cut, without the first 3 s", "剪去开头 3 秒", FF + "-ss 3 -i IN -c copy OUT", "mp4 mkv"),
    _do(
        "ffmpeg",
        "segments of 2 s, the second of them",
        "切分为 2 秒片段（取第二段）",
        FF + "-i IN -c copy -f segment -segment_time 2 -reset_timestamps 1 part%d.EXT && mv part1.EXT OUT",
        "mp4 mkv",
    ),
    _do(
        "ffmpeg",
        "HLS, its initialisation segment",
        "HLS（取初始化段）",
        FF + "-i IN -c copy -f hls -hls_segment_type fmp4 -hls_fmp4_init_filename OUT list.m3u8",
        "mp4",
    ),
    _do("ffmpeg", "one picture of it", "截取一帧", FF + "-ss 1 -i IN -frames:v 1 OUT", "mp4>jpg mp4>png"),
    _do("ffmpeg", "its sound alone", "仅提取音频", FF + "-i IN -vn -c copy OUT", "mp4>m4a"),
    _do(
        "ffmpeg",
        "through `aigc-label ffmpeg`",
        "经 `aigc-label ffmpeg`",
        "aigc-label ffmpeg -- -v error -i IN -vf scale=iw/2:-2 OUT",
        "mp4 mp4>mkv",
    ),
    _do("mkvtoolnix", "mkvmerge", "mkvmerge", "mkvmerge -q -o OUT IN", "mkv mp4>mkv"),
    _do(
        "mkvtoolnix",
        "mkvmerge --no-global-tags",
        "mkvmerge --no-global-tags",
        "mkvmerge -q -o OUT --no-global-tags IN",
        "mkv",
    ),
    _do(
        "mkvtoolnix",
        "mkvpropedit, a title",
        "mkvpropedit 修改标题",
        "cp IN OUT && mkvpropedit -q OUT --set title=Moon",
        "mkv",
    ),
    _do("atomicparsley", "set a title", "修改标题", "AtomicParsley IN --title Moon -o OUT", "mp4 m4a"),
    _do(
        "exiftool", "set a title", "修改标题", "cp IN OUT && exiftool -q -overwrite_original -Title=Moon OUT", "mp4 mov"
    ),
    _do("exiftool", "-all=", "-all=", "cp IN OUT && exiftool -q -overwrite_original -all= OUT", "mp4"),
)
SOUNDS: Final = (
    _do("ffmpeg", "-c copy", "-c copy", FF + "-i IN -c copy OUT", "wav mp3 flac m4a opus aiff"),
    _do(
        "ffmpeg",
        "-c copy -movflags use_metadata_tags",
        "-c copy -movflags use_metadata_tags",
        FF + "-i IN -c copy -movflags use_metadata_tags OUT",
        "m4a",
    ),
    _do("ffmpeg", "transcode", "转码", FF + "-i IN OUT", "wav>mp3 wav>flac flac>wav flac>opus mp3>m4a"),
    _do("ffmpeg", "without the first 2 s", "剪去开头 2 秒", FF + "-ss 2 -i IN -c copy OUT", "mp3 flac"),
    _do("sox", "convert", "转换", "sox IN OUT", "wav flac wav>flac"),
    _do("lame", "encode", "编码", "lame --quiet IN OUT", "wav>mp3"),
    _do("flac", "encode", "编码", "flac -s IN -o OUT", "wav>flac"),
    _do(
        "flac",
        "encode with --keep-foreign-metadata",
        "编码，--keep-foreign-metadata",
        "flac -s --keep-foreign-metadata IN -o a.flac && flac -s -d --keep-foreign-metadata a.flac -o OUT",
        "wav",
    ),
    _do("flac", "decode", "解码", "flac -s -d IN -o OUT", "flac>wav"),
    _do("opus", "encode", "编码", "opusenc --quiet IN OUT", "wav>opus flac>opus"),
    _do(
        "mutagen",
        "set a title",
        "修改标题",
        "python: import shutil, mutagen; shutil.copy('IN', 'OUT'); file = mutagen.File('OUT', easy=True); "
        "file['title'] = 'Moon'; file.save()",
        "mp3 flac m4a opus",
    ),
)
OFFICE: Final = "soffice --headless --convert-to TO --outdir new IN >/dev/null && mv new/* OUT"
DOCUMENTS: Final = (
    _do("libreoffice", "open and save", "打开后另存", OFFICE, "docx xlsx pptx odt ods odp"),
    _do("libreoffice", "convert", "转换", OFFICE, "docx>pdf docx>odt odt>docx pptx>pdf odt>pdf"),
    _do("python-docx", "open and save", "打开后另存", "python: import docx; docx.Document('IN').save('OUT')", "docx"),
    _do(
        "openpyxl",
        "open and save",
        "打开后另存",
        "python: import openpyxl; openpyxl.load_workbook('IN').save('OUT')",
        "xlsx",
    ),
    _do(
        "python-pptx", "open and save", "打开后另存", "python: import pptx; pptx.Presentation('IN').save('OUT')", "pptx"
    ),
    _do("qpdf", "--linearize", "--linearize", "qpdf --linearize IN OUT", "pdf"),
    _do("qpdf", "pages into a new file", "页面放入新文件", "qpdf --empty --pages IN 1-z -- OUT", "pdf"),
    _do(
        "ghostscript",
        "print anew",
        "重新生成 PDF",
        "gs -q -dBATCH -dNOPAUSE -sDEVICE=pdfwrite -sOutputFile=OUT IN",
        "pdf",
    ),
    _do("poppler", "unite with itself", "与自身合并", "pdfunite IN IN OUT", "pdf"),
    _do(
        "pypdf",
        "write the pages",
        "写出页面",
        "python: import pypdf; writer = pypdf.PdfWriter(); [writer.add_page(page) for page in pypdf.PdfReader('IN').pages]; "
        "writer.write('OUT')",
        "pdf",
    ),
    _do(
        "pypdf",
        "clone and write",
        "克隆后写出",
        "python: import pypdf; pypdf.PdfWriter(clone_from='IN').write('OUT')",
        "pdf",
    ),
    _do("pikepdf", "open and save", "打开后另存", "python: import pikepdf; pikepdf.open('IN').save('OUT')", "pdf"),
    _do("exiftool", "set a title", "修改标题", "cp IN OUT && exiftool -q -overwrite_original -Title=Moon OUT", "pdf"),
    _do("chromium", "print a page to PDF", "打印网页为 PDF", "BROWSER print IN OUT", "html>pdf"),
)
PACKED: Final = (
    _do(
        "zip",
        "pack and unpack",
        "压缩后解压",
        "zip -q a.zip IN && unzip -q a.zip -d new && mv new/IN OUT",
        "jpg mp4 docx",
    ),
    _do(
        "tar",
        "pack and unpack",
        "打包后解包",
        "tar cf a.tar IN && mkdir new && tar xf a.tar -C new && mv new/IN OUT",
        "jpg",
    ),
    _do("gzip", "pack and unpack", "压缩后解压", "gzip -c IN | gunzip > OUT", "pdf html"),
    _do("zstd", "pack and unpack", "压缩后解压", "zstd -q -c IN | zstd -q -d > OUT", "png"),
)
KINDS: Final = {
    "pictures": (Bilingual("Pictures", "图片"), PICTURES),
    "films": (Bilingual("Films", "视频"), FILMS),
    "sound": (Bilingual("Sound", "音频"), SOUNDS),
    "documents": (Bilingual("Documents", "文档"), DOCUMENTS),
    "packed": (Bilingual("Packed and unpacked", "压缩与解压"), PACKED),
}
