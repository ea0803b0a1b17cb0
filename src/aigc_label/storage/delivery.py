"""Puts a plan's target into a store, whole or not at all, and only over the object that was seen."""

from __future__ import annotations

from contextlib import suppress
from secrets import token_hex
from typing import Any, Final

from aigc_label.bilingual import Bilingual
from aigc_label.errors import Refused
from aigc_label.source import Source
from aigc_label.splice import Plan, chunks, in_memory, size_of
from aigc_label.storage import oss
from aigc_label.storage.addresses import DRAFT, READ_ONLY, S3, Info, Place
from aigc_label.storage.objects import ObjectSource
from aigc_label.storage.upload import AT_ONCE, check_unchanged

GS: Final = ("gs", "gcs")
KEPT: Final = {  # what Google's store calls them: what gcsfs calls them
    "cacheControl": "cache_control",
    "contentDisposition": "content_disposition",
    "contentEncoding": "content_encoding",
    "contentLanguage": "content_language",
    "customTime": "custom_time",
}


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
        from aigc_label.storage.s3_upload import S3Upload

        return S3Upload(source, plan, target, there).delivered()
    if target.scheme in oss.SCHEMES:
        from aigc_label.storage.oss_upload import OssUpload

        return OssUpload(source, plan, target, there).delivered()
    (_streamed if target.scheme in GS else _moved)(source, plan, target, there)
    return size_of(plan)


def _streamed(source: Source, plan: Plan, target: Place, there: Info | None) -> None:
    """Upload to Google's store, where an object appears with its last byte. With a condition where there was none."""
    kept = _kept(source)
    if size_of(plan) <= AT_ONCE:
        check_unchanged(target, there)
        data = in_memory(source, plan)
        target.store.pipe_file(target.path, data, mode="create" if there is None else "overwrite", **kept)
        return
    file = target.store.open(target.path, "xb" if there is None else "wb", autocommit=False, **kept)
    try:
        for part in chunks(source, plan):
            file.write(part)
        file.close()
        check_unchanged(target, there)
    except BaseException:
        file.discard()
        raise
    file.commit()


def _kept(source: Source) -> dict[str, Any]:
    """What the source carried: its type, its own metadata and headers."""
    if not isinstance(source, ObjectSource) or source.place.scheme not in GS:
        return {}
    told = source.place.store.info(source.place.path)
    fixed = {name: told[key] for key, name in KEPT.items() if told.get(key)}
    kept = {"content_type": told.get("contentType"), "metadata": told.get("metadata"), "fixed_key_metadata": fixed}
    return {name: value for name, value in kept.items() if value}


def _moved(source: Source, plan: Plan, target: Place, there: Info | None) -> None:
    """Write beside the object and move it there: of an unknown store nobody knows whether a write can be taken back."""
    folder = target.path.rpartition("/")[0]
    draft = f"{folder}/{DRAFT[0]}{token_hex(8)}{DRAFT[1]}"
    try:
        with target.store.open(draft, "wb") as file:
            for part in chunks(source, plan):
                file.write(part)
        check_unchanged(target, there)
        target.store.mv(draft, target.path)
    except BaseException:
        with suppress(OSError):  # the first error says more
            target.store.rm_file(draft)
        raise
