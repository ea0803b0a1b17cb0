"""Nodes that save labelled, verify and mark, for ComfyUI: the work is done by the installed package aigc-label."""

from __future__ import annotations

from typing import Any

import folder_paths
from comfy.cli_args import args

from aigc_label.integrations import comfyui

HOST = comfyui.Host(folders=folder_paths, disable_metadata=args.disable_metadata)
NODE_CLASS_MAPPINGS = comfyui.first_interface(HOST)
NODE_DISPLAY_NAME_MAPPINGS = comfyui.names()


async def comfy_entrypoint() -> Any:
    """Give the same nodes through ComfyUI's third interface; a ComfyUI that takes the mappings above does not ask."""
    from comfy_api.latest import ComfyExtension, io

    class Nodes(ComfyExtension):
        async def get_node_list(self) -> list[type]:
            return comfyui.third_interface(HOST, io)

    return Nodes()
