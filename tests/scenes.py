"""Scenes for the tests, built row by row."""

from __future__ import annotations

import base64
import io
import json
import struct
from typing import Any

import numpy as np
from PIL import Image

from aigc_label.markers.gltf import render
from aigc_label.marking import Mark
from aigc_label.source import BytesSource
from aigc_label.splice import in_memory

BOX = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)], "<f4")
SIDES = np.array(
    [[0, 1, 3], [0, 3, 2], [4, 7, 5], [4, 6, 7], [0, 5, 1], [0, 4, 5],
     [2, 3, 7], [2, 7, 6], [0, 2, 6], [0, 6, 4], [1, 5, 7], [1, 7, 3]], "<u2")  # fmt: skip
DATA = BOX.tobytes() + SIDES.tobytes()


def scene(*nodes: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A scene of these nodes, all at the root; mesh 0 is a box from -1 to 1."""
    return {
        "asset": {"version": "2.0"},
        "scene": 0,
        "scenes": [{"nodes": list(range(len(nodes)))}],
        "nodes": list(nodes),
        "meshes": [{"primitives": [{"attributes": {"POSITION": 0}, "indices": 1}]}],
        "accessors": [
            {"bufferView": 0, "componentType": 5126, "count": 8, "type": "VEC3", "min": [-1] * 3, "max": [1] * 3},
            {"bufferView": 1, "componentType": 5123, "count": SIDES.size, "type": "SCALAR"},
        ],
        "bufferViews": [
            {"buffer": 0, "byteLength": BOX.nbytes},
            {"buffer": 0, "byteOffset": BOX.nbytes, "byteLength": SIDES.nbytes},
        ],
        "buffers": [{"byteLength": len(DATA)}],
        **more,
    }


def eye(near: float = 0.1, **more: Any) -> dict[str, Any]:
    """A camera of the table `cameras`."""
    return {"type": "perspective", "perspective": {"yfov": 0.8, "znear": near, **more}}


def flat(wide: float, high: float, near: float = 0.1) -> dict[str, Any]:
    return {"type": "orthographic", "orthographic": {"xmag": wide, "ymag": high, "znear": near, "zfar": 100.0}}


def binary(made: dict[str, Any], data: bytes = DATA) -> bytes:
    document = json.dumps(made).encode()
    document += b" " * (-len(document) % 4)
    data += bytes(-len(data) % 4)
    chunks = b"".join(
        struct.pack("<I4s", len(one), kind) + one for kind, one in ((b"JSON", document), (b"BIN\0", data))
    )
    return struct.pack("<4sII", b"glTF", 2, 12 + len(chunks)) + chunks


def marked(data: bytes, mark: Mark | None = None) -> bytes:
    source = BytesSource(data, "a.glb")
    return in_memory(source, render(source, mark or Mark()).plan)


def png_address(levels: np.ndarray) -> str:
    """A grey picture as an address."""
    out = io.BytesIO()
    Image.fromarray(levels).save(out, "PNG")
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode()


def reach(plate: dict[str, Any]) -> float:
    """Half the height of what the camera of `eye` shows at the distance of a plate."""
    return -float(plate["translation"][2]) * float(np.tan(0.4))


def tree(data: bytes) -> dict[str, Any]:
    """The JSON of a binary scene."""
    return json.loads(data[20 : 20 + int.from_bytes(data[12:16], "little")])  # type: ignore[no-any-return]
