"""The page's application: its addresses, what each shows, and the headers that keep hostile text harmless."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from itertools import pairwise, zip_longest
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlencode, urlsplit

import psycopg2
import psycopg2.errors
from fastapi import Depends, FastAPI, HTTPException, Query, Request, Response
from fastapi import Path as InPath
from fastapi.exceptions import RequestValidationError
from fastapi.params import Depends as Dependency
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from pydantic import AwareDatetime, BaseModel
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException as AnyHTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from newswire import db, reprocess, sources
from newswire.model import Source
from newswire.web import diff, health, links, listing, reading, volume, words
from newswire.web.filters import LARGEST_KEY, LAST_PAGE, Filters, RefusedError
from newswire.window import KYIV

FOLDER = Path(__file__).parent

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'self'"
)
"""Only our own files are run or shown, whatever stands in an article; Airflow shows the page in a frame of its own site."""

HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}

COOKIE = "newswire_lang"
COOKIE_SECONDS = 365 * 24 * 3600

LONGEST_TEXT = 100_000
"""Characters of a text that are shown or compared: the longest article known here has 60,000; a page may have ten millions."""

Key = Annotated[int, InPath(ge=1, le=LARGEST_KEY)]


@dataclass(frozen=True, slots=True)
class Site:
    """What all views share."""

    database_url: Callable[[], str]
    airflow: links.Airflow
    sources: dict[str, Source]
    templates: Environment

    def read(self) -> AbstractContextManager[db.Connection]:
        """Return a context with a connection that reads for one request."""
        return reading.reader(self.database_url())


def create_app(
    database_url: Callable[[], str], *, dependencies: Sequence[Dependency] = (), airflow: links.Airflow | None = None
) -> ASGIApp:
    """Return the application.

    `database_url` is asked at each request. `dependencies` decide who may see it: without any, everybody may.
    """
    site = Site(database_url, airflow or links.Airflow(), {source.name: source for source in sources.load_all()}, _templates())
    app = FastAPI(title="Newswire", dependencies=dependencies, openapi_url=None, docs_url=None, redoc_url=None)
    app.state.site = site
    for path, view in VIEWS.items():
        app.get(path, response_model=None)(view)
    app.mount("/static", StaticFiles(directory=FOLDER / "static"))
    for kind in (RefusedError, AnyHTTPException, RequestValidationError, db.DatabaseError, psycopg2.Error, Exception):
        app.exception_handler(kind)(problem)
    return Guarded(app)


@dataclass(frozen=True, slots=True)
class Guarded:
    """Puts the headers on every answer, those of errors included."""

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the application does."""

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("Cache-Control", _caching(scope))
            await send(message)

        await self.app(scope, receive, guarded)


def _caching(scope: Scope) -> str:
    # the address of a static file holds its hash: another file has another address
    is_static = b"v=" in scope.get("query_string", b"") and "/static/" in scope["path"]
    return "private, max-age=31536000, immutable" if is_static else "private, no-cache"


def _templates() -> Environment:
    made = Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals["static"] = {path.name: _static(path) for path in (FOLDER / "static").iterdir()}
    made.globals.update(Level=health.Level, PARSED=reprocess.PARSED)
    made.filters["link"] = safe_link
    made.filters["pieces"] = words.pieces
    made.filters["day"] = lambda value: value.astimezone(KYIV).date().isoformat()
    return made


def _static(path: Path) -> str:
    return f"static/{path.name}?v={sha256(path.read_bytes()).hexdigest()[:12]}"


def safe_link(url: str | None) -> str | None:
    """Return an address that may be followed, or None for one that is no web page's (`javascript:` and the like)."""
    try:
        parts = urlsplit(url or "")
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.netloc else None


def _site(request: Request) -> Site:
    found: Site = request.app.state.site
    return found


