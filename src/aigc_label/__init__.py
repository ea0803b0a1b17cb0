"""Labels AI-generated content as GB 45438-2025 and the Measures require, and proves that it did.

>>> import aigc_label
>>> label = aigc_label.Label.generated(producer="001191110108335469089C10100", produce_id="task-1")
>>> aigc_label.add("in.png", "out.png", label=label)  # doctest: +SKIP
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from aigc_label.api import add, carry_out, embed, mark, read, verify
    from aigc_label.comparing import compare
    from aigc_label.errors import AigcLabelError
    from aigc_label.label import Label, Propagator, Status
    from aigc_label.marking import Mark, Place
    from aigc_label.order import Order, Outcome
    from aigc_label.policy import Policy
    from aigc_label.propagating import propagate
    from aigc_label.recognition import Declaration, Gate, Recognition
    from aigc_label.report import Report, Scope, Verdict
    from aigc_label.transplanting import transplant

__version__ = "0.1.0"
_HOMES = {
    "api": ("add", "carry_out", "embed", "mark", "read", "verify"),
    "comparing": ("compare",),
    "errors": ("AigcLabelError",),
    "label": ("Label", "Propagator", "Status"),
    "marking": ("Mark", "Place"),
    "order": ("Order", "Outcome"),
    "policy": ("Policy",),
    "propagating": ("propagate",),
    "recognition": ("Declaration", "Gate", "Recognition"),
    "report": ("Report", "Scope", "Verdict"),
    "transplanting": ("transplant",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}
__all__ = [  # noqa: RUF022  in the order in which a reader meets them
    "Label",
    "Status",
    "Mark",
    "Place",
    "add",
    "embed",
    "mark",
    "verify",
    "read",
    "propagate",
    "Propagator",
    "compare",
    "transplant",
    "carry_out",
    "Order",
    "Outcome",
    "Policy",
    "Report",
    "Scope",
    "Verdict",
    "Gate",
    "Declaration",
    "Recognition",
    "AigcLabelError",
]


def __getattr__(name: str) -> Any:
    """Import a public name from its home on first use: `import aigc_label` alone costs next to nothing."""
    if name not in _HOME_OF:
        raise AttributeError(f"module 'aigc_label' has no attribute {name!r}")
    return getattr(import_module(f"aigc_label.{_HOME_OF[name]}"), name)
