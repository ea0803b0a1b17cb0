"""Looks at a glTF scene through the cameras it opens with and says which words, bound to them, everybody is shown.

What hangs on a camera is drawn (without light, as its material asks), with whatever the scene puts before it; then the
picture is read as any other. Words that stand somewhere in the scene are no label at an edge of the opening picture.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from aigc_label.bilingual import Bilingual
from aigc_label.detectors.scene_view import Surface, View
from aigc_label.detectors.words import sightings
from aigc_label.errors import LimitExceeded, UnsupportedFormat
from aigc_label.evidence import Sighting
from aigc_label.formats import BY_NAME
from aigc_label.grammars.gltf_buffers import embedded
from aigc_label.marking import MIN_CONTRAST, MIN_HEIGHT_SHARE, complies
from aigc_label.raster import bounded, told
from aigc_label.scenery import Camera, Grid, Scenery, understood
from aigc_label.source import Source

DETECTOR: Final = "scenes"
MOST_CAMERAS: Final = 16
TRIANGLES: Final = {4, None}
CLAMPED: Final = 33071
UNLIT: Final = "KHR_materials_unlit"
PACKED: Final = ("KHR_draco_mesh_compression", "EXT_meshopt_compression")
SPREAD: Final = "EXT_mesh_gpu_instancing"
BACKDROPS: Final = (0.0, 1.0)  # what a mark stands on is the scene's business: it has to be read on both
MOST_TEXTURE: Final = 1 << 24  # pixels of one texture that is decoded
PLAIN: Final = np.full((1, 1, 4), 255, np.uint8)
GREY: Final = Surface(
    texture=PLAIN, factor=(0.2, 0.2, 0.2, 1.0), tiled=(False, False), blended=False, cut=0.0, two_sided=True
)
UNLIKE: Final = Bilingual("what hangs on the camera cannot be drawn here", "相机所挂内容无法在此绘制")
HIDDEN: Final = Bilingual(
    "something may stand before the words, and cannot be drawn here", "可能有物体遮挡文字，且无法在此绘制"
)

Piece: TypeAlias = tuple[Grid, Grid, Surface]


@dataclass(frozen=True, slots=True)
class Room:
    """The part of a camera's space that lies before its mark: six planes (6, 4), of which points inside are above."""

    planes: Grid
    corners: Grid

    def holds_none(self, points: Grid) -> NDArray[np.bool_]:
        """Tell of each group of points (..., k, 3) whether a plane parts all of it from the room."""
        heights = points @ self.planes[:, :3].T + self.planes[:, 3]
        return np.asarray((heights < 0).all(axis=-2).any(axis=-1))


def look(source: Source, fonts: tuple[Path, ...] = ()) -> tuple[Sighting, ...]:
    """Give the mark that every camera of the opening scene shows, as the one shows it that shows it worst; else nothing.

    Raises `UnsupportedFormat` where what hangs on a camera, or may hide it, cannot be drawn here (light, packed geometry,
    other files), `LimitExceeded` for more than 16 cameras: not being able to look is never "nothing seen".
    """
    with understood():
        scenery = Scenery(source)
        cameras = scenery.cameras()
        if len(cameras) > MOST_CAMERAS:
            raise LimitExceeded(Bilingual("the scene has too many cameras", "场景相机过多"), limit="items")
        worst: Sighting | None = None
        for camera in cameras:
            seen = _seen(scenery, camera, fonts)
            if seen is None:
                return ()
            if worst is None or _worth(seen) < _worth(worst):
                worst = seen
    return () if worst is None else (worst,)


def _worth(seen: Sighting) -> tuple[bool, float]:
    share, contrast = (seen.height_share or 0.0) / MIN_HEIGHT_SHARE, (seen.contrast or 0.0) / MIN_CONTRAST
    return complies(seen.text), min(share, contrast)


