"""Reads a trust store, a folder of keys, certificates and revocation lists, and says how a signer stands to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from aigc_label.bilingual import NOTHING, Bilingual
from aigc_label.errors import InvalidKey
from aigc_label.evidence import Proof, Seal, Trust
from aigc_label.output import opened
from aigc_label.security import pkcs8
from aigc_label.security.algorithms import PublicKey, Unknown, key_of
from aigc_label.security.chains import Certificate, Standing, certificate_of, followed, revocations_of
from aigc_label.security.keys import key_in

ROOTS: Final = "roots"
LISTS: Final = "crl"
MOST: Final = 1 << 20  # bytes of one file of a store
FILES: Final = 10_000
CERTIFICATE, KEY, LIST = "CERTIFICATE", "PUBLIC KEY", "X509 CRL"


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One signer of the store: its name (the file's, without the suffix), its key, its certificates if it has any."""

    name: str
    key: PublicKey
    chain: tuple[Certificate, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """Whom somebody trusts, and as of when. `expected` are names or fingerprints, one of which the signer has to have.

    `now` has a time zone and `clock` says where it comes from; the verdict repeats both.
    """

    members: tuple[Member, ...]
    now: datetime
    clock: Bilingual
    roots: tuple[Certificate, ...] = ()
    lists: tuple[Any, ...] = ()
    expected: tuple[str, ...] = ()


def read_store(folder: Path, now: datetime, clock: Bilingual, expected: tuple[str, ...] = ()) -> Store:
    """Give the store in a folder: NAME.pem (a public key; or a certificate, with those between it and its root behind it),
    `roots/*.pem`, `crl/*.pem`.

    Raises `InvalidKey` for a file that holds none of it and for a store without members: nothing is passed over. `OSError`.
    """
    members = tuple(_member(path) for path in _files(folder))
    if not members:
        raise InvalidKey(
            Bilingual("the trust store holds no key", "信任库中没有密钥"),
            remedy=Bilingual("Put NAME.pem into it; see docs/trust.md.", "请放入 NAME.pem，参见 docs/trust.md。"),
            where=str(folder),
        )
    return Store(
        members=members,
        now=now,
        clock=clock,
        roots=tuple(certificate_of(data) for _, data in _all(folder / ROOTS, (CERTIFICATE,))),
        lists=tuple(revocations_of(data) for _, data in _all(folder / LISTS, (LIST,))),
        expected=expected,
    )


def _files(folder: Path) -> list[Path]:
    found = sorted(path for path in folder.iterdir() if path.suffix in (".pem", ".crt", ".cer", ".crl"))
    if len(found) > FILES:
        raise InvalidKey(Bilingual("the trust store is too large", "信任库过大"), where=str(folder))
    return found


def _all(folder: Path, kinds: tuple[str, ...]) -> list[tuple[str, bytes]]:
    return [block for path in _files(folder) for block in _blocks(path, kinds)] if folder.is_dir() else []


def _blocks(path: Path, kinds: tuple[str, ...]) -> list[tuple[str, bytes]]:
    """Give a file's blocks of these kinds; of a file that is no PEM, its bytes as the first of them (DER)."""
    with opened(path) as file:
        data = file.upto(0, MOST)
    found = pkcs8.blocks(data.decode("ascii", "replace")) if b"-----BEGIN" in data else [(kinds[0], data)]
    if not found or any(name not in kinds for name, _ in found):
        raise InvalidKey(
            Bilingual(f"the file should hold: {', '.join(kinds)}", f"文件应包含：{', '.join(kinds)}"), where=str(path)
        )
    return found


def _name(path: Path) -> str:
    """NAME.pem, and NAME.pub.pem as `keys new` writes it, are of NAME."""
    return path.stem.removesuffix(".pub")


def _member(path: Path) -> Member:
    try:
        kind, data = (found := _blocks(path, (CERTIFICATE, KEY)))[0]
        if kind == KEY:
            return Member(name=_name(path), key=key_of(data))
        chain = tuple(certificate_of(each) for _, each in found)
        return Member(name=_name(path), key=key_of(chain[0].spki), chain=chain)
    except (Unknown, ValueError) as problem:
        said = Bilingual(f"the key cannot be used: {problem}", f"无法使用该密钥：{problem}")
        raise InvalidKey(said, where=str(path)) from problem


def public_in(path: Path, passphrase: Callable[[], bytes]) -> PublicKey:
    """Give the public key that a PEM file holds, as such, in a certificate or with its private half.

    Raises `InvalidKey`, `OSError`.
    """
    with opened(path) as file:
        text = file.upto(0, MOST).decode("ascii", "replace")
    if any(name in (KEY, CERTIFICATE) for name, _ in pkcs8.blocks(text)):
        return _member(path).key
    return key_in(text, passphrase).public


def judged(seal: Seal, store: Store) -> Seal:
    """Give the seal with how its signer stands; one that is not valid stays as it is."""
    if seal.label is not Proof.VALID:
        return seal
    found = [member for member in store.members if member.key.fingerprint == seal.key]
    if not found:
        return replace(seal, trust=Trust.STRANGER, detail=Bilingual(seal.key, seal.key))
    wanted = [member for member in found if _is_expected(member, store.expected)]
    member = (wanted or found)[0]
    standing = _standing(member, store)
    if standing.trust is Trust.KNOWN and store.expected:
        standing = replace(standing, trust=Trust.EXPECTED if wanted else Trust.OTHER)
    return replace(seal, trust=standing.trust, signer=member.name, detail=_detail(member, standing, store))


def _is_expected(member: Member, expected: tuple[str, ...]) -> bool:
    return member.name in expected or member.key.fingerprint in expected


def _standing(member: Member, store: Store) -> Standing:
    if not member.chain:
        return Standing(trust=Trust.KNOWN)
    return followed(member.chain, store.roots, store.lists, store.now)


def _detail(member: Member, standing: Standing, store: Store) -> Bilingual:
    """Name the signer; and the time, where a certificate was judged by one."""
    parts = [Bilingual(member.name, member.name), standing.detail]
    if member.chain:
        at = f"{store.now.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
        parts.append(Bilingual(f"as of {at}, {store.clock.en}", f"以 {at} 为准，{store.clock.zh}"))
    said = [part for part in parts if part is not NOTHING]
    return Bilingual("; ".join(part.en for part in said), "；".join(part.zh for part in said))
