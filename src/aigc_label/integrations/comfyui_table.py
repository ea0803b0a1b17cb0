"""Lists the nodes for ComfyUI: names, inputs, outputs, and what the page says of them in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from aigc_label.bilingual import Bilingual, Lang
from aigc_label.marking import MIN_HEIGHT_SHARE, Mark, Place, SoundForm

PREFIX: Final = "AIGCLabel"  # names of nodes are shared by all packs
NONE: Final = "none"


class Kind(StrEnum):
    """The types of ComfyUI that the nodes speak of."""

    IMAGE = "IMAGE"
    AUDIO = "AUDIO"
    VIDEO = "VIDEO"
    STRING = "STRING"
    BOOLEAN = "BOOLEAN"
    FLOAT = "FLOAT"
    COMBO = "COMBO"

    @property
    def third(self) -> str:
        """Give the name in the third interface."""
        return self.value.capitalize()


@dataclass(frozen=True, slots=True)
class Input:
    """One input; `options` are ComfyUI's own."""

    name: str
    kind: Kind
    title: Bilingual
    help: Bilingual
    options: Mapping[str, Any] = field(default_factory=dict)
    choices: tuple[str, ...] = ()

    @property
    def default(self) -> Any:
        return self.options.get("default")

    @property
    def third_options(self) -> dict[str, Any]:
        return {**self.options, **({"options": list(self.choices)} if self.choices else {})}


@dataclass(frozen=True, slots=True)
class Output:
    name: str
    kind: Kind
    title: Bilingual
    help: Bilingual


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One node. `last` nodes are run for their own sake, `looks` at files that may change behind ComfyUI's back."""

    id: str
    name: Bilingual
    help: Bilingual
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    last: bool = True
    looks: bool = False


def _choice(name: str, title: Bilingual, said: Bilingual, choices: tuple[str, ...]) -> Input:
    return Input(name, Kind.COMBO, title, said, {"default": choices[0]}, choices)


def _prefix(default: str) -> Input:
    return Input(
        "filename_prefix",
        Kind.STRING,
        Bilingual("filename_prefix", "文件名前缀"),
        Bilingual(
            "How the files' names begin, below the output folder; %date:yyyy-MM-dd% and the like as elsewhere.",
            "输出文件夹下文件名的开头；可照常使用 %date:yyyy-MM-dd% 等。",
        ),
        {"default": default},
    )


PLACES: Final = (Mark().place, *(place for place in Place if place is not Mark().place))
_LABEL: Final = (
    Input(
        "producer",
        Kind.STRING,
        Bilingual("producer", "生产者"),
        Bilingual(
            "The producer's 27-character code, or its name; empty: $AIGC_LABEL_PRODUCER. Without any, nothing is saved.",
            "生产者的 27 位编码或名称；留空则取环境变量 AIGC_LABEL_PRODUCER。均无则不保存任何文件。",
        ),
        {"default": ""},
    ),
    Input(
        "produce_id",
        Kind.STRING,
        Bilingual("produce_id", "内容编号"),
        Bilingual(
            "The content's number: {uuid} {sha256} {date} {time} {index}, or fixed.",
            "内容编号：可用 {uuid} {sha256} {date} {time} {index}，或固定文字。",
        ),
        {"default": "{uuid}"},
    ),
)
_WORKFLOW: Final = Input(
    "workflow",
    Kind.BOOLEAN,
    Bilingual("workflow", "写入工作流"),
    Bilingual(
        "Write prompt and workflow into the file as well, as ComfyUI does (pictures: PNG only). Off, or with "
        "--disable-metadata, they are left out; the label is always written.",
        "同时像 ComfyUI 那样写入提示词与工作流（图片仅限 PNG）。关闭或使用 --disable-metadata 时不写；隐式标识始终写入。",
    ),
    {"default": True},
)
_DRAWN: Final = Bilingual(
    "Where a visible mark (人工智能生成) is drawn; none: only the label in the metadata.",
    "显式标识（人工智能生成）的位置；none 表示只写元数据中的隐式标识。",
)
_PATHS: Final = Output(
    "files",
    Kind.STRING,
    Bilingual("files", "文件"),
    Bilingual("Where the files are, one a line; for AIGC Verify.", "所保存文件的路径，每行一个；可接入“AIGC 核验”。"),
)
_IMAGES: Final = Bilingual("images", "图像")

