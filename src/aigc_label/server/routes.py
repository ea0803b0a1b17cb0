"""Lists the routes: one a kind of work, jobs for long ones, health and metrics."""

from __future__ import annotations

import json
from typing import Annotated, Any, Final, TypeAlias

from fastapi import FastAPI, Query, Request, Response
from fastapi.responses import FileResponse, JSONResponse, StreamingResponse
from prometheus_client import generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from starlette.exceptions import HTTPException

from aigc_label import __version__
from aigc_label.bilingual import Bilingual
from aigc_label.rulebook import RULESET
from aigc_label.server import forms
from aigc_label.server.answers import problem, refused
from aigc_label.server.jobs import Kept
from aigc_label.server.service import Delivered, Service
from aigc_label.server.work import MAKING, Answer, Kind
from aigc_label.server.workers import Busy

BODY: Final = {
    "requestBody": {
        "required": True,
        "description": "The file: bare, with its name in `name`, or as the one file of a form. / 文件：直接作为请求体"
        "（文件名写在 `name`），或作为表单中唯一的文件。",
        "content": {
            "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {"file": {"type": "string", "format": "binary"}},
                    "required": ["file"],
                }
            },
        },
    }
}
SUMMARIES: Final = {
    Kind.ADD: "Put both labels on a file / 添加显式与隐式标识",
    Kind.EMBED: "Embed the implicit label and touch nothing else / 只写入隐式标识",
    Kind.MARK: "Draw the explicit mark only / 只添加显式标识",
    Kind.PROPAGATE: "Add a platform's half to the label / 补充传播者信息",
    Kind.VERIFY: "Read a file back and judge it / 核验文件",
    Kind.EXPLAIN: "Show every trace of a label in a file / 列出文件中的全部痕迹",
    Kind.INSPECT: "Judge a file and show it as a row of the page / 以网页形式显示核验结果",
}
REFUSALS: Final[dict[int | str, dict[str, Any]]] = {
    status: {"description": said, "content": {"application/problem+json": {"schema": {"type": "object"}}}}
    for status, said in {
        401: "No valid API key",
        403: "From a page of another site, or a setting that the operator settled",
        409: "Going on would break what is not ours",
        413: "Over a limit",
        415: "The format is unknown, or has no place for what was asked",
        421: "Not a host name of this service",
        422: "The request or the file cannot be taken as it is",
        429: "Too many requests",
        500: "The work failed",
        501: "A part that this needs is not installed",
        503: "All workers are at work",
    }.items()
}
FILE: Final[dict[int | str, dict[str, Any]]] = {
    200: {"description": "The finished file", "content": {"application/octet-stream": {}}}
}
NOT_YET: Final = (
    Bilingual("the job has no file to give", "该任务没有可下载的文件"),
    Bilingual("Ask /v1/jobs?id=… for its state.", "请用 /v1/jobs?id=… 查询状态。"),
)
MISSING: Final[dict[int | str, dict[str, Any]]] = {404: {"description": "No such job"}}
Number: TypeAlias = Annotated[str, Query(alias="id", max_length=64, description="the job's number / 任务编号")]


def add_work(app: FastAPI, service: Service, kind: Kind) -> None:
    async def work(request: Request, form: forms.Form) -> Response:
        task, folder = await service.taken(kind, form, request)
        delivered = None
        try:
            answer = await service.workers.do(task)
            if answer.made:
                delivered = Delivered(folder, answer)
        finally:
            if delivered is None:
                folder.close()
        return delivered or _told(answer, request)

    work.__annotations__["form"] = Annotated[forms.form_of(kind), Query()]
    responses = {**REFUSALS, **(FILE if kind in MAKING else {})}
    app.add_api_route(
        f"/v1/{kind}",
        work,
        methods=["POST"],
        summary=SUMMARIES[kind],
        operation_id=str(kind),
        openapi_extra=BODY,
        responses=responses,
        response_class=Response if kind in MAKING else JSONResponse,
    )


def _told(answer: Answer, request: Request) -> Response:
    if answer.status >= 400:
        return problem(answer.values, answer.status, request.scope)
    return JSONResponse(answer.values, answer.status)


def add_jobs(app: FastAPI, service: Service) -> None:
    def own(request: Request, number: str) -> Kept:
        job = service.jobs.of(number, request.state.caller)
        if job is None:
            raise HTTPException(404)
        return job

    async def start(request: Request, form: forms.Form) -> Response:
        task, folder = await service.taken(Kind(form.do), form, request)  # type: ignore[attr-defined]
        try:
            job = service.jobs.start(task, folder, request.state.caller)
        except Busy:
            folder.close()
            raise
        return JSONResponse(job.to_dict(), 202, {"Location": f"/v1/jobs?id={job.id}"})

    start.__annotations__["form"] = Annotated[forms.form_of_any(), Query()]
    app.add_api_route(
        "/v1/jobs", start, methods=["POST"], status_code=202, openapi_extra=BODY, summary="Start a job / 提交任务"
    )

    @app.get("/v1/jobs", summary="A job's state / 查询任务", responses=MISSING)
    async def state(request: Request, number: Number) -> dict[str, Any]:
        return own(request, number).to_dict()

    @app.get("/v1/jobs/events", summary="A job's events as they come / 任务进度事件", responses=MISSING)
    async def events(request: Request, number: Number) -> StreamingResponse:
        job = own(request, number)
        lines = (f"data: {json.dumps(event)}\n\n" async for event in service.jobs.events(job))
        return StreamingResponse(lines, media_type="text/event-stream")

    @app.get("/v1/jobs/result", summary="A job's finished file / 下载任务结果", responses={**MISSING, **FILE})
    async def result(request: Request, number: Number) -> Response:
        job = own(request, number)
        if job.result is None:
            return refused(409, "no-result", request.scope, *NOT_YET)
        return FileResponse(job.result, media_type="application/octet-stream", filename=job.task.name)

    @app.delete("/v1/jobs", status_code=204, summary="End and forget a job / 取消并清除任务", responses=MISSING)
    async def drop(request: Request, number: Number) -> Response:
        await service.jobs.drop(own(request, number))
        return Response(status_code=204)


def add_watching(app: FastAPI, service: Service) -> None:
    @app.get("/health", summary="Whether the service works / 健康检查")
    async def health() -> dict[str, Any]:
        return {"status": "ok", "version": __version__, "ruleset": RULESET, "waiting": service.workers.waiting}

    @app.get("/metrics", summary="Figures for Prometheus / 监控指标", response_class=Response)
    async def metrics() -> Response:
        return Response(generate_latest(service.registry), media_type=CONTENT_TYPE_LATEST)
