"""One polite HTTP client: a URL becomes a `Page` or a `Failed`, whatever the server or the network does.

Polite: an honest name, robots.txt, one pause between the starts of two requests to a host, Retry-After, conditional requests.
Careful: every hop of a redirect is checked, private addresses are refused at the connection itself (so that no DNS answer can
change between check and use), time and size are limited while the answer streams in.
"""

from __future__ import annotations

import random
import re
import ssl
import threading
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.cookiejar import DefaultCookiePolicy
from types import TracebackType
from typing import Self
from urllib.parse import urldefrag, urljoin, urlsplit

import requests
import urllib3.exceptions

from newswire import robots
from newswire.content import Expect, Received, receive, unfit
from newswire.encoding import encoding_of
from newswire.lane import Lane
from newswire.model import Failed, Outcome, Page, Politeness
from newswire.wire import Adapter, Exchange, ForbiddenAddressError

KEPT_HEADERS = (
    "age",
    "cache-control",
    "content-language",
    "content-type",
    "date",
    "etag",
    "last-modified",
    "location",
    "retry-after",
    "server",
    "x-robots-tag",
)
"""Response headers that a `Page` keeps: what it is, how fresh, and how to ask for it again."""

_ACCEPT: Mapping[Expect, str] = {
    "html": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.1",
    "feed": "application/rss+xml,application/atom+xml,application/xml;q=0.9,text/xml;q=0.9,*/*;q=0.1",
    "any": "*/*",
}
_PAGES = frozenset({200, 203})
_OUTCOMES = {
    206: Outcome.TRUNCATED,
    404: Outcome.GONE,
    410: Outcome.GONE,
    429: Outcome.THROTTLED,
}
"""What a status means; any other 4xx is a refusal, all else that brings no page a fault of the server."""
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Settings:
    """How this installation asks.

    Raises:
        ValueError: a value cannot be meant; the message names the field.
    """

    user_agent: str = "Newswire/1.0 (news archive)"
    """Who we say that we are; robots.txt is read for the name before the slash."""
    contact: str = ""
    """A web or mail address for those who want to complain; goes with the name. Empty: none is given."""
    connect_timeout: float = 5.0
    """Seconds to connect, and again for the TLS handshake. Short: one in ten connections of a burst to t.me timed out, and the
    retry at once succeeded."""
    read_timeout: float = 20.0
    """Seconds of silence in an answer: longer than a reader would wait, so whatever is slower is down."""
    total_timeout: float = 60.0
    """Seconds for one request as a whole, so that a server that drips cannot hold a worker."""
    max_bytes: int = 10 * 1024 * 1024
    """Size of a decoded body. Recorded news pages have 0.05 to 0.2 MiB; a sitemap of 50,000 addresses has up to 10."""
    max_redirects: int = 5
    """Redirects of one request: as many as RFC 9309 asks for with robots.txt; https, `www.` and a new slug make three."""
    tries: int = 4
    """Requests for one address, the first included, before it is left to a later run."""
    backoff: float = 1.0
    """Seconds: the n-th retry waits a random time up to `backoff` x 2ⁿ (full jitter), so that workers do not return in step."""
    backoff_cap: float = 30.0
    """Seconds: the longest such wait."""
    max_wait: float = 60.0
    """Seconds: the longest wait that a server may ask of us (Retry-After, Crawl-delay). Asked for more, we leave at once."""
    hosts: Mapping[str, str] = field(default_factory=dict)
    """Host → base URL to connect to in its place (the sample site, a mirror); these may be private addresses."""
    allow_private: bool = False
    """True: private addresses are no error. Only for a network in which nothing needs protection from us."""
    pause: float | None = None
    """Seconds between the starts of two requests to a host; None: as each source says (`Politeness.pause`)."""

    def __post_init__(self) -> None:
        for name in ("connect_timeout", "read_timeout", "total_timeout", "max_bytes", "tries"):
            _check(getattr(self, name) > 0, f"{name} must be more than 0, and is {getattr(self, name)}")
        for name in ("max_redirects", "backoff", "backoff_cap", "max_wait"):
            _check(getattr(self, name) >= 0, f"{name} must be 0 or more, and is {getattr(self, name)}")
        _check(self.pause is None or 0 <= self.pause < threading.TIMEOUT_MAX, f"pause must be 0 or more, and is {self.pause}")
        _check(self.agent.isascii() and self.agent.isprintable(), f"user agent and contact must be plain ASCII: {self.agent!r}")
        _check(bool(self.robot), "the user agent must begin with a name")
        for host, base in self.hosts.items():
            _check(host == host.lower() and re.fullmatch(r"[a-z0-9._-]+", host) is not None, f"hosts: not a host name: {host!r}")
            _check(_is_base(base), f"hosts: {host} must lead to http(s)://host[:port], not to {base!r}")

    @property
    def agent(self) -> str:
        """The User-Agent header."""
        return f"{self.user_agent} (+{self.contact})" if self.contact else self.user_agent

    @property
    def robot(self) -> str:
        """The name that robots.txt may address us by."""
        return re.split(r"[/\s]", self.user_agent.strip(), maxsplit=1)[0]

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Settings:
        """Return the settings that NEWSWIRE_USER_AGENT, _CONTACT, _HOSTS (`host=url,host=url`) and _PAUSE (seconds) make.

        A variable that is empty counts as not set.

        Raises:
            ValueError: a value cannot be meant; the message is one line for a person.
        """
        pause = environ.get("NEWSWIRE_PAUSE", "").strip()
        _check(not pause or _is_number(pause), f"NEWSWIRE_PAUSE must be seconds, as in 0.5, not {pause!r}")
        return cls(
            user_agent=environ.get("NEWSWIRE_USER_AGENT", "").strip() or cls().user_agent,
            contact=environ.get("NEWSWIRE_CONTACT", "").strip(),
            hosts=_hosts(environ.get("NEWSWIRE_HOSTS", "")),
            pause=float(pause) if pause else None,
        )


