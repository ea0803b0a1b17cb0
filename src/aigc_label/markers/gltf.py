"""Hangs the words into glTF and GLB scenes, before the camera that they open with: a textured plate at an edge of its view.

A window may have any shape, so the plate stands in the middle of the upper or lower edge, where wide and upright windows
both show it. Its buffer is one of its own; every buffer that was there stays as it is.
"""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from PIL import Image

from aigc_label import badge
from aigc_label.badge import Badge
from aigc_label.bilingual import Bilingual
from aigc_label.errors import UnsupportedFormat
from aigc_label.grammars import json_text
from aigc_label.grammars.gltf import rewritten
from aigc_label.grammars.json_text import Edit, Member
from aigc_label.markers import Rendering
from aigc_label.marking import Mark, Place
from aigc_label.scenery import Camera, Scenery, understood
from aigc_label.source import Source

NAME: Final = "AIGC_mark"
UNLIT: Final = "KHR_materials_unlit"
SIDE: Final = 1080  # pixels of the view's shorter side at which the plate is drawn
NARROWEST: Final = 2  # times as high as wide: the most upright window in which the plate is shown whole
BEFORE: Final = 1.02  # distance from the camera over that of its near plane: what stands in front is not drawn
FIELD: Final = 0.8  # radians from top to bottom of the camera that is added, about 45 degrees
AWAY: Final = 3.0  # its distance from the scene's middle, over the radius of the ball that holds the scene
ROOMY: Final = 1.1  # radius of what it shows whole, over that ball's
TOP: Final = (Place.TOP_LEFT, Place.TOP, Place.TOP_RIGHT)
QUAD: Final = np.array([[-0.5, -0.5, 0], [0.5, -0.5, 0], [0.5, 0.5, 0], [-0.5, 0.5, 0]], "<f4")
ACROSS: Final = np.array([[0, 1], [1, 1], [1, 0], [0, 0]], "<f4")  # of the picture, whose first row is its top
TWO: Final = np.array([0, 1, 2, 0, 2, 3], "<u2")
HUNG: Final = Bilingual(
    "a plate with the words before every camera of the opening scene", "在起始场景的每个相机前添加带文字的标牌"
)
ADDED: Final = Bilingual(
    "a camera and before it a plate with the words: viewers that choose their own view need the words over the picture",
    "新增一个相机并在其前方添加带文字的标牌：自选视角的查看器需另在画面上叠加文字",
)


@dataclass(frozen=True, slots=True)
class Additions:
    """New rows for the tables of the root, by table; what they number begins behind what is there."""

    scenery: Scenery
    rows: dict[str, list[Any]]

    def add(self, table: str, row: Any) -> int:
        """Give the number of a row that is put behind the others of its table."""
        there = self.rows.setdefault(table, [])
        there.append(row)
        return len(self.scenery.rows(table)) + len(there) - 1


def render(source: Source, mark: Mark) -> Rendering:
    """Give the scene with the plate before each camera; where its opening scene has none, one is added that shows all.

    Raises `UnsupportedFormat` where the file holds no scene or a camera's space is skewed, `InvalidMark` where the words
    do not fit, `MalformedFile` where the tables contradict each other.
    """
    with understood():
        scenery = Scenery(source)
        drawn = _drawn(mark)
        new = Additions(scenery, {})
        mesh = _plate(new, drawn)
        cameras = scenery.cameras()
        edits = list(_hung(new, cameras, drawn, mesh)) if cameras else [_with_camera(new, drawn, mesh)]
        edits += _tables(new)
        plan = rewritten(source, scenery.scene, edits)
    return Rendering(plan=plan, words=drawn.words, way=HUNG if cameras else ADDED)


