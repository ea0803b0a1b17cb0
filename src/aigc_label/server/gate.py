"""Stands before every request: who asks, from where, how often; a number for each, a line in the log, a count."""

from __future__ import annotations

import json
import logging
import secrets
import time
from collections import OrderedDict
from hashlib import sha256
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from aigc_label.bilingual import Bilingual
from aigc_label.server.answers import lang_of, problem, refused
from aigc_label.server.intake import too_large
from aigc_label.server.terms import Terms
from aigc_label.server.work import refusal

LOG: Final = logging.getLogger("aigc_label.server")
OPEN: Final = frozenset({"/health"})  # asked by whoever watches the service, without a key
PAGES: Final = frozenset({"/", "/docs"})  # hold nothing of anyone's: a browser must be able to open them
STATIC: Final = "/static/"
CALLERS: Final = 10_000  # callers whose rate is remembered
SECURE: Final = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "media-src 'self' blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


WRONG_HOST: Final = (
    Bilingual("this service does not answer to that host name", "本服务不以该主机名提供服务"),
    Bilingual("The operator names it with `--allow-host`.", "可由运维人员用 `--allow-host` 添加。"),
)
WRONG_ORIGIN: Final = (
    Bilingual("a page of another site may not use this service", "其他网站的页面不得调用本服务"),
    Bilingual("Open the service's own page, or call it from a program.", "请使用本服务自带的页面，或由程序调用。"),
)
NO_KEY: Final = (
    Bilingual("the request has no valid API key", "请求缺少有效的 API 密钥"),
    Bilingual("Send it as `Authorization: Bearer KEY`.", "请以 `Authorization: Bearer 密钥` 发送。"),
)
TOO_MANY: Final = (
    Bilingual("too many requests in one minute", "一分钟内请求过多"),
    Bilingual("Wait as long as Retry-After says.", "请按 Retry-After 所示时间等待后重试。"),
)


class Rates:
    """Counts requests a minute by caller: a bucket that fills steadily and holds one minute's worth."""

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def seconds_to_wait(self, caller: str, now: float) -> float:
        """Take one request; give 0, or the seconds until there is room for it."""
        left, then = self._buckets.pop(caller, (float(self._rate), now))
        left = min(float(self._rate), left + (now - then) * self._rate / 60)
        wait = 0.0 if left >= 1 else (1 - left) * 60 / self._rate
        self._buckets[caller] = (left - 1 if not wait else left, now)
        while len(self._buckets) > CALLERS:
            self._buckets.popitem(last=False)
        return wait


class Gate:
    """Refuses what may not come in, and sees every answer out. ASGI middleware."""

    def __init__(self, app: ASGIApp, terms: Terms, registry: CollectorRegistry) -> None:
        self._app = app
        self._terms = terms
        self._rates = Rates(terms.rate)
        names = ("method", "path", "status")
        self._count = Counter("aigc_label_requests", "Requests answered", names, registry=registry)
        self._took = Histogram(
            "aigc_label_request_seconds", "Seconds to the answer's end", ("path",), registry=registry
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        trace, begun, status = secrets.token_hex(16), time.perf_counter(), 0
        scope["state"] = {**scope.get("state", {}), "trace": trace}

        async def seen_out(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers.update({**SECURE, "X-Trace-Id": trace})
            await send(message)

        refused = self._refused(scope)
        try:
            await (refused or self._app)(scope, receive, seen_out)
        finally:
            self._tell(scope, trace, status or 499, time.perf_counter() - begun)

    def _refused(self, scope: Scope) -> JSONResponse | None:
        """Give the answer for a request that may not come in, None for one that may."""
        headers, path = Headers(scope=scope), scope["path"]
        host, origin = headers.get("host", ""), headers.get("origin", "")
        if _name_of(host) not in self._terms.hosts:
            return refused(421, "wrong-host", scope, *WRONG_HOST)
        site = headers.get("sec-fetch-site", "none")
        if site in ("cross-site", "same-site") or (origin and origin.partition("://")[2] != host):
            return refused(403, "wrong-origin", scope, *WRONG_ORIGIN)
        if path in OPEN:
            return None
        key = headers.get("authorization", "").removeprefix("Bearer ") or headers.get("x-api-key", "")
        digest = sha256(key.encode()).digest()
        guarded = self._terms.keys and path not in PAGES and not path.startswith(STATIC)
        if guarded and not any(secrets.compare_digest(digest, known) for known in self._terms.keys):
            return refused(401, "no-key", scope, *NO_KEY)
        caller = digest.hex() if guarded else (scope.get("client") or ("", 0))[0]
        scope["state"]["caller"] = caller
        wait = self._rates.seconds_to_wait(caller, time.monotonic())
        if wait:
            answer = refused(429, "too-many-requests", scope, *TOO_MANY)
            answer.headers["Retry-After"] = str(int(wait) + 1)
            return answer
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > self._terms.largest:
            told = refusal(too_large(self._terms.largest), lang_of(scope))
            return problem(told.values, told.status, scope)
        return None

    def _tell(self, scope: Scope, trace: str, status: int, seconds: float) -> None:
        route = scope.get("route")
        path = getattr(route, "path", "other")  # what a client makes up is no name of a series
        self._count.labels(scope["method"], path, status).inc()
        self._took.labels(path).observe(seconds)
        line = {"trace": trace, "method": scope["method"], "path": path, "status": status, "seconds": round(seconds, 4)}
        LOG.info(json.dumps({"at": round(time.time(), 3), **line}))


def _name_of(host: str) -> str:
    """Give a Host header's name without its port."""
    return host[: host.find("]") + 1].strip("[]") if host.startswith("[") else host.partition(":")[0].lower()
