"""A server that speaks OSS's language as far as it is S3's: moto, with OSS's names (`python oss_server.py PORT`).

OSS's own server cannot be had. Its requests, answers and errors have S3's shape; what differs and matters here is
translated: the names of headers, the one that refuses to overwrite, two marks in its XML.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import run_simple
from werkzeug.test import run_wsgi_app

XML = ((b' xmlns="http://s3.amazonaws.com/doc/2006-03-01/"', b""), (b"</Contents>", b"<Type>Normal</Type></Contents>"))


class Translated:
    def __init__(self, app: Any) -> None:
        self.app = app

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
        for name in [name for name in environ if name.startswith("HTTP_X_OSS_")]:
            environ[name.replace("_OSS_", "_AMZ_", 1)] = environ.pop(name)
        if environ.pop("HTTP_X_AMZ_FORBID_OVERWRITE", "") == "true":
            environ["HTTP_IF_NONE_MATCH"] = "*"
        environ["HTTP_AUTHORIZATION"] = environ.get("HTTP_AUTHORIZATION", "").replace("OSS ", "AWS ", 1)
        told, status, headers = run_wsgi_app(self.app, environ)
        body = b"".join(told)
        if "xml" in headers.get("Content-Type", ""):
            for theirs, ours in XML:
                body = body.replace(theirs, ours)
            headers["Content-Length"] = str(len(body))
        start(status, [(name.lower().replace("x-amz-", "x-oss-", 1), value) for name, value in headers])
        return [body]


if __name__ == "__main__":
    app = Translated(DomainDispatcherApplication(create_backend_app))
    run_simple("127.0.0.1", int(sys.argv[1]), app)
