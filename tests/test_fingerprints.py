"""Fingerprints: a picture whose label was stripped is found again, coded anew or smaller; another one is not."""

from __future__ import annotations

import io
import sqlite3
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from signing import FIXTURES, LABEL

from aigc_label import api
from aigc_label.errors import UnsupportedFormat
from aigc_label.fingerprints import NEAR, code_of, registry
from aigc_label.label import Label


def picture(seed: int) -> Image.Image:
    """Soft random blots: pictures that nobody takes for each other."""
    blots = np.random.default_rng(seed).integers(0, 256, (9, 12, 3), dtype=np.uint8)
    return Image.fromarray(blots).resize((480, 360), Image.Resampling.BICUBIC)


def coded(image: Image.Image, name: str = "PNG", quality: int = 90) -> bytes:
    out = io.BytesIO()
    image.save(out, name, quality=quality)
    return out.getvalue()


def labelled(image: Image.Image, number: str = "kept") -> bytes:
    data = api.embed(coded(image), label=Label.generated(producer=LABEL.producer, produce_id=number)).data
    assert data is not None
    return data


@pytest.mark.parametrize(
    "stripped",
    [
        lambda image: coded(image),
        lambda image: coded(image, "JPEG", 50),
        lambda image: coded(image, "WEBP", 30),
        lambda image: coded(image.resize((120, 90)), "JPEG", 40),
    ],
    ids=["saved-again", "jpeg", "webp", "small"],
)
def test_a_stripped_picture_is_told_from_one_never_labelled(stripped: object, tmp_path: Path) -> None:
    with registry(tmp_path / "codes.sqlite") as codes:
        for seed in range(5):
            codes.add(labelled(picture(seed), f"number-{seed}"))
        found = codes.stripped(stripped(picture(3)))  # type: ignore[operator]
        assert [match.label.count('"number-3"') for match in found] == [2]  # in both halves of the one label
        assert found[0].distance <= NEAR
        assert codes.stripped(stripped(picture(99))) == ()  # type: ignore[operator]


def test_a_labelled_picture_is_not_stripped_and_an_unlabelled_one_is_not_remembered(tmp_path: Path) -> None:
    with registry(tmp_path / "codes.sqlite") as codes:
        codes.add(coded(picture(1)))
        assert codes.matches(code_of(coded(picture(1)))) == ()
        codes.add(labelled(picture(1)))
        codes.add(labelled(picture(1)))
        assert len(codes.matches(code_of(coded(picture(1))))) == 1
        assert codes.stripped(labelled(picture(1))) == ()


def test_a_registry_lasts_and_another_file_is_not_taken_for_one(tmp_path: Path) -> None:
    with registry(tmp_path / "codes.sqlite") as codes:
        codes.add(labelled(picture(1)))
    with registry(tmp_path / "codes.sqlite") as codes:
        assert len(codes.stripped(coded(picture(1)))) == 1
    (tmp_path / "text").write_text("no database" * 100)
    with pytest.raises(sqlite3.DatabaseError), registry(tmp_path / "text"):
        pass


def test_only_pictures_have_a_fingerprint_here() -> None:
    with pytest.raises(UnsupportedFormat, match="only pictures"):
        code_of((FIXTURES / "mp3/bare.mp3").read_bytes())
