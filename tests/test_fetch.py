import gzip
import io
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from itertools import pairwise
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from newswire.fetch import KEPT_HEADERS, Client, Settings
from newswire.model import Failed, Outcome, Page, Politeness
from newswire.wire import is_public

HTML = "<!doctype html><html><head><title>Новини</title></head><body><p>Рада ухвалила закон.</p></body></html>".encode()
HEADERS = {"Content-Type": "text/html; charset=utf-8"}
Reply = tuple[int, dict[str, str], bytes]
AT_ONCE = Politeness(pause=0, concurrency=8)
NO_ROBOTS: Reply = (404, {"Content-Type": "text/plain"}, b"none")


class Site:
    """A web server on loopback whose paths are set by a test, and which notes what is asked, when, and from which port."""

    def __init__(self) -> None:
        self.replies: dict[str, list[Reply]] = {"/robots.txt": [NO_ROBOTS]}
        self.asked: list[tuple[str, dict[str, str], float, int]] = []
        self.under_way = self.most_under_way = 0
        self.delay = 0.0
        self._lock = threading.Lock()
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_GET(self) -> None:
                site.serve(self)

            def log_message(self, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.handle_error = lambda *_: None  # clients that leave early are part of the tests
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def serve(self, handler: BaseHTTPRequestHandler) -> None:
        with self._lock:
            self.asked.append((handler.path, dict(handler.headers), time.monotonic(), handler.client_address[1]))
            self.under_way += 1
            self.most_under_way = max(self.most_under_way, self.under_way)
            replies = self.replies.get(handler.path, [(404, dict(HEADERS), b"<p>no such page")])
            status, headers, body = replies.pop(0) if len(replies) > 1 else replies[0]
        time.sleep(self.delay)
        handler.send_response(status)
        for name, value in ({} if status == 304 else {"Content-Length": str(len(body))} | headers).items():
            handler.send_header(name, value)
        handler.end_headers()
        with self._lock:
            self.under_way -= 1
        handler.wfile.write(body)

    def page(self, path: str, body: bytes = HTML, status: int = 200, **headers: str) -> None:
        self.replies.setdefault(path, []).append((status, HEADERS | {k.replace("_", "-"): v for k, v in headers.items()}, body))

    def redirect(self, path: str, location: str, status: int = 302) -> None:
        self.page(path, b"moved", status, Location=location)

    def paths(self) -> list[str]:
        return [path for path, *_ in self.asked if path != "/robots.txt"]

    def times(self) -> list[float]:
        return [at for _, _, at, _ in self.asked]


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    yield site
    site.server.shutdown()
    site.server.server_close()


def settings(site: Site | None = None, **changes: object) -> Settings:
    quick = Settings(
        connect_timeout=2,
        read_timeout=2,
        total_timeout=5,
        backoff=0.001,
        tries=3,
        max_wait=2,
        hosts={"news.test": site.url, "other.test": site.url} if site else {},
    )
    return replace(quick, **changes)


@contextmanager
def client(site: Site | None = None, politeness: Politeness = AT_ONCE, **changes: object) -> Iterator[Client]:
    with Client(settings(site, **changes), politeness) as opened:
        yield opened


def got(answer: Page | Failed) -> Page:
    assert isinstance(answer, Page), answer
    return answer


def failed(answer: Page | Failed, outcome: Outcome) -> Failed:
    assert isinstance(answer, Failed), answer
    assert answer.outcome is outcome, answer
    assert answer.detail
    assert "\n" not in answer.detail
    return answer


@contextmanager
def raw_server(
    script: Callable[[socket.socket], None], context: ssl.SSLContext | None = None
) -> Iterator[tuple[str, list[bytes]]]:
    """A server that does to each connection what a script says, after it read a request; robots.txt is answered with 404."""
    requests: list[bytes] = []
    listener = socket.create_server(("127.0.0.1", 0))
    stopped = threading.Event()

    def talk(connection: socket.socket) -> None:
        try:
            with context.wrap_socket(connection, server_side=True) if context else connection as stream:
                request = stream.recv(65536)
                if request.startswith(b"GET /robots.txt"):
                    stream.sendall(b"HTTP/1.1 404 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                elif request:
                    requests.append(request)
                    script(stream)
        except OSError:
            pass  # the client left, as it should

    def listen() -> None:
        while not stopped.is_set():
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=talk, args=(connection,), daemon=True).start()

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    try:
        yield f"http{'s' if context else ''}://127.0.0.1:{listener.getsockname()[1]}", requests
    finally:
        stopped.set()
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(5)


def sends(answer: bytes) -> Callable[[socket.socket], None]:
    return lambda stream: stream.sendall(answer)


def answer_of(answer: bytes, **changes: object) -> Page | Failed:
    with raw_server(sends(answer)) as (url, _), client(hosts={"news.test": url}, **changes) as fetch:
        return fetch("https://news.test/a")


# --- pages


def test_a_page_comes_with_its_bytes_and_what_is_known_of_them(site: Site) -> None:
    site.page("/a?b=1", ETag='"v1"', Last_Modified="Fri, 20 Feb 2026 10:00:00 GMT", X_Powered_By="magic")
    with client(site) as fetch:
        page = got(fetch("https://news.test/a?b=1"))
    assert page.body == HTML
    assert (page.url, page.final_url, page.redirects) == ("https://news.test/a?b=1", "https://news.test/a?b=1", ())
    assert (page.status, page.encoding, page.peer, page.unchanged) == (200, "utf-8", "127.0.0.1", False)
    assert page.headers["etag"] == '"v1"'
    assert set(page.headers) <= set(KEPT_HEADERS)
    assert page.fetched_at.utcoffset() == timedelta(0)
    assert abs(page.fetched_at - datetime.now(UTC)) < timedelta(minutes=1)


def test_a_mapped_host_is_asked_elsewhere_under_its_own_name(site: Site) -> None:
    site.page("/a")
    with client(site) as fetch:
        assert got(fetch("https://News.test/a")).final_url == "https://News.test/a"
    assert {headers["Host"] for _, headers, _, _ in site.asked} == {"news.test"}


def test_it_says_honestly_who_asks(site: Site) -> None:
    site.page("/a")
    with client(site, user_agent="Newswire/1.0", contact="https://news.test/bot") as fetch:
        got(fetch("https://news.test/a"))
    assert {headers["User-Agent"] for _, headers, _, _ in site.asked} == {"Newswire/1.0 (+https://news.test/bot)"}


def test_a_connection_is_used_again(site: Site) -> None:
    for path in ("/a", "/b", "/c"):
        site.page(path)
    with client(site) as fetch:
        for path in ("/a", "/b", "/c"):
            got(fetch(f"https://news.test{path}"))
    assert len({port for *_, port in site.asked}) == 1


def test_a_connection_that_the_server_closed_meanwhile_is_no_failure() -> None:
    answer = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>"
    with raw_server(sends(answer)) as (url, requests), client(hosts={"news.test": url}) as fetch:
        for _ in range(3):
            got(fetch("http://news.test/a"))
    assert len(requests) == 3


def test_no_cookie_is_kept(site: Site) -> None:
    site.page("/a", Set_Cookie="seen=1; Path=/")
    with client(site) as fetch:
        got(fetch("https://news.test/a"))
        got(fetch("https://news.test/a"))
    assert all("Cookie" not in headers for _, headers, _, _ in site.asked)


def test_gzip_is_decoded(site: Site) -> None:
    site.page("/a", gzip.compress(HTML, mtime=0), Content_Encoding="gzip")
    with client(site) as fetch:
        assert got(fetch("https://news.test/a")).body == HTML


def test_gzip_of_several_members_and_junk_behind_is_decoded(site: Site) -> None:
    site.page(
        "/a", gzip.compress(HTML[:20], mtime=0) + gzip.compress(HTML[20:], mtime=0) + b"\0\0junk", Content_Encoding="x-gzip"
    )
    with client(site) as fetch:
        assert got(fetch("https://news.test/a")).body == HTML


def test_a_coding_that_is_none_is_ignored(site: Site) -> None:
    site.page("/a", Content_Encoding="utf-8")
    with client(site) as fetch:
        assert got(fetch("https://news.test/a")).body == HTML


def test_a_coding_that_was_not_asked_for_is_no_page(site: Site) -> None:
    site.page("/a", b"\x1b\x00", Content_Encoding="br")
    with client(site) as fetch:
        assert "br" in failed(fetch("https://news.test/a"), Outcome.NOT_HTML).detail


def test_an_empty_page_is_a_page(site: Site) -> None:
    site.page("/a", b"")
    with client(site) as fetch:
        assert got(fetch("https://news.test/a")).body == b""


def test_chunks_are_put_together() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n"
    answer = head + b"6\r\n<html>\r\n3;x=y\r\nabc\r\n0\r\nT: 1\r\n\r\n"
    assert got(answer_of(answer)).body == b"<html>abc"


def test_windows_1251_is_readable() -> None:
    text = "<html><body>Верховна Рада ухвалила закон про бюджет</body></html>"
    body = text.encode("cp1251")
    answer = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
    page = got(answer_of(answer))
    assert (page.encoding, page.text, page.body) == ("windows-1251", text, body)


# --- asking again


def test_validators_go_along_and_304_makes_an_unchanged_page(site: Site) -> None:
    site.page("/a", b"", 304, ETag='"v1"')
    with client(site) as fetch:
        page = got(fetch.get("https://news.test/a", etag='"v1"', last_modified="Fri, 20 Feb 2026 10:00:00 GMT"))
    assert (page.status, page.body, page.unchanged) == (304, b"", True)
    headers = site.asked[-1][1]
    assert headers["If-None-Match"] == '"v1"'
    assert headers["If-Modified-Since"] == "Fri, 20 Feb 2026 10:00:00 GMT"
    assert "If-None-Match" not in site.asked[0][1]  # robots.txt


def test_validators_follow_to_another_host_but_not_to_another_page(site: Site) -> None:
    site.redirect("/a", "https://other.test/a/")
    site.redirect("/a/", "https://other.test/b")
    site.page("/b")
    with client(site) as fetch:
        got(fetch.get("https://news.test/a", etag='"v1"'))
    sent = {path: headers.get("If-None-Match") for path, headers, _, _ in site.asked}
    assert sent == {"/robots.txt": None, "/a": '"v1"', "/a/": '"v1"', "/b": None}


def test_304_that_was_not_asked_for_is_a_fault_of_the_server(site: Site) -> None:
    site.page("/a", b"", 304)
    with client(site) as fetch:
        failed(fetch("https://news.test/a"), Outcome.SERVER_ERROR)


def test_a_kept_etag_cannot_smuggle_headers_in(site: Site) -> None:
    site.page("/a")
    with client(site) as fetch:
        got(fetch.get("https://news.test/a", etag='"v1"\r\nX-Evil: 1'))
    assert "X-Evil" not in site.asked[-1][1]


# --- statuses


@pytest.mark.parametrize(
    ("status", "outcome", "times"),
    [
        (404, Outcome.GONE, 1),
        (410, Outcome.GONE, 1),
        (401, Outcome.REFUSED, 1),
        (403, Outcome.REFUSED, 1),
        (451, Outcome.REFUSED, 1),
        (400, Outcome.REFUSED, 1),
        (418, Outcome.REFUSED, 1),
        (429, Outcome.THROTTLED, 3),
        (500, Outcome.SERVER_ERROR, 3),
        (503, Outcome.SERVER_ERROR, 3),
        (520, Outcome.SERVER_ERROR, 3),
        (202, Outcome.SERVER_ERROR, 1),
        (206, Outcome.TRUNCATED, 1),
        (300, Outcome.SERVER_ERROR, 1),
        (302, Outcome.SERVER_ERROR, 1),
        (999, Outcome.SERVER_ERROR, 1),
    ],
)
def test_each_status_has_its_outcome_and_its_page_is_kept(site: Site, status: int, outcome: Outcome, times: int) -> None:
    site.page("/a", b"<p>what the server said", status)
    with client(site) as fetch:
        failure = failed(fetch("https://news.test/a"), outcome)
    assert failure.page
    assert (failure.page.status, failure.page.body) == (status, b"<p>what the server said")
    assert failure.page.cut == ("unspecified" if status == 206 else None)
    assert str(status) in failure.detail
    assert len(site.paths()) == times


def test_a_server_that_recovers_is_asked_again(site: Site) -> None:
    site.page("/a", b"", 503)
    site.page("/a", b"", 429)
    site.page("/a")
    with client(site) as fetch:
        assert got(fetch("https://news.test/a")).body == HTML


@pytest.mark.parametrize("form", ["seconds", "date"])
def test_retry_after_is_waited_for(site: Site, form: str) -> None:
    value = "1" if form == "seconds" else format_datetime(datetime.now(UTC) + timedelta(seconds=2), usegmt=True)
    site.page("/a", b"", 503, Retry_After=value)
    site.page("/a")
    with client(site, max_wait=5) as fetch:
        got(fetch("https://news.test/a"))
    first, second = site.times()[-2:]
    assert second - first >= 0.9


def test_retry_after_holds_for_every_page_of_the_host(site: Site) -> None:
    site.page("/a", b"", 429, Retry_After="1")
    site.page("/b")
    with client(site, tries=1) as fetch:
        assert failed(fetch("https://news.test/a"), Outcome.THROTTLED).retry_after == 1
        got(fetch("https://news.test/b"))
    first, second = site.times()[-2:]
    assert second - first >= 1


def test_asked_to_wait_too_long_it_leaves_the_host_alone(site: Site) -> None:
    site.page("/a", b"later", 429, Retry_After="3600")
    site.page("/b")
    with client(site) as fetch:
        failure = failed(fetch("https://news.test/a"), Outcome.THROTTLED)
        assert failure.retry_after == 3600
        later = failed(fetch("https://news.test/b"), Outcome.THROTTLED)
        assert later.retry_after
        assert 3500 < later.retry_after <= 3600
    assert site.paths() == ["/a"]


@pytest.mark.parametrize(
    "value", ["-5", "soon", "", "1e9", "9" * 5000, "Fri, 99 Foo 2026 99:00:00 GMT", "99999999999999, 1 Jan", "٣"]
)
def test_a_retry_after_that_says_nothing_is_ignored(site: Site, value: str) -> None:
    site.page("/a", b"", 503, Retry_After=value.encode().decode("latin-1"))
    with client(site) as fetch:
        assert failed(fetch("https://news.test/a"), Outcome.SERVER_ERROR).retry_after is None
    assert len(site.paths()) == 3


# --- redirects


def test_redirects_are_followed_and_recorded(site: Site) -> None:
    site.redirect("/a", "/b", 301)
    site.redirect("/b", "https://other.test/новини?q=так#part", 308)
    site.page("/%D0%BD%D0%BE%D0%B2%D0%B8%D0%BD%D0%B8?q=%D1%82%D0%B0%D0%BA")
    site.replies["/b"][0][1]["Location"] = "https://other.test/новини?q=так#part".encode().decode("latin-1")
    with client(site) as fetch:
        page = got(fetch("https://news.test/a"))
    assert page.url == "https://news.test/a"
    assert page.redirects == ("https://news.test/b",)
    assert page.final_url == "https://other.test/%D0%BD%D0%BE%D0%B2%D0%B8%D0%BD%D0%B8?q=%D1%82%D0%B0%D0%BA"


@pytest.mark.parametrize(("location", "said"), [("/a", "circle"), ("/b", "circle")])
def test_a_circle_of_redirects_is_a_fault_of_the_server(site: Site, location: str, said: str) -> None:
    site.redirect("/a", "/b")
    site.redirect("/b", location)
    with client(site) as fetch:
        failure = failed(fetch("https://news.test/a"), Outcome.SERVER_ERROR)
    assert said in failure.detail
    assert failure.page
    assert failure.page.status == 302
    assert site.paths() == ["/a", "/b"]


def test_too_many_redirects_are_a_fault_of_the_server(site: Site) -> None:
    for i in range(10):
        site.redirect(f"/{i}", f"/{i + 1}")
    with client(site, max_redirects=3) as fetch:
        assert "more than 3" in failed(fetch("https://news.test/0"), Outcome.SERVER_ERROR).detail
    assert site.paths() == ["/0", "/1", "/2", "/3"]


@pytest.mark.parametrize(
    "location",
    [
        "file:///etc/passwd",
        "ftp://news.test/a",
        "gopher://news.test:25/",
        "javascript:alert(1)",
        "data:text/html,hello",
        "http://",
        "https://user:secret@other.test/a",
        "http://[::1",
        "http://news.test:99999/",
        "http://news.test:x/",
        "http://exa mple.test/",
        "http://169.254.169.254/latest/meta-data/",
        "http://127.0.0.1:22/",
        "http://localhost/",
        "http://2130706433/",
        "http://0x7f000001/",
        "http://0177.0.0.1/",
        "http://127.1/",
        "http://0/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[::ffff:7f00:1]/",
        "http://[64:ff9b::7f00:1]/",
        "http://[fe80::1]/",
        "http://10.0.0.1/",
        "http://192.168.1.1/",
        "http://172.16.0.1/",
        "http://100.64.0.1/",
        "http://224.0.0.1/",
        "https://127.0.0.1/",
        "http://①②⑦.0.0.1/",
    ],
)
def test_a_redirect_to_a_forbidden_place_is_not_followed(site: Site, location: str) -> None:
    site.redirect("/a", location.encode().decode("latin-1"))
    with client(site) as fetch:
        failure = failed(fetch("https://news.test/a"), Outcome.FORBIDDEN_ADDRESS)
    assert failure.page
    assert (failure.page.status, failure.page.final_url) == (302, "https://news.test/a")
    assert "secret" not in failure.detail


@pytest.mark.parametrize(
    "url",
    [
        "",
        "a",
        "/a",
        "mailto:a@b.test",
        "http://127.0.0.1:1/",
        "http://user@news.test/",
        "http://[",
        "\ud800",
        "http://a.test/\r\nX: 1",
    ],
)
def test_an_address_that_is_none_is_not_asked(url: str) -> None:
    with client() as fetch:
        assert failed(fetch(url), Outcome.FORBIDDEN_ADDRESS).url == url


def test_a_private_address_that_is_not_mapped_is_refused_even_where_others_are(site: Site) -> None:
    with raw_server(sends(b"HTTP/1.1 200 OK\r\n\r\n")) as (url, requests), client(site) as fetch:
        failed(fetch(f"{url}/a"), Outcome.FORBIDDEN_ADDRESS)
        failed(fetch(f"{url.replace('127.0.0.1', 'localhost')}/a"), Outcome.FORBIDDEN_ADDRESS)
    assert requests == []


def test_private_addresses_can_be_allowed(site: Site) -> None:
    site.page("/a")
    with client(allow_private=True) as fetch:
        assert got(fetch(f"{site.url}/a")).peer == "127.0.0.1"


def test_a_host_with_one_private_address_among_public_ones_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    both = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 80)) for address in ("93.184.216.34", "127.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_more: both)
    with client() as fetch:
        assert "127.0.0.1" in failed(fetch("http://rebind.test/"), Outcome.FORBIDDEN_ADDRESS).detail


def test_a_name_server_that_changes_its_mind_does_not_lead_inside(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def look_up(host: str, port: int, *_args: object, **_more: object) -> list[tuple[int, int, int, str, tuple[str, int]]]:
        asked.append(host)
        address = host if host[0].isdigit() else ("192.0.2.1", "127.0.0.1")[len(asked) > 1]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    with raw_server(sends(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")) as (url, requests):
        monkeypatch.setattr(socket, "getaddrinfo", look_up)
        monkeypatch.setattr("newswire.wire.is_public", lambda address: address != "127.0.0.1")
        with client(connect_timeout=0.2, tries=1) as fetch:
            failed(fetch(url.replace("127.0.0.1", "rebind.test")), Outcome.UNREACHABLE)
    assert asked == ["rebind.test", "192.0.2.1"]
    assert requests == []


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.216.34", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_public_addresses_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",
        "10.1.2.3",
        "100.64.0.1",
        "127.0.0.1",
        "169.254.169.254",
        "172.31.0.1",
        "192.0.2.1",
        "192.168.0.1",
        "198.18.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::7f00:1",
        "::ffff:10.0.0.1",
        "64:ff9b::a00:1",
        "2002:7f00:1::",
        "fc00::1",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "ff02::1",
        "2001:db8::1",
    ],
)
def test_other_addresses_are_not(address: str) -> None:
    assert ip_address(address)
    assert not is_public(address)


def test_control_characters_in_a_redirect_go_nowhere() -> None:
    answer = b"HTTP/1.1 302 Found\r\nLocation: /b\x01\r\n X-Injected: 1\r\nContent-Length: 0\r\n\r\n"
    failure = failed(answer_of(answer), Outcome.FORBIDDEN_ADDRESS)
    assert failure.page
    assert all(value.isprintable() for value in failure.page.headers.values())


def test_an_encoded_line_break_in_a_redirect_stays_encoded(site: Site) -> None:
    site.redirect("/a", "/b%0d%0aX-Evil:%201")
    site.page("/b%0d%0aX-Evil:%201")
    site.page("/b%0D%0AX-Evil:%201")
    with client(site) as fetch:
        got(fetch("https://news.test/a"))
    assert all("X-Evil" not in headers for _, headers, _, _ in site.asked)


def test_the_body_of_a_redirect_is_not_read() -> None:
    def endless(stream: socket.socket) -> None:
        stream.sendall(b"HTTP/1.1 302 Found\r\nLocation: file:///x\r\nContent-Encoding: gzip\r\n\r\n")
        while True:
            stream.sendall(b"x" * 65536)

    with raw_server(endless) as (url, _), client(hosts={"news.test": url}) as fetch:
        failure = failed(fetch("https://news.test/a"), Outcome.FORBIDDEN_ADDRESS)
    assert failure.page
    assert failure.page.body == b""


# --- robots.txt


def test_robots_txt_is_obeyed_and_asked_for_once(site: Site) -> None:
    site.replies["/robots.txt"] = [(200, {"Content-Type": "text/plain"}, b"User-agent: *\nDisallow: /closed\n")]
    site.page("/open")
    site.page("/closed/1")
    with client(site) as fetch:
        got(fetch("https://news.test/open"))
        assert "disallows" in failed(fetch("https://news.test/closed/1"), Outcome.ROBOTS).detail
        got(fetch("https://news.test/open"))
    assert [path for path, *_ in site.asked] == ["/robots.txt", "/open", "/open"]


def test_robots_txt_of_the_host_redirected_to_is_obeyed_too(site: Site) -> None:
    site.replies["/robots.txt"] = [NO_ROBOTS, (200, {}, b"User-agent: newswire\nDisallow: /")]
    site.redirect("/a", "https://other.test/b")
    site.page("/b")
    with client(site) as fetch:
        failed(fetch("https://news.test/a"), Outcome.ROBOTS)
    assert site.paths() == ["/a"]


def test_redirects_of_robots_txt_are_followed(site: Site) -> None:
    site.replies["/robots.txt"] = [(301, {"Location": "https://other.test/rules"}, b"")]
    site.page("/rules", b"User-agent: *\nDisallow: /a")
    site.page("/a")
    with client(site) as fetch:
        failed(fetch("https://news.test/a"), Outcome.ROBOTS)


@pytest.mark.parametrize(
    "reply", [NO_ROBOTS, (403, {}, b""), (200, {}, b""), (200, HEADERS, HTML), (301, {"Location": "/robots.txt"}, b"")]
)
def test_without_rules_everything_is_allowed(site: Site, reply: Reply) -> None:
    site.replies["/robots.txt"] = [reply]
    site.page("/a")
    with client(site) as fetch:
        got(fetch("https://news.test/a"))


def test_a_robots_txt_that_fails_closes_the_host_for_the_run(site: Site) -> None:
    site.replies["/robots.txt"] = [(500, {}, b"")]
    site.page("/a")
    with client(site) as fetch:
        for _ in range(2):
            failure = failed(fetch("https://news.test/a"), Outcome.ROBOTS)
            assert "500" in failure.detail
            assert "could not be read" in failure.detail
    assert [path for path, *_ in site.asked] == ["/robots.txt"] * 3


def test_a_host_that_is_down_is_found_out_once() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        url = f"http://127.0.0.1:{closed.getsockname()[1]}"
    with client(hosts={"news.test": url}) as fetch:
        assert "refused" in failed(fetch("https://news.test/a"), Outcome.UNREACHABLE).detail


def test_a_huge_robots_txt_in_weird_bytes_counts_in_its_first_part(site: Site) -> None:
    body = b"\xfe\x00\xd0\nUser-agent: *\nDisallow: /closed\n" + b"Allow: /\xd0%zz\x00$*\n" * 100_000
    site.replies["/robots.txt"] = [(200, {}, body)]
    site.page("/open")
    with client(site) as fetch:
        got(fetch("https://news.test/open"))
        failed(fetch("https://news.test/closed"), Outcome.ROBOTS)


def test_a_crawl_delay_is_kept_where_it_is_longer_than_our_pause(site: Site) -> None:
    site.replies["/robots.txt"] = [(200, {}, b"User-agent: *\nCrawl-delay: 0.3\n")]
    site.page("/a")
    with client(site) as fetch:
        for _ in range(3):
            got(fetch("https://news.test/a"))
    starts = site.times()[1:]
    assert all(later - earlier >= 0.29 for earlier, later in pairwise(starts))


def test_a_crawl_delay_without_measure_is_a_refusal(site: Site) -> None:
    site.replies["/robots.txt"] = [(200, {}, b"User-agent: *\nCrawl-delay: 86400\n")]
    site.page("/a")
    with client(site) as fetch:
        assert "86400" in failed(fetch("https://news.test/a"), Outcome.ROBOTS).detail
    assert site.paths() == []


# --- pace


def test_starts_are_spaced_across_threads(site: Site) -> None:
    site.page("/a")
    with client(site, Politeness(pause=0.1, concurrency=4)) as fetch, ThreadPoolExecutor(4) as threads:
        for answer in threads.map(fetch, ["https://news.test/a"] * 8):
            got(answer)
    starts = site.times()
    assert len(starts) == 9
    assert starts[-1] - starts[0] >= 0.1 * 8 * 0.9


def test_no_more_requests_are_under_way_than_allowed(site: Site) -> None:
    site.page("/a")
    site.delay = 0.02
    with client(site, Politeness(pause=0, concurrency=2)) as fetch, ThreadPoolExecutor(8) as threads:
        for answer in threads.map(fetch, ["https://news.test/a"] * 16):
            got(answer)
    assert site.most_under_way == 2


def test_hosts_do_not_wait_for_each_other(site: Site) -> None:
    site.page("/a", b"", 429, Retry_After="3600")
    site.page("/b")
    with client(site) as fetch:
        failed(fetch("https://news.test/a"), Outcome.THROTTLED)
        failed(fetch("https://news.test/b"), Outcome.THROTTLED)
        got(fetch("https://other.test/b"))


def test_the_pause_of_the_settings_goes_before_the_one_of_the_source(site: Site) -> None:
    site.page("/a")
    with client(site, Politeness(pause=1000), pause=0) as fetch:
        got(fetch("https://news.test/a"))
        got(fetch("https://news.test/a"))


# --- servers that misbehave


def test_a_server_that_drips_is_cut_off() -> None:
    def drip(stream: socket.socket) -> None:
        stream.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 1000\r\n\r\n")
        while True:
            stream.sendall(b"<")
            time.sleep(0.05)

    with raw_server(drip) as (url, requests), client(hosts={"news.test": url}, total_timeout=0.5) as fetch:
        failure = failed(fetch("https://news.test/a"), Outcome.UNREACHABLE)
    assert "0.5 s" in failure.detail
    assert failure.page
    assert failure.page.body.startswith(b"<<")
    assert len(requests) == 1


@pytest.mark.parametrize("start", [b"HTTP/1.1 200 OK\r\nX: ", b"", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"])
def test_headers_and_chunk_sizes_that_drip_are_cut_off(start: bytes) -> None:
    def drip(stream: socket.socket) -> None:
        stream.sendall(start)
        while True:
            stream.sendall(b"0")
            time.sleep(0.05)

    with raw_server(drip) as (url, _), client(hosts={"news.test": url}, total_timeout=0.5) as fetch:
        assert "0.5 s" in failed(fetch("https://news.test/a"), Outcome.UNREACHABLE).detail


def test_a_body_without_declared_length_that_is_cut_off_is_no_page() -> None:
    def drip(stream: socket.socket) -> None:
        stream.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
        while True:
            stream.sendall(b"<p>text ")
            time.sleep(0.05)

    with raw_server(drip) as (url, _), client(hosts={"news.test": url}, total_timeout=0.3) as fetch:
        failed(fetch("https://news.test/a"), Outcome.UNREACHABLE)


@pytest.mark.parametrize("start", [b"", b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 100\r\n\r\n<html>"])
def test_a_server_that_falls_silent_is_asked_again_and_then_left(start: bytes) -> None:
    def silent(stream: socket.socket) -> None:
        stream.sendall(start)
        stream.recv(1)

    with raw_server(silent) as (url, requests), client(hosts={"news.test": url}, read_timeout=0.2, tries=2) as fetch:
        failure = failed(fetch("https://news.test/a"), Outcome.UNREACHABLE)
    assert (failure.page.cut if failure.page else None) == ("time" if start else None)
    assert len(requests) == 2


@pytest.mark.parametrize(
    ("answer", "kept"),
    [
        (b"Content-Length: 1000\r\n\r\n<html>part", b"<html>part"),
        (b"Transfer-Encoding: chunked\r\n\r\n6\r\n<html>\r\nFF\r\npart", b"<html>part"),
        (b"Transfer-Encoding: chunked\r\n\r\n6\r\n<html>\r\n", b"<html>"),
        (b"Transfer-Encoding: chunked\r\n\r\n6\r\n<html>\r\nzz\r\n", b"<html>"),
        (b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(b"<html>part", mtime=0)[:-4], b"<html>part"),
        (b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(b"<html>part", mtime=0)[:-8] + b"\0" * 8, b""),
        (b"Content-Encoding: gzip\r\n\r\n<html>no gzip at all", b""),
        (b"Content-Encoding: gzip\r\nContent-Length: 9999\r\n\r\n" + gzip.compress(b"<html>part", mtime=0), b"<html>part"),
    ],
)
def test_a_body_that_breaks_off_is_kept_and_asked_for_again(answer: bytes, kept: bytes) -> None:
    script = sends(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n" + answer)
    with raw_server(script) as (url, requests), client(hosts={"news.test": url}) as fetch:
        failure = failed(fetch("https://news.test/a"), Outcome.TRUNCATED)
    assert failure.page
    assert (failure.page.body, failure.page.cut) == (kept, "disconnect")
    assert len(requests) == 3


def test_a_connection_that_is_reset_is_tried_again() -> None:
    def reset(stream: socket.socket) -> None:
        stream.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    with raw_server(reset) as (url, requests), client(hosts={"news.test": url}) as fetch:
        failed(fetch("https://news.test/a"), Outcome.UNREACHABLE)
    assert len(requests) == 3


@pytest.mark.parametrize("length", ["-5", "many", "", "1e3", "0x10", "٣"])
def test_a_declared_length_that_is_none_is_ignored(length: str) -> None:
    answer = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n<html>".encode()
    assert got(answer_of(answer)).body == b"<html>"


def test_more_bytes_than_declared_are_not_waited_for() -> None:
    def lies(stream: socket.socket) -> None:
        stream.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 10\r\n\r\n<html>")
        time.sleep(0.1)
        stream.sendall(b"partand more")
        stream.recv(1)

    with raw_server(lies) as (url, _), client(hosts={"news.test": url}) as fetch:
        assert got(fetch("https://news.test/a")).body == b"<html>part"


def test_two_lengths_that_contradict_each_other_are_no_answer() -> None:
    answer = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 3\r\nContent-Length: 6\r\n\r\n<html>"
    failed(answer_of(answer), Outcome.UNREACHABLE)


@pytest.mark.parametrize(
    "answer",
    [
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"HTTP/1.1 abc OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"".join(b"X-%d: 1\r\n" % i for i in range(10_000)) + b"\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"x" * 200_000 + b"\r\n\r\n",
        b"\x16\x03\x01" + bytes(300),
    ],
)
def test_what_is_no_http_is_unreachable(answer: bytes) -> None:
    failed(answer_of(answer), Outcome.UNREACHABLE)


def test_endless_headers_are_cut_off() -> None:
    def endless(stream: socket.socket) -> None:
        stream.sendall(b"HTTP/1.1 200 OK\r\n")
        while True:
            stream.sendall(b"X-More: 1\r\n" * 1000)

    with raw_server(endless) as (url, _), client(hosts={"news.test": url}, tries=1) as fetch:
        failed(fetch("https://news.test/a"), Outcome.UNREACHABLE)


def test_endless_provisional_answers_are_cut_off() -> None:
    def endless(stream: socket.socket) -> None:
        while True:
            stream.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
            time.sleep(0.01)

    with raw_server(endless) as (url, _), client(hosts={"news.test": url}, total_timeout=0.5) as fetch:
        failed(fetch("https://news.test/a"), Outcome.UNREACHABLE)


def test_headers_in_no_known_alphabet_do_no_harm() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
    answer = head + b'ETag: "\xff\xd0\x00x"\r\nNo colon\r\nServer: a\x07b\r\nSet-Cookie: \xff=;;=\r\n\r\n<html>'
    page = got(answer_of(answer))
    assert not any("\x00" in value or "\x07" in value for value in page.headers.values())


# --- size


def test_what_is_too_large_is_cut_and_its_first_bytes_are_kept(site: Site) -> None:
    site.page("/a", b"<html>" + b"x" * 300_000)
    with client(site, max_bytes=100_000) as fetch:
        failure = failed(fetch("https://news.test/a"), Outcome.TOO_LARGE)
    assert failure.page
    assert len(failure.page.body) == 65536  # it said so itself, so little is read
    assert failure.page.cut == "length"
    assert failure.page.body.startswith(b"<html>xxx")
    assert len(site.paths()) == 1


def test_a_page_of_just_the_largest_size_is_whole(site: Site) -> None:
    site.page("/a", HTML)
    with client(site, max_bytes=len(HTML)) as fetch:
        assert got(fetch("https://news.test/a")).body == HTML
    with client(site, max_bytes=len(HTML) - 1) as fetch:
        failed(fetch("https://news.test/a"), Outcome.TOO_LARGE)


def test_a_stream_without_end_is_cut() -> None:
    def endless(stream: socket.socket) -> None:
        stream.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>")
        while True:
            stream.sendall(b"x" * 65536)

    with raw_server(endless) as (url, _), client(hosts={"news.test": url}, max_bytes=1_000_000) as fetch:
        failure = failed(fetch("https://news.test/a"), Outcome.TOO_LARGE)
    assert failure.page
    assert len(failure.page.body) == 1_000_000


def test_a_gzip_bomb_does_not_go_off(site: Site) -> None:
    buffer = io.BytesIO()
    with gzip.GzipFile(fileobj=buffer, mode="wb") as bomb:
        for _ in range(64):
            bomb.write(bytes(1 << 20))
    site.page("/a", buffer.getvalue(), Content_Encoding="gzip")
    with client(site, max_bytes=1_000_000) as fetch:
        failure = failed(fetch("https://news.test/a"), Outcome.TOO_LARGE)
    assert failure.page
    assert len(failure.page.body) == 1_000_000


def test_gzip_that_decodes_to_nothing_for_ever_is_cut() -> None:
    def endless(stream: socket.socket) -> None:
        stream.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\n\r\n")
        while True:
            stream.sendall(gzip.compress(b"", mtime=0) * 100)

    with raw_server(endless) as (url, _), client(hosts={"news.test": url}, max_bytes=100_000) as fetch:
        failed(fetch("https://news.test/a"), Outcome.TOO_LARGE)


# --- what kind of thing it is

PDF, PNG = b"%PDF-1.7\n", b"\x89PNG\r\n\x1a\n"
XHTML = b'<?xml version="1.0"?>\n<!-- a -->\n<html xmlns="http://www.w3.org/1999/xhtml"><body/></html>'
RSS = b'<?xml version="1.0"?>\n<rss version="2.0"><channel/></rss>'


@pytest.mark.parametrize(
    ("content_type", "body", "is_page"),
    [
        ("text/html", b"anything", True),
        ("TEXT/HTML;charset=x", HTML, True),
        ("application/xhtml+xml", XHTML, True),
        ("application/xml", XHTML, True),
        ("text/plain", HTML, True),
        ("text/plain", b"just words", False),
        ("application/octet-stream", HTML, True),
        ("application/octet-stream", b"\x00\x01\x02", False),
        (None, HTML, True),
        (None, b"\n\n <!-- x --> <HTML>", True),
        (None, "\ufeff<html>".encode("utf-16-le"), True),
        (None, b"words", False),
        (None, b"<?a?>" * 800, False),
        (None, b"", True),
        ("text/xml", RSS, False),
        ("application/pdf", PDF, False),
        ("text/html", PDF, False),
        (None, PNG, False),
        ("image/jpeg", HTML, False),
        ("application/json", b"{}", False),
        ("video/mp4", b"", False),
    ],
)
def test_a_page_is_known_by_its_type_or_its_bytes(site: Site, content_type: str | None, body: bytes, *, is_page: bool) -> None:
    site.replies["/a"] = [(200, {} if content_type is None else {"Content-Type": content_type}, body)]
    with client(site) as fetch:
        answer = fetch("https://news.test/a")
    if is_page:
        assert got(answer).body == body
    else:
        failure = failed(answer, Outcome.NOT_HTML)
        assert failure.page
        assert failure.page.body == body


@pytest.mark.parametrize(
    ("content_type", "body", "is_feed"),
    [
        ("application/rss+xml", RSS, True),
        ("text/html", RSS, True),
        (None, RSS, True),
        ("application/json", b'{"version": "https://jsonfeed.org/version/1.1"}', True),
        ("text/xml", b"", True),
        ("text/html", HTML, False),
        ("application/rss+xml", HTML, False),
        ("image/png", b"", False),
        ("application/rss+xml", PDF, False),
    ],
)
def test_a_feed_is_known_by_its_bytes(site: Site, content_type: str | None, body: bytes, *, is_feed: bool) -> None:
    site.replies["/a"] = [(200, {} if content_type is None else {"Content-Type": content_type}, body)]
    with client(site) as fetch:
        answer = fetch.get("https://news.test/a", expect="feed")
    if is_feed:
        got(answer)
    else:
        failed(answer, Outcome.NOT_FEED)


def test_anything_may_be_anything(site: Site) -> None:
    site.page("/a", PDF, Content_Type="application/pdf")
    with client(site) as fetch:
        assert got(fetch.get("https://news.test/a", expect="any")).body == PDF


def test_little_is_read_of_what_is_no_page_by_its_type(site: Site) -> None:
    site.page("/a", PDF + b"x" * 500_000, Content_Type="application/pdf")
    with client(site) as fetch:
        failure = failed(fetch("https://news.test/a"), Outcome.NOT_HTML)
    assert failure.page
    assert len(failure.page.body) == 65536


# --- TLS


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of its own making for `localhost`, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "localhost.pem"
    plain = serialization.NoEncryption()
    secret = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    file.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    return file


@pytest.fixture
def tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


OVER_TLS = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>"


def test_a_certificate_of_unknown_origin_is_unreachable_and_not_tried_again(tls: ssl.SSLContext) -> None:
    with (
        raw_server(sends(OVER_TLS), tls) as (url, _),
        client(hosts={"news.test": url.replace("127.0.0.1", "localhost")}) as fetch,
    ):
        failure = failed(fetch._get_robots("https://news.test/robots.txt"), Outcome.UNREACHABLE)
    assert "certificate" in failure.detail


def test_over_tls_the_certificate_is_checked_against_the_name(tls: ssl.SSLContext, certificate: Path) -> None:
    with raw_server(sends(OVER_TLS), tls) as (url, _), client(allow_private=True) as fetch:
        fetch._session.verify = str(certificate)
        page = got(fetch(f"{url.replace('127.0.0.1', 'localhost')}/a"))
        assert (page.body, page.peer) == (b"<html>", "127.0.0.1")
        assert "certificate" in failed(fetch(f"{url}/a"), Outcome.UNREACHABLE).detail


def test_over_tls_too_a_server_that_drips_is_cut_off(tls: ssl.SSLContext, certificate: Path) -> None:
    def drip(stream: socket.socket) -> None:
        stream.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
        while True:
            stream.sendall(b"<")
            time.sleep(0.05)

    with raw_server(drip, tls) as (url, _), client(allow_private=True, total_timeout=0.5) as fetch:
        fetch._session.verify = str(certificate)
        assert "0.5 s" in failed(fetch(f"{url.replace('127.0.0.1', 'localhost')}/a"), Outcome.UNREACHABLE).detail


def test_tls_spoken_to_a_server_without_it_is_unreachable(site: Site) -> None:
    with client(hosts={"news.test": site.url.replace("http:", "https:")}) as fetch:
        failed(fetch._get_robots("https://news.test/robots.txt"), Outcome.UNREACHABLE)


def test_a_name_that_does_not_exist_is_unreachable() -> None:
    with client() as fetch:
        for host in ("no-such-host.invalid", "a" * 70 + ".invalid", "a..invalid"):
            failure = fetch._get_robots(f"http://{host}/")
            assert isinstance(failure, Failed)
            assert failure.outcome in (Outcome.UNREACHABLE, Outcome.FORBIDDEN_ADDRESS)


# --- settings


def test_settings_come_from_the_environment() -> None:
    environ = {
        "NEWSWIRE_USER_AGENT": "Archive/2.0",
        "NEWSWIRE_CONTACT": "mailto:desk@news.test",
        "NEWSWIRE_HOSTS": "UNN.test=http://127.0.0.1:8899, t.test=https://mirror.test/t ,",
        "NEWSWIRE_PAUSE": "0.25",
    }
    made = Settings.from_environment(environ)
    assert made.agent == "Archive/2.0 (+mailto:desk@news.test)"
    assert made.robot == "Archive"
    assert made.hosts == {"unn.test": "http://127.0.0.1:8899", "t.test": "https://mirror.test/t"}
    assert made.pause == 0.25


def test_an_empty_environment_makes_the_defaults() -> None:
    empty = dict.fromkeys(["NEWSWIRE_USER_AGENT", "NEWSWIRE_CONTACT", "NEWSWIRE_HOSTS", "NEWSWIRE_PAUSE"], " ")
    assert Settings.from_environment(empty) == Settings.from_environment({}) == Settings()
    assert Settings().robot == "Newswire"


@pytest.mark.parametrize(
    "environ",
    [
        {"NEWSWIRE_PAUSE": "soon"},
        {"NEWSWIRE_PAUSE": "-1"},
        {"NEWSWIRE_PAUSE": "nan"},
        {"NEWSWIRE_PAUSE": "9" * 400},
        {"NEWSWIRE_HOSTS": "unn.test"},
        {"NEWSWIRE_HOSTS": "=http://127.0.0.1"},
        {"NEWSWIRE_HOSTS": "unn.test=file:///etc"},
        {"NEWSWIRE_HOSTS": "unn.test=127.0.0.1:8899"},
        {"NEWSWIRE_HOSTS": "unn.test=http://127.0.0.1:port"},
        {"NEWSWIRE_HOSTS": "https://unn.test=http://127.0.0.1"},
        {"NEWSWIRE_USER_AGENT": "Новини/1.0"},
        {"NEWSWIRE_USER_AGENT": "a\r\nX-Evil: 1"},
        {"NEWSWIRE_USER_AGENT": "/1.0"},
        {"NEWSWIRE_CONTACT": "a\nb"},
    ],
)
def test_a_bad_value_in_the_environment_is_one_clear_line(environ: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"^[^\n]{10,600}$"):
        Settings.from_environment(environ)


@pytest.mark.parametrize("change", [{"tries": 0}, {"total_timeout": 0}, {"max_bytes": -1}, {"backoff": -1}, {"pause": -0.1}])
def test_settings_that_cannot_be_meant_are_refused(change: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=next(iter(change))):
        replace(Settings(), **change)
