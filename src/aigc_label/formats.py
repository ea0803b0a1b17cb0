"""Lists every file format: how it is recognised, who works on it, where its label goes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from aigc_label.bilingual import NOTHING, Bilingual
from aigc_label.evidence import Standing, Use


class Medium(StrEnum):
    """What kind of content a format carries; it decides which rules of clause 5 apply."""

    IMAGE = "image"
    AUDIO = "audio"
    VIDEO = "video"
    TEXT = "text"
    DOCUMENT = "document"
    SCENE = "scene"
    INTERFACE = "interface"  # what a page is judged as where it shows generated content, rather than is it


@dataclass(frozen=True, slots=True)
class Signature:
    """Bytes that a format begins with: `magic` at `offset`."""

    magic: bytes
    offset: int = 0


class Room(StrEnum):
    """What a later, slightly different label does to a labelled file's size."""

    PADDED = "padded"  # nothing: there is padding, so the change is one small write
    NONE = "none"  # the container has no padding that all its readers skip, so the file's size follows


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One row of the table. `adapter` and `marker` name modules of those packages; "" where there is none."""

    name: str
    title: str
    medium: Medium
    suffixes: tuple[str, ...]
    mime: str
    signatures: tuple[Signature, ...] = ()
    brands: tuple[bytes, ...] = ()  # ISO base media `ftyp` brands that decide for this row
    members: tuple[str, ...] = ()  # names of ZIP members that decide for this row
    first: tuple[str, ...] = ()  # or endings of the first member's name
    adapter: str = ""
    marker: str = ""
    place: Bilingual = NOTHING  # where the label goes
    standing: Standing = Standing.PRIMARY  # how the guides stand to that place
    room: Room = Room.PADDED
    remedy: Bilingual = NOTHING  # what to do where a worker is missing
    chinese: str = ""  # the title in Chinese, where it is another
    named: bool = False  # text without a signature: the file's name decides, if the content is text at all

    @property
    def title_zh(self) -> str:
        """Give the title as Chinese sentences name the format."""
        return self.chinese or self.title.replace(", ", "、").replace(" (", "（").replace(")", "）")

    def medium_as(self, use: Use) -> Medium:
        """Give the kind of content by whose rules a file of this format is judged."""
        return Medium.INTERFACE if use is Use.INTERFACE and self.name == "html" else self.medium


XMP_IN = "XMP packet, property TC260:AIGC, in {}"
XMP_IN_ZH = "XMP 数据包的 TC260:AIGC 属性，位于{}"


def _xmp(en: str, zh: str) -> Bilingual:
    return Bilingual(XMP_IN.format(en), XMP_IN_ZH.format(zh))


IN_ASSET: Final = Bilingual("asset.extras, text under AIGC", "asset.extras 中 AIGC 键的文本")
BESIDE: Final = Bilingual(
    "It has no place for metadata: `--sidecar` writes the label beside it, as NAME.aigc.json.",
    "该格式没有存放元数据的位置：可用 `--sidecar` 将标识写入旁边的 名称.aigc.json。",
)


IN_STREAM: Final = Bilingual(
    "Give the whole folder: its initialisation segments take the label, all else is copied. Mark before packaging.",
    "请给出整个文件夹：标识写入初始化分段，其余原样复制。显式标识请在打包前添加。",
)


FORMATS: Final[tuple[Format, ...]] = (
    Format(
        name="jpeg",
        title="JPEG",
        medium=Medium.IMAGE,
        suffixes=(".jpg", ".jpeg", ".jpe", ".jfif"),
        mime="image/jpeg",
        signatures=(Signature(b"\xff\xd8\xff"),),
        adapter="jpeg",
        marker="jpeg",
        place=_xmp("an APP1 segment", " APP1 段"),
    ),
    Format(
        name="png",
        title="PNG, APNG",
        medium=Medium.IMAGE,
        suffixes=(".png", ".apng"),
        mime="image/png",
        signatures=(Signature(b"\x89PNG\r\n\x1a\n"),),
        adapter="png",
        marker="png",
        place=_xmp("an iTXt chunk", " iTXt 数据块"),
    ),
    Format(
        name="webp",
        title="WebP",
        medium=Medium.IMAGE,
        suffixes=(".webp",),
        mime="image/webp",
        signatures=(Signature(b"WEBPVP8", 8),),
        adapter="webp",
        marker="webp",
        place=_xmp("the RIFF chunk 'XMP '", " RIFF 块 'XMP '"),
    ),
    Format(
        name="gif",
        title="GIF",
        medium=Medium.IMAGE,
        suffixes=(".gif",),
        mime="image/gif",
        signatures=(Signature(b"GIF89a"), Signature(b"GIF87a")),
        adapter="gif",
        marker="gif",
        place=_xmp("an application extension", "应用扩展块"),
    ),
    Format(
        name="tiff",
        title="TIFF, BigTIFF",
        medium=Medium.IMAGE,
        suffixes=(".tif", ".tiff", ".btf"),
        mime="image/tiff",
        signatures=(
            Signature(b"II*\0"),
            Signature(b"MM\0*"),
            Signature(b"II+\0"),
            Signature(b"MM\0+"),
        ),
        adapter="tiff",
        marker="tiff",
        place=_xmp("tag 700 of the first directory", "第一个目录的 700 号标签"),
    ),
    Format(
        name="heic",
        title="HEIF, HEIC",
        medium=Medium.IMAGE,
        suffixes=(".heic", ".heif", ".hif", ".heics", ".heifs"),
        mime="image/heic",
        brands=(b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"),
        adapter="heif",
        marker="heif",
        place=_xmp("an item of type mime with a cdsc reference", "类型为 mime 且带 cdsc 引用的条目"),
    ),
    Format(
        name="avif",
        title="AVIF (also sequences)",
        chinese="AVIF（含序列）",
        medium=Medium.IMAGE,
        suffixes=(".avif", ".avifs"),
        mime="image/avif",
        brands=(b"avif", b"avis"),
        adapter="heif",
        marker="avif",
        place=_xmp("an item of type mime with a cdsc reference", "类型为 mime 且带 cdsc 引用的条目"),
        standing=Standing.CHOSEN,
    ),
    Format(
        name="jxl",
        title="JPEG XL (container and bare codestream)",
        chinese="JPEG XL（带容器或裸码流）",
        medium=Medium.IMAGE,
        suffixes=(".jxl",),
        mime="image/jxl",
        signatures=(Signature(b"\0\0\0\x0cJXL \r\n\x87\n"), Signature(b"\xff\x0a")),
        adapter="jxl",
        place=_xmp("an 'xml ' box", " 'xml ' 盒"),
        standing=Standing.CHOSEN,
        remedy=Bilingual("Mark the picture before it is encoded as JPEG XL.", "请在编码为 JPEG XL 之前添加显式标识。"),
    ),
    Format(
        name="jp2",
        title="JPEG 2000 (JP2, JPX)",
        medium=Medium.IMAGE,
        suffixes=(".jp2", ".jpx", ".jpf"),
        mime="image/jp2",
        signatures=(Signature(b"\0\0\0\x0cjP  \r\n\x87\n"),),
        adapter="jp2",
        place=_xmp("a uuid box", " uuid 盒"),
        standing=Standing.CHOSEN,
        remedy=Bilingual(
            "Mark the picture before it is encoded as JPEG 2000.", "请在编码为 JPEG 2000 之前添加显式标识。"
        ),
    ),
    Format(
        name="svg",
        title="SVG",
        medium=Medium.IMAGE,
        suffixes=(".svg",),
        mime="image/svg+xml",
        adapter="svg",
        marker="svg",
        place=_xmp("the root's metadata element", "根元素的 metadata 元素"),
        standing=Standing.CHOSEN,
    ),
    Format(
        name="psd",
        title="PSD, PSB",
        medium=Medium.IMAGE,
        suffixes=(".psd", ".psb"),
        mime="image/vnd.adobe.photoshop",
        signatures=(Signature(b"8BPS"),),
        adapter="psd",
        place=_xmp("image resource 1060", "图像资源 1060"),
        standing=Standing.CHOSEN,
        remedy=Bilingual(
            "Export the picture as PNG, JPEG or TIFF and mark the export.",
            "请导出为 PNG、JPEG 或 TIFF 后对导出文件添加显式标识。",
        ),
    ),
    Format(
        name="bmp",
        title="BMP",
        medium=Medium.IMAGE,
        suffixes=(".bmp", ".dib"),
        mime="image/bmp",
        signatures=(Signature(b"BM"),),
        marker="bmp",
        remedy=Bilingual(
            "BMP has no place for metadata: convert the picture to PNG, which keeps every pixel.",
            "BMP 没有存放元数据的位置：请转换为 PNG，像素不会有任何损失。",
        ),
    ),
    Format(
        name="mp4",
        title="MP4, M4V (also fragmented)",
        chinese="MP4、M4V（含分片结构）",
        medium=Medium.VIDEO,
        suffixes=(".mp4", ".m4v", ".mp4v", ".m4s", ".cmfv", ".f4v"),
        mime="video/mp4",
        brands=(
            *(
                b"isom",
                b"iso2",
                b"iso3",
                b"iso4",
                b"iso5",
                b"iso6",
                b"iso7",
                b"iso8",
                b"iso9",
                b"mp41",
                b"mp42",
                b"mp71",
            ),
            *(
                b"avc1",
                b"hvc1",
                b"hev1",
                b"av01",
                b"M4V ",
                b"M4VH",
                b"M4VP",
                b"F4V ",
                b"f4v ",
                b"dash",
                b"cmfc",
                b"cmfv",
            ),
            *(b"cmf2", b"msdh", b"msix", b"MSNV", b"XAVC", b"mmp4", b"NDSC", b"dby1"),
        ),
        adapter="mp4",
        marker="video",
        place=Bilingual("key AIGC in moov/udta/meta", "moov/udta/meta 中的 AIGC 键"),
    ),
    Format(
        name="mov",
        title="QuickTime (MOV)",
        medium=Medium.VIDEO,
        suffixes=(".mov", ".qt"),
        mime="video/quicktime",
        brands=(b"qt  ", b"mqt "),
        adapter="mp4",
        marker="video",
        place=Bilingual("key AIGC in moov/udta/meta", "moov/udta/meta 中的 AIGC 键"),
    ),
    Format(
        name="3gp",
        title="3GP, 3G2",
        medium=Medium.VIDEO,
        suffixes=(".3gp", ".3gpp", ".3g2"),
        mime="video/3gpp",
        brands=(
            *(
                b"3gp3",
                b"3gp4",
                b"3gp5",
                b"3gp6",
                b"3gp7",
                b"3gp8",
                b"3gp9",
                b"3gr6",
                b"3gs6",
                b"3gs7",
                b"3ge6",
                b"3ge7",
            ),
            *(b"3gg6", b"3g2a", b"3g2b", b"3g2c", b"kddi"),
        ),
        adapter="mp4",
        marker="video",
        place=Bilingual("key AIGC in moov/udta/meta", "moov/udta/meta 中的 AIGC 键"),
        standing=Standing.CHOSEN,
    ),
    Format(
        name="flv",
        title="Flash video (FLV)",
        chinese="Flash 视频（FLV）",
        medium=Medium.VIDEO,
        suffixes=(".flv",),
        mime="video/x-flv",
        signatures=(Signature(b"FLV\x01"),),
        adapter="flv",
        marker="video",
        place=Bilingual("property AIGC of onMetaData", "onMetaData 的 AIGC 属性"),
        room=Room.NONE,
    ),
    Format(
        name="matroska",
        title="Matroska, WebM",
        medium=Medium.VIDEO,
        suffixes=(".mkv", ".webm", ".mka", ".mk3d"),
        mime="video/matroska",
        signatures=(Signature(b"\x1a\x45\xdf\xa3"),),
        adapter="matroska",
        marker="video",
        place=Bilingual("Tags, SimpleTag AIGC", "Tags 中的 SimpleTag AIGC"),
    ),
    Format(
        name="avi",
        title="AVI",
        medium=Medium.VIDEO,
        suffixes=(".avi", ".divx"),
        mime="video/x-msvideo",
        signatures=(Signature(b"AVI ", 8),),
        adapter="avi",
        marker="video",
        place=Bilingual("LIST/INFO, chunk AIGC", "LIST/INFO 中的 AIGC 块"),
    ),
    Format(
        name="mp3",
        title="MP3",
        medium=Medium.AUDIO,
        suffixes=(".mp3",),
        mime="audio/mpeg",
        adapter="mp3",
        marker="mp3",
        place=Bilingual("ID3v2 frame TXXX, description AIGC", "ID3v2 的 TXXX 帧，描述为 AIGC"),
    ),
    Format(
        name="m4a",
        title="M4A, M4B",
        medium=Medium.AUDIO,
        suffixes=(".m4a", ".m4b", ".m4r", ".cmfa"),
        mime="audio/mp4",
        brands=(b"M4A ", b"M4B ", b"M4P ", b"cmfa"),
        adapter="mp4",
        marker="m4a",
        place=Bilingual("key AIGC in moov/udta/meta", "moov/udta/meta 中的 AIGC 键"),
    ),
    Format(
        name="wav",
        title="WAV (also RF64, BW64, BWF)",
        chinese="WAV（含 RF64、BW64、BWF）",
        medium=Medium.AUDIO,
        suffixes=(".wav", ".wave", ".bwf", ".rf64"),
        mime="audio/wav",
        signatures=(Signature(b"WAVE", 8),),
        adapter="wav",
        marker="wav",
        place=Bilingual("top-level chunk AIGC", "顶层 AIGC 块"),
    ),
    Format(
        name="aac",
        title="AAC (ADTS)",
        medium=Medium.AUDIO,
        suffixes=(".aac", ".adts"),
        mime="audio/aac",
        adapter="aac",
        marker="aac",
        place=Bilingual(
            "ID3v2 frame TXXX, description AIGC, before the frames", "音频帧之前 ID3v2 的 TXXX 帧，描述为 AIGC"
        ),
        standing=Standing.CHOSEN,
    ),
    Format(
        name="aiff",
        title="AIFF, AIFC",
        medium=Medium.AUDIO,
        suffixes=(".aif", ".aiff", ".aifc"),
        mime="audio/aiff",
        signatures=(Signature(b"AIFF", 8), Signature(b"AIFC", 8)),
        adapter="aiff",
        marker="aiff",
        place=Bilingual("chunk 'ID3 ', frame TXXX, description AIGC", "'ID3 ' 块中的 TXXX 帧，描述为 AIGC"),
        standing=Standing.CHOSEN,
    ),
    Format(
        name="ape",
        title="Monkey's Audio, WavPack, Musepack",
        medium=Medium.AUDIO,
        suffixes=(".ape", ".wv", ".mpc"),
        mime="audio/ape",
        signatures=(Signature(b"MAC "), Signature(b"wvpk"), Signature(b"MPCK"), Signature(b"MP+")),
        adapter="ape",
        place=Bilingual("item AIGC of the APEv2 tag", "APEv2 标签的 AIGC 条目"),
        standing=Standing.CHOSEN,
        room=Room.NONE,
        remedy=Bilingual(
            "Mark the sound before it is encoded, as WAV or FLAC.", "请在编码之前（WAV 或 FLAC）添加显式标识。"
        ),
    ),
    Format(
        name="asf",
        title="ASF (WMA, WMV)",
        medium=Medium.VIDEO,
        suffixes=(".wma", ".wmv", ".asf"),
        mime="video/x-ms-asf",
        signatures=(Signature(b"\x30\x26\xb2\x75\x8e\x66\xcf\x11"),),
        adapter="asf",
        place=Bilingual("extended content description, AIGC", "扩展内容描述中的 AIGC"),
        standing=Standing.CHOSEN,
        remedy=Bilingual(
            "Mark it before it is exported as WMV or WMA, or encode it as MP4 once (`ffmpeg -i in.wmv -crf 18 out.mp4`).",
            "请在导出为 WMV 或 WMA 之前添加显式标识，或先转码为 MP4（`ffmpeg -i in.wmv -crf 18 out.mp4`）。",
        ),
    ),
    Format(
        name="mpegts",
        title="MPEG-TS",
        medium=Medium.VIDEO,
        suffixes=(".ts", ".m2ts", ".mts"),
        mime="video/mp2t",
        remedy=Bilingual(
            "MPEG-TS has no place for the label: put the streams into MP4 (`ffmpeg -i in.ts -c copy out.mp4`).",
            "MPEG-TS 没有存放标识的位置：请封装为 MP4（`ffmpeg -i in.ts -c copy out.mp4`）。",
        ),
    ),
    Format(
        name="hls",
        title="HLS playlist",
        chinese="HLS 播放列表",
        medium=Medium.VIDEO,
        suffixes=(".m3u8",),
        mime="application/vnd.apple.mpegurl",
        signatures=(Signature(b"#EXTM3U"),),
        remedy=IN_STREAM,
    ),
    Format(
        name="dash",
        title="DASH manifest",
        chinese="DASH 清单",
        medium=Medium.VIDEO,
        suffixes=(".mpd",),
        mime="application/dash+xml",
        remedy=IN_STREAM,
        named=True,
    ),
    Format(
        name="amr",
        title="AMR",
        medium=Medium.AUDIO,
        suffixes=(".amr", ".awb"),
        mime="audio/amr",
        signatures=(Signature(b"#!AMR"),),
        remedy=Bilingual(
            "AMR has no place for metadata: put the stream into a 3GP or M4A file (`ffmpeg -i in.amr -c copy out.3gp`).",
            "AMR 没有存放元数据的位置：请封装为 3GP 或 M4A（`ffmpeg -i in.amr -c copy out.3gp`）。",
        ),
    ),
    Format(
        name="ogg",
        title="Ogg (Vorbis, Opus, Speex, FLAC, Theora)",
        medium=Medium.AUDIO,
        suffixes=(".ogg", ".oga", ".ogv", ".opus", ".spx"),
        mime="audio/ogg",
        signatures=(Signature(b"OggS"),),
        adapter="ogg",
        marker="ogg",
        place=Bilingual("comment AIGC of the first stream", "第一个逻辑流的 AIGC 注释字段"),
    ),
    Format(
        name="flac",
        title="FLAC",
        medium=Medium.AUDIO,
        suffixes=(".flac",),
        mime="audio/flac",
        signatures=(Signature(b"fLaC"),),
        adapter="flac",
        marker="flac",
        place=Bilingual("comment AIGC in the VORBIS_COMMENT block", "VORBIS_COMMENT 块中的 AIGC 注释字段"),
    ),
    Format(
        name="markdown",
        title="Markdown",
        medium=Medium.TEXT,
        suffixes=(".md", ".markdown", ".mdown", ".mkd", ".mdx", ".qmd", ".rmd"),
        mime="text/markdown",
        named=True,
        adapter="markdown",
        marker="markdown",
        place=Bilingual("YAML front matter, mapping AIGC", "YAML 前置元数据中的 AIGC 映射"),
        room=Room.NONE,
    ),
    Format(
        name="html",
        title="HTML, XHTML",
        medium=Medium.TEXT,
        suffixes=(".html", ".htm", ".xhtml", ".xht"),
        mime="text/html",
        named=True,
        adapter="html",
        marker="html",
        place=Bilingual("head, meta element AIGC", "head 中名为 AIGC 的 meta 元素"),
        standing=Standing.CHOSEN,
        room=Room.NONE,
    ),
    Format(
        name="text",
        title="Plain text",
        chinese="纯文本",
        medium=Medium.TEXT,
        suffixes=(".txt", ".text"),
        mime="text/plain",
        named=True,
        marker="text",
        remedy=BESIDE,
    ),
    Format(
        name="subtitles",
        title="Subtitles (SRT, WebVTT)",
        chinese="字幕（SRT、WebVTT）",
        medium=Medium.TEXT,
        suffixes=(".srt", ".vtt"),
        mime="application/x-subrip",
        named=True,
        marker="subtitles",
        remedy=BESIDE,
    ),
    Format(
        name="csv",
        title="CSV, TSV",
        medium=Medium.TEXT,
        suffixes=(".csv", ".tsv"),
        mime="text/csv",
        named=True,
        marker="csv",
        remedy=BESIDE,
    ),
    Format(
        name="json",
        title="JSON",
        medium=Medium.TEXT,
        suffixes=(".json", ".jsonl", ".ndjson", ".geojson"),
        mime="application/json",
        named=True,
        remedy=Bilingual(
            "JSON knows no comments: give the label beside it (`--sidecar` writes NAME.aigc.json), or in a field that its "
            "readers know.",
            "JSON 不支持注释：请另附标识（`--sidecar` 写出 名称.aigc.json），或写入其读取方约定的字段。",
        ),
    ),
    Format(
        name="code",
        title="Source code",
        chinese="源代码",
        medium=Medium.TEXT,
        suffixes=(
            *(".py", ".pyi", ".pyw", ".sh", ".bash", ".zsh", ".fish", ".rb", ".pl", ".pm", ".r", ".jl"),
            *(".ps1", ".tcl", ".awk", ".nim", ".ex", ".exs", ".cr", ".mk", ".cmake", ".yaml", ".yml", ".toml"),
            *(".conf", ".tf", ".js", ".mjs", ".cjs", ".ts", ".tsx", ".jsx", ".java", ".c", ".h", ".cc"),
            *(".cpp", ".cxx", ".hpp", ".hh", ".cs", ".go", ".rs", ".swift", ".kt", ".kts", ".scala", ".dart"),
            *(".groovy", ".proto", ".zig", ".sol", ".sql", ".lua", ".hs", ".elm", ".adb", ".ads", ".vhd", ".vhdl"),
            *(".ini", ".lisp", ".lsp", ".cl", ".el", ".clj", ".cljs", ".scm", ".rkt", ".asm", ".tex", ".sty"),
            *(".bib", ".erl", ".vb", ".vbs", ".bas", ".f90", ".f95", ".f03", ".css", ".scss", ".less", ".ml"),
        ),
        mime="text/plain",
        named=True,
        marker="code",
        remedy=BESIDE,
    ),
    Format(
        name="rtf",
        title="RTF",
        medium=Medium.TEXT,
        suffixes=(".rtf",),
        mime="application/rtf",
        signatures=(Signature(b"{\\rtf"),),
        marker="rtf",
        remedy=BESIDE,
    ),
    Format(
        name="gltf",
        title="glTF",
        medium=Medium.SCENE,
        suffixes=(".gltf",),
        mime="model/gltf+json",
        named=True,
        adapter="gltf",
        marker="gltf",
        place=IN_ASSET,
        standing=Standing.CHOSEN,
    ),
    Format(
        name="glb",
        title="GLB (binary glTF)",
        chinese="GLB（二进制 glTF）",
        medium=Medium.SCENE,
        suffixes=(".glb", ".vrm"),
        mime="model/gltf-binary",
        signatures=(Signature(b"glTF"),),
        adapter="gltf",
        marker="gltf",
        place=IN_ASSET,
        standing=Standing.CHOSEN,
    ),
    Format(
        name="usdz",
        title="USDZ",
        medium=Medium.SCENE,
        suffixes=(".usdz",),
        mime="model/vnd.usdz+zip",
        first=(".usdc", ".usda", ".usd"),
        adapter="usdz",
        place=_xmp("the last member, AIGC.xmp", "最后一个成员 AIGC.xmp"),
        standing=Standing.CHOSEN,
        remedy=Bilingual(
            "Mark the scene as GLB before it is converted, or lay the words over the view (`data/snippets/aigc-notice`).",
            "请在转换前对 GLB 场景添加显式标识，或在画面上叠加文字（`data/snippets/aigc-notice`）。",
        ),
    ),
    Format(
        name="ooxml",
        title="DOCX, XLSX, PPTX (templates, macro and strict forms)",
        chinese="DOCX、XLSX、PPTX（含模板、宏和严格格式）",
        medium=Medium.DOCUMENT,
        suffixes=(
            ".docx",
            ".docm",
            ".dotx",
            ".dotm",
            ".xlsx",
            ".xlsm",
            ".xltx",
            ".xltm",
            ".pptx",
            ".pptm",
            ".potx",
            ".potm",
            ".ppsx",
        ),
        mime="application/vnd.openxmlformats-officedocument",
        members=("[Content_Types].xml",),
        adapter="ooxml",
        marker="ooxml",
        place=Bilingual("docProps/custom.xml, property AIGC", "docProps/custom.xml 中的 AIGC 属性"),
    ),
    Format(
        name="odf",
        title="ODT, ODS, ODP (OpenDocument)",
        medium=Medium.DOCUMENT,
        suffixes=(".odt", ".ods", ".odp", ".odg", ".ott", ".ots", ".otp"),
        mime="application/vnd.oasis.opendocument",
        signatures=(Signature(b"mimetypeapplication/vnd.oasis.opendocument.", 30),),
        adapter="odf",
        marker="odf",
        place=Bilingual("meta.xml, user-defined field AIGC", "meta.xml 中的用户自定义字段 AIGC"),
        standing=Standing.CHOSEN,
    ),
    Format(
        name="epub",
        title="EPUB 2, EPUB 3",
        medium=Medium.DOCUMENT,
        suffixes=(".epub",),
        mime="application/epub+zip",
        signatures=(Signature(b"mimetypeapplication/epub+zip", 30),),
        adapter="epub",
        marker="epub",
        place=Bilingual("package document, meta element AIGC", "包文档中名为 AIGC 的 meta 元素"),
        standing=Standing.CHOSEN,
    ),
    Format(
        name="xmind",
        title="XMind (2020 and later)",
        chinese="XMind（2020 及以后）",
        medium=Medium.DOCUMENT,
        suffixes=(".xmind",),
        mime="application/vnd.xmind.workbook",
        members=("content.json", "metadata.json", "manifest.json"),
        adapter="xmind",
        place=Bilingual("metadata.json, text AIGC", "metadata.json 中的 AIGC 文本"),
        standing=Standing.CHOSEN,
        remedy=Bilingual("Export the map as PDF or PNG and mark that.", "请导出为 PDF 或 PNG 后添加显式标识。"),
    ),
    Format(
        name="uof",
        title="UOF (GB/T 20916)",
        medium=Medium.DOCUMENT,
        suffixes=(".uof", ".uot", ".uos", ".uop"),
        mime="application/vnd.uof",
        members=("uof.xml", "content.xml"),
        named=True,
        remedy=Bilingual(
            "No place for the label in UOF is known: save the document as OFD or DOCX and label that.",
            "UOF 中标识的存放位置尚无公开规定：请另存为 OFD 或 DOCX 后添加标识。",
        ),
    ),
    Format(
        name="ofd",
        title="OFD",
        medium=Medium.DOCUMENT,
        suffixes=(".ofd",),
        mime="application/ofd",
        members=("OFD.xml",),
        adapter="ofd",
        place=Bilingual("OFD.xml, CustomData AIGC", "OFD.xml 中的 CustomData AIGC"),
        standing=Standing.CHOSEN,
    ),
    Format(
        name="pdf",
        title="PDF",
        medium=Medium.DOCUMENT,
        suffixes=(".pdf",),
        mime="application/pdf",
        signatures=(Signature(b"%PDF-"),),
        adapter="pdf",
        marker="pdf",
        place=Bilingual(
            "entry AIGC of the document information; XMP, where there is any, in step",
            "文档信息字典的 AIGC 条目；已有 XMP 时同步写入",
        ),
    ),
)

FOREIGN_BRANDS: Final = (
    b"crx ",
)  # major brands of formats (Canon CR3) that are no row, though they list one as compatible

BY_NAME: Final = {row.name: row for row in FORMATS}
