"""Signs finished files with Content Credentials (C2PA) beside the label: the one door to c2pa-python. Asks no network."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from typing import Any, BinaryIO, Final, cast

from aigc_label import optional
from aigc_label.bilingual import Bilingual
from aigc_label.errors import InvalidKey, ToolFailed, UnsupportedFormat
from aigc_label.security import der, pkcs8
from aigc_label.security.algorithms import Algorithm
from aigc_label.security.chains import certificate_of
from aigc_label.security.keys import Signer
from aigc_label.source import Source
from aigc_label.splice import CHUNK, Held
from aigc_label.spool import Spool

# IPTC NewsCodes, digital source type: what a label of 1 (属于) states in the words of C2PA
AI: Final = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
MEDIA: Final = {  # our names of formats -> what C2PA calls them
    "jpeg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "gif": "image/gif",
    "tiff": "image/tiff",
    "heic": "image/heic",
    "avif": "image/avif",
    "jxl": "image/jxl",
    "svg": "image/svg+xml",
    "mp4": "video/mp4",
    "mov": "video/quicktime",
    "m4a": "audio/mp4",
    "avi": "video/avi",
    "mp3": "audio/mpeg",
    "wav": "audio/wav",
    "flac": "audio/flac",
    "pdf": "application/pdf",
}
NAMES: Final = {Algorithm.ECDSA: "ES256", Algorithm.ED25519: "ED25519"}
SETTINGS: Final[dict[str, Any]] = {
    "builder": {"thumbnail": {"enabled": False}},
    "verify": {"verify_trust": False, "remote_manifest_fetch": False, "ocsp_fetch": False},
}


@dataclass(frozen=True, slots=True)
class Attester:
    """Who signs Content Credentials: a key, and its certificate with those behind it, as PEM.

    Raises `InvalidKey` for a kind of key that C2PA does not know (SM2 among them), and where key and certificate differ.
    """

    signer: Signer
    chain: str

    def __post_init__(self) -> None:
        blocks = [data for name, data in pkcs8.blocks(self.chain) if name == "CERTIFICATE"]
        public = self.signer.public
        if public.algorithm not in NAMES:
            raise InvalidKey(
                Bilingual(
                    "Content Credentials are signed with ECDSA P-256 or Ed25519",
                    "内容凭证须用 ECDSA P-256 或 Ed25519 签名",
                ),
                remedy=Bilingual("Give such a key with --c2pa-key.", "请用 --c2pa-key 指定此类密钥。"),
            )
        if not blocks or certificate_of(blocks[0]).spki != public.spki:
            raise InvalidKey(
                Bilingual("the key does not belong to the first certificate", "密钥与首个证书不匹配"),
                remedy=Bilingual(
                    "Put the signer's certificate first, its root last.", "请将签名者证书置于最前，根证书置于最后。"
                ),
            )


def _library() -> Any:
    return optional.package(
        "c2pa", "c2pa", Bilingual("Content Credentials need the package c2pa-python", "内容凭证需要 c2pa-python 组件")
    )


def attested(source: Source, media: str, attester: Attester) -> Held:
    """Give the file with Content Credentials that say AI made it, read back and found valid.

    `media` is our name of its format. Raises `UnsupportedFormat` for one that cannot carry them here, `ToolFailed` where the
    library cannot sign or does not find its own work valid, `MissingTool`.
    """
    kind, library = _kind(media), _library()
    context = library.Context(library.Settings.from_dict(SETTINGS))
    spool = Spool(source.limits)
    try:
        with (
            library.Signer.from_callback(
                lambda data: _raw(attester, data), _algorithm(library, attester), attester.chain
            ) as signer,
            library.Builder(_manifest(), context) as builder,
        ):
            builder.sign(signer, kind, _stream(source), spool.file)
    except library.C2paError as problem:
        raise ToolFailed(Bilingual(f"c2pa: {problem}", f"c2pa：{problem}")) from problem
    spool.size = spool.file.seek(0, io.SEEK_END)
    _check(spool, kind, library)
    return Held(spool, 0, spool.size)


def _kind(media: str) -> str:
    if media not in MEDIA:
        raise UnsupportedFormat(
            Bilingual("this format carries no Content Credentials here", "此格式不支持写入内容凭证"),
            remedy=Bilingual("Leave out --with-c2pa.", "请去掉 --with-c2pa。"),
        )
    return MEDIA[media]


def _check(spool: Spool, kind: str, library: Any) -> None:
    """Read back what was signed. Raises `ToolFailed` unless it is valid."""
    context = library.Context(library.Settings.from_dict(SETTINGS))
    try:
        with library.Reader(kind, _stream(spool), context=context) as reader:
            state = str(reader.get_validation_state())
    except library.C2paError as problem:
        raise ToolFailed(Bilingual(f"c2pa: {problem}", f"c2pa：{problem}")) from problem
    if state not in ("Valid", "Trusted"):
        said = Bilingual(f"Content Credentials read back as {state}", f"内容凭证读回结果为 {state}")
        raise ToolFailed(said)


def _manifest() -> str:
    action = {"action": "c2pa.created", "digitalSourceType": AI}
    return json.dumps(
        {
            "claim_generator_info": [{"name": "aigc-label"}],
            "assertions": [{"label": "c2pa.actions.v2", "data": {"actions": [action]}}],
        }
    )


def _algorithm(library: Any, attester: Attester) -> Any:
    return getattr(library.C2paSigningAlg, NAMES[attester.signer.public.algorithm])


def _raw(attester: Attester, data: bytes) -> bytes:
    """COSE wants r ‖ s (RFC 9053, 2.1)."""
    signature = attester.signer.sign(data)
    if attester.signer.public.algorithm is not Algorithm.ECDSA:
        return signature
    r, s = der.pair(signature)
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


class _Stream(io.RawIOBase):
    """A source as a file that can be read."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = offset + (0, self._at, self._source.size)[whence]
        return self._at

    def readinto(self, buffer: Any) -> int:
        data = self._source.upto(self._at, min(len(buffer), CHUNK))
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)


def _stream(source: Source) -> BinaryIO:
    return cast(BinaryIO, _Stream(source))
