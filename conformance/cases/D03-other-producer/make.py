"""Two labels of different producers."""

from __future__ import annotations

from conformance.build import LABEL, OTHER, PLACES, in_each

FILES = in_each(OTHER, LABEL, only=set(PLACES) - {"docx"})
