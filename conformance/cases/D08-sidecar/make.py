"""The file and a sidecar beside it say different things."""

from __future__ import annotations

import json

from conformance.build import LABEL, OTHER, Files, hashed, packet, png_xmp


def beside(data: bytes, text: str, name: str) -> bytes:
    values = {"schema": "aigc-label/sidecar/1", "name": name, "size": len(data), "sha256": hashed(data)}
    return json.dumps(values | {"AIGC": json.loads(text)}).encode()


def labelled() -> bytes:
    return png_xmp(packet(LABEL))


FILES: Files = {
    "conflict.png": labelled,
    "conflict.png.aigc.json": lambda: beside(labelled(), OTHER, "conflict.png"),
    "of-other-bytes.png": labelled,
    "of-other-bytes.png.aigc.json": lambda: beside(labelled() + b"x", LABEL, "of-other-bytes.png"),
}
