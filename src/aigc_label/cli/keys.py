"""Makes, imports, shows and rotates the keys that labels are signed with."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from aigc_label.bilingual import Bilingual, Lang
from aigc_label.cli import secrets
from aigc_label.cli.arguments import Parser
from aigc_label.cli.starting import COMMANDS, DONE, Invocation
from aigc_label.errors import WrongUse
from aigc_label.inert import json_text
from aigc_label.output import put_aside, write_new
from aigc_label.settings import Group

if TYPE_CHECKING:
    from aigc_label.security.algorithms import PublicKey
    from aigc_label.security.keys import PrivateKey

GROUPS: Final = (Group.KEYS, Group.OUTPUT)
ACTIONS: Final = ("new", "import", "show", "rotate")
EXAMPLES: Final = (
    "aigc-label keys new -o KEY.pem",
    "aigc-label keys import OLD.pem -o KEY.pem",
    "aigc-label keys show KEY.pub.pem",
    "aigc-label keys rotate KEY.pem",
)
PRIVATE, PUBLIC = 0o600, 0o644


def parser(lang: Lang) -> Parser:
    made = Parser("keys", lang, COMMANDS["keys"], EXAMPLES, "new|import|show|rotate [FILE]")
    made.positional("action", Bilingual("new, import, show or rotate", "new、import、show 或 rotate"))
    made.positional("file", Bilingual("a key file in PEM", "PEM 格式的密钥文件"), "?")
    made.option(
        "-o",
        "--output",
        shown="OUT",
        help_text=Bilingual(
            "the new key file; its public half goes beside it, NAME.pub.pem", "新密钥文件；公钥写入同处的 名称.pub.pem"
        ),
    )
    made.option(
        "--kind",
        shown="sm2|p256|ed25519",
        help_text=Bilingual("what kind of key (default: sm2)", "密钥类型（默认 sm2）"),
    )
    made.option("--plain", help_text=Bilingual("write the key without a passphrase", "不加密地写入密钥"))
    made.settings(GROUPS)
    return made


def run(invocation: Invocation) -> int:
    arguments = invocation.arguments
    work = {"new": _new, "import": _import, "show": _show, "rotate": _rotate}.get(arguments.action)
    if work is None or bool(arguments.file) != (arguments.action != "new"):
        raise WrongUse(
            Bilingual(f"keys takes one of {', '.join(ACTIONS)}, all but new with a file", "keys 用法有误"),
            remedy=Bilingual(
                "For instance: aigc-label keys new -o KEY.pem",
                "例如：aigc-label keys new -o KEY.pem；除 new 外须指定文件",
            ),
        )
    work(invocation)
    return DONE


def _new(invocation: Invocation) -> None:
    from aigc_label.security.keys import MAKEABLE, new_key

    kind = invocation.arguments.kind or "sm2"
    if kind not in MAKEABLE:
        raise WrongUse(Bilingual(f"--kind is one of {', '.join(MAKEABLE)}", f"--kind 的值应为：{'、'.join(MAKEABLE)}"))
    _keep(invocation, new_key(MAKEABLE[kind]), _target(invocation))


def _import(invocation: Invocation) -> None:
    from aigc_label.security.keys import read_key

    key = read_key(Path(invocation.arguments.file), lambda: secrets.passphrase(invocation))
    _keep(invocation, key, _target(invocation))


def _rotate(invocation: Invocation) -> None:
    """Put a new key of the same kind where the old one was; the old one stays beside it under its fingerprint's name."""
    from aigc_label.security.keys import new_key, read_key

    path = Path(invocation.arguments.file)
    old = read_key(path, lambda: secrets.passphrase(invocation))
    key = new_key(old.public.algorithm)
    text = _written(invocation, key)
    mark = old.public.fingerprint.removeprefix("sha256:")[:8]
    put_aside(path, path.with_name(f"{path.stem}.{mark}{path.suffix}"), text.encode(), PRIVATE)
    public = _public_name(path)
    if public.exists():
        put_aside(public, public.with_name(f"{path.stem}.{mark}.pub.pem"), _public_text(key.public).encode(), PUBLIC)
    else:
        write_new(public, _public_text(key.public).encode(), PUBLIC)
    _tell(invocation, key.public)


def _show(invocation: Invocation) -> None:
    from aigc_label.security.trust import public_in

    _tell(invocation, public_in(Path(invocation.arguments.file), lambda: secrets.passphrase(invocation)))


def _target(invocation: Invocation) -> Path:
    if not invocation.arguments.output:
        raise WrongUse(Bilingual("say where the key goes: -o KEY.pem", "请用 -o KEY.pem 指定密钥文件"))
    return Path(invocation.arguments.output)


def _keep(invocation: Invocation, key: PrivateKey, path: Path) -> None:
    text = _written(invocation, key)
    write_new(path, text.encode(), PRIVATE)
    write_new(_public_name(path), _public_text(key.public).encode(), PUBLIC)
    _tell(invocation, key.public)


def _written(invocation: Invocation, key: PrivateKey) -> str:
    return key.to_pem(b"" if invocation.arguments.plain else secrets.new_passphrase(invocation))


def _public_name(path: Path) -> Path:
    return path.with_name(f"{path.stem}.pub.pem")


def _public_text(key: PublicKey) -> str:
    from aigc_label.security.keys import public_pem

    return public_pem(key)


def _tell(invocation: Invocation, key: PublicKey) -> None:
    """Print what may be known of a key: never more than its public half."""
    from aigc_label.security.algorithms import NAMES

    values: dict[str, Any] = {"algorithm": NAMES[key.algorithm], "fingerprint": key.fingerprint}
    if invocation.text("format") == "text":
        invocation.console.out(f"{values['algorithm']}  {values['fingerprint']}")
        if invocation.arguments.action == "show":
            invocation.console.out(_public_text(key).rstrip())
    else:
        invocation.console.out(json_text({**values, "public": _public_text(key)}))
