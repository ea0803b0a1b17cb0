"""Reads objects of Alibaba Cloud OSS through the client that ossfs has set up.

ossfs itself is asked for listings only: it reads one byte too many of each range, keeps old listings, and opening an
object to write it removes what is there.
"""

from __future__ import annotations

import os
from errno import EIO
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from aigc_label.storage.addresses import Info, Place

SCHEMES: Final = ("oss",)
VARIABLES: Final = {  # where OSS's own programs look for keys; ossfs finds only the endpoint by itself
    "key": "OSS_ACCESS_KEY_ID",
    "secret": "OSS_ACCESS_KEY_SECRET",
    "token": "OSS_SESSION_TOKEN",
}


def keys() -> dict[str, str]:
    """Give the keys that stand in the environment, as ossfs takes them."""
    return {name: os.environ[variable] for name, variable in VARIABLES.items() if variable in os.environ}


def call(place: Place, method: str, *values: Any, **more: Any) -> Any:
    """Ask the store about one object. Raises `OSError`."""
    bucket, key = place.store.split_path(place.path)
    return place.store._call_oss(method, key, *values, bucket=bucket, **more)


def looked_up(place: Place) -> dict[str, Any]:
    """Give what the store says of an object now. Raises `OSError`."""
    told = call(place, "head_object")
    return {"size": told.content_length, "ETag": told.etag, "type": "file"}


def read(place: Place, info: Info, start: int, end: int) -> bytes:
    """Give the bytes from `start` to `end`, of the version that was looked up. Raises `OSError`."""
    from oss2.exceptions import OssError

    headers = {"x-oss-range-behavior": "standard", "If-Match": info.version}
    told = call(place, "get_object", byte_range=(start, end - 1), headers=headers)
    try:
        data: bytes = told.read()
    except OssError as problem:  # the line broke within the answer
        raise OSError(EIO, str(problem), place.address) from problem
    return data
