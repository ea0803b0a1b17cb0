"""Walks a package of parts by their relations and collects changes to it (ECMA-376, part 2: Open Packaging Conventions)."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from typing import Final

from aigc_label.bilingual import Bilingual
from aigc_label.errors import MalformedFile
from aigc_label.grammars import xml
from aigc_label.grammars.parts import Parts

TYPES: Final = "[Content_Types].xml"
RELATIONSHIPS: Final = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT_OFFICE: Final = "http://purl.oclc.org/ooxml/officeDocument/relationships"
HEAD: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


@dataclass(frozen=True, slots=True)
class Relation:
    """One relation of a part: `kind` is its type's last word (`slide`, `drawing`), the same in strict packages."""

    id: str
    type: str
    target: str  # the part's name; "" where it lies outside the package

    @property
    def kind(self) -> str:
        return self.type.rpartition("/")[2]


class Package(Parts):
    """A package with the changes made to it so far; nothing is written here."""

    def relations(self, name: str) -> tuple[Relation, ...]:
        """Give the relations of a part ("" for the package itself); none where it has no such part."""
        where = relations_name(name)
        if not self.has(where):
            return ()
        found = []
        for one in xml.parse(self.part(where), self.source.limits).children:
            target = one.attributes.get(("", "Target"), "")
            outside = one.attributes.get(("", "TargetMode")) == "External"
            path = target.lstrip("/") if target.startswith("/") else posixpath.join(posixpath.dirname(name), target)
            identity, kind = (one.attributes.get(("", key), "") for key in ("Id", "Type"))
            found.append(Relation(identity, kind, "" if outside or not target else posixpath.normpath(path)))
        return tuple(found)

    def related(self, name: str, kind: str) -> str | None:
        """Give the first part that a part relates to in this way."""
        return next((one.target for one in self.relations(name) if one.kind == kind and one.target), None)

    def main(self) -> str:
        """Give the name of the main part. Raises `MalformedFile` where the package names none."""
        name = self.related("", "officeDocument")
        if name is None:
            raise MalformedFile(Bilingual("the package names no main part", "文档包未指明主部件"))
        return name

    def content_type(self, name: str) -> str:
        """Give the content type of a part, "" where none is declared."""
        root = xml.parse(self.part(TYPES), self.source.limits)
        found = ""
        for one in root.children:
            if one.attributes.get(("", "PartName"), "").lower() == f"/{name}".lower():
                return one.attributes.get(("", "ContentType"), "")
            if one.attributes.get(("", "Extension"), "").lower() == name.rpartition(".")[2].lower():
                found = one.attributes.get(("", "ContentType"), "")
        return found

    def add(self, name: str, content_type: str, data: bytes) -> None:
        """Add a part with its content type."""
        types = self.part(TYPES)
        root = xml.parse(types, self.source.limits)
        markup = f'<Override xmlns="{root.namespace}" PartName="/{name}" ContentType="{content_type}"/>'
        self.changed[TYPES] = xml.edited(types, [xml.appended(types, root, markup.encode())])
        self.changed[name] = data

    def relate(self, name: str, kind: str, target: str) -> str:
        """Add a relation from a part to a part; gives its id."""
        where = relations_name(name)
        if not self.has(where):
            self.changed[where] = f'{HEAD}<Relationships xmlns="{RELATIONSHIPS}"/>'.encode()
        document = self.part(where)
        root = xml.parse(document, self.source.limits)
        taken = {one.attributes.get(("", "Id")) for one in root.children}
        own = next(f"rIdAigc{n}" for n in range(1, len(taken) + 2) if f"rIdAigc{n}" not in taken)
        markup = f'<Relationship xmlns="{root.namespace}" Id="{own}" Type="{kind}" Target="/{target}"/>'
        self.changed[where] = xml.edited(document, [xml.appended(document, root, markup.encode())])
        return own


def relations_name(name: str) -> str:
    """Give the name of the part that holds a part's relations."""
    folder, own = posixpath.split(name)
    return posixpath.join(folder, "_rels", f"{own}.rels")
