"""Describes the nodes for ComfyUI once, and makes of them what its loader takes: classes of its first and third interface.

The folder `hosts/comfyui/ComfyUI-AIGC-Label` hands them over. The label does not depend on `--disable-metadata`: that
switch is about ComfyUI's own prompt and workflow.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from aigc_label import api
from aigc_label.bilingual import Bilingual, Lang
from aigc_label.errors import AigcLabelError, Refused, WrongUse
from aigc_label.integrations import comfyui_saving as saving
from aigc_label.integrations.comfyui_table import NODES, NONE, PREFIX, Input, Kind, Node
from aigc_label.integrations.host_orders import orders_of
from aigc_label.marking import Mark, Place, SoundForm
from aigc_label.order import Outcome
from aigc_label.ordering import Doing
from aigc_label.policy import Policy
from aigc_label.report import VERDICT_NAMES, Report, Scope, Verdict

Inputs = Mapping[str, Any]
CATEGORY: Final = "AIGC Label"
HIDDEN: Final = ("prompt", "extra_pnginfo")  # what ComfyUI gives beside a node's inputs
MARKED_BY: Final = {  # the setting that a save node's choice of mark fills in
    **{str(place): "place" for place in Place},
    **{str(form): "sound" for form in SoundForm},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """What of ComfyUI the nodes need: its module `folder_paths`, and whether it runs with `--disable-metadata`."""

    folders: Any
    disable_metadata: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """What a node gives: its outputs, and what the page shows."""

    outputs: tuple[Any, ...]
    shown: Mapping[str, Any]


class NodeStopped(RuntimeError):
    """Why a node stopped the run, in both languages; nothing unlabelled was left behind."""


def run(node: Node, host: Host, given: Inputs) -> Answer:
    """Do a node's work. Raises `NodeStopped`, which stops the run and is shown on the page; `OSError` passes through."""
    filled = {one.name: given.get(one.name, one.default) for one in node.inputs}
    hidden = {name: given.get(name) for name in HIDDEN}
    try:
        return RUNS[node.id](host, filled, hidden)
    except AigcLabelError as problem:
        raise NodeStopped(f"{problem.told(Lang.EN)}\n{problem.told(Lang.ZH)}") from problem


def _save_pictures(host: Host, given: Inputs, hidden: Inputs) -> Answer:
    images = given["images"]
    place = _place(host, given, images.shape[2], images.shape[1])
    outcomes = saving.save_pictures(images, place, _orders(given), given["format"], _told(host, given, hidden))
    return _saved(outcomes, place, "images")


def _save_sound(host: Host, given: Inputs, hidden: Inputs) -> Answer:
    place = _place(host, given)
    outcomes = saving.save_sound(given["audio"], place, _orders(given), given["format"], _told(host, given, hidden))
    return _saved(outcomes, place, "audio")


def _save_film(host: Host, given: Inputs, hidden: Inputs) -> Answer:
    place = _place(host, given, *given["video"].get_dimensions())
    outcomes = saving.save_film(given["video"], place, _orders(given), _told(host, given, hidden))
    answer = _saved(outcomes, place, "images")
    return Answer(answer.outputs, {**answer.shown, "animated": (True,)})  # how the page knows a film


def _mark(host: Host, given: Inputs, hidden: Inputs) -> Answer:
    mark = Mark(text=given["text"], place=Place(given["place"]), height_share=given["height_share"])
    marked = saving.marked(given["images"], mark)
    return Answer((given["images"].new_tensor(marked),), {})


def _verify(host: Host, given: Inputs, hidden: Inputs) -> Answer:
    paths = [_within(host, line.strip()) for line in given["files"].splitlines() if line.strip()]
    if not paths:
        raise WrongUse(Bilingual("no file is named", "未指定文件"))
    reports = [api.verify(path, Policy(scope=Scope(given["scope"]))) for path in paths]
    bad = [report for report in reports if report.verdict is not Verdict.COMPLIANT]
    lines = [
        f"{VERDICT_NAMES[one.verdict].en} · {VERDICT_NAMES[one.verdict].zh}  {Path(one.path).name}" for one in reports
    ]
    if bad and given["otherwise"] == "stop":
        raise NodeStopped("\n".join(["not compliant · 不合规", *lines, *_found(bad)]))
    worst = str(bad[0].verdict if bad else Verdict.COMPLIANT)
    told = json.dumps([report.to_dict() for report in reports], ensure_ascii=False, indent=2)
    return Answer((worst, told), {"text": lines})


RUNS: Final[Mapping[str, Callable[[Host, Inputs, Inputs], Answer]]] = {
    f"{PREFIX}SaveImage": _save_pictures,
    f"{PREFIX}SaveAudio": _save_sound,
    f"{PREFIX}SaveVideo": _save_film,
    f"{PREFIX}AddMark": _mark,
    f"{PREFIX}Verify": _verify,
}


def _found(reports: Iterable[Report]) -> list[str]:
    return [
        f"{finding.rule.id}: {finding.rule.sentence.en} {finding.rule.sentence.zh}"
        for report in reports
        for finding in report.findings
    ]


def _orders(given: Inputs) -> saving.Orders:
    mark = given["mark"]
    filled = {"producer": given["producer"], "produce-id": given["produce_id"]}
    if mark == NONE:
        return orders_of(Doing.EMBED, filled, os.environ)
    return orders_of(Doing.ADD, {**filled, MARKED_BY[mark]: mark}, os.environ)


