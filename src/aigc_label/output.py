"""Puts a finished file in place, whole or not at all: draft, read back, sync, rename.

The one place that opens files for writing. A draft lies in the target's folder under a name nobody can guess, is made
with O_EXCL and mode 0600, and takes the source's permissions, owner and extended attributes just before it is renamed.
"""

from __future__ import annotations

import errno
import fcntl
import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, BinaryIO, Final, TypeAlias

from aigc_label.bilingual import Bilingual
from aigc_label.errors import Refused
from aigc_label.limits import DEFAULT_LIMITS, Limits
from aigc_label.patching import Patch, apply
from aigc_label.source import BytesSource, FileSource, Source
from aigc_label.splice import Plan, write

if TYPE_CHECKING:
    from pathlib import Path

PREFIX: Final = ".aigc-label-"
SUFFIX: Final = ".draft"
StrPath: TypeAlias = "Path | str"
GROUP: Final = 64  # files synced together in a batch: durability then costs one journal commit for all of them


class Sync(StrEnum):
    """When finished files are forced to the disk. A killed program loses nothing either way; a power cut might."""

    EACH = "each"  # before each rename
    GROUP = "group"  # once for every 64 files, before their renames
    NONE = "none"  # left to the system


@contextmanager
def opened(path: StrPath, limits: Limits = DEFAULT_LIMITS) -> Iterator[FileSource]:
    """Give a regular file as a source. Raises `Refused` for anything else (a pipe, a device, a folder), `OSError`."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise Refused(
                Bilingual("not a regular file", "不是普通文件"),
                remedy=Bilingual("Use `-` to read from a pipe.", "如需从管道读取，请使用 `-`。"),
                where=str(path),
            )
        yield FileSource(descriptor, str(path), limits)
    finally:
        os.close(descriptor)


@dataclass(slots=True)
class Draft:
    """A file that is not yet in place. `descriptor` is open for reading and writing."""

    path: str
    target: str
    descriptor: int
    synced: bool = False


def check_replaceable(path: StrPath) -> None:
    """Raise `Refused` where replacing `path` would do more than change its content: a link, a file with other names."""
    try:
        info = os.lstat(path)
    except FileNotFoundError:
        return
    if stat.S_ISLNK(info.st_mode):
        raise Refused(
            Bilingual("the target is a symbolic link", "目标是符号链接"),
            remedy=Bilingual("Name the file that the link points to.", "请直接指定链接指向的文件。"),
            where=str(path),
        )
    if not stat.S_ISREG(info.st_mode):
        raise Refused(Bilingual("the target is not a regular file", "目标不是普通文件"), where=str(path))
    if info.st_nlink > 1:
        raise Refused(
            Bilingual(
                f"the target has {info.st_nlink} names (hard links); replacing it would part them",
                f"目标有 {info.st_nlink} 个名称（硬链接），替换会使其分离",
            ),
            remedy=Bilingual("Write to another path with -o.", "请用 -o 写到其他路径。"),
            where=str(path),
        )


@contextmanager
def draft_of(source: Source, plan: Plan, target: StrPath) -> Iterator[Draft]:
    """Write the plan's file beside `target` and give it; thrown away on the way out unless it was placed.

    Raises `OSError` (a full disk, no permission, a read-only folder); the target is then untouched.
    """
    name = f"{PREFIX}{os.getpid()}-{_boot()}-{_token()}{SUFFIX}"
    path = os.path.join(os.path.dirname(target), name)
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    descriptor = -1
    try:
        descriptor = os.open(path, flags, 0o600)
        write(source, plan, descriptor)
        _take_on(descriptor, source, target)
        yield Draft(path, os.fspath(target), descriptor)
    except BaseException as problem:
        # a file that could not be made is not ours; one that an interrupt left before we knew its descriptor is
        if descriptor >= 0 or not isinstance(problem, OSError):
            with suppress(FileNotFoundError):
                os.unlink(path)
        raise
    finally:
        if descriptor >= 0:
            os.close(descriptor)


@contextmanager
def new_file(target: StrPath) -> Iterator[BinaryIO]:
    """Give a file to write into, which takes the place of `target` once all of it is written and synced, or not at all."""
    check_replaceable(target)
    with draft_of(BytesSource(b""), (), target) as draft:
        with os.fdopen(os.dup(draft.descriptor), "wb") as file:
            yield file
        Placer().place(draft)


def _token() -> str:
    """Give what makes a draft's name impossible to guess (from the system's own source of chance: `secrets` loads slowly)."""
    return os.urandom(6).hex()


def _take_on(descriptor: int, source: Source, target: StrPath) -> None:
    """Give the draft the permissions, owner and extended attributes of the file it replaces, else of its source."""
    try:
        model = os.stat(target, follow_symlinks=False)
        attributes_of: int | str = os.fspath(target)
    except FileNotFoundError:
        if not isinstance(source, FileSource):
            os.fchmod(descriptor, 0o666 & ~_umask())
            return
        model = os.fstat(source.descriptor)
        attributes_of = source.descriptor
    if model.st_uid != os.geteuid() or model.st_gid != os.getegid():
        with suppress(PermissionError):
            os.fchown(descriptor, model.st_uid, model.st_gid)
    _copy_attributes(attributes_of, descriptor)
    os.fchmod(descriptor, stat.S_IMODE(model.st_mode))


def _copy_attributes(source: int | str, descriptor: int) -> None:
    with suppress(OSError):  # a file system without extended attributes has none to lose
        for name in os.listxattr(source):
            with suppress(OSError):  # the security ones belong to the system
                os.setxattr(descriptor, name, os.getxattr(source, name))


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


@cache
def _boot() -> str:
    """Give a short name of this start of the machine: a draft of an earlier one is dead whatever its process number."""
    try:
        with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:
            return file.read(8)
    except OSError:
        return "00000000"


@dataclass(slots=True)
class Placer:
    """Puts drafts in place, synced one by one or in groups. Use `close` (or `with`) to place the last group."""

    sync: Sync = Sync.EACH
    waiting: list[tuple[str, str]] = field(default_factory=list)
    lost: dict[str, OSError] = field(default_factory=dict)  # targets of the last `flush` that were not reached
    folders: dict[str, None] = field(default_factory=dict)

    def place(self, draft: Draft) -> None:
        """Rename a confirmed draft over its target; with GROUP only once its group is full and synced."""
        if self.sync is Sync.GROUP:
            self.waiting.append((draft.path, draft.target))
            if len(self.waiting) >= GROUP:
                self.flush()
            return
        if self.sync is Sync.EACH:
            os.fsync(draft.descriptor)
        os.rename(draft.path, draft.target)
        if self.sync is Sync.EACH:
            sync_folder(os.path.dirname(draft.target))

    def flush(self) -> None:
        """Sync and rename what waits.

        A target that cannot be reached costs the others nothing: it is in `lost` and its draft is removed. Where the sync
        itself fails, all are. The first error is raised, after everything else was done.
        """
        self.lost.clear()
        try:
            _sync_all([draft for draft, _ in self.waiting])
        except OSError as problem:
            self.lost.update((target, problem) for _, target in self.waiting)
        for draft, target in self.waiting:  # an interrupt on the way finds all of them still waiting, and abandons them
            if target not in self.lost:
                try:
                    os.rename(draft, target)
                    self.folders[os.path.dirname(target)] = None
                    continue
                except OSError as problem:
                    self.lost[target] = problem
            with suppress(FileNotFoundError):
                os.unlink(draft)
        self.waiting = []
        folders, self.folders = self.folders, {}
        for folder in folders:
            sync_folder(folder)
        if self.lost:
            raise next(iter(self.lost.values()))

    def abandon(self) -> None:
        """Remove the drafts that wait: an interrupt leaves old files and nothing else."""
        for draft, _ in self.waiting:
            with suppress(FileNotFoundError):
                os.unlink(draft)
        self.waiting.clear()


def _sync_all(drafts: list[str]) -> None:
    """Start writing every draft out, then wait for each: the waits then share the journal's commits."""
    descriptors = []
    try:
        for draft in drafts:
            descriptor = os.open(draft, os.O_RDONLY | os.O_CLOEXEC)
            descriptors.append(descriptor)
            with suppress(AttributeError, OSError):
                os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        for descriptor in descriptors:
            os.fsync(descriptor)
    finally:
        for descriptor in descriptors:
            os.close(descriptor)


