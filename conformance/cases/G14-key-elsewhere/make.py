"""A key that is named by an address or a path."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from conformance.build import Files, bound_data, jpeg_xmp, packet

ADDRESSES = {
    "address": "https://keys.example/acme.pem",
    "path": "../../../../etc/ssl/acme.pem",
    "file": "file:///etc/ssl/acme.pem",
    "share": "\\\\keys.example\\share\\acme.pem",
}


def named(address: str) -> Callable[[dict[str, Any]], object]:
    """The key travels along; its name happens to be an address."""
    return lambda data: [part.update(KeyID=address) for part in data["PubSD"]]


def absent(address: str) -> Callable[[dict[str, Any]], object]:
    """The key is not in the file."""

    def change(data: dict[str, Any]) -> None:
        named(address)(data)
        data["PubSD"] = [part for part in data["PubSD"] if part["Type"] != "PubKey"]

    return change


def instead(address: str) -> Callable[[dict[str, Any]], object]:
    """The address stands where the key ought to stand."""
    return lambda data: data["PubSD"][2].update(KeyValue=address)


KINDS = {"named": named, "absent": absent, "instead": instead}
CHANGES = {f"{kind}-{name}": make(place) for kind, make in KINDS.items() for name, place in ADDRESSES.items()}
FILES: Files = {
    f"{name}.jpg": lambda change=change: jpeg_xmp(packet(bound_data(change))) for name, change in CHANGES.items()
}
