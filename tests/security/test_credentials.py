"""Content Credentials beside the label: read back by c2pa-python as valid, label and signature intact, seen by `verify`."""

from __future__ import annotations

import io
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import c2pa
import pytest
import signing
from PIL import Image
from signing import FIXTURES, LABEL, key

from aigc_label import api
from aigc_label.batch.job import Job
from aigc_label.batch.local import Line
from aigc_label.errors import InvalidKey, NotConfirmed, Refused, UnsupportedFormat
from aigc_label.evidence import NoticeKind, Proof
from aigc_label.marking import Mark
from aigc_label.order import Action, Order
from aigc_label.policy import Policy
from aigc_label.report import Report, Scope, Verdict
from aigc_label.security.algorithms import Algorithm
from aigc_label.security.credentials import MEDIA, SETTINGS, Attester

pytestmark = pytest.mark.oracle("openssl")
CONFIG = """[req]
distinguished_name = dn
prompt = no
[dn]
CN = a root
[ca]
basicConstraints = critical,CA:true
keyUsage = critical,keyCertSign
subjectKeyIdentifier = hash
[leaf]
basicConstraints = critical,CA:false
keyUsage = critical,digitalSignature
extendedKeyUsage = emailProtection
authorityKeyIdentifier = keyid
"""
SMALL = {
    "jpeg": "jpeg/baseline.jpg",
    "png": "png/plain.png",
    "webp": "webp/lossy.webp",
    "gif": "gif/still.gif",
    "tiff": "tiff/bigtiff-motorola.tif",
    "heic": "heic/room.heic",
    "avif": "avif/alpha.avif",
    "jxl": "jxl/codestream.jxl",
    "svg": "svg/chinese.svg",
    "mp4": "mp4/tail.mp4",
    "mov": "mov/apple-keys.mov",
    "m4a": "m4a/audiobook.m4a",
    "avi": "avi/plain.avi",
    "mp3": "mp3/id3v2.3.mp3",
    "wav": "wav/plain.wav",
    "flac": "flac/padded.flac",
    "pdf": "pdf/plain.pdf",
}


UNBOUND = ("pdf", "svg")  # c2pa writes into what our binding covers: a revision behind ours, a name space in the root


@pytest.fixture(scope="module", params=[Algorithm.ECDSA, Algorithm.ED25519], ids=["p256", "ed25519"])
def attester(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Attester:
    folder = tmp_path_factory.mktemp("c2pa")
    (folder / "c.cnf").write_text(CONFIG)
    for name in ("root", "leaf"):
        (folder / f"{name}.key").write_text(key(request.param, f"c2pa {name}").to_pem(b""))
    for command in (
        "req -x509 -new -key root.key -days 900 -config c.cnf -extensions ca -out root.pem",
        "req -new -key leaf.key -subj /O=Acme/CN=acme -out leaf.csr",
        "x509 -req -in leaf.csr -CA root.pem -CAkey root.key -CAcreateserial -days 800 -extfile c.cnf -extensions leaf"
        " -out leaf.pem",
    ):
        subprocess.run(["openssl", *command.split()], cwd=folder, check=True, capture_output=True)
    chain = (folder / "leaf.pem").read_text() + (folder / "root.pem").read_text()
    return Attester(key(request.param, "c2pa leaf"), chain)


def ordered(attester: Attester, **more: Any) -> Order:
    return Order(label=LABEL, attester=attester, **more)


def made(name: str, order: Order) -> bytes:
    data = api.carry_out((FIXTURES / name).read_bytes(), None, order).data
    assert data is not None
    return data


def read(data: bytes, media: str) -> tuple[str, dict[str, Any]]:
    context = c2pa.Context(c2pa.Settings.from_dict(SETTINGS))
    with c2pa.Reader(MEDIA[media], io.BytesIO(data), context=context) as reader:
        return str(reader.get_validation_state()), json.loads(reader.json())


def judged(data: bytes) -> Report:
    return api.verify(data, Policy(scope=Scope.LABEL))


@pytest.mark.parametrize("media", SMALL)
def test_label_signature_and_credentials_are_all_valid(media: str, attester: Attester) -> None:
    signer = key() if media not in UNBOUND else None
    data = made(SMALL[media], ordered(attester, signer=signer))
    state, manifest = read(data, media)
    assert state == "Valid"
    assert "trainedAlgorithmicMedia" in json.dumps(manifest)
    assert "thumbnail" not in json.dumps(manifest)
    found = judged(data)
    assert found.verdict is Verdict.COMPLIANT
    assert [seal.content for seal in found.evidence.seals] == [Proof.VALID] * (signer is not None)
    assert NoticeKind.C2PA in {notice.kind for notice in found.evidence.survey.notices}


@pytest.mark.parametrize("media", SMALL)
def test_credentials_are_not_broken_by_a_later_label(media: str, attester: Attester) -> None:
    data = made(SMALL[media], ordered(attester))
    with pytest.raises(Refused, match="Content Credentials"):
        api.embed(data, label=signing.Label.generated(producer=LABEL.producer, produce_id="another"))


def test_a_changed_byte_breaks_them_and_c2pa_says_so(attester: Attester) -> None:
    data = bytearray(made("jpeg/baseline.jpg", ordered(attester)))
    data[-5] ^= 1
    assert read(bytes(data), "jpeg")[0] == "Invalid"


def test_a_mark_goes_under_both(attester: Attester) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (320, 240), (90, 120, 60)).save(picture, "PNG")
    data = api.carry_out(picture.getvalue(), None, ordered(attester, mark=Mark(), signer=key())).data
    assert data is not None
    assert read(data, "png")[0] == "Valid"
    assert api.verify(data).verdict is Verdict.COMPLIANT


def test_a_second_run_changes_nothing(attester: Attester, tmp_path: Path) -> None:
    source, target = tmp_path / "a.jpg", tmp_path / "b.jpg"
    source.write_bytes(signing.JPEG.read_bytes())
    line = Line(order_of=lambda number: ordered(attester, signer=key()))

    def run(job: Job) -> Iterator[Action]:
        return (outcome.action for _, outcome in line.outcomes(iter([job])))

    assert list(run(Job(1, str(source), str(target)))) == [Action.WRITTEN]
    before = target.read_bytes()
    assert list(run(Job(1, str(source), str(target)))) == [Action.UNCHANGED]
    assert list(run(Job(1, str(target), ""))) == [Action.UNCHANGED]
    assert target.read_bytes() == before


def test_formats_that_cannot_carry_them_and_results_that_do_not_read_back_are_refused(attester: Attester) -> None:
    with pytest.raises(UnsupportedFormat, match="no Content Credentials"):
        made("ogg/opus.opus", ordered(attester))
    with pytest.raises(NotConfirmed):  # the library moves the items of such a picture wrongly
        made("heic/plain.heic", ordered(attester))
    for media in UNBOUND:
        with pytest.raises(NotConfirmed):
            made(SMALL[media], ordered(attester, signer=key()))


def test_a_key_that_c2pa_does_not_know_and_one_of_another_certificate_are_refused(attester: Attester) -> None:
    with pytest.raises(InvalidKey, match="ECDSA P-256 or Ed25519"):
        Attester(key(), attester.chain)
    with pytest.raises(InvalidKey, match="does not belong"):
        Attester(key(attester.signer.public.algorithm, "another"), attester.chain)
