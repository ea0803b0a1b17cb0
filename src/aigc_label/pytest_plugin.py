"""Gives tests the fixture `aigc_label`: what they deliver is asserted to be labelled. Loads nothing until it is asked for."""

from __future__ import annotations

from types import ModuleType

import pytest


@pytest.fixture(scope="session")
def aigc_label() -> ModuleType:
    """Give `aigc_label.testing`: `aigc_label.assert_labelled(path)` fails with every finding and its remedy."""
    from importlib import import_module

    return import_module("aigc_label.testing")
