"""Gives schemathesis real files to send: fixtures, whole, cut and damaged, where it would send text that is none.

SCHEMATHESIS_HOOKS=hammering schemathesis run URL/openapi.json --max-time 300 --checks not_a_server_error
"""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import schemathesis

FIXTURES = Path(__file__).parents[2] / "fixtures"
FILES = [path for path in sorted(FIXTURES.rglob("*.*")) if path.suffix != ".py" and path.stat().st_size < 20_000]
CHANCE = random.Random(45438)


@schemathesis.hook
def map_body(context: Any, body: Any) -> Any:
    """Put a file in the place of two of three bodies."""
    if not isinstance(body, bytes | str) or CHANCE.random() < 0.33:
        return body
    data = bytearray(CHANCE.choice(FILES).read_bytes())
    if CHANCE.random() < 0.5:
        del data[CHANCE.randrange(len(data)) :]
    elif CHANCE.random() < 0.5:
        data[CHANCE.randrange(len(data))] ^= CHANCE.randrange(256)
    return bytes(data)
