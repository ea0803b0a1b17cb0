"""A signed label in a file of another format."""

from __future__ import annotations

from conformance.build import PLACES, Files, bound

FILES: Files = {
    f"from-{source}.{target}": lambda source=source, target=target: PLACES[target](bound(source))
    for source, target in (("jpg", "png"), ("png", "jpg"), ("wav", "mp3"), ("docx", "pdf"))
}
