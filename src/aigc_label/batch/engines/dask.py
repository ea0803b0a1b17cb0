"""Runs a batch on Dask: on a scheduler that is there, or on workers of this machine.

The only module that imports `distributed` (BSD-3-Clause, the extra `dask`).
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from aigc_label.batch.engines.engine import Chunk, Lost, Task
from aigc_label.batch.shares import Answer
from aigc_label.bilingual import Bilingual
from aigc_label.errors import MissingTool


class Dask:
    """An engine on Dask distributed. Raises `MissingTool` without it, `OSError` where no scheduler answers."""

    def __init__(self, task: Task, scheduler: str, workers: int) -> None:
        try:
            dask: Any = import_module("dask")
            distributed: Any = import_module("distributed")
        except ImportError as problem:
            raise MissingTool(
                Bilingual("--engine dask needs Dask distributed", "--engine dask 需要 Dask distributed"),
                remedy=Bilingual("pip install 'aigc-label[dask]'", "pip install 'aigc-label[dask]'"),
            ) from problem
        dask.config.set({"distributed.scheduler.allowed-failures": 1})
        self._distributed = distributed
        self._task = task
        self._cluster: Any = None
        if not scheduler:
            self._cluster = distributed.LocalCluster(
                n_workers=workers, threads_per_worker=1, dashboard_address=None, silence_logs=50
            )
        self._client: Any = distributed.Client(scheduler or self._cluster)
        self._handed: set[Any] = set()
        self.workers = max(1, sum(self._client.nthreads().values()))

    def submit(self, chunk: Chunk) -> Any:
        handle = self._client.submit(self._task, chunk, pure=False)
        self._handed.add(handle)
        return handle

    def results(self, handle: Any) -> list[Answer]:
        try:
            answers: list[Answer] = handle.result()
        except self._distributed.KilledWorker as problem:
            raise Lost from problem
        finally:
            self._handed.discard(handle)
        return answers

    def cancel(self) -> None:
        if self._handed:
            self._client.cancel(list(self._handed), force=True)
        self._client.close()
        if self._cluster is not None:
            self._cluster.close()
