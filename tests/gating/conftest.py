"""A checkout with labelled and bare pictures, as a CI system would see it."""

from __future__ import annotations

from pathlib import Path

import pytest

import aigc_label

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def labelled_bytes() -> bytes:
    label = aigc_label.Label.generated(producer="001191110108335469089C10100", produce_id="1")
    return aigc_label.add((ROOT / "fixtures/jpeg/baseline.jpg").read_bytes(), label=label).data or b""


@pytest.fixture
def checkout(tmp_path: Path, labelled_bytes: bytes) -> Path:
    """Give a checkout: `good/` holds a labelled picture, `bad/` one without, `empty/` nothing."""
    for name in ("good", "bad", "empty"):
        (tmp_path / "checkout" / name).mkdir(parents=True)
    (tmp_path / "checkout/good/a b.jpg").write_bytes(labelled_bytes)
    (tmp_path / "checkout/bad/bare.jpg").write_bytes((ROOT / "fixtures/jpeg/baseline.jpg").read_bytes())
    return tmp_path / "checkout"