def _drawn(mark: Mark) -> Badge:
    """Give the badge on the most upright view, its letters as tall as a wide one asks for."""
    place = Place.TOP if mark.place in TOP else Place.BOTTOM
    share = min(0.5, mark.height_share * NARROWEST)
    return badge.design(replace(mark, place=place, height_share=share), SIDE // NARROWEST, SIDE)


def _plate(new: Additions, drawn: Badge) -> int:
    """Give the number of the mesh: a square of side 1 with the words on it, as bright without light as with any."""
    picture = io.BytesIO()
    Image.fromarray(drawn.levels()).save(picture, "PNG", optimize=True)
    parts = QUAD.tobytes(), ACROSS.tobytes(), TWO.tobytes(), picture.getvalue()
    data = b"".join(parts)
    uri = "data:application/octet-stream;base64," + base64.b64encode(data).decode()
    buffer = new.add("buffers", {"name": NAME, "byteLength": len(data), "uri": uri})
    starts = np.cumsum([0, *map(len, parts)]).tolist()
    views = [
        new.add("bufferViews", {"buffer": buffer, "byteOffset": start, "byteLength": len(part)})
        for start, part in zip(starts, parts, strict=False)
    ]
    corner = {"componentType": 5126, "count": len(QUAD)}
    bounds = {"min": QUAD.min(axis=0).tolist(), "max": QUAD.max(axis=0).tolist()}
    image = new.add("images", {"name": NAME, "mimeType": "image/png", "bufferView": views[3]})
    sampler = new.add("samplers", {"magFilter": 9729, "minFilter": 9987, "wrapS": 33071, "wrapT": 33071})
    texture = new.add("textures", {"source": image, "sampler": sampler})
    material = {
        "name": NAME,
        "pbrMetallicRoughness": {"baseColorTexture": {"index": texture}, "metallicFactor": 0, "roughnessFactor": 1},
        "emissiveTexture": {"index": texture},  # where a viewer does not know the extension
        "emissiveFactor": [1, 1, 1],
        "extensions": {UNLIT: {}},
    }
    primitive = {
        "attributes": {
            "POSITION": new.add("accessors", {"bufferView": views[0], "type": "VEC3", **corner, **bounds}),
            "TEXCOORD_0": new.add("accessors", {"bufferView": views[1], "type": "VEC2", **corner}),
        },
        "indices": new.add(
            "accessors", {"bufferView": views[2], "type": "SCALAR", "componentType": 5123, "count": len(TWO)}
        ),
        "material": new.add("materials", material),
    }
    if UNLIT not in new.scenery.tree.get("extensionsUsed", []):
        new.rows["extensionsUsed"] = [UNLIT]
    return new.add("meshes", {"name": NAME, "primitives": [primitive]})


def _hung(new: Additions, cameras: list[Camera], drawn: Badge, mesh: int) -> Iterator[Edit]:
    """Give the edits by which each camera's node holds a plate."""
    document, limits = new.scenery.scene.document, new.scenery.source.limits
    nodes = json_text.elements(document, _member(new, "nodes").value, limits)
    for camera in cameras:
        number = new.add("nodes", _node(camera, drawn, mesh))
        at = nodes[camera.node][0]
        held = [one for one in json_text.members(document, at, limits) if one.key == "children"]
        if held:
            yield json_text.appended(document, held[-1].value, [str(number).encode()])
        else:
            yield json_text.appended(document, at, [f'"children":[{number}]'.encode()])


def _with_camera(new: Additions, drawn: Badge, mesh: int) -> Edit:
    """Give the edit that puts a camera into the opening scene, before its middle, looking at it along -z."""
    middle, radius = _ball(new.scenery)
    away, near = AWAY * radius, (AWAY - ROOMY) * radius / BEFORE
    shape = {"yfov": FIELD, "znear": near, "zfar": near + 1000 * radius}
    place = [*middle[:2].tolist(), float(middle[2]) + away]
    camera = Camera(
        node=-1,
        view=np.eye(4),
        slopes=(None, float(np.tan(FIELD / 2))),
        perspective=True,
        near=near,
        far=shape["zfar"],
        scale=1.0,
    )
    plate = new.add("nodes", _node(camera, drawn, mesh))
    row = {
        "name": "AIGC_camera",
        "camera": new.add("cameras", {"type": "perspective", "perspective": shape}),
        "translation": place,
        "children": [plate],
    }
    number = str(new.add("nodes", row)).encode()
    document, limits = new.scenery.scene.document, new.scenery.source.limits
    at = json_text.elements(document, _member(new, "scenes").value, limits)[new.scenery.opening][0]
    held = [one for one in json_text.members(document, at, limits) if one.key == "nodes"]
    if held:
        return json_text.appended(document, held[-1].value, [number])
    return json_text.appended(document, at, [b'"nodes":[' + number + b"]"])


def _ball(scenery: Scenery) -> tuple[np.ndarray[Any, Any], float]:
    """Give the middle and radius of a ball that holds the scene; one metre where it shows nothing."""
    held = [scenery.bounds(node) for node in scenery.meshes()]
    points = np.concatenate([np.zeros((0, 3)), *held])
    if not len(points):
        return np.zeros(3), 1.0
    low, high = points.min(axis=0), points.max(axis=0)
    return (low + high) / 2, float(np.linalg.norm(high - low)) / 2 or 1.0


def _node(camera: Camera, drawn: Badge, mesh: int) -> dict[str, Any]:
    """Give the plate's node in the camera's space: just behind the near plane, so that nothing stands before it.

    A camera's own scale does not count for what it shows, so the plate undoes it.
    """
    distance = BEFORE * camera.near * max(1.0, camera.scale) or 0.01 * camera.far
    if distance >= camera.far:
        raise UnsupportedFormat(Bilingual("a camera's near and far planes meet", "相机的近裁剪面与远裁剪面重合"))
    wide, high = camera.slopes
    half = high * distance if camera.perspective else high
    least = half if wide is None or camera.perspective else min(wide, high)
    unit = 2 * least / SIDE
    box = drawn.box
    up = half - unit * (box.top + box.bottom) / 2
    if box.top > SIDE / 2:
        up = unit * (SIDE - (box.top + box.bottom) / 2) - half
    undone = 1 / camera.scale
    return {
        "name": NAME,
        "mesh": mesh,
        "translation": [0, up * undone, -distance * undone],
        "scale": [unit * box.width * undone, unit * box.height * undone, undone],
    }


def _tables(new: Additions) -> Iterator[Edit]:
    """Give the edits that put the new rows behind those of their tables; tables that are missing come last of all."""
    scenery = new.scenery
    document = scenery.scene.document
    fresh = []
    for table, rows in new.rows.items():
        written = [json.dumps(row, separators=(",", ":")).encode() for row in rows]
        if table in scenery.tree:
            yield json_text.appended(document, _member(new, table).value, written)
        else:
            fresh.append(f'"{table}":['.encode() + b",".join(written) + b"]")
    if fresh:
        body = document.index(b"{")
        yield json_text.appended(document, body, fresh)


def _member(new: Additions, table: str) -> Member:
    return next(one for one in reversed(new.scenery.scene.root) if one.key == table)
