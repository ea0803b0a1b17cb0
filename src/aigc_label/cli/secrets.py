"""Takes keys and passphrases in: from files and descriptors, never from the command line's words; and gives the signer."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from aigc_label.bilingual import Bilingual
from aigc_label.cli.starting import Invocation
from aigc_label.errors import InvalidKey, WrongUse
from aigc_label.order import Order
from aigc_label.output import opened

if TYPE_CHECKING:
    from aigc_label.security.keys import Signer

MOST: Final = 4096  # bytes of a passphrase
WAYS: Final = Bilingual(
    "Give --passphrase-file FILE or --passphrase-fd N, or set AIGC_LABEL_PASSPHRASE_FILE to the file's path.",
    "请使用 --passphrase-file 文件 或 --passphrase-fd N，或将 AIGC_LABEL_PASSPHRASE_FILE 设为该文件的路径。",
)


def signed(order: Callable[[int], Order], invocation: Invocation) -> Callable[[int], Order]:
    """Give the orders with who signs: the label (--sign), and Content Credentials over all (--with-c2pa).

    The same where neither is named. Raises `WrongUse` where what is ordered cannot be signed, `InvalidKey`, `OSError`.
    """
    if "sign" not in invocation.settings:  # a command that writes no label
        return order
    return _attesting(_signing(order, invocation), invocation)


def _signing(order: Callable[[int], Order], invocation: Invocation) -> Callable[[int], Order]:
    if not invocation.text("sign"):
        return order
    if invocation.text("reserved1") or (invocation.text("propagator") and not invocation.text("producer")):
        raise WrongUse(
            Bilingual(
                "--sign writes ReservedCode1 of a producer's label: not with --reserved1, nor for a propagator alone",
                "--sign 会写入生产者标识的 ReservedCode1：不能与 --reserved1 同用，也不能仅用于传播者",
            ),
            remedy=Bilingual(
                "What a propagator's signature is over is not established: see docs/trust.md.",
                "传播者签名所覆盖的内容尚无定论，参见 docs/zh/trust.md。",
            ),
        )
    signer = signer_of(invocation, Path(invocation.text("sign")))
    return lambda ordinal: replace(order(ordinal), signer=signer)


def _attesting(order: Callable[[int], Order], invocation: Invocation) -> Callable[[int], Order]:
    chain, key = invocation.text("with-c2pa"), invocation.text("c2pa-key")
    if not chain and not key:
        return order
    if not chain or not key:
        raise WrongUse(
            Bilingual(
                "--with-c2pa CERT and --c2pa-key KEY go together", "--with-c2pa 证书 与 --c2pa-key 密钥 须同时使用"
            )
        )
    if invocation.text("status") != "generated":
        raise WrongUse(
            Bilingual(
                "Content Credentials would say that AI made it, which this label does not",
                "内容凭证将声明内容由 AI 生成，与此标识的属性不符",
            )
        )
    from aigc_label.security.credentials import Attester

    with opened(Path(chain)) as file:
        text = file.upto(0, 1 << 20).decode("ascii", "replace")
    attester = Attester(signer_of(invocation, Path(key)), text)
    return lambda ordinal: replace(order(ordinal), attester=attester)


def signer_of(invocation: Invocation, path: Path) -> Signer:
    """Give the private key in a file. Its passphrase is asked only where it has one."""
    from aigc_label.security.keys import read_key

    return read_key(path, lambda: passphrase(invocation))


def passphrase(invocation: Invocation) -> bytes:
    """Give the passphrase from where the user said it is, else from the terminal. Raises `InvalidKey` without either."""
    said = given(invocation)
    if said is not None:
        return said
    if sys.stdin.isatty():
        return _asked(invocation, Bilingual("passphrase: ", "口令："))
    raise InvalidKey(
        Bilingual("the key is encrypted, and no passphrase is given", "密钥已加密，但未提供口令"), remedy=WAYS
    )


def new_passphrase(invocation: Invocation) -> bytes:
    """Give the passphrase for a new key, asked for twice on a terminal. Raises `WrongUse` where there is none."""
    said = given(invocation)
    if said is None and sys.stdin.isatty():
        said = _asked(invocation, Bilingual("passphrase for the key: ", "密钥口令："))
        if said != _asked(invocation, Bilingual("again: ", "再次输入：")):
            raise WrongUse(Bilingual("the two differ", "两次输入不一致"))
    if not said:
        raise WrongUse(
            Bilingual("a new key needs a passphrase", "新密钥需要口令"),
            remedy=Bilingual(f"{WAYS.en} Or --plain, for a key without.", f"{WAYS.zh}或用 --plain 生成不加密的密钥。"),
        )
    return said


def given(invocation: Invocation) -> bytes | None:
    """Give the passphrase in a file or behind a descriptor, without the line's end; None where neither was named."""
    number, path = invocation.text("passphrase-fd"), invocation.text("passphrase-file")
    if number:
        if not number.isdecimal():
            raise WrongUse(Bilingual("--passphrase-fd takes a number", "--passphrase-fd 的值应为数字"))
        return _read(int(number))
    if not path:
        return None
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return _read(descriptor)
    finally:
        os.close(descriptor)


def _read(descriptor: int) -> bytes:
    data = b""
    while len(data) <= MOST and (more := os.read(descriptor, MOST)):
        data += more
    if len(data) > MOST:
        raise InvalidKey(Bilingual("the passphrase is over 4 KiB", "口令超过 4 KiB"))
    return data.rstrip(b"\r\n")


def _asked(invocation: Invocation, prompt: Bilingual) -> bytes:
    from getpass import getpass

    return getpass(invocation.console.say(prompt)).encode()
