"""A label in markup that browsers do not take as the page's metadata."""

from __future__ import annotations

from conformance.build import LABEL, Files, escaped

META = f"<meta name='AIGC' content='{LABEL}'>"


def page(head: str = "", body: str = "") -> bytes:
    return f"<!DOCTYPE html><html><head><title>x</title>{head}</head><body><p>x</p>{body}</body></html>".encode()


FILES: Files = {
    "comment.html": lambda: page(f"<!-- {META} -->"),
    "template.html": lambda: page(body=f"<template>{META}</template>"),
    "frame.html": lambda: page(body=f'<iframe hidden srcdoc="{escaped(META)}"></iframe>'),
    "script.html": lambda: page(f"<script>var aigc = {LABEL};</script>"),
    "attribute.html": lambda: page(body=f"<div data-aigc='{LABEL}'>x</div>"),
    "conditional.html": lambda: page(f"<!--[if IE]>{META}<![endif]-->"),
}
