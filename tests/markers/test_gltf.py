"""Marks in scenes: before every camera that the scene opens with, and nothing else of it changes."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pygltflib import GLTF2
from scenes import BOX, DATA, binary, eye, flat, marked, scene, tree

import aigc_label
from aigc_label.detectors.scenes import look
from aigc_label.detectors.words import sightings
from aigc_label.errors import AigcLabelError, InvalidMark, LimitExceeded, MalformedFile, UnsupportedFormat
from aigc_label.evidence import Sighting
from aigc_label.markers.gltf import render
from aigc_label.marking import MIN_HEIGHT_SHARE, Mark, Place, complies
from aigc_label.order import Action, Order
from aigc_label.policy import Policy
from aigc_label.report import Scope, Verdict
from aigc_label.source import BytesSource
from tools.browser import is_here, shown, three

FIXTURES = Path(__file__).parents[2] / "fixtures"
FILES = sorted([*(FIXTURES / "gltf").glob("*"), *(FIXTURES / "glb").glob("*")])
TURNED = {"rotation": [0, 0.3826834, 0, 0.9238795], "translation": [3, 1, 3]}
SCENES = {
    "no camera": scene({"mesh": 0}),
    "nothing to show": scene({"name": "empty"}),
    "one": scene({"mesh": 0}, {"camera": 0, "translation": [0, 0, 5]}, cameras=[eye()]),
    "turned": scene({"mesh": 0}, {"camera": 0, **TURNED}, cameras=[eye(aspectRatio=1.5)]),
    "upright": scene({"mesh": 0}, {"camera": 0, "translation": [0, 0, 5]}, cameras=[eye(aspectRatio=0.6)]),
    "scaled": scene({"mesh": 0}, {"camera": 0, "scale": [100] * 3, "translation": [0, 0, 5]}, cameras=[eye()]),
    "shrunk": scene({"mesh": 0}, {"camera": 0, "scale": [0.01] * 3, "translation": [0, 0, 5]}, cameras=[eye()]),
    "flat": scene({"mesh": 0}, {"camera": 0, "translation": [0, 0, 5]}, cameras=[flat(3, 2)]),
    "flat and scaled": scene({"mesh": 0}, {"camera": 0, "scale": [9] * 3, "translation": [0, 0, 5]}, cameras=[flat(2, 3)]),
    "two": scene({"mesh": 0}, {"camera": 0, **TURNED, "children": []}, {"camera": 1}, cameras=[eye(1.5), flat(2, 2)]),
    "inside": scene({"mesh": 0, "scale": [9, 9, 9]}, {"camera": 0}, cameras=[eye()]),
}  # fmt: skip
CAMERA = scene({"mesh": 0}, {"camera": 0, "translation": [0, 0, 5]}, cameras=[eye()])


def seen(data: bytes) -> Sighting:
    (found,) = look(BytesSource(data, "a.glb"))
    return found


def changed(data: bytes, change: Any) -> bytes:
    """A marked scene with a change to its tables."""
    made = tree(data)
    change(made)
    return binary(made)


@pytest.mark.parametrize("name", SCENES)
def test_the_words_stand_at_the_edge_of_every_opening_view_and_are_tall_enough(name: str) -> None:
    data = binary(SCENES[name])
    assert look(BytesSource(data)) == ()
    found = seen(marked(data))
    assert found.text == "人工智能生成"
    assert found.height_share is not None
    assert found.height_share >= MIN_HEIGHT_SHARE
    assert found.edge_share is not None
    assert found.edge_share < 0.1
    assert found.contrast is not None
    assert found.contrast > 10


@pytest.mark.parametrize(("place", "upper"), [(Place.TOP_RIGHT, True), (Place.BOTTOM, False), (Place.LEFT, False)])
def test_they_stand_at_the_upper_or_the_lower_edge(place: Place, upper: bool) -> None:
    found = seen(marked(binary(CAMERA), Mark(place=place)))
    assert found.box is not None
    assert (found.box.bottom < 200) is upper


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_table_row_and_byte_that_was_there_stays(path: Path) -> None:
    data = path.read_bytes()
    after = marked(data)
    is_binary = data[:4] == b"glTF"
    old, new = (tree(one) if is_binary else json.loads(one) for one in (data, after))
    if is_binary:
        ends = [20 + int.from_bytes(one[12:16], "little") for one in (data, after)]
        assert data[ends[0] :] == after[ends[1] :]
        assert int.from_bytes(after[8:12], "little") == len(after)
    for table, rows in old.items():
        if isinstance(rows, list) and table != "scenes":
            assert new[table][: len(rows)] == rows
        elif table != "scenes":
            assert new[table] == rows
    assert new["scenes"][0]["nodes"][:-1] == old["scenes"][0]["nodes"]
    opened = GLTF2.gltf_from_json(json.dumps(new))
    assert opened.materials[-1].extensions == {"KHR_materials_unlit": {}}


def test_add_marks_labels_and_verifies(tmp_path: Path) -> None:
    target = tmp_path / "a.glb"
    target.write_bytes(binary(CAMERA))
    label = aigc_label.Label.generated(producer="001191110108335469089C10100", produce_id="x")
    assert aigc_label.verify(target).verdict is Verdict.UNLABELLED
    aigc_label.add(target, label=label)
    assert aigc_label.verify(target).verdict is Verdict.COMPLIANT
    once = target.read_bytes()
    assert aigc_label.carry_out(target, None, Order(label=label, mark=Mark())).action is Action.UNCHANGED
    assert target.read_bytes() == once


def test_words_that_are_long_are_broken_so_that_upright_windows_show_them() -> None:
    rendering = render(BytesSource(binary(CAMERA), "a.glb"), Mark(text="本内容由人工智能生成合成"))
    assert "\n" in rendering.words
    with pytest.raises(InvalidMark):
        marked(binary(CAMERA), Mark(text="本内容由人工智能生成合成" * 4))


COVER = {"mesh": 0, "scale": [0.2, 0.2, 0.0001], "translation": [0, 0, 4.8989]}


def a_board(made: dict[str, Any]) -> None:
    made["nodes"].append(COVER)
    made["scenes"][0]["nodes"].append(len(made["nodes"]) - 1)


def mark_of(made: dict[str, Any]) -> dict[str, Any]:
    return next(node for node in made["nodes"] if node.get("name") == "AIGC_mark")


def material_of(made: dict[str, Any]) -> dict[str, Any]:
    return next(row for row in made["materials"] if row.get("name") == "AIGC_mark")


HIDDEN = {
    "covered": a_board,
    "behind the camera": lambda made: mark_of(made)["translation"].__setitem__(2, 1.0),
    "behind the box": lambda made: mark_of(made)["translation"].__setitem__(2, -9.0),
    "before the near plane": lambda made: made["cameras"][0]["perspective"].update(znear=1.0),
    "out of the picture": lambda made: mark_of(made)["translation"].__setitem__(1, -1.0),
    "mirrored": lambda made: mark_of(made)["scale"].__setitem__(0, -mark_of(made)["scale"][0]),
    "clear": lambda made: material_of(made).update(alphaMode="BLEND") or material_of(made)["pbrMetallicRoughness"].update(
        baseColorFactor=[1, 1, 1, 0.02]),
    "black": lambda made: material_of(made)["pbrMetallicRoughness"].update(baseColorFactor=[0, 0, 0, 1]),
    "switched off": lambda made: mark_of(made).update(extensions={"KHR_node_visibility": {"visible": False}}),
    "in the scene, bound to no camera": lambda made: (
        made["nodes"][1].pop("children"), made["scenes"][0]["nodes"].append(len(made["nodes"]) - 1)),
}  # fmt: skip


@pytest.mark.parametrize("how", HIDDEN)
def test_a_mark_that_nobody_sees_is_none(how: str) -> None:
    data = changed(marked(binary(CAMERA)), HIDDEN[how])
    found = look(BytesSource(data))
    assert not any(complies(one.text) and (one.height_share or 0) >= 0.04 for one in found)
    assert aigc_label.verify(data, Policy(scope=Scope.MARK)).verdict is not Verdict.COMPLIANT


def test_a_mark_that_is_too_small_is_measured() -> None:
    def shrunk(made: dict[str, Any]) -> None:
        mark_of(made)["scale"] = [0.6 * one for one in mark_of(made)["scale"]]

    report = aigc_label.verify(changed(marked(binary(CAMERA)), shrunk), Policy(scope=Scope.MARK))
    assert [finding.rule.id for finding in report.findings] == ["VIR-005"]


def test_one_camera_without_it_is_enough_to_fail() -> None:
    def second(made: dict[str, Any]) -> None:
        made["nodes"].append({"camera": 0})
        made["scenes"][0]["nodes"].append(len(made["nodes"]) - 1)

    report = aigc_label.verify(changed(marked(binary(CAMERA)), second), Policy(scope=Scope.MARK))
    assert [finding.rule.id for finding in report.findings] == ["VIR-001"]


UNKNOWN = {
    "lit": lambda made: material_of(made).pop("extensions"),
    "moved by an animation": lambda made: made.update(
        animations=[{"channels": [{"sampler": 0, "target": {"node": len(made["nodes"]) - 1, "path": "scale"}}]}]),
    "in another file": lambda made: made["images"][-1].update(uri="a.png") or made["images"][-1].pop("bufferView"),
    "packed geometry before it": lambda made: (a_board(made), made["meshes"][0]["primitives"][0].update(
        extensions={"KHR_draco_mesh_compression": {}})),
    "joints that may move something before it": lambda made: (
        a_board(made), made["nodes"][-1].update(skin=0), made.update(skins=[{"joints": [1]}])),
}  # fmt: skip


@pytest.mark.parametrize("why", UNKNOWN)
def test_what_cannot_be_drawn_here_is_undecidable_and_never_nothing(why: str) -> None:
    report = aigc_label.verify(changed(marked(binary(CAMERA)), UNKNOWN[why]), Policy(scope=Scope.MARK))
    assert report.verdict is Verdict.UNDECIDABLE
    assert [finding.rule.id for finding in report.findings] == ["VIR-007"]


def test_joints_far_from_the_camera_cover_nothing() -> None:
    made = copy.deepcopy(CAMERA)
    made["nodes"][0]["skin"] = 0
    made["skins"] = [{"joints": [0]}]
    assert complies(seen(marked(binary(made))).text)


@pytest.mark.parametrize("scale", [[1, 2, 1], [0, 0, 0]])
def test_a_camera_in_a_skewed_space_is_refused(scale: list[float]) -> None:
    made = copy.deepcopy(CAMERA)
    made["nodes"][1]["scale"] = scale
    with pytest.raises((UnsupportedFormat, MalformedFile)):
        marked(binary(made))


def test_a_library_of_parts_is_refused_with_a_remedy() -> None:
    made = copy.deepcopy(CAMERA)
    del made["scenes"], made["scene"]
    with pytest.raises(UnsupportedFormat, match="scene") as told:
        marked(binary(made))
    assert told.value.remedy.zh


HOSTILE: dict[str, Any] = {
    "a ring of nodes": lambda made: made["nodes"][1].update(children=[1]),
    "a node that is not there": lambda made: made["scenes"][0]["nodes"].append(99),
    "a negative node": lambda made: made["scenes"][0]["nodes"].append(-1),
    "a table that is no table": lambda made: made.update(nodes={"a": 1}),
    "no number": lambda made: made["nodes"][1].update(translation=["x", 0, 0]),
    "no end": lambda made: made["nodes"][1].update(translation=[1e999, 0, 0]),
    "a camera without a shape": lambda made: made.update(cameras=[{"type": "perspective"}]),
    "a view of all directions": lambda made: made["cameras"][0]["perspective"].update(yfov=3.2),
    "no near plane": lambda made: made["cameras"][0]["perspective"].update(znear=0),
}


@pytest.mark.parametrize("how", HOSTILE)
def test_tables_that_contradict_each_other_are_refused_by_name(how: str) -> None:
    made = copy.deepcopy(CAMERA)
    HOSTILE[how](made)
    with pytest.raises((MalformedFile, UnsupportedFormat, LimitExceeded)):
        render(BytesSource(binary(made), "a.glb"), Mark())
    with pytest.raises((MalformedFile, UnsupportedFormat, LimitExceeded)):
        look(BytesSource(binary(made), "a.glb"))


def test_damaged_tables_raise_only_our_errors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aigc_label.detectors.scenes.sightings", lambda pixels, faces: ())  # reading is not asked here
    made = tree(marked(binary(SCENES["two"])))
    places: list[tuple[Any, Any]] = []

    def walk(value: Any) -> None:
        for key in value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
            places.append((value, key))
            walk(value[key])

    walk(made)
    for holder, key in places[::4]:
        was = holder[key]
        for instead in (None, -1, 1 << 40, "x", []):
            holder[key] = instead
            source = BytesSource(binary(made), "a.glb")
            for work in (lambda source: look(source), lambda source: render(source, Mark())):
                try:
                    work(source)
                except AigcLabelError:
                    continue
        holder[key] = was


def test_a_thousand_boxes_beside_the_mark_cost_little() -> None:
    boxes = [{"mesh": 0, "scale": [0.01] * 3, "translation": [n % 10, n // 10 % 10, -n // 100]} for n in range(1000)]
    made = scene(*boxes, {"camera": 0, "translation": [0, 0, 50]}, cameras=[eye()])
    assert complies(seen(marked(binary(made))).text)
    assert len(DATA) == BOX.nbytes + 72


@pytest.mark.long
@pytest.mark.oracle("chromium")
@pytest.mark.skipif(not is_here(), reason="three.js is fetched with npm")
@pytest.mark.parametrize("size", [(1280, 720), (700, 700), (390, 760)])
def test_three_js_in_a_browser_shows_the_words_that_our_reader_of_pictures_reads(
    tmp_path_factory: pytest.TempPathFactory, size: tuple[int, int]
) -> None:
    site = three(tmp_path_factory.mktemp("three"))
    assert site is not None, "three.js could not be fetched"
    for name, made in SCENES.items():
        data = marked(binary(made))
        for number, camera in enumerate(tree(data)["cameras"]):
            flat_one = camera.get("orthographic")  # three.js stretches what such a camera sees to its window
            fitting = (round(300 * flat_one["xmag"]), round(300 * flat_one["ymag"])) if flat_one else size
            found = sightings(np.ascontiguousarray(shown(site, data, fitting, number)))
            assert found, (name, number)
            assert complies(found[0].text), (name, number)
            assert (found[0].height_share or 0) >= MIN_HEIGHT_SHARE, (name, number, found[0])
            assert (found[0].edge_share or 1) < 0.12, (name, number)
