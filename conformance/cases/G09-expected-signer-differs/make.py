"""Another signer than the one that was expected."""

from __future__ import annotations

from conformance.build import PLACES, Files, bound, certificate

FILES: Files = {
    **{f"{name}.jpg": lambda: PLACES["jpg"](bound("jpg")) for name in ("expected", "another", "stranger")},
    "store/acme.pem": certificate("pub"),
    "store/other.pem": certificate("stranger"),
    "others/other.pem": certificate("stranger"),
}
