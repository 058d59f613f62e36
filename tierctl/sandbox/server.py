"""The sandbox as a server on 127.0.0.1, in a thread or as a process of its own.

In: a state folder and an idle limit. Out: a listening server and `server.json` in the folder (pid,
port, endpoint). It stops by itself when nothing was asked for longer than the idle limit, and it
never listens on anything but the loopback. `python -m tierctl.sandbox.server` is what
`tierctl sandbox start` starts.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any

from moto.moto_server.werkzeug_app import MotoRequestHandler
from werkzeug.serving import BaseWSGIServer, make_server

from tierctl.sandbox.application import Application

IDLE_S = 1800.0
PACE_S = 0.04  # per resource: slow enough to watch, fast enough for a demo
STATE_FILE = "server.json"


class _QuietHandler(MotoRequestHandler):
    """No access log: the log is for what went wrong."""

    def log_request(self, code: Any = "-", size: Any = "-") -> None:
        """Log nothing."""


class Server:
    """A listening sandbox."""

    def __init__(self, *, pace_s: float = 0.0, port: int = 0) -> None:
        self.application = Application(pace_s)
        self._http: BaseWSGIServer = make_server(
            "127.0.0.1", port, self.application, threaded=True, request_handler=_QuietHandler
        )
        self._http.daemon_threads = True  # type: ignore[attr-defined]  # set by ThreadingMixIn
        self.port: int = self._http.port
        # by name: with 127.0.0.1 the cdk CLI's template URLs do not resolve to this server
        self.endpoint_url = f"http://localhost:{self.port}"
        self.application.listens_at(self.endpoint_url)

    def start(self) -> None:
        """Serve in a background thread."""
        threading.Thread(target=self._http.serve_forever, name="sandbox", daemon=True).start()

    def stop(self) -> None:
        """Stop serving and free the port."""
        self._http.shutdown()
        self._http.server_close()

    def wait(self, idle_s: float) -> None:
        """Return when asked to stop, or after too long without a request."""
        while not self.application.stop_requested.wait(timeout=min(1.0, idle_s)):
            if time.monotonic() - self.application.last_request > idle_s:
                return


def main(arguments: list[str] | None = None) -> int:
    """Serve until stopped, idle or signalled."""
    parser = argparse.ArgumentParser(prog="python -m tierctl.sandbox.server")
    parser.add_argument("--state", type=Path, required=True)
    parser.add_argument("--idle", type=float, default=IDLE_S)
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s %(message)s")
    server = Server(pace_s=PACE_S)
    server.start()
    state_file = options.state / STATE_FILE
    state = {"pid": os.getpid(), "port": server.port, "endpoint_url": server.endpoint_url}
    state_file.write_text(json.dumps(state), "utf-8")
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: server.application.stop_requested.set())
    try:
        server.wait(options.idle)
    finally:
        state_file.unlink(missing_ok=True)
        server.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
