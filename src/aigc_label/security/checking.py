"""Judges the security data of one reserved field: which signatures are right, and whether the content is the signed one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from aigc_label.bilingual import NOTHING, Bilingual
from aigc_label.errors import MissingTool
from aigc_label.evidence import Proof, Seal
from aigc_label.label import SPELLING
from aigc_label.security import binding, envelope
from aigc_label.security.algorithms import NAMES, Algorithm, PublicKey, Unknown, Variant, key_of, verified
from aigc_label.security.envelope import Broken, Covers, Envelope, Foreign, Oddity, Signature
from aigc_label.security.hashes import Digest
from aigc_label.source import Source
from aigc_label.splice import Keep

PRODUCER: Final = SPELLING["reserved1"]
PROPAGATOR: Final = SPELLING["reserved2"]
FOREIGN: Final = Bilingual("not security data that are known here", "不是已知的安全防护数据")
NO_MESSAGE: Final = Bilingual(
    "what a propagator's signature is over is not established", "传播者签名所覆盖的内容尚无定论"
)
NO_KEY: Final = Bilingual("the key to it is not in the file", "文件中没有对应的公钥")
MISMATCH: Final = Bilingual("the algorithm named is not the key's", "所写算法与密钥不符")
OTHER_METHOD: Final = Bilingual("how its content was chosen and hashed is not known", "其内容的选取与杂凑方法未知")
OTHER_CONTENT: Final = Bilingual("the content's digest is another", "内容的杂凑值不符")
TWO_RESULTS: Final = Bilingual("one signature is right and another is wrong", "一个签名有效而另一个无效")


class Content(NamedTuple):
    """What a label is bound to: the file, its format's name, the ranges that are its media."""

    source: Source
    media: str
    ranges: tuple[Keep, ...]


class _Result(NamedTuple):
    proof: Proof
    detail: Bilingual = NOTHING
    variant: str = ""
    key: PublicKey | None = None


ABSENT: Final = _Result(Proof.ABSENT)
CURVES: Final = ("1.2.156.10197.1.301",)  # OSCCA's register: the curve, which may name an SM2 key as well
# the worst of several results counts: one good signature does not heal a bad one
ORDER: Final = (Proof.INVALID, Proof.BLIND, Proof.UNSUPPORTED, Proof.VALID)


def checked(field: str, fields: Mapping[str, str], content: Content) -> Seal:
    """Give what a reserved field of a label proves of the label and the content. Never raises for what it holds.

    `fields` are the label's, under their Annex E names.
    """
    try:
        found = envelope.parsed(fields[field])
    except Foreign:
        return Seal(field=field, offset=0, label=Proof.UNSUPPORTED, detail=FOREIGN)
    except Broken as problem:
        said = Bilingual(f"the security data are broken: {problem}", f"安全防护数据有误：{problem}")
        return Seal(field=field, offset=0, label=Proof.INVALID, detail=said)
    if field == PROPAGATOR:
        return _sealed(field, found, (_Result(Proof.UNSUPPORTED, NO_MESSAGE), ABSENT, ABSENT))
    message = envelope.label_message(fields)
    of_label = _worst(_over(found, Covers.LABEL, message))
    if of_label is ABSENT:
        of_label = _Result(Proof.UNSUPPORTED, NO_KEY if not found.keys else FOREIGN)
    of_binding = _bound(found)
    return _sealed(field, found, (of_label, of_binding, _same_content(found, of_binding, content, message)))