def show(request: Request, template: str, /, status: int = 200, **values: Any) -> Response:
    """Return a view in the language of whoever asks."""
    asked = request.query_params.get("lang")
    site, t = _site(request), words.choose(asked, request.cookies.get(COOKIE), request.headers.get("accept-language"))
    base = request.scope.get("root_path", "")
    html = site.templates.get_template(template).render(
        **values, t=t, base=base, airflow=site.airflow, now=datetime.now(UTC), here=request.url.path.removeprefix(base),
        other_language=lambda code: "?" + urlencode({**request.query_params, "lang": code}),
    )  # fmt: skip
    answer = HTMLResponse(html, status, headers={"Content-Language": t.code, "Vary": "Cookie, Accept-Language"})
    if asked == t.code:
        answer.set_cookie(COOKIE, t.code, max_age=COOKIE_SECONDS, path=base or "/", httponly=True, samesite="lax")
    return answer


def _filters(request: Request) -> Filters:
    return Filters.read(request.query_params)


Asked = Annotated[Filters, Depends(_filters)]


def health_view(request: Request) -> Response:
    """Show one row a source, the worst first, and the quality rules."""
    site, now = _site(request), datetime.now(UTC)
    with site.read() as connection:
        rows = {row["source"]: row for row in db.rows(connection, "web_health")}
        feeds = db.rows(connection, "web_feeds")
        checks = db.rows(connection, "web_checks")
    judged = [
        health.judge(name, rows.get(name, {}), [feed for feed in feeds if feed["source"] == name], site.sources.get(name), now)
        for name in sorted({*rows, *site.sources})
    ]
    judged.sort(key=lambda one: (-one.level, not one.row))
    return show(request, "health.html", judged=judged, checks=checks, rules=_rules())


def _rules() -> dict[str, str]:
    """Return what each quality rule watches: the first line of its file."""
    files = (db.SQL / "checks").glob("*.sql")
    return {path.stem: path.read_text(encoding="utf-8").partition("\n")[0].removeprefix("-- ") for path in files}


def volume_view(request: Request, asked: Asked) -> Response:
    """Show the articles of the 30 days up to the one that is asked for, by source and by language."""
    today = datetime.now(KYIV).date()
    last = min(asked.day or today, today)
    with _site(request).read() as connection:
        shown = volume.read(connection, last)
        newest = None if shown.by_source.total else db.row(connection, "web_newest")
    return show(request, "volume.html", shown=shown, newest=newest, today=today)


def articles_view(request: Request, asked: Asked) -> Response:
    """Show a page of the articles, newest first, or what a search found, best first."""
    site = _site(request)
    with site.read() as connection:
        shown = listing.articles(connection, asked)
    spoken = {code for source in site.sources.values() for feed in source.feeds for code in feed.languages}
    languages = sorted({*spoken, "und", *filter(None, [asked.language])})
    return show(
        request, "articles.html", shown=shown, asked=asked, sources=_titles(site, asked), languages=languages, last_page=LAST_PAGE
    )


def _titles(site: Site, asked: Filters) -> dict[str, str]:
    """Return what the sources call themselves, by their names; the one that is asked for is among them."""
    known = {name: f"{source.title} ({name})" for name, source in sorted(site.sources.items())}
    return known | ({asked.source: asked.source} if asked.source and asked.source not in known else {})


def article_view(request: Request, article_id: Key) -> Response:
    """Show one article with all that is known of it."""
    with _site(request).read() as connection:
        article = db.row(connection, "web_article", article_id=article_id)
        if article is None:
            raise _absent(db.row(connection, "web_forgotten", article_id=article_id))
        texts = db.rows(connection, "web_article_texts", article_id=article_id)
        related = listing.related(connection, article)
    body = _paragraphs(_cut(article["body"]), article["body_kinds"] or ())
    cut = LONGEST_TEXT if len(article["body"]) > LONGEST_TEXT else None
    return show(request, "article.html", article=article, related=related, changes=_changes(texts), body=body, cut=cut)


def _absent(forgotten: dict[str, Any] | None) -> Exception:
    if forgotten is None:
        return HTTPException(404)
    return RefusedError(410, "gone_article", forgotten["reason"] or "–", forgotten["forgotten_at"])


def _paragraphs(body: str, kinds: Sequence[str]) -> list[tuple[str, str]]:
    """Return the lines of a text that are not blank, each behind its kind."""
    return [(kind, line) for line, kind in zip_longest(body.split("\n"), kinds, fillvalue="") if line.strip()]