def _check(holds: bool, message: str) -> None:  # noqa: FBT001 - reads like an assertion
    """Raise ValueError with the message unless the condition holds."""
    if not holds:
        raise ValueError(message)


def _is_number(text: str) -> bool:
    return re.fullmatch(r"\d+(\.\d*)?|\.\d+", text, re.ASCII) is not None


def _is_base(base: str) -> bool:
    try:
        parts = urlsplit(base)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0 and not parts.query
    except ValueError:
        return False


def _hosts(text: str) -> dict[str, str]:
    """Return the map that `host=url,host=url` describes."""
    pairs = [pair.strip() for pair in text.split(",") if pair.strip()]
    for pair in pairs:
        _check("=" in pair, f"NEWSWIRE_HOSTS must be host=url,host=url; {pair!r} has no =")
    return {host.strip().lower(): base.strip() for host, _, base in (pair.partition("=") for pair in pairs)}


@dataclass(frozen=True, slots=True)
class _Request:
    """What is asked for, apart from the address."""

    expect: Expect
    validators: Mapping[str, str] = field(default_factory=dict)
    """If-None-Match and If-Modified-Since."""
    max_bytes: int = 0
    obey_robots: bool = True
    """False only for robots.txt itself."""


@dataclass(frozen=True, slots=True)
class _Answer:
    """What one server sent to one request."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    peer: str | None
    fetched_at: datetime
    location: str | None = None
    """Where it redirects to, as sent; None when it does not."""
    cut: str | None = None
    """As in `Page.cut`."""


class _TroubleError(Exception):
    """Why an address brings no page; becomes a `Failed` before it leaves the client."""

    def __init__(
        self,
        outcome: Outcome,
        detail: str,
        *,
        answer: _Answer | None = None,
        passing: bool = False,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(detail)
        self.outcome = outcome
        self.detail = detail
        self.answer = answer
        self.passing = passing
        """True when the next try may fare better."""
        self.retry_after = retry_after


class _Session(requests.Session):
    """A session that leaves redirects to us: requests would read a redirect's body whole, however large it is."""

    def get_redirect_target(self, resp: requests.Response) -> None:
        """Return None: nothing is to be followed."""


