"""Runs a batch on Ray: on a cluster that is there, or on workers of this machine.

One of the two modules that import `ray` (Apache-2.0, the extra `ray`).
"""

from __future__ import annotations

from typing import Any

from aigc_label.batch.engines.engine import Chunk, Lost, Task
from aigc_label.batch.shares import Answer
from aigc_label.bilingual import Bilingual
from aigc_label.errors import MissingTool

RETRIES = 1  # times that Ray itself tries a chunk anew whose worker died


class Ray:
    """An engine on Ray. Raises `MissingTool` without it, `ConnectionError` where no cluster answers."""

    def __init__(self, task: Task, address: str, workers: int) -> None:
        try:
            import ray
        except ImportError as problem:
            raise MissingTool(
                Bilingual("--engine ray needs Ray", "--engine ray 需要 Ray"),
                remedy=Bilingual("pip install 'aigc-label[ray]'", "pip install 'aigc-label[ray]'"),
            ) from problem
        self._ray: Any = ray
        self._own = not ray.is_initialized()
        if self._own:
            local = {} if address else {"num_cpus": workers, "include_dashboard": False}
            ray.init(address=address or None, log_to_driver=False, **local)
        self._remote: Any = ray.remote(max_retries=RETRIES)(lambda chunk: task(chunk))
        self._handed: set[Any] = set()
        self.workers = max(1, int(ray.cluster_resources().get("CPU", 1)))

    def submit(self, chunk: Chunk) -> Any:
        handle = self._remote.remote(chunk)
        self._handed.add(handle)
        return handle

    def results(self, handle: Any) -> list[Answer]:
        try:
            answers: list[Answer] = self._ray.get(handle)
        except (self._ray.exceptions.WorkerCrashedError, self._ray.exceptions.NodeDiedError) as problem:
            raise Lost from problem
        finally:
            self._handed.discard(handle)
        return answers

    def cancel(self) -> None:
        for handle in self._handed:
            self._ray.cancel(handle, force=True)
        if self._own:
            self._ray.shutdown()
