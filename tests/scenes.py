"""Scenes for the tests, and a browser that draws them with three.js, which nobody here wrote."""

from __future__ import annotations

import base64
import io
import json
import struct
import subprocess
from pathlib import Path
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


PAGE = """<!DOCTYPE html><meta charset=utf-8><style>body{margin:0}canvas{display:block}</style>
<script type="importmap">{"imports":{"three":"./build/three.module.js"}}</script>
<script type=module>
import * as THREE from "three";
import { GLTFLoader } from "./loaders/GLTFLoader.js";
const bytes = Uint8Array.from(atob("DATA"), (c) => c.charCodeAt(0));
new GLTFLoader().parse(bytes.buffer, "", (gltf) => {
  const renderer = new THREE.WebGLRenderer({ antialias: true, preserveDrawingBuffer: true });
  renderer.setSize(WIDE, HIGH);
  renderer.setClearColor(0x88aacc);
  document.body.append(renderer.domElement);
  const world = new THREE.Scene();
  world.add(gltf.scene, new THREE.HemisphereLight(0xffffff, 0x445566, 2));
  const sun = new THREE.DirectionalLight(0xffffff, 2);
  sun.position.set(2, 3, 4);
  world.add(sun);
  const camera = gltf.cameras[NUMBER];
  if (camera.isPerspectiveCamera) camera.aspect = WIDE / HIGH;
  camera.updateProjectionMatrix();
  renderer.render(world, camera);
});
</script>"""
BROWSER = (
    *("chromium", "--headless", "--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--use-gl=angle", "--use-angle=swiftshader"),
    *(
        "--enable-unsafe-swiftshader",
        "--allow-file-access-from-files",
        "--hide-scrollbars",
        "--virtual-time-budget=5000",
    ),
)


def three(folder: Path) -> Path:
    """Install three.js into a folder, with npm; give what its pages import from."""
    subprocess.run(["npm", "install", "--silent", "--no-audit", "--prefix", str(folder), "three@0.187"], check=True)
    place, package = folder / "site", folder / "node_modules/three"
    place.mkdir()
    (place / "build").symlink_to(package / "build")
    for part in ("loaders", "utils"):
        (place / part).symlink_to(package / "examples/jsm" / part)
    return place


def shown(site: Path, data: bytes, size: tuple[int, int], number: int = 0) -> np.ndarray:
    """Give what Chromium shows of a scene through one of its cameras, in a canvas of this size: (height, width, 3)."""
    wide, high = size
    page = PAGE.replace("DATA", base64.b64encode(data).decode()).replace("NUMBER", str(number))
    (site / "page.html").write_text(page.replace("WIDE", str(wide)).replace("HIGH", str(high)), encoding="utf-8")
    shot = site / "shot.png"
    window = [f"--window-size={max(wide, 500)},{high + 200}", f"--user-data-dir={site}/user", f"--screenshot={shot}"]
    subprocess.run([*BROWSER, *window, (site / "page.html").as_uri()], check=True, capture_output=True, timeout=120)
    return np.asarray(Image.open(shot).convert("RGB"))[:high, :wide]
