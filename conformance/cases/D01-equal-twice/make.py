"""The same label stands twice."""

from __future__ import annotations

from conformance.build import LABEL, PLACES, in_each

FILES = in_each(LABEL, LABEL, only=set(PLACES) - {"docx"})
