"""Starts the real ComfyUI, on the processor and without weights, with our pack copied into its folder of packs."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from integrations.comfy_host import PACK

# torchvision and torchaudio have no builds for the processor alone; nodes that need them are not asked
STUBS = """
import importlib.abc, importlib.machinery, sys
from types import ModuleType

class Stub(ModuleType):
    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return type(name, (), {})

class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("torchvision", "torchaudio"):
            return importlib.machinery.ModuleSpec(name, self, is_package=True)

    def create_module(self, spec):
        return Stub(spec.name)

    def exec_module(self, module):
        pass

sys.meta_path.append(Finder())
"""
THIRD = """
import importlib.util, sys
spec = importlib.util.spec_from_file_location("aigc_pack", {path!r})
module = importlib.util.module_from_spec(spec)
sys.modules["aigc_pack"] = module
spec.loader.exec_module(module)
comfy_entrypoint = module.comfy_entrypoint
"""


@dataclass(frozen=True)
class Server:
    address: str
    base: Path

    @property
    def output(self) -> list[Path]:
        return sorted(path for path in (self.base / "output").rglob("*") if path.suffix in (".png", ".mp4", ".flac"))

    def get(self, path: str) -> Any:
        with urllib.request.urlopen(self.address + path, timeout=30) as answer:
            return json.load(answer)

    def run(self, prompt: Mapping[str, Any]) -> dict[str, Any]:
        """Have a graph executed; give its entry of the history."""
        body = json.dumps({"prompt": prompt, "extra_data": {"extra_pnginfo": {"workflow": {"nodes": []}}}}).encode()
        request = urllib.request.Request(self.address + "/prompt", body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            asked = json.load(answer)
        assert not asked["node_errors"], asked
        for _ in range(600):
            history: dict[str, Any] = self.get(f"/history/{asked['prompt_id']}")
            if history:
                entry: dict[str, Any] = history[asked["prompt_id"]]
                return entry
            time.sleep(0.2)
        raise TimeoutError(asked["prompt_id"])

    def asked(self, workflow: Mapping[str, Any]) -> dict[str, Any]:
        """Give a workflow as the page sends it: links and the values of widgets, in the order of the inputs."""
        origins = {link[0]: [str(link[1]), link[2]] for link in workflow["links"]}
        prompt = {}
        for node in workflow["nodes"]:
            types = self.get(f"/object_info/{node['type']}")[node["type"]]["input"]
            values = iter(node["widgets_values"])
            given = {}
            for name, declared in {**types["required"], **types.get("optional", {})}.items():
                if isinstance(declared[0], list) or declared[0] in ("INT", "FLOAT", "STRING", "BOOLEAN", "COMBO"):
                    given[name] = next(values)
            linked = {one["name"]: origins[one["link"]] for one in node["inputs"] if one["link"] is not None}
            prompt[str(node["id"])] = {"class_type": node["type"], "inputs": {**given, **linked}}
        return prompt


@contextmanager
def started(source: Path, python: str, base: Path, *options: str) -> Iterator[Server]:
    """Start the server of the snapshot at `source`. The pack comes through its third interface where `base` says so."""
    (base / "stubs").mkdir(parents=True)
    (base / "stubs/sitecustomize.py").write_text(STUBS)
    (base / "front").mkdir()
    (base / "front/index.html").write_text("<!doctype html>")
    packs = base / "custom_nodes"
    if base.name == "third":
        shutil.copytree(PACK, base / "pack")
        (packs / "Third").mkdir(parents=True)
        (packs / "Third/__init__.py").write_text(THIRD.format(path=str(base / "pack/__init__.py")))
    else:
        shutil.copytree(PACK, packs / PACK.name)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [python, "main.py", "--cpu", "--port", str(port), "--base-directory", str(base), "--disable-api-nodes"]
    command += ["--front-end-root", str(base / "front"), "--database-url", "sqlite:///:memory:", *options]
    environment = {key: value for key, value in os.environ.items() if not key.startswith("AIGC_LABEL")}
    environment["PYTHONPATH"] = str(base / "stubs")
    with open(base / "log", "wb") as log:
        process = subprocess.Popen(command, cwd=source, env=environment, stdout=log, stderr=subprocess.STDOUT)
    server = Server(f"http://127.0.0.1:{port}", base)
    try:
        _wait(server, process)
        yield server
    finally:
        process.terminate()
        process.wait(30)


def _wait(server: Server, process: subprocess.Popen[bytes]) -> None:
    for _ in range(900):
        assert process.poll() is None, (server.base / "log").read_text()
        try:
            server.get("/system_stats")
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.2)
        else:
            return
    raise TimeoutError((server.base / "log").read_text())
