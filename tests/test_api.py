"""One call in a generation pipeline: paths, bytes, file objects and pictures in memory."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

import aigc_label
from aigc_label.errors import InvalidLabel, Refused, UnsupportedFormat
from aigc_label.label import Label, Status
from aigc_label.order import Action, Delivery, LabelTemplate, Order
from aigc_label.policy import Policy
from aigc_label.report import Scope, Verdict

FIXTURES = Path(__file__).parents[1] / "fixtures"
LABEL = aigc_label.Label.generated(producer="001191110108335469089C10100", produce_id="api-1")
PICTURE = (FIXTURES / "jpeg/baseline.jpg").read_bytes()
LABEL_ONLY = Policy(scope=Scope.LABEL)


def test_bytes_in_bytes_out() -> None:
    outcome = aigc_label.embed(PICTURE, label=LABEL)
    assert outcome.data is not None
    assert aigc_label.read(outcome.data) == LABEL


def test_a_file_object_is_read_to_its_end() -> None:
    outcome = aigc_label.embed(io.BytesIO(PICTURE), label=LABEL)
    assert aigc_label.read(io.BytesIO(outcome.data or b"")) == LABEL


def test_a_pillow_image_becomes_a_labelled_file(tmp_path: Path) -> None:
    image = Image.linear_gradient("L").convert("RGB")
    aigc_label.add(image, tmp_path / "new.png", label=LABEL)
    report = aigc_label.verify(tmp_path / "new.png")
    assert report.verdict is Verdict.COMPLIANT
    assert report.label == LABEL


def test_a_path_without_a_target_is_changed_itself(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(PICTURE)
    assert aigc_label.embed(path, label=LABEL).action is Action.WRITTEN
    assert aigc_label.embed(path, label=LABEL).action is Action.UNCHANGED
    assert aigc_label.verify(path, LABEL_ONLY).verdict is Verdict.COMPLIANT


def test_a_plan_touches_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(PICTURE)
    outcome = aigc_label.carry_out(path, None, Order(label=LABEL, delivery=Delivery.PLAN))
    assert outcome.action is Action.PLANNED
    assert outcome.new_bytes > 0
    assert path.read_bytes() == PICTURE


def test_another_producers_label_is_replaced_only_with_a_reason() -> None:
    labelled = aigc_label.embed(PICTURE, label=LABEL).data or b""
    theirs = Label.generated(producer="somebody-else", produce_id="1")
    with pytest.raises(Refused, match="another producer"):
        aigc_label.embed(labelled, label=theirs)
    outcome = aigc_label.carry_out(labelled, None, Order(label=theirs, replace="wrong account"))
    assert outcome.reason == "wrong account"
    assert outcome.replaced == (LABEL.to_json(),)
    assert aigc_label.read(outcome.data or b"") == theirs


def test_a_look_alike_is_not_taken_out_in_silence() -> None:
    packet = (
        b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        b'<rdf:Description rdf:about="" xmlns:t="http://www.tc26O.org.cn/ns/AIGC/1.0/"><t:AIGC>{"Label":"1",'
        b'"ContentProducer":"somebody"}</t:AIGC></rdf:Description></rdf:RDF></x:xmpmeta>'
    )
    body = b"http://ns.adobe.com/xap/1.0/\0" + packet
    forged = PICTURE[:2] + b"\xff\xe1" + (len(body) + 2).to_bytes(2, "big") + body + PICTURE[2:]
    with pytest.raises(Refused, match="another producer"):
        aigc_label.embed(forged, label=LABEL)
    outcome = aigc_label.carry_out(forged, None, Order(label=LABEL, replace="forged"))
    assert '"somebody"' in outcome.replaced[0]


def test_a_status_is_not_weakened_without_a_reason() -> None:
    labelled = aigc_label.embed(PICTURE, label=LABEL).data or b""
    weaker = Label.generated(producer=LABEL.producer, produce_id="2", status=Status.SUSPECTED)
    with pytest.raises(Refused, match="weaken"):
        aigc_label.embed(labelled, label=weaker)


def test_a_template_leaves_its_own_label_alone() -> None:
    numbers = iter("12")

    def make(_source: object) -> Label:
        return Label.generated(producer=LABEL.producer, produce_id=next(numbers))

    template = LabelTemplate(producer=LABEL.producer, status=Status.GENERATED, make=make)
    once = aigc_label.embed(PICTURE, label=template).data or b""
    again = aigc_label.embed(once, label=template)
    assert (again.action, again.data) == (Action.UNCHANGED, once)


def test_labels_that_differ_are_never_resolved_by_picking_one() -> None:
    other = Label.generated(producer=LABEL.producer, produce_id="api-2").to_json()
    comment = b"\xff\xfe" + (len(other) + 2 + 9).to_bytes(2, "big") + b'{"AIGC":' + other.encode() + b"}"
    labelled = aigc_label.embed(PICTURE, label=LABEL).data or b""
    both = labelled[:2] + comment + labelled[2:]
    with pytest.raises(InvalidLabel, match="differ"):
        aigc_label.read(both)
    assert aigc_label.verify(both, LABEL_ONLY).verdict is Verdict.NON_COMPLIANT


@pytest.mark.parametrize("data", [b"", b"plain text", b"\x00" * 100, b"{}"])
def test_an_unknown_format_is_an_error_not_a_verdict(data: bytes) -> None:
    with pytest.raises(UnsupportedFormat):
        aigc_label.verify(data)


def test_importing_the_package_loads_nothing_heavy() -> None:
    code = (
        "import sys, aigc_label, aigc_label.api, aigc_label.adapters.jpeg\n"
        "heavy = {'PIL', 'numpy', 'mutagen', 'pypdf', 'av', 'onnxruntime', 'pillow_heif'} & set(sys.modules)\n"
        "sys.exit(repr(heavy) if heavy else 0)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
