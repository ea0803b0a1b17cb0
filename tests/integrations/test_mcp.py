"""A real client of the Model Context Protocol asks the installed server, which writes only where it was allowed."""

from __future__ import annotations

import json
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import anyio
import pytest
from cli.conftest import COMMAND, PICTURE, environment
from mcp import Client, StdioServerParameters, stdio_client

import aigc_label

Told = dict[str, Any]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "bare.jpg").write_bytes(PICTURE)
    label = aigc_label.Label.generated(producer="Example-Ltd", produce_id="1")
    aigc_label.embed(PICTURE, inside / "labelled.jpg", label=label)
    (tmp_path / "secret.jpg").write_bytes(PICTURE)
    (inside / "link.jpg").symlink_to(tmp_path / "secret.jpg")
    return inside


def asked(folder: Path, *options: str) -> Callable[..., Any]:
    """Give what calls one tool of a server of its own."""

    def call(tool: str, **arguments: str) -> Any:
        async def talk() -> Any:
            parameters = StdioServerParameters(
                command=str(COMMAND), args=["mcp", "--isolated", "--root", str(folder), *options], env=environment()
            )
            async with Client(stdio_client(parameters)) as client:
                if tool == "list":
                    return sorted(one.name for one in (await client.list_tools()).tools)
                result = await client.call_tool(tool, arguments)
                return json.loads(result.content[0].text)

        talking: Callable[[], Coroutine[Any, Any, Any]] = talk
        return anyio.run(talking)

    return call


def test_nothing_writes_unless_it_was_allowed(folder: Path) -> None:
    assert asked(folder)("list") == ["explain", "read_label", "rule", "verify"]
    assert "label" in asked(folder, "--write", "--producer", "X")("list")


def test_an_agent_reads_and_verifies(folder: Path) -> None:
    call = asked(folder)
    assert call("read_label", path="labelled.jpg")["label"]["ContentProducer"] == "Example-Ltd"
    found = call("verify", path="bare.jpg")
    assert found["verdict"] == "unlabelled"
    rule = call("rule", code=found["findings"][0]["rule"])
    assert rule["clause"].startswith("GB 45438-2025")


@pytest.mark.parametrize("name", ["../secret.jpg", "/etc/passwd", "link.jpg"])
def test_no_file_outside_the_folder_is_opened(folder: Path, name: str) -> None:
    assert asked(folder)("verify", path=name)["error"]["code"] == "refused"


def test_an_allowed_agent_writes_copies_and_never_over_a_file(folder: Path) -> None:
    call = asked(folder, "--write", "--producer", "Example-Ltd")
    assert call("label", path="bare.jpg", out="labelled.jpg")["error"]["code"] == "refused"
    assert call("label", path="bare.jpg", out="new.jpg")["action"] == "written"
    assert aigc_label.verify(folder / "new.jpg").verdict == "compliant"
    assert (folder / "bare.jpg").read_bytes() == PICTURE
