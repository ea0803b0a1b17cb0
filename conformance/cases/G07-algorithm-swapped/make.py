"""Another algorithm is named."""

from __future__ import annotations

from conformance.build import Files, bound_data, jpeg_xmp, packet

NAMES = {
    "ecdsa": "1.2.840.10045.4.3.2",
    "rsa": "1.2.840.113549.1.1.11",
    "none": "none",
    "empty": "",
}


def named(name: str) -> str:
    def change(data: dict) -> None:  # type: ignore[type-arg]
        for part in data["PubSD"]:
            part["AlgID"] = name

    return bound_data(change)


def digest() -> str:
    return bound_data(lambda data: data["Bindings"][0].update(AlgID="2.16.840.1.101.3.4.2.1"))


FILES: Files = {
    **{f"{key}.jpg": lambda name=name: jpeg_xmp(packet(named(name))) for key, name in NAMES.items()},
    "other-digest.jpg": lambda: jpeg_xmp(packet(digest())),
}