def _seen(scenery: Scenery, camera: Camera, fonts: Sequence[Path]) -> Sighting | None:
    """Give the mark that a camera shows: the worse of the two readings, on black and on white."""
    hung = [one for one in scenery.meshes() if camera.node in list(scenery.above(one))[1:] and _shown(scenery, one)]
    if not hung:
        return None
    _check_still(scenery, camera, hung)
    pieces = [piece for node in hung for piece in _pieces(scenery, camera, node)]
    if not pieces:
        return None
    pieces += _hiding(scenery, camera, hung, np.concatenate([corners.reshape(-1, 3) for corners, _, _ in pieces]))
    found = []
    for backdrop in BACKDROPS:
        view = View(camera, backdrop)
        for piece in pieces:
            view.draw(*piece)
        read = sightings(np.rint(view.pixels * 255).clip(0, 255).astype(np.uint8), (None, *fonts))
        if not read:
            return None
        found.append(replace(read[0], detector=DETECTOR))
    return min(found, key=_worth)


def _shown(scenery: Scenery, node: int) -> bool:
    nodes = scenery.rows("nodes")
    told = [nodes[one].get("extensions", {}).get("KHR_node_visibility", {}) for one in scenery.above(node)]
    return all(one.get("visible", True) for one in told)


def _check_still(scenery: Scenery, camera: Camera, hung: list[int]) -> None:
    """Raise `UnsupportedFormat` where an animation moves what hangs on the camera: where it opens is not told here."""
    moved = {channel["target"].get("node") for row in scenery.rows("animations") for channel in row.get("channels", [])}
    for node in hung:
        between = list(scenery.above(node))
        if moved.intersection(between[: between.index(camera.node)]):
            raise UnsupportedFormat(UNLIKE)


def _pieces(scenery: Scenery, camera: Camera, node: int) -> Iterator[Piece]:
    row = scenery.rows("nodes")[node]
    if "skin" in row or SPREAD in row.get("extensions", {}):
        raise UnsupportedFormat(UNLIKE)
    for primitive in scenery.rows("meshes")[row["mesh"]]["primitives"]:
        plain = not primitive.get("targets") and "COLOR_0" not in primitive["attributes"]
        if not plain or primitive.get("mode") not in TRIANGLES or _is_packed(primitive):
            raise UnsupportedFormat(UNLIKE)
        corners, order = _triangles(scenery, primitive)
        surface, places = _surface(scenery, primitive)
        across = scenery.numbers(places)[order] if places is not None else np.zeros((*order.shape, 2))
        yield _into(camera, scenery.places[node], corners), across, surface


def _is_packed(primitive: dict[str, Any]) -> bool:
    return any(name in primitive.get("extensions", {}) for name in PACKED)


