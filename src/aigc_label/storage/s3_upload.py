"""Uploads to S3, or a store that speaks its language, through the client that s3fs has set up."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlencode

from aigc_label.storage.addresses import S3, Place
from aigc_label.storage.parts import LEAST
from aigc_label.storage.upload import Upload

KEPT: Final = (  # what an object carries beside its bytes and its own metadata (S3's names)
    "CacheControl",
    "ContentDisposition",
    "ContentEncoding",
    "ContentLanguage",
    "ContentType",
    "Metadata",
    "StorageClass",
    "ServerSideEncryption",
    "SSEKMSKeyId",
    "WebsiteRedirectLocation",
)


class S3Upload(Upload):
    """A delivery to S3: the store itself compares before it puts, copies or joins."""

    schemes = S3
    least = LEAST

    def delivered(self) -> int:
        sent_bytes = super().delivered()
        self.target.store.invalidate_cache(self.target.path)
        return sent_bytes

    def carried(self) -> dict[str, Any]:
        assert self.origin is not None
        place = self.origin.place
        head = _call(place, "head_object")
        kept = {name: head[name] for name in KEPT if head.get(name)}
        tags = _call(place, "get_object_tagging").get("TagSet", [])
        if tags:
            kept["Tagging"] = urlencode([(tag["Key"], tag["Value"]) for tag in tags])
        return kept

    def put(self, body: bytes, kept: dict[str, Any]) -> None:
        _call(self.target, "put_object", Body=body, **kept, **self._condition())

    def begin(self, kept: dict[str, Any]) -> str:
        return str(_call(self.target, "create_multipart_upload", **kept)["UploadId"])

    def send(self, upload: str, number: int, body: bytes) -> str:
        told = _call(self.target, "upload_part", UploadId=upload, PartNumber=number, Body=body)
        return str(told["ETag"])

    def copy(self, upload: str, number: int, span: tuple[int, int]) -> str:
        assert self.origin is not None
        bucket, key, _ = self.origin.place.store.split_path(self.origin.place.path)
        told = _call(
            self.target,
            "upload_part_copy",
            UploadId=upload,
            PartNumber=number,
            CopySource={"Bucket": bucket, "Key": key},
            CopySourceRange=f"bytes={span[0]}-{span[1]}",
            CopySourceIfMatch=self.origin.version,
        )
        return str(told["CopyPartResult"]["ETag"])

    def join(self, upload: str, tags: list[str]) -> None:
        parts = {"Parts": [{"ETag": tag, "PartNumber": number} for number, tag in enumerate(tags, 1)]}
        _call(self.target, "complete_multipart_upload", UploadId=upload, MultipartUpload=parts, **self._condition())

    def abandon(self, upload: str) -> None:
        _call(self.target, "abort_multipart_upload", UploadId=upload)

    def _condition(self) -> dict[str, str]:
        return {"IfNoneMatch": "*"} if self.there is None else {"IfMatch": self.there.version}


def _call(place: Place, method: str, **values: Any) -> Any:
    bucket, key, _ = place.store.split_path(place.path)
    return place.store.call_s3(method, Bucket=bucket, Key=key, **values)
