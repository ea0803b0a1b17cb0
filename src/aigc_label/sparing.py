"""Refuses a change that would break what others put into the file: Content Credentials, signatures, signed labels."""

from __future__ import annotations

from aigc_label.bilingual import Bilingual
from aigc_label.errors import Refused
from aigc_label.evidence import NoticeKind, Survey
from aigc_label.label import Label
from aigc_label.order import SEALED, Credentials, Order


def spare_content(survey: Survey, label: Label | None, order: Order) -> None:
    """Raise `Refused` where a mark, which changes the content, would break what is bound to it.

    A label alone need not break a document's signature: its adapter knows.
    """
    spare_credentials(survey, order)
    _spare(survey, order, NoticeKind.SIGNED, SIGNED)
    _spare_seal(survey, label, order)


def spare_credentials(survey: Survey, order: Order) -> None:
    """Raise `Refused` where the file has Content Credentials, which any change would break."""
    _spare(survey, order, NoticeKind.C2PA, CREDENTIALS)


def _spare(survey: Survey, order: Order, kind: NoticeKind, says: tuple[Bilingual, Bilingual]) -> None:
    found = next((notice for notice in survey.notices if notice.kind is kind), None)
    if found is not None and order.credentials is Credentials.REFUSE:
        what, remedy = says
        raise Refused(what, remedy=remedy, offset=found.offset)


CREDENTIALS = (
    Bilingual(
        "the file carries Content Credentials (C2PA), which any edit would break",
        "文件带有内容凭证（C2PA），任何修改都会使其失效",
    ),
    Bilingual(
        "Label before signing and sign again; or go on with `--credentials break`.",
        "请先添加标识再重新签署；或用 `--credentials break` 继续。",
    ),
)
SIGNED = (
    Bilingual(
        "the document is digitally signed; a visible mark would change what was signed",
        "文档已数字签名，添加显式标识会改变已签名的内容",
    ),
    Bilingual(
        "Mark before signing; or go on with `--credentials break`.",
        "请先添加显式标识再签名；或用 `--credentials break` 继续。",
    ),
)


def _spare_seal(survey: Survey, label: Label | None, order: Order) -> None:
    """A mark changes the content that a signed label is bound to."""
    if order.signer is not None or order.credentials is Credentials.BREAK:
        return
    found = next((reading for reading in survey.readings if SEALED in reading.text), None)
    if found is not None and (label is None or SEALED in label.reserved1):
        raise Refused(
            Bilingual(
                "the label is signed and may be bound to the content, which a mark changes",
                "标识已签名，并可能与内容绑定；添加显式标识会改变内容",
            ),
            remedy=Bilingual(
                "Sign it anew: `aigc-label add FILE --sign KEY`; or go on with `--credentials break`.",
                "请重新签名：`aigc-label add 文件 --sign 密钥`；或用 `--credentials break` 继续。",
            ),
            offset=found.offset,
        )
