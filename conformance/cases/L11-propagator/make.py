"""The propagator's half is empty at first writing."""

from __future__ import annotations

from conformance.build import LABEL, variants

HALF = LABEL.split(',"ContentPropagator"')[0]
FILES = variants(
    {
        "empty": HALF + ',"ContentPropagator":"","PropagateID":"","ReservedCode2":""}',
        "absent": HALF + "}",
        "null": HALF + ',"ContentPropagator":null,"PropagateID":null,"ReservedCode2":null}',
    }
)
