"""Holds the terms of one running service: what it allows, and the bounds that it keeps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from aigc_label.limits import MIB
from aigc_label.settings import Value

LOOPBACK: Final = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningKey:
    """The operator's private key file and its passphrase; every worker opens it once, no request and no log ever sees it."""

    path: Path
    passphrase: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What the operator decided. Sizes in bytes, times in seconds.

    `settled` holds the settings that the operator gave: a request cannot change them. `keys` are SHA-256 digests of the
    API keys (none: no key is asked). `rate` is requests a minute for each key, or each address where there are no keys.
    `waiting` is how many requests may wait for a worker before more are turned away; `memory` bounds one worker.
    """

    hosts: tuple[str, ...] = LOOPBACK
    keys: frozenset[bytes] = frozenset()
    settled: Mapping[str, Value] = field(default_factory=dict)
    key: SigningKey | None = None
    folder: Path | None = None
    workers: int = 2
    waiting: int = 64
    largest: int = 4096 * MIB
    memory: int = 6144 * MIB
    rate: int = 600
    seconds: float = 600.0
    kept: float = 3600.0
