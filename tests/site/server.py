"""A small web server that behaves like unn.ua, www.unn.com.ua and t.me, troubles included.

It looks at the `Host` header, so a client connects here while the URLs stay https://unn.ua/…, https://t.me/….
What it serves depends on a simulated clock: nothing is announced or served before it was published.
"""

from __future__ import annotations

import gzip
import hashlib
import socket
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import NamedTuple, Self
from urllib.parse import parse_qsl, urlsplit

from tests.site import old_site, telegram_site, unn_site
from tests.site.content import DEFAULT_NOW
from tests.site.reply import Question, Reply, page, redirect

LARGE = 13 * 1024 * 1024
"""How much an endless page sends: a mebibyte more than the largest page that Newswire accepts."""

WORTH_COMPRESSING = 500
"""Bytes below which real servers leave a body as it is."""


class Served(NamedTuple):
    """One request that was answered."""

    host: str
    path: str
    """With the query."""
    status: int
    headers: dict[str, str]
    """Of the request, names in lower case."""


class SampleSite:
    """The sample site, serving from the moment it is made until `close`; a context manager.

    Attributes:
        requests: what was served so far, control requests left out.
        soft_ban: when True, every channel of t.me hides behind its landing card.

    Raises:
        OSError: the port is taken.
        ValueError: `now` has no time zone.
    """

    def __init__(self, port: int = 0, now: datetime = DEFAULT_NOW, address: str = "127.0.0.1") -> None:
        self._lock = threading.Lock()
        self._attempts: Counter[tuple[str, str]] = Counter()
        self.now = now
        self.soft_ban = False
        self.requests: list[Served] = []
        self._server = _Server((address, port), _Handler, self)
        self.port: int = self._server.server_address[1]
        self.url = f"http://{address}:{self.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, name="sample-site")
        self._thread.start()

    @property
    def now(self) -> datetime:
        """The site's clock; aware. Setting it moves the whole site to that time."""
        return self._now

    @now.setter
    def now(self, value: datetime) -> None:
        if value.utcoffset() is None:
            raise ValueError(f"the clock needs a time zone: {value.isoformat()}")
        self._now = value

    def close(self) -> None:
        """Stop serving and end all connections."""
        self._server.shutdown()
        self._thread.join()
        self._server.end_connections()
        self._server.server_close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def answer(self, host: str, target: str) -> Reply:
        """Return what a host answers to a request for a path with its query."""
        parts = urlsplit(target)
        with self._lock:
            self._attempts[host, target] += 1
            attempt = self._attempts[host, target]
        question = Question(host, parts.path, dict(parse_qsl(parts.query)), self.now, attempt)
        return self._hosts().get(host, _unknown_host)(question)

    def note(self, served: Served) -> None:
        """Write down what was served."""
        with self._lock:
            self.requests.append(served)

    def _hosts(self) -> dict[str, Callable[[Question], Reply]]:
        return {
            "unn.ua": unn_site.respond,
            "www.unn.ua": _moved_host,
            "www.unn.com.ua": old_site.respond,
            "unn.com.ua": _moved_host,
            "t.me": lambda question: telegram_site.respond(question, soft_ban=self.soft_ban),
        }


def _moved_host(question: Question) -> Reply:
    """Send a client from the host that a site does not use to the one that it does: with `www.` or without."""
    other = question.host.removeprefix("www.") if question.host == "www.unn.ua" else f"www.{question.host}"
    return redirect(f"https://{other}{question.path}", 301)


def _unknown_host(question: Question) -> Reply:
    return page(f"<html><body>{question.host} is no host of the sample site</body></html>", 421)


