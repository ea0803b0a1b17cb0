"""Says what the digital signatures of a PDF file (ISO 32000-2, 12.8) allow to be done to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from aigc_label.grammars.pdf import Document
from aigc_label.grammars.pdf_objects import Dictionary, Name, Ref, Value

SIGNATURES_EXIST: Final = 1  # bit 1 of /SigFlags (table 225)
NO_CHANGES: Final = 1  # /P of DocMDP (table 257): any change invalidates the signature
FORMS_ONLY: Final = 2  # its default: forms may be filled in, pages made from templates, signatures added
MOST_FIELDS: Final = 1_000


@dataclass(frozen=True, slots=True)
class Signatures:
    """`count` signatures were found, `exist` where the file says there are any; `level` is the strictest permission that
    they leave (None: nothing is said), `rights` whether extended usage rights hang on the file being unchanged."""

    exist: bool = False
    count: int = 0
    level: int | None = None
    rights: bool = False


def signatures_of(document: Document) -> Signatures:
    """Give what is signed and how strictly. Looks at 1,000 form fields at most, and at none where the file says that no
    signatures exist."""
    root = document.root.dictionary
    form = document.dictionary(root.get(b"AcroForm"))
    permissions = document.dictionary(root.get(b"Perms"))
    flags = document.resolve(form.get(b"SigFlags"))
    exist = isinstance(flags, int) and bool(flags & SIGNATURES_EXIST)
    levels = []
    certified = document.dictionary(permissions.get(b"DocMDP"))
    if permissions.get(b"DocMDP") is not None:
        levels.append(_level(document, certified, FORMS_ONLY))
    count = 0
    for field in _signed_fields(document, form.get(b"Fields")) if exist else ():
        count += 1
        levels.append(_level(document, document.dictionary(field.get(b"V")), None))
        lock = document.resolve(document.dictionary(field.get(b"Lock")).get(b"P"))
        levels.append(lock if isinstance(lock, int) else None)
    stated = [level for level in levels if level is not None]
    rights = permissions.get(b"UR3") is not None or permissions.get(b"UR") is not None
    return Signatures(exist or bool(levels), count, min(stated) if stated else None, rights)


def _level(document: Document, signature: Dictionary, default: int | None) -> int | None:
    """Give the permission that a signature's DocMDP transform states."""
    for reference in document.list(signature.get(b"Reference")):
        transform = document.dictionary(reference)
        if transform.get(b"TransformMethod") == Name(b"DocMDP"):
            stated = document.resolve(document.dictionary(transform.get(b"TransformParams")).get(b"P"))
            return stated if isinstance(stated, int) else FORMS_ONLY
    return default


def _signed_fields(document: Document, fields: Value) -> list[Dictionary]:
    """Give the signature fields that are signed, wherever in the tree of fields."""
    found: list[Dictionary] = []
    waiting = list(document.list(fields))
    seen: set[Ref] = set()
    while waiting and len(seen) < MOST_FIELDS:
        ref = waiting.pop()
        if not isinstance(ref, Ref) or ref in seen:
            continue
        seen.add(ref)
        field = document.dictionary(ref)
        waiting += document.list(field.get(b"Kids"))
        if field.get(b"FT") == Name(b"Sig") and field.get(b"V") is not None:
            found.append(field)
    return found
