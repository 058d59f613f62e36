"""The sandbox as one WSGI application.

In: HTTP requests. CloudFormation goes to our engine, operations that an overlay answers go to it,
`/sandbox/…` is the control plane, everything else is moto's. An operation that nobody answers is
logged and refused by name, never ignored.
"""

from __future__ import annotations

import io
import json
import logging
import os
import threading
import time
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError
from moto.core.base_backend import BackendDict
from moto.core.config import default_user_config
from moto.core.model_instances import reset_model_data
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.wrappers import Request, Response

from tierctl.sandbox import overlays, wire
from tierctl.sandbox.clients import Clients
from tierctl.sandbox.clock import Clock
from tierctl.sandbox.cloudformation.api import CloudFormation
from tierctl.sandbox.cloudformation.provision import Provisioner
from tierctl.sandbox.cloudformation.store import Store
from tierctl.sandbox.cloudformation.work import Tools
from tierctl.sandbox.markers import Markers

if TYPE_CHECKING:
    from collections.abc import Iterable

LOG = logging.getLogger(__name__)
UNANSWERED = 404
# the bootstrap template and task roles attach AWS's own policies
default_user_config["iam"]["load_aws_managed_policies"] = True


class Dispatcher(DomainDispatcherApplication):
    """moto's dispatcher; it would list a folder of two hundred entries for every request."""

    def __init__(self) -> None:
        super().__init__(create_backend_app)
        self._known: dict[str | None, Any] = {}

    def get_backend_for_host(self, host: str | None) -> Any:
        """Return the backend of a host, looked up once."""
        if host not in self._known:
            self._known[host] = super().get_backend_for_host(host)
        return self._known[host]


