"""What published signatures prove, what broken ones do not, and that nothing in a field can make the reader fall."""

from __future__ import annotations

import copy
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import signing
from hypothesis import given, settings
from hypothesis import strategies as st
from security import vectors
from security.vectors import compact

from aigc_label.evidence import Proof, Seal
from aigc_label.label import Label
from aigc_label.security.checking import PRODUCER, PROPAGATOR, Content, checked
from aigc_label.security.keys import public_pem
from aigc_label.source import BytesSource
from aigc_label.splice import Keep

CONTENT = Content(BytesSource(b"sound"), "mp3", (Keep(0, 5),))


def seal(label: Label, field: str = PRODUCER) -> Seal:
    return checked(field, label.to_fields(), CONTENT)


def with_data(data: Any) -> Seal:
    return checked(PRODUCER, {**vectors.minimax().to_fields(), "ReservedCode1": compact(data)}, CONTENT)


@pytest.mark.parametrize("number", vectors.STEPFUN)
def test_stepfun_signs_the_digest_of_the_text(number: str) -> None:
    found = seal(vectors.stepfun(number))
    assert (found.label, found.variant) == (Proof.VALID, "V2")


@contextmanager
def listening() -> Iterator[list[str]]:
    """Give what the interpreter itself says is opened, looked up or started. A hook cannot be taken off, only be silent."""
    heard: list[str] = []
    on = True

    def hear(event: str, arguments: tuple[Any, ...]) -> None:
        if on and event.startswith(("open", "socket.", "subprocess.", "urllib.")):
            heard.append(f"{event} {arguments[0]}")

    sys.addaudithook(hear)
    yield heard
    on = False


@pytest.mark.parametrize("form", ["{path}", "file://{path}", "https://localhost{path}", "//localhost{path}"])
def test_a_key_that_is_named_by_a_place_is_never_fetched(form: str, tmp_path: Path) -> None:
    place = tmp_path / "key.pem"
    place.write_text(public_pem(signing.key().public))  # the right key lies there
    data = signing.data_of(signing.key())
    address = form.format(path=place)
    data["SecurityData"]["PubSD"][0]["KeyID"] = address
    lacking = copy.deepcopy(data)
    lacking["SecurityData"]["PubSD"].pop()
    data["SecurityData"]["PubSD"][1]["KeyValue"] = address
    fields = [{**signing.LABEL.to_fields(), "ReservedCode1": compact(one)} for one in (lacking, data)]
    checked(PRODUCER, signing.LABEL.to_fields(), CONTENT)  # what is imported on first use is opened here
    with listening() as heard:
        found = [checked(PRODUCER, one, CONTENT).label for one in fields]
        assert [said for said in heard if "key.pem" in said or not said.startswith("open")] == []
        assert place.read_bytes()
        assert any("key.pem" in said for said in heard)  # so the hook would have heard it
    assert found == [Proof.UNSUPPORTED, Proof.INVALID]


@pytest.mark.parametrize("number", vectors.STEPFUN)
def test_a_propagators_signature_is_neither_right_nor_wrong(number: str) -> None:
    assert seal(vectors.stepfun(number), PROPAGATOR).label is Proof.UNSUPPORTED


def test_minimax_signs_the_text_and_its_binding_and_nobody_knows_what_it_hashed() -> None:
    found = seal(vectors.minimax())
    assert (found.label, found.bound, found.content) == (Proof.VALID, Proof.VALID, Proof.UNSUPPORTED)
    assert found.variant == "V1"
    assert {"tbs-type", "raw-signature", "key-point"} <= set(found.oddities)


def test_the_label_as_minimax_published_it_verifies_though_a_field_is_empty() -> None:
    fields = {**vectors.minimax().to_fields(), "PropagateID": ""}
    assert checked(PRODUCER, fields, CONTENT).label is Proof.VALID


@pytest.mark.parametrize("field", ["Label", "ContentProducer", "ProduceID"])
@pytest.mark.parametrize("label", [vectors.minimax(), vectors.stepfun("142569260085903360")])
def test_a_changed_field_is_noticed(label: Label, field: str) -> None:
    fields = label.to_fields()
    fields[field] = "2" if field == "Label" else fields[field] + "0"
    assert checked(PRODUCER, fields, CONTENT).label is Proof.INVALID


