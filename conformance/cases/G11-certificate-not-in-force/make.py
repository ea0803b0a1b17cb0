"""A certificate that is not in force."""

from __future__ import annotations

from conformance.build import PLACES, Files, bound, certificate

NAMES = ("first-second", "last-second", "before", "after", "revoked")
FILES: Files = {
    **{f"{name}.jpg": lambda: PLACES["jpg"](bound("jpg")) for name in NAMES},
    "store/acme.pem": certificate("acme", "middle"),
    "store/roots/root.pem": certificate("root"),
    "store/crl/list.pem": certificate("list"),
    "gone/acme.pem": certificate("gone", "middle"),
    "gone/roots/root.pem": certificate("root"),
    "gone/crl/list.pem": certificate("list"),
}