class _Server(ThreadingHTTPServer):
    daemon_threads = False  # so that closing waits for them and no socket is left open

    def __init__(self, address: tuple[str, int], handler: type[_Handler], site: SampleSite) -> None:
        self.site = site
        self._open: set[socket.socket] = set()
        self._open_lock = threading.Lock()
        super().__init__(address, handler)

    @contextmanager
    def connected(self, connection: socket.socket) -> Iterator[None]:
        """Keep a connection among the open ones while it is served."""
        with self._open_lock:
            self._open.add(connection)
        try:
            yield
        finally:
            with self._open_lock:
                self._open.discard(connection)

    def end_connections(self) -> None:
        """Wake the handlers that wait for another request on a connection kept alive."""
        with self._open_lock:
            for connection in self._open:
                _shut(connection)

    def handle_error(self, request: object, client_address: object) -> None:
        """Report what a handler raised, unless only the client went away."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


def _shut(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:  # the client was faster
        return


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def handle(self) -> None:
        with self.server.connected(self.connection):
            super().handle()

    def version_string(self) -> str:
        return "nginx"

    def date_time_string(self, timestamp: float | None = None) -> str:
        """Return the `Date` header: the simulated clock, so that a listing's relative times mean something."""
        return super().date_time_string(timestamp) if timestamp is not None else _http_time(self.server.site.now)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base class's
        """Stay silent: `SampleSite.requests` is the log."""

    def do_GET(self) -> None:
        host = self.headers.get("Host", "").rpartition("@")[2].split(":")[0].lower()
        if host == "control.sample":
            self._send(Reply(200, self.server.site.now.isoformat().encode(), {"Content-Type": "text/plain"}))
            return
        reply = self._revalidated(self.server.site.answer(host, self.path))
        self.server.site.note(Served(host, self.path, reply.status, {key.lower(): value for key, value in self.headers.items()}))
        time.sleep(reply.pause)
        self._send(reply)

    do_HEAD = do_GET  # noqa: N815 - the name is the base class's

    def do_PUT(self) -> None:
        text = self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode().strip()
        try:
            self.server.site.now = datetime.fromisoformat(text)
        except ValueError as error:
            self._send(Reply(400, str(error).encode(), {"Content-Type": "text/plain"}))
            return
        self._send(Reply(204, b"", {}))

    def _revalidated(self, reply: Reply) -> Reply:
        """Return the reply with its validators, or 304 where the client's copy is still good."""
        if reply.changed_at is None or reply.status != 200:
            return reply
        tag = f'W/"{hashlib.sha256(reply.body).hexdigest()[:20]}"'
        validators = {"ETag": tag, "Last-Modified": _http_time(reply.changed_at)}
        if self._still_good(tag, reply.changed_at):
            return Reply(304, b"", validators, pause=reply.pause)
        return replace(reply, headers={**reply.headers, **validators})

    def _still_good(self, tag: str, changed_at: datetime) -> bool:
        known, since = self.headers.get("If-None-Match"), self.headers.get("If-Modified-Since")
        if known is not None:  # RFC 9110: the time counts only without a tag
            return tag in known
        return since is not None and changed_at.replace(microsecond=0) <= parsedate_to_datetime(since)

    def _send(self, reply: Reply) -> None:
        if reply.fault == "endless":
            self._send_endless(reply)
        elif reply.fault == "truncated":
            self._send_truncated(reply)
        else:
            self._send_whole(reply)

    def _start(self, reply: Reply, headers: dict[str, str]) -> None:
        self.send_response(reply.status)
        for name, value in {**reply.headers, **headers}.items():
            self.send_header(name, value)
        self.end_headers()

    def _send_whole(self, reply: Reply) -> None:
        body, headers = reply.body, {"Vary": "Accept-Encoding"}
        if len(body) > WORTH_COMPRESSING and "gzip" in self.headers.get("Accept-Encoding", ""):
            body, headers = gzip.compress(body, 1, mtime=0), {**headers, "Content-Encoding": "gzip"}
        if reply.status not in (204, 304):
            headers["Content-Length"] = str(len(body))
        self._start(reply, headers)
        if self.command != "HEAD":
            self.wfile.write(body)

    def _send_truncated(self, reply: Reply) -> None:
        self._start(reply, {"Content-Length": str(len(reply.body)), "Connection": "close"})
        self.wfile.write(reply.body[: len(reply.body) * 2 // 3])
        self.close_connection = True

    def _send_endless(self, reply: Reply) -> None:
        self._start(reply, {"Transfer-Encoding": "chunked"})
        for _ in range(LARGE // len(reply.body) + 1):
            self.wfile.write(b"%x\r\n%s\r\n" % (len(reply.body), reply.body))
        self.wfile.write(b"0\r\n\r\n")


def _http_time(at: datetime) -> str:
    return format_datetime(at.astimezone(UTC).replace(microsecond=0), usegmt=True)
