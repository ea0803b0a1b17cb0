"""As others write Markdown."""

from __future__ import annotations

import json

from conformance.build import Files, label, markdown

VALUES = json.loads(label(producer="001191110108MA01KP2T5U00000"))
SORTED = json.loads(label(producer="001191110102MAD55U9H0F10002", number="5d2d1b0e-9c07-4bd8-9b4e-35a9c5e3a111"))
SORTED |= {"ReservedCode1": SORTED["ProduceID"], "ReservedCode2": SORTED["ProduceID"]}
FILES: Files = {
    "zhipu.md": lambda: markdown("AIGC: " + json.dumps(VALUES | {"PropagateID": ""})),
    "sorted.md": lambda: markdown("title: x", "AIGC:", *(f"  {name}: '{SORTED[name]}'" for name in sorted(SORTED))),
    "without-dashes.md": lambda: ("# x\n\nAIGC:\n" + "".join(f"  {n}: '{v}'\n" for n, v in SORTED.items())).encode(),
}