class Client:
    """Fetches pages politely. Threads may share one client; a run needs one, which remembers each robots.txt."""

    def __init__(self, settings: Settings, politeness: Politeness) -> None:
        pause = politeness.pause if settings.pause is None else settings.pause
        self._settings = settings
        self._politeness = Politeness(pause, politeness.concurrency)
        self._lanes: dict[str, Lane] = {}
        self._robots = robots.Robots(self._get_robots)
        self._mapped = frozenset(_origin(base) for base in settings.hosts.values())
        self._session = _Session()
        self._session.trust_env = False  # no passwords from .netrc; a proxy would connect where we cannot check
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        for prefix in ("http://", "https://"):
            self._session.mount(prefix, Adapter(pool_maxsize=politeness.concurrency))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def __call__(self, url: str) -> Page | Failed:
        """Return `get(url)`: the client is a `model.Fetch`."""
        return self.get(url)

    def close(self) -> None:
        """Close the connections that are kept for the next request."""
        self._session.close()

    def get(
        self,
        url: str,
        *,
        etag: str | None = None,
        last_modified: str | None = None,
        expect: Expect = "html",
    ) -> Page | Failed:
        """Return the page at `url`, or how it failed. Blocks for pauses, retries and redirects; raises nothing for them.

        `etag` and `last_modified` are the headers of a page that is kept: a server that has nothing newer answers 304, and the
        page is then `unchanged` and empty. `expect` says what may come: a web page, a feed (any XML or JSON), or anything.
        """
        validators = {"If-None-Match": etag, "If-Modified-Since": last_modified}
        sound = {name: value for name, value in validators.items() if value and value.isascii() and value.isprintable()}
        return self._fetch(url, _Request(expect, sound, self._settings.max_bytes))

    def _get_robots(self, url: str) -> Page | Failed:
        return self._fetch(url, _Request("any", max_bytes=robots.MAX_BYTES, obey_robots=False))

    def _fetch(self, url: str, request: _Request) -> Page | Failed:
        """Follow `url` to its page, and make what came of it a result."""
        trail: list[str] = []
        try:
            return _page(url, trail, self._walk(url, request, trail))
        except _TroubleError as trouble:
            page = _page(url, trail, trouble.answer) if trouble.answer else None
            detail = f"{trouble.detail} (redirected to {trail[-1]})" if len(trail) > 1 else trouble.detail
            return Failed(url, trouble.outcome, detail[:500], page, trouble.retry_after)

    def _walk(self, url: str, request: _Request, trail: list[str]) -> _Answer:
        """Return the answer at the end of all redirects; `trail` collects the addresses on the way."""
        trail.append(_web_address(url))
        answer = self._ask(trail[-1], request)
        while answer.location is not None:
            trail.append(self._next_address(answer, trail))
            answer = self._ask_onward(trail, request, answer)
        return answer

    def _ask_onward(self, trail: list[str], request: _Request, redirect: _Answer) -> _Answer:
        """Return the answer of the address that was redirected to; the redirect is the evidence where it leads inside."""
        try:
            return self._ask(trail[-1], request if _same_page(trail[0], trail[-1]) else replace(request, validators={}))
        except _TroubleError as trouble:
            if trouble.outcome is Outcome.FORBIDDEN_ADDRESS:
                trouble.answer, trouble.detail = redirect, f"redirected to {trail.pop()}: {trouble.detail}"
            raise

    def _next_address(self, answer: _Answer, trail: list[str]) -> str:
        """Return the address that a redirect leads to."""
        address = _web_address(_as_sent(answer.location or ""), trail[-1], answer)
        if address in trail:
            raise _TroubleError(Outcome.SERVER_ERROR, f"redirects in a circle, back to {address}", answer=answer)
        if len(trail) > self._settings.max_redirects:
            raise _TroubleError(Outcome.SERVER_ERROR, f"more than {self._settings.max_redirects} redirects", answer=answer)
        return address

    def _ask(self, address: str, request: _Request) -> _Answer:
        """Return the answer of one address, asked for as often as it takes."""
        lane = self._lane(address)
        if request.obey_robots:
            self._obey(address, lane)
        for retry in range(1, self._settings.tries + 1):
            try:
                return self._try(address, request, lane)
            except _TroubleError as trouble:
                if not self._wait_before_retry(trouble, retry, lane):
                    raise
        raise AssertionError("the last try returns or raises")

    def _wait_before_retry(self, trouble: _TroubleError, retry: int, lane: Lane) -> bool:
        """Hold the lane as long as the server asks, or as the back-off says; return False when it is time to give up."""
        if not trouble.passing:
            return False
        lane.hold(trouble.retry_after or 0)
        if retry == self._settings.tries or lane.held() > self._settings.max_wait:
            return False
        longest = min(self._settings.backoff_cap, self._settings.backoff * 2 ** (retry - 1))
        lane.hold(random.uniform(0, longest))  # noqa: S311 - jitter, no secret
        return True

    def _obey(self, address: str, lane: Lane) -> None:
        """Raise where robots.txt keeps us away; take its crawl delay over."""
        rules = self._robots.of(address)
        delay = rules.crawl_delay(self._settings.robot)
        refusal = rules.refusal(address, self._settings.robot)
        if rules.closed and rules.closed.outcome is Outcome.FORBIDDEN_ADDRESS and rules.closed.page is None:
            raise _TroubleError(Outcome.FORBIDDEN_ADDRESS, rules.closed.detail)  # the host itself, not where its file redirects
        if not refusal and delay > self._settings.max_wait:
            refusal = f"robots.txt asks for {delay:g} s between two requests, more than we wait"
        if refusal:
            # a host that does not answer is out of reach; saying that its robots.txt forbids it would mislead
            down = rules.closed is not None and rules.closed.outcome is Outcome.UNREACHABLE
            raise _TroubleError(Outcome.UNREACHABLE if down else Outcome.ROBOTS, refusal)
        lane.widen(delay)

    def _lane(self, address: str) -> Lane:
        """Return the lane of the address's host, which all threads share."""
        return self._lanes.setdefault((urlsplit(address).hostname or "").rstrip("."), Lane(self._politeness))

    def _try(self, address: str, request: _Request, lane: Lane) -> _Answer:
        """Ask once, when it is our turn."""
        with lane.slots:
            if not lane.wait_turn(self._settings.max_wait):
                detail = f"the host asked for a pause, of which {lane.held():.0f} s are left"
                raise _TroubleError(Outcome.THROTTLED, detail, retry_after=lane.held())
            return self._send(address, request)

    def _send(self, address: str, request: _Request) -> _Answer:
        """Send one request, and receive its answer."""
        target = self._target(address)
        headers = {"User-Agent": self._settings.agent, "Accept": _ACCEPT[request.expect], "Accept-Encoding": "gzip"}
        headers |= {"Host": urlsplit(address).netloc, **request.validators}
        timeouts = (self._settings.connect_timeout, self._settings.read_timeout)
        private = self._settings.allow_private or _origin(target) in self._mapped
        with Exchange(self._settings.total_timeout, allow_private=private) as exchange:
            try:
                response = self._session.get(target, headers=headers, timeout=timeouts, stream=True, allow_redirects=False)
                with closing(response):
                    return _answer(response, request, exchange)
            except ForbiddenAddressError as error:
                raise _TroubleError(Outcome.FORBIDDEN_ADDRESS, str(error)) from error
            except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
                raise _network_trouble(error, exchange) from error

    def _target(self, address: str) -> str:
        """Return the URL that is really connected to."""
        parts = urlsplit(address)
        base = self._settings.hosts.get((parts.hostname or "").rstrip("."))
        if base is None:
            return address
        return base.rstrip("/") + parts.path + (f"?{parts.query}" if parts.query else "")


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)


