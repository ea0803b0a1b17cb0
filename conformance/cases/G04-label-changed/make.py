"""A field changed after it was signed."""

from __future__ import annotations

from conformance.build import Files, bound, jpeg_xmp, packet

CHANGES = {"Label": "2", "ContentProducer": "Example-Ltd", "ProduceID": "kit-signee"}
FILES: Files = {
    f"{name}.jpg": lambda name=name, value=value: jpeg_xmp(packet(bound("jpg", **{name: value})))
    for name, value in CHANGES.items()
}