@pytest.mark.parametrize("field", ["ContentPropagator", "PropagateID", "ReservedCode2"])
def test_what_a_propagator_adds_leaves_the_producers_signature_alone(field: str) -> None:
    fields = {**vectors.minimax().to_fields(), field: "platform-7"}
    assert checked(PRODUCER, fields, CONTENT).label is Proof.VALID


def test_a_changed_binding_is_noticed() -> None:
    data = vectors.minimax_data()
    data["SecurityData"]["Bindings"][0]["Signature"] = "00" * 32
    assert with_data(data).bound is Proof.INVALID


def part(data: dict[str, Any], number: int) -> dict[str, Any]:
    found: dict[str, Any] = data["SecurityData"]["PubSD"][number]
    return found


@pytest.mark.parametrize("algorithm", ["none", "", "1.2.840.10045.4.3.2", "1.2.840.113549.1.1.11", "1.3.101.112"])
@pytest.mark.parametrize("where", [0, 2], ids=["signature", "key"])
def test_the_algorithm_follows_from_the_key_not_from_the_message(algorithm: str, where: int) -> None:
    data = vectors.minimax_data()
    part(data, where)["AlgID"] = algorithm
    assert with_data(data).label is Proof.INVALID


def test_an_algorithm_that_nobody_knows_is_unsupported() -> None:
    data = vectors.minimax_data()
    part(data, 0)["AlgID"] = "1.2.156.10197.1.599"
    assert with_data(data).label is Proof.UNSUPPORTED


def test_one_good_signature_does_not_heal_a_bad_one() -> None:
    data = vectors.minimax_data()
    bad = copy.deepcopy(part(data, 0))
    bad["Signature"] = bad["Signature"][:-1] + "7"
    data["SecurityData"]["PubSD"].append(bad)
    assert with_data(data).label is Proof.INVALID


N = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
R, S = int(vectors.minimax_data()["SecurityData"]["PubSD"][0]["Signature"][:64], 16), 0


@pytest.mark.parametrize(
    "signature",
    [
        "",
        "00" * 64,
        f"{R:064x}" + "00" * 32,
        f"{0:064x}" + "11" * 32,
        f"{N:064x}" + "11" * 32,
        f"{R:064x}{N:064x}",
        "ff" * 64,
        "3006020100020100",
        "30060201010201",
        "3080020101020101",
        "308400000006020101020101",
        "30070201010202000100",
        "3044" + "02" * 68,
        "zz",
        "Ab" * 64,
        "00" * 40_000,
    ],
)
def test_numbers_out_of_range_and_broken_der_are_refused(signature: str) -> None:
    data = vectors.minimax_data()
    part(data, 0)["Signature"] = signature
    assert with_data(data).label in (Proof.INVALID, Proof.UNSUPPORTED)
    assert with_data(data).label is Proof.INVALID or len(signature) > 64_000


@pytest.mark.parametrize(
    "value",
    [
        vectors.MINIMAX_KEY[:-1] + "e",  # no point has this x
        "04" + "11" * 64,
        "11" * 64,
        "04" + "ff" * 64,
        "00" + "ff" * 32,
        vectors.STEPFUN_KEY[:-2] + "AB",
        vectors.STEPFUN_KEY[:-2],
    ],
)
def test_points_off_the_curve_are_refused(value: str) -> None:
    data = vectors.minimax_data()
    part(data, 2)["KeyValue"] = value
    assert with_data(data).label is Proof.INVALID


@pytest.mark.parametrize("value", ["", "30", "00" * 20, "3059301306072a8648ce3d0201"])
def test_keys_in_no_known_spelling_prove_nothing(value: str) -> None:
    data = vectors.minimax_data()
    part(data, 2)["KeyValue"] = value
    assert with_data(data).label in (Proof.UNSUPPORTED, Proof.INVALID)


