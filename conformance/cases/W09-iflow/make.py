"""As iFlow writes it."""

from __future__ import annotations

from conformance.build import Files, markdown

LINE = (
    'AIGC: {"Label": "1", "ContentProducer": "001191330101MA27WPYJ18xliu", "ProduceID": "6a0fb3f4", '
    '"ReserveCode1": "iflow", "ContentPropagator": "iflow", "PropagateID": "iflow", "ReserveCode2": "iflow"}'
)
FILES: Files = {"text.md": lambda: markdown(LINE)}
