"""Writes the page on what the reports hold, from their JSON schemas."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from aigc_label.bilingual import Bilingual, Lang
from tools.reference.layout import ROOT, table

SCHEMAS: Final = ("report", "comparison")
ABOVE: Final = Bilingual(
    """<!-- Made by `make docs` from docs/*.schema.json. Edits here are lost. -->

# What the reports hold

The fields of what `--format json` and `jsonl` print, from the schemas themselves: [report.schema.json](report.schema.json),
[comparison.schema.json](comparison.schema.json). Fields may be added within a version; none is removed or changes its
meaning.
""",
    """<!-- Made by `make docs` from docs/*.schema.json. Edits here are lost. -->

# 报告的内容

`--format json` 和 `jsonl` 输出的字段，取自模式文件本身：[report.schema.json](../report.schema.json)、
[comparison.schema.json](../comparison.schema.json)。同一版本内可能增加字段，但不会删除字段或改变其含义。说明文字取自模式文件，为英文。
""",
)
HEADS: Final = (Bilingual("Field", "字段"), Bilingual("Type", "类型"), Bilingual("Is", "含义"))


def schemas_page(lang: Lang) -> str:
    """Give a table for each schema and for each part of it."""
    parts = [ABOVE.said(lang)]
    heads = tuple(head.said(lang) for head in HEADS)
    for name in SCHEMAS:
        schema = json.loads((ROOT / f"docs/{name}.schema.json").read_text(encoding="utf-8"))
        parts += [f"## {schema['$id']}\n", f"{schema['title']}.\n", table(heads, _fields(schema)), ""]
        for part, below in schema["$defs"].items():
            parts += [f"### {name}: {part}\n", f"{below.get('description', '')}\n", table(heads, _fields(below)), ""]
    return "\n".join(parts).rstrip("\n") + "\n"


def _fields(schema: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    for name, field in schema.get("properties", {}).items():
        yield f"`{name}`", _type(field), field.get("description", "").replace("|", "\\|")


def _type(field: Mapping[str, Any]) -> str:
    """Say a field's type in one line: its words, the part it refers to, what its array holds."""
    if "const" in field:
        return f"`{json.dumps(field['const'])}`"
    if "enum" in field:
        return " ".join(f"`{json.dumps(word)}`" for word in field["enum"])
    if "$ref" in field:
        return field["$ref"].rpartition("/")[2]
    if "oneOf" in field:
        return " · ".join(_type(one) for one in field["oneOf"])
    if "items" in field:
        return f"[{_type(field['items'])}]"
    kinds = field.get("type", "any")
    return kinds if isinstance(kinds, str) else " · ".join(kinds)
