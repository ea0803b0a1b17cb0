"""WAV with a copy of the label in LIST/INFO, where it is asked for: ffprobe sees it, and one label stays the rule."""

from __future__ import annotations

from pathlib import Path

import mutagen.wave
import pytest
from media import exiftool, ffprobe_texts, packets, run, without_labels

from aigc_label import api
from aigc_label.adapters import wav
from aigc_label.confirming import confirm
from aigc_label.errors import NotConfirmed, UnsupportedFormat
from aigc_label.evidence import Standing
from aigc_label.grammars import riff
from aigc_label.label import Label
from aigc_label.labelling import prepare
from aigc_label.order import Action, Copy, Order
from aigc_label.policy import Policy
from aigc_label.repairing import Fix, diagnose
from aigc_label.report import Scope, Severity
from aigc_label.source import BytesSource
from aigc_label.splice import PlanSource, in_memory, keeps

FIXTURES = Path(__file__).parents[2] / "fixtures"
LABEL = Label.generated(producer="001191110108335469089C10100", produce_id="copied-1")
LONGER = Label.generated(producer="001191110108335469089C10100", produce_id="copied-2, of another length")
TEXT = LABEL.to_json()
PLAIN = (FIXTURES / "wav/plain.wav").read_bytes()
RF64 = (FIXTURES / "wav/rf64.wav").read_bytes()
FILES = sorted((FIXTURES / "wav").glob("*.wav"))
TITLE = riff.chunk(b"INAM", b"title\0")


def form(*parts: bytes) -> bytes:
    body = b"WAVE" + b"".join(parts)
    return b"RIFF" + len(body).to_bytes(4, "little") + body


def info(*texts: bytes) -> bytes:
    return riff.chunk(b"LIST", b"INFO" + b"".join(texts))


UNPADDED = riff.chunk(b"INAM", b"odd")[:-1]
LISTS = {
    "empty": info(),
    "odd": info(TITLE, UNPADDED),
    "odd and unpadded": info(TITLE, UNPADDED)[:-1],
    "odd behind room": info(riff.chunk(b"JUNK", bytes(11)), UNPADDED),
    "a rest behind the texts": info(TITLE, bytes(5)),
    "room enough": info(riff.chunk(b"JUNK", bytes(400)), TITLE),
    "filled junk": info(riff.chunk(b"JUNK", b"not ours"), TITLE),
    "a text that lies": info(TITLE, b"ICMT" + (900).to_bytes(4, "little") + b"short\0"),
    "two copies": info(riff.chunk(b"AIGC", b"{}\0"), riff.chunk(b"AIGC", b"{}\0"), TITLE),
}
MADE = {
    **{f"{name}, behind": form(PLAIN[12:], part) for name, part in LISTS.items()},
    **{f"{name}, before": form(part, PLAIN[12:]) for name, part in LISTS.items() if len(part) % 2 == 0},
    "BW64": b"BW64" + RF64[4:],
}


def order(label: Label = LABEL) -> Order:
    return Order(label=label, replace="test", copy=Copy.WRITE)


@pytest.fixture(params=FILES, ids=lambda path: path.name)
def pair(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, Path]:
    """Give a file as it was and as it is labelled, with the copy."""
    target = tmp_path / "copied.wav"
    api.carry_out(request.param, target, order())
    return request.param, target


def texts(data: bytes) -> list[tuple[Standing, str]]:
    return [(reading.standing, reading.text) for reading in wav.read(BytesSource(data)).readings]


def codes(path: Path) -> dict[str, Severity]:
    return {found.rule.id: found.severity for found in api.verify(path, Policy(scope=Scope.LABEL)).findings}


@pytest.mark.oracle("ffprobe", "ffmpeg")
def test_ffprobe_sees_the_copy_and_every_text_and_packet_that_was_there(pair: tuple[Path, Path]) -> None:
    before, after = ffprobe_texts(pair[0]), ffprobe_texts(pair[1])
    assert after == before | {"aigc": TEXT}
    assert packets(pair[0]) == packets(pair[1])


@pytest.mark.oracle("exiftool")
def test_exiftool_and_mutagen_read_the_file_as_before(pair: tuple[Path, Path]) -> None:
    assert set(without_labels(exiftool(pair[0]))) <= set(without_labels(exiftool(pair[1])))
    assert run("exiftool", "-u", "-b", "-a", "-Unknown_AIGC", pair[1]).replace(b"\0", b"") == TEXT.encode() * 2
    if pair[0].name == "rf64.wav":  # which mutagen does not know
        return
    old, new = (mutagen.wave.WAVE(path).info for path in pair)
    assert (old.length, old.sample_rate, old.channels) == (new.length, new.sample_rate, new.channels)


