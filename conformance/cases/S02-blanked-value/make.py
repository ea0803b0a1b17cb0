"""A scrubber blanked the value and left the key."""

from __future__ import annotations

from conformance.build import PLACES, in_each, mp4, wav_with

FILES = (
    in_each("")
    | {
        f"spaces.{suffix}": lambda suffix=suffix: PLACES[suffix](" " * 200)
        for suffix in ("png", "jpg", "mp4", "mp3", "docx")
    }
    | {"zeros.wav": lambda: wav_with("\0" * 200), "zeros.mp4": lambda: mp4("\0" * 200)}
)
