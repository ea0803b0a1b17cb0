"""Does a batch's work on another machine: what a command was told travels as plain values, and is understood there anew.

A key travels as the path of its file, which each machine has for itself; a ledger's address does not travel at all,
because only the process that hands work out writes to it.
"""

from __future__ import annotations

from argparse import Namespace
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Final, NamedTuple

from aigc_label.bilingual import Bilingual, Lang
from aigc_label.choosing import Chosen, Settings
from aigc_label.cli.console import Console
from aigc_label.cli.starting import Invocation
from aigc_label.errors import WrongUse

if TYPE_CHECKING:
    from aigc_label.batch.engines.engine import Chunk, Engine, Task
    from aigc_label.batch.shares import Answer, Work
    from aigc_label.settings import Value

RECORDED: Final = "recorded"  # stands for the ledger's address, which may hold a password
SECRET: Final = ("passphrase-fd",)  # what only the first process has
REMOTE: Final = ("add", "embed", "mark", "verify")
ELSEWHERE: Final = Bilingual("another machine", "其他机器")


class Spec(NamedTuple):
    """All that a worker needs to know of a command line. `started` is seconds since the epoch."""

    command: str
    values: tuple[tuple[str, Value], ...]
    dry_run: bool
    lang: str
    colours: tuple[bool, bool]
    started: float


def engine_of(command: str, invocation: Invocation, workers: int) -> Engine | None:
    """Open the engine that --engine names, None for the local one. Raises `WrongUse` for what it cannot do."""
    name = invocation.text("engine")
    if name == "local":
        return None
    if command not in REMOTE:
        raise WrongUse(
            Bilingual(f"--engine {name} is not for {command}", f"{command} 不支持 --engine {name}"),
            remedy=Bilingual("Use the local engine.", "请使用本地引擎。"),
        )
    if any(invocation.value(one) for one in SECRET if one in invocation.settings):
        raise WrongUse(
            Bilingual("a passphrase cannot travel to other machines", "口令不能发送到其他机器"),
            remedy=Bilingual(
                "Put it into a file on each of them and name that with --passphrase-file.",
                "请在各机器上存为文件，并用 --passphrase-file 指定。",
            ),
        )
    task = task_of(spec_of(command, invocation))
    if name == "dask":
        from aigc_label.batch.engines.dask import Dask

        return Dask(task, invocation.text("scheduler"), workers)
    from aigc_label.batch.engines.ray import Ray

    return Ray(task, invocation.text("scheduler"), workers)


def spec_of(command: str, invocation: Invocation) -> Spec:
    """Give what travels of a command line."""
    import time

    values = {name: chosen.value for name, chosen in invocation.settings.items() if name not in SECRET}
    if values.get("ledger"):
        values["ledger"] = RECORDED
    values["scheduler"] = None
    console = invocation.console
    return Spec(
        command=command,
        values=tuple(sorted(values.items())),
        dry_run=bool(getattr(invocation.arguments, "dry_run", False)),
        lang=str(console.lang),
        colours=(console.out_paint.on, console.err_paint.on),
        started=time.time(),
    )


def task_of(spec: Spec) -> Task:
    """Give the task that works on a chunk as this command line says."""
    return partial(worked, spec)


def worked(spec: Spec, chunk: Chunk) -> list[Answer]:
    """Answer a chunk of jobs: what runs on the other machine."""
    from aigc_label.batch.job import Job

    return list(_work(spec)(Job(*one) for one in chunk))


@lru_cache(maxsize=4)
def _work(spec: Spec) -> Work:
    console = Console(Lang(spec.lang))
    console.out_paint.on, console.err_paint.on = spec.colours
    settings = Settings({name: Chosen(value, ELSEWHERE) for name, value in spec.values})
    console.quiet, console.verbose = bool(settings.value("quiet")), bool(settings.value("verbose"))
    invocation = Invocation(Namespace(dry_run=spec.dry_run, output=None), settings, console)
    if spec.command == "verify":
        from aigc_label.cli.verify import work_of as judging
        from aigc_label.expecting import policy_of

        return judging(invocation, policy_of(settings))
    from aigc_label.cli.making import ordered
    from aigc_label.cli.mirroring import work_of
    from aigc_label.ordering import Doing

    return work_of(invocation, ordered(Doing(spec.command), invocation, spec.started))
