"""Turns what a host's page or node was filled in with into orders, the rest from `AIGC_LABEL_*` variables."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from aigc_label.bilingual import Bilingual
from aigc_label.choosing import chosen
from aigc_label.errors import WrongUse
from aigc_label.order import Order
from aigc_label.ordering import Doing, order_of
from aigc_label.settings import SETTINGS


def orders_of(doing: Doing, filled: Mapping[str, object], environment: Mapping[str, str]) -> Callable[[int], Order]:
    """Give what makes the order for each file of a run, from its number, counted from 1.

    `filled` holds settings by their names; empty texts leave the choice to the environment, then to the default. Raises
    `WrongUse`, `InvalidLabel` or `InvalidMark` before anything is written, also where no producer is named at all and where
    the environment asks for a signature, which hosts do not make.
    """
    settings = chosen(
        SETTINGS.values(), {name: value for name, value in filled.items() if value != ""}, environment, None
    )
    for name in ("sign", "with-c2pa"):
        if settings.text(name):
            raise WrongUse(
                Bilingual(
                    f"{SETTINGS[name].variable} is set, and nothing is signed here",
                    f"已设置 {SETTINGS[name].variable}，但此处不会签名",
                ),
                remedy=Bilingual(
                    f"Unset it, and sign what was saved: `aigc-label embed --in-place --{name} …`.",
                    f"请取消该变量，并为保存的文件签名：`aigc-label embed --in-place --{name} …`。",
                ),
            )
    return order_of(doing, settings)
