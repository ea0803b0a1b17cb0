"""Puts a plan's target into a store, whole or not at all, and only over the object that was seen."""

from __future__ import annotations

from contextlib import suppress
from typing import Any, Final
from urllib.parse import urlencode

from aigc_label.bilingual import Bilingual
from aigc_label.errors import Refused
from aigc_label.limits import MIB
from aigc_label.source import Source
from aigc_label.splice import Plan, PlanSource, chunks, in_memory
from aigc_label.storage.addresses import READ_ONLY, Info, Place, info_of
from aigc_label.storage.objects import ObjectSource
from aigc_label.storage.parts import Part, parts_of, sent

AT_ONCE: Final = 8 * MIB  # up to this size an object is put with one request
S3: Final = ("s3", "s3a")
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


def deliver(source: Source, plan: Plan, target: Place, there: Info | None) -> int:
    """Write the plan's target to an object; give how many bytes this machine sent.

    `there` is the object that stands in the way as it was seen, None where there was none. Raises `Refused` where that
    is no longer so (on S3 the store itself compares; elsewhere we look just before), `OSError`.
    """
    if target.scheme in READ_ONLY:
        raise Refused(
            Bilingual("the store can only be read", "该存储只能读取"),
            remedy=Bilingual("Name a file or a bucket with -o.", "请用 -o 指定文件或存储桶。"),
            where=target.address,
        )
    if target.scheme in S3:
        return _S3(source, plan, target, there).delivered()
    return _streamed(source, plan, target, there)


def _streamed(source: Source, plan: Plan, target: Place, there: Info | None) -> int:
    size = PlanSource(source, plan).size
    _check_unchanged(target, there)
    if size <= AT_ONCE:
        target.store.pipe_file(target.path, in_memory(source, plan))
        return size
    file = target.store.open(target.path, "wb", autocommit=False)
    try:
        for part in chunks(source, plan):
            file.write(part)
        file.close()
    except BaseException:
        file.discard()
        raise
    file.commit()
    return size


class _S3:
    """One delivery to S3 or a store that speaks its language, through the client that s3fs has set up."""

    def __init__(self, source: Source, plan: Plan, target: Place, there: Info | None) -> None:
        self.source = source
        self.plan = plan
        self.target = target
        self.content = PlanSource(source, plan)
        self.store = target.store
        self.bucket, self.key, _ = self.store.split_path(target.path)
        self.there = there
        self.condition = {"IfNoneMatch": "*"} if there is None else {"IfMatch": there.version}
        self.origin = source if isinstance(source, ObjectSource) and source.place.scheme in S3 else None

    def delivered(self) -> int:
        kept = self._kept()
        if self.content.size <= AT_ONCE:
            body = self.content.upto(0, self.content.size)
            self._conditional("put_object", Body=body, **kept)
            sent_bytes = len(body)
        else:
            sent_bytes = self._in_parts(kept)
        self.store.invalidate_cache(self.target.path)
        return sent_bytes

    def _kept(self) -> dict[str, Any]:
        """What the source carried: its own metadata, headers, storage class, encryption and tags."""
        if self.origin is None:
            return {}
        place = self.origin.place
        bucket, key, _ = place.store.split_path(place.path)
        head = place.store.call_s3("head_object", Bucket=bucket, Key=key)
        kept = {name: head[name] for name in KEPT if head.get(name)}
        tags = place.store.call_s3("get_object_tagging", Bucket=bucket, Key=key).get("TagSet", [])
        if tags:
            kept["Tagging"] = urlencode([(tag["Key"], tag["Value"]) for tag in tags])
        return kept

    def _in_parts(self, kept: dict[str, Any]) -> int:
        made = self._call("create_multipart_upload", **kept)
        upload = {"UploadId": made["UploadId"]}
        try:
            parts = parts_of(self.plan) if self.origin is not None else sent(0, self.content.size, self.plan)
            done = [self._part(part, number, upload) for number, part in enumerate(parts, 1)]
            listed = [{"ETag": etag, "PartNumber": number} for number, etag in enumerate(done, 1)]
            _check_unchanged(self.target, self.there)  # not every store that speaks S3 compares where parts are joined
            self._joined({"Parts": listed}, upload)
        except BaseException:
            with suppress(OSError):  # the first error says more
                self._call("abort_multipart_upload", **upload)
            raise
        return sum(part.length for part in parts if part.copied is None)

    def _joined(self, parts: dict[str, Any], upload: dict[str, str]) -> None:
        """Join the parts. Joining gigabytes takes a store long: a client that asks again finds the upload gone, and done."""
        try:
            self._conditional("complete_multipart_upload", MultipartUpload=parts, **upload)
        except OSError:
            now = info_of(self.target)
            if now is None or now == self.there or now.size != self.content.size:
                raise

    def _part(self, part: Part, number: int, upload: dict[str, str]) -> str:
        if part.copied is None or self.origin is None:
            body = self.content.upto(part.start, part.length)
            told = self._call("upload_part", PartNumber=number, Body=body, **upload)
            return str(told["ETag"])
        bucket, key, _ = self.origin.place.store.split_path(self.origin.place.path)
        told = self._conditional_copy(
            PartNumber=number,
            CopySource={"Bucket": bucket, "Key": key},
            CopySourceRange=f"bytes={part.copied}-{part.copied + part.length - 1}",
            CopySourceIfMatch=self.origin.version,
            **upload,
        )
        return str(told["CopyPartResult"]["ETag"])

    def _conditional_copy(self, **values: Any) -> Any:
        try:
            return self._call("upload_part_copy", **values)
        except OSError as problem:
            raise _changed(problem, self.source.name) from problem

    def _conditional(self, method: str, **values: Any) -> None:
        try:
            self._call(method, **values, **self.condition)
        except OSError as problem:
            raise _changed(problem, self.target.address) from problem

    def _call(self, method: str, **values: Any) -> Any:
        return self.store.call_s3(method, Bucket=self.bucket, Key=self.key, **values)


def _check_unchanged(target: Place, there: Info | None) -> None:
    if info_of(target) != there:
        raise _refused(target.address)


def _changed(problem: OSError, address: str) -> Exception:
    """Give a refusal where the store said that a condition no longer holds, else the error as it is."""
    said = f"{problem} {problem.__cause__}"
    if "PreconditionFailed" not in said and "pre-conditions" not in said and "ConditionalRequestConflict" not in said:
        return problem
    return _refused(address)


def _refused(address: str) -> Refused:
    return Refused(
        Bilingual("the object changed while it was being worked on", "对象在处理过程中发生了变化"),
        remedy=Bilingual("Run the command again.", "请重新运行命令。"),
        where=address,
    )
