"""Signed labels: every flipped bit is noticed, a second run changes nothing, another implementation agrees."""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import signing
from signing import JPEG, LABEL, key, order, signed

from aigc_label import api
from aigc_label.bilingual import Bilingual
from aigc_label.content import media_of
from aigc_label.errors import AigcLabelError, NotConfirmed, Refused
from aigc_label.evidence import Evidence, Proof, Reading, Standing, Survey
from aigc_label.formats import BY_NAME
from aigc_label.label import Label
from aigc_label.marking import Mark
from aigc_label.order import Action, Order
from aigc_label.policy import Policy
from aigc_label.proving import seals_of
from aigc_label.report import Report, Scope, Verdict
from aigc_label.rules import judge
from aigc_label.seal_rules import trusted
from aigc_label.security import envelope
from aigc_label.security.algorithms import Algorithm, verified
from aigc_label.security.checking import PRODUCER, checked
from aigc_label.security.keys import PrivateKey
from aigc_label.security.trust import read_store
from aigc_label.sniff import sniff
from aigc_label.source import BytesSource
from aigc_label.states import State, state_of

KINDS = [Algorithm.SM2, Algorithm.ECDSA, Algorithm.ED25519]
FIXTURES = signing.FIXTURES
FORMATS = {
    "png": "png/plain.png",
    "webp": "webp/lossy.webp",
    "mp4": "mp4/tail.mp4",
}


def policy(folder: Path, *expected: str, signer: PrivateKey | None = None) -> Policy:
    clock = Bilingual("a clock of the test", "测试时钟")
    store = read_store(
        signing.store(folder / "trust", signer=signer), datetime(2026, 11, 28, tzinfo=UTC), clock, expected
    )
    return Policy(scope=Scope.LABEL, trust=store)


def report(data: bytes, asked: Policy | None = None) -> Report:
    return api.verify(data, asked or Policy(scope=Scope.LABEL))


@pytest.mark.parametrize("algorithm", KINDS)
def test_a_signed_label_of_the_expected_signer_is_trusted(algorithm: Algorithm, tmp_path: Path) -> None:
    signer = key(algorithm)
    found = report(signed(signer=signer), policy(tmp_path, "acme", signer=signer))
    assert found.verdict is Verdict.COMPLIANT
    assert state_of(found) is State.TRUSTED


def test_a_signature_adds_less_than_a_kilobyte() -> None:
    plain = api.embed(JPEG.read_bytes(), label=LABEL).data
    assert plain is not None
    assert len(signed()) - len(plain) <= 1024


def test_what_is_written_is_the_guides_form() -> None:
    label = api.read(signed())
    assert label is not None
    found = envelope.parsed(label.reserved1)
    assert found.oddities == ()
    assert label.reserved1.startswith('{"SecurityData":{"Type":"TC260PG","Version":1,"PubSD":[{"Type":"DS","AlgID":')
    assert envelope.label_message(label.to_fields()) == (
        b'"Label":"1","ContentProducer":"001191110108335469089C10100","ProduceID":"signed-1"'
    )


@pytest.mark.oracle("openssl")
@pytest.mark.parametrize("which", [0, 1], ids=["label", "binding"])
def test_openssl_verifies_our_sm2_signatures(which: int, tmp_path: Path) -> None:
    label = api.read(signed())
    assert label is not None
    found = envelope.parsed(label.reserved1)
    message = (envelope.label_message(label.to_fields()), envelope.binding_message(found.bindings[0]))[which]
    (tmp_path / "message").write_bytes(message)
    (tmp_path / "signature").write_bytes(found.signatures[which].value)
    (tmp_path / "key.pem").write_text(signing.public_pem(key().public))
    base = (
        "openssl pkeyutl -verify -rawin -digest sm3 -pkeyopt distid:1234567812345678 -pubin -inkey key.pem -in message"
    )
    done = subprocess.run([*base.split(), "-sigfile", "signature"], cwd=tmp_path, capture_output=True, text=True)
    assert "Signature Verified Successfully" in done.stdout
    (tmp_path / "message").write_bytes(message + b" ")
    again = subprocess.run([*base.split(), "-sigfile", "signature"], cwd=tmp_path, capture_output=True, text=True)
    assert "Verified Successfully" not in again.stdout


@pytest.mark.oracle("openssl")
def test_we_verify_what_openssl_signed(tmp_path: Path) -> None:
    (tmp_path / "key.pem").write_text(key().to_pem(b""))
    (tmp_path / "message").write_bytes(b"text")
    base = "openssl pkeyutl -sign -rawin -digest sm3 -pkeyopt distid:1234567812345678 -inkey key.pem -in message -out"
    subprocess.run([*base.split(), "signature"], cwd=tmp_path, check=True)
    signature = (tmp_path / "signature").read_bytes()
    assert verified(key().public, b"text", signature) == "V1"
    assert verified(key().public, b"tex", signature) is None


def test_a_second_run_with_the_same_key_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(signed())
    before = path.read_bytes()
    assert api.carry_out(path, None, order()).action is Action.UNCHANGED
    assert api.embed(path, label=LABEL).action is Action.UNCHANGED  # and a run that signs nothing throws nothing away
    assert path.read_bytes() == before


