"""The ComfyUI pack, loaded from its folder: what its nodes save carries the label, or is not there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from films import made as film_made
from integrations.comfy_host import PACK, Tensor, Video, executed, loaded, tensor
from PIL import Image, PngImagePlugin

import aigc_label
from aigc_label import Policy, Scope
from aigc_label.integrations.comfyui import NodeStopped
from aigc_label.integrations.comfyui_table import NODES

LABEL_ONLY = Policy(scope=Scope.LABEL)
PRODUCER = {"producer": "Example-Ltd", "produce_id": "1"}
HIDDEN = {"prompt": {"3": {"class_type": "KSampler"}}, "extra_pnginfo": {"workflow": {"nodes": []}}}


@pytest.fixture(autouse=True)
def _no_producer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AIGC_LABEL_PRODUCER", raising=False)


@pytest.fixture
def pack(tmp_path: Path) -> Iterator[ModuleType]:
    with loaded(tmp_path) as module:
        yield module


@pytest.fixture
def images() -> Tensor:
    return tensor(np.random.default_rng(1).random((2, 96, 128, 3)))


@pytest.fixture(scope="module")
def film() -> bytes:
    return film_made("-c:v", "libx264", size="160x120", rate="10", seconds=1)


def sound() -> dict[str, Any]:
    wave = np.sin(np.arange(44100) * 2 * np.pi * 440 / 44100) * 0.3
    return {"waveform": tensor([[wave, wave]]), "sample_rate": 44100}


def output(root: Path) -> list[Path]:
    return sorted(path for path in (root / "output").rglob("*") if path.is_file())


@pytest.mark.parametrize("form", ["png", "jpeg", "webp"])
def test_pictures_that_the_host_saves_are_labelled(pack: ModuleType, tmp_path: Path, images: Tensor, form: str) -> None:
    done = executed(pack, "AIGCLabelSaveImage", images=images, format=form, **PRODUCER, **HIDDEN)
    files = output(tmp_path)
    assert [path.name for path in files] == [one["filename"] for one in done["ui"]["images"]]
    assert [aigc_label.verify(path, LABEL_ONLY).verdict for path in files] == ["compliant"] * 2
    assert done["result"] == ("\n".join(map(str, files)),)


@pytest.mark.parametrize("form", ["flac", "mp3", "opus"])
def test_sound_that_the_host_saves_is_labelled(pack: ModuleType, tmp_path: Path, form: str) -> None:
    done = executed(pack, "AIGCLabelSaveAudio", audio=sound(), format=form, **PRODUCER, **HIDDEN)
    (file,) = output(tmp_path)
    assert done["ui"]["audio"] == [{"filename": file.name, "subfolder": "audio", "type": "output"}]
    assert aigc_label.verify(file, LABEL_ONLY).verdict == "compliant"


@pytest.mark.oracle("ffmpeg")
def test_films_that_the_host_saves_are_labelled(pack: ModuleType, tmp_path: Path, film: bytes) -> None:
    video = Video(film)
    done = executed(pack, "AIGCLabelSaveVideo", video=video, **PRODUCER, **HIDDEN)
    (file,) = output(tmp_path)
    assert aigc_label.verify(file, LABEL_ONLY).verdict == "compliant"
    assert video.told == {"prompt": HIDDEN["prompt"], **HIDDEN["extra_pnginfo"]}
    assert done["ui"]["animated"] == (True,)


def test_everything_else_is_as_the_host_would_have_saved_it(pack: ModuleType, tmp_path: Path, images: Tensor) -> None:
    executed(pack, "AIGCLabelSaveImage", images=images, **PRODUCER, **HIDDEN)
    about = PngImagePlugin.PngInfo()
    about.add_text("prompt", json.dumps(HIDDEN["prompt"]))
    about.add_text("workflow", json.dumps(HIDDEN["extra_pnginfo"]["workflow"]))
    bare = Image.fromarray(np.clip(255.0 * images[0].numpy(), 0, 255).astype(np.uint8))
    bare.save(tmp_path / "bare.png", pnginfo=about, compress_level=4)
    aigc_label.embed(tmp_path / "bare.png", label=aigc_label.Label.generated(producer="Example-Ltd", produce_id="1"))
    assert output(tmp_path)[0].read_bytes() == (tmp_path / "bare.png").read_bytes()


def test_a_second_pass_changes_nothing(pack: ModuleType, tmp_path: Path, images: Tensor) -> None:
    for _ in range(2):
        executed(pack, "AIGCLabelSaveImage", images=images[:1], **PRODUCER)
    first, second = output(tmp_path)
    assert first.read_bytes() == second.read_bytes()
    label = aigc_label.read(first)
    assert label is not None
    assert aigc_label.embed(first, label=label).action == "unchanged"


@pytest.mark.parametrize(
    "wrong", [{"producer": ""}, {"produce_id": "{nothing}"}, {"produce_id": "\x07"}, {"producer": "00119" + "1" * 22}]
)
def test_a_failing_labeller_stops_the_run_and_leaves_no_file(
    pack: ModuleType, tmp_path: Path, images: Tensor, wrong: dict[str, str]
) -> None:
    given = {**PRODUCER, **wrong}
    with pytest.raises(NodeStopped, match=r"(?s).*[一-鿿]"):
        executed(pack, "AIGCLabelSaveImage", images=images, **given)
    with pytest.raises(NodeStopped):
        executed(pack, "AIGCLabelSaveAudio", audio=sound(), **given)
    with pytest.raises(NodeStopped):
        executed(pack, "AIGCLabelSaveVideo", video=Video(b"\0\0\0\x14ftypisom\0\0\0\0isom"), **given)
    assert output(tmp_path) == []


def test_a_film_that_cannot_be_labelled_is_not_there(pack: ModuleType, tmp_path: Path) -> None:
    with pytest.raises(NodeStopped):
        executed(pack, "AIGCLabelSaveVideo", video=Video(b"no film at all"), **PRODUCER)
    assert output(tmp_path) == []


def test_a_stripped_file_is_caught_by_the_verify_node(pack: ModuleType, tmp_path: Path, images: Tensor) -> None:
    (paths,) = executed(pack, "AIGCLabelSaveImage", images=images, **PRODUCER)["result"]
    assert executed(pack, "AIGCLabelVerify", files=paths)["result"][0] == "compliant"
    file = output(tmp_path)[1]
    with Image.open(file) as image:
        bare = image.convert("RGB")
    bare.save(file)
    with pytest.raises(NodeStopped, match=r"LBL-001"):
        executed(pack, "AIGCLabelVerify", files=paths)
    verdict, report = executed(pack, "AIGCLabelVerify", files=file.name, otherwise="report")["result"]
    assert verdict == "unlabelled"
    assert json.loads(report)[0]["path"] == str(file)


@pytest.mark.parametrize("files", ["../secret.png", "/etc/passwd", ""])
def test_the_verify_node_looks_into_the_host_s_folders_only(pack: ModuleType, tmp_path: Path, files: str) -> None:
    (tmp_path / "secret.png").write_bytes(b"")
    with pytest.raises(NodeStopped):
        executed(pack, "AIGCLabelVerify", files=files)


def test_a_verdict_is_never_taken_from_the_cache(pack: ModuleType) -> None:
    changed = pack.NODE_CLASS_MAPPINGS["AIGCLabelVerify"].IS_CHANGED(files="a.png")
    assert changed != changed


def test_metadata_switched_off_leave_out_the_workflow_never_the_label(tmp_path: Path, images: Tensor) -> None:
    with loaded(tmp_path, disable_metadata=True) as pack:
        executed(pack, "AIGCLabelSaveImage", images=images[:1], **PRODUCER, **HIDDEN)
    (file,) = output(tmp_path)
    assert aigc_label.read(file) is not None
    with Image.open(file) as image:
        assert image.info.keys() & {"prompt", "workflow"} == set()


def test_a_user_may_leave_out_the_workflow_and_keep_the_label(pack: ModuleType, tmp_path: Path) -> None:
    executed(pack, "AIGCLabelSaveAudio", audio=sound(), workflow=False, **PRODUCER, **HIDDEN)
    (file,) = output(tmp_path)
    assert aigc_label.read(file) is not None
    assert b"KSampler" not in file.read_bytes()


def test_the_producer_may_come_from_the_environment(
    pack: ModuleType, tmp_path: Path, images: Tensor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIGC_LABEL_PRODUCER", "Elsewhere")
    executed(pack, "AIGCLabelSaveImage", images=images)
    labels = [aigc_label.read(path) for path in output(tmp_path)]
    assert {label.producer for label in labels if label} == {"Elsewhere"}
    assert len({label.produce_id for label in labels if label}) == 2


def test_an_order_to_sign_is_not_passed_over(
    pack: ModuleType, tmp_path: Path, images: Tensor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIGC_LABEL_SIGN", "key.pem")
    with pytest.raises(NodeStopped, match="AIGC_LABEL_SIGN"):
        executed(pack, "AIGCLabelSaveImage", images=images, **PRODUCER)
    assert output(tmp_path) == []


def test_the_mark_is_drawn_and_nothing_outside_of_it_changes(pack: ModuleType, images: Tensor) -> None:
    (drawn,) = executed(pack, "AIGCLabelAddMark", images=images)["result"]
    changed = (np.asarray(drawn) != np.asarray(images)).any(axis=-1)
    assert changed.any()
    assert not changed[:, :48].any()
    picture = Image.fromarray((np.asarray(drawn[0]) * 255).astype(np.uint8))
    assert aigc_label.verify(picture, Policy(scope=Scope.MARK)).verdict == "compliant"


def test_a_save_node_draws_the_mark_and_labels_in_one_go(pack: ModuleType, tmp_path: Path, images: Tensor) -> None:
    executed(pack, "AIGCLabelSaveImage", images=images[:1], mark="top-left", **PRODUCER)
    executed(pack, "AIGCLabelSaveAudio", audio=sound(), mark="rhythm", **PRODUCER)
    assert [aigc_label.verify(path).verdict for path in output(tmp_path)] == ["compliant"] * 2


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_page_s_texts_cover_every_input_and_output(pack: ModuleType, lang: str) -> None:
    texts = json.loads((PACK / "locales" / lang / "nodeDefs.json").read_text(encoding="utf-8"))
    assert texts.keys() == pack.NODE_CLASS_MAPPINGS.keys() == pack.NODE_DISPLAY_NAME_MAPPINGS.keys()
    for name, node in pack.NODE_CLASS_MAPPINGS.items():
        assert texts[name]["inputs"].keys() == node.INPUT_TYPES()["required"].keys()
        assert len(texts[name]["outputs"]) == len(node.RETURN_TYPES)


def test_the_example_uses_the_nodes_as_they_are(pack: ModuleType) -> None:
    example = json.loads((PACK / "example_workflows/labelled.json").read_text(encoding="utf-8"))
    ours = [node for node in example["nodes"] if node["type"] in pack.NODE_CLASS_MAPPINGS]
    assert {node["type"] for node in ours} == pack.NODE_CLASS_MAPPINGS.keys()
    for node in ours:
        types = pack.NODE_CLASS_MAPPINGS[node["type"]].INPUT_TYPES()["required"]
        widgets = [(kind, options) for kind, options in types.values() if "default" in options]
        assert len(widgets) == len(node["widgets_values"])
        for (kind, _), value in zip(widgets, node["widgets_values"], strict=True):
            assert not isinstance(kind, list) or value in kind


def test_no_input_is_named_as_an_output_is() -> None:
    """ComfyUI's third interface refuses such nodes."""
    for node in NODES:
        names = [one.name for one in (*node.inputs, *node.outputs)]
        assert len(set(names)) == len(names)
