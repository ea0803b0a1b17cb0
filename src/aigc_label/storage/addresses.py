"""Tells addresses (`s3://bucket/key`) from paths, and opens the store behind one.

The only module that imports fsspec. A store is asked for anew in each process: its threads do not survive a fork.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from aigc_label.bilingual import Bilingual
from aigc_label.errors import MissingTool, UnsupportedFormat
from aigc_label.storage import oss, pages

_ADDRESS: Final = r"[a-z][a-z0-9+.-]*://"
EXTRAS: Final = {
    "s3": "s3fs",
    "s3a": "s3fs",
    "gs": "gcsfs",
    "gcs": "gcsfs",
    "oss": "ossfs",
    "https": "aiohttp",
    "http": "aiohttp",
}
PATIENCE_SECONDS: Final = 300  # joining the parts of a large object takes S3 minutes; s3fs would ask again after 15 s
READ_ONLY: Final = ("http", "https")
S3: Final = ("s3", "s3a")
DRAFT: Final = (".aigc-label-", ".draft")  # how the name of an object begins and ends that is not finished
VERSIONS: Final = ("ETag", "etag", "mtime", "Last-Modified", "created")  # where stores say that content changed


class Place(NamedTuple):
    """One object: the store it lies in, and its path there. `store` is an fsspec file system."""

    store: Any
    path: str
    address: str

    @property
    def scheme(self) -> str:
        return self.address.partition("://")[0]


class Info(NamedTuple):
    """What a store says of an object; `version` changes with its content (an ETag, where the store has them)."""

    size: int
    version: str


def is_address(path: object) -> bool:
    """Tell whether this names an object in a store, and not a file."""
    return isinstance(path, str) and "://" in path and re.match(_ADDRESS, path) is not None


def place_of(address: str) -> Place:
    """Open the store of an address. Raises `MissingTool` where its package is missing."""
    scheme = address.partition("://")[0]
    try:
        from fsspec.core import url_to_fs

        store, path = url_to_fs(address, **_settings(scheme))
    except ImportError as problem:
        package = EXTRAS.get(scheme, "fsspec")
        raise MissingTool(
            Bilingual(f"{scheme}:// needs the package {package}", f"{scheme}:// 需要 {package} 软件包"),
            remedy=Bilingual(
                f"pip install 'aigc-label[cloud]' {package}", f"pip install 'aigc-label[cloud]' {package}"
            ),
            where=address,
        ) from problem
    except ValueError as problem:
        raise UnsupportedFormat(
            Bilingual(f"no store is called {scheme}://", f"没有名为 {scheme}:// 的存储"),
            remedy=Bilingual("There are s3, oss, gs, https and others of fsspec.", "可用 s3、oss、gs、https 等。"),
            where=address,
        ) from problem
    return Place(store, path, address)


def _settings(scheme: str) -> dict[str, Any]:
    if scheme in oss.SCHEMES:
        return oss.keys()
    if scheme not in S3:
        return {}
    from fsspec.config import conf

    return {"config_kwargs": {"read_timeout": PATIENCE_SECONDS, **conf.get("s3", {}).get("config_kwargs", {})}}


def info_of(place: Place) -> Info | None:
    """Give what the store says of an object now, None where there is none. Raises `OSError`."""
    try:
        told = _told(place)
    except FileNotFoundError:
        return None
    if told.get("type") == "directory":
        return None
    version = next((told[name] for name in VERSIONS if told.get(name)), "")
    return Info(int(told["size"] or 0), str(version))


def _told(place: Place) -> dict[str, Any]:
    if place.scheme in READ_ONLY:
        return pages.looked_up(place)
    if place.scheme in oss.SCHEMES:
        return oss.looked_up(place)
    place.store.invalidate_cache(place.path)  # what a listing said may be old
    told: dict[str, Any] = place.store.info(place.path, **({"refresh": True} if place.scheme in S3 else {}))
    return told


def is_folder(address: str) -> bool:
    """Tell whether an address names objects below it, and not one object."""
    if address.endswith("/"):
        return True
    place = place_of(address)
    return place.scheme not in READ_ONLY and bool(place.store.isdir(place.path))


def is_tree(path: str) -> bool:
    """Tell whether a path or address names a folder."""
    return is_folder(path) if is_address(path) else os.path.isdir(path)


def below(address: str) -> Iterator[tuple[str, str]]:
    """Give every object below an address, page by page: its address, and its path below. Folder markers are none.

    Raises `UnsupportedFormat` for a web server.
    """
    place = place_of(address)
    if place.scheme in READ_ONLY:
        raise UnsupportedFormat(
            Bilingual("a web server does not list its files", "网页服务器不提供文件列表"),
            remedy=Bilingual(
                "Name each file, or give a list with --files-from.", "请逐个指定文件，或用 --files-from 给出列表。"
            ),
            where=address,
        )
    root = place.path.rstrip("/")
    for path in _s3_keys(place, root) if place.scheme in S3 else _walked(place, root):
        name = path.rpartition("/")[2]
        if name and not (name.startswith(DRAFT[0]) and name.endswith(DRAFT[1])):
            yield f"{place.scheme}://{path.lstrip('/')}", path[len(root) :].lstrip("/")


def _s3_keys(place: Place, root: str) -> Iterator[str]:
    """List by prefix: a walk from folder to folder loses keys that have `..` or nothing between two slashes."""
    bucket, key, _ = place.store.split_path(root)
    more: dict[str, str] = {}
    while True:
        told = place.store.call_s3("list_objects_v2", Bucket=bucket, Prefix=f"{key}/" if key else "", **more)
        yield from (f"{bucket}/{one['Key']}" for one in told.get("Contents", ()))
        if not told.get("IsTruncated"):
            return
        more = {"ContinuationToken": told["NextContinuationToken"]}


def _walked(place: Place, root: str) -> Iterator[str]:
    for folder, _, files in place.store.walk(root, detail=True):
        for name in sorted(files):
            if files[name].get("type") == "file":
                yield f"{folder.rstrip('/')}/{name}"


def joined(address: str, *parts: str) -> str:
    """Give the address of something below another."""
    return "/".join((address.rstrip("/"), *parts))