def test_verify_tells_of_the_copy_and_a_second_run_changes_nothing(pair: tuple[Path, Path]) -> None:
    assert codes(pair[1]) == {"LBL-002": Severity.WARNING}
    assert api.carry_out(pair[1], None, order()).action is Action.UNCHANGED


def test_a_new_label_replaces_both_and_without_the_option_one_stays(pair: tuple[Path, Path]) -> None:
    api.carry_out(pair[1], None, order(LONGER))
    both = [(Standing.COPY, LONGER.to_json()), (Standing.PRIMARY, LONGER.to_json())]
    assert sorted(texts(pair[1].read_bytes())) == both
    api.carry_out(pair[1], None, order())
    assert sorted(text for _, text in texts(pair[1].read_bytes())) == [TEXT, TEXT]
    api.carry_out(pair[1], None, Order(label=LABEL))
    assert texts(pair[1].read_bytes()) == [(Standing.PRIMARY, TEXT)]
    assert codes(pair[1]) == {}


def test_a_label_that_is_there_stays_and_gets_its_copy(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(PLAIN)
    api.embed(path, label=LABEL)
    outcome = api.carry_out(path, None, order())
    assert outcome.replaced == ()
    assert sorted(texts(path.read_bytes())) == [(Standing.COPY, TEXT), (Standing.PRIMARY, TEXT)]


@pytest.mark.parametrize("name", MADE)
def test_every_list_keeps_its_texts_and_every_size_is_right(name: str) -> None:
    source = BytesSource(MADE[name])
    plan = wav.plan_with_copy(source, TEXT)
    made = in_memory(source, plan)
    assert keeps(plan, wav.payload(source))
    assert sorted(texts(made)) == [(Standing.COPY, TEXT), (Standing.PRIMARY, TEXT)]
    again = BytesSource(made)
    whole = riff.form_of(again)
    assert (whole.end, whole.lies) == (len(made), False)
    kinds = [part.kind for part in riff.chunks(again, whole)]
    assert set(kinds) <= {b"ds64", b"fmt ", b"data", b"LIST", b"AIGC", b"JUNK"}
    assert made.count(b"INAM") == MADE[name].count(b"INAM")
    assert in_memory(again, wav.plan_with_copy(again, TEXT)) == made


@pytest.mark.oracle("ffprobe")
@pytest.mark.parametrize("name", [name for name in MADE if "lies" not in name])
def test_ffprobe_sees_the_copy_in_every_list(name: str, tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(in_memory(BytesSource(MADE[name]), wav.plan_with_copy(BytesSource(MADE[name]), TEXT)))
    assert ffprobe_texts(path)["aigc"] == TEXT


@pytest.mark.parametrize(("asked", "there"), [(Copy.WRITE, Copy.NONE), (Copy.NONE, Copy.WRITE)])
def test_a_file_is_delivered_only_with_the_copy_that_was_asked_for(asked: Copy, there: Copy) -> None:
    source = BytesSource(PLAIN)
    wanted, made = (prepare(source, Order(label=LABEL, copy=copy)) for copy in (asked, there))
    target = PlanSource(source, made.plan)
    assert confirm(target, made) is None
    with pytest.raises(NotConfirmed, match="alone"):
        confirm(target, wanted)


def test_a_copy_that_differs_in_one_byte_is_a_contradiction(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    api.carry_out(PLAIN, path, order())
    data = path.read_bytes()
    at = data.index(b"copied-1")
    path.write_bytes(data[:at] + b"copied-2" + data[at + 8 :])
    assert {"LBL-003", "LBL-004"} <= codes(path).keys()


def test_repair_joins_the_two(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    api.carry_out(PLAIN, path, order())
    found = diagnose(path, lambda _: LABEL)
    assert found is not None
    assert found.fixes == (Fix.DOUBLE,)


@pytest.mark.parametrize("name", ["mp3/id3v2.3.mp3", "avi/plain.avi", "jpeg/baseline.jpg"])
def test_formats_whose_label_is_seen_refuse(name: str) -> None:
    with pytest.raises(UnsupportedFormat, match="copy"):
        api.carry_out((FIXTURES / name).read_bytes(), None, order())
