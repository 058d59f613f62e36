"""AWS wire protocols: which service and operation a request means, and how an answer is written.

In: a WSGI environ. Out: a `Call` (service, operation, parameters), or a response made from a
plain dict or an `ApiError`. Parsing and serialising are moto's, driven by botocore's service
models, so no XML or JSON is templated here. This module may not know any operation by name.
"""

from __future__ import annotations

import io
import re
import uuid
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.model import OperationNotFoundError
from moto.core.parse import PROTOCOL_PARSERS
from moto.core.request import Request, determine_request_protocol
from moto.core.routing import get_service_router
from moto.core.serialize import SerializationContext, get_serializer_class
from moto.core.utils import get_service_model
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

if TYPE_CHECKING:
    from collections.abc import Mapping

# The signing name in a credential scope is not always botocore's service name.
SIGNING_NAMES = {
    "elasticloadbalancing": "elbv2",
    "monitoring": "cloudwatch",
    "elasticfilesystem": "efs",
    "email": "ses",
}

SCOPE = re.compile(r"Credential=[^/]+/\d{8}/([^/]+)/([^/]+)/aws4_request")


class ApiError(Exception):
    """An error answer with AWS's own code and message."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True)
class Call:
    """One parsed API request."""

    service: str
    operation: str
    params: dict[str, Any]
    region: str
    protocol: str


def scope_of(environ: Mapping[str, Any]) -> tuple[str, str] | None:
    """Return (service, region) of a signed request, or None when it is not signed."""
    found = SCOPE.search(environ.get("HTTP_AUTHORIZATION", ""))
    if found is None:
        return None
    region, signing_name = found.groups()
    return SIGNING_NAMES.get(signing_name, signing_name), region


def buffered(environ: dict[str, Any]) -> bytes:
    """Return the request's body and leave it readable."""
    if environ.get("wsgi.input_terminated"):  # a chunked upload has no length
        body: bytes = environ["wsgi.input"].read()
        environ["CONTENT_LENGTH"] = str(len(body))
    else:
        length = int(environ.get("CONTENT_LENGTH") or 0)
        body = environ["wsgi.input"].read(length) if length else b""
    environ["wsgi.input"] = io.BytesIO(body)
    return body


def read_call(environ: dict[str, Any], service: str, region: str) -> Call | None:
    """Parse the request; None when no operation of the service's model matches it.

    The body is put back, so that the request can still be passed on to moto.
    """
    body = buffered(environ)
    request = Request(dict(environ, **{"wsgi.input": io.BytesIO(body)}))
    model = get_service_model(service)
    uri_params: dict[str, Any] = {}
    target = request.headers.get("X-Amz-Target")
    action = request.values.get("Action")
    if action is None and target:
        action = target.rsplit(".", maxsplit=1)[-1]
    if action is None:
        try:
            routed, uri_params = get_service_router(service).match(request)
        except (NotFound, NotImplementedError):
            return None
        action = routed.name
    try:
        operation = model.operation_model(action)
    except OperationNotFoundError:
        return None
    protocol = determine_request_protocol(model, request.content_type)
    parsed = PROTOCOL_PARSERS[protocol](operation).parse(
        {
            "method": request.method,
            "values": request.values,
            "headers": request.headers,
            "body": body,
            "url_path": request.path,
            "url_params": uri_params,
        }
    )
    return Call(service, action, parsed, region, protocol)


def write_answer(call: Call, answer: dict[str, Any] | ApiError) -> Response:
    """Serialise a result or an error in the protocol the call came in."""
    model = get_service_model(call.service)
    serializer = get_serializer_class(call.service, call.protocol)(
        operation_model=model.operation_model(call.operation),
        context=SerializationContext(request_id=str(uuid.uuid4())),
    )
    with warnings.catch_warnings():
        # moto warns about error codes that are in no service model; AWS uses such codes too
        warnings.simplefilter("ignore")
        serialized = serializer.serialize(answer)
    return Response(
        serialized["body"], status=serialized["status_code"], headers=serialized["headers"]
    )
