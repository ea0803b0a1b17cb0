"""Google's store and Alibaba's take labels as S3 does: the whole object or nothing, what it carried kept."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any, NamedTuple, Protocol

import pytest
from storage.conftest import ACCESS, started  # type: ignore[import-not-found]

from aigc_label.api import verify
from aigc_label.batch.job import Job
from aigc_label.batch.local import Line
from aigc_label.errors import Refused
from aigc_label.label import Label
from aigc_label.labelling import prepare
from aigc_label.limits import MIB
from aigc_label.order import Action, Existing, Order, Outcome
from aigc_label.policy import Policy
from aigc_label.report import Scope, Verdict
from aigc_label.storage.addresses import info_of, place_of
from aigc_label.storage.delivery import deliver
from aigc_label.storage.objects import ObjectSource

PICTURE = (Path(__file__).parents[2] / "fixtures/jpeg/baseline.jpg").read_bytes()
LARGE = PICTURE[:-2] + Random(7).randbytes(10 * MIB).replace(b"\xff", b"\0") + b"\xff\xd9"
ORDER = Order(label=Label.generated(producer="P", produce_id="1"))
LABEL_ONLY = Policy(scope=Scope.LABEL)

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")


class Store(Protocol):
    """A bucket called `pictures`, through a client that is not the one that the package uses."""

    base: str
    env: dict[str, str]

    def put(self, key: str, data: bytes) -> str: ...
    def get(self, key: str) -> bytes: ...
    def names(self) -> list[str]: ...
    def carried(self, key: str) -> tuple[str, str, str]: ...


class Google(NamedTuple):
    bucket: Any
    env: dict[str, str]
    base: str = "gs://pictures"

    def put(self, key: str, data: bytes) -> str:
        blob = self.bucket.blob(key)
        blob.metadata, blob.cache_control = {"origin": "camera-7"}, "max-age=60"
        blob.upload_from_string(data, content_type="image/jpeg")
        return f"{self.base}/{key}"

    def get(self, key: str) -> bytes:
        data: bytes = self.bucket.blob(key).download_as_bytes()
        return data

    def names(self) -> list[str]:
        return sorted(blob.name for blob in self.bucket.list_blobs())

    def carried(self, key: str) -> tuple[str, str, str]:
        blob = self.bucket.get_blob(key)
        return blob.content_type, blob.metadata["origin"], blob.cache_control


class Alibaba(NamedTuple):
    client: Any
    env: dict[str, str]
    base: str = "oss://pictures"

    def put(self, key: str, data: bytes) -> str:
        carried: Any = {"Metadata": {"origin": "camera-7"}, "CacheControl": "max-age=60", "ContentType": "image/jpeg"}
        self.client.put_object(Bucket="pictures", Key=key, Body=data, Tagging="team=a", **carried)
        return f"{self.base}/{key}"

    def get(self, key: str) -> bytes:
        data: bytes = self.client.get_object(Bucket="pictures", Key=key)["Body"].read()
        return data

    def names(self) -> list[str]:
        return [one["Key"] for one in self.client.list_objects_v2(Bucket="pictures").get("Contents", [])]

    def carried(self, key: str) -> tuple[str, str, str]:
        tags = self.client.get_object_tagging(Bucket="pictures", Key=key)["TagSet"]
        assert tags == [{"Key": "team", "Value": "a"}]
        headers = self.client.head_object(Bucket="pictures", Key=key)["ResponseMetadata"]["HTTPHeaders"]
        return headers["content-type"], headers["x-oss-meta-origin"], headers["cache-control"]


@pytest.fixture(scope="module")
def google() -> Iterator[dict[str, str]]:
    pytest.importorskip("gcsfs")
    program = ("-m", "gcp_storage_emulator", "start", "-H", "127.0.0.1", "--in-memory", "--default-bucket", "pictures")
    # gcsfs would ask a second service which kind of bucket it has; no emulator has that one
    with started(*program, "--port", env={}) as address:
        yield {"STORAGE_EMULATOR_HOST": address, "GCSFS_EXPERIMENTAL_ZB_HNS_SUPPORT": "false"}


@pytest.fixture(scope="module")
def alibaba() -> Iterator[dict[str, str]]:
    pytest.importorskip("ossfs")
    with started(str(Path(__file__).with_name("oss_server.py")), env={"S3_UPLOAD_PART_MIN_SIZE": "102400"}) as address:
        yield {"OSS_ENDPOINT": address, "OSS_ACCESS_KEY_ID": "me", "OSS_ACCESS_KEY_SECRET": "secret"}


@pytest.fixture(params=["google", "alibaba"])
def store(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    env: dict[str, str] = request.getfixturevalue(request.param)
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    if request.param == "google":
        from google.auth.credentials import AnonymousCredentials
        from google.cloud import storage

        bucket = storage.Client(project="p", credentials=AnonymousCredentials()).bucket("pictures")  # type: ignore[no-untyped-call]
        for blob in bucket.list_blobs():
            blob.delete()
        yield Google(bucket, env)
        return
    import boto3

    for name, value in ACCESS.items():
        monkeypatch.setenv(name, value)
    client = boto3.client("s3", endpoint_url=env["OSS_ENDPOINT"], region_name="us-east-1")
    if not client.list_buckets()["Buckets"]:
        client.create_bucket(Bucket="pictures")
    for one in client.list_objects_v2(Bucket="pictures").get("Contents", []):
        client.delete_object(Bucket="pictures", Key=one["Key"])
    yield Alibaba(client, env)
    client.close()


def done(source: str, target: str = "", existing: Existing = Existing.REFUSE) -> Outcome:
    ((_, outcome),) = Line(order_of=lambda _: ORDER, existing=existing).outcomes([Job(1, source, target)])
    return outcome


@pytest.mark.parametrize("data", [PICTURE, LARGE], ids=["small", "large"])
def test_an_object_is_labelled_into_another_and_where_it_lies(store: Store, data: bytes) -> None:
    address = store.put("in/a.jpg", data)
    outcome = done(address, f"{store.base}/out/a.jpg")
    assert outcome.error is None
    assert store.get("in/a.jpg") == data
    assert done(address).action is Action.WRITTEN
    labelled = store.get("out/a.jpg")
    assert store.get("in/a.jpg") == labelled
    assert verify(labelled, LABEL_ONLY).verdict is Verdict.COMPLIANT
    assert labelled.endswith(data[20:])
    assert store.names() == ["in/a.jpg", "out/a.jpg"]


@pytest.mark.parametrize("data", [PICTURE, LARGE], ids=["small", "large"])
def test_what_an_object_carries_stays(store: Store, data: bytes) -> None:
    assert done(store.put("a.jpg", data)).action is Action.WRITTEN
    assert store.carried("a.jpg") == ("image/jpeg", "camera-7", "max-age=60")


@pytest.mark.parametrize("data", [PICTURE, LARGE], ids=["small", "large"])
def test_an_object_that_changes_meanwhile_is_not_overwritten(store: Store, data: bytes) -> None:
    source = ObjectSource.opened(store.put("a.jpg", data))
    plan, there = prepare(source, ORDER).plan, info_of(source.place)
    store.put("a.jpg", b"newer")
    with pytest.raises((Refused, OSError)):
        deliver(source, plan, source.place, there)
    assert store.get("a.jpg") == b"newer"
    assert store.names() == ["a.jpg"]


def test_ranges_are_what_they_are_called(store: Store) -> None:
    source = ObjectSource.opened(store.put("a.jpg", LARGE))
    for start, end in ((0, 10), (5, 70_000), (len(LARGE) - 5, len(LARGE)), (1, len(LARGE))):
        assert source.upto(start, end - start) == LARGE[start:end]


def test_on_oss_the_kept_bytes_stay_in_the_store(store: Store) -> None:
    if "OSS_ENDPOINT" not in store.env:
        pytest.skip("Google's store copies no ranges")
    source = ObjectSource.opened(store.put("a.jpg", LARGE))
    prepared = prepare(source, ORDER)
    source.moved = 0
    assert deliver(source, prepared.plan, place_of(f"{store.base}/b.jpg"), None) < 200_000
    assert source.moved < 200_000


def test_a_newcomer_labels_a_bucket_with_one_command(store: Store, run: Any) -> None:
    for key in ("in/a.jpg", "in/deep/b.jpg"):
        store.put(key, PICTURE)
    labelled = run("embed", f"{store.base}/in/", "-o", f"{store.base}/out/", "--producer", "Me", env=store.env)
    assert labelled.returncode == 0, labelled.stderr.decode()
    assert store.names() == ["in/a.jpg", "in/deep/b.jpg", "out/a.jpg", "out/deep/b.jpg"]
    judged = run("verify", "--only", "label", f"{store.base}/out/", "--format", "jsonl", env=store.env)
    assert judged.returncode == 0, judged.stdout.decode() + judged.stderr.decode()
    assert {json.loads(line)["verdict"] for line in judged.stdout.splitlines()} == {"compliant"}
