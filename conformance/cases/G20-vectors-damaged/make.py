"""A signature or key with wrong bytes."""

from __future__ import annotations

from conformance.build import Files, markdown, stepfun

SIGNATURE = "AE6B84B3342128AE301A597596FCD9EECF3EA0FC2DB6C250BAF234E167298E90"
ORDER = "FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123"


def changed(old: str, new: str) -> bytes:
    lines = stepfun(0)
    assert any(old in line for line in lines)
    return markdown(*(line.replace(old, new) for line in lines))


FILES: Files = {
    "first-bit.md": lambda: changed("022100AE6B", "022100AF6B"),
    "last-bit.md": lambda: changed("E926C14", "E926C15"),
    "r-zero.md": lambda: changed(SIGNATURE, "0" * 64),
    "r-order.md": lambda: changed(SIGNATURE, ORDER),
    "point-off-the-curve.md": lambda: changed("45728F08C", "45728F08D"),
    "not-hexadecimal.md": lambda: changed("3046022100AE", "ZZ46022100AE"),
    "no-signature.md": lambda: changed('"Signature":"3046022100AE', '"Signatura":"3046022100AE'),
    "der-negative.md": lambda: changed("022100AE6B", "0220AE6B"),
}
