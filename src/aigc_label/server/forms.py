"""Makes the parameters of requests from the table of settings, so that the service asks what the command asks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, create_model

from aigc_label.bilingual import Lang
from aigc_label.server.work import Kind
from aigc_label.settings import Group, Setting, in_groups
from aigc_label.settings import Kind as Shape

# what a text may be; whatever else stands for one in the table (FILE, KEY …) may name a file of the server
SPEAKS_OF_CONTENT: Final = frozenset({"CODE", "TEMPLATE", "TEXT", "REASON", "WORDS", "NAME", "TIME"})
TEXTS: Final = (Shape.TEXT, Shape.LIST)
# speaks of folders; would break what is not the client's; is for the operator to answer for
KEPT_BACK: Final = frozenset({"ignore-unknown", "credentials", "waive-mark"})
GROUPS: Final = {
    Kind.ADD: (Group.LABEL, Group.PROPAGATION, Group.MARK),
    Kind.EMBED: (Group.LABEL, Group.PROPAGATION),
    Kind.MARK: (Group.MARK,),
    Kind.PROPAGATE: (Group.PROPAGATION, Group.INTAKE),
    Kind.VERIFY: (Group.VERIFY, Group.INTAKE),
    Kind.EXPLAIN: (Group.VERIFY, Group.INTAKE),
    Kind.INSPECT: (Group.VERIFY, Group.INTAKE),
}
TYPES: Final[dict[Shape, Any]] = {
    Shape.TEXT: str,
    Shape.NUMBER: float,
    Shape.COUNT: int,
    Shape.SWITCH: bool,
    Shape.LIST: list[str],
}
LONGEST: Final = 4096  # characters of one value


class Form(BaseModel):
    """What every request may say beside its settings."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field("", max_length=255, description="the file's name, for raw bodies / 文件名（直接上传内容时使用）")
    lang: Lang | None = Field(
        None, description="the language of the answer, else as Accept-Language says / 应答所用语言"
    )

    def asked(self) -> dict[str, Any]:
        """Give the settings that the request named, by their names in the table."""
        said = self.model_dump(exclude_unset=True, exclude={"name", "lang"})
        return {name.replace("_", "-"): value for name, value in said.items()}


def form_of(kind: Kind) -> type[Form]:
    """Give the query of one kind of request."""
    return _form(f"{kind.title()}Query", _rows(kind))


def form_of_any() -> type[Form]:
    """Give the query of a request that itself says what kind it is: `do`."""
    rows = {row.name: row for kind in Kind for row in _rows(kind)}
    return create_model(
        "JobQuery",
        __base__=_form("AnyQuery", rows.values()),
        do=(Kind, Field(Kind.ADD, description="what to do / 要执行的操作")),
    )


def _rows(kind: Kind) -> list[Setting]:
    rows = in_groups(GROUPS[kind])
    return [
        row for row in rows if row.name not in KEPT_BACK and (row.kind not in TEXTS or row.shown in SPEAKS_OF_CONTENT)
    ]


def _form(title: str, rows: Iterable[Setting]) -> type[Form]:
    fields: dict[str, Any] = {row.name.replace("-", "_"): (_type(row), _field(row)) for row in rows}
    return create_model(title, __base__=Form, **fields)


def _type(row: Setting) -> Any:
    kind = Literal[row.choices] if row.choices else TYPES[row.kind]
    return kind if row.default is not None else kind | None


def _field(row: Setting) -> Any:
    default = list(row.default) if isinstance(row.default, tuple) else row.default
    longest = LONGEST if row.kind is Shape.TEXT and not row.choices else None
    return Field(default=default, description=f"{row.en} / {row.zh}", max_length=longest)
