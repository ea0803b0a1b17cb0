"""Labels what a Django project sends: add `aigc_label.integrations.django.LabelMiddleware` to MIDDLEWARE, below GZip.

The setting `AIGC_LABEL` holds the `Labels`. A file that cannot be labelled is not sent: its answer becomes an error.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.http import HttpResponse, StreamingHttpResponse

from aigc_label.errors import AigcLabelError
from aigc_label.integrations.answers import Labels, failure, lasting
from aigc_label.integrations.wsgi import PARTIAL
from aigc_label.sse import labelled_sse


class LabelMiddleware:
    """A middleware of Django's own kind, for views that answer synchronously."""

    def __init__(self, get_response: Callable[[Any], Any]) -> None:
        self._get_response = get_response
        self._labels: Labels = settings.AIGC_LABEL

    def __call__(self, request: Any) -> Any:
        for name in PARTIAL:
            request.META.pop(name, None)
        response = self._get_response(request)
        kind = response.headers.get("Content-Type", "")
        if self._labels.stream(request.path, kind) and response.streaming:
            response.streaming_content = labelled_sse(response.streaming_content, self._labels.words)
            response.headers = dict(lasting(response.headers.items()))
            return response
        if not self._labels.concern(request.path, kind) or not 200 <= response.status_code < 300:
            return response
        return self._labelled(response, request.method)

    def _labelled(self, response: Any, method: str) -> Any:
        body: Iterable[bytes] = response.streaming_content if response.streaming else (response.content,)
        if method == "HEAD":
            return HttpResponse(status=response.status_code, headers=dict(lasting(response.headers.items())))
        try:
            with self._labels.holding() as held:
                for piece in body:
                    held.feed(piece)
                labelled = held.labelled(response.headers.get("Content-Encoding", ""))
        except AigcLabelError as problem:
            status, lines, words = failure(problem)
            return HttpResponse(words, status=status, headers=dict(lines))
        finally:
            response.close()
        headers = dict(labelled.headers(response.headers.items()))
        return StreamingHttpResponse(labelled.pieces(), status=response.status_code, headers=headers)
