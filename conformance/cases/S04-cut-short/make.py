"""A label that was cut short."""

from __future__ import annotations

from conformance.build import LABEL, in_each

FILES = in_each(LABEL[:90])
