"""The signed hash of the content is exchanged."""

from __future__ import annotations

from conformance.build import Files, minimax, mp3_with

FILES: Files = {
    "hash.mp3": lambda: mp3_with(minimax().replace("bc926486", "cc926486")),
    "second-signature.mp3": lambda: mp3_with(minimax().replace("a187901d", "b187901d")),
    "first-signature.mp3": lambda: mp3_with(minimax().replace("0be49372", "1be49372")),
    "key.mp3": lambda: mp3_with(minimax().replace("00a0b3b0", "00a1b3b0")),
}
