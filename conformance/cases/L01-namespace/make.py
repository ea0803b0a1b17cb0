"""Namespaces that only look like the right one."""

from __future__ import annotations

from conformance.build import LABEL, XMP, Files, packet

SPACES = {
    "letter-o": "http://www.tc26O.org.cn/ns/AIGC/1.0/",
    "no-slash": "http://www.tc260.org.cn/ns/AIGC/1.0",
    "https": "https://www.tc260.org.cn/ns/AIGC/1.0/",
    "upper-case": "http://WWW.TC260.ORG.CN/ns/AIGC/1.0/",
    "version": "http://www.tc260.org.cn/ns/AIGC/1.1/",
    "other-host": "http://example.com/aigc#",
    "cyrillic": "http://www.tс260.org.cn/ns/AIGC/1.0/",
}
FILES: Files = {
    f"{name}.{suffix}": lambda space=space, suffix=suffix: XMP[suffix](packet(LABEL, space=space))
    for name, space in SPACES.items()
    for suffix in ("png", "jpg")
}
