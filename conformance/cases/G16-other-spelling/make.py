"""The same data in another spelling."""

from __future__ import annotations

import json
from typing import Any

from conformance.build import SIGNED, Files, bound, bound_data, jpeg_xmp, packet


def wild(data: dict[str, Any]) -> None:
    data["PubSD"][0]["TBSData"]["Type"] = "LabelMataData"


def honor(data: dict[str, Any]) -> None:
    data["PubSd"] = data.pop("PubSD")


def spaced() -> str:
    data = json.loads(SIGNED["bound"]["files"]["jpg"])
    return bound("jpg", ReservedCode1=json.dumps(data, separators=(", ", ": ")))


FILES: Files = {
    "wild.jpg": lambda: jpeg_xmp(packet(bound_data(wild))),
    "honor.jpg": lambda: jpeg_xmp(packet(bound_data(honor))),
    "spaced.jpg": lambda: jpeg_xmp(packet(spaced())),
}
