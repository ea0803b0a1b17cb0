"""Labels what a Django project sends: add `aigc_label.integrations.django.LabelMiddleware` to MIDDLEWARE, below GZip.

The setting `AIGC_LABEL` holds the `Labels`. A file that cannot be labelled is not sent: its answer becomes an error.
`UploadMiddleware`, with the `Uploads` in `AIGC_LABEL_UPLOADS`, judges what the project is sent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpResponse, StreamingHttpResponse

from aigc_label.errors import AigcLabelError
from aigc_label.form_data import KIND, Part
from aigc_label.integrations.answers import Labels, failure, lasting
from aigc_label.integrations.uploads import KEY, Upload, Uploads, check_whole, refusal
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


class UploadMiddleware:
    """Judges what Django finds in a form, or the body where there is none; a view finds it in `request.aigc_label`.

    Forms are read by Django itself, so what is judged is what the view gets. A body that is no form is bound by Django's
    DATA_UPLOAD_MAX_MEMORY_SIZE.
    """

    def __init__(self, get_response: Callable[[Any], Any]) -> None:
        self._get_response = get_response
        self._uploads: Uploads = settings.AIGC_LABEL_UPLOADS

    def __call__(self, request: Any) -> Any:
        if self._uploads.concern(request.path):
            try:
                setattr(request, KEY, self._judged(request))
            except AigcLabelError as problem:
                status, lines, words = refusal(problem)
                return HttpResponse(words, status=status, headers=dict(lines))
        return self._get_response(request)

    def _judged(self, request: Any) -> tuple[Upload, ...]:
        if request.content_type != KIND:
            check_whole(len(request.body), request.META.get("CONTENT_LENGTH", ""))
            with self._uploads.taking() as arriving:
                arriving.feed(request.body)
                return arriving.judged(request.content_type)
        sent = [(field, file) for field, files in request.FILES.lists() for file in files]
        return self._uploads.check(tuple(self._one(field, file) for field, file in sent))

    def _one(self, field: str, file: Any) -> Upload:
        """Judge a file where Django keeps it: on disk, or in memory while it is small."""
        part = Part(field, file.name)
        if hasattr(file, "temporary_file_path"):
            return self._uploads.judged(part, Path(file.temporary_file_path()))
        judged = self._uploads.judged(part, file)
        file.seek(0)
        return judged
