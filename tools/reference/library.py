"""Writes the site's page on the library: every public name, described by its own docstring through mkdocstrings."""

from __future__ import annotations

from itertools import groupby
from typing import Final

import aigc_label
from aigc_label.bilingual import Bilingual, Lang

ABOVE: Final = Bilingual(
    """# The library's names

What `import aigc_label` offers, then what is imported from modules of its own. Each text is the docstring of the code.
[The library](library.md) shows how they are used.
""",
    """# 程序库接口

先列出 `import aigc_label` 提供的名称，再列出需从各模块导入的名称。说明取自代码中的文档字符串，为英文。
用法见[程序库](library.md)。
""",
)
ELSEWHERE: Final = (  # what the pages import from other modules
    "aigc_label.fingerprints.Registry",
    "aigc_label.integrations.answers.Labels",
    "aigc_label.integrations.asgi.LabelMiddleware",
    "aigc_label.integrations.asgi.UploadMiddleware",
    "aigc_label.integrations.datasets.Labeller",
    "aigc_label.integrations.datasets.Judge",
    "aigc_label.integrations.diffusers.save_output",
    "aigc_label.integrations.diffusers.every_save",
    "aigc_label.integrations.diffusers.export_to_video",
    "aigc_label.integrations.diffusers.Watermarker",
    "aigc_label.integrations.django.LabelMiddleware",
    "aigc_label.integrations.django.UploadMiddleware",
    "aigc_label.integrations.gradio.labelled",
    "aigc_label.integrations.gradio.chatbot",
    "aigc_label.integrations.gradio.notice",
    "aigc_label.integrations.gradio.notice_head",
    "aigc_label.integrations.langchain.labelled_runnable",
    "aigc_label.integrations.openai_proxy.proxy",
    "aigc_label.integrations.pillow.save",
    "aigc_label.integrations.pillow.every_save",
    "aigc_label.integrations.uploads.Uploads",
    "aigc_label.integrations.wsgi.LabelMiddleware",
    "aigc_label.integrations.wsgi.UploadMiddleware",
    "aigc_label.security.keys.Signer",
    "aigc_label.states.state_of",
    "aigc_label.streams.labelled",
    "aigc_label.streams.alabelled",
    "aigc_label.testing.assert_labelled",
)


def library_page(lang: Lang) -> str:
    """Give the page as mkdocstrings reads it: under each module the names to describe."""
    parts = [ABOVE.said(lang)]
    public = [f"aigc_label.{name}" for name in aigc_label.__all__]
    for module, names in groupby([*public, *ELSEWHERE], lambda name: name.rpartition(".")[0]):
        parts += [f"## {module}\n", *(f"::: {name}\n" for name in names)]
    return "\n".join(parts)
