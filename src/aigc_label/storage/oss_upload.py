"""Uploads to Alibaba Cloud OSS: https://help.aliyun.com/zh/oss/developer-reference/uploadpartcopy."""

from __future__ import annotations

from typing import Any, ClassVar, Final
from urllib.parse import urlencode

from aigc_label.storage.oss import SCHEMES, call
from aigc_label.storage.upload import Upload

KEPT: Final = (  # headers of an object that are given again where it is made anew; besides its own, x-oss-meta-*
    "cache-control",
    "content-disposition",
    "content-encoding",
    "content-language",
    "content-type",
    "expires",
    "x-oss-server-side-encryption",
    "x-oss-server-side-encryption-key-id",
    "x-oss-storage-class",
)
OWN: Final = "x-oss-meta-"


class OssUpload(Upload):
    """A delivery to OSS. It refuses to replace what it should not find; what it replaces is looked at just before."""

    schemes = SCHEMES
    least: ClassVar[int] = 100 * 1024

    def carried(self) -> dict[str, Any]:
        assert self.origin is not None
        place = self.origin.place
        headers = {name.lower(): value for name, value in call(place, "head_object").headers.items()}
        kept = {name: value for name, value in headers.items() if name in KEPT or name.startswith(OWN)}
        tags = call(place, "get_object_tagging").tag_set.tagging_rule
        if tags:
            kept["x-oss-tagging"] = urlencode(tags)
        return kept

    def put(self, body: bytes, kept: dict[str, Any]) -> None:
        call(self.target, "put_object", body, headers={**kept, **self._condition()})

    def begin(self, kept: dict[str, Any]) -> str:
        return str(call(self.target, "init_multipart_upload", headers=kept).upload_id)

    def send(self, upload: str, number: int, body: bytes) -> str:
        return str(call(self.target, "upload_part", upload, number, body).etag)

    def copy(self, upload: str, number: int, span: tuple[int, int]) -> str:
        assert self.origin is not None
        bucket, key = self.origin.place.store.split_path(self.origin.place.path)
        mine, name = self.target.store.split_path(self.target.path)
        told = self.target.store._call_oss(
            "upload_part_copy",
            bucket,
            key,
            span,
            name,
            upload,
            number,
            bucket=mine,
            headers={"x-oss-copy-source-if-match": self.origin.version},
        )
        return str(told.etag)

    def join(self, upload: str, tags: list[str]) -> None:
        from oss2.models import PartInfo

        parts = [PartInfo(number, tag) for number, tag in enumerate(tags, 1)]
        call(self.target, "complete_multipart_upload", upload, parts, headers=self._condition())

    def abandon(self, upload: str) -> None:
        call(self.target, "abort_multipart_upload", upload)

    def _condition(self) -> dict[str, str]:
        return {"x-oss-forbid-overwrite": "true"} if self.there is None else {}
