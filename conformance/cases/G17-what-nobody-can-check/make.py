"""Security data that nobody outside can check."""

from __future__ import annotations

from conformance.build import Files, bound, bound_data, jpeg_xmp, minimax, mp3_with, packet

FILES: Files = {
    "version-2.jpg": lambda: jpeg_xmp(packet(bound_data(lambda data: data.update(Version=2)))),
    "digest.jpg": lambda: jpeg_xmp(packet(bound("jpg", ReservedCode1="9ce377b782374e359a10b4f4c38bc557"))),
    "propagator.jpg": lambda: jpeg_xmp(packet(bound("jpg", ReservedCode2="K-LBkc9"))),
    "minimax.mp3": lambda: mp3_with(minimax().replace('"PropagateID":""', '"PropagateID":"1"')),
}
