"""Asserts in a pipeline's own tests that what it delivers is labelled."""

from __future__ import annotations

from aigc_label.api import verify
from aigc_label.bilingual import Lang
from aigc_label.errors import AigcLabelError
from aigc_label.placing import Content
from aigc_label.policy import DEFAULT_POLICY, Policy
from aigc_label.report import VERDICT_NAMES, Report, Severity, Verdict
from aigc_label.telling.account import account_of


def assert_labelled(content: Content, policy: Policy = DEFAULT_POLICY, *, lang: Lang = Lang.EN) -> Report:
    """Give the report on a path, bytes, file object or Pillow image that complies.

    Raises `AssertionError` with every finding and its remedy where it does not, and where it could not be looked at:
    not being able to look is never a pass.
    """
    __tracebackhide__ = True  # pytest then shows the line that asked
    try:
        judged: Report | AigcLabelError | OSError = verify(content, policy)
    except (AigcLabelError, OSError) as problem:
        judged = problem
    if isinstance(judged, Report) and judged.verdict is Verdict.COMPLIANT:
        return judged
    account = account_of(judged.path if isinstance(judged, Report) else "", judged)
    named = f" {account.path}" if account.path else ""
    told = [
        f"  {point.code} {point.said(lang)}\n    → {point.remedy.said(lang)}"
        for point in account.points
        if point.severity is not Severity.ADVICE
    ]
    cause = None if isinstance(judged, Report) else judged
    raise AssertionError("\n".join([f"{VERDICT_NAMES[account.verdict].said(lang)}{named}", *told])) from cause
