"""Prints every setting with where it came from, for --show-settings."""

from __future__ import annotations

from aigc_label.choosing import Settings
from aigc_label.cli.console import Console, Style, padded
from aigc_label.inert import json_text


def settings_text(settings: Settings, console: Console) -> str:
    """Give every setting, its value and where it came from."""
    if settings["format"].value != "text":
        rows = {name: {"value": c.value, "source": console.say(c.source)} for name, c in settings.items()}
        return json_text(rows)
    paint = console.out_paint
    lines = []
    for name, chosen in settings.items():
        value = "-" if chosen.value in (None, "", ()) else str(chosen.value)
        if isinstance(chosen.value, tuple) and chosen.value:
            value = ", ".join(chosen.value)
        lines.append(f"{padded(name, 18)}{paint(padded(value, 24))}{paint(console.say(chosen.source), Style.FAINT)}")
    return "\n".join(lines)