NODES: Final = (
    Node(
        id=f"{PREFIX}SaveImage",
        name=Bilingual("AIGC Save Image (labelled)", "AIGC 保存图像（带标识）"),
        help=Bilingual(
            "Saves pictures with the implicit label of GB 45438-2025, read back before they are in place.",
            "保存带有 GB 45438-2025 隐式标识的图片；写入后读回确认才放到位。",
        ),
        inputs=(
            Input("images", Kind.IMAGE, _IMAGES, Bilingual("The pictures to save.", "要保存的图像。")),
            _prefix("ComfyUI"),
            *_LABEL,
            _choice(
                "format",
                Bilingual("format", "格式"),
                Bilingual("PNG and WebP keep every pixel; JPEG at quality 95.", "PNG 与 WebP 无损；JPEG 质量为 95。"),
                ("png", "jpeg", "webp"),
            ),
            _choice("mark", Bilingual("mark", "显式标识"), _DRAWN, (NONE, *PLACES)),
            _WORKFLOW,
        ),
        outputs=(_PATHS,),
    ),
    Node(
        id=f"{PREFIX}SaveVideo",
        name=Bilingual("AIGC Save Video (labelled)", "AIGC 保存视频（带标识）"),
        help=Bilingual(
            "Saves a film (MP4) with the implicit label of GB 45438-2025, read back before it is in place.",
            "保存带有 GB 45438-2025 隐式标识的视频（MP4）；写入后读回确认才放到位。",
        ),
        inputs=(
            Input("video", Kind.VIDEO, Bilingual("video", "视频"), Bilingual("The film to save.", "要保存的视频。")),
            _prefix("video/ComfyUI"),
            *_LABEL,
            _choice("mark", Bilingual("mark", "显式标识"), _DRAWN, (NONE, *PLACES)),
            _WORKFLOW,
        ),
        outputs=(_PATHS,),
    ),
    Node(
        id=f"{PREFIX}SaveAudio",
        name=Bilingual("AIGC Save Audio (labelled)", "AIGC 保存音频（带标识）"),
        help=Bilingual(
            "Saves sound with the implicit label of GB 45438-2025, read back before it is in place.",
            "保存带有 GB 45438-2025 隐式标识的音频；写入后读回确认才放到位。",
        ),
        inputs=(
            Input("audio", Kind.AUDIO, Bilingual("audio", "音频"), Bilingual("The sound to save.", "要保存的音频。")),
            _prefix("audio/ComfyUI"),
            *_LABEL,
            _choice(
                "format",
                Bilingual("format", "格式"),
                Bilingual(
                    "FLAC loses nothing; MP3 at 320, Opus at 128 kbit/s.", "FLAC 无损；MP3 为 320、Opus 为 128 kbit/s。"
                ),
                ("flac", "mp3", "opus"),
            ),
            _choice(
                "mark",
                Bilingual("mark", "显式标识"),
                Bilingual(
                    "A mark to hear before the content: a rhythm (short-long short-short) or a voice; none: only the label.",
                    "内容之前可听见的显式标识：节奏（短长 短短）或语音；none 表示只写隐式标识。",
                ),
                (NONE, *SoundForm),
            ),
            _WORKFLOW,
        ),
        outputs=(_PATHS,),
    ),
    Node(
        id=f"{PREFIX}AddMark",
        name=Bilingual("AIGC Add Visible Mark", "AIGC 添加显式标识"),
        help=Bilingual(
            "Draws the visible mark on pictures; what lies outside of its box stays as it is.",
            "在图像上绘制显式标识；标识区域以外保持不变。",
        ),
        inputs=(
            Input("images", Kind.IMAGE, _IMAGES, Bilingual("The pictures to mark.", "要标识的图像。")),
            Input(
                "text",
                Kind.STRING,
                Bilingual("text", "文字"),
                Bilingual("Words with 人工智能 or AI, and 生成 or 合成.", "须含“人工智能”或“AI”，以及“生成”或“合成”。"),
                {"default": Mark().text},
            ),
            _choice(
                "place",
                Bilingual("place", "位置"),
                Bilingual("The edge or corner.", "所在的边或角。"),
                tuple(map(str, PLACES)),
            ),
            Input(
                "height_share",
                Kind.FLOAT,
                Bilingual("height_share", "文字高度比例"),
                Bilingual(
                    "Height of the text over the shortest side, from 0.05.", "文字高度与最短边之比，不低于 0.05。"
                ),
                {"default": Mark().height_share, "min": MIN_HEIGHT_SHARE, "max": 0.5, "step": 0.005},
            ),
        ),
        outputs=(
            Output(
                "marked",
                Kind.IMAGE,
                Bilingual("marked", "已标识图像"),
                Bilingual("The marked pictures.", "已标识的图像。"),
            ),
        ),
        last=False,
    ),
    Node(
        id=f"{PREFIX}Verify",
        name=Bilingual("AIGC Verify", "AIGC 核验"),
        help=Bilingual(
            "Reads files back and judges them; stops the run where one is not compliant.",
            "读回文件并判定；有不合规者则中止运行。",
        ),
        inputs=(
            Input(
                "files",
                Kind.STRING,
                Bilingual("files", "文件"),
                Bilingual(
                    "Files in ComfyUI's output, input or temp folder, one a line; names are below output.",
                    "ComfyUI 的 output、input 或 temp 文件夹中的文件，每行一个；相对路径以 output 为准。",
                ),
                {"default": "", "multiline": True},
            ),
            _choice(
                "scope",
                Bilingual("scope", "核验范围"),
                Bilingual("The label, the mark, or both.", "隐式标识、显式标识，或两者。"),
                ("label", "mark", "both"),
            ),
            _choice(
                "otherwise",
                Bilingual("otherwise", "不合规时"),
                Bilingual("Stop the run, or only report.", "中止运行，或仅报告。"),
                ("stop", "report"),
            ),
        ),
        outputs=(
            Output(
                "verdict",
                Kind.STRING,
                Bilingual("verdict", "结论"),
                Bilingual(
                    "compliant, or the first verdict that is not.", "compliant（合规），或第一个不合规文件的结论。"
                ),
            ),
            Output(
                "report",
                Kind.STRING,
                Bilingual("report", "报告"),
                Bilingual("The reports as JSON.", "JSON 格式的报告。"),
            ),
        ),
        looks=True,
    ),
)


def locale(lang: Lang) -> dict[str, Any]:
    """Give the nodes as a pack's `locales/LANG/nodeDefs.json` has them."""
    return {
        node.id: {
            "display_name": node.name.said(lang),
            "description": node.help.said(lang),
            "inputs": {one.name: {"name": one.title.said(lang), "tooltip": one.help.said(lang)} for one in node.inputs},
            "outputs": {
                str(at): {"name": one.title.said(lang), "tooltip": one.help.said(lang)}
                for at, one in enumerate(node.outputs)
            },
        }
        for node in NODES
    }
