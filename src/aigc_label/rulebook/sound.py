"""Tells of marks in sound (GB 45438-2025, 5.3)."""

from __future__ import annotations

from typing import Final

from aigc_label.rulebook.row import ADVICE, DRAW, ERROR, INFERRED, NORMATIVE, OWN, UNDECIDED, WARNING, rule

TABLE: Final = (
    rule(
        "AUD-001",
        ERROR,
        ("GB 45438-2025 5.3 a; Measures Art. 4(2)", NORMATIVE),
        says=("No mark was heard at the beginning or the end of the sound.", "在音频的开头和结尾没有听到显式标识。"),
        cause=(
            "The speech service's mark is off by default, or the beginning was cut.",
            "语音服务默认不加标识，或开头被剪掉。",
        ),
        remedy=DRAW,
        example=("A tone of some seconds and nothing else.", "只有数秒的单音。"),
    ),
    rule(
        "AUD-002",
        ERROR,
        ("GB 45438-2025 5.3 b", NORMATIVE),
        says=(
            "The spoken words lack the AI element or the generation element.",
            "语音标识的内容缺少人工智能要素或生成合成要素。",
        ),
        cause=("The announcement names the service and not the two elements.", "提示语只说明服务名称，缺少两项要素。"),
        remedy=DRAW,
        example=(
            "A recording named by `--expect-voice` whose words are “AI助手”.",
            "`--expect-voice` 指明的录音内容为“AI助手”。",
        ),
    ),
    rule(
        "AUD-003",
        ERROR,
        ("GB 45438-2025 5.3 c", NORMATIVE),
        says=("The tones are not short-long short-short.", "音频节奏不是“短长 短短”。"),
        cause=(
            "An old template, or tones without gaps that run into one another.",
            "使用旧模板，或短音之间没有间隔而连在一起。",
        ),
        remedy=DRAW,
        example=("Four tones: short, short, long, short.", "四个音：短、短、长、短。"),
    ),
    rule(
        "AUD-004",
        ADVICE,
        ("GB 45438-2025 5.3 d and note 2", INFERRED),
        says=(
            "The mark stands in the middle of the sound, or over it: is that a suitable place?",
            "显式标识位于音频中间或与内容重叠：请确认该位置是否适当。",
        ),
        cause=(
            "The mark was mixed over the content, or something was put in front of it.",
            "标识与内容混在一起，或其前又加入了内容。",
        ),
        remedy=(
            "The beginning means before the content, the end after it: `--position start`.",
            "起始位置指内容开始之前，末尾位置指内容结束之后：`--position start`。",
        ),
        example=("The rhythm in the middle of a sound.", "节奏标识位于音频中间。"),
    ),
    rule(
        "AUD-005",
        ADVICE,
        ("GB 45438-2025 5.3 e and note 4", NORMATIVE),
        says=(
            "The words are not spoken at about 120 to 160 characters a minute.",
            "语音标识的语速不在约每分钟 120 至 160 字的范围内。",
        ),
        cause=("The recording was sped up to save time.", "录音被加速以节省时间。"),
        remedy=("Record them at a normal rate.", "请以正常语速重新录制。"),
        example=(
            "A recording named by `--expect-voice` that speaks twice as fast.",
            "`--expect-voice` 指明的录音语速加倍。",
        ),
    ),
    rule(
        "AUD-006",
        UNDECIDED,
        ("GB 45438-2025 5.3 a and b", OWN),
        says=(
            "No rhythm and no known voice was heard, but speech that nobody here understands.",
            "没有听到音频节奏标识或已知的语音标识，但有未能识别内容的语音。",
        ),
        cause=(
            "Only a recording of one's own, or a listener, can tell what a voice says.",
            "只有自备录音或人耳才能判断语音内容。",
        ),
        remedy=(
            "If a voice of your own speaks the mark, name it: `--expect-voice WORDS=FILE`; if none does, run"
            " `aigc-label mark FILE --in-place`.",
            "如由自有声音说出标识，请用 `--expect-voice 文字=文件` 指明；如没有标识，请运行"
            " `aigc-label mark 文件 --in-place`。",
        ),
        example=("Speech by an unknown voice.", "未知声音的语音。"),
    ),
    rule(
        "AUD-007",
        WARNING,
        ("GB 45438-2025 5.3 f", INFERRED),
        says=("The rhythm stands out too little from what sounds with it.", "音频节奏标识与同时的其他声音区分不明显。"),
        cause=("The rhythm was mixed under music.", "节奏标识被混入音乐之下。"),
        remedy=DRAW,
        example=("The rhythm, hardly louder than the noise under it.", "节奏标识几乎被噪声淹没。"),
    ),
    rule(
        "AUD-008",
        UNDECIDED,
        ("GB 45438-2025 5.3", OWN),
        says=("The sound could not be listened to.", "无法检听音频。"),
        cause=("A decoder is not installed, or the sound is damaged.", "缺少解码器，或音频已损坏。"),
        remedy=("Install what the detail names, or repair the file.", "请安装详情中所示的组件，或修复文件。"),
        example=("An Ogg file that interleaves streams that cannot be decoded.", "交错了无法解码的流的 Ogg 文件。"),
    ),
)
