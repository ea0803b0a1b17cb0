"""Puts the service together: its gate, its routes, its pages, and what its errors become."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from aigc_label import __version__
from aigc_label.bilingual import Bilingual
from aigc_label.errors import AigcLabelError
from aigc_label.server import inspector, reference
from aigc_label.server.answers import lang_of, problem, refused
from aigc_label.server.gate import Gate
from aigc_label.server.routes import REFUSALS, add_jobs, add_watching, add_work
from aigc_label.server.service import Service, Settled
from aigc_label.server.terms import Terms
from aigc_label.server.work import Kind, refusal
from aigc_label.server.workers import Busy

HERE: Final = Path(__file__).with_name("page")
BUSY: Final = (
    Bilingual("all workers are at work, and as many requests wait as may", "工作进程均忙，排队请求已达上限"),
    Bilingual("Try again shortly, or use /v1/jobs.", "请稍后重试，或使用 /v1/jobs。"),
)
NO_JOB: Final = (
    Bilingual("no job of yours has this number", "没有该编号的任务"),
    Bilingual("Jobs are forgotten some time after they ended.", "任务结束一段时间后会被清除。"),
)


def made(terms: Terms) -> FastAPI:
    """Give the service as an ASGI application."""
    service = Service(terms)
    app = FastAPI(
        title="aigc-label",
        version=__version__,
        summary="Labels AI-generated content as GB 45438-2025 requires, and proves it.",
        lifespan=service.running,
        docs_url=None,
        redoc_url=None,
        responses=REFUSALS,
    )
    app.state.service = service
    for kind in Kind:
        add_work(app, service, kind)
    add_jobs(app, service)
    add_watching(app, service)
    _add_pages(app)
    _add_errors(app)
    app.add_middleware(Gate, terms=terms, registry=service.registry)
    return app


def _add_pages(app: FastAPI) -> None:
    app.mount("/static", Assets(), name="static")

    async def shown(request: Request) -> HTMLResponse:
        return HTMLResponse(inspector.page(lang_of(request.scope)))

    async def described(request: Request) -> HTMLResponse:
        return HTMLResponse(reference.page(app.openapi(), lang_of(request.scope)))

    app.add_api_route("/", shown, include_in_schema=False)
    app.add_api_route("/docs", described, include_in_schema=False)


class Assets(StaticFiles):
    """The pages' own styles and scripts: those of the service, and those of reports."""

    def __init__(self) -> None:
        super().__init__(directory=HERE, packages=[("aigc_label", "data/page")])


def _add_errors(app: FastAPI) -> None:
    @app.exception_handler(AigcLabelError)
    async def ours(request: Request, error: AigcLabelError) -> Response:
        answer = refusal(error, lang_of(request.scope))
        return problem(answer.values, 403 if isinstance(error, Settled) else answer.status, request.scope)

    @app.exception_handler(Busy)
    async def busy(request: Request, error: Busy) -> Response:
        answer = refused(503, "busy", request.scope, *BUSY)
        answer.headers["Retry-After"] = "5"
        return answer

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> Response:
        said = "; ".join(f"{'.'.join(map(str, one['loc'][1:]))}: {one['msg']}" for one in error.errors())
        return refused(422, "wrong-use", request.scope, Bilingual(said, f"请求参数有误：{said}"))

    @app.exception_handler(HTTPException)
    async def other(request: Request, error: HTTPException) -> Response:
        what, remedy = NO_JOB if error.status_code == 404 and "/jobs" in request.url.path else _plain(error)
        return refused(error.status_code, f"http-{error.status_code}", request.scope, what, remedy)


def _plain(error: HTTPException) -> tuple[Bilingual, Bilingual]:
    return (
        Bilingual(str(error.detail), f"请求未被接受（{error.status_code}）"),
        Bilingual("What there is: /openapi.json.", "可用的接口见 /openapi.json。"),
    )
