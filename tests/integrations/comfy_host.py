"""Stands for ComfyUI in tests: its loader of packs, its folders and a tensor, as its public source has them.

The real server is asked by `test_comfyui_server.py`.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np

PACK = Path(__file__).parents[2] / "hosts/comfyui/ComfyUI-AIGC-Label"


class Tensor(np.ndarray):
    """The little of a torch tensor that the nodes ask."""

    def cpu(self) -> Tensor:
        return self

    def numpy(self) -> np.ndarray:
        return np.asarray(self)

    def new_tensor(self, values: Any) -> Tensor:
        return tensor(values)


def tensor(values: Any) -> Tensor:
    return np.asarray(values, dtype=np.float32).view(Tensor)


class Video:
    """A film that the host has in memory: it writes itself to a path, with metadata."""

    def __init__(self, film: bytes) -> None:
        self.film = film
        self.told: Any = None

    def get_dimensions(self) -> tuple[int, int]:
        return 160, 120

    def save_to(self, path: str, format: str, codec: str, metadata: Any) -> None:  # noqa: A002  ComfyUI's
        self.told = metadata
        Path(path).write_bytes(self.film)


class Folders(ModuleType):
    """The module `folder_paths`."""

    def __init__(self, root: Path) -> None:
        super().__init__("folder_paths")
        self.root = root
        for name in ("output", "input", "temp"):
            (root / name).mkdir(exist_ok=True)

    def get_output_directory(self) -> str:
        return str(self.root / "output")

    def get_input_directory(self) -> str:
        return str(self.root / "input")

    def get_temp_directory(self) -> str:
        return str(self.root / "temp")

    def get_save_image_path(self, prefix: str, folder: str, width: int = 0, height: int = 0) -> tuple[Any, ...]:
        subfolder, stem = str(Path(prefix).parent), Path(prefix).name
        into = Path(folder, subfolder)
        into.mkdir(parents=True, exist_ok=True)
        taken = [int(path.stem[len(stem) + 1 :].split("_")[0]) for path in into.glob(f"{stem}_*")]
        return str(into), stem, max(taken, default=0) + 1, "" if subfolder == "." else subfolder, prefix


@contextmanager
def loaded(root: Path, disable_metadata: bool = False) -> Iterator[ModuleType]:
    """Load the pack as `load_custom_node` does: from its folder, under a name made of its path."""
    args = ModuleType("comfy.cli_args")
    args.args = SimpleNamespace(disable_metadata=disable_metadata)  # type: ignore[attr-defined]
    modules = {"folder_paths": Folders(root), "comfy": ModuleType("comfy"), "comfy.cli_args": args}
    name = str(PACK).replace(".", "_x_")
    sys.modules.update(modules)
    try:
        spec = importlib.util.spec_from_file_location(name, PACK / "__init__.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
        yield module
    finally:
        for one in (*modules, name):
            sys.modules.pop(one, None)


def executed(pack: ModuleType, name: str, **given: Any) -> Any:
    """Run one node as ComfyUI's executor does: a fresh instance, the function named by FUNCTION, defaults filled in."""
    node = pack.NODE_CLASS_MAPPINGS[name]
    types = node.INPUT_TYPES()["required"]
    assert not given.keys() - types.keys() - {"prompt", "extra_pnginfo"}
    for key, (kind, options) in types.items():
        if key not in given:
            given[key] = options["default"]
        assert not isinstance(kind, list) or given[key] in kind
    return getattr(node(), node.FUNCTION)(**given)
