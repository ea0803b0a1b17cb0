"""Stands for Stable Diffusion WebUI in tests: what its public source does around saving, written anew.

Callbacks are called one by one and what they raise is logged; a picture is saved under a temporary name and renamed; where
the name is taken a number is put behind it, of which the callbacks are not told; a large picture may get a JPEG beside it.
"""

from __future__ import annotations

import os
import runpy
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

from PIL import Image, PngImagePlugin

EXTENSION = Path(__file__).parents[2] / "hosts/sd-webui/sd-webui-aigc-label"
USER_COMMENT = 0x9286


class Options(SimpleNamespace):
    """The settings, by name."""

    def add_option(self, key: str, info: Any) -> None:
        if not hasattr(self, key):
            setattr(self, key, info.default)


@dataclass
class Params:
    """What a save callback is given; it may change the fields before, not after."""

    image: Image.Image
    p: Any
    filename: str
    pnginfo: dict[str, Any]


@dataclass
class WebUi:
    """One WebUI: its callbacks by kind, its settings, and what it wrote to its log."""

    output: Path
    opts: Options = field(default_factory=Options)
    callbacks: dict[str, list[Callable[..., None]]] = field(default_factory=dict)
    log: list[str] = field(default_factory=list)
    boxes: list[Any] = field(default_factory=list)

    def call(self, kind: str, *given: Any, **named: Any) -> None:
        for callback in self.callbacks.get(kind, []):
            try:
                callback(*given, **named)
            except Exception as problem:
                self.log.append(f"*** Error executing callback {kind}: {problem}")

    def save_image(self, image: Image.Image, name: str, extension: str = "png", info: str = "a cat") -> None:
        params = Params(image, None, str(self.output / f"{name}.{extension}"), {"parameters": info})
        self.call("before_image_saved", params)
        stem, suffix = os.path.splitext(params.filename)
        self._write(params, stem, suffix)
        if self.opts.export_for_4chan:
            self._write(params, stem, ".jpg")
        self.call("image_saved", params)

    def _write(self, params: Params, stem: str, suffix: str) -> None:
        draft = f"{stem}.tmp"
        if suffix == ".png":
            about = PngImagePlugin.PngInfo()
            for key, value in params.pnginfo.items() if self.opts.enable_pnginfo else ():
                about.add_text(key, str(value))
            params.image.save(draft, format="PNG", pnginfo=about)
        else:
            exif = Image.Exif()
            exif.get_ifd(0x8769)[USER_COMMENT] = b"UNICODE\0" + params.pnginfo["parameters"].encode("utf-16-be")
            params.image.save(draft, format=Image.registered_extensions()[suffix], quality=80, exif=exif)
        target, number = f"{stem}{suffix}", 0
        while self.opts.save_images_replace_action != "Replace" and os.path.exists(target):
            number += 1
            target = f"{stem}-{number}{suffix}"
        os.replace(draft, target)

    def component(self, elem_id: str) -> Any:
        """Make a component of the page, and give what is bound to its change."""
        bound: list[Callable[..., Any]] = []
        self.call("after_component", SimpleNamespace(change=lambda fn, **_: bound.append(fn)), elem_id=elem_id)
        return bound


@contextmanager
def started(output: Path) -> Iterator[WebUi]:
    """Start a WebUI that has the extension, and load its page of settings."""
    webui = WebUi(output)
    webui.opts.enable_pnginfo = True
    webui.opts.export_for_4chan = False
    webui.opts.save_images_replace_action = "Replace"
    callbacks, shared, gradio = (
        ModuleType("modules.script_callbacks"),
        ModuleType("modules.shared"),
        ModuleType("gradio"),
    )
    for kind in ("ui_settings", "before_image_saved", "image_saved", "after_component"):
        setattr(callbacks, f"on_{kind}", webui.callbacks.setdefault(kind, []).append)
    shared.opts = webui.opts  # type: ignore[attr-defined]
    shared.OptionInfo = lambda default, label="", component=None, component_args=None, section=None: SimpleNamespace(  # type: ignore[attr-defined]
        default=default, label=label, section=section
    )
    gradio.Radio = object  # type: ignore[attr-defined]
    gradio.HTML = lambda **given: webui.boxes.append(given)  # type: ignore[attr-defined]
    modules = ModuleType("modules")
    modules.script_callbacks, modules.shared = callbacks, shared  # type: ignore[attr-defined]
    brought = {"modules": modules, "modules.script_callbacks": callbacks, "modules.shared": shared, "gradio": gradio}
    kept = {name: sys.modules.get(name) for name in brought}
    sys.modules.update(brought)
    try:
        runpy.run_path(str(EXTENSION / "scripts/aigc_label_extension.py"))
        webui.call("ui_settings")
        assert webui.log == []
        yield webui
    finally:
        for name, module in kept.items():
            if module is None:
                del sys.modules[name]
            else:
                sys.modules[name] = module
