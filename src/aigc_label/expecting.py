"""Turns settings into the policy by which each file is judged."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from aigc_label.bilingual import Bilingual
from aigc_label.choosing import Settings
from aigc_label.errors import WrongUse
from aigc_label.evidence import Reach, Use
from aigc_label.policy import Policy, Strictness
from aigc_label.policy_file import policy_in
from aigc_label.recognition import Declaration, Gate
from aigc_label.report import PolicyUsed, Scope, Waiver

if TYPE_CHECKING:
    from aigc_label.fingerprints import Registry
    from aigc_label.security.trust import Store


def policy_of(settings: Settings) -> Policy:
    """Give what is asked of every file: the policy file and the settings, the stricter of the two in everything.

    Raises `InvalidMark` for a floor below the standard's, `InvalidKey`, `OSError`, `WrongUse` where the two
    exclude each other.
    """
    waiver = _waiver(settings) if settings.value("waive-mark") else None
    asked = Policy(
        scope=Scope(settings.text("only") or Scope.BOTH),
        strictness=Strictness.STRICT if settings.value("strict") else Strictness.STANDARD,
        producers=settings.texts("expect-producer"),
        formats=settings.texts("expect-format"),
        min_height_share=settings.number("min-height-share"),
        voices=tuple(_voice(given) for given in settings.texts("expect-voice")),
        reach=Reach(settings.text("listen")),
        gate=Gate(settings.text("gate")),
        declared=Declaration(settings.text("declared")) if settings.text("declared") else None,
        trust=_store(settings),
        registry=_registry(settings),
        use=Use(settings.text("as")),
        used=PolicyUsed(waiver=waiver) if waiver is not None else None,
    )
    return policy_in(settings.text("policy")).with_settings(asked) if settings.text("policy") else asked


def _waiver(settings: Settings) -> Waiver:
    """The reason and the recipient are settings of the ledger, which records both; other commands have none to give."""
    reason, recipient = (settings.text(name) if name in settings else "" for name in ("reason", "recipient"))
    return Waiver(reason=reason, recipient=recipient)


def _voice(given: str) -> tuple[Path, str]:
    words, _, path = given.partition("=")
    if not words or not path:
        raise WrongUse(
            Bilingual(
                f"--expect-voice takes WORDS=FILE, not {given!r}", f"--expect-voice 的形式为 文字=文件，而非 {given!r}"
            )
        )
    return Path(path), words


def _registry(settings: Settings) -> Registry | None:
    if not settings.text("registry"):
        return None
    from aigc_label.fingerprints import registry_in

    return registry_in(settings.text("registry"))


def _store(settings: Settings) -> Store | None:
    """Give whom the caller trusts, None where nothing was said. Raises `WrongUse`, `InvalidKey`, `OSError`."""
    folder, expected, said = settings.text("trust"), settings.texts("expect-signer"), settings.text("at")
    if not folder:
        if expected or said:
            raise WrongUse(
                Bilingual(
                    "--expect-signer and --at need --trust DIR", "--expect-signer 与 --at 须与 --trust 目录 同用"
                ),
                remedy=Bilingual("docs/trust.md says how to fill it.", "信任库的用法见 docs/trust.md。"),
            )
        return None
    from datetime import UTC, datetime

    from aigc_label.security.trust import read_store

    try:
        now = datetime.fromisoformat(said) if said else datetime.now(UTC)
    except ValueError as problem:
        raise WrongUse(Bilingual(f"--at {said!r} is no time", f"--at {said!r} 不是时间")) from problem
    clock = Bilingual("as --at says", "由 --at 指定") if said else Bilingual("by this machine's clock", "据本机时钟")
    return read_store(Path(folder), now if now.tzinfo else now.replace(tzinfo=UTC), clock, expected)
