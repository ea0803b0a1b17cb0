"""Says which of the five tests every host has, read from markers: `@pytest.mark.host("pillow", shows="labels")`."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from aigc_label.bilingual import Bilingual, Lang
from tools.reference.layout import table

ROOT: Final = Path(__file__).parents[1]
FIVE: Final = {  # what a test shows of a host
    "labels": Bilingual("labels what the host saves", "宿主保存的内容带有标识"),
    "equal": Bilingual("leaves everything else equal", "其余内容不变"),
    "again": Bilingual("a second pass changes nothing", "再次处理不产生变化"),
    "closed": Bilingual("a failing labeller yields no unlabelled output", "标识失败时不会悄悄输出未标识内容"),
    "caught": Bilingual(
        "a verify step in the same host catches a stripped file", "同一宿主内的核验能发现被剥离标识的文件"
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class HostTest:
    """One test, the host that it runs in and which of the five it is."""

    host: str
    shows: str
    name: str
    file: str
    is_long: bool


def host_tests() -> list[HostTest]:
    """Give all tests that are marked for a host. Nothing is imported: some hosts are installed for their own run alone."""
    paths = sorted((ROOT / "tests").rglob("test_*.py"))
    return [test for path in paths for test in _marked(path)]


def host_tests_page(lang: Lang) -> str:
    """Give the page: a table of hosts and questions, and the name of each test."""
    tests = host_tests()
    hosts = sorted({test.host for test in tests})
    heads = (HOST.said(lang), *(says.said(lang) for says in FIVE.values()))
    rows = ((host, *(_where(tests, host, shows) for shows in FIVE)) for host in hosts)
    return PAGE.said(lang).format(table=table(heads, rows), named="\n".join(_named(tests, host) for host in hosts))


HOST: Final = Bilingual("Host", "宿主")
PAGE: Final = Bilingual(
    """<!-- Made by `make docs` from the tests' markers. Edits here are lost. -->

# Five tests for every host

What each [program that we label in](hosts.md) has to show, by a test with the real host. *CI*: it is run with every change.
*recorded*: the host is too heavy for that; the test stands behind the marker `long`, and the day of its last run is in the
[recorded runs](recorded-runs.md). *stand-in*: the host could not be run here; the test asks one that does what its public
source does.

{table}

## The tests

{named}
""",
    """<!-- Made by `make docs` from the tests' markers. Edits here are lost. -->

# 每个宿主的五项测试

每个[宿主程序](hosts.md)都以真实宿主回答同样的五个问题。*CI*：每次改动都会运行；*recorded*：宿主过重，测试标记为 `long`，
最近一次运行的日期见[运行记录](../recorded-runs.md)。测试名称取自代码，为英文。
*stand-in*：该宿主无法在此运行，测试所用的替身按其公开源代码行事。

{table}

## 各项测试

{named}
""",
)


def _where(tests: list[HostTest], host: str, shows: str) -> str:
    found = [test.is_long for test in tests if (test.host, test.shows) == (host, shows)]
    if not found:
        return "**missing**"
    return "recorded" if all(found) else "CI"


def _named(tests: list[HostTest], host: str) -> str:
    lines = [f"### {host}", ""]
    for shows in FIVE:
        for test in tests:
            if (test.host, test.shows) == (host, shows):
                lines.append(f"- *{shows}*: {test.name.removeprefix('test_').replace('_', ' ')} (`{test.file}`)")
    return "\n".join(lines) + "\n"


def _marked(path: Path) -> Iterator[HostTest]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    whole = [node for node in tree.body if isinstance(node, ast.Assign) and _is_pytestmark(node)]
    for node in ast.walk(tree):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        for marker in node.decorator_list:
            if isinstance(marker, ast.Call) and ast.unparse(marker.func) == "pytest.mark.host":
                (shows,) = [ast.literal_eval(word.value) for word in marker.keywords if word.arg == "shows"]
                if shows not in FIVE:
                    raise ValueError(f"{path.name}: {node.name} shows {shows!r}, which is none of {', '.join(FIVE)}")
                for host in marker.args:
                    yield HostTest(
                        host=ast.literal_eval(host),
                        shows=shows,
                        name=node.name,
                        file=path.relative_to(ROOT).as_posix(),
                        is_long=any("mark.long" in ast.unparse(one) for one in [*node.decorator_list, *whole]),
                    )


def _is_pytestmark(node: ast.Assign) -> bool:
    return ast.unparse(node.targets[0]) == "pytestmark"
