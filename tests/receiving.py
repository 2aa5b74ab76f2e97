"""A web hook on loopback, as a real server: keeps what it is sent."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self


class Hook:
    """Receives messages as JSON from the moment it is made until it is closed; a context manager.

    Attributes:
        messages: what came, in order.
        status: what it answers with.
    """

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []
        self.status = 200
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                hook.messages.append(json.loads(body))
                self.send_response(hook.status)
                self.end_headers()

            def log_message(self, *arguments: object) -> None:
                """Stay silent: `messages` is the log."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port: int = self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, name="hook")
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def alerts(*addresses: str) -> dict[str, str]:
    """Return the variable that makes these the services of the connection `newswire_alerts`."""
    extra = {"config": [{"path": address} for address in addresses]}
    return {"AIRFLOW_CONN_NEWSWIRE_ALERTS": json.dumps({"conn_type": "apprise", "extra": extra})}
