"""A platform added its half."""

from __future__ import annotations

from conformance.build import PLACES, Files, bound

ADDED = {"ContentPropagator": "Platform-Ltd", "PropagateID": "p-77", "ReservedCode2": ""}
FILES: Files = {
    f"passed-on.{suffix}": lambda suffix=suffix: PLACES[suffix](bound(suffix, **ADDED)) for suffix in ("jpg", "docx")
}
