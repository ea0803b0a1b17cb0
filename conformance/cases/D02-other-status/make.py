"""Two labels with different Label values."""

from __future__ import annotations

from conformance.build import LABEL, PLACES, SUSPECTED, in_each

FILES = in_each(LABEL, SUSPECTED, only=set(PLACES) - {"docx"})