def _changes(texts: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the changes between the texts that an article had, the last one first."""
    return [
        {**before, "passages": diff.compare(_whole(before), _whole(after))} for before, after in reversed(list(pairwise(texts)))
    ]


def _whole(text: dict[str, Any]) -> str:
    return _cut("\n".join(filter(None, (text["title"], text["lead"], text["body"]))))


def _cut(text: str) -> str:
    return text[:LONGEST_TEXT]


def rejected_view(request: Request, asked: Asked) -> Response:
    """Show what became no article."""
    site = _site(request)
    with site.read() as connection:
        shown = listing.rejected(connection, asked)
        codes = db.rows(connection, "web_rejected_codes", source=asked.source)
    return show(request, "rejected.html", shown=shown, asked=asked, codes=codes, sources=_titles(site, asked))


def page_view(request: Request, page_id: Key, download: Annotated[bool, Query()] = False) -> Response:  # noqa: FBT002 - a query
    """Give the bytes that a server sent: as plain text, or to be kept as they are; never as a page that lives."""
    with _site(request).read() as connection:
        page = db.row(connection, "web_raw_page", page_id=page_id)
    if page is None:
        raise HTTPException(404)
    if page["withheld_at"]:
        raise RefusedError(410, "gone_page", page["sha256"], page["withheld_at"])
    body, headers = bytes(page["body"]), {"Content-Security-Policy": f"{POLICY}; sandbox"}
    if download:
        name = f'attachment; filename="newswire-page-{page_id}.bin"'
        return Response(body, media_type="application/octet-stream", headers=headers | {"Content-Disposition": name})
    return Response(_decoded(body, page["encoding"]), media_type="text/plain; charset=utf-8", headers=headers)


def _decoded(body: bytes, encoding: str) -> bytes:
    try:
        text = body.decode(encoding, errors="replace")
    except (LookupError, ValueError):
        text = body.decode(errors="replace")  # a name that this Python does not know
    return text.encode(errors="replace")


class Missed(BaseModel):
    """What was not seen of a source."""

    feed: list[str] = []
    start: AwareDatetime | None = None
    end: AwareDatetime | None = None


def start_view(request: Request, verb: str, source: str, asked: Asked, missed: Annotated[Missed, Query()]) -> Response:
    """Show what a Dag would be started with; the button asks Airflow's own REST API, with the rights of whoever presses it."""
    if source not in _site(request).sources or verb not in (links.REPROCESS, "ingest"):
        raise HTTPException(404)
    if verb == links.REPROCESS:
        made = links.reprocess(source, asked.outcome if asked.outcome in reprocess.PARSED else None, *asked.span())
    else:
        made = links.ingest(source, missed.feed, missed.start, missed.end)
    return show(request, "start.html", verb=verb, source=source, made=made)


def problem(request: Request, error: Exception) -> Response:
    """Say what is wrong and what to do."""
    status, said, detail = _told(error)
    back = f"{request.url.path}?{request.url.query}"
    return show(
        request, "problem.html", status, code=status, said=said, detail=detail, back=back, role=reading.ROLE, last_page=LAST_PAGE
    )


def _told(error: Exception) -> tuple[int, RefusedError | None, str]:
    """Return the status, a sentence where there is one, and the words of somebody else."""
    status, said, detail = 500, None, ""
    match error:
        case RefusedError():
            status, said = error.status, error
        case AnyHTTPException():
            status = error.status_code
        case RequestValidationError():
            status, said = _unclear([part["loc"] for part in error.errors()])
        case db.INVALID():
            status, detail = 400, error.diag.message_primary or ""
        case psycopg2.errors.QueryCanceled():
            status = 504
        case psycopg2.Error() | db.DatabaseError():
            status, detail = 503, " ".join(str(error).split())
    return status, said, detail


def _unclear(places: Sequence[tuple[int | str, ...]]) -> tuple[int, RefusedError | None]:
    if any(place[0] == "path" for place in places):
        return 404, None
    return 400, RefusedError(400, "wrong_parameter", ", ".join(str(place[-1]) for place in places))


VIEWS: dict[str, Callable[..., Response]] = {
    "/": health_view,
    "/volume": volume_view,
    "/articles": articles_view,
    "/article/{article_id}": article_view,
    "/rejected": rejected_view,
    "/page/{page_id}": page_view,
    "/start/{verb}/{source}": start_view,
}