def _triangles(scenery: Scenery, primitive: dict[str, Any]) -> tuple[Grid, NDArray[np.int64]]:
    """Give the corners (n, 3, 3) of a primitive's triangles, and which of its points they are (n, 3)."""
    points = scenery.numbers(primitive["attributes"]["POSITION"])
    listed = scenery.numbers(primitive["indices"]) if "indices" in primitive else np.arange(len(points))
    order = listed.reshape(-1)[: listed.size // 3 * 3].reshape(-1, 3).astype(np.int64)
    return points[order], order


def _into(camera: Camera, place: Grid, points: Grid) -> Grid:
    """Give points (..., 3) of a node's space in the camera's."""
    way = camera.view @ place
    return np.asarray(points @ way[:3, :3].T + way[:3, 3])


def _surface(scenery: Scenery, primitive: dict[str, Any]) -> tuple[Surface, int | None]:
    """Give how a primitive looks, and the accessor of its places on the texture."""
    material = scenery.rows("materials")[primitive["material"]] if "material" in primitive else {}
    if set(material.get("extensions", {})) != {UNLIT}:
        raise UnsupportedFormat(UNLIKE)  # light decides how bright it is
    base = material.get("pbrMetallicRoughness", {})
    red, green, blue, clear = (float(one) for one in base.get("baseColorFactor", (1, 1, 1, 1)))
    told = base.get("baseColorTexture")
    texture, tiled, places = PLAIN, (True, True), None
    if told is not None:
        if told.get("extensions"):
            raise UnsupportedFormat(UNLIKE)
        texture, tiled = _texture(scenery, told["index"])
        places = primitive["attributes"][f"TEXCOORD_{told.get('texCoord', 0)}"]
    mode = material.get("alphaMode", "OPAQUE")
    surface = Surface(
        texture=texture,
        factor=(red, green, blue, clear),
        tiled=tiled,
        blended=mode == "BLEND",
        cut=float(material.get("alphaCutoff", 0.5)) if mode == "MASK" else 0.0,
        two_sided=bool(material.get("doubleSided", False)),
    )
    return surface, places


def _texture(scenery: Scenery, number: int) -> tuple[NDArray[np.uint8], tuple[bool, bool]]:
    row = scenery.rows("textures")[number]
    if row.get("extensions"):
        raise UnsupportedFormat(UNLIKE)
    image = scenery.rows("images")[row["source"]]
    data = scenery.buffers.view(image["bufferView"]) if "bufferView" in image else embedded(str(image["uri"]))
    sampler = scenery.rows("samplers")[row["sampler"]] if "sampler" in row else {}
    with told(BY_NAME["png"]):
        opened = Image.open(io.BytesIO(data), formats=("PNG", "JPEG"))
        bounded("pixels", opened.width * opened.height, replace(scenery.source.limits, pixels=MOST_TEXTURE))
        pixels = np.asarray(opened.convert("RGBA"))
    return pixels, (sampler.get("wrapS") != CLAMPED, sampler.get("wrapT") != CLAMPED)


def _hiding(scenery: Scenery, camera: Camera, hung: list[int], points: Grid) -> Iterator[Piece]:
    """Give what else of the scene may stand between the camera and its mark, in plain grey."""
    room = _room(camera, points)
    for node in scenery.meshes():
        if node in hung or not len(bounds := scenery.bounds(node)):
            continue
        row = scenery.rows("nodes")[node]
        if SPREAD in row.get("extensions", {}):
            raise UnsupportedFormat(HIDDEN)
        if room.holds_none(_into(camera, np.eye(4), bounds)):
            continue
        for primitive in scenery.rows("meshes")[row["mesh"]]["primitives"]:
            if "skin" in row or primitive.get("targets") or _is_packed(primitive):
                raise UnsupportedFormat(HIDDEN)
            if primitive.get("mode") not in TRIANGLES:
                raise UnsupportedFormat(HIDDEN)
            corners = _into(camera, scenery.places[node], _triangles(scenery, primitive)[0])
            corners = corners[~room.holds_none(corners)]
            corners = corners[~_apart(room, corners)]
            if (-corners[..., 2] < camera.near).any():
                raise UnsupportedFormat(HIDDEN)  # it would have to be cut at the near plane
            if len(corners):
                yield corners, np.zeros((len(corners), 3, 2)), GREY


def _apart(room: Room, corners: Grid) -> NDArray[np.bool_]:
    """Tell of each triangle (n, 3, 3) whether the whole room lies on one side of it."""
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    heights = room.corners @ normals.T - (normals * corners[:, 0]).sum(axis=1)
    return np.asarray((heights > 0).all(axis=0) | (heights < 0).all(axis=0))


def _room(camera: Camera, points: Grid) -> Room:
    """Give what lies between the near plane and the mark's farthest point, in the directions in which the mark lies."""
    depth = -points[:, 2]
    spread = depth if camera.perspective else np.ones_like(depth)
    low, high = (points[:, :2] / spread[:, None]).min(axis=0), (points[:, :2] / spread[:, None]).max(axis=0)
    reach = depth.max()
    planes = [[0, 0, -1, -camera.near], [0, 0, 1, reach]]
    for axis in (0, 1):
        for sign, bound in ((1, low[axis]), (-1, high[axis])):
            plane = [0.0, 0.0, 0.0, 0.0]
            plane[axis] = sign
            plane[2 if camera.perspective else 3] = sign * bound if camera.perspective else -sign * bound
            planes.append(plane)
    corners = [
        (x * away, y * away, -at)
        for at in (camera.near, reach)
        for away in ((at if camera.perspective else 1.0),)
        for x in (low[0], high[0])
        for y in (low[1], high[1])
    ]
    return Room(np.array(planes), np.array(corners))
