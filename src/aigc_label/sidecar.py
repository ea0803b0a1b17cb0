"""Keeps the label of a file that has no place for one in a file beside it, bound to the content by its hash."""

from __future__ import annotations

import json
import os
from typing import Any, Final

from aigc_label.evidence import Notice, NoticeKind, Reading, Standing, Survey
from aigc_label.label import KEY
from aigc_label.output import opened
from aigc_label.source import FileSource, Source
from aigc_label.splice import CHUNK

SUFFIX: Final = ".aigc.json"
SCHEMA: Final = "aigc-label/sidecar/1"
CARRIER: Final = "sidecar"
MOST: Final = 256 * 1024  # bytes of a sidecar


def name_of(path: str) -> str:
    """Give the sidecar's name: that of the file with `.aigc.json` behind it."""
    return path + SUFFIX


def written(source: Source, name: str, text: str) -> bytes:
    """Give the sidecar that binds a label (bare JSON) to the bytes of `source`, which will be called `name`."""
    values = {
        "schema": SCHEMA,
        "name": os.path.basename(name),
        "size": source.size,
        "sha256": _digest(source),
        KEY: json.loads(text),
    }
    return (json.dumps(values, ensure_ascii=False, indent=2) + "\n").encode()


def survey(source: Source) -> Survey:
    """Give the label in the sidecar that lies beside a file; nothing where there is none.

    A sidecar that speaks of other bytes, or cannot be read, is no label but a notice. Raises `OSError` where it is there
    and cannot be opened.
    """
    if not isinstance(source, FileSource) or not os.path.exists(name_of(source.name)):
        return Survey()
    with opened(name_of(source.name), source.limits) as beside:
        data = beside.upto(0, MOST + 1)
    values = _values(data)
    if values is None:
        return _notice("it is not a sidecar of this program")
    if values.get("size") != source.size or values.get("sha256") != _digest(source):
        return _notice("it was written for other bytes than the file holds")
    label = values.get(KEY)
    text = label if isinstance(label, str) else json.dumps(label, ensure_ascii=False, separators=(",", ":"))
    return Survey(readings=(Reading(carrier=CARRIER, standing=Standing.CHOSEN, text=text, offset=0),))


def _values(data: bytes) -> dict[str, Any] | None:
    if len(data) > MOST:
        return None
    try:
        values = json.loads(data)
    except (ValueError, RecursionError):
        return None
    return values if isinstance(values, dict) and values.get("schema") == SCHEMA else None


def _notice(detail: str) -> Survey:
    return Survey(notices=(Notice(kind=NoticeKind.SIDECAR, offset=0, detail=detail),))


def _digest(source: Source) -> str:
    import hashlib  # loads slowly, and hardly any file has a sidecar

    digest = hashlib.sha256()
    for at in range(0, source.size, CHUNK):
        digest.update(source.upto(at, CHUNK))
    return digest.hexdigest()