def write_new(path: Path, data: bytes, mode: int) -> None:
    """Write a small file that must not be there yet, with these permissions from its first byte on.

    Raises `FileExistsError`: nothing is ever written over here. Any `OSError` leaves no file.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, mode)
    try:
        os.fchmod(descriptor, mode)  # whatever the umask
        view = memoryview(data)
        while view:
            view = view[os.write(descriptor, view) :]
        os.fsync(descriptor)
    except BaseException:
        os.unlink(path)
        raise
    finally:
        os.close(descriptor)
    sync_folder(path.parent)


def put_aside(path: Path, aside: Path, data: bytes, mode: int) -> None:
    """Put a new small file where `path` is, which stays as `aside`; a kill leaves the old one under one name or both.

    Raises `FileExistsError` where `aside` is there already.
    """
    draft = path.with_name(f"{PREFIX}{os.getpid()}-{_boot()}-{_token()}{SUFFIX}")
    write_new(draft, data, mode)
    try:
        os.link(path, aside, follow_symlinks=False)
        os.rename(draft, path)
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(draft)
        raise
    sync_folder(path.parent)


def sync_folder(folder: StrPath) -> None:
    """Force a folder's names to the disk ("" is the current one); file systems that cannot are left alone."""
    descriptor = os.open(folder or ".", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    except OSError as problem:
        if problem.errno not in (errno.EINVAL, errno.ENOTSUP):
            raise
    finally:
        os.close(descriptor)


def patch_in_place(path: StrPath, patches: Iterable[Patch], before: os.stat_result, sync: Sync) -> None:
    """Carry out in-place patches, one after the other, on the very file that was read.

    Raises `Refused` where it changed meanwhile.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        check_unchanged(before, os.fstat(descriptor), path)
        for patch in patches:
            apply(patch, descriptor, (lambda _: None) if sync is Sync.NONE else os.fsync)
    finally:
        os.close(descriptor)


def claim(descriptor: int, path: StrPath) -> None:
    """Keep other runs of ours from changing this open file, until its descriptor is closed.

    Raises `Refused` where one is changing it, or has put another in its place since it was opened. On a file system that
    has no such locks (`flock`), nothing is kept.
    """
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as problem:
        raise Refused(
            Bilingual("another process is changing the file", "另一个进程正在修改该文件"),
            remedy=Bilingual("Run the command again once it is done.", "请待其完成后重新运行。"),
            where=str(path),
        ) from problem
    except OSError as problem:
        if problem.errno not in (errno.ENOLCK, errno.ENOTSUP, errno.EINVAL, errno.EBADF, errno.ENOSYS):
            raise
    if not os.path.samestat(os.fstat(descriptor), os.stat(path)):
        raise _changed(path)


def check_unchanged(before: os.stat_result, now: os.stat_result, path: StrPath) -> None:
    """Raise `Refused` where a file was changed between reading and writing."""
    names = ("st_dev", "st_ino", "st_size", "st_mtime_ns")
    if any(getattr(before, name) != getattr(now, name) for name in names):
        raise _changed(path)


def _changed(path: StrPath) -> Refused:
    return Refused(
        Bilingual("the file changed while it was being read", "文件在读取过程中发生了变化"),
        remedy=Bilingual("Run the command again once it is complete.", "请在文件写完后重新运行。"),
        where=str(path),
    )


def sweep(folder: Path) -> int:
    """Remove drafts of programs that are dead; give how many. Drafts of living ones stay."""
    removed = 0
    with suppress(FileNotFoundError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith(PREFIX) and entry.name.endswith(SUFFIX) and _dead(entry.name):
                with suppress(FileNotFoundError):
                    os.unlink(entry.path)
                    removed += 1
    return removed


def _dead(name: str) -> bool:
    parts = name[len(PREFIX) :].split("-")
    if len(parts) != 3 or not parts[0].isdigit():
        return False
    if parts[1] != _boot():
        return True
    try:
        os.kill(int(parts[0]), 0)
    except ProcessLookupError:
        return True
    except (PermissionError, OverflowError):
        return False
    return False
