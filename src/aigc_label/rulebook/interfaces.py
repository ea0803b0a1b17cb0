"""Tells of notices in interactive interfaces (GB 45438-2025, 5.6)."""

from __future__ import annotations

from typing import Final

from aigc_label.rulebook.row import ERROR, NORMATIVE, OWN, UNDECIDED, rule

KEEP: Final = (
    "Put the notice of `data/snippets/aigc-notice` into the page, or run `aigc-label mark FILE --in-place`.",
    "在页面中加入 `data/snippets/aigc-notice` 的提示，或运行 `aigc-label mark 文件 --in-place`。",
)

TABLE: Final = (
    rule(
        "UI-001",
        ERROR,
        ("GB 45438-2025 5.6 a and c; Measures Art. 4(6)", NORMATIVE),
        says=("The interface shows no notice.", "界面没有显示提示文字。"),
        cause=(
            "The words stand on another page, or in a heading, a link or a button, which state nothing.",
            "提示位于其他页面，或文字位于标题、链接、按钮中，不构成声明。",
        ),
        remedy=KEEP,
        example=("A page for questions and answers without any statement.", "没有任何声明的问答页面。"),
    ),
    rule(
        "UI-002",
        ERROR,
        ("GB 45438-2025 5.6 b", NORMATIVE),
        says=("The words lack the AI element or the generation element.", "文字缺少人工智能要素或生成合成要素。"),
        cause=(
            "A bar that names the assistant, or says it in English only.",
            "提示栏只写明助手名称，或只有英文。",
        ),
        remedy=KEEP,
        example=("A bar at the top that says “AI-generated content”.", "顶部提示栏只写“AI-generated content”。"),
    ),
    rule(
        "UI-003",
        ERROR,
        ("GB 45438-2025 5.6 c", NORMATIVE),
        says=("The notice is hidden, or does not stay in view.", "提示被隐藏，或未持续显示。"),
        cause=(
            "It stands in the page's flow and scrolls away, or a style hides it; the component's script may be missing.",
            "提示位于文档流中会随页面滚动，或被样式隐藏；也可能缺少组件脚本。",
        ),
        remedy=KEEP,
        example=("The words as the first paragraph of a page, bound to no edge.", "文字为页面首段，未固定在边缘。"),
    ),
    rule(
        "UI-004",
        UNDECIDED,
        ("GB 45438-2025 5.6", OWN),
        says=("Whether a notice stays in view could not be told.", "无法判定提示是否持续显示。"),
        cause=(
            "Scripts, style sheets in files of their own or parts that scroll decide it; or the page could not be read.",
            "取决于脚本、外部样式表或可滚动区域；或网页无法读取。",
        ),
        remedy=(
            "Look at the page in a browser; bind the notice to an edge in the page itself (`position: fixed; top: 0`).",
            "请在浏览器中查看；在网页自身中将提示固定在边缘（`position: fixed; top: 0`）。",
        ),
        example=("A page that its script fills.", "由脚本生成内容的页面。"),
    ),
)