def test_two_keys_for_one_signature_are_not_guessed_between() -> None:
    data = vectors.minimax_data()
    data["SecurityData"]["PubSD"].append(copy.deepcopy(part(data, 2)))
    assert with_data(data).label is Proof.UNSUPPORTED


def test_a_key_is_found_by_its_number() -> None:
    data = vectors.minimax_data()
    for each in data["SecurityData"]["PubSD"]:
        each["KeyID"] = 3
    other = {**part(data, 2), "KeyID": 4, "KeyValue": vectors.STEPFUN_KEY}
    data["SecurityData"]["PubSD"].append(other)
    assert with_data(data).label is Proof.VALID


@pytest.mark.parametrize("version", [0, 2, "2", True, None, 1.5, 10**30])
def test_another_version_is_not_judged(version: object) -> None:
    data = vectors.minimax_data()
    data["SecurityData"]["Version"] = version
    assert with_data(data).label is not Proof.VALID


@pytest.mark.parametrize(
    "text",
    [
        "S7Wr/Evf+Mq+T3SWymUoO7naAs0WPNLrahOqG9WzR+o=",  # Qwen
        "9ce377b782374e359a10b4f4c38bc557",  # Vidu
        "e862483430d978cbf828b8b24296ef9328d843a0",  # Annex F
        "K-LBkc9Q==",
        "iflow",
        '{"a":1}',
        "[]",
        "1",
        '"SecurityData"',
        "3045022100E816A5872275AE5414E7E0FD3D9B2C30F7B7FD68609D6486A38DF7CFAA1417B902201A510FBBE50819BAFF1FCC7B8527FF23"
        "CD40447D41A6776E6BCF1F773AE0DBBC",  # a signature and nothing else (MiniMax Agent)
    ],
)
def test_what_vendors_write_of_their_own_is_neither_right_nor_wrong(text: str) -> None:
    fields = {**vectors.minimax().to_fields(), "ReservedCode1": text}
    assert checked(PRODUCER, fields, CONTENT).label is Proof.UNSUPPORTED


def test_the_spellings_of_honor_and_tencent_are_read_and_named() -> None:
    data = vectors.minimax_data()["SecurityData"]
    data["PubSd"] = data.pop("PubSD")
    data["Type"] = " TC260PG"
    found = with_data(data)
    assert found.label is Proof.VALID
    assert {"unwrapped", "public-name", "type-space"} <= set(found.oddities)


def test_a_binding_without_a_value_is_no_crash() -> None:
    data = vectors.minimax_data()
    data["SecurityData"]["Bindings"] = [{"Type": "Hash", "Value": None}]
    assert with_data(data).bound is Proof.INVALID


def test_a_key_that_stands_twice_is_broken_not_unsupported() -> None:
    text = compact(vectors.minimax_data()).replace('"Version":1', '"Version":1,"Version":1')
    assert checked(PRODUCER, {**vectors.minimax().to_fields(), "ReservedCode1": text}, CONTENT).label is Proof.INVALID


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.sampled_from(["DS", "PubKey", "Md", "Bnd", "TC260PG"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                [
                    "SecurityData",
                    "Type",
                    "Version",
                    "PubSD",
                    "AlgID",
                    "TBSData",
                    "Signature",
                    "KeyValue",
                    "KeyID",
                    "Bindings",
                ]
            ),
            inner,
            max_size=6,
        )
    ),
    max_leaves=24,
)


@settings(max_examples=200, deadline=None)
@given(JSON | st.text())
def test_no_text_makes_the_reader_fall_and_none_is_valid(value: object) -> None:
    text = value if isinstance(value, str) else json.dumps(value)
    found = checked(PRODUCER, {**vectors.minimax().to_fields(), "ReservedCode1": text}, CONTENT)
    assert found.label is not Proof.VALID


@pytest.mark.parametrize(
    "text", ["[" * 60_000, '{"SecurityData":' * 9_000, "9" * 60_000, '{"TC260PG":"' + "a" * 60_000]
)
def test_deep_and_long_texts_are_bounded(text: str) -> None:
    fields = {**vectors.minimax().to_fields(), "ReservedCode1": text}
    assert checked(PRODUCER, fields, CONTENT).label is not Proof.VALID
