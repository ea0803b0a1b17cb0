"""Reads and writes the security data in a ReservedCode field (TC260-PG-202511A, second-hand: see docs/standard.md).

Written is the guide's form alone; read are the spellings of the wild as well, and each difference is named.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from aigc_label.label import SPELLING

TYPE: Final = "TC260PG"
VERSION: Final = 1
METHOD: Final = "aigc-label/payload/1"  # our way to choose and hash content; the guide's own is not known to us
MOST: Final = 64 * 1024
ED25519: Final = "1.3.101.112"  # whose signatures are 64 bytes and no DER
SIGNATURES: Final = 8  # of one field; each costs a millisecond to judge


class Covers(StrEnum):
    """What a signature is over (`TBSData.Type`)."""

    LABEL = "Md"
    BINDING = "Bnd"
    OTHER = "other"


SPOKEN: Final = {
    "Md": Covers.LABEL,
    "LabelMataData": Covers.LABEL,  # sic: MiniMax, StepFun
    "LabelMetaData": Covers.LABEL,
    "Bnd": Covers.BINDING,
    "Binding": Covers.BINDING,  # MiniMax
}
PUBLIC: Final = ("PubSD", "PubSd")  # Honor spells the second


class Oddity(StrEnum):
    """Where a field differs from the guide's form."""

    UNWRAPPED = "unwrapped"  # no SecurityData around it (Tencent)
    PUBLIC_NAME = "public-name"  # PubSd (Honor)
    TYPE_SPACE = "type-space"  # " TC260PG" (Tencent)
    TBS_TYPE = "tbs-type"  # LabelMataData, Binding
    VERSION_TEXT = "version-text"  # "1" for 1
    RAW_SIGNATURE = "raw-signature"  # r ‖ s instead of DER (MiniMax)
    KEY_POINT = "key-point"  # a bare point instead of SubjectPublicKeyInfo (MiniMax)
    BARE_SIGNATURE = "bare-signature"  # DER hex is the whole field (MiniMax Agent)


class Broken(Exception):
    """Security data that contradict themselves or are cut off: nobody may guess what was meant."""


class Foreign(Exception):
    """A field that is not security data of this kind, or of a version that nobody here knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """One signature: what it is over, its algorithm as named, its bytes, and which key belongs to it."""

    covers: Covers
    algorithm: str
    value: bytes
    key_id: str = "0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """The publicly verifiable part of a field. `keys` is (KeyID, AlgID, value); `bindings` are kept as they stand."""

    signatures: tuple[Signature, ...]
    keys: tuple[tuple[str, str, bytes], ...]
    bindings: tuple[Mapping[str, Any], ...] = ()
    oddities: tuple[Oddity, ...] = ()


def label_message(fields: Mapping[str, str]) -> bytes:
    """Give the text that a producer signs (appendix A.1) of a label's fields: three in their order, no braces, no spaces.

    Values are spelt as in JSON, so that no two labels give the same text.
    """
    keys = (SPELLING[name] for name in ("status", "producer", "produce_id"))
    return ",".join(f'"{key}":{_text(fields.get(key, ""))}' for key in keys).encode("utf-8", "surrogatepass")


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)


def binding_message(entry: Mapping[str, Any]) -> bytes:
    """Give the text that is signed of a binding: its compact JSON, keys as they stand (as MiniMax signs its own)."""
    return json.dumps(entry, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def binding_entry(algorithm: str, value: bytes) -> dict[str, Any]:
    """Give the entry of `Bindings` that carries a digest made by our method."""
    return {"Type": "Hash", "AlgID": algorithm, "CntSel": METHOD, "Value": value.hex()}


def written(algorithm: str, spki: bytes, label: bytes, bound: tuple[Mapping[str, Any], bytes]) -> str:
    """Give the guide's text: the label's signature, the binding's, the key, and the binding itself."""
    entry, signature = bound

    def signed(covers: Covers, value: bytes) -> dict[str, Any]:
        return {"Type": "DS", "AlgID": algorithm, "TBSData": {"Type": str(covers)}, "Signature": value.hex().upper()}

    key = {"Type": "PubKey", "AlgID": algorithm, "KeyValue": spki.hex().upper()}
    public = [signed(Covers.LABEL, label), signed(Covers.BINDING, signature), key]
    data = {"Type": TYPE, "Version": VERSION, "PubSD": public, "Bindings": [entry]}
    return json.dumps({"SecurityData": data}, ensure_ascii=False, separators=(",", ":"))


