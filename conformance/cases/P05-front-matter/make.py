"""Labels in Markdown front matter."""

from __future__ import annotations

import json

from conformance.build import LABEL, OTHER, Files, markdown

LINES = ("AIGC:", *(f"  {name}: '{value}'" for name, value in json.loads(LABEL).items()))
OTHER_LINES = ("AIGC:", *(f"  {name}: '{value}'" for name, value in json.loads(OTHER).items()))
FILES: Files = {
    "good.md": lambda: markdown(*LINES),
    "twice-in-one.md": lambda: markdown(*LINES, *OTHER_LINES),
    "two-blocks.md": lambda: markdown(*LINES) + markdown(*OTHER_LINES),
    "in-code.md": lambda: ("# x\n\n```yaml\n" + "\n".join(LINES) + "\n```\n").encode(),
    "in-comment.md": lambda: ("# x\n\n<!--\n" + "\n".join(LINES) + "\n-->\n").encode(),
    "number.md": lambda: markdown(*LINES).replace(b"Label: '1'", b"Label: 1"),
    "anchor.md": lambda: markdown("x: &a '1'", *LINES).replace(b"Label: '1'", b"Label: *a"),
    "field-twice.md": lambda: markdown(*LINES, "  Label: '3'"),
}
