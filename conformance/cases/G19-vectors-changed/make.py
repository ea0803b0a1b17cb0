"""A label changed after it was signed."""

from __future__ import annotations

from conformance.build import Files, markdown, minimax, mp3_with, packet, png_xmp, stepfun


def changed(old: str, new: str, vector: int = 0) -> bytes:
    return markdown(*(line.replace(old, new) for line in stepfun(vector)))


FILES: Files = {
    "status.md": lambda: changed("Label: '1'", "Label: '2'"),
    "number.md": lambda: changed("ProduceID: '142569260085903360'", "ProduceID: '142569260085903361'"),
    "producer.md": lambda: changed("001191310104MACE0YX63918020", "001191110102MACQD9K64010000"),
    "of-the-other-file.md": lambda: changed("142569260085903360", "147392816552226816"),
    "number.mp3": lambda: mp3_with(minimax().replace('"ProduceID":"0617', '"ProduceID":"1617')),
    "moved.png": lambda: png_xmp(packet(minimax().replace('"ProduceID":"0617', '"ProduceID":"1617'))),
}
