"""Shows the whole job on all kinds of content: `python -m tools.demo FOLDER`, or `make demo`.

Makes the pictures, runs the command on them as a user would, checks each exit status, and lays out a contact sheet.
"""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

from tools import moving, paper, samples, sheet

IN_BRIEF: Final = ("landscape.jpg", "blossom-alpha.png", "town-lossy.webp", "rosette.svg")  # the README's picture
LABEL: Final = ("--producer", "001191110108335469089C10100", "--produce-id", "demo-{stem}")
WIDTH: Final = 110


def main(folder: Path) -> int:
    """Give 0 where every command ended as it should."""
    shutil.rmtree(folder, ignore_errors=True)
    say("1. Pictures in every format", "1. 各种格式的样例图片")
    made = samples.make_all(folder)
    for sample in made:
        print(f"   {f'{sample.folder}/{sample.name}':32} {sample.shows}")
    missing = [sample.name for sample in samples.SAMPLES if sample not in made]
    if missing:
        print(f"   not made, no encoder here: {', '.join(missing)}")
    good = _labelled(folder) & _verified(folder) & _looked_at(folder)
    _draw(folder, made)
    good &= _moving(folder / "sound-and-film")
    good &= _documents(folder / "documents")
    _summary(folder)
    return 0 if good else 1


def _labelled(folder: Path) -> bool:
    say("2. Mark and label a folder", "2. 为整个文件夹添加显式与隐式标识")
    good = ran(0, "add", f"{folder}/in", "-o", f"{folder}/out", *LABEL)
    say("   No mark can be drawn on these formats, so only the label goes in:", "   以下格式无法绘制，仅添加隐式标识：")
    good &= ran(0, "embed", f"{folder}/{samples.LABEL}", "-o", f"{folder}/out-label-only", *LABEL)
    say("   BMP has no place for a label, so only the mark goes on:", "   BMP 没有元数据位置，仅添加显式标识：")
    return good & ran(0, "mark", f"{folder}/{samples.MARK}", "-o", f"{folder}/out-mark-only")