def _sealed(field: str, found: Envelope, results: tuple[_Result, _Result, _Result]) -> Seal:
    of_label, of_binding, of_content = results
    key = of_label.key
    if of_binding.key is not None and key is not None and of_binding.key != key:
        of_binding = _Result(Proof.INVALID, Bilingual("two keys in one label", "同一标识中有两个密钥"))
    oddities = [str(oddity) for oddity in found.oddities]
    if any(len(value) != len(key.spki) for _, _, value in found.keys if key is not None):
        oddities.append(str(Oddity.KEY_POINT))
    wrong = [result.detail for result in results if result.proof not in (Proof.VALID, Proof.ABSENT)]
    return Seal(
        field=field,
        offset=0,
        label=of_label.proof,
        bound=of_binding.proof,
        content=of_content.proof,
        variant=of_label.variant,
        algorithm=NAMES[key.algorithm] if key is not None else "",
        key=key.fingerprint if key is not None else "",
        oddities=tuple(oddities),
        detail=wrong[0] if wrong else NOTHING,
    )


def _worst(results: Iterable[_Result]) -> _Result:
    found = sorted(results, key=lambda result: ORDER.index(result.proof))
    if len({result.proof for result in found}) > 1 and found[0].proof is Proof.INVALID:
        return found[0]._replace(detail=TWO_RESULTS)
    return found[0] if found else ABSENT


def _over(found: Envelope, covers: Covers, message: bytes) -> list[_Result]:
    return [_result(found, signature, message) for signature in found.signatures if signature.covers is covers]


def _result(found: Envelope, signature: Signature, message: bytes) -> _Result:
    keys = [(named, value) for key_id, named, value in found.keys if key_id == signature.key_id]
    if len(keys) != 1:
        return _Result(Proof.UNSUPPORTED, NO_KEY)
    named, value = keys[0]
    try:
        key = key_of(value)
        for said in (signature.algorithm, named):
            if said not in (str(key.algorithm), *(CURVES if key.algorithm is Algorithm.SM2 and said is named else ())):
                known = said in ("", "none", *map(str, Algorithm))
                return _Result(Proof.INVALID if known else Proof.UNSUPPORTED, MISMATCH)
        variant = verified(key, message, signature.value)
    except MissingTool as problem:
        return _Result(Proof.BLIND, problem.what)
    except Unknown as problem:
        return _Result(Proof.UNSUPPORTED, Bilingual(str(problem), str(problem)))
    except ValueError as problem:
        return _Result(Proof.INVALID, Bilingual(f"the key is broken: {problem}", f"密钥有误：{problem}"))
    if variant is None:
        wrong = Bilingual("the signature does not match", "签名与内容不匹配")
        return _Result(Proof.INVALID, wrong, key=key)
    return _Result(Proof.VALID, variant=str(variant), key=key)


def _bound(found: Envelope) -> _Result:
    if not any(signature.covers is Covers.BINDING for signature in found.signatures):
        # a binding that nobody signed proves nothing, whatever it says
        return _Result(Proof.UNSUPPORTED, OTHER_METHOD) if found.bindings else ABSENT
    if len(found.bindings) != 1:
        return _Result(Proof.INVALID if not found.bindings else Proof.UNSUPPORTED, OTHER_METHOD)
    return _worst(_over(found, Covers.BINDING, envelope.binding_message(found.bindings[0])))


def _same_content(found: Envelope, bound: _Result, content: Content, message: bytes) -> _Result:
    """Compare the digest, where its signature is right: what anybody could have written is not worth reading a file for."""
    if bound.proof is not Proof.VALID or bound.key is None:
        return ABSENT if bound.proof is not Proof.UNSUPPORTED else _Result(Proof.UNSUPPORTED, OTHER_METHOD)
    entry = found.bindings[0]
    if entry.get("CntSel") != envelope.METHOD or entry.get("AlgID") not in tuple(Digest):
        return _Result(Proof.UNSUPPORTED, OTHER_METHOD)
    if bound.variant != str(Variant.STANDARD):
        return _Result(Proof.INVALID, MISMATCH)
    digest = Digest(entry["AlgID"])
    seen = binding.content_digest(content.source, content.ranges, digest)
    value = binding.bound_value(seen, digest, str(bound.key.algorithm), (content.media, message))
    same = entry.get("Value") == value.hex()
    return _Result(Proof.VALID) if same else _Result(Proof.INVALID, OTHER_CONTENT)
