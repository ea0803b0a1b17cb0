"""Invisible and direction characters in the producer."""

from __future__ import annotations

from conformance.build import label, variants

MARKS = {"zero-width": "\u200b", "right-to-left": "\u202e", "soft-join": "\u2060", "line": "\u2028", "bom": "\ufeff"}
FILES = variants({name: label(producer=f"some{mark}body") for name, mark in MARKS.items()})
