"""Draws glTF scenes with three.js in Chromium: what a viewer shows that nobody here wrote."""

from __future__ import annotations

import base64
import shutil
import subprocess
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

PAGE: Final = """<!DOCTYPE html><meta charset=utf-8><style>body{margin:0}canvas{display:block}</style>
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
BROWSER: Final = (
    *("chromium", "--headless", "--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--use-gl=angle", "--use-angle=swiftshader"),
    *(
        "--enable-unsafe-swiftshader",
        "--allow-file-access-from-files",
        "--hide-scrollbars",
        "--virtual-time-budget=5000",
    ),
)


def is_here() -> bool:
    """Tell whether the browser and the program that fetches three.js are installed."""
    return all(shutil.which(program) for program in ("chromium", "npm"))


def three(folder: Path) -> Path | None:
    """Install three.js into a folder, with npm; give what its pages import from, None where it cannot be fetched."""
    words = ["npm", "install", "--silent", "--no-audit", "--fetch-retries=1", "--prefix", str(folder), "three@0.187"]
    try:
        subprocess.run(words, check=True, timeout=120)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        return None
    place, package = folder / "site", folder / "node_modules/three"
    place.mkdir()
    (place / "build").symlink_to(package / "build")
    for part in ("loaders", "utils"):
        (place / part).symlink_to(package / "examples/jsm" / part)
    return place


def shown(site: Path, data: bytes, size: tuple[int, int], number: int = 0) -> NDArray[np.uint8]:
    """Give what Chromium shows of a scene through one of its cameras, in a canvas of this size: (height, width, 3)."""
    wide, high = size
    page = PAGE.replace("DATA", base64.b64encode(data).decode()).replace("NUMBER", str(number))
    (site / "page.html").write_text(page.replace("WIDE", str(wide)).replace("HIGH", str(high)), encoding="utf-8")
    shot = site / "shot.png"
    window = [f"--window-size={max(wide, 500)},{high + 200}", f"--user-data-dir={site}/user", f"--screenshot={shot}"]
    subprocess.run([*BROWSER, *window, (site / "page.html").as_uri()], check=True, capture_output=True, timeout=120)
    return np.asarray(Image.open(shot).convert("RGB"))[:high, :wide]
