"""As StepFun writes it."""

from __future__ import annotations

from conformance.build import Files, markdown, stepfun

FILES: Files = {
    "first.md": lambda: markdown(*stepfun(0)),
    "second.md": lambda: markdown(*stepfun(1)),
}
