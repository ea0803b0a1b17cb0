"""Builds the site of docs/ in both languages, every link checked: `python -m tools.site [FOLDER]`."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import yaml

from aigc_label.bilingual import Lang
from tools.reference.library import library_page

ROOT: Final = Path(__file__).parents[1]
DOCS: Final = ROOT / "docs"
SUMMARIES: Final = {  # pages for those who build this tool stay English; on the Chinese site they open with this
    "architecture": (
        "架构",
        "代码的结构：各层、各模块的职责，以及增加一种格式需要做什么。供修改代码的人阅读，正文为英文。",
    ),
    "decisions": ("设计决定", "每条写明问题、选择，以及什么情况下会改变主意。供修改代码的人阅读，正文为英文。"),
    "performance": ("性能", "与 cp、exiftool、Pillow 等在同一次运行中测得的比值，注明日期和测量方法。正文为英文。"),
    "recorded-runs": ("运行记录", "耗时测试（强制终止、模糊测试、大批文件等）的记录，注明日期和结果。正文为英文。"),
}
UNTRANSLATED: Final = "本页暂无中文译文，正文为英文。"
OTHER: Final = {
    Lang.EN: {"name": "中文", "lang": "zh", "folder": "zh/"},
    Lang.ZH: {"name": "English", "lang": "en", "folder": "../"},
}
TITLE: Final = re.compile(r"^# (.*)\n", re.MULTILINE)
LINK: Final = re.compile(r"(?<!!)\[([^\]]*)\]\((?![a-z]+:|#)([^)#\s]+)(?:#[^)]*)?\)")
FENCE: Final = re.compile(r"(^```.*?^```$)", re.MULTILINE | re.DOTALL)
HAN: Final = r"[\u201c\u201d\u3000-\u9fff\uff00-\uffef]"
BROKEN: Final = re.compile(rf"(?<={HAN})\n *(?={HAN})")  # a line's end would show as a space


def main(options: list[str]) -> int:
    return build_site(Path(options[0]) if options else ROOT / "site")


def build_site(folder: Path) -> int:
    """Build both languages into `folder`, English at its root, Chinese in zh: whole, or not at all."""
    with TemporaryDirectory() as name:
        stage = Path(name)
        if status := max(build(stage / lang, lang) for lang in Lang):
            return status
        shutil.rmtree(folder, ignore_errors=True)
        shutil.move(stage / Lang.EN / "html", folder)
        shutil.move(stage / Lang.ZH / "html", folder / "zh")
    return 0


def build(project: Path, lang: Lang) -> int:
    """Put the pages of one language together and build them; every warning is an error."""
    shutil.copytree(DOCS / "theme", project / "theme")
    pages = project / "docs"
    pages.mkdir()
    for path in DOCS.iterdir():
        if path.suffix in (".png", ".json"):
            shutil.copy(path, pages)
        elif path.suffix == ".md":
            (pages / path.name).write_text(page_of(path, lang), encoding="utf-8")
    (pages / "python.md").write_text(library_page(lang), encoding="utf-8")
    settings = configured(yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8")), lang)
    (project / "mkdocs.yml").write_text(yaml.safe_dump(settings, allow_unicode=True), encoding="utf-8")
    command = [Path(sys.executable).with_name("zensical"), "build", "--strict"]
    return subprocess.run(command, cwd=project, check=False).returncode


def page_of(english: Path, lang: Lang) -> str:
    """Give a page of the site; what has no Chinese form is shown in English, with a note in Chinese."""
    chinese = english.parent / "zh" / english.name
    if lang is Lang.EN:
        return staged(english)
    if chinese.exists():
        return staged(chinese)
    text = staged(english)
    title, note = SUMMARIES.get(english.stem, (TITLE.search(text)[1], UNTRANSLATED))
    return TITLE.sub(lambda _: f'# {title}\n\n!!! note "{note}"\n', text, count=1)


def staged(page: Path) -> str:
    """Give a page as it lies beside all others in one folder; of a link to a file that is not on the site the words stay."""

    def here(match: re.Match[str]) -> str:
        target = (page.parent / match[2]).resolve()
        if target.parent not in (DOCS, DOCS / "zh") or not (DOCS / target.name).exists():
            return match[1]
        is_original = page.parent != DOCS and target.parent == DOCS and (page.parent / target.name).exists()
        return match[0].replace(match[2], f"../{target.stem}.html" if is_original else target.name, 1)

    parts = FENCE.split(page.read_text(encoding="utf-8"))
    return "".join(part if part.startswith("```") else BROKEN.sub("", LINK.sub(here, part)) for part in parts)


def configured(settings: dict[str, Any], lang: Lang) -> dict[str, Any]:
    """Give the settings for one language."""
    names = settings["extra"].pop("sections") if lang is Lang.ZH else {}
    settings["theme"]["language"] = str(lang)
    settings["extra"]["other"] = OTHER[lang]
    return {**settings, "docs_dir": "docs", "site_dir": "html", "nav": named(settings["nav"], names)}


def named(entry: Any, names: Mapping[str, str]) -> Any:
    """Give a part of the navigation with its sections' names replaced."""
    if isinstance(entry, list):
        return [named(one, names) for one in entry]
    if isinstance(entry, dict):
        return {names.get(title, title): named(below, names) for title, below in entry.items()}
    return entry


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
