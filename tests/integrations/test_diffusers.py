"""What diffusers makes is labelled; its pipelines, tiny and of random weights, run in the long run."""

from __future__ import annotations

import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy
import pytest
from PIL import Image
from shown import shown_of

import aigc_label
from aigc_label import AigcLabelError, Label, Mark, Policy, Scope
from aigc_label.bilingual import Bilingual
from aigc_label.errors import NotConfirmed
from aigc_label.integrations import diffusers as ours
from aigc_label.label import Status
from aigc_label.order import LabelTemplate, Order

LABEL = Label.generated(producer="Example-Ltd", produce_id="1")
ORDER = Order(label=LABEL)
LABEL_ONLY = Policy(scope=Scope.LABEL)
MARK_ONLY = Policy(scope=Scope.MARK)
heavy = pytest.mark.filterwarnings("ignore")


def numberless(source: object) -> Label:
    """A labeller that fails: where its numbers come from cannot be reached."""
    raise NotConfirmed(Bilingual("there is no number", "没有编号"))


def noise(size: int) -> Any:
    """A picture as a decoder gives it: smooth noise, values -1 to 1, a few outside."""
    rough = numpy.random.default_rng(1).normal(0, 0.9, (1, 3, 8, 8)).astype(numpy.float32)
    return rough.repeat(size // 8, axis=2).repeat(size // 8, axis=3)


@pytest.mark.parametrize("size", [64, 248, 512])
def test_the_mark_is_drawn_at_every_size_and_other_pixels_keep_their_exact_value(size: int) -> None:
    before = noise(size)
    after = ours.marked(before, Mark())
    levels = ((after[0] / 2 + 0.5).clip(0, 1) * 255).round().astype(numpy.uint8).transpose(1, 2, 0)
    assert aigc_label.verify(Image.fromarray(levels), MARK_ONLY).verdict == "compliant"
    changed = (after != before).any(axis=(0, 1))
    assert 0 < changed.mean() < 0.3
    rows, columns = changed.any(axis=1).nonzero()[0], changed.any(axis=0).nonzero()[0]
    assert rows.min() > size / 2 < columns.max()  # nothing outside of the plate in the lower right


def test_a_picture_too_small_for_the_words_is_not_given_back_bare() -> None:
    with pytest.raises(AigcLabelError, match="do not fit"):
        ours.marked(noise(16), Mark())
    with pytest.raises(AigcLabelError, match="not finished pictures"):
        ours.Watermarker().apply_watermark([Image.new("RGB", (64, 64))])


def test_arrays_instead_of_pictures_are_not_saved(tmp_path: Path) -> None:
    with pytest.raises(AigcLabelError, match="not finished pictures"):
        ours.save_output(SimpleNamespace(images=noise(64)), tmp_path / "a.png", ORDER)
    with pytest.raises(AigcLabelError, match="not finished pictures"):
        ours.save_output(SimpleNamespace(audios=[0.0]), tmp_path / "a.png", ORDER)
    assert list(tmp_path.iterdir()) == []


@pytest.fixture(scope="module")
def host() -> Any:
    pytest.importorskip("torch")
    return pytest.importorskip("diffusers")


@pytest.fixture(scope="module")
def small(host: Any) -> Any:
    """A pipeline for pictures of 64 pixels: DDPM with random weights."""
    unet = host.UNet2DModel(
        sample_size=64,
        block_out_channels=(4, 8),
        norm_num_groups=4,
        layers_per_block=1,
        down_block_types=("DownBlock2D", "AttnDownBlock2D"),
        up_block_types=("AttnUpBlock2D", "UpBlock2D"),
    )
    return host.DDPMPipeline(unet=unet, scheduler=host.DDPMScheduler())


def drawn(pipe: Any, count: int = 1) -> Any:
    import torch

    return pipe(batch_size=count, num_inference_steps=2, generator=torch.manual_seed(1))


@pytest.fixture(scope="module")
def xl(host: Any) -> Any:
    """SDXL with random weights, asked with embeddings, as it has neither tokenizer nor text encoder."""
    import torch

    torch.manual_seed(1)
    unet = host.UNet2DConditionModel(
        sample_size=32,
        block_out_channels=(32, 64),
        layers_per_block=1,
        norm_num_groups=8,
        in_channels=4,
        out_channels=4,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        attention_head_dim=(2, 4),
        use_linear_projection=True,
        addition_embed_type="text_time",
        addition_time_embed_dim=8,
        transformer_layers_per_block=(1, 2),
        projection_class_embeddings_input_dim=80,
        cross_attention_dim=64,
    )
    vae = host.AutoencoderKL(
        block_out_channels=[32, 64],
        in_channels=3,
        out_channels=3,
        down_block_types=["DownEncoderBlock2D"] * 2,
        up_block_types=["UpDecoderBlock2D"] * 2,
        latent_channels=4,
    )
    return host.StableDiffusionXLPipeline(
        vae=vae,
        unet=unet,
        scheduler=host.EulerDiscreteScheduler(),
        text_encoder=None,
        text_encoder_2=None,
        tokenizer=None,
        tokenizer_2=None,
    )


def painted(pipe: Any, size: int) -> Image.Image:
    import torch

    generator = torch.manual_seed(1)
    asked = {
        "prompt_embeds": torch.randn(1, 7, 64, generator=generator),
        "negative_prompt_embeds": torch.randn(1, 7, 64, generator=generator),
        "pooled_prompt_embeds": torch.randn(1, 32, generator=generator),
        "negative_pooled_prompt_embeds": torch.randn(1, 32, generator=generator),
    }
    return pipe(**asked, height=size, width=size, num_inference_steps=2, generator=generator).images[0]


@heavy
@pytest.mark.long
@pytest.mark.host("diffusers", shows="labels")
def test_pictures_of_a_pipeline_are_saved_with_their_label(small: Any, tmp_path: Path) -> None:
    told = ours.save_output(drawn(small, 2), tmp_path / "moon.png", ORDER)
    assert [Path(one.target).name for one in told] == ["moon-0.png", "moon-1.png"]
    for one in told:
        assert aigc_label.verify(one.target, LABEL_ONLY).verdict == "compliant"


@heavy
@pytest.mark.long
@pytest.mark.host("diffusers", shows="labels")
def test_whatever_is_saved_within_a_block_is_labelled(host: Any, small: Any, tmp_path: Path) -> None:
    from diffusers.utils import encode_video, export_to_gif, export_to_video

    frames = [drawn(small).images[0]] * 4
    before = globals()["held"] = export_to_video  # as a script holds it that has imported it
    with ours.every_save(ORDER):
        frames[0].save(tmp_path / "a.png")
        export_to_gif(frames, str(tmp_path / "a.gif"))
        globals()["held"](frames, str(tmp_path / "a.mp4"))
        host.utils.export_utils.encode_video(frames, 10, str(tmp_path / "b.mp4"))
        unnamed = host.utils.export_to_video(frames)
    for path in (*tmp_path.iterdir(), unnamed):
        assert aigc_label.verify(path, LABEL_ONLY).verdict == "compliant", path
    assert len(list(tmp_path.iterdir())) == 4
    assert globals().pop("held") is before
    encode_video(frames, 10, str(tmp_path / "c.mp4"))
    assert aigc_label.read(tmp_path / "c.mp4") is None


@heavy
@pytest.mark.long
@pytest.mark.host("diffusers", shows="equal")
@pytest.mark.oracle("ffmpeg")
def test_pixels_and_frames_are_those_of_the_host(host: Any, small: Any, tmp_path: Path) -> None:
    image = drawn(small).images[0]
    ours.save_output(SimpleNamespace(images=[image]), tmp_path / "a.png", ORDER)
    image.save(tmp_path / "bare.png")
    with Image.open(tmp_path / "a.png") as labelled, Image.open(tmp_path / "bare.png") as bare:
        assert labelled.tobytes() == bare.tobytes()
    ours.save_output(SimpleNamespace(frames=[[image] * 4]), tmp_path / "a.mp4", ORDER, fps=8)
    host.utils.export_to_video([image] * 4, str(tmp_path / "bare.mp4"), fps=8)
    sums = [
        subprocess.run(
            ["ffmpeg", "-v", "error", "-i", path, "-c", "copy", "-f", "md5", "-"], capture_output=True
        ).stdout
        for path in (tmp_path / "a.mp4", tmp_path / "bare.mp4")
    ]
    assert sums[0] == sums[1] != b""


@heavy
@pytest.mark.long
@pytest.mark.host("diffusers", shows="again")
def test_a_second_pass_changes_nothing(small: Any, tmp_path: Path) -> None:
    output = drawn(small)
    film = SimpleNamespace(frames=[output.images * 4])
    for made, name in ((output, "a.png"), (film, "a.mp4")):
        ours.save_output(made, tmp_path / name, ORDER)
        once = (tmp_path / name).read_bytes()
        with ours.every_save(ORDER):  # a labeller within another
            ours.save_output(made, tmp_path / name, ORDER)
        assert (tmp_path / name).read_bytes() == once
        assert aigc_label.embed(tmp_path / name, label=LABEL).action == "unchanged"


@heavy
@pytest.mark.long
@pytest.mark.host("diffusers", shows="closed")
def test_what_cannot_be_labelled_is_not_written(host: Any, small: Any, tmp_path: Path) -> None:
    frames = drawn(small, 2).images
    with ours.every_save(ORDER), pytest.raises(AigcLabelError):
        frames[0].save(tmp_path / "a.bmp")
    failing = Order(label=LabelTemplate(producer="P", status=Status.GENERATED, make=numberless))
    with ours.every_save(failing), pytest.raises(AigcLabelError, match="no number"):
        host.utils.export_to_video(frames, str(tmp_path / "a.mp4"))
    with pytest.raises(AigcLabelError):
        ours.save_output(SimpleNamespace(images=frames), tmp_path / "a.ico", ORDER)
    assert list(tmp_path.iterdir()) == []


@heavy
@pytest.mark.long
@pytest.mark.host("diffusers", shows="caught")
def test_a_stripped_picture_is_caught_where_it_was_made(small: Any, tmp_path: Path) -> None:
    (told,) = ours.save_output(drawn(small), tmp_path / "a.png", ORDER)
    Image.open(told.target).save(tmp_path / "stripped.png")
    assert aigc_label.verify(Image.open(tmp_path / "stripped.png"), LABEL_ONLY).verdict == "unlabelled"


@heavy
@pytest.mark.long
@pytest.mark.host("diffusers", shows="closed")
def test_the_slot_of_sdxl_marks_small_pictures_too_and_gives_no_picture_without_words(xl: Any) -> None:
    import torch

    bare = numpy.asarray(painted(xl, 128))
    xl.watermark = ours.Watermarker()
    try:
        image = painted(xl, 128)
        assert aigc_label.verify(image, MARK_ONLY).verdict == "compliant"
        changed = (numpy.asarray(image) != bare).any(axis=2)
        assert 0 < changed.mean() < 0.2
        with pytest.raises(AigcLabelError, match="do not fit"):
            painted(xl, 16)
        half = torch.zeros(1, 3, 64, 64, dtype=torch.bfloat16)
        assert ours.Watermarker().apply_watermark(half).dtype == torch.bfloat16
    finally:
        xl.watermark = None


@heavy
@pytest.mark.long
def test_what_the_page_shows_labels_a_picture(xl: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Asked:
        """The pipeline, whose prompt is made of numbers."""

        def __call__(self, prompt: str) -> Any:
            return SimpleNamespace(images=[painted(xl, 128)])

    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {"pipe": Asked(), "order": ORDER}
    exec(compile(shown_of("diffusers"), "docs/hosts.md", "exec"), names)
    assert {path.name for path in tmp_path.iterdir()} == {"moon.png", "lake.jpg"}
    for path in tmp_path.iterdir():
        assert aigc_label.read(path) == LABEL