class Application:
    """Routes every request of one sandbox."""

    def __init__(self, pace_s: float = 0.0) -> None:
        self.clock = Clock()
        self.last_request = time.monotonic()
        self.stop_requested = threading.Event()
        self.facts: dict[str, Any] = {}
        self.clients = Clients(self)
        self.markers = Markers(self.clients)
        self._pace_s = pace_s
        # moto keeps its state for the whole process: an earlier sandbox of it must leave nothing
        BackendDict.reset()
        reset_model_data()
        self._moto = Dispatcher()
        self._behind = Clients(self._moto)
        context = overlays.Context(self._behind, self.clients, self.clock, self.markers, self.facts)
        self._overlays = overlays.build(context)
        self._regions: dict[str, CloudFormation] = {}
        self._used: set[str] = set()
        self._lock = threading.Lock()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer one request."""
        self.last_request = time.monotonic()
        if environ["PATH_INFO"].startswith("/sandbox/"):
            return self._control(Request(environ))(environ, start_response)
        scope = wire.scope_of(environ)
        if scope is not None:
            service, region = scope
            self._used.add(region)
            if service == "cloudformation" or service in self._overlays:
                response = self._answer(environ, service, region)
                if response is not None:
                    return response(environ, start_response)
        return self._from_moto(environ, start_response, scope)

    def _from_moto(
        self, environ: dict[str, Any], start_response: Any, scope: tuple[str, str] | None
    ) -> Iterable[bytes]:
        """Let moto answer; what it has not implemented or stumbles over becomes an AWS error."""
        body = wire.buffered(environ)
        try:
            answer: Iterable[bytes] = self._moto(environ, start_response)
        except Exception as error:
            environ["wsgi.input"] = io.BytesIO(body)
            call = wire.read_call(environ, *scope) if scope else None
            message = f"The sandbox cannot answer this request: {error!r}"
            what = f"{call.service} {call.operation}" if call else environ["PATH_INFO"]
            stumbled = None if isinstance(error, NotImplementedError) else error
            LOG.error("%s: %s", what, message, exc_info=stumbled)  # noqa: TRY400  see above
            if call is None:
                return Response(message, status=500)(environ, start_response)
            response = wire.write_answer(call, wire.ApiError("NotImplemented", message))
            return response(environ, start_response)
        return answer

    def listens_at(self, endpoint_url: str) -> None:
        """Say under which address the application is reached, before its first request."""
        self.clients.endpoint_url = self._behind.endpoint_url = endpoint_url

    def cloudformation(self, region: str) -> CloudFormation:
        """Return the CloudFormation of a region."""
        with self._lock:
            if region not in self._regions:
                provisioner = Provisioner(self.clients, region, DEFAULT_ACCOUNT_ID)
                store = Store(provisioner, self.clock)
                tools = Tools(
                    provisioner, store.around, self.clock, self._pace_s, self.markers.kept
                )
                self._regions[region] = CloudFormation(store, tools)
            return self._regions[region]

    def _answer(self, environ: dict[str, Any], service: str, region: str) -> Response | None:
        """Answer from the engine or an overlay; None leaves the request to moto."""
        call = wire.read_call(environ, service, region)
        if service == "cloudformation":
            return self._from_engine(call, region)
        if call is None:
            return None
        handler = self._overlays[service].get(call.operation)
        if handler is None:
            return None
        return self._run(call, lambda: handler(region, call.params))

    def _from_engine(self, call: wire.Call | None, region: str) -> Response | None:
        """Answer from our CloudFormation; what it does not play is refused by name."""
        if call is None:
            LOG.error("a cloudformation request that no operation of its model matches")
            return Response("The sandbox does not know this request.", status=UNANSWERED)
        operation = self.cloudformation(region).operation(call.operation)
        if operation is None:
            message = f"The sandbox does not answer cloudformation {call.operation}."
            LOG.error(message)
            return wire.write_answer(call, wire.ApiError("NotImplemented", message))
        return self._run(call, lambda: operation(call.params))

    def _run(self, call: wire.Call, handler: Any) -> Response | None:
        try:
            answer = handler()
        except wire.ApiError as error:
            LOG.info("%s %s: %s: %s", call.service, call.operation, error.code, error.message)
            return wire.write_answer(call, error)
        except ClientError as error:  # moto's refusal of what an overlay passed on
            found = error.response["Error"]
            return wire.write_answer(call, wire.ApiError(found["Code"], found.get("Message", "")))
        except Exception as error:
            LOG.exception("%s %s failed in the sandbox", call.service, call.operation)
            return wire.write_answer(
                call, wire.ApiError("InternalFailure", f"The sandbox failed: {error!r}")
            )
        return None if answer is overlays.PASS else wire.write_answer(call, answer)

    def _all_markers(self, region: str | None) -> dict[str, str]:
        """The markers of one region, or of every region that was ever asked for anything."""
        found: dict[str, str] = {}
        for name in [region] if region else sorted(self._used):
            found |= self.markers.all(name)
        return found

    def _control(self, request: Request) -> Response:  # noqa: PLR0911  one case per request
        """Answer the control plane."""
        match request.method, request.path:
            case "GET", "/sandbox/health":
                now = self.clock.now().isoformat()
                return _json({"status": "running", "pid": os.getpid(), "now": now})
            case "POST", "/sandbox/stop":
                self.stop_requested.set()
                return _json({"status": "stopping"})
            case "GET", "/sandbox/markers":
                return _json(self._all_markers(request.args.get("region")))
            case "GET", "/sandbox/kept":
                return _json(self.markers.records)
            case "POST", "/sandbox/advance":
                seconds = (request.get_json(silent=True) or {}).get("seconds")
                if not isinstance(seconds, int | float) or seconds < 0:
                    return _json({"error": "seconds must be a number, not negative"}, 400)
                return _json({"now": self.clock.advance(seconds).isoformat()})
            case "POST", "/sandbox/facts":
                facts = request.get_json(silent=True)
                if not isinstance(facts, dict):
                    return _json({"error": "facts must be a JSON object"}, 400)
                self.facts.update(facts)
                return _json(self.facts)
            case "GET", "/sandbox/facts":
                return _json(self.facts)
            case _:
                return _json({"error": f"no {request.method} {request.path}"}, 404)


def _json(body: Any, status: int = 200) -> Response:
    return Response(json.dumps(body), status=status, content_type="application/json")
