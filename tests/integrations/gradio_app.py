"""An app of Gradio's with its own components and ours side by side: `python gradio_app.py` prints its address."""

from __future__ import annotations

import sys
import wave
from pathlib import Path
from typing import Any

import gradio as gr
from PIL import Image

import aigc_label
from aigc_label import Label, Policy, Scope
from aigc_label.integrations import gradio as ours
from aigc_label.order import Order

FIXTURES = Path(__file__).parents[2] / "fixtures"
ORDER = Order(label=Label.generated(producer="Example-Ltd", produce_id="1"))
ANSWER = "The moon rises over the lake."


def picture(folder: Path) -> Image.Image:
    """A labelled PNG as a program holds it after opening it: Pillow's `info` has the label's text."""
    path = folder / "labelled.png"
    aigc_label.embed(Image.linear_gradient("L").convert("RGB"), path, label=ORDER.label)
    return Image.open(path)


def sound(folder: Path) -> str:
    path = folder / "tone.wav"
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 8_000, 0, "NONE", ""))
        file.writeframes(bytes(range(256)) * 100)
    return str(path)


def judged(path: str) -> str:
    return aigc_label.verify(path, Policy(scope=Scope.LABEL)).verdict


def app(folder: Path) -> Any:
    labelled_image = ours.labelled(gr.Image, ORDER)
    film = str(FIXTURES / "mp4/tail.mp4")
    outputs = {
        "bare": (gr.Image, {}, lambda: picture(folder)),
        "png": (gr.Image, {"format": "png"}, lambda: picture(folder)),
        "image": (labelled_image, {}, lambda: picture(folder)),
        "path": (labelled_image, {}, lambda: str(FIXTURES / "jpeg/baseline.jpg")),
        "again": (labelled_image, {}, lambda: str(folder / "labelled.png")),
        "update": (labelled_image, {}, lambda: gr.update(value=picture(folder), label="moon")),
        "renewed": (labelled_image, {}, lambda: labelled_image(value=picture(folder), label="moon")),
        "failing": (labelled_image, {"format": "bmp"}, lambda: picture(folder)),
        "video": (ours.labelled(gr.Video, ORDER), {}, lambda: film),
        "audio": (ours.labelled(gr.Audio, ORDER), {}, lambda: sound(folder)),
        "files": (ours.labelled(gr.Files, ORDER), {}, lambda: [film, str(FIXTURES / "pdf/plain.pdf")]),
        "gallery": (ours.labelled(gr.Gallery, ORDER), {}, lambda: [picture(folder), (picture(folder), "moon")]),
    }
    with gr.Blocks(title="aigc-label") as demo:
        ours.notice()
        chat = ours.chatbot(label="Chat")
        gr.Button("ask", elem_id="ask").click(lambda: [{"role": "assistant", "content": ANSWER}], None, chat)
        for name, (component, options, make) in outputs.items():
            shown = component(label=name, elem_id=f"{name}-shown", **options)
            gr.Button(name, elem_id=name).click(make, None, shown, api_name=name)
        told = gr.Textbox(label="verdict", elem_id="verdict")
        sent = gr.File(label="check", elem_id="check", type="filepath")
        sent.upload(judged, sent, told, api_name="check")
    return demo


if __name__ == "__main__":
    demo = app(Path(sys.argv[1]))
    _, address, _ = demo.launch(head=ours.notice_head(), prevent_thread_lock=True, quiet=True, server_name="127.0.0.1")
    print(address, flush=True)
    demo.block_thread()
