"""Two signatures, one of them wrong."""

from __future__ import annotations

from typing import Any

from conformance.build import Files, bound_data, jpeg_xmp, packet


def second(data: dict[str, Any]) -> None:
    first = dict(data["PubSD"][0])
    first["Signature"] = first["Signature"][:-1] + ("0" if first["Signature"][-1] != "0" else "1")
    data["PubSD"].append(first)


FILES: Files = {"second.jpg": lambda: jpeg_xmp(packet(bound_data(second)))}
