"""Signs small labels for tests: keys made once, files signed in memory, trust stores on disk."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from aigc_label import api
from aigc_label.label import Label
from aigc_label.order import Order
from aigc_label.security import envelope
from aigc_label.security.algorithms import Algorithm
from aigc_label.security.keys import PrivateKey, new_key, public_pem

FIXTURES = Path(__file__).parents[1] / "fixtures"
JPEG = FIXTURES / "jpeg/baseline.jpg"
LABEL = Label.generated(producer="001191110108335469089C10100", produce_id="signed-1")


@cache
def key(algorithm: Algorithm = Algorithm.SM2, name: str = "acme") -> PrivateKey:
    """Give the key of somebody, the same for a whole run."""
    return new_key(algorithm)


def signed(content: Path | bytes = JPEG, signer: PrivateKey | None = None, label: Label = LABEL) -> bytes:
    """Give the file labelled and signed, not marked."""
    data = api.carry_out(
        content if isinstance(content, bytes) else content.read_bytes(), None, order(signer, label)
    ).data
    assert data is not None
    return data


def order(signer: PrivateKey | None = None, label: Label = LABEL) -> Order:
    return Order(label=label, signer=signer or key())


def store(folder: Path, name: str = "acme", signer: PrivateKey | None = None) -> Path:
    """Make a trust store that holds one key."""
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.pem").write_text(public_pem((signer or key()).public))
    return folder


def data_of(signer: PrivateKey, label: Label = LABEL) -> dict[str, Any]:
    """Give security data that sign the label and bind it to nothing."""
    public = signer.public
    signature = signer.sign(envelope.label_message(label.to_fields())).hex()
    parts = [
        {"Type": "DS", "AlgID": str(public.algorithm), "TBSData": {"Type": "Md"}, "Signature": signature},
        {"Type": "PubKey", "AlgID": str(public.algorithm), "KeyValue": public.spki.hex()},
    ]
    return {"SecurityData": {"Type": "TC260PG", "Version": 1, "PubSD": parts}}
