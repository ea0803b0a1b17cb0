"""Fingerprints: a picture whose label was stripped is found again, coded anew or smaller; another one is not."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from signing import FIXTURES, LABEL

from aigc_label import api, optional
from aigc_label.batch.recording import fingerprinted, made_deed
from aigc_label.errors import MissingTool, UnsupportedFormat
from aigc_label.fingerprints import NEAR, Registry, code_of, registry_in
from aigc_label.ledger.audit import audited
from aigc_label.ledger.book import Ledger
from aigc_label.ledger.entry import Deed, RunFacts
from aigc_label.limits import DEFAULT_LIMITS
from aigc_label.policy import Policy
from aigc_label.report import Report, Scope, Verdict
from aigc_label.states import State, state_of

FACTS = RunFacts("run-1", "embed", "{}", "2026.11", "aigc-label 0")


def picture(seed: int) -> Image.Image:
    """Soft random blots: pictures that nobody takes for each other."""
    blots = np.random.default_rng(seed).integers(0, 256, (9, 12, 3), dtype=np.uint8)
    return Image.fromarray(blots).resize((480, 360), Image.Resampling.BICUBIC)


def coded(image: Image.Image, name: str = "PNG", quality: int = 90) -> bytes:
    out = io.BytesIO()
    image.save(out, name, quality=quality)
    return out.getvalue()


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger that knows five labelled pictures, and holds an entry of the time before fingerprints."""
    folder = tmp_path_factory.mktemp("ledger")
    with closing(Ledger.made(str(folder / "ledger"))) as book:
        old = Deed(action="written", source="/old", target="/old", label=LABEL.to_json(), record='{"label": {}}')
        book.add(FACTS, [("", old)])
        for seed in range(5):
            path = folder / f"{seed}.png"
            path.write_bytes(coded(picture(seed)))
            outcome = api.embed(path, label=replace(LABEL, produce_id=f"number-{seed}"))
            book.add(FACTS, [("", Deed(*made_deed(fingerprinted(outcome, DEFAULT_LIMITS))))])
    return folder / "ledger"


@pytest.fixture(scope="module")
def registry(ledger: Path) -> Registry:
    return registry_in(str(ledger))


def judged(content: bytes, registry: Registry) -> Report:
    return api.verify(content, Policy(scope=Scope.LABEL, registry=registry))


def rules(report: Report) -> set[str]:
    return {finding.rule.id for finding in report.findings if finding.rule.id.startswith("LBL-")}


COPIES: dict[str, Callable[[Image.Image], bytes]] = {
    "saved-again": lambda image: coded(image),
    "jpeg": lambda image: coded(image, "JPEG", 50),
    "webp": lambda image: coded(image, "WEBP", 30),
    "small": lambda image: coded(image.resize((120, 90)), "JPEG", 40),
}


@pytest.mark.parametrize("copy", COPIES.values(), ids=COPIES)
def test_a_stripped_picture_is_told_from_one_never_labelled(
    copy: Callable[[Image.Image], bytes], registry: Registry
) -> None:
    report = judged(copy(picture(3)), registry)
    assert rules(report) == {"LBL-001", "LBL-016"}
    assert (report.verdict, state_of(report)) == (Verdict.NON_COMPLIANT, State.SUSPICIOUS)
    (found,) = report.evidence.earlier
    assert (json.loads(found.label)["ProduceID"], found.number) == ("number-3", 5)
    assert found.distance <= NEAR
    report = judged(copy(picture(99)), registry)
    assert rules(report) == {"LBL-001"}
    assert (report.verdict, state_of(report)) == (Verdict.UNLABELLED, State.UNLABELLED)


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({}, set()),
        ({"propagator": "001191110108335469089C10100", "propagate_id": "passed-on"}, set()),
        ({"produce_id": "another"}, {"LBL-016"}),
    ],
    ids=["its-own-label", "passed-on", "another-label"],
)
def test_only_the_label_that_the_picture_was_given_is_right(
    changed: dict[str, Any], found: set[str], registry: Registry
) -> None:
    label = replace(LABEL, **{"produce_id": "number-1", **changed})
    data = api.embed(coded(picture(1)), label=label).data
    assert data is not None
    assert rules(judged(data, registry)) == found


def test_what_is_no_picture_is_not_looked_up(registry: Registry) -> None:
    data = (FIXTURES / "mp3/bare.mp3").read_bytes()
    assert rules(judged(data, registry)) == {"LBL-001"}
    with pytest.raises(UnsupportedFormat, match="only pictures"):
        code_of(data)


def test_a_picture_that_cannot_be_decoded_is_never_taken_for_unknown(registry: Registry) -> None:
    data = coded(picture(1))
    at = data.index(b"IDAT") - 4
    length = int.from_bytes(data[at : at + 4], "big")
    broken = data[: at + 8] + bytes(length) + data[at + 8 + length :]
    report = judged(broken, registry)
    assert "LBL-017" in rules(report)
    assert report.verdict is not Verdict.UNLABELLED


def test_fingerprints_stand_in_the_chain_of_the_ledger(ledger: Path) -> None:
    with closing(Ledger.opened(str(ledger))) as book:
        entries = list(book.entries())
    assert audited(entries).sound
    record = json.loads(entries[1].deed.record)
    bent = entries[1]._replace(deed=entries[1].deed._replace(record=json.dumps({**record, "fingerprint": "0" * 64})))
    assert not audited([entries[0], bent, *entries[2:]]).sound


def test_without_the_library_it_says_what_to_install(ledger: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(optional, "import_module", nothing)
    with pytest.raises(MissingTool, match="iscc-lib"):
        registry_in(str(ledger))
