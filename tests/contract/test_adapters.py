"""What every adapter promises; a format joins by being in the table and having fixtures."""

from __future__ import annotations

from pathlib import Path

import pytest

from aigc_label.adapters import Adapter, adapter_of
from aigc_label.errors import AigcLabelError
from aigc_label.evidence import Standing
from aigc_label.formats import FORMATS, Room
from aigc_label.label import Label
from aigc_label.patching import patch_of
from aigc_label.sniff import sniff
from aigc_label.source import BytesSource, Source
from aigc_label.splice import PlanSource, composed, in_memory, keeps

FIXTURES = Path(__file__).parents[2] / "fixtures"
LABEL = Label.generated(producer="001191110108335469089C10100", produce_id="contract-0001")
TEXT = LABEL.to_json()
OTHER = Label.generated(producer="001191110108335469089C10100", produce_id="contract-2").to_json()
FILES = [
    pytest.param(path, id=f"{row.name}/{path.name}")
    for row in FORMATS
    if row.adapter
    for path in sorted((FIXTURES / row.name).glob("*"))
    if path.is_file()
]
SMALL = [param for param in FILES if param.values[0].stat().st_size <= 8192]


def opened(path: Path) -> tuple[Adapter, Source]:
    source = BytesSource(path.read_bytes(), path.name)
    return adapter_of(sniff(source)), source


def test_every_format_with_an_adapter_has_fixtures() -> None:
    for row in FORMATS:
        if row.adapter:
            assert list((FIXTURES / row.name).glob("*")), row.name


@pytest.mark.parametrize("path", FILES)
def test_sniffed_as_the_folder_says(path: Path) -> None:
    assert sniff(BytesSource(path.read_bytes(), path.name)).name == path.parent.name


@pytest.mark.parametrize("path", FILES)
def test_the_plan_keeps_every_payload_byte(path: Path) -> None:
    adapter, source = opened(path)
    payload = adapter.payload(source)
    assert payload
    assert keeps(adapter.plan(source, TEXT), payload)


@pytest.mark.parametrize("path", FILES)
def test_the_payload_is_the_same_bytes_after_labelling(path: Path) -> None:
    adapter, source = opened(path)
    target = PlanSource(source, adapter.plan(source, TEXT))

    def media(of: Source) -> bytes:
        return b"".join(of.at(part.offset, part.length) for part in adapter.payload(of))

    assert media(target) == media(source)


@pytest.mark.parametrize("path", FILES)
def test_the_label_is_the_only_one_and_in_its_place(path: Path) -> None:
    adapter, source = opened(path)
    (reading,) = adapter.read(PlanSource(source, adapter.plan(source, TEXT))).readings
    assert reading.text == TEXT
    assert reading.standing in (Standing.PRIMARY, Standing.CHOSEN)
    assert reading.repairs == ()


@pytest.mark.parametrize("path", FILES)
def test_a_second_run_changes_nothing(path: Path) -> None:
    adapter, source = opened(path)
    once = in_memory(source, adapter.plan(source, TEXT))
    again = BytesSource(once)
    assert in_memory(again, adapter.plan(again, TEXT)) == once


@pytest.mark.parametrize("path", FILES)
def test_a_change_of_the_label_fits_into_the_padding(path: Path) -> None:
    adapter, source = opened(path)
    once = BytesSource(in_memory(source, adapter.plan(source, TEXT)))
    plan = adapter.plan(once, OTHER)
    changed = PlanSource(once, plan)
    if sniff(source).room is Room.PADDED:
        assert changed.size == once.size
    assert [reading.text for reading in adapter.read(changed).readings] == [OTHER]
    patch = patch_of(once, plan)
    assert patch is None or len(patch.new) <= 4096


@pytest.mark.parametrize("path", FILES)
def test_two_steps_compose_into_one_plan(path: Path) -> None:
    adapter, source = opened(path)
    first = adapter.plan(source, TEXT)
    middle = PlanSource(source, first)
    second = adapter.plan(middle, OTHER)
    assert in_memory(source, composed(second, first)) == in_memory(middle, second)


@pytest.mark.parametrize("path", FILES)
def test_the_written_file_is_still_of_its_format(path: Path) -> None:
    adapter, source = opened(path)
    assert sniff(PlanSource(source, adapter.plan(source, TEXT))).name == path.parent.name


@pytest.mark.parametrize("path", SMALL)
def test_truncated_anywhere_it_raises_only_our_errors(path: Path) -> None:
    adapter, source = opened(path)
    labelled = in_memory(source, adapter.plan(source, TEXT))
    for length in range(len(labelled)):
        _survives(adapter, labelled[:length])


@pytest.mark.parametrize("path", SMALL)
def test_any_flipped_bit_raises_only_our_errors(path: Path) -> None:
    adapter, source = opened(path)
    data = bytearray(in_memory(source, adapter.plan(source, TEXT)))
    for at in range(min(len(data), 4096)):
        bit = 1 << (at % 8)
        data[at] ^= bit
        _survives(adapter, bytes(data))
        data[at] ^= bit


def _survives(adapter: Adapter, data: bytes) -> None:
    source = BytesSource(data)
    for job in (adapter.read, adapter.payload, lambda s: adapter.plan(s, OTHER)):
        try:
            job(source)
        except AigcLabelError:
            continue


class Failing(BytesSource):
    """A source whose k-th read fails as a broken disk would."""

    def __init__(self, data: bytes, good_reads: int) -> None:
        super().__init__(data)
        self.left = good_reads

    def upto(self, offset: int, length: int) -> bytes:
        if self.left == 0:
            raise OSError(5, "Input/output error")
        self.left -= 1
        return super().upto(offset, length)


@pytest.mark.parametrize("path", SMALL)
def test_a_read_error_passes_through(path: Path) -> None:
    adapter, _ = opened(path)
    data = path.read_bytes()
    for good in range(200):
        try:
            adapter.read(Failing(data, good))
        except OSError:
            continue
        return
    pytest.fail("more than 200 reads for a small file")
