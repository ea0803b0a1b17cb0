"""Rows of Hugging Face datasets are labelled as bytes; datasets itself is asked in the long run."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

import aigc_label
from aigc_label import Label, Policy, Scope
from aigc_label.integrations.datasets import Judge, Labeller
from aigc_label.order import Order

PICTURE = (Path(__file__).parents[2] / "fixtures/jpeg/baseline.jpg").read_bytes()
LABEL = Label.generated(producer="Example-Ltd", produce_id="1")
LABELLER = Labeller(Order(label=LABEL))
JUDGE = Judge(Policy(scope=Scope.LABEL))
heavy = pytest.mark.filterwarnings("ignore")


def test_rows_keep_their_kind_and_a_bad_one_goes_on_without_its_file(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(PICTURE)
    cells = [
        {"bytes": PICTURE, "path": "moon.jpg"},
        {"bytes": None, "path": str(tmp_path / "a.jpg")},
        {"bytes": PICTURE[:90], "path": "cut.jpg"},
        {"bytes": None, "path": str(tmp_path / "gone.jpg")},
        None,
    ]
    told = LABELLER({"image": cells})
    assert told["aigc_action"] == ["written", "written", "failed", "failed", "unchanged"]
    assert [cell and (cell["path"], aigc_label.read(cell["bytes"])) for cell in told["image"]] == [
        ("moon.jpg", LABEL),
        (str(tmp_path / "a.jpg"), LABEL),
        None,
        None,
        None,
    ]
    assert "damaged" in told["aigc_error"][2]
    assert (tmp_path / "a.jpg").read_bytes() == PICTURE
    assert aigc_label.read(Labeller(Order(label=LABEL), "data")({"data": [PICTURE]})["data"][0]) == LABEL


def test_rows_are_judged_and_what_could_not_be_looked_at_does_not_pass() -> None:
    (labelled,) = LABELLER({"image": [{"bytes": PICTURE, "path": None}]})["image"]
    told = JUDGE({"image": [labelled, PICTURE, PICTURE[:90], {"bytes": None, "path": "gone.jpg"}, None]})
    assert told["aigc_verdict"] == ["compliant", "unlabelled", "undecidable", "undecidable", ""]


def test_decoded_pictures_are_refused_as_they_have_lost_their_label() -> None:
    with pytest.raises(TypeError, match="decode=False"):
        LABELLER({"image": [Image.new("RGB", (8, 8))]})


@pytest.fixture(scope="module")
def host() -> Any:
    return pytest.importorskip("datasets")


@pytest.fixture
def rows(host: Any) -> Any:
    """Three pictures as bytes, with a title each."""
    data = {"image": [{"bytes": PICTURE, "path": f"{n}.jpg"} for n in range(3)], "title": ["a", "b", "c"]}
    features = host.Features({"image": host.Image(decode=False), "title": host.Value("string")})
    return host.Dataset.from_dict(data, features=features)


def stored(parquet: Path) -> list[bytes]:
    """Give the pictures of a Parquet file as another library reads them."""
    import pyarrow.parquet

    return [row["image"]["bytes"] for row in pyarrow.parquet.read_table(parquet).to_pylist()]


@heavy
@pytest.mark.long
@pytest.mark.host("datasets", shows="labels")
def test_what_the_host_stores_is_labelled_also_after_casting_back(host: Any, rows: Any, tmp_path: Path) -> None:
    made = rows.map(LABELLER, batched=True).cast_column("image", host.Image())
    made.to_parquet(str(tmp_path / "a.parquet"))
    assert [aigc_label.read(data) for data in stored(tmp_path / "a.parquet")] == [LABEL] * 3
    assert made[0]["image"].size == Image.open(io.BytesIO(PICTURE)).size
    made.save_to_disk(str(tmp_path / "saved"))
    again = host.load_from_disk(str(tmp_path / "saved")).cast_column("image", host.Image(decode=False))
    assert again.map(JUDGE, batched=True)["aigc_verdict"][:] == ["compliant"] * 3


@heavy
@pytest.mark.long
@pytest.mark.host("datasets", shows="equal")
def test_each_file_is_what_embed_makes_of_it_and_other_columns_stay(rows: Any, tmp_path: Path) -> None:
    made = rows.map(LABELLER, batched=True, batch_size=2)
    made.to_parquet(str(tmp_path / "a.parquet"))
    assert stored(tmp_path / "a.parquet") == [aigc_label.embed(PICTURE, label=LABEL).data] * 3
    assert made["title"][:] == ["a", "b", "c"]
    assert [cell["path"] for cell in made["image"]] == ["0.jpg", "1.jpg", "2.jpg"]
    assert made.features["image"] == rows.features["image"]


@heavy
@pytest.mark.long
@pytest.mark.host("datasets", shows="again")
def test_a_second_pass_changes_no_file(rows: Any) -> None:
    once = rows.map(LABELLER, batched=True)
    twice = once.map(LABELLER, batched=True)
    assert twice["image"][:] == once["image"][:]
    assert twice["aigc_action"][:] == ["unchanged"] * 3


@heavy
@pytest.mark.long
@pytest.mark.host("datasets", shows="closed")
def test_a_row_that_cannot_be_labelled_is_stored_without_its_file(host: Any, rows: Any, tmp_path: Path) -> None:
    bad = host.Dataset.from_dict({"image": [{"bytes": PICTURE[:90], "path": "cut.jpg"}]}, features=None)
    mixed = host.concatenate_datasets([rows.remove_columns("title"), bad.cast(rows.remove_columns("title").features)])
    made = mixed.map(LABELLER, batched=True, num_proc=2)
    made.to_parquet(str(tmp_path / "a.parquet"))
    import pyarrow.parquet

    kept = pyarrow.parquet.read_table(tmp_path / "a.parquet").to_pylist()
    assert [row["image"] is None for row in kept] == [False, False, False, True]
    assert "damaged" in kept[3]["aigc_error"]
    with pytest.raises(TypeError, match="decode=False"):
        rows.cast_column("image", host.Image()).map(LABELLER, batched=True)


@heavy
@pytest.mark.long
@pytest.mark.host("datasets", shows="caught")
def test_the_image_feature_strips_what_a_function_gives_back_and_the_judge_catches_it(host: Any, rows: Any) -> None:
    labelled = rows.map(LABELLER, batched=True).cast_column("image", host.Image())
    turned = labelled.map(lambda row: {"image": row["image"].rotate(0)})
    judged = turned.cast_column("image", host.Image(decode=False)).map(JUDGE, batched=True)
    assert judged["aigc_verdict"][:] == ["unlabelled"] * 3


@heavy
@pytest.mark.long
def test_what_the_page_shows_labels_a_table(host: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from shown import shown_of

    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures/a.jpg").write_bytes(PICTURE)
    monkeypatch.chdir(tmp_path)
    exec(compile(shown_of("Hugging Face datasets"), "docs/hosts.md", "exec"), {"order": Order(label=LABEL)})
    assert [aigc_label.read(data) for data in stored(tmp_path / "pictures.parquet")] == [LABEL]
