"""Signed by the guide and bound to its content."""

from __future__ import annotations

from conformance.build import PLACES, Files, bound

FILES: Files = {
    f"signed.{suffix}": lambda suffix=suffix: PLACES[suffix](bound(suffix)) for suffix in ("jpg", "png", "wav", "docx")
}
