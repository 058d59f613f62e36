"""boto3 clients that call a WSGI application directly, without a socket.

In: a WSGI application. Out: boto3 clients, one per service and region, made once. The engine and
the overlays use them, so everything they create is made through the same API that users call.
"""

from __future__ import annotations

import io
import threading
from typing import TYPE_CHECKING, Any

import boto3
from botocore.awsrequest import AWSResponse, HeadersDict
from botocore.config import Config
from moto.core.request import Request
from werkzeug.test import run_wsgi_app

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CONFIG = Config(
    retries={"max_attempts": 0, "mode": "standard"},
    s3={"addressing_style": "path"},
    request_checksum_calculation="when_required",
    response_checksum_validation="when_required",
)


class _Body(io.BytesIO):
    """The part of urllib3's response that botocore reads."""

    def stream(self, amt: int = 2**16, **_: Any) -> Iterator[bytes]:
        """Yield the body in pieces."""
        while piece := self.read(amt):
            yield piece


def _in_its_region(params: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
    """Name the region of a new bucket, which S3 demands everywhere but in us-east-1."""
    region = context["client_region"]
    if region != "us-east-1":
        params.setdefault("CreateBucketConfiguration", {"LocationConstraint": region})


class Clients:
    """A cache of boto3 clients bound to one WSGI application."""

    def __init__(self, application: Callable[..., Any]) -> None:
        self._application = application
        # never connected to, but services build URLs (queues, buckets) from the host they see
        self.endpoint_url = "http://localhost"
        self._made: dict[tuple[str, str], Any] = {}
        self._lock = threading.RLock()
        self._session = boto3.session.Session(
            aws_access_key_id="sandbox",
            aws_secret_access_key="sandbox",  # noqa: S106  no real key
        )

    def __call__(self, service: str, region: str) -> Any:
        """Return the client of a service in a region."""
        with self._lock:
            key = (service, region)
            if key not in self._made:
                client = self._session.client(
                    service,
                    region_name=region,
                    endpoint_url=self.endpoint_url,
                    config=CONFIG,
                )
                client.meta.events.register("before-send", self._send)
                client.meta.events.register(
                    "before-parameter-build.s3.CreateBucket", _in_its_region
                )
                self._made[key] = client
            return self._made[key]

    def _send(self, request: Any, **_: Any) -> AWSResponse:
        """Answer a prepared request from the application; botocore then sends nothing."""
        environ = Request.from_primitives(
            request.method, request.url, request.headers, request.body
        ).environ
        pieces, status, headers = run_wsgi_app(self._application, environ, buffered=True)
        return AWSResponse(
            request.url, int(status.split()[0]), HeadersDict(headers), _Body(b"".join(pieces))
        )
