"""Objects are verified by ranges and labelled where they lie; what they carry beside their bytes stays."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from storage.conftest import Bucket  # type: ignore[import-not-found]

from aigc_label.api import gather, verify
from aigc_label.batch.job import Job
from aigc_label.batch.local import Line
from aigc_label.errors import Refused
from aigc_label.label import Label
from aigc_label.limits import MIB
from aigc_label.order import Action, Existing, Order, Outcome
from aigc_label.policy import Policy
from aigc_label.report import Scope, Verdict
from aigc_label.storage.addresses import place_of
from aigc_label.storage.delivery import deliver
from aigc_label.storage.objects import ObjectSource

FIXTURES = Path(__file__).parents[2] / "fixtures"
PICTURE = (FIXTURES / "jpeg/baseline.jpg").read_bytes()
ORDER = Order(label=Label.generated(producer="P", produce_id="1"))
LABEL_ONLY = Policy(scope=Scope.LABEL)

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:botocore", "ignore::DeprecationWarning:aiobotocore")


def done(source: str, target: str = "", existing: Existing = Existing.REFUSE, order: Order = ORDER) -> Outcome:
    ((_, outcome),) = Line(order_of=lambda _: order, existing=existing).outcomes([Job(1, source, target)])
    return outcome


def padded(size: int) -> bytes:
    """A JPEG of `size` bytes and more: one comment after the other before the picture itself."""
    comment = b"\xff\xfe\xff\xff" + os.urandom(0xFFFD)
    return PICTURE[:2] + comment * (size // len(comment) + 1) + PICTURE[2:]


def test_an_object_is_labelled_into_another(bucket: Bucket) -> None:
    address = bucket.put("in/a.jpg", PICTURE)
    outcome = done(address, f"s3://{bucket.name}/out/a.jpg")
    assert outcome.error is None
    assert outcome.action is Action.WRITTEN
    assert bucket.get("in/a.jpg") == PICTURE
    report = verify(bucket.get("out/a.jpg"), LABEL_ONLY)
    assert report.verdict is Verdict.COMPLIANT


def test_metadata_headers_and_tags_stay(bucket: Bucket) -> None:
    kept: dict[str, Any] = {
        "ContentType": "image/jpeg",
        "CacheControl": "max-age=60",
        "ContentDisposition": 'attachment; filename="a.jpg"',
        "Metadata": {"origin": "camera-7"},
        "StorageClass": "STANDARD_IA",
    }
    for key, data in (("small.jpg", PICTURE), ("large.jpg", padded(9 * MIB))):
        address = bucket.put(key, data, Tagging="team=a&kind=b%2Bc", **kept)
        assert done(address).action is Action.WRITTEN
        head = bucket.head(key)
        assert {name: head[name] for name in kept} == kept
        tags = bucket.client.get_object_tagging(Bucket=bucket.name, Key=key)["TagSet"]
        assert {tag["Key"]: tag["Value"] for tag in tags} == {"team": "a", "kind": "b+c"}


@pytest.mark.parametrize("size", [48 * MIB, pytest.param(1024 * MIB, marks=pytest.mark.long)])
def test_a_large_object_is_labelled_by_moving_little_of_it(bucket: Bucket, tmp_path: Path, size: int) -> None:
    """A TIFF changes at both ends, which is the dearest case: 5 MiB must be fetched and sent for the first part."""
    tiff = (FIXTURES / "tiff/lzw.tif").read_bytes()
    path = tmp_path / "large.tif"
    with path.open("wb") as file:
        file.write(tiff)
        file.truncate(size)
    bucket.client.upload_file(str(path), bucket.name, "large.tif")
    source = ObjectSource.opened(f"s3://{bucket.name}/large.tif")
    from aigc_label.confirming import confirm
    from aigc_label.labelling import prepare

    prepared = prepare(source, ORDER)
    target = place_of(f"s3://{bucket.name}/labelled.tif")
    moved = deliver(source, prepared.plan, target, None)
    there = ObjectSource.opened(target.address)
    confirm(there, prepared)
    total = moved + source.moved + there.moved
    print(f"{size} bytes: {moved} sent, {source.moved + there.moved} fetched, {total / size:.2%}")
    assert total < 11 * MIB
    assert there.size > size
    if size > 1000 * MIB:
        assert total <= size / 100
    bucket.client.download_file(bucket.name, "labelled.tif", str(tmp_path / "back.tif"))
    with path.open("rb") as old, (tmp_path / "back.tif").open("rb") as new:
        assert old.read(4) == new.read(4)
        old.seek(8), new.seek(8)
        while block := old.read(MIB):
            assert new.read(len(block)) == block


def test_verifying_reads_ranges(bucket: Bucket) -> None:
    big = PICTURE[:-2] + b"\0" * (20 * MIB) + b"\xff\xd9"
    assert done(bucket.put("a.jpg", big)).error is None
    source = ObjectSource.opened(f"s3://{bucket.name}/a.jpg")
    assert gather(source, LABEL_ONLY).survey.readings
    assert source.moved < source.size / 8  # what lies behind a picture's end is looked into as far as 2 MiB


def test_a_second_run_writes_nothing(bucket: Bucket) -> None:
    address, target = bucket.put("in/a.jpg", PICTURE), f"s3://{bucket.name}/out/a.jpg"
    done(address, target)
    before = bucket.head("out/a.jpg")["LastModified"], bucket.head("out/a.jpg")["ETag"]
    assert done(address, target).action is Action.UNCHANGED
    assert done(target).action is Action.UNCHANGED
    assert (bucket.head("out/a.jpg")["LastModified"], bucket.head("out/a.jpg")["ETag"]) == before


def test_an_object_that_stands_in_the_way_is_refused_or_overwritten(bucket: Bucket) -> None:
    address, target = bucket.put("a.jpg", PICTURE), bucket.put("b.jpg", b"something else")
    outcome = done(address, target)
    assert isinstance(outcome.error, Refused)
    assert bucket.get("b.jpg") == b"something else"
    assert done(address, target, Existing.OVERWRITE).action is Action.WRITTEN


@pytest.mark.parametrize("size", [0, 9 * MIB])
def test_an_object_that_changes_meanwhile_is_not_overwritten(bucket: Bucket, size: int) -> None:
    address = bucket.put("a.jpg", padded(size) if size else PICTURE)
    source = ObjectSource.opened(address)
    from aigc_label.labelling import prepare
    from aigc_label.storage.addresses import info_of

    plan = prepare(source, ORDER).plan
    there = info_of(source.place)
    bucket.put("a.jpg", b"newer")
    with pytest.raises(Refused):
        deliver(source, plan, source.place, there)
    assert bucket.get("a.jpg") == b"newer"
    with pytest.raises(Refused):
        deliver(source, plan, source.place, None)  # somebody made it while we thought that there was none
    uploads = bucket.client.list_multipart_uploads(Bucket=bucket.name).get("Uploads", [])
    assert uploads == []


def test_files_go_up_and_objects_come_down(bucket: Bucket, tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(padded(9 * MIB))
    assert done(str(tmp_path / "a.jpg"), f"s3://{bucket.name}/a.jpg").action is Action.WRITTEN
    assert done(f"s3://{bucket.name}/a.jpg", str(tmp_path / "down.jpg")).action is Action.COPIED
    assert (tmp_path / "down.jpg").read_bytes() == bucket.get("a.jpg")


def test_other_stores_take_a_stream() -> None:
    fsspec = pytest.importorskip("fsspec")
    memory = fsspec.filesystem("memory")
    memory.pipe_file("/in/a.jpg", PICTURE)
    memory.pipe_file("/in/b.jpg", PICTURE[:-2] + b"\0" * (9 * MIB) + b"\xff\xd9")
    for name in "ab":
        outcome = done(f"memory://in/{name}.jpg", f"memory://out/{name}.jpg")
        assert outcome.action is Action.WRITTEN, outcome.error
        assert verify(memory.cat_file(f"/out/{name}.jpg"), LABEL_ONLY).verdict is Verdict.COMPLIANT
        assert verify(f"memory://out/{name}.jpg", LABEL_ONLY).verdict is Verdict.COMPLIANT
    assert memory.ls("/out", detail=False) == ["/out/a.jpg", "/out/b.jpg"]


def test_a_store_that_fails_half_way_keeps_what_it_has(monkeypatch: pytest.MonkeyPatch) -> None:
    fsspec = pytest.importorskip("fsspec")
    memory = fsspec.filesystem("memory")
    memory.pipe_file("/kept/a.jpg", PICTURE)

    def full(*_: object) -> None:
        raise OSError(28, "No space left")

    monkeypatch.setattr(memory, "mv", full)
    assert isinstance(done("memory://kept/a.jpg").error, OSError)
    assert memory.cat_file("/kept/a.jpg") == PICTURE
    assert memory.ls("/kept", detail=False) == ["/kept/a.jpg"]


def test_a_missing_object_and_an_unknown_store_are_errors() -> None:
    assert isinstance(done("memory://nothing/here.jpg", "memory://out/x.jpg").error, FileNotFoundError)
    error = done("nosuchstore://a/b.jpg", "memory://out/x.jpg").error
    assert error is not None
    assert "nosuchstore" in str(error)


def test_a_page_can_be_read_and_not_written() -> None:
    with pytest.raises(Refused):
        deliver(ObjectSource(place_of("memory://x"), 0, ""), (b"x",), place_of("http://127.0.0.1:9/x"), None)


def test_a_newcomer_labels_a_bucket_with_one_command(bucket: Bucket, run, server: dict[str, str]) -> None:
    for key in ("in/a.jpg", "in/deep/b.jpg", "in/..%2Fc.jpg"):
        bucket.put(key, PICTURE)
    words = ("embed", f"s3://{bucket.name}/in/", "-o", f"s3://{bucket.name}/labelled/", "--producer", "Me")
    first = run(*words, "--ledger", "bucket.ledger", env=server)
    assert first.returncode == 0, first.stderr.decode()
    assert [key for key in bucket.names() if key.startswith("labelled/")] == [
        "labelled/..%2Fc.jpg",
        "labelled/a.jpg",
        "labelled/deep/b.jpg",
    ]
    judged = run("verify", "--only", "label", f"s3://{bucket.name}/labelled/", "--format", "jsonl", env=server)
    assert judged.returncode == 0, judged.stdout.decode() + judged.stderr.decode()
    assert {json.loads(line)["verdict"] for line in judged.stdout.splitlines()} == {"compliant"}
    etags = {key: bucket.head(key)["ETag"] for key in bucket.names()}
    again = run(*words, "--ledger", "bucket.ledger", "--resume", env=server)
    assert again.stdout == first.stdout
    assert {key: bucket.head(key)["ETag"] for key in bucket.names()} == etags


def test_two_processes_share_a_bucket(bucket: Bucket, run, server: dict[str, str]) -> None:
    for number in range(12):
        bucket.put(f"in/{number}.jpg", PICTURE)
    done = run("embed", f"s3://{bucket.name}/in/", "--in-place", "--producer", "Me", "--jobs", "2", env=server)
    assert done.returncode == 0, done.stderr.decode()
    for number in range(12):
        assert verify(bucket.get(f"in/{number}.jpg"), LABEL_ONLY).verdict is Verdict.COMPLIANT


def test_keys_cannot_lead_out_of_a_folder(bucket: Bucket, run, server: dict[str, str], tmp_path: Path) -> None:
    for key in ("in/../../evil.jpg", "in/../b.jpg", "in/a.jpg"):
        bucket.put(key, PICTURE)
    done = run("embed", f"s3://{bucket.name}/in/", "-o", "out", "--producer", "Me", env=server)
    assert done.returncode == 3, done.stderr.decode()
    assert done.stderr.count(b"leads out of the output folder") == 2
    assert list(tmp_path.rglob("*.jpg")) == [tmp_path / "out/a.jpg"]