def parsed(text: str) -> Envelope:
    """Give what a field holds.

    Raises `Foreign` where it is no security data that we know, `Broken` where it is, and cannot be trusted to mean one
    thing. Never another error, whatever the text.
    """
    if len(text) > MOST:
        raise Foreign("too long")
    if (bare := _bare(text)) is not None:
        return bare
    oddities: list[Oddity] = []
    data = _data(_loaded(text), oddities)
    _check_kind(data, oddities)
    signatures: list[Signature] = []
    keys: list[tuple[str, str, bytes]] = []
    for part in _parts(data, oddities):
        if part.get("Type") == "DS":
            signatures.append(_signature(part, oddities))
        elif part.get("Type") == "PubKey":
            keys.append((_key_id(part), _said(part, "AlgID"), _hex(part, "KeyValue")))
    if len(signatures) > SIGNATURES or len(keys) > SIGNATURES:
        raise Foreign("too many signatures")
    bindings = _bindings(data)
    if oddities and any(entry.get("CntSel") == METHOD for entry in bindings):
        raise Broken("a binding by our method, in a spelling that is not the guide's")
    return Envelope(
        signatures=tuple(signatures),
        keys=tuple(keys),
        bindings=tuple(bindings),
        oddities=tuple(dict.fromkeys(oddities)),
    )


def _bare(text: str) -> Envelope | None:
    """A signature alone, as hex: what it is over and whose it is nobody says."""
    if not 136 <= len(text) <= 160 or not text.startswith("30"):
        return None
    try:
        value = bytes.fromhex(text)
    except ValueError:
        return None
    signature = Signature(covers=Covers.OTHER, algorithm="", value=value)
    return Envelope(signatures=(signature,), keys=(), oddities=(Oddity.BARE_SIGNATURE,))


def _loaded(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text, object_pairs_hook=_pairs, parse_constant=_refused, parse_float=_refused)
    except (ValueError, RecursionError) as problem:
        if TYPE in text:
            raise Broken("not JSON") from problem
        raise Foreign("not JSON") from problem
    if not isinstance(value, dict):
        raise Foreign("not an object")
    return value


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Broken("a key stands twice")
    return found


def _refused(spelling: str) -> Any:
    raise ValueError(spelling)


def _data(value: dict[str, Any], oddities: list[Oddity]) -> dict[str, Any]:
    if "SecurityData" not in value:
        oddities.append(Oddity.UNWRAPPED)
        return value
    inner = value["SecurityData"]
    if not isinstance(inner, dict):
        raise Broken("SecurityData is not an object")
    return inner


def _check_kind(data: Mapping[str, Any], oddities: list[Oddity]) -> None:
    kind, version = data.get("Type"), data.get("Version")
    if not isinstance(kind, str) or kind.strip() != TYPE:
        raise Foreign("another type")
    if kind != TYPE:
        oddities.append(Oddity.TYPE_SPACE)
    if version == str(VERSION):
        oddities.append(Oddity.VERSION_TEXT)
    elif version is True or version != VERSION:
        raise Foreign("another version")


def _parts(data: Mapping[str, Any], oddities: list[Oddity]) -> Iterator[Mapping[str, Any]]:
    spelt = [name for name in PUBLIC if name in data]
    if not spelt:
        return
    if len(spelt) > 1:
        raise Broken("PubSD stands twice")
    if spelt[0] != PUBLIC[0]:
        oddities.append(Oddity.PUBLIC_NAME)
    public = data[spelt[0]]
    for part in public if isinstance(public, list) else [public]:
        if not isinstance(part, dict):
            raise Broken("a part of PubSD is not an object")
        yield part


def _signature(part: Mapping[str, Any], oddities: list[Oddity]) -> Signature:
    about = part.get("TBSData")
    spoken = about.get("Type") if isinstance(about, dict) else None
    covers = SPOKEN.get(spoken, Covers.OTHER) if isinstance(spoken, str) else Covers.OTHER
    if covers is not Covers.OTHER and spoken != str(covers):
        oddities.append(Oddity.TBS_TYPE)
    value = _hex(part, "Signature")
    if len(value) == 64 and part.get("AlgID") != ED25519:
        oddities.append(Oddity.RAW_SIGNATURE)
    return Signature(covers=covers, algorithm=_said(part, "AlgID"), value=value, key_id=_key_id(part))


def _key_id(part: Mapping[str, Any]) -> str:
    return str(part.get("KeyID", 0))


def _said(part: Mapping[str, Any], name: str) -> str:
    value = part.get(name, "")
    return value if isinstance(value, str) else ""


def _hex(part: Mapping[str, Any], name: str) -> bytes:
    """Hex in capitals or in small letters, not in both: one value, one spelling."""
    said = _said(part, name)
    try:
        if said not in (said.upper(), said.lower()):
            raise ValueError(said)
        return bytes.fromhex(said)
    except ValueError as problem:
        raise Broken(f"{name} is not hex") from problem


def _bindings(data: Mapping[str, Any]) -> list[dict[str, Any]]:
    found = data.get("Bindings")
    entries = found if isinstance(found, list) else [] if found is None else [found]
    if not all(isinstance(entry, dict) for entry in entries):
        raise Broken("a binding is not an object")
    return entries