def _web_address(url: str, base: str | None = None, answer: _Answer | None = None) -> str:
    """Return the address in the form in which it is asked for: absolute, ASCII, without a fragment."""
    where = f"{'redirected to what' if answer else 'what'} "
    if _CONTROL.search(url.strip()):
        raise _TroubleError(Outcome.FORBIDDEN_ADDRESS, f"{where}has control characters in it", answer=answer)
    try:
        joined = urldefrag(urljoin(base, url.strip()) if base else url.strip()).url
        address = requests.Request("GET", joined).prepare().url or ""
        parts = urlsplit(address)
        _check(parts.scheme in ("http", "https") and bool(parts.hostname), "no web address")
    except (requests.RequestException, ValueError) as error:
        detail = f"{where}is no web address: {url.strip()[:200]!r}"
        raise _TroubleError(Outcome.FORBIDDEN_ADDRESS, detail, answer=answer) from error
    if "@" in parts.netloc:
        raise _TroubleError(Outcome.FORBIDDEN_ADDRESS, f"{where}carries a user name, on {parts.hostname}", answer=answer)
    return address


def _as_sent(location: str) -> str:
    """Return a Location header as its sender meant it: UTF-8, though headers are read as Latin-1."""
    return location.encode("latin-1", "replace").decode("utf-8", "replace")


def _same_page(one: str, other: str) -> bool:
    """Return True where only scheme or host differ: what is known of a page does not hold for another path."""
    first, second = urlsplit(one), urlsplit(other)
    return (first.path.rstrip("/"), first.query) == (second.path.rstrip("/"), second.query)


