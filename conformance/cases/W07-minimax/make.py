"""As MiniMax writes it."""

from __future__ import annotations

from conformance.build import Files, markdown, minimax, mp3_with

LINES = (
    "AIGC:",
    "    ContentProducer: Minimax Agent AI",
    "    ContentPropagator: Minimax Agent AI",
    "    Label: AIGC",
    "    ProduceID: '00000000000000000000000000000000'",
    "    PropagateID: '00000000000000000000000000000000'",
    "    ReservedCode1: ''",
    "    ReservedCode2: ''",
)
FILES: Files = {"speech.mp3": lambda: mp3_with(minimax()), "agent.md": lambda: markdown(*LINES)}
