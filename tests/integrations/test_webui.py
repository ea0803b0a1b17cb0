"""The extension for Stable Diffusion WebUI: what the host saves is labelled, or no longer lies there as a picture.

The host itself cannot be asked here (its source is beyond what can be fetched); a stand-in does what its public source does.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from cli.conftest import COMMAND
from integrations.webui_host import EXTENSION, Params, WebUi, started
from PIL import Image

import aigc_label
from aigc_label import Policy, Scope

LABEL_ONLY = Policy(scope=Scope.LABEL)


@pytest.fixture
def webui(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[WebUi]:
    monkeypatch.setenv("AIGC_LABEL_COMMAND", str(COMMAND))
    monkeypatch.delenv("AIGC_LABEL_PRODUCER", raising=False)
    with started(tmp_path) as host:
        host.opts.aigc_label_producer = "Example-Ltd"
        yield host


@pytest.fixture
def image() -> Image.Image:
    return Image.linear_gradient("L").convert("RGB")


def names(host: WebUi) -> list[str]:
    return sorted(path.name for path in host.output.iterdir())


@pytest.mark.host("stable-diffusion-webui (stand-in)", shows="labels")
@pytest.mark.parametrize("extension", ["png", "jpg", "webp"])
def test_what_the_host_saves_is_labelled(webui: WebUi, image: Image.Image, extension: str) -> None:
    webui.save_image(image, "00001-1", extension)
    assert webui.log == []
    report = aigc_label.verify(webui.output / f"00001-1.{extension}", LABEL_ONLY)
    assert report.verdict == "compliant"
    assert [reading.standing for reading in report.evidence.survey.readings] == ["primary"]


@pytest.mark.host("stable-diffusion-webui (stand-in)", shows="equal")
@pytest.mark.parametrize("extension", ["png", "jpg"])
def test_everything_else_is_what_the_host_saved(
    webui: WebUi, image: Image.Image, tmp_path: Path, extension: str
) -> None:
    webui.save_image(image.copy(), "a", extension)
    label = aigc_label.read(tmp_path / f"a.{extension}")
    assert label is not None
    webui.callbacks.clear()
    webui.save_image(image, "bare", extension)
    aigc_label.embed(tmp_path / f"bare.{extension}", label=label)
    assert (tmp_path / f"a.{extension}").read_bytes() == (tmp_path / f"bare.{extension}").read_bytes()


@pytest.mark.host("stable-diffusion-webui (stand-in)", shows="again")
def test_labelling_again_changes_nothing(webui: WebUi, image: Image.Image, tmp_path: Path) -> None:
    webui.save_image(image, "a")
    label = aigc_label.read(tmp_path / "a.png")
    assert label is not None
    assert aigc_label.embed(tmp_path / "a.png", label=label).action == "unchanged"


@pytest.mark.host("stable-diffusion-webui (stand-in)", shows="closed")
@pytest.mark.parametrize("wrong", [{"aigc_label_producer": ""}, {"aigc_label_produce_id": "{stem}"}])
def test_a_failing_labeller_leaves_no_unlabelled_picture(
    webui: WebUi, image: Image.Image, wrong: dict[str, str]
) -> None:
    vars(webui.opts).update(wrong)
    webui.save_image(image, "a", "jpg")
    assert names(webui) == ["a.jpg.unlabelled"]
    assert "未能添加标识" in webui.log[-1]


@pytest.mark.host("stable-diffusion-webui (stand-in)", shows="closed")
def test_a_command_that_is_missing_leaves_no_unlabelled_picture(
    tmp_path: Path, image: Image.Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIGC_LABEL_COMMAND", "no-such-command")
    with started(tmp_path) as host:
        for _ in range(2):
            host.save_image(image, "a")
    assert names(host) == ["a.png.unlabelled", "a.png.unlabelled1"]
    assert "no-such-command" in host.log[-1]


@pytest.mark.host("stable-diffusion-webui (stand-in)", shows="caught")
def test_a_stripped_picture_is_told_of_on_the_page(webui: WebUi, image: Image.Image, tmp_path: Path) -> None:
    (told,) = webui.component("pnginfo_image")
    webui.save_image(image, "a")
    with Image.open(tmp_path / "a.png") as kept:
        assert "ContentProducer: Example-Ltd" in told(kept)
        assert "compliant · 合规" in told(kept)
        bare = kept.copy()
    bare.info.clear()
    assert "unlabelled · 未标识" in told(bare)
    assert told(None) == ""


def test_a_label_that_is_hostile_is_shown_harmless(webui: WebUi, image: Image.Image) -> None:
    (told,) = webui.component("pnginfo_image")
    image.info["AIGC"] = aigc_label.Label.generated(producer="<script>x</script>", produce_id="1").to_json()
    assert "<script>" not in told(image)
    assert "&lt;script&gt;" in told(image)


def test_the_box_belongs_to_one_page_only(webui: WebUi) -> None:
    assert webui.component("txt2img_gallery") == []
    assert webui.boxes == []


def test_the_file_that_the_host_does_not_name_is_labelled_too(webui: WebUi, image: Image.Image, tmp_path: Path) -> None:
    webui.opts.save_images_replace_action = "Add number suffix"
    webui.save_image(image, "a", "jpg")
    first = (tmp_path / "a.jpg").read_bytes()
    webui.save_image(image, "a", "jpg")
    assert names(webui) == ["a-1.jpg", "a.jpg"]
    assert aigc_label.read(tmp_path / "a-1.jpg") is not None
    assert (tmp_path / "a.jpg").read_bytes() == first


def test_the_smaller_copy_beside_a_large_picture_is_labelled_too(
    webui: WebUi, image: Image.Image, tmp_path: Path
) -> None:
    webui.opts.export_for_4chan = True
    webui.save_image(image, "a")
    assert aigc_label.read(tmp_path / "a.png") == aigc_label.read(tmp_path / "a.jpg") is not None


def test_a_name_that_another_extension_changed_is_followed(webui: WebUi, image: Image.Image, tmp_path: Path) -> None:
    webui.callbacks["before_image_saved"].append(lambda params: setattr(params, "filename", str(tmp_path / "b.jpg")))
    webui.save_image(image, "a")
    assert webui.log == []
    assert aigc_label.read(tmp_path / "b.jpg") is not None


def test_a_save_of_which_no_file_is_found_is_told_of(webui: WebUi, image: Image.Image, tmp_path: Path) -> None:
    webui.call("image_saved", Params(image, None, str(tmp_path / "a.png"), {}))
    assert "no such file was saved" in webui.log[-1]


def test_a_png_has_its_label_before_the_host_tells_anyone(webui: WebUi, image: Image.Image, tmp_path: Path) -> None:
    webui.callbacks["image_saved"].clear()
    webui.save_image(image, "a")
    assert aigc_label.verify(tmp_path / "a.png", LABEL_ONLY).verdict == "compliant"


def test_another_s_label_is_replaced_for_a_written_reason_only(
    webui: WebUi, image: Image.Image, tmp_path: Path
) -> None:
    theirs = aigc_label.Label.generated(producer="Someone-Else", produce_id="9").to_json()
    webui.callbacks["before_image_saved"].insert(0, lambda params: params.pnginfo.update(AIGC=theirs))
    webui.save_image(image, "a")
    assert names(webui) == ["a.png.unlabelled"]
    webui.opts.aigc_label_replace = "our own earlier name"
    webui.save_image(image, "b")
    label = aigc_label.read(tmp_path / "b.png")
    assert label is not None
    assert label.producer == "Example-Ltd"


def test_a_host_without_its_page_labels_by_the_environment(
    webui: WebUi, image: Image.Image, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`--nowebui` never asks for settings."""
    for name in [name for name in vars(webui.opts) if name.startswith("aigc_label")]:
        delattr(webui.opts, name)
    monkeypatch.setenv("AIGC_LABEL_PRODUCER", "Elsewhere")
    webui.save_image(image, "a")
    label = aigc_label.read(tmp_path / "a.png")
    assert label is not None
    assert label.producer == "Elsewhere"


def test_the_mark_is_drawn_where_the_settings_ask_for_it(webui: WebUi, image: Image.Image, tmp_path: Path) -> None:
    webui.opts.aigc_label_mark = "bottom-right"
    webui.save_image(image, "a")
    assert webui.log == []
    assert aigc_label.verify(tmp_path / "a.png").verdict == "compliant"


def test_the_script_is_of_the_python_that_the_host_brings() -> None:
    source = (EXTENSION / "scripts/aigc_label_extension.py").read_text(encoding="utf-8")
    tree = ast.parse(source, feature_version=(3, 10))
    imported = {
        (node.module if isinstance(node, ast.ImportFrom) else node.names[0].name).partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
    }
    assert "aigc_label" not in imported
    assert imported <= {"__future__", "base64", "gradio", "html", "json", "modules", "os", "pathlib", "re"} | {
        "subprocess",
        "tempfile",
        "PIL",
    }
