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
from PIL import Image, ImageChops

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


@pytest.mark.host("mcp", shows="labels")
def test_an_allowed_agent_writes_copies_and_never_over_a_file(folder: Path) -> None:
    call = asked(folder, "--write", "--producer", "Example-Ltd")
    assert call("label", path="bare.jpg", out="labelled.jpg")["error"]["code"] == "refused"
    assert call("label", path="bare.jpg", out="new.jpg")["action"] == "written"
    assert aigc_label.verify(folder / "new.jpg").verdict == "compliant"
    assert (folder / "bare.jpg").read_bytes() == PICTURE


@pytest.mark.host("mcp", shows="equal")
@pytest.mark.host("mcp", shows="again")
def test_a_copy_differs_in_label_and_mark_alone_and_a_copy_of_it_is_the_same(folder: Path) -> None:
    Image.linear_gradient("L").resize((640, 480)).save(folder / "bare.jpg", dpi=(72, 72), comment=b"the moon")
    call = asked(folder, "--write", "--producer", "Example-Ltd", "--produce-id", "1")
    assert call("label", path="bare.jpg", out="once.jpg")["action"] == "written"
    call("label", path="once.jpg", out="twice.jpg")
    assert (folder / "twice.jpg").read_bytes() == (folder / "once.jpg").read_bytes()
    once, bare = (Image.open(folder / name) for name in ("once.jpg", "bare.jpg"))
    left, top, _, _ = ImageChops.difference(once, bare).getbbox() or (0, 0, 0, 0)
    assert left > 320  # nothing but the corner with the mark
    assert top > 400
    assert (once.info["dpi"], once.info["comment"]) == (bare.info["dpi"], bare.info["comment"])


@pytest.mark.host("mcp", shows="closed")
def test_what_cannot_be_labelled_is_an_error_and_no_copy(folder: Path) -> None:
    (folder / "broken.jpg").write_bytes(PICTURE[: len(PICTURE) // 2])
    call = asked(folder, "--write", "--producer", "Example-Ltd")
    assert "error" in call("label", path="broken.jpg", out="new.jpg")
    assert not (folder / "new.jpg").exists()


@pytest.mark.host("mcp", shows="caught")
def test_a_file_that_was_stripped_is_caught_by_the_same_server(folder: Path) -> None:
    Image.open(folder / "labelled.jpg").save(folder / "stripped.jpg")
    call = asked(folder)
    assert call("read_label", path="stripped.jpg")["label"] is None
    assert call("verify", path="stripped.jpg")["verdict"] == "unlabelled"