def _verified(folder: Path) -> bool:
    say("3. Verify what came out (exit status 0) ...", "3. 核验成品（退出码 0）……")
    good = ran(0, "verify", f"{folder}/out")
    good &= ran(0, "verify", "--only", "label", f"{folder}/out-label-only")
    good &= ran(0, "verify", "--only", "mark", f"{folder}/out-mark-only")
    say("   ... what went in (1: there are findings) ...", "   ……再核验原图（1：有不合规项）……")
    good &= ran(1, "verify", f"{folder}/in", shown=4)
    say("   ... and a folder with a broken file (3: it could not be looked at; the rest is still reported)",
        "   ……以及含损坏文件的文件夹（3：有文件无法处理，其余照常报告）")  # fmt: skip
    broken = folder / "with-a-broken-file"
    broken.mkdir()
    shutil.copy(folder / "out/landscape.jpg", broken)
    whole = (folder / "out/nebula.png").read_bytes()
    (broken / "cut-off.png").write_bytes(whole[: len(whole) // 3])
    return good & ran(3, "verify", str(broken))


def _looked_at(folder: Path) -> bool:
    say("4. Look closer at one file; label it again: nothing changes", "4. 查看单个文件；再次添加标识：没有任何改动")
    return (
        ran(0, "show", f"{folder}/out/landscape.jpg")
        & ran(0, "explain", f"{folder}/out/landscape.jpg")
        & ran(0, "add", f"{folder}/out/landscape.jpg", "--in-place", *LABEL)
    )


def _moving(folder: Path) -> bool:
    """Sound and films: labelled and marked by the same command, with pictures of what was done."""
    say("5. Sound and films", "5. 音频与视频")
    (folder / "in").mkdir(parents=True)
    for name, codec in (("tune.wav", "pcm_s16le"), ("tune.flac", "flac"), ("tune.mp3", "libmp3lame")):
        moving.sound(folder / "in" / name, codec)
    moving.film(folder / "in/moon.mp4", "libx264", "aac")
    moving.film(folder / "in/moon.webm", "libvpx-vp9", "libopus")
    good = ran(0, "add", f"{folder}/in", "-o", f"{folder}/out", *LABEL)
    good &= ran(0, "verify", f"{folder}/out")
    good &= ran(1, "verify", f"{folder}/in", shown=2)
    films = [folder / "out/moon.mp4", folder / "out/moon.webm"]
    moving.strip(films, (0.0, 2.0, 3.0)).save(folder / "frames.png")
    moving.spectrogram(folder / "out/tune.mp3").save(folder / "spectrogram.png")
    return good


def _documents(folder: Path) -> bool:
    """Documents, a scene and a chat, by the same command and by the library."""
    say("6. Documents, a scene, and a chat while it is streamed", "6. 文档、三维场景与流式对话")
    (folder / "in").mkdir(parents=True)
    paper.make(folder / "in")
    good = ran(0, "add", f"{folder}/in", "-o", f"{folder}/out", *LABEL)
    good &= ran(0, "verify", f"{folder}/out")
    good &= ran(1, "verify", f"{folder}/in", shown=2)
    print("\n   story.md, behind its front matter:")
    print((folder / "out/story.md").read_text(encoding="utf-8").split("---\n")[2])
    events = list(paper.chat())
    print(f"   chat, as sent:  {' | '.join(words for name, words in events if name == 'sent')}")
    given = " | ".join(words.replace("\n", "⏎") for name, words in events if name == "given")
    print(f"   chat, as given: {given}")
    row, left_out = paper.pictured(folder / "out")
    row.save(folder / "documents.png")
    if left_out:
        print(f"   not pictured, a program is missing: {', '.join(left_out)}")
    return good & ("人工智能" in given)


def ran(expected: int, *arguments: str, shown: int = 0) -> bool:
    """Run the command with its output (or the last `shown` lines of it); tell whether its exit status is as expected."""
    print(f"\n$ aigc-label {shlex.join(arguments)}{f' | tail -{shown}' if shown else ''}", flush=True)
    done = subprocess.run(["aigc-label", *arguments], check=False, text=True, stdout=subprocess.PIPE if shown else None)
    if shown:
        print("\n".join(done.stdout.splitlines()[-shown:]), flush=True)
    if done.returncode != expected:
        print(f"!! exit status {done.returncode}, expected {expected}", flush=True)
    return done.returncode == expected


def _draw(folder: Path, made: list[samples.Sample]) -> None:
    pairs = []
    for source, target, only in (
        (samples.BOTH, "out", "both"),
        (samples.LABEL, "out-label-only", "label"),
        (samples.MARK, "out-mark-only", "mark"),
    ):
        was, now = reports(folder / source, only), reports(folder / target, only)
        pairs += [
            sheet.Pair(
                before=folder / source / sample.name,
                after=folder / target / sample.name,
                shows=sample.shows,
                was=was[sample.name],
                now=now[sample.name],
            )
            for sample in made
            if sample.folder == source and sample.name in was and sample.name in now
        ]
    sheet.lay_out(pairs).save(folder / "contact-sheet.png")
    brief = [pair for pair in pairs if pair.after.name in IN_BRIEF]
    sheet.in_brief(brief).save(folder / "contact-sheet-in-brief.png", optimize=True)


def reports(folder: Path, only: str) -> dict[str, dict[str, Any]]:
    """Give what `verify` says of each file of a folder, by file name."""
    scope = [] if only == "both" else ["--only", only]
    command = ["aigc-label", "verify", *scope, "--format", "jsonl", str(folder)]
    lines = subprocess.run(command, check=False, capture_output=True, text=True).stdout.splitlines()
    found = [json.loads(line) for line in lines]
    return {Path(report["path"]).name: report for report in found if report["schema"] == "aigc-label/report/1"}


def _summary(folder: Path) -> None:
    say("What to look at", "看什么")
    print(f"""   {folder}/contact-sheet.png   every picture before and after, its mark outlined and enlarged
                                   每张图片添加前后的对照，显式标识已框出并放大
   {folder}/sound-and-film/frames.png, spectrogram.png
                                   the words in the first seconds of the films; the rhythm before the tune
                                   影片开头的文字；音频开头的“短长 短短”节奏
   {folder}/documents/documents.png
                                   a PDF, a Word text, a slide and a scene as other programs show them
                                   由其他程序显示的 PDF、Word、幻灯片与三维场景
   {folder}/in, {folder}/out       open them in any viewer: only the mark differs
                                   用任意看图软件打开：除显式标识外画面不变
   exiftool -XMP:all {folder}/out/landscape.jpg
                                   the label, read by a program that nobody here wrote
                                   由第三方程序读出的隐式标识""")


def say(english: str, chinese: str) -> None:
    print(f"\n{english}\n{chinese}", flush=True)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else "demo-output")))
