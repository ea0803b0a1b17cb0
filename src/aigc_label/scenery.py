"""Reads a glTF scene as its viewers do: what its opening scene shows, where that stands, through which cameras."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import product
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from aigc_label.bilingual import Bilingual
from aigc_label.errors import LimitExceeded, MalformedFile, UnsupportedFormat
from aigc_label.grammars.gltf import Scene, scene_of
from aigc_label.grammars.gltf_buffers import Buffers
from aigc_label.source import Source

Grid: TypeAlias = NDArray[np.float64]

KINDS: Final = {5120: "i1", 5121: "u1", 5122: "<i2", 5123: "<u2", 5125: "<u4", 5126: "<f4"}
WIDTHS: Final = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT4": 16}
EVEN: Final = 0.01  # share by which the axes of a camera's space may differ in length
BEHIND: Final = 1e6  # how far a camera without a far plane is taken to see, over its near plane


@dataclass(frozen=True, slots=True, kw_only=True)
class Camera:
    """A camera in the opening scene: `view` (4, 4) takes the world into its space, x right, y up, looking along -z.

    `slopes` are half the width and height of what it shows, at a distance of 1 where `perspective`, else at any; the
    width is None where the window decides. `scale` is how much larger its node's space is than the world.
    """

    node: int
    view: Grid
    slopes: tuple[float | None, float]
    perspective: bool
    near: float
    far: float
    scale: float


@contextmanager
def understood() -> Iterator[None]:
    """Turn what a scene that contradicts its own tables makes Python raise into `MalformedFile`."""
    try:
        with np.errstate(all="ignore"):  # what is no number is looked for where it counts
            yield
    except (KeyError, IndexError, TypeError, ValueError, AttributeError, OverflowError, ArithmeticError) as problem:
        raise MalformedFile(
            Bilingual(f"the scene contradicts itself: {problem!r}", f"场景数据自相矛盾：{problem!r}")
        ) from problem


class Scenery:
    """A scene's tables as values (`tree`), and its opening scene: `places` gives each shown node's matrix (4, 4) into the
    world, in the order of drawing; `parents` who holds it."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.scene: Scene = scene_of(source)
        self.tree: dict[str, Any] = json.loads(self.scene.document.decode())
        self.buffers = Buffers(source, self.scene, self.tree)
        self.places: dict[int, Grid] = {}
        self.parents: dict[int, int] = {}
        self._walk()

    @property
    def opening(self) -> int:
        """Give the number of the scene that is shown first. Raises `UnsupportedFormat` where there is none."""
        if not self.tree.get("scenes"):
            raise UnsupportedFormat(
                Bilingual("the file holds no scene, only parts of one", "文件不含场景，只有零部件"),
                remedy=Bilingual("Put what it holds into a scene.", "请将其内容放入一个场景。"),
            )
        return int(self.tree.get("scene", 0))

    def rows(self, name: str) -> list[dict[str, Any]]:
        """Give a table of the root; empty where it has none."""
        found = self.tree.get(name, [])
        if not isinstance(found, list):
            raise TypeError(name)
        return found

    def _walk(self) -> None:
        nodes = self.rows("nodes")
        waiting = [(int(one), np.eye(4)) for one in reversed(self.rows("scenes")[self.opening].get("nodes", []))]
        while waiting:
            number, held = waiting.pop()
            if number in self.places or number < 0:
                raise ValueError(f"node {number}")
            if len(self.places) >= self.source.limits.items:
                raise LimitExceeded(Bilingual("the scene has too many nodes", "场景节点过多"), limit="items")
            place = self.places[number] = held @ _local(nodes[number])
            if not np.isfinite(place).all():
                raise ValueError(f"node {number}")
            children = [int(one) for one in nodes[number].get("children", [])]
            self.parents |= dict.fromkeys(children, number)
            waiting += [(one, place) for one in reversed(children)]

    def above(self, number: int) -> Iterator[int]:
        """Give a node and those that hold it, upwards."""
        yield number
        while number in self.parents:
            number = self.parents[number]
            yield number

    def cameras(self) -> list[Camera]:
        """Give the cameras of the opening scene. Raises `UnsupportedFormat` for one in a skewed space."""
        nodes = self.rows("nodes")
        return [self._camera(one, nodes[one]["camera"]) for one in self.places if "camera" in nodes[one]]

    def _camera(self, node: int, number: int) -> Camera:
        told = self.rows("cameras")[number]
        place = self.places[node]
        lengths = np.linalg.norm(place[:3, :3], axis=0)
        turned = place[:3, :3] / lengths
        if not np.allclose(turned.T @ turned, np.eye(3), atol=EVEN) or np.ptp(lengths) > EVEN * lengths.max():
            raise UnsupportedFormat(
                Bilingual("a camera stands in a skewed space", "相机所在的空间存在畸变"),
                remedy=Bilingual("Apply the scale of the nodes that hold it.", "请先应用其上级节点的缩放。"),
            )
        view = np.eye(4)
        view[:3, :3] = turned.T  # glTF 2.0, 3.10.2: scaling is ignored
        view[:3, 3] = -turned.T @ place[:3, 3]
        perspective = told["type"] == "perspective"
        shape = told[told["type"]]
        if perspective:
            high = float(np.tan(shape["yfov"] / 2))
            slopes = (high * float(shape["aspectRatio"]) if "aspectRatio" in shape else None, high)
        else:
            slopes = (abs(float(shape["xmag"])), abs(float(shape["ymag"])))
        near = float(shape["znear"])
        far = float(shape.get("zfar", max(near, 1.0) * BEHIND))
        if not (high_enough(slopes[1]) and 0 <= near < far and (near or not perspective)):
            raise ValueError(f"camera {number}")
        return Camera(
            node=node,
            view=view,
            slopes=slopes,
            perspective=perspective,
            near=near,
            far=far,
            scale=float(lengths.mean()),
        )

    def meshes(self) -> list[int]:
        """Give the shown nodes that hold a mesh."""
        nodes = self.rows("nodes")
        return [one for one in self.places if "mesh" in nodes[one]]

    def bounds(self, node: int) -> Grid:
        """Give the corners (n, 3), in the world, of boxes that hold a node's mesh, whatever its joints make of it."""
        row = self.rows("nodes")[node]
        places = self._joints(row["skin"]) if "skin" in row else self.places[node][None]
        corners = [
            _corners(*self._box(primitive))
            for primitive in self.rows("meshes")[row["mesh"]]["primitives"]
            if "POSITION" in primitive["attributes"]
        ]
        if not corners:
            return np.zeros((0, 3))
        return _moved(places, np.concatenate(corners))

    def _box(self, primitive: dict[str, Any]) -> tuple[Grid, Grid]:
        accessors = self.rows("accessors")
        told = accessors[primitive["attributes"]["POSITION"]]
        low, high = (np.array(told[name], float) for name in ("min", "max"))
        for target in primitive.get("targets", []):
            if "POSITION" in target:
                stretch = accessors[target["POSITION"]]
                low = low + np.minimum(0, np.array(stretch["min"], float))
                high = high + np.maximum(0, np.array(stretch["max"], float))
        return low, high

    def _joints(self, number: int) -> Grid:
        """Give the matrices (n, 4, 4) by which a skin's joints move what hangs on them."""
        skin = self.rows("skins")[number]
        places = np.stack([self.places[int(one)] for one in skin["joints"]])
        if "inverseBindMatrices" not in skin:
            return places
        return np.asarray(places @ self.numbers(skin["inverseBindMatrices"]).reshape(-1, 4, 4).transpose(0, 2, 1))

    def numbers(self, accessor: int) -> Grid:
        """Give the values (count, components) of an accessor. Raises `UnsupportedFormat` for sparse ones."""
        told = self.rows("accessors")[accessor]
        if "sparse" in told or "bufferView" not in told:
            raise UnsupportedFormat(
                Bilingual("the scene holds sparse or packed geometry", "场景含有稀疏或压缩的几何数据")
            )
        kind, wide = np.dtype(KINDS[told["componentType"]]), WIDTHS[told["type"]]
        stride = self.rows("bufferViews")[told["bufferView"]].get("byteStride", kind.itemsize * wide)
        count, start = int(told["count"]), int(told.get("byteOffset", 0))
        data = self.buffers.view(told["bufferView"])[start:]
        need = (count - 1) * stride + kind.itemsize * wide
        if count < 1 or stride < kind.itemsize * wide or start < 0 or need > len(data):
            raise ValueError(f"accessor {accessor}")
        grid = np.ndarray((count, wide), kind, data, strides=(stride, kind.itemsize)).astype(np.float64)
        if not np.isfinite(grid).all():
            raise ValueError(f"accessor {accessor}")
        return grid / np.iinfo(kind).max if told.get("normalized") and kind.kind != "f" else grid


def high_enough(slope: float) -> bool:
    """Tell whether half a view's height is a length at all: a field of view of 180 degrees and more has none."""
    return bool(np.isfinite(slope)) and slope > 0


def _local(node: dict[str, Any]) -> Grid:
    if "matrix" in node:
        return np.array(node["matrix"], float).reshape(4, 4).T
    x, y, z, w = (float(one) for one in node.get("rotation", (0, 0, 0, 1)))
    place = np.eye(4)
    place[:3, :3] = (
        (1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)),
        (2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)),
        (2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)),
    )
    place[:3, :3] *= np.array(node.get("scale", (1, 1, 1)), float)
    place[:3, 3] = node.get("translation", (0, 0, 0))
    return place


def _corners(low: Grid, high: Grid) -> Grid:
    return np.array(list(product(*np.stack([low, high], axis=1))))


def _moved(places: Grid, points: Grid) -> Grid:
    """Give points (n, 3) as each matrix of (m, 4, 4) places them: (m * n, 3)."""
    return np.asarray(points @ places[:, :3, :3].transpose(0, 2, 1) + places[:, None, :3, 3]).reshape(-1, 3)
