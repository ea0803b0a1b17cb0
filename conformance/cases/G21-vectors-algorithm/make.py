"""The algorithm that the file names is exchanged."""

from __future__ import annotations

from conformance.build import Files, markdown, stepfun


def named(algorithm: str) -> bytes:
    return markdown(*(line.replace("1.2.156.10197.1.501", algorithm) for line in stepfun(0)))


FILES: Files = {
    "ecdsa.md": lambda: named("1.2.840.10045.4.3.2"),
    "rsa.md": lambda: named("1.2.840.113549.1.1.11"),
    "none.md": lambda: named("none"),
    "empty.md": lambda: named(""),
    "address.md": lambda: named("http://127.0.0.1:9/key"),
}
