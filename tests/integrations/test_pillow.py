"""What Pillow saves carries the label; what cannot carry it is not written."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image, PngImagePlugin

import aigc_label
from aigc_label import AigcLabelError, Label, Mark, Policy, Scope
from aigc_label.integrations import pillow
from aigc_label.order import Order

ORDER = Order(label=Label.generated(producer="Example-Ltd", produce_id="1"))
LABEL_ONLY = Policy(scope=Scope.LABEL)


@pytest.fixture
def image() -> Image.Image:
    return Image.linear_gradient("L").convert("RGB")


@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.webp", "a.tif", "a.gif"])
@pytest.mark.host("pillow", shows="labels")
def test_what_the_host_saves_is_labelled(tmp_path: Path, image: Image.Image, name: str) -> None:
    with pillow.every_save(ORDER):
        image.save(tmp_path / name)
    assert aigc_label.verify(tmp_path / name, LABEL_ONLY).verdict == "compliant"


@pytest.mark.host("pillow", shows="equal")
def test_everything_else_is_as_the_host_would_have_saved_it(tmp_path: Path, image: Image.Image) -> None:
    about = PngImagePlugin.PngInfo()
    about.add_text("Title", "the moon")
    pillow.save(image, tmp_path / "a.png", ORDER, pnginfo=about, dpi=(72, 72))
    image.save(tmp_path / "bare.png", pnginfo=about, dpi=(72, 72))
    ours, bare = Image.open(tmp_path / "a.png"), Image.open(tmp_path / "bare.png")
    assert ours.tobytes() == bare.tobytes()
    assert bare.info.items() <= ours.info.items()


@pytest.mark.host("pillow", shows="again")
def test_a_second_pass_changes_nothing(tmp_path: Path, image: Image.Image) -> None:
    pillow.save(image, tmp_path / "a.png", ORDER)
    once = (tmp_path / "a.png").read_bytes()
    pillow.save(image, tmp_path / "a.png", ORDER)
    assert (tmp_path / "a.png").read_bytes() == once


@pytest.mark.parametrize("name", ["a.bmp", "a.ico", "a.unknown"])
@pytest.mark.host("pillow", shows="closed")
def test_what_cannot_be_labelled_is_not_written(tmp_path: Path, image: Image.Image, name: str) -> None:
    with pillow.every_save(ORDER), pytest.raises(AigcLabelError):
        image.save(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.host("pillow", shows="caught")
def test_a_stripped_file_is_caught_in_the_same_host(tmp_path: Path, image: Image.Image) -> None:
    with pillow.every_save(ORDER):
        image.save(tmp_path / "a.png")
    Image.open(tmp_path / "a.png").save(tmp_path / "stripped.png")
    assert aigc_label.verify(Image.open(tmp_path / "stripped.png"), LABEL_ONLY).verdict == "unlabelled"


@pytest.mark.parametrize("name", ["a.jpg", "a.webp", "a.avif"])
def test_a_mark_that_is_drawn_by_saving_does_not_come_back_to_the_hook(
    tmp_path: Path, image: Image.Image, name: str
) -> None:
    with pillow.every_save(replace(ORDER, mark=Mark())):
        image.save(tmp_path / name)
    assert aigc_label.verify(tmp_path / name).verdict == "compliant"


def test_a_file_object_gets_its_format_by_name(image: Image.Image) -> None:
    out = io.BytesIO()
    with pillow.every_save(ORDER):
        image.save(out, format="PNG")
    assert aigc_label.read(out.getvalue()) == ORDER.label


def test_the_block_ends_where_it_ends(tmp_path: Path, image: Image.Image) -> None:
    with pytest.raises(ZeroDivisionError), pillow.every_save(ORDER):
        raise ZeroDivisionError
    image.save(tmp_path / "a.png")
    assert aigc_label.read(tmp_path / "a.png") is None