def _told(host: Host, given: Inputs, hidden: Inputs) -> saving.Told:
    """Give what ComfyUI tells of a file, under the names that it uses; nothing where it or the user wants none."""
    if host.disable_metadata or not given["workflow"]:
        return {}
    told = {} if hidden["prompt"] is None else {"prompt": hidden["prompt"]}
    return {**told, **(hidden["extra_pnginfo"] or {})}


def _place(host: Host, given: Inputs, width: int = 0, height: int = 0) -> saving.Place:
    folder, stem, number, subfolder, _ = host.folders.get_save_image_path(
        given["filename_prefix"], host.folders.get_output_directory(), width, height
    )
    return saving.Place(folder=Path(folder), stem=stem, number=number, subfolder=subfolder)


def _saved(outcomes: Iterable[Outcome], place: saving.Place, kind: str) -> Answer:
    paths = [Path(outcome.target) for outcome in outcomes]
    shown = [{"filename": path.name, "subfolder": place.subfolder, "type": "output"} for path in paths]
    return Answer(("\n".join(map(str, paths)),), {kind: shown})


def _within(host: Host, name: str) -> Path:
    """Give a file's path; names are below the output folder. Raises `Refused` outside of ComfyUI's own folders."""
    folders = host.folders
    roots = [
        Path(root).resolve()
        for root in (folders.get_output_directory(), folders.get_input_directory(), folders.get_temp_directory())
    ]
    path = (roots[0] / name).resolve()
    if not any(path.is_relative_to(root) for root in roots):
        raise Refused(
            Bilingual(f"{name!r} is outside of ComfyUI's folders", f"{name!r} 不在 ComfyUI 的文件夹内"),
            remedy=Bilingual(
                "Name a file in its output, input or temp folder.", "请指定 output、input 或 temp 文件夹中的文件。"
            ),
        )
    return path


def names() -> dict[str, str]:
    """Give the nodes' names on the page for `NODE_DISPLAY_NAME_MAPPINGS`; `locales/` holds them in Chinese as well."""
    return {node.id: node.name.en for node in NODES}


def first_interface(host: Host) -> dict[str, type]:
    """Give the classes for `NODE_CLASS_MAPPINGS`, by their names."""
    return {node.id: _first(node, host) for node in NODES}


def _first(node: Node, host: Host) -> type:
    def done(self: object, **given: Any) -> dict[str, Any]:
        answer = run(node, host, given)
        return {"result": answer.outputs, **({"ui": dict(answer.shown)} if answer.shown else {})}

    types: dict[str, Any] = {
        "required": {one.name: _first_input(one) for one in node.inputs},
        "hidden": {name: name.upper() for name in HIDDEN},
    }
    members: dict[str, Any] = {
        "INPUT_TYPES": classmethod(lambda cls: types),
        "RETURN_TYPES": tuple(str(one.kind) for one in node.outputs),
        "RETURN_NAMES": tuple(one.name for one in node.outputs),
        "OUTPUT_TOOLTIPS": tuple(one.help.en for one in node.outputs),
        "FUNCTION": "run",
        "CATEGORY": CATEGORY,
        "DESCRIPTION": node.help.en,
        "OUTPUT_NODE": node.last,
        "run": done,
    }
    if node.looks:
        members["IS_CHANGED"] = classmethod(lambda cls, **given: float("nan"))  # never equal: look again
    return type(node.id, (), members)


def _first_input(one: Input) -> tuple[Any, dict[str, Any]]:
    kind: Any = list(one.choices) if one.kind is Kind.COMBO else str(one.kind)
    return kind, {"tooltip": one.help.en, **one.options}


def third_interface(host: Host, io: Any) -> list[type]:
    """Give the classes for `comfy_entrypoint`; `io` is ComfyUI's `comfy_api.latest.io`."""
    return [_third(node, host, io) for node in NODES]


def _third(node: Node, host: Host, io: Any) -> type:
    def schema(cls: Any, /) -> Any:
        return io.Schema(
            node_id=node.id,
            display_name=node.name.en,
            category=CATEGORY,
            description=node.help.en,
            inputs=[_third_input(one, io) for one in node.inputs],
            outputs=[
                getattr(io, one.kind.third).Output(id=one.name, display_name=one.name, tooltip=one.help.en)
                for one in node.outputs
            ],
            hidden=[getattr(io.Hidden, name) for name in HIDDEN],
            is_output_node=node.last,
        )

    def execute(cls: Any, /, **given: Any) -> Any:
        hidden = {name: getattr(cls.hidden, name, None) for name in HIDDEN}  # not every runtime has any
        answer = run(node, host, {**given, **hidden})
        return io.NodeOutput(*answer.outputs, ui=dict(answer.shown) or None)

    members = {"define_schema": classmethod(schema), "execute": classmethod(execute)}
    if node.looks:
        members["fingerprint_inputs"] = classmethod(lambda cls, **given: float("nan"))  # never equal: look again
    return type(node.id, (io.ComfyNode,), members)


def _third_input(one: Input, io: Any) -> Any:
    return getattr(io, one.kind.third).Input(one.name, tooltip=one.help.en, **one.third_options)
