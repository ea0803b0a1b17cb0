"""A time that the label claims for itself."""

from __future__ import annotations

from typing import Any

from conformance.build import PLACES, Files, bound, bound_data, certificate

TIME = "2027-06-01T00:00:00Z"


def claim(data: dict[str, Any]) -> None:
    for one in data["PubSD"][:2]:
        one["SigningTime"] = TIME


FILES: Files = {
    "none.jpg": lambda: PLACES["jpg"](bound("jpg")),
    "claimed.jpg": lambda: PLACES["jpg"](bound_data(claim)),
    "store/acme.pem": certificate("acme", "middle"),
    "store/roots/root.pem": certificate("root"),
}
