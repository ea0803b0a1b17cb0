"""Labels what Stable Diffusion WebUI (AUTOMATIC1111, Forge) saves, and sets aside what could not be labelled.

WebUI runs on an older Python with older libraries than the package takes, so the work is done by the command `aigc-label` in
an environment of its own; this file needs the standard library of Python 3.10 and what WebUI brings. WebUI logs what a
callback raises and goes on: raising alone would leave an unlabelled file, so such a file is renamed first.
"""

from __future__ import annotations

import base64
import html
import json
import os
import re
import subprocess
import tempfile
from pathlib import Path

import gradio as gr
from modules import script_callbacks, shared
from PIL import PngImagePlugin

# never a setting: those can be changed from the page
COMMAND = os.environ.get("AIGC_LABEL_COMMAND", "aigc-label")
SECONDS = 300
SECTION = ("aigc-label", "AIGC label · AI 标识")
NONE = "none"
PLACES = ("top-left", "top", "top-right", "left", "right", "bottom-left", "bottom", "bottom-right")
FIELDS = ("uuid", "date", "time")  # of a number: what is known before the file is there
UNLABELLED = ".unlabelled"
PIXEL = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR42mNgAAAAAgAB5Sfe/AAAAABJRU5ErkJggg==")
VERDICTS = {
    "compliant": "compliant · 合规",
    "non-compliant": "not compliant · 不合规",
    "unlabelled": "unlabelled · 未标识",
    "undecidable": "undecidable · 无法判定",
}
OPTIONS = {  # by their names: the default, the title on the page, and the component where it is no line of text
    "aigc_label_producer": (
        "",
        "Producer's code or name; empty: $AIGC_LABEL_PRODUCER · 生产者编码或名称，留空取环境变量",
        {},
    ),
    "aigc_label_produce_id": (
        "{uuid}",
        "Number of each picture: {uuid} {date} {time}, or fixed · 内容编号：可用 {uuid} {date} {time}，或固定文字",
        {},
    ),
    "aigc_label_mark": (
        NONE,
        "Visible mark (人工智能生成) drawn on what is saved · 在保存的图片上绘制显式标识",
        {"component": gr.Radio, "component_args": {"choices": [NONE, *PLACES]}},
    ),
    "aigc_label_replace": ("", "Reason to replace another producer's label · 替换其他生产者标识的理由", {}),
}


def on_ui_settings():
    """Add the settings' page."""
    for key, (default, title, more) in OPTIONS.items():
        shared.opts.add_option(key, shared.OptionInfo(default, title, section=SECTION, **more))


def on_before_image_saved(params):
    """Give the picture its label as text, so that a PNG has it from its first moment and so has the page's own copy."""
    params.aigc_label_before = _there(params.filename)
    params.aigc_label = label = _new_label()
    params.pnginfo.setdefault("AIGC", label)
    params.image.info.setdefault("AIGC", label)


def on_image_saved(params):
    """Label every file of this save, look at it again, and set aside what has no label. Raises then: WebUI logs it."""
    before = getattr(params, "aigc_label_before", {})
    made = [path for path, seen in _there(params.filename).items() if before.get(path) != seen]
    problems = [
        problem for problem in (_kept(path, getattr(params, "aigc_label", "")) for path in sorted(made)) if problem
    ]
    if not made:
        problems.append(
            f"{params.filename}: no such file was saved, so none was labelled · 未找到所保存的文件，未添加标识"
        )
    if problems:
        raise RuntimeError("\n".join(problems))


def on_after_component(component, **given):
    """Put the box under the picture of the page PNG Info."""
    if given.get("elem_id") == "pnginfo_image":
        box = gr.HTML(elem_id="aigc_label_box")
        component.change(fn=told, inputs=[component], outputs=[box])


def told(image):
    """Give what is to be said of a picture, as HTML."""
    if image is None:
        return ""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "picture.png")
        _rewritten(image, path)
        done = _run("verify", "--only=label", "--format=json", str(path))  # to look for marks takes seconds
    try:
        (report,) = json.loads(done.stdout)["results"]
        lines = [f"<b>AIGC label · 隐式标识: {VERDICTS[report['verdict']]}</b>"]
    except (KeyError, ValueError):
        return f"<p>AIGC: {html.escape(_said(done))}</p>"
    lines += [f"{html.escape(key)}: {html.escape(value)}" for key, value in (report["label"] or {}).items()]
    lines += [html.escape(f"{one['rule']}: {one['sentence']} {one['detail']}") for one in report["findings"]]
    if report["label"] is None:
        lines.append(
            "WebUI decodes pictures before this box sees them, and the label of a JPEG may be lost on the way: "
            "<code>aigc-label verify FILE</code> looks at the file. · WebUI 会先解码图片，JPEG 的标识可能因此丢失；"
            "请用 <code>aigc-label verify 文件</code> 核验文件本身。"
        )
    return "<p>" + "<br>".join(lines) + "</p>"


