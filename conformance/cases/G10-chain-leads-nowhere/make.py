"""Certificates that lead to no root of the store."""

from __future__ import annotations

from conformance.build import PLACES, Files, bound, certificate

CHAINS = {
    "whole": (("acme", "middle"), "root"),
    "unknown-root": (("acme", "middle"), "stranger"),
    "gap": (("acme",), "root"),
    "other-use": (("served", "middle"), "root"),
    "too-long": (("deep", "second", "middle"), "root"),
}
FILES: Files = {
    **{f"{name}.jpg": lambda: PLACES["jpg"](bound("jpg")) for name in CHAINS},
    **{f"{name}/acme.pem": certificate(*chain) for name, (chain, _) in CHAINS.items()},
    **{f"{name}/roots/root.pem": certificate(root) for name, (_, root) in CHAINS.items()},
}
