"""Says in both languages what the operating system refused, and what to do about it."""

from __future__ import annotations

import errno
from typing import Final

from aigc_label.bilingual import NOTHING, Bilingual

_TABLE: Final = {
    errno.ENOENT: (
        ("no such file or folder", "文件或文件夹不存在"),
        ("Check the path.", "请检查路径。"),
    ),
    errno.EACCES: (
        ("permission denied", "没有权限"),
        (
            "Check the permissions of the file and of its folder: a finished file is put into the folder anew.",
            "请检查文件及其所在文件夹的权限：成品文件会在该文件夹中新建。",
        ),
    ),
    errno.EPERM: (
        ("the system does not permit this", "系统不允许此操作"),
        (
            "The file may be immutable (`lsattr`) or belong to someone else.",
            "文件可能被设为不可变（`lsattr`）或属于他人。",
        ),
    ),
    errno.ENOSPC: (
        ("no space left on the disk", "磁盘空间不足"),
        (
            "Free some space, or write to another disk with -o; the source was not touched.",
            "请释放空间，或用 -o 写到其他磁盘；源文件未被改动。",
        ),
    ),
    errno.EDQUOT: (
        ("your disk quota is used up", "磁盘配额已用尽"),
        ("Free some space, or write elsewhere with -o.", "请释放空间，或用 -o 写到其他位置。"),
    ),
    errno.EFBIG: (
        ("the file would be larger than the system allows", "文件将超过系统允许的大小"),
        (
            "Raise the limit (`ulimit -f`), or write to another file system.",
            "请调高限制（`ulimit -f`），或写到其他文件系统。",
        ),
    ),
    errno.EROFS: (
        ("the file system is read-only", "文件系统为只读"),
        ("Write to another place with -o.", "请用 -o 写到其他位置。"),
    ),
    errno.ENAMETOOLONG: (
        ("the name or path is too long", "名称或路径过长"),
        ("Shorten it; most file systems take 255 bytes a name.", "请缩短；多数文件系统的名称上限为 255 字节。"),
    ),
    errno.EISDIR: (
        ("this is a folder", "这是一个文件夹"),
        ("Name a file.", "请指定文件。"),
    ),
    errno.ENOTDIR: (
        ("a part of the path is not a folder", "路径中有一部分不是文件夹"),
        ("Check the path.", "请检查路径。"),
    ),
    errno.EEXIST: (
        ("the file exists already", "文件已存在"),
        ("Choose another name.", "请换一个名称。"),
    ),
    errno.ELOOP: (
        ("too many symbolic links", "符号链接层数过多"),
        ("Name the file itself.", "请直接指定文件本身。"),
    ),
    errno.EMFILE: (
        ("too many open files", "打开的文件过多"),
        ("Raise the limit (`ulimit -n`).", "请调高限制（`ulimit -n`）。"),
    ),
    errno.EIO: (
        ("the device reported an input/output error", "设备报告输入/输出错误"),
        ("Check the disk (`dmesg`) before you go on.", "请先检查磁盘（`dmesg`）。"),
    ),
    errno.EBUSY: (
        ("the file is in use", "文件正被占用"),
        ("Close the program that uses it.", "请关闭占用该文件的程序。"),
    ),
}


def code_of(problem: OSError) -> str:
    """Give the short name of an error, `os-enospc` for instance; `os-error` where the system named none."""
    return f"os-{errno.errorcode.get(problem.errno or 0, 'error').lower()}"


def explained(problem: OSError) -> tuple[Bilingual, Bilingual]:
    """Give what happened and what to do, the second empty where nothing general can be said."""
    row = _TABLE.get(problem.errno or 0)
    if row is None:
        said = problem.strerror or str(problem)
        return Bilingual(said, f"系统错误：{said}"), NOTHING
    what, remedy = row
    return Bilingual(*what), Bilingual(*remedy)
