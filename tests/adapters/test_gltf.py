"""glTF and GLB: one text in the asset's extras; pygltflib opens the scene, every buffer and chunk is as before."""

from __future__ import annotations

import json
import struct
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from pygltflib import GLTF2

from aigc_label.adapters.gltf import payload, plan, read
from aigc_label.errors import AigcLabelError, LimitExceeded, MalformedFile, UnsupportedFormat
from aigc_label.evidence import NoticeKind, Repair, Standing
from aigc_label.label import Label
from aigc_label.source import BytesSource
from aigc_label.splice import in_memory, keeps

FIXTURES = Path(__file__).parents[2] / "fixtures"
FILES = sorted([*(FIXTURES / "gltf").glob("*"), *(FIXTURES / "glb").glob("*")])
LABEL = Label.generated(producer='某"公司\\', produce_id="x/1")
TEXT = LABEL.to_json()
OLD = '{"Label":"1","ContentProducer":"doubao","ProduceID":"p"}'


def labelled(data: bytes, text: str = TEXT) -> bytes:
    source = BytesSource(data, "a.gltf")
    made = plan(source, text)
    assert keeps(made, payload(source))
    return in_memory(source, made)


def document(data: bytes) -> dict[str, Any]:
    if data[:4] != b"glTF":
        return json.loads(data)  # type: ignore[no-any-return]
    return json.loads(data[20 : 20 + int.from_bytes(data[12:16], "little")])  # type: ignore[no-any-return]


def chunks(data: bytes) -> list[tuple[bytes, bytes]]:
    found, at = [], 12
    while at < len(data):
        length, kind = struct.unpack_from("<I4s", data, at)
        found.append((kind, data[at + 8 : at + 8 + length]))
        at += 8 + length
    return found


def without_labels(found: dict[str, Any]) -> dict[str, Any]:
    for holder in (found, found["asset"], found.get("extras", {}), found["asset"].get("extras", {})):
        for key in [key for key in holder if key.upper() == "AIGC"]:
            del holder[key]
    for holder in (found, found["asset"]):
        if not holder.get("extras", True):
            del holder["extras"]
    return found


@pytest.mark.filterwarnings("ignore:Ignoring chunk")
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_pygltflib_reads_the_label_and_the_same_scene(path: Path, tmp_path: Path) -> None:
    after = tmp_path / path.name
    after.write_bytes(labelled(path.read_bytes()))
    old, new = GLTF2().load(str(path)), GLTF2().load(str(after))
    assert old is not None
    assert new is not None
    assert new.asset.extras["AIGC"] == TEXT
    for part in ("nodes", "meshes", "accessors", "bufferViews", "buffers", "scenes"):
        assert str(getattr(new, part)) == str(getattr(old, part))
    assert new.binary_blob() == old.binary_blob()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_all_other_json_is_as_before(path: Path) -> None:
    before = path.read_bytes()
    assert without_labels(document(labelled(before))) == without_labels(document(before))


@pytest.mark.parametrize("path", sorted((FIXTURES / "glb").glob("*")), ids=lambda path: path.name)
def test_chunks_end_on_four_bytes_and_the_lengths_follow(path: Path) -> None:
    before, after = path.read_bytes(), labelled(path.read_bytes())
    assert int.from_bytes(after[8:12], "little") == len(after)
    assert chunks(after)[1:] == chunks(before)[1:]
    (kind, content), *_ = chunks(after)
    assert kind == b"JSON"
    assert len(content) % 4 == 0
    assert content.rstrip(b" ").endswith(b"}")


@pytest.mark.parametrize(
    ("asset", "standing", "repairs"),
    [
        ({"extras": {"AIGC": OLD}}, Standing.CHOSEN, ()),
        ({"extras": {"AIGC": json.loads(OLD)}}, Standing.CHOSEN, (Repair.NESTED,)),
        ({"extras": {"aigc": OLD}}, Standing.CHOSEN, (Repair.NAME_CASE,)),
        ({"AIGC": OLD}, Standing.COMPATIBLE, ()),
        ({"copyright": OLD}, Standing.HIDDEN, ()),
    ],
)
def test_labels_are_read_where_they_stand(
    asset: dict[str, Any], standing: Standing, repairs: tuple[Repair, ...]
) -> None:
    data = json.dumps({"asset": {"version": "2.0", **asset}}).encode()
    (reading,) = read(BytesSource(data)).readings
    assert (reading.standing, reading.repairs) == (standing, repairs)
    assert "doubao" in reading.text


@pytest.mark.parametrize(
    "members",
    [
        '"AIGC":1',
        '"a":1,"AIGC":2',
        '"AIGC":1,"aigc":2',
        '"aigc":1,"Aigc":2,"b":3',
        '"x":0,"AIGC":1,"aigc":2,"Aigc":3',
        '"AIGC":1,"AIGC":2',
        "",
    ],
)
@pytest.mark.parametrize(
    "where",
    [
        '{{"asset":{{"version":"2.0","extras":{{{}}}}}}}',
        '{{"asset":{{{}}}}}',
        '{{"asset":{{}},"extras":{{{}}}}}',
        '{{{},"asset":{{}}}}',
    ],
)
def test_whatever_labels_stood_there_one_is_left_and_the_json_is_whole(where: str, members: str) -> None:
    if where.startswith("{{{}") and not members:
        return
    after = document(labelled(where.format(members).encode()))
    assert after["asset"]["extras"]["AIGC"] == TEXT
    assert json.dumps(after).upper().count('"AIGC"') == 1


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"{}", MalformedFile),
        (b'{"asset":[]}', MalformedFile),
        (b'{"asset":{},"asset":{}}', MalformedFile),
        (b'{"asset":{}', MalformedFile),
        (b"[]", MalformedFile),
        (b'{"asset":{"extras":"x"}}', UnsupportedFormat),
        (b'{"asset":{"extras":null}}', UnsupportedFormat),
        (b"[" * 200_000, LimitExceeded),
        (b"glTF\x01\0\0\0" + bytes(12), UnsupportedFormat),
        (b"glTF\x02\0\0\0" + b"\xff" * 12, MalformedFile),
    ],
)
def test_what_cannot_be_edited_is_refused_by_name(data: bytes, error: type[AigcLabelError]) -> None:
    with pytest.raises(error):
        labelled(data)


def test_bytes_behind_the_stated_end_are_said() -> None:
    data = (FIXTURES / "glb" / "plain.glb").read_bytes()
    (notice,) = read(BytesSource(data + b"more")).notices
    assert (notice.kind, notice.offset) == (NoticeKind.TRAILING, len(data))
    assert labelled(data + b"more").endswith(b"more")


@pytest.mark.parametrize(
    "data",
    [
        b'{"asset":{' + b",".join(b'"%d":1' % n for n in range(9_000)) + b"}}",
        b'{"asset":{"x":"' + b"\\\\" * 500_000 + b'"}}',
        b'{"asset":{},"x":[' + b"{}," * 300_000 + b"1]}",
    ],
)
def test_a_megabyte_made_to_cost_time_costs_little(data: bytes) -> None:
    started = time.process_time()
    with suppress(AigcLabelError):
        labelled(data)
    assert time.process_time() - started < 3.0
