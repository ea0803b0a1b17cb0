"""Labels what diffusers makes: the output of pipelines, exported films, what is saved in a block; marks in SDXL's slot.

Neither diffusers nor torch is imported by this module; what it is given brings them.
"""

from __future__ import annotations

import functools
import inspect
import io
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from aigc_label import api
from aigc_label.bilingual import Bilingual
from aigc_label.errors import MissingTool, UnsupportedFormat
from aigc_label.integrations import pillow
from aigc_label.marking import Mark
from aigc_label.order import Order, Outcome

Pixels = NDArray[np.float32]
# the functions of diffusers.utils that write files themselves: the parameter that names the file, what an unnamed one ends in
EXPORTS: Final = {
    "export_to_video": ("output_video_path", ".mp4"),
    "encode_video": ("output_path", ".mp4"),
    "export_to_obj": ("output_obj_path", ".obj"),  # no place for a label: nothing is written within a block
    "export_to_ply": ("output_ply_path", ".ply"),
}


def save_output(output: Any, target: Path | str, order: Order, **options: Any) -> tuple[Outcome, ...]:
    """Save what a pipeline gave, labelled: each picture of `images`, or each film of `frames`; give what was done.

    Several go to `moon-0.png`, `moon-1.png` … for a `target` of `moon.png`. `options` are those of `Image.save`, or of
    diffusers' `export_to_video`. Raises `AigcLabelError` for the first that cannot be labelled; it is not written.
    """
    path = Path(target)
    frames = getattr(output, "frames", None)
    made = list(getattr(output, "images", (None,)) if frames is None else frames)
    if frames is None and not all(isinstance(one, Image.Image) for one in made):
        raise _not_pictures()
    names = [path if len(made) == 1 else path.with_stem(f"{path.stem}-{number}") for number in range(len(made))]
    save = pillow.save if frames is None else export_to_video
    return tuple(save(one, name, order, **options) for one, name in zip(made, names, strict=True))


def export_to_video(frames: Sequence[Any], path: Path | str, order: Order, **options: Any) -> Outcome:
    """As diffusers' `export_to_video`, labelled: the film appears with its label, or not at all."""
    export = _exports()["export_to_video"]
    with tempfile.TemporaryDirectory(prefix="aigc-label-") as folder:
        made = Path(folder, Path(path).name)
        export(frames, str(made), **options)
        return api.carry_out(made, Path(path), order)


@contextmanager
def every_save(order: Order) -> Iterator[None]:
    """Let every `Image.save` and every export of diffusers' in this process label what it writes, while the block lasts.

    Modules that have imported an export before are met too; what keeps one elsewhere (in a list, an attribute) is not. What
    cannot be labelled is not written: the call raises.
    """
    bare = _exports()
    labelled = {id(export): _labelled(export, name, order) for name, export in bare.items()}
    places = [
        (module, name, value)
        for module in tuple(sys.modules.values())
        if isinstance(module, ModuleType)
        for name, value in tuple(vars(module).items())
        if id(value) in labelled
    ]
    with pillow.every_save(order):
        for module, name, value in places:
            setattr(module, name, labelled[id(value)])
        try:
            yield
        finally:
            for module, name, value in places:
                setattr(module, name, value)


class Watermarker:
    """Draws the mark where the SDXL family draws its watermark: `pipe.watermark = Watermarker()`.

    diffusers' own leaves pictures under 256 pixels as they are, in silence. This one draws on every size, or raises
    `InvalidMark`: no picture leaves the pipeline without its words. Latents never come by here.
    """

    def __init__(self, mark: Mark | None = None) -> None:
        self._mark = mark or Mark()

    def apply_watermark(self, images: Any) -> Any:
        """Give the pictures (a tensor of count, 3, height, width; values -1 to 1) with the mark, on the same device."""
        if not hasattr(images, "new_tensor"):
            raise _not_pictures()
        return images.new_tensor(marked(images.detach().float().cpu().numpy(), self._mark))


def marked(images: Pixels, mark: Mark) -> Pixels:
    """Give pictures (count, 3, height, width; values -1 to 1) with the mark drawn; other pixels keep their exact value.

    Raises `InvalidMark` where the words do not fit, `UnsupportedFormat` for another shape.
    """
    if images.ndim != 4 or images.shape[1] != 3:
        raise _not_pictures()
    return np.stack([_one_marked(image, mark) for image in images]) if len(images) else images


def _one_marked(image: Pixels, mark: Mark) -> Pixels:
    levels = ((image / 2 + 0.5).clip(0, 1) * 255).round().astype(np.uint8)
    bare = pillow.encoded(Image.fromarray(levels.transpose(1, 2, 0)), "PNG")
    with Image.open(io.BytesIO(api.mark(bare, mark=mark).data or b"")) as drawn:
        after = np.asarray(drawn.convert("RGB")).transpose(2, 0, 1)
    return np.where(after == levels, image, after.astype(np.float32) / 127.5 - 1).astype(np.float32)


def _labelled(export: Callable[..., Any], name: str, order: Order) -> Callable[..., Any]:
    """Give an export that writes to a private place first."""
    known = inspect.signature(export)
    parameter, suffix = EXPORTS[name]

    @functools.wraps(export)
    def labelled(*values: Any, **named: Any) -> Any:
        call = known.bind(*values, **named)
        target = call.arguments.get(parameter)
        if target is None:
            target = str(Path(tempfile.mkdtemp(prefix="aigc-label-"), f"made{suffix}"))
        with tempfile.TemporaryDirectory(prefix="aigc-label-") as folder:
            made = Path(folder, Path(target).name)
            call.arguments[parameter] = str(made)
            given = export(*call.args, **call.kwargs)
            api.carry_out(made, Path(target), order)
        return target if given == str(made) else given

    return labelled


def _exports() -> dict[str, Callable[..., Any]]:
    """Give diffusers' own exports by name. Raises `MissingTool` without diffusers."""
    try:
        from diffusers.utils import export_utils
    except ImportError as problem:
        raise MissingTool(
            Bilingual("labelling its exports needs the package diffusers", "为其导出的文件添加标识需要 diffusers 包"),
            remedy=Bilingual("pip install diffusers", "pip install diffusers"),
        ) from problem
    return {name: getattr(export_utils, name) for name in EXPORTS if hasattr(export_utils, name)}


def _not_pictures() -> UnsupportedFormat:
    return UnsupportedFormat(
        Bilingual("what the pipeline gave are not finished pictures", "管线输出的不是成品图片"),
        remedy=Bilingual('Ask for them: `pipe(..., output_type="pil")`.', '请使用 `pipe(..., output_type="pil")`。'),
    )