def _there(filename):
    """Give the files that saving under a name may make, with what tells a new one: the name, a number behind it where the
    name was taken (which WebUI does not say), and the smaller JPEG beside a large picture."""
    path = Path(os.path.abspath(filename))
    one_of_it = re.compile(re.escape(path.stem) + r"(-\d+)?(" + re.escape(path.suffix) + r"|\.jpg)")
    if not path.parent.is_dir():
        return {}
    with os.scandir(path.parent) as entries:
        found = [(entry.path, entry.stat()) for entry in entries if one_of_it.fullmatch(entry.name)]
    return {name: (stat.st_ino, stat.st_size, stat.st_mtime_ns) for name, stat in found}


def _setting(key):
    """Give a setting; a WebUI without its page (--nowebui) has none."""
    return getattr(shared.opts, key, OPTIONS[key][0])


def _new_label():
    """Give the JSON of a label. Raises RuntimeError where none can be made as the settings say."""
    number = _setting("aigc_label_produce_id")
    unknown = set(re.findall(r"\{(\w*)\}", number)) - set(FIELDS)
    if unknown:
        raise RuntimeError(
            f"{number!r} · {', '.join(sorted(unknown))}: only {{{'} {'.join(FIELDS)}}} · 仅可使用这些字段"
        )
    words = ["embed", "-", "-o", "pixel.png", "--dry-run", "--format=json", f"--produce-id={number}"]
    producer = _setting("aigc_label_producer")
    if producer:
        words.append(f"--producer={producer}")
    done = _run(*words, content=PIXEL)
    if done.returncode:
        raise RuntimeError(_said(done))
    return json.dumps(json.loads(done.stdout)["label"], ensure_ascii=False, separators=(",", ":"))


def _kept(path, label):
    """Label one file and read it back; else set it aside and give why."""
    try:
        _put(path, label or _new_label())
    except Exception as problem:  # whatever went wrong: the file must not stay
        aside = _set_aside(path)
        return f"{path} was not labelled and is now {aside} · 未能添加标识，已移为该文件: {problem}"
    return ""


def _put(path, label):
    mark = _setting("aigc_label_mark")
    words = ["--in-place", f"--label-json={label}"]
    reason = _setting("aigc_label_replace")
    if reason:
        words.append(f"--replace={reason}")
    doing = ["embed"] if mark == NONE else ["add", f"--place={mark}"]
    scope = ["--only=label"] if mark == NONE else []
    for done in (_run(*doing, *words, path), _run("verify", *scope, path)):
        if done.returncode:
            raise RuntimeError(_said(done))


def _set_aside(path):
    """Rename a file so that nothing takes it for a picture; give its new name. Without room for a name it is deleted."""
    for number in range(1000):
        aside = f"{path}{UNLABELLED}{number or ''}"
        if not os.path.exists(aside):
            os.rename(path, aside)
            return aside
    os.remove(path)
    return "deleted · 已删除"


def _rewritten(image, path):
    """Write a picture as PNG with the metadata that it came with."""
    about = PngImagePlugin.PngInfo()
    for key, value in image.info.items():
        if isinstance(key, str) and isinstance(value, str):
            about.add_itxt(key, value)
    if isinstance(image.info.get("xmp"), bytes):
        about.add_itxt("XML:com.adobe.xmp", image.info["xmp"].decode("utf-8", "replace"))
    image.save(path, pnginfo=about, exif=image.info.get("exif", b""))


def _run(*words, content=None):
    """Run the command; one that is missing or hangs counts as failed."""
    try:
        return subprocess.run(
            [COMMAND, *words], input=content or b"", capture_output=True, timeout=SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as problem:
        return subprocess.CompletedProcess(words, 3, b"", f"{COMMAND}: {problem}".encode())


def _said(done):
    return (done.stderr or done.stdout).decode("utf-8", "replace").strip()


script_callbacks.on_ui_settings(on_ui_settings)
script_callbacks.on_before_image_saved(on_before_image_saved)
script_callbacks.on_image_saved(on_image_saved)
script_callbacks.on_after_component(on_after_component)
