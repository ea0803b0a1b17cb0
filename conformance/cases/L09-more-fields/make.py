"""Fields that Annex E does not know."""

from __future__ import annotations

from conformance.build import LABEL, variants

FILES = variants(
    {
        "text": LABEL.replace("}", ',"Extension":"x"}'),
        "object": LABEL.replace("}", ',"Extension":{"a":[1]}}'),
        "other-order": "{" + ",".join(reversed(LABEL[1:-1].split(","))) + "}",
        "white-space": LABEL.replace(":", " : ").replace(",", ", "),
    }
)
