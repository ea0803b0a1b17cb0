"""Holds what the routes of one running service share: its workers, its jobs, its figures."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import FileResponse
from prometheus_client import CollectorRegistry, Gauge
from starlette.types import Receive, Scope, Send

from aigc_label.bilingual import Bilingual
from aigc_label.errors import WrongUse
from aigc_label.server import forms
from aigc_label.server.answers import lang_of
from aigc_label.server.intake import Folder, take
from aigc_label.server.jobs import Jobs
from aigc_label.server.terms import Terms
from aigc_label.server.work import OUT, Answer, Kind, Task, check
from aigc_label.server.workers import Workers


class Service:
    """Everything that the routes of one running service share."""

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        self.registry = CollectorRegistry()
        self.workers = Workers(terms)
        self.jobs = Jobs(terms, self.workers)
        waiting = Gauge("aigc_label_waiting", "Requests that wait for a worker", registry=self.registry)
        waiting.set_function(lambda: self.workers.waiting)

    @asynccontextmanager
    async def running(self, app: FastAPI) -> AsyncIterator[None]:
        async with self.workers.running():
            try:
                yield
            finally:
                await self.jobs.close()

    async def taken(self, kind: Kind, form: forms.Form, request: Request) -> tuple[Task, Folder]:
        """Check what is asked, then take the upload. The caller closes the folder."""
        asked = self._agreed(form.asked())
        check(kind, asked)
        folder = Folder(self.terms)
        try:
            await take(request, folder, form.name, self.terms.largest)
        except BaseException:
            folder.close()
            raise
        return Task(kind, folder.path, folder.name, asked, form.lang or lang_of(request.scope)), folder

    def _agreed(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        """Give the settings of a request with those that the operator settled. Raises `Settled` where they differ."""
        for name, value in asked.items():
            if name in self.terms.settled and value != self.terms.settled[name]:
                raise Settled(name)
        return {**asked, **self.terms.settled}


class Settled(WrongUse):
    """A request asked for another value of a setting that the operator of the service settled."""

    code = "settled"

    def __init__(self, name: str) -> None:
        super().__init__(
            Bilingual(f"`{name}` is settled by the operator of this service", f"`{name}` 已由本服务的运维人员设定"),
            remedy=Bilingual("Leave it out.", "请不要传入该设置。"),
        )


class Delivered(FileResponse):
    """A finished file on its way; its folder goes when it has been sent, or when its receiver has gone."""

    def __init__(self, folder: Folder, answer: Answer) -> None:
        told = json.dumps(answer.values, separators=(",", ":"))
        super().__init__(
            Path(folder.path, OUT, folder.name),
            media_type="application/octet-stream",
            filename=folder.name,
            headers={"Aigc-Outcome": told},
        )
        self._folder = folder

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._folder.close()
