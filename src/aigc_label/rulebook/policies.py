"""Tells of what a caller's policy asks of a mark on top of the standard, and of a mark that was waived (Measures, Art. 9)."""

from __future__ import annotations

from typing import Final

from aigc_label.rulebook.row import ADVICE, ERROR, NORMATIVE, OWN, rule

POLICY: Final = "the caller's policy"

TABLE: Final = (
    rule(
        "POL-001",
        ERROR,
        (POLICY, OWN),
        says=("The mark does not say what the policy asks for.", "显式标识的文字不符合策略要求。"),
        cause=("The mark was drawn with the default words.", "标识使用了默认文字。"),
        remedy=("Draw it with the words of the policy: `--text WORDS`.", "请用策略规定的文字添加标识：`--text 文字`。"),
        example=(
            "“人工智能生成” where the policy asks for “本图由AI生成”.",
            "策略要求“本图由AI生成”，而标识为“人工智能生成”。",
        ),
    ),
    rule(
        "POL-002",
        ERROR,
        (POLICY, OWN),
        says=("The mark does not stand where the policy asks for it.", "显式标识的位置不符合策略要求。"),
        cause=("The mark was put in the default place.", "标识位于默认位置。"),
        remedy=(
            "Put it there: `--place` in pictures and films, `--position` in sound and texts.",
            "请放到规定位置：图片和视频用 `--place`，音频和文本用 `--position`。",
        ),
        example=("Bottom right where the policy asks for top left.", "策略要求左上，而标识位于右下。"),
    ),
    rule(
        "POL-003",
        ERROR,
        (POLICY, OWN),
        says=("The mark has not the form that the policy asks for.", "显式标识的形式不符合策略要求。"),
        cause=(
            "The service marks by a rhythm, the policy asks for speech, or the other way round.",
            "服务使用节奏标识而策略要求语音，或相反。",
        ),
        remedy=(
            "Mark with `--sound rhythm` or `--sound voice`.",
            "请用 `--sound rhythm` 或 `--sound voice` 添加标识。",
        ),
        example=("A rhythm where the policy asks for a voice.", "策略要求语音标识，而音频为节奏标识。"),
    ),
    rule(
        "POL-004",
        ERROR,
        (POLICY, OWN),
        says=("The mark is shown for less time than the policy asks for.", "显式标识的显示时长短于策略要求。"),
        cause=("The mark stays for the 2 s of the standard.", "标识只显示标准规定的 2 秒。"),
        remedy=("Draw it for longer: `--seconds S`.", "请延长时长：`--seconds 秒数`。"),
        example=("2.5 s where the policy asks for 5 s.", "策略要求 5 秒，而标识显示 2.5 秒。"),
    ),
    rule(
        "POL-005",
        ADVICE,
        ("Measures Art. 9", NORMATIVE),
        says=(
            "The explicit mark was waived at the user's request, and not judged.",
            "应用户要求未添加显式标识，因此未作核验。",
        ),
        cause=("The agreement with the user fixes who labels the content.", "与用户的协议已明确标识义务由谁承担。"),
        remedy=(
            "Keep the record of the recipient for six months at least; the implicit label is still asked for.",
            "请将提供对象等记录留存不少于六个月；隐式标识仍须具备。",
        ),
        example=(
            "A picture without a mark, and `--waive-mark --reason TEXT --recipient REFERENCE`.",
            "没有显式标识的图片，并使用 `--waive-mark --reason 理由 --recipient 对象`。",
        ),
    ),
)