def _answer(response: requests.Response, request: _Request, exchange: Exchange) -> _Answer:
    """Return the answer if it is of use; raise what is wrong with it otherwise."""
    status, sent = response.status_code, response.headers
    headers = {name: " ".join(_CONTROL.sub(" ", sent[name]).split()) for name in KEPT_HEADERS if name in sent}
    if status in _REDIRECTS and "location" in sent:
        return _Answer(status, headers, b"", exchange.peer, datetime.now(UTC), sent["location"])
    received = receive(response, request.max_bytes, request.expect)
    answer = _Answer(
        status, headers, received.body, exchange.peer, datetime.now(UTC), cut=_cut(status, received, expired=exchange.expired)
    )
    if trouble := _status_trouble(answer, conditional=bool(request.validators)) or _body_trouble(
        answer, received, request, exchange
    ):
        raise trouble
    return answer


def _cut(status: int, received: Received, *, expired: bool) -> str | None:
    if status == requests.codes.partial_content:
        return "unspecified"
    return "time" if expired else received.cut


def _status_trouble(answer: _Answer, *, conditional: bool) -> _TroubleError | None:
    """Return what the status says against the answer."""
    status = answer.status
    if status in _PAGES or (status == requests.codes.not_modified and conditional):
        return None
    outcome = _OUTCOMES.get(status) or (Outcome.REFUSED if status // 100 == 4 else Outcome.SERVER_ERROR)  # noqa: PLR2004 - 4xx
    return _TroubleError(
        outcome,
        f"HTTP status {status}",
        answer=answer,
        passing=status == requests.codes.too_many_requests or 500 <= status < 600,  # noqa: PLR2004 - 5xx
        retry_after=_retry_after(answer.headers.get("retry-after", ""), answer.fetched_at),
    )


def _body_trouble(answer: _Answer, received: Received, request: _Request, exchange: Exchange) -> _TroubleError | None:
    """Return what the body says against the answer."""
    if exchange.expired:
        return _TroubleError(Outcome.UNREACHABLE, exchange.too_slow, answer=answer)
    if answer.status in _PAGES and (misfit := unfit(answer.body, answer.headers.get("content-type"), request.expect)):
        return _TroubleError(*misfit, answer=answer)
    if received.outcome is Outcome.OK:
        return None
    passing = received.outcome in (Outcome.TRUNCATED, Outcome.UNREACHABLE)
    return _TroubleError(received.outcome, received.detail, answer=answer, passing=passing)


def _retry_after(value: str, now: datetime) -> float | None:
    """Return the seconds that a Retry-After header asks for, in either of its forms; None when it asks for nothing."""
    if re.fullmatch(r"\d{1,9}", value, re.ASCII):
        return float(value)
    try:
        until = parsedate_to_datetime(value)
        return max(0.0, (until.replace(tzinfo=until.tzinfo or UTC) - now).total_seconds())
    except (ValueError, OverflowError):
        return None


def _network_trouble(error: Exception, exchange: Exchange) -> _TroubleError:
    """Return what kept an answer from coming."""
    root = _root(error)
    if exchange.expired:
        return _TroubleError(Outcome.UNREACHABLE, exchange.too_slow)
    if isinstance(root, ssl.SSLCertVerificationError):
        return _TroubleError(Outcome.UNREACHABLE, f"the certificate is not valid: {root.verify_message}")
    detail = " ".join(f"no answer: {str(root) or type(root).__name__}".split())[:300]
    return _TroubleError(Outcome.UNREACHABLE, detail, passing=True)


def _root(error: BaseException) -> BaseException:
    """Return the error that all the others were wrapped around."""
    wrapped = [error.__cause__, getattr(error, "reason", None), *error.args]
    inner = next((each for each in wrapped if isinstance(each, BaseException)), None)
    return _root(inner) if inner else error


def _page(url: str, trail: list[str], answer: _Answer) -> Page:
    return Page(
        url=url,
        final_url=trail[-1] if len(trail) > 1 else url,
        status=answer.status,
        body=answer.body,
        fetched_at=answer.fetched_at,
        redirects=tuple(trail[1:-1]),
        headers=answer.headers,
        encoding=encoding_of(answer.body, answer.headers.get("content-type")),
        peer=answer.peer,
        unchanged=answer.status == requests.codes.not_modified,
        cut=answer.cut,
    )
