"""Labels what a Gradio app shows: files carry the label, copied chat carries the words, a notice stays in view.

Gradio's `Image` saves pictures as WebP and drops what they carried, so it is the file that Gradio is about to serve that is
labelled.
"""

from __future__ import annotations

import tempfile
from abc import ABCMeta
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any, Final

import gradio
from gradio.processing_utils import save_file_to_cache

from aigc_label import api
from aigc_label.bilingual import Bilingual
from aigc_label.errors import AigcLabelError, UnsupportedFormat
from aigc_label.marking import Mark
from aigc_label.order import Order
from aigc_label.os_errors import explained
from aigc_label.wording import words_of

CHAT: Final = "aigc-chat"  # the id of the chat in the page
SCRIPT: Final = "aigc-notice.js"


def labelled(component: Any, order: Order) -> Any:
    """Give a component like `component` (`gradio.Image`, `Video`, `Audio`, `File`, `Gallery` …) whose files are labelled.

    It is used in its place: `Image = labelled(gradio.Image, order)`. Files are labelled after all that Gradio does to
    them, as copies in Gradio's cache. What cannot be labelled is not shown: the user sees an error of Gradio's instead.
    Streams, and content that Gradio would send as an address, are such.
    """

    def postprocess(self: Any, value: Any) -> Any:
        shown = component.postprocess(self, value)
        try:
            if getattr(self, "streaming", False):
                raise _not_a_file()
            for file in _files(shown):
                file.path = _labelled(file.path, order, self.GRADIO_CACHE)
        except (AigcLabelError, OSError) as problem:
            raise _told(problem) from problem
        return shown

    known = component.__base__ if hasattr(component, "is_template") else component  # by whose name the page draws it
    own = {
        "__module__": __name__,
        "__doc__": component.__doc__,
        "postprocess": postprocess,
        "get_block_name": lambda self: known.__name__.lower(),
    }
    # not Gradio's own way of making a component, which writes a stub file beside this one
    return ABCMeta.__new__(type(component), component.__name__, (component,), own)


def _files(shown: Any) -> Iterator[Any]:
    """Give every file in what a component is about to show."""
    if hasattr(shown, "path") and hasattr(shown, "url"):
        yield shown
    elif isinstance(shown, list | tuple):
        for one in shown:
            yield from _files(one)
    elif hasattr(shown, "model_fields_set"):
        for name in type(shown).model_fields:
            yield from _files(getattr(shown, name))
    elif shown is not None and not isinstance(shown, str | int | float):
        raise _not_a_file()


def _labelled(path: str | None, order: Order, cache: str) -> str:
    if not path:
        raise _not_a_file()
    Path(cache).mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache) as folder:
        made = Path(folder, Path(path).name)
        api.carry_out(Path(path), made, order)
        return str(save_file_to_cache(made, cache_dir=cache))


def _told(problem: AigcLabelError | OSError) -> gradio.Error:
    """Give an error as Gradio shows it to the user. The place stays in the app's own log: it is a path of the server."""
    what, remedy = (problem.what, problem.remedy) if isinstance(problem, AigcLabelError) else explained(problem)
    return gradio.Error(f"{what.zh}。{remedy.zh}<br>{what.en}. {remedy.en}")


def _not_a_file() -> UnsupportedFormat:
    return UnsupportedFormat(
        Bilingual("what is to be shown is no file, so it cannot be labelled", "要显示的内容不是文件，无法添加标识"),
        remedy=Bilingual("Return the path of a finished file.", "请返回成品文件的路径。"),
    )


def chatbot(mark: Mark | None = None, **options: Any) -> Any:
    """Give a `gradio.Chatbot` from which the words are copied along; `options` are Gradio's. Together with `notice`."""
    return gradio.Chatbot(**{"elem_id": CHAT, **options, "watermark": words_of(mark or Mark())})


def notice(chat: str = CHAT) -> Any:
    """Give a notice that stays at the lower edge of the page, in Chinese and English (GB 45438-2025, 5.6).

    What a user selects in the element with the id `chat` and copies carries the words too. The page needs the script:
    `demo.launch(head=notice_head())`.
    """
    return gradio.HTML(f'<aigc-notice place="bottom" languages="zh en" for="{chat}"></aigc-notice>')


def notice_head() -> str:
    """Give what `launch(head=…)` puts into the page: the script of the notice."""
    script = resources.files("aigc_label").joinpath("data", "snippets", SCRIPT).read_text(encoding="utf-8")
    return f'<script type="module">{script}</script>'
