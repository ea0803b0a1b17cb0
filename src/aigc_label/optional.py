"""Imports optional packages on first use."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from aigc_label.bilingual import Bilingual
from aigc_label.errors import MissingTool


def package(module: str, extra: str, needed: Bilingual) -> Any:
    """Give a module of an optional package. Raises `MissingTool`, which says what it is needed for and names our extra."""
    try:
        return import_module(module)
    except ImportError as problem:
        install = f"pip install 'aigc-label[{extra}]'"
        raise MissingTool(needed, remedy=Bilingual(install, install)) from problem
