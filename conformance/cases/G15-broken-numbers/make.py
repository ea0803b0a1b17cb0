"""Broken numbers, points and hex."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from conformance.build import SIGNED, Files, bound, bound_data, jpeg_xmp, packet

ORDER = "FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123"
SIGNATURES = {
    "zero": "3006020100020100",
    "order": f"3046022100{ORDER}022100{ORDER}",
    "cut-off": "3045022100AB",
    "not-hex": "ZZ",
    "empty": "",
}


def replaced(value: str) -> Callable[[dict[str, Any]], object]:
    return lambda data: data["PubSD"][0].update(Signature=value)


def behind(data: dict[str, Any]) -> None:
    data["PubSD"][0]["Signature"] += "00"


def mixed(data: dict[str, Any]) -> None:
    data["PubSD"][0]["Signature"] = data["PubSD"][0]["Signature"].replace("A", "a", 1).replace("B", "b", 1)


def off_the_curve(data: dict[str, Any]) -> None:
    key = data["PubSD"][2]["KeyValue"]
    data["PubSD"][2]["KeyValue"] = key[:-1] + ("0" if key[-1] != "0" else "1")


def twice() -> str:
    return bound("jpg", ReservedCode1=SIGNED["bound"]["files"]["jpg"].replace('"Version":1', '"Version":1,"Version":1'))


CHANGES = {
    **{name: replaced(value) for name, value in SIGNATURES.items()},
    "behind": behind,
    "mixed": mixed,
    "off-the-curve": off_the_curve,
}
FILES: Files = {
    **{f"{name}.jpg": lambda change=change: jpeg_xmp(packet(bound_data(change))) for name, change in CHANGES.items()},
    "twice.jpg": lambda: jpeg_xmp(packet(twice())),
}