def test_another_key_and_changed_content_are_signed_anew(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(signed())
    other = api.carry_out(path, None, order(key(name="other")))
    assert len(other.replaced) == 1
    assert report(path.read_bytes(), policy(tmp_path, "acme", signer=key(name="other"))).verdict is Verdict.COMPLIANT
    data = bytearray(signed())
    data[-5] ^= 1
    assert state_of(report(bytes(data))) is State.TAMPERED
    assert state_of(report(signed(bytes(data)))) is State.DECLARED


def test_a_mark_and_a_signature_go_on_in_one_run(tmp_path: Path) -> None:
    done = api.carry_out(JPEG.read_bytes(), None, replace(order(), mark=Mark())).data
    assert done is not None
    found = api.verify(done, replace(policy(tmp_path, "acme"), scope=Scope.BOTH))
    assert found.verdict is Verdict.COMPLIANT


def test_a_mark_alone_does_not_break_a_signature() -> None:
    with pytest.raises(Refused, match="signed"):
        api.mark(signed(), mark=Mark())
    with pytest.raises(Refused, match="signed"):
        api.carry_out(signed(), None, Order(label=LABEL, mark=Mark()))


def test_propagation_leaves_the_producers_signature_and_binding_alone(tmp_path: Path) -> None:
    label = api.read(signed())
    assert label is not None
    done = api.embed(signed(), label=label.propagated(propagator="Platform", propagate_id="7", reserved2="own")).data
    assert done is not None
    found = report(done, policy(tmp_path, "acme"))
    assert found.verdict is Verdict.COMPLIANT
    assert state_of(found) is State.TRUSTED


@pytest.mark.parametrize("name", FORMATS.values(), ids=FORMATS)
def test_a_label_moved_to_other_content_or_another_format_is_noticed(name: str, tmp_path: Path) -> None:
    label = api.read(signed())
    assert label is not None
    moved = api.embed((FIXTURES / name).read_bytes(), label=label).data
    assert moved is not None
    assert state_of(report(moved, policy(tmp_path, "acme"))) is State.TAMPERED


@pytest.mark.parametrize("step", [11, pytest.param(1, marks=pytest.mark.long)])
def test_every_flipped_bit_of_the_signed_fields_is_noticed(step: int, tmp_path: Path) -> None:
    asked = policy(tmp_path, "acme")
    label = api.read(signed())
    assert label is not None
    fields = label.to_fields()
    accepted = []
    for name in ("Label", "ContentProducer", "ProduceID", "ReservedCode1"):
        value = fields[name].encode()
        for bit in range(0, 8 * len(value), step):
            flipped = bytearray(value)
            flipped[bit // 8] ^= 1 << bit % 8
            if _accepted({**fields, name: flipped.decode("latin-1")}, asked):
                accepted.append((name, bit))
    assert accepted == []


def _accepted(fields: dict[str, str], asked: Policy) -> bool:
    """Tell whether a file with these fields would be trusted. Judged without a file: 10^4 files take too long."""

    text = json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
    survey = Survey(readings=(Reading(carrier="jpeg.app1.xmp", standing=Standing.PRIMARY, text=text, offset=0),))
    seals = seals_of(BytesSource(JPEG.read_bytes()), BY_NAME["jpeg"], survey, asked)
    if not all(map(trusted, seals)):
        return False
    found = judge(Evidence(path="", format="jpeg", size=1, survey=survey, seals=seals), asked)
    return found.verdict is Verdict.COMPLIANT or state_of(found) is State.TRUSTED


def test_every_flipped_bit_of_a_small_files_payload_is_noticed(tmp_path: Path) -> None:
    data = signed((FIXTURES / "png/plain.png").read_bytes())
    label = api.read(data)
    assert label is not None
    source = BytesSource(data)
    content = media_of(source, sniff(source))
    assert checked(PRODUCER, label.to_fields(), content).content is Proof.VALID
    for part in content.ranges:
        for at in range(part.offset, part.end):
            flipped = bytearray(data)
            flipped[at] ^= 1 << at % 8
            there = content._replace(source=BytesSource(bytes(flipped)))
            assert checked(PRODUCER, label.to_fields(), there).content is Proof.INVALID, at


def test_a_signer_that_signs_wrongly_delivers_nothing() -> None:
    class Broken:
        public = key().public

        def sign(self, message: bytes) -> bytes:
            return key().sign(message + b"!")

    with pytest.raises(NotConfirmed, match="does not verify"):
        api.carry_out(JPEG.read_bytes(), None, Order(label=LABEL, signer=Broken()))


def test_a_token_needs_only_its_public_half_and_a_way_to_sign() -> None:
    class Token:
        public = key().public

        def sign(self, message: bytes) -> bytes:
            return key().sign(message)

    done = api.carry_out(JPEG.read_bytes(), None, Order(label=LABEL, signer=Token())).data
    assert done is not None
    assert state_of(report(done)) is State.DECLARED


def test_a_token_that_fails_leaves_the_file_alone(tmp_path: Path) -> None:
    class Gone:
        public = key().public

        def sign(self, message: bytes) -> bytes:
            raise OSError("the token is gone")

    path = tmp_path / "a.jpg"
    path.write_bytes(JPEG.read_bytes())
    with pytest.raises((AigcLabelError, OSError)):
        api.carry_out(path, None, Order(label=LABEL, signer=Gone()))
    assert path.read_bytes() == JPEG.read_bytes()
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.jpg"]


def test_a_value_with_quotes_cannot_pass_for_another_label() -> None:
    one = Label.generated(producer='a","ProduceID":"b', produce_id="c")
    two = Label.generated(producer="a", produce_id="b")
    assert envelope.label_message(one.to_fields()) != envelope.label_message(two.to_fields())
    assert envelope.label_message(one.to_fields()).count(b'"ProduceID":') == 1
