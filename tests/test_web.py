"""The page, asked over HTTP against a real PostgreSQL. What is planted is hostile wherever an outlet could have written it."""

from __future__ import annotations

import itertools
import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import psycopg2
import pytest
import requests
from fastapi import Depends, HTTPException
from psycopg2 import sql
from psycopg2.extras import Json
from selectolax.lexbor import LexborHTMLParser, LexborNode
from starlette.applications import Starlette
from starlette.routing import Mount

from newswire import db, forget, search, sources
from newswire.model import Outcome
from newswire.web import chart, diff, health, links, words
from newswire.web.app import FOLDER, POLICY, VIEWS, create_app, safe_link
from newswire.web.filters import LAST_PAGE, LONGEST, After, Filters
from newswire.web.health import Level
from newswire.web.listing import BEGIN, END, PAGE, marked
from newswire.web.reading import ROLE, reader
from newswire.window import KYIV
from tests.serving import serving

ROOT = Path(__file__).parents[1]
NOW = datetime.now(UTC)
_numbers = itertools.count(1)

EVIL = "<script>alert('єхидний & \"код\"')</script>"
EVIL_URL = "javascript:alert(1)//https://unn.ua/"


def ago(**span: float) -> datetime:
    return datetime.now(UTC) - timedelta(**span)


# --- planted rows


def insert(connection: db.Connection, table: str, key: str, **values: Any) -> int:
    """Insert one row and return its key."""
    statement = sql.SQL("insert into {} ({}) values ({}) returning {}").format(
        sql.Identifier(*table.split(".")),
        sql.SQL(", ").join(map(sql.Identifier, values)),
        sql.SQL(", ").join(sql.Placeholder() * len(values)),
        sql.Identifier(key),
    )
    with db.transaction(connection), connection.cursor() as cursor:
        cursor.execute(statement, list(values.values()))
        return int(cursor.fetchone()[0])


def page(connection: db.Connection, body: bytes = b"<p>x</p>", **values: Any) -> int:
    usual = {
        "fetched_at": NOW, "source": "unn", "url": "https://unn.ua/news/1", "final_url": "https://unn.ua/news/1", "status": 200,
        "encoding": "utf-8", "body": body, "body_sha256": b"sha",
    }  # fmt: skip
    return insert(connection, "raw.page", "page_id", **usual | values)


def announcement(connection: db.Connection, **values: Any) -> int:
    usual = {
        "source": "unn", "feed": "uk", "url": f"https://unn.ua/news/{next(_numbers)}", "first_seen_at": NOW, "last_seen_at": NOW,
        "outcome": "ok", "visited_at": ago(minutes=5),
    }  # fmt: skip
    return insert(connection, "raw.announcement", "announcement_id", **usual | values)


def article(connection: db.Connection, **values: Any) -> int:
    name = f"news/{next(_numbers)}"
    usual = {
        "source": "unn", "feed": "uk", "external_id": name, "url": f"https://unn.ua/{name}", "title": "Міст відкрили",
        "body": "Рух дозволено всім.", "word_count": 3, "published_at": ago(hours=2), "time_origin": "feed", "language": "uk",
        "language_confidence": 1.0, "first_seen_at": NOW, "updated_at": NOW, "page_fetched_at": NOW, "parser_version": "unn/1",
        "run_id": 1, "content_hash": b"c", "record_hash": b"r",
    }  # fmt: skip
    if "page_id" not in values:
        values["page_id"] = page(connection)
    if "announcement_id" not in values:
        values["announcement_id"] = announcement(connection, source=values.get("source", "unn"))
    return insert(connection, "core.article", "article_id", **usual | values)


def copy(connection: db.Connection, of: int, reason: str = "the same text", **values: Any) -> int:
    number = article(connection, **values)
    verdict = {"article_id": number, "original_id": of, "kind": "exact", "similarity": 1, "reason": reason}
    return insert(connection, "core.duplicate", "article_id", **verdict)


def revision(connection: db.Connection, of: int, number: int, **values: Any) -> None:
    usual = {
        "article_id": of, "revision": number, "title": "Міст", "body": "Рух закрито всім.", "seen_from": ago(hours=3),
        "seen_to": ago(hours=1), "cause": "publisher", "page_id": 1, "page_fetched_at": NOW, "parser_version": "unn/1",
    }  # fmt: skip
    insert(connection, "core.article_revision", "article_id", **usual | values)


def story(connection: db.Connection, *articles: int, headline: str = "Міст", reason: str = "the same names") -> int:
    number = insert(
        connection,
        "core.story",
        "story_id",
        headline=headline,
        first_at=ago(hours=2),
        last_at=NOW,
        articles=len(articles),
        outlets=1,
        languages=["uk"],
    )
    for one in articles:
        insert(connection, "core.story_article", "article_id", article_id=one, story_id=number, likelihood=0.9, reason=reason)
    return number


def run(connection: db.Connection, **values: Any) -> int:
    usual = {
        "verb": "discover", "source": "unn", "caller": "airflow ingest_unn manual__1", "started_at": ago(hours=1),
        "finished_at": ago(minutes=50), "state": "done",
    }  # fmt: skip
    return insert(connection, "core.run", "run_id", **usual | values)


def coverage(connection: db.Connection, **values: Any) -> None:
    usual = {"run_id": run(connection), "source": "unn", "feed": "uk", "asked_from": ago(days=3), "asked_to": ago(days=2)}
    insert(connection, "core.coverage", "coverage_id", **usual | values)


# --- the page


class Browser:
    """Asks the page, and holds each answer to what holds of all."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.session = requests.Session()

    def ask(self, path: str, status: int = 200, **headers: str) -> requests.Response:
        answer = self.session.get(self.address + path, headers=headers, timeout=30, allow_redirects=False)
        assert answer.status_code == status, answer.text[:2000]
        assert answer.headers["Content-Security-Policy"].startswith(POLICY)
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "Cache-Control" in answer.headers
        return answer

    def see(self, path: str, status: int = 200, **headers: str) -> LexborHTMLParser:
        answer = self.ask(path, status, **headers)
        assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
        return LexborHTMLParser(answer.content)

    def titles(self, path: str) -> list[str]:
        return [text(node) for node in self.see(path).css("#articles .title a:not(.chip)")]


@pytest.fixture
def browser(database_url: str) -> Iterator[Browser]:
    with serving(create_app(lambda: database_url)) as address:
        found = Browser(address)
        yield found
        found.session.close()


def text(node: LexborNode | LexborHTMLParser | None) -> str:
    assert node is not None
    return " ".join(node.text(separator=" ").split())


def index(connection: db.Connection) -> None:
    search.index(connection)


PATHS = ["/", "/volume", "/articles", "/rejected", "/start/reprocess/unn", "/start/ingest/unn"]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("language", ["uk", "en"])
def test_every_view_opens_on_an_empty_database_in_both_languages(browser: Browser, path: str, language: str) -> None:
    tree = browser.see(f"{path}?lang={language}")
    assert tree.css_first("html").attributes["lang"] == language
    assert text(tree.css_first("nav a")) == words.CATALOGUE[language]["health"]


def test_every_view_is_among_those_that_are_opened_here() -> None:
    assert {re.sub(r"\{verb\}/\{source\}", "reprocess/unn", path) for path in VIEWS} - set(PATHS) == {
        "/article/{article_id}",
        "/page/{page_id}",
    }


# --- hostile text


def hostile(connection: db.Connection) -> dict[str, int]:
    """Plant a script in every column that an outlet, or a message about it, can fill."""
    bytes_ = page(connection, EVIL.encode(), url=EVIL_URL, final_url=EVIL_URL, headers=Json({"content-type": EVIL}))
    evil = {
        **dict.fromkeys(
            (
                "feed",
                "external_id",
                "title",
                "lead",
                "dateline",
                "section",
                "cited_source",
                "language",
                "forwarded_from",
                "reply_to",
                "parser_version",
                "parse_method",
                "time_origin",
                "judgement",
            ),
            EVIL,
        ),
        "authors": [EVIL],
        "tags": [EVIL],
        "missing": [EVIL],
        "url": EVIL_URL,
        "image_url": EVIL_URL,
        "body": f"{EVIL}\n{EVIL}",
        "body_kinds": [EVIL, "quote"],
        "media": Json([{"kind": EVIL, "url": EVIL_URL}]),
        "links": Json([{"url": EVIL_URL, "text": EVIL}]),
        "page_id": bytes_,
        "removed_at": NOW,
        "revision": 2,
        "views": 1,
        "quality": 0.5,
    }
    first = article(connection, **evil)
    second = copy(connection, first, EVIL, **evil | {"external_id": "2", "published_at": ago(minutes=1)})
    post = article(connection, **evil | {"external_id": "3", "title": None, "lead": None, "time_origin": "post"})
    revision(connection, first, 1, title=EVIL, lead=EVIL, body=f"було {EVIL}", parser_version=EVIL)
    story(connection, first, post, headline=EVIL, reason=EVIL)
    announcement(
        connection, source="unn", feed=EVIL, url=EVIL_URL, title=EVIL, lead=EVIL, section=EVIL, guid=EVIL, outcome=EVIL,
        outcome_detail=EVIL, page_id=bytes_, page_fetched_at=NOW,
    )  # fmt: skip
    number = run(connection, caller=f"airflow {EVIL} {EVIL}", state="failed", error=EVIL)
    coverage(connection, feed=EVIL, failure=EVIL, failure_detail=EVIL)
    sample = Json([{EVIL: EVIL}])
    insert(connection, "core.check_result", "run_id", run_id=number, name=EVIL, severity="fail", breakers=1, sample=sample)
    run(connection, source=EVIL, started_at=NOW)
    index(connection)
    return {"first": first, "second": second, "post": post, "page": bytes_}


def test_a_script_in_every_field_is_seen_as_text(browser: Browser, connection: db.Connection) -> None:
    made = hostile(connection)
    for path in (
        "/", "/volume", "/articles", "/articles?q=єхидний", "/articles?source=<script>alert(1)</script>", "/rejected",
        "/rejected?source=<script>&outcome=<script>", "/start/reprocess/unn?outcome=<script>", "/start/ingest/unn?feed=<script>",
        f"/article/{made['first']}", f"/article/{made['second']}", f"/article/{made['post']}", "/articles?after=<script>",
        "/<script>alert(1)</script>", "/?lang=<script>",
    ):  # fmt: skip
        answer = browser.session.get(browser.address + path, timeout=30)
        assert answer.status_code in (200, 400, 404), path
        tree = LexborHTMLParser(answer.content)
        (script,) = tree.css("script")
        assert script.attributes["src"].startswith("/static/page.js?v=")
        assert script.text().strip() == ""
        assert not any(
            value is None or re.match(r"\s*javascript:", value, re.IGNORECASE)
            for link in tree.css("[href], [src], [action]")
            for name, value in link.attributes.items()
            if name in ("href", "src", "action")
        )
        assert not [name for node in tree.css("*") for name in node.attributes if name.startswith("on") or name == "style"]
    shown = browser.see(f"/article/{made['first']}")
    for place in (
        "title",
        "h1",
        ".lead",
        "#text p",
        "dl.facts",
        ".change",
        "#duplicates + table",
        "#story ~ p",
        "#story ~ table",
    ):
        assert "<script>alert('єхидний & \"код\"')" in text(shown.css_first(place)), place
    assert "<script>" in text(browser.see("/rejected").css_first("#rejected"))
    assert "<script>" in text(browser.see("/").css_first("#sources"))
    assert "<script>" in text(browser.see("/").css_first("#checks"))
    assert "<script>" in text(browser.see("/articles?q=єхидний").css_first("#articles .beginning"))


def test_a_kept_page_is_text_or_bytes_and_never_a_page_that_lives(browser: Browser, connection: db.Connection) -> None:
    body = "<html><script>alert('ї')</script>".encode("windows-1251")
    number = page(connection, body, encoding="windows-1251")
    shown = browser.ask(f"/page/{number}")
    assert shown.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert shown.headers["Content-Security-Policy"].endswith("; sandbox")
    assert shown.text == "<html><script>alert('ї')</script>"
    kept = browser.ask(f"/page/{number}?download=true")
    assert kept.content == body
    assert kept.headers["Content-Type"] == "application/octet-stream"
    assert kept.headers["Content-Disposition"].startswith("attachment;")
    assert kept.headers["Content-Security-Policy"].endswith("; sandbox")


def test_bytes_that_cannot_be_decoded_are_shown_all_the_same(browser: Browser, connection: db.Connection) -> None:
    for encoding in ("no-such-code", "hex", "utf-16", "undefined", "", "../etc", "idna"):
        number = page(connection, bytes(range(256)) + b"x", encoding=encoding)
        assert browser.ask(f"/page/{number}").text, encoding


@pytest.mark.parametrize(
    ("url", "is_followed"),
    [
        ("https://unn.ua/news/1", True), ("http://unn.ua", True), (EVIL_URL, False), (" javascript:alert(1)", False), ("", False),
        (None, False), ("data:text/html,x", False), ("//unn.ua/x", False), ("https://", False), ("https://[", False),
    ],
)  # fmt: skip
def test_only_web_pages_are_linked(url: str | None, is_followed: bool) -> None:  # noqa: FBT001 - a parameter of the cases
    assert safe_link(url) == (url if is_followed else None)


HOSTILE_QUERIES = [
    "after=1",
    "after=-",
    "after=9-0",
    "after=99999999999999999999-1",
    "after=1-99999999999999999999",
    "after=x-y",
    "day=yesterday",
    "day=0001-01-01",
    "day=9999-12-31",
    "day=2026-02-30",
    "q=%00",
    "source=%00",
    f"q={'x' * (LONGEST + 1)}",
    "q=" + "1a" * 100,
    "q=%FF%FE",
    "q='",
    'q="',
    "q=-",
    "q=%25_%5C",
    "copies=x",
    "language=' or 1=1 --",
    "q=" + "(" * 50,
    "day=%2B1",
    "after=١-١",
    "page=-1",
    "page=9999999999999999999",
    "page=1e1",
]


@pytest.mark.parametrize("view", ["/articles", "/rejected", "/volume", "/start/reprocess/unn"])
def test_an_address_that_cannot_be_meant_is_refused_with_a_page(browser: Browser, view: str) -> None:
    for query in HOSTILE_QUERIES:
        answer = browser.session.get(f"{browser.address}{view}?{query}", timeout=30)
        assert answer.status_code in (200, 400), query
        assert answer.headers["Content-Security-Policy"] == POLICY
        assert text(LexborHTMLParser(answer.content).css_first("header strong")) == "Newswire"


WRONG = {
    "day=yesterday": "“yesterday” is no day. Write it so: 2026-02-20.",
    "after=x": "“x” is no place in a list. Begin the list anew.",
    f"source={'x' * (LONGEST + 1)}": "The value “source” is too long, or no text.",
    "page=11": "“11” is no page of a search: there are 1 to 10.",
    "page=0": "“0” is no page of a search",
    "page=١": "“١” is no page of a search",
}


def test_what_was_wrong_with_an_address_is_said(browser: Browser) -> None:
    for query, sentence in WRONG.items():
        for view in ("/articles", "/rejected"):
            assert sentence in text(browser.see(f"{view}?{query}&lang=en", 400).css_first("main")), query
    assert "Value that cannot be understood: start, end." in text(browser.see("/start/ingest/unn?start=x&end=y&lang=en", 400))
    assert "Value that cannot be understood: download." in text(browser.see("/page/1?download=x&lang=en", 400))
    assert "«учора» не день. Пишіть так: 2026-02-20." in text(browser.see("/articles?day=учора&lang=uk", 400))
    assert "at most 100 words" in text(browser.see(f"/articles?q={'1a' * 100}&lang=en", 400))


NOWHERE = [
    *(
        "/article/0",
        "/article/-1",
        "/article/x",
        "/article/9999999999999999999999",
        "/article/1",
        "/page/1",
        "/page/x",
        "/nothing",
    ),
    *("/start/drop/unn", "/start/ingest/nobody", "/start/reprocess/<script>", "/static/nothing.js", "/static/%2e%2e/app.py"),
    *("/static/..%2fapp.py", "/openapi.json", "/docs"),
]


def test_what_is_not_there_is_not_found(browser: Browser) -> None:
    for path in NOWHERE:
        assert browser.ask(path, 404).text, path


def test_what_is_not_there_says_where_to_go_on(browser: Browser) -> None:
    for path in ("/article/1", "/page/1", "/nothing", "/article/x"):
        shown = browser.see(f"{path}?lang=en", 404).css_first("main")
        assert text(shown.css_first("h1")) == words.EN["problem_404"]
        assert "NEWSWIRE_KEEP_PAGES_DAYS" in text(shown)
        assert [link.attributes["href"] for link in shown.css("a")] == ["/articles", "/"]


def test_an_article_that_was_taken_down_says_when_and_why(browser: Browser, connection: db.Connection) -> None:
    kept = page(connection, "<p>Таємниця</p>".encode())
    number = article(connection, title="Таємниця", page_id=kept)
    neighbour = article(connection, title="Сусідня", page_id=kept)
    announcement(connection, outcome="no_text", page_id=kept, page_fetched_at=NOW)
    forget.forget(connection, str(number), reason=EVIL)
    shown = browser.see(f"/article/{number}?lang=en", 410)
    assert text(shown.css_first("h1")) == "This is here no more"
    assert f"Reason: {EVIL}" in text(shown)
    told = text(browser.see(f"/page/{kept}?lang=en", 410).css_first("main"))
    assert "an article that was taken down stood on it. Their SHA-256 stays: 736861" in told
    browser.see(f"/page/{kept}?download=true", 410)
    for path, place in ((f"/article/{neighbour}", "dl.facts"), ("/rejected", "#rejected")):
        shown = browser.see(f"{path}?lang=en").css_first(place)
        assert "an article that was taken down stood there" in text(shown)
        assert not shown.css("a[href^='/page/'], a[href^='/start/']")


def test_bytes_whose_time_is_over_are_said_to_be_gone(browser: Browser, connection: db.Connection) -> None:
    kept = page(connection)
    number = article(connection, page_id=kept)
    announcement(connection, outcome="no_text", page_id=kept, page_fetched_at=NOW)
    with db.transaction(connection), connection.cursor() as cursor:
        cursor.execute("delete from raw.page where page_id = %s", (kept,))
    for path, place in ((f"/article/{number}", "dl.facts"), ("/rejected", "#rejected")):
        shown = browser.see(f"{path}?lang=en").css_first(place)
        assert "deleted: their time was over" in text(shown)
        assert not shown.css("a[href^='/page/'], a[href^='/start/']")


def test_nothing_can_be_written_through_the_page(browser: Browser) -> None:
    for method in ("post", "put", "delete", "patch"):
        answer = browser.session.request(method, f"{browser.address}/articles", timeout=30)
        assert answer.status_code == 405
        assert answer.headers["Content-Security-Policy"] == POLICY


# --- rights


@pytest.mark.parametrize(
    "statement",
    [
        "select * from core.article", "select * from raw.page", "insert into core.run (verb, caller) values ('x', 'x')",
        "delete from mart.run", "create temporary table mine ()", "select raw.ensure_partitions(now(), now())",
        "select count(*) from public.newswire_migration",
    ],
)  # fmt: skip
def test_the_page_reads_the_views_and_nothing_else(database_url: str, statement: str) -> None:
    with (
        pytest.raises((psycopg2.errors.InsufficientPrivilege, psycopg2.errors.ReadOnlySqlTransaction)),
        reader(database_url) as connection,
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_a_request_reads_with_the_role_and_ends_in_time(database_url: str) -> None:
    with reader(database_url) as connection:
        (row,) = db.select(
            connection,
            "select current_user as name, current_setting('transaction_read_only') as read_only,"
            " current_setting('statement_timeout') as timeout",
        )
    assert row == {"name": ROLE, "read_only": "on", "timeout": "5s"}
    assert connection.closed


def test_a_database_that_is_not_there_or_not_migrated_is_a_page_that_says_what_to_do(cluster: Any) -> None:
    for url in ("postgresql://nobody@127.0.0.1:9/none", cluster.url("postgres")):
        with serving(create_app(lambda url=url: url)) as address:
            tree = Browser(address).see("/?lang=en", 503)
            assert text(tree.css_first("h1")) == words.EN["problem_503"]
            assert "NEWSWIRE_DATABASE_URL" in text(tree)


def test_a_view_that_takes_too_long_is_given_up(browser: Browser, connection: db.Connection) -> None:
    with closing(connection.cursor()) as cursor:
        cursor.execute("lock table core.article in access exclusive mode")
        assert text(browser.see("/articles?lang=en", 504).css_first("h1")) == words.EN["problem_504"]
    connection.rollback()
    browser.see("/articles")


def test_who_is_not_allowed_sees_a_way_to_log_in_and_no_article(database_url: str, connection: db.Connection) -> None:
    number = article(connection, title="Таємниця")

    def nobody() -> None:
        raise HTTPException(401)

    app = create_app(lambda: database_url, dependencies=[Depends(nobody)], airflow=links.Airflow("/air"))
    with serving(app) as address:
        for path in (*PATHS, f"/article/{number}", "/page/1"):
            answer = Browser(address).ask(path, 401)
            assert "Таємниця" not in answer.text
            (link,) = LexborHTMLParser(answer.content).css("main a")
            assert link.attributes["href"].startswith("/air/api/v2/auth/login?next=")
        assert Browser(address).ask("/static/icon.svg").headers["Content-Type"].startswith("image/svg+xml")


def test_under_a_path_every_address_leads_there(database_url: str, connection: db.Connection) -> None:
    number = article(connection)
    announcement(connection, outcome="no_text", page_id=page(connection), page_fetched_at=NOW)
    run(connection)
    app = Starlette(routes=[Mount("/air/newswire", create_app(lambda: database_url, airflow=links.Airflow("/air")))])
    with serving(app) as address:
        browser = Browser(f"{address}/air/newswire")
        for path in (*PATHS, f"/article/{number}"):
            for node in browser.see(path).css("[href], [src], [action], [data-api]"):
                for name in ("href", "src", "action", "data-api"):
                    target = node.attributes.get(name)
                    assert target is None or target.startswith(("/air/", "?", "#", "https://unn.ua/")), target
                    if target and target.startswith("/air/newswire/"):
                        assert requests.get(address + target, timeout=30).status_code == 200


# --- languages


def test_both_catalogues_have_the_same_keys_with_the_same_places() -> None:
    def places(catalogue: Mapping[str, str]) -> dict[str, set[str]]:
        return {key: set(re.findall(r"\{(\w+)\}", words_)) for key, words_ in catalogue.items()}

    assert places(words.UK) == places(words.EN)
    assert all(value.strip() for catalogue in words.CATALOGUE.values() for value in catalogue.values())
    assert not [key for key, value in words.EN.items() if re.search("[а-яіїєґ]", value, re.IGNORECASE)]


def test_every_word_that_is_asked_for_is_there_and_every_word_is_asked_for() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in [*(FOLDER / "templates").iterdir(), *FOLDER.glob("*.py")])
    asked = set(re.findall(r"\bt\('(\w+)'[,)]", code))
    made = {"finding", "do", "outcome", "duplicate", "state", "severity", "cause", "problem", "help", "ago", "start"}
    assert asked <= words.EN.keys()
    unasked = {key for key in words.EN if key not in asked and key.partition("_")[0] not in made}
    assert {key for key in unasked if f"'{key}'" not in code and f'"{key}"' not in code} == set()


def test_every_code_of_the_library_has_its_words() -> None:
    for outcome in Outcome:
        assert f"outcome_{outcome}" in words.EN
    for kind in ("url", "forward", "exact", "near", "excerpt"):
        assert f"duplicate_{kind}" in words.EN


@pytest.mark.parametrize(
    ("asked", "kept", "accepted", "expected"),
    [
        ("uk", "en", "en", "uk"), (None, "uk", "en", "uk"), (None, None, "uk-UA,uk;q=0.9,en;q=0.8", "uk"), ("de", "xx", "", "en"),
        (None, None, "de, ru;q=0.9, uk;q=0.5, en;q=0.4", "uk"), (None, None, "en;q=0.1,uk;q=0.2", "uk"), (None, None, "*", "en"),
        (None, None, "uk;q=x, en", "en"), (None, None, ";;;,,q=", "en"), (None, None, "uk;q=٣", "uk"), ("", "", None, "en"),
    ],
)  # fmt: skip
def test_the_language_is_the_asked_the_kept_or_the_preferred_one(
    asked: str | None, kept: str | None, accepted: str | None, expected: str
) -> None:
    assert words.choose(asked, kept, accepted).code == expected


def test_a_language_that_was_chosen_is_kept(browser: Browser) -> None:
    assert browser.see("/", **{"Accept-Language": "uk"}).css_first("html").attributes["lang"] == "uk"
    browser.see("/?lang=en")
    assert browser.see("/articles", **{"Accept-Language": "uk"}).css_first("html").attributes["lang"] == "en"
    (cookie,) = browser.session.cookies
    assert cookie.has_nonstandard_attr("HttpOnly")


def test_the_language_is_changed_where_one_is(browser: Browser) -> None:
    tree = browser.see("/articles?source=unn&q=міст&lang=en")
    assert [link.attributes["href"] for link in tree.css(".tongues a")] == [
        f"?source=unn&q=%D0%BC%D1%96%D1%81%D1%82&lang={code}" for code in ("uk", "en")
    ]


def test_numbers_and_times_are_written_as_in_the_language() -> None:
    assert words.Words("uk").number(1234567) == "1\u202f234\u202f567"
    assert words.Words("en").number(1234567.4) == "1,234,567"
    assert words.Words("en").at(datetime(2026, 2, 20, 22, 30, tzinfo=UTC)) == "2026-02-21 00:30"
    english = words.Words("en")
    sizes = {0: "0 B", 10_239: "10,239 B", 10_240: "10 KiB", 10_485_760: "10 MiB", 10_485_759: "10,240 KiB"}
    assert {size: words.Words("en").size(size) for size in sizes} == sizes
    assert "UTC+02:00" in words.Words("en").zone(datetime(2026, 2, 20, tzinfo=UTC))
    assert "UTC+03:00" in words.Words("uk").zone(datetime(2026, 7, 20, tzinfo=UTC))
    spans = {timedelta(minutes=119): "119 min ago", timedelta(hours=2): "2 h ago", timedelta(hours=47): "47 h ago",
             timedelta(days=2): "2 d ago", timedelta(seconds=-1): "in the future"}  # fmt: skip
    assert {span: english.ago(NOW - span, NOW) for span in spans} == spans


# --- articles


def test_articles_are_newest_first_and_each_stands_on_one_page(browser: Browser, connection: db.Connection) -> None:
    same = ago(hours=5)
    for number in range(2 * PAGE + 10):
        article(connection, title=f"Стаття {number}", published_at=same if number % 3 else ago(hours=6, seconds=number))
    seen, path, pages = [], "/articles", 0
    while path:
        tree = browser.see(path)
        seen += [text(node) for node in tree.css("#articles .title a:not(.chip)")]
        following = tree.css_first("a[rel=next]")
        path = f"/articles{following.attributes['href']}" if following else ""
        pages += 1
        article(connection, title=f"Щойно {pages}", published_at=NOW)
    assert pages == 3
    assert len(seen) == len(set(seen)) == 2 * PAGE + 10
    assert not any(title.startswith("Щойно") for title in seen)
    assert browser.titles("/articles")[0].startswith("Щойно")


def test_articles_are_chosen_by_source_language_and_day_of_kyiv(browser: Browser, connection: db.Connection) -> None:
    before_midnight = datetime(2026, 2, 20, 23, 59, 59, tzinfo=KYIV)
    article(connection, title="ввечері", published_at=before_midnight)
    article(connection, title="опівночі", published_at=before_midnight + timedelta(seconds=1))
    article(connection, title="на морі", published_at=before_midnight, source="nv", language="ru")
    assert set(browser.titles("/articles?day=2026-02-20")) == {"ввечері", "на морі"}
    assert browser.titles("/articles?day=2026-02-21") == ["опівночі"]
    assert browser.titles("/articles?source=nv") == ["на морі"]
    assert browser.titles("/articles?language=ru&source=nv&day=2026-02-20") == ["на морі"]
    assert browser.titles("/articles?language=ru&source=unn") == []
    tree = browser.see("/articles?source=nv&language=ru&day=2026-02-20&copies=hide")
    chosen = {node.parent.attributes["name"]: node.attributes.get("value", text(node)) for node in tree.css("option[selected]")}
    assert chosen == {"source": "nv", "language": "ru", "copies": "hide"}
    assert tree.css_first("input[name=day]").attributes["value"] == "2026-02-20"


def test_copies_are_shown_or_hidden(browser: Browser, connection: db.Connection) -> None:
    original = article(connection, title="перша")
    copy(connection, original, title="друга", published_at=ago(hours=1))
    assert browser.titles("/articles") == ["друга", "перша"]
    assert browser.titles("/articles?copies=hide") == ["перша"]
    index(connection)
    assert sorted(browser.titles("/articles?q=рух")) == ["друга", "перша"]
    assert browser.titles("/articles?q=рух&copies=hide") == ["перша"]


def test_a_search_finds_other_forms_and_marks_them(browser: Browser, connection: db.Connection) -> None:
    article(connection, title="Новий міст", body="Учора відкрили міст через річку.")
    article(connection, title="Погода", body="Дощ.")
    article(connection, title="Про мости", body="Мости стоять.", source="nv", published_at=ago(days=9))
    index(connection)
    assert set(browser.titles("/articles?q=мостів")) == {"Новий міст", "Про мости"}
    assert browser.titles("/articles?q=мостів&source=nv") == ["Про мости"]
    assert browser.titles(f"/articles?q=мостів&day={ago(hours=2).astimezone(KYIV).date()}") == ["Новий міст"]
    assert [text(node) for node in browser.see("/articles?q=мостів&source=unn").css("mark")] == ["міст"]
    assert browser.titles("/articles?q=нічогісінько") == []


def test_a_search_goes_on_page_by_page_and_back(browser: Browser, connection: db.Connection) -> None:
    for number in range(2 * PAGE + 10):
        # the same rank for many: what they are ordered by must still be whole
        article(connection, title=f"Стаття {number}", published_at=ago(hours=6, seconds=number // 3))
    index(connection)
    seen, path = [], "/articles?q=рух&source=unn&lang=en"
    for number in (1, 2, 3):
        tree = browser.see(path)
        seen += [text(node) for node in tree.css("#articles .title a:not(.chip)")]
        assert f"Page {number}" in text(tree.css_first("nav.pages"))
        assert bool(tree.css("a[rel=prev]")) == (number > 1)
        following = tree.css_first("a[rel=next]")
        path = f"/articles{following.attributes['href']}" if following else ""
        assert ("source=unn" in path) == (number < 3)
    assert path == ""
    assert len(seen) == len(set(seen)) == 2 * PAGE + 10
    assert browser.titles("/articles?q=рух&page=2") == seen[PAGE : 2 * PAGE]
    assert browser.titles(f"/articles{tree.css_first('a[rel=prev]').attributes['href']}") == seen[PAGE : 2 * PAGE]
    assert browser.titles("/articles?q=рух&page=4") == []
    assert not browser.see("/articles?source=nv&page=2").css("nav.pages")


def test_the_last_page_of_a_search_says_that_it_is_the_last(browser: Browser, connection: db.Connection) -> None:
    announced = announcement(connection)
    for number in range(LAST_PAGE * PAGE + 1):
        article(connection, page_id=1, announcement_id=announced, title=f"Стаття {number}")
    index(connection)
    tree = browser.see(f"/articles?q=рух&page={LAST_PAGE}&lang=en")
    assert "the best 500 were shown" in text(tree)
    assert not tree.css("a[rel=next]")
    assert "the best" not in text(browser.see(f"/articles?q=рух&page={LAST_PAGE - 1}&lang=en"))


def test_an_empty_list_says_why_and_what_to_do(browser: Browser) -> None:
    assert "switch a publisher's Dag on" in text(browser.see("/articles?lang=en"))
    assert "No article passes these filters." in text(browser.see("/articles?source=nv&lang=en"))
    assert "Try fewer words" in text(browser.see("/articles?q=щось&source=nv&lang=en"))
    assert "Nothing was rejected." in text(browser.see("/rejected?lang=en"))
    assert "Nothing that passes these filters was rejected." in text(browser.see("/rejected?source=nv&lang=en"))
    assert "No rule was checked" in text(browser.see("/?lang=en"))
    assert "There are no articles of these 30 days." in text(browser.see("/volume?lang=en"))


def test_the_marks_of_a_snippet_are_taken_apart_whatever_stands_in_it() -> None:
    assert marked(f"a {BEGIN}b{END} c") == [(False, "a "), (True, "b"), (False, " c")]
    assert marked("") == []
    assert "".join(piece for _, piece in marked(f"{END}x{BEGIN}y{BEGIN}{END}<b>")) == f"{END}xy{BEGIN}<b>"


def test_a_post_is_called_by_its_first_line(browser: Browser, connection: db.Connection) -> None:
    post = {"title": None, "source": "telegram", "feed": "канал", "time_origin": "post"}
    article(connection, **post, body="\n\n Перший рядок\nДругий рядок")
    article(connection, **post, body=" \n ", published_at=ago(hours=3))
    assert browser.titles("/articles?lang=en") == ["Перший рядок", "A post without text"]
    assert text(browser.see("/articles").css_first("#articles .beginning")) == "Другий рядок"
    assert "@канал" in text(browser.see("/articles").css_first("#articles"))


# --- an article


def test_an_article_shows_its_text_by_kinds(browser: Browser, connection: db.Connection) -> None:
    kinds = ["paragraph", "paragraph", "heading", "quote", "list_item"]
    number = article(connection, body="Початок.\n\nЗаголовок\nЦитата\nПункт", body_kinds=kinds)
    tree = browser.see(f"/article/{number}")
    assert [(node.attributes["class"], text(node)) for node in tree.css("#text p")] == [
        ("paragraph", "Початок."), ("heading", "Заголовок"), ("quote", "Цитата"), ("list_item", "Пункт"),
    ]  # fmt: skip


def test_an_article_shows_what_changed_since_it_came_out(browser: Browser, connection: db.Connection) -> None:
    number = article(connection, title="Міст відкрили", body="Початок.\nРух дозволено всім.\nКінець.", revision=3)
    revision(connection, number, 1, title="Міст закрили", body="Початок.\nРух заборонено всім.\nКінець.", cause="publisher")
    revision(connection, number, 2, title="Міст відкрили", body="Початок.\nРух дозволено не всім.\nКінець.", cause="parser")
    tree = browser.see(f"/article/{number}?lang=en")
    later, earlier = tree.css(".change")
    assert [text(node) for node in earlier.css("del")] == ["закрили", "заборонено"]
    assert [text(node) for node in earlier.css("ins")] == ["відкрили", "дозволено не"]
    assert [text(node) for node in later.css("del")] == ["не"]
    assert "read differently" in text(later)
    assert "changed by the publisher" in text(earlier)


def test_an_article_leads_to_its_copies_and_its_original_with_reasons(browser: Browser, connection: db.Connection) -> None:
    original = article(connection, title="перша", published_at=ago(hours=9))
    second = copy(connection, original, "the same text, 61 words", title="друга", source="nv")
    third = copy(connection, original, "forwarded from there", title="третя", published_at=ago(hours=1))
    for number in (original, second, third):
        tree = browser.see(f"/article/{number}?lang=en")
        rows = tree.css("#duplicates + table tr")
        assert [text(row.css_first(".title")).removesuffix(" this article") for row in rows] == ["перша", "друга", "третя"]
        assert "original" in text(rows[0])
        assert "the same text, 61 words" in text(rows[1])
        assert len([row for row in rows if row.css(".title a")]) == 2
    alone = article(connection, judgement=f"only 3 of 90 passages stand in article {original}")
    shown = browser.see(f"/article/{alone}")
    assert f"only 3 of 90 passages stand in article {original}" in text(shown)
    assert [link.attributes["href"] for link in shown.css("#duplicates + p a")] == [f"/article/{original}"]


def test_a_sentence_is_taken_apart_and_loses_nothing() -> None:
    assert words.pieces("so: `a b` or article 12, not particle 3") == [
        ("", "so: "), ("code", "a b"), ("", " or "), ("article", "article 12"), ("", ", not particle 3"),
    ]  # fmt: skip
    assert words.pieces("") == []
    assert words.pieces("`article 9") == [("", "`"), ("article", "article 9")]
    assert words.pieces(f"article {'9' * 30} ``") == [("", f"article {'9' * 30} ``")]


def test_an_article_shows_the_story_that_it_tells(browser: Browser, connection: db.Connection) -> None:
    first, second = article(connection, title="перша", published_at=ago(hours=9)), article(connection, title="друга", source="nv")
    third = copy(connection, second, title="третя", published_at=ago(hours=1))
    story(connection, first, second, headline="Подія дня", reason="they share three names")
    for number in (first, second, third):
        tree = browser.see(f"/article/{number}")
        assert text(tree.css_first("#story + p b")) == "Подія дня"
        rows = tree.css("#story ~ table tr")
        assert [text(row.css_first(".title")).split()[0] for row in rows[-3:]] == ["перша", "друга", "третя"]
        assert "they share three names" in text(rows[-3])


def test_a_long_text_is_cut_and_its_changes_are_found_in_time(browser: Browser, connection: db.Connection) -> None:
    number = article(connection, body="слово " * 500_000, revision=2)
    revision(connection, number, 1, body="інше слово " * 500_000)
    tree = browser.see(f"/article/{number}?lang=en")
    assert "These are the first 100,000 characters" in text(tree.css_first("#text"))
    assert len(tree.css(".change")) == 1


TEXTS = [
    ("", ""),
    ("a", ""),
    ("", "a"),
    ("a b c", "a x c"),
    ("a\nb\nc", "a\nc"),
    ("один, два", "один — два"),
    ("x " * 5000, "y " * 5000),
    ("а\n" * 3000, "а\nб\n" * 3000),
    ("\n\n\n", "\n"),
    ("🙂 ok", "🙂🙂 ok"),
    ("same", "same"),
    ("a\nb", "c\na\nb\nd"),
]


@pytest.mark.parametrize(("before", "after"), TEXTS)
def test_the_passages_of_a_diff_are_those_that_changed_and_hold_all_of_them(before: str, after: str) -> None:
    passages = diff.compare(before, after)
    for kind, whole in ((diff.REMOVED, before), (diff.ADDED, after)):
        lines = whole.split("\n")
        for passage in passages:
            if passage.unchanged:
                del lines[: passage.unchanged]
                continue
            pieces = [piece.text for piece in passage.pieces if piece.kind in (diff.SAME, kind)]
            changed = "".join(pieces).split("\n") if pieces else []
            assert lines[: len(changed)] == changed
            del lines[: len(changed)]
        assert "".join(lines) == ""
    assert (before == after) == (not any(passage.pieces for passage in passages))


# --- health


def judged(**values: Any) -> list[tuple[str, Level]]:
    row = {
        "articles_24h": 50, "usual_24h": 50.0, "usual_weeks": 8, "visits_24h": 60, "outcomes_24h": {"ok": 60}, "unread": 0,
        "unread_since": None, "gaps": 0, "unseen": None, "gap_feeds": None, "gap_from": None, "gap_to": None, "gap_reason": None,
        "run_caller": "shell", "run_started_at": NOW - timedelta(hours=1), "run_state": "done", "run_error": None,
    }  # fmt: skip
    found = health.judge("unn", row | values, [], sources.load("unn"), NOW)
    return [(finding.code, finding.level) for finding in found.findings]


GAP = {"gaps": 1, "unseen": timedelta(hours=5), "gap_feeds": ["uk"], "gap_reason": None}


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, []),
        ({"run_state": "failed", "run_error": "X"}, [("run_failed", Level.ACT)]),
        ({"run_started_at": NOW - timedelta(hours=27)}, [("run_late", Level.ACT)]),
        ({"run_started_at": NOW - timedelta(hours=25)}, []),
        ({"run_started_at": None}, [("never_ran", Level.GOOD)]),
        ({"unread": 3, "unread_since": NOW - timedelta(minutes=61)}, [("unread", Level.ACT)]),
        ({"unread": 3, "unread_since": NOW - timedelta(minutes=59)}, []),
        ({"articles_24h": 0}, [("silent", Level.ACT)]),
        ({"articles_24h": 0, "usual_24h": 0.5}, []),
        ({"articles_24h": 0, "usual_24h": None}, [("silent", Level.ACT)]),
        ({"articles_24h": 24}, [("below_usual", Level.ACT)]),
        ({"articles_24h": 25}, []),
        ({"articles_24h": 1, "usual_24h": 5.0}, []),
        ({"articles_24h": 1, "usual_24h": None}, [("below_usual", Level.LOOK)]),
        ({"outcomes_24h": {"error": 3}}, [("parser_errors", Level.LOOK)]),
        ({"outcomes_24h": {"error": 4}}, [("parser_errors", Level.ACT)]),
        ({"outcomes_24h": {"refused": 7, "throttled": 6}}, [("refused", Level.ACT)]),
        ({"outcomes_24h": {"refused": 6, "throttled": 6}}, []),
        ({"outcomes_24h": {"unreachable": 13}}, [("outage", Level.ACT)]),
        ({"outcomes_24h": {"no_text": 19}}, [("unreadable", Level.ACT)]),
        ({"outcomes_24h": {"no_text": 9}, "visits_24h": 9}, []),
        ({**GAP, "gap_from": NOW - timedelta(days=3)}, [("gap", Level.ACT)]),
        ({**GAP, "gap_from": NOW - timedelta(hours=20)}, [("gap", Level.LOOK)]),
        ({"visits_24h": None, "outcomes_24h": {}}, []),
    ],
)
def test_a_source_is_judged_by_its_figures(values: dict[str, Any], expected: list[tuple[str, Level]]) -> None:
    assert judged(**values) == expected


def of_feeds(kind: str, *feeds: Mapping[str, Any]) -> list[tuple[str, Level, str]]:
    usual = {
        "feed": "uk", "asked_at": NOW - timedelta(hours=1), "failure": None, "failure_detail": None,
        "reached_at": NOW - timedelta(hours=1), "newest_at": NOW - timedelta(hours=2), "usual_daily": 30.0,
    }  # fmt: skip
    row = {
        "articles_24h": 50, "usual_24h": 50.0, "visits_24h": 0, "outcomes_24h": {}, "unread": 0, "gaps": 0,
        "run_started_at": NOW, "run_state": "done",
    }  # fmt: skip
    found = health.judge("x", row, [usual | feed for feed in feeds], sources.load(kind), NOW)
    return [(finding.code, finding.level, finding.values["feeds"]) for finding in found.findings]


DEAD = {"failure": "not_feed", "failure_detail": None}


@pytest.mark.parametrize(
    ("kind", "feed", "expected"),
    [
        ("unn", {}, []),
        ("unn", {"newest_at": NOW - timedelta(hours=25)}, [("feed_silent", Level.ACT, "uk (1)")]),
        ("unn", {"newest_at": NOW - timedelta(hours=23)}, []),
        ("unn", {"newest_at": NOW - timedelta(hours=25), "usual_daily": 9.9}, []),
        ("unn", {"newest_at": NOW - timedelta(hours=49), "usual_daily": 1.0}, [("feed_silent", Level.ACT, "uk (2)")]),
        ("unn", {"newest_at": NOW - timedelta(hours=49), "usual_daily": 0.9}, []),
        ("unn", {"newest_at": None, "usual_daily": 0.0}, []),
        ("telegram", {"newest_at": NOW - timedelta(days=400)}, [("channel_silent", Level.LOOK, "uk (400)")]),
        ("telegram", {"newest_at": NOW - timedelta(days=400), "asked_at": NOW - timedelta(hours=27)}, []),
        ("unn", DEAD, [("feed_failed", Level.LOOK, "uk (not_feed)")]),
        ("unn", {**DEAD, "reached_at": NOW - timedelta(hours=27)}, [("feed_failed", Level.ACT, "uk (not_feed)")]),
        ("unn", {**DEAD, "reached_at": None}, [("feed_failed", Level.ACT, "uk (not_feed)")]),
        ("unn", {**DEAD, "newest_at": NOW - timedelta(days=9)}, [("feed_failed", Level.LOOK, "uk (not_feed)")]),
        ("telegram", {"failure": "no_channel", "failure_detail": "a group"}, [("feed_ended", Level.ACT, "uk (a group)")]),
        ("telegram", {"failure": "preview_off"}, [("feed_ended", Level.ACT, "uk (preview_off)")]),
    ],
)
def test_an_edition_or_channel_is_judged_by_its_own_figures(
    kind: str, feed: dict[str, Any], expected: list[tuple[str, Level, str]]
) -> None:
    assert of_feeds(kind, feed) == expected


def test_many_channels_with_one_fault_make_one_sentence() -> None:
    silent = {"newest_at": NOW - timedelta(days=3)}
    assert of_feeds("telegram", {"feed": "a", **silent}, {"feed": "b"}, {"feed": "c", **silent}) == [
        ("channel_silent", Level.LOOK, "a (3), c (3)")
    ]


def test_every_finding_has_its_words_in_both_languages() -> None:
    code = (FOLDER / "health.py").read_text(encoding="utf-8")
    found = set(re.findall(r'Finding\("(\w+)"', code)) | {"refused", "outage", "unreadable", "feed_silent", "channel_silent"}
    assert {key.removeprefix("finding_") for key in words.EN if key.startswith("finding_")} == found
    assert {key.removeprefix("do_") for key in words.UK if key.startswith("do_")} == found


def test_the_figures_of_a_feed_are_of_what_it_announced_and_how_it_was_asked(connection: db.Connection) -> None:
    for day in range(40):
        announcement(connection, source="telegram", feed="news", published_at=NOW - timedelta(days=5 + day))
    announcement(connection, source="telegram", feed="news", published_at=datetime.now(UTC) + timedelta(days=2))
    announcement(connection, source="telegram", feed="other", published_at=ago(hours=1))
    for days, failure in ((3, None), (2, "unreachable"), (1, "soft_ban")):
        asked = run(connection, source="telegram", started_at=ago(days=days))
        insert(
            connection, "core.coverage", "coverage_id", run_id=asked, source="telegram", feed="news", failure=failure,
            asked_from=ago(days=days + 1), asked_to=ago(days=days), failure_detail=failure and "one line",
        )  # fmt: skip
    # a past window that is asked for later says nothing of how the channel does now
    insert(
        connection, "core.coverage", "coverage_id", run_id=run(connection), source="telegram", feed="news",
        asked_from=ago(days=90), asked_to=ago(days=89),
    )  # fmt: skip
    coverage(connection, source="telegram", feed="never")
    rows = {row["feed"]: row for row in db.rows(connection, "web_feeds")}
    connection.commit()
    assert set(rows) == {"news", "never"}
    told = rows["news"]
    assert (told["failure"], told["failure_detail"], told["usual_daily"]) == ("soft_ban", "one line", 1)
    ages = [round((NOW - told[name]) / timedelta(days=1)) for name in ("asked_at", "reached_at", "newest_at")]
    assert ages == [1, 3, 5]
    assert (rows["never"]["newest_at"], rows["never"]["usual_daily"]) == (None, 0)


def test_a_stale_channel_is_named_under_its_source_with_what_to_do(browser: Browser, connection: db.Connection) -> None:
    for number in range(20):
        announcement(connection, source="telegram", feed="тихий", published_at=ago(days=3, hours=number))
        announcement(connection, source="telegram", feed="жвавий", published_at=ago(hours=number))
        article(connection, source="telegram", published_at=ago(hours=1, seconds=number))
    since = ago(days=1)
    window = {"asked_from": since, "asked_to": NOW, "reached_from": since, "reached_to": NOW}
    for feed in ("тихий", "жвавий"):
        asked = run(connection, source="telegram", started_at=ago(hours=1))
        insert(connection, "core.coverage", "coverage_id", run_id=asked, source="telegram", feed=feed, **window)
    told = text(browser.see("/?lang=en").css_first("#sources [data-source=telegram]"))
    assert "Silent channels (days): тихий (3). Look in Telegram" in told
    assert "жвавий" not in told


def test_a_source_without_a_file_is_expected_to_do_nothing() -> None:
    assert health.judge("old", {"run_started_at": NOW - timedelta(days=400)}, [], None, NOW).findings == ()


def row_of(connection: db.Connection, source: str = "unn") -> dict[str, Any]:
    with db.transaction(connection):
        (row,) = [row for row in db.rows(connection, "web_health") if row["source"] == source]
    return row


def test_the_usual_number_is_the_median_of_the_same_day_of_eight_weeks(connection: db.Connection) -> None:
    run(connection)
    for week, count in enumerate([1, 4, 0, 9, 5, 3, 6, 7, 2, 50]):
        for number in range(count):
            article(connection, published_at=ago(days=7 * week, hours=2, minutes=number))
    for day in (1.2, 3, 6):  # other days of the week
        article(connection, published_at=ago(days=day))
    article(connection, published_at=datetime.now(UTC) + timedelta(hours=5))
    row = row_of(connection)
    assert (row["articles_24h"], row["usual_24h"], row["usual_weeks"]) == (1, 4.5, 8)
    assert NOW - row["newest_at"] < timedelta(hours=3)


def test_weeks_before_the_first_article_of_a_source_are_left_out(connection: db.Connection) -> None:
    run(connection)
    assert row_of(connection)["usual_24h"] is None
    for week, count in ((0, 1), (2, 4)):
        for number in range(count):
            article(connection, published_at=ago(days=7 * week, hours=2, minutes=number))
    row = row_of(connection)
    assert (row["usual_24h"], row["usual_weeks"]) == (2.0, 2)  # of 0 and 4


def test_the_last_run_is_the_whole_run_of_the_dag(connection: db.Connection) -> None:
    caller = "airflow ingest_unn scheduled__2"
    run(connection, caller="airflow ingest_unn scheduled__1", started_at=ago(hours=9), state="failed", error="old")
    run(connection, caller=caller, started_at=ago(hours=3), state="died", finished_at=None, error="bad")
    run(connection, caller=caller, started_at=ago(hours=2), verb="normalise")
    run(connection, caller="shell", verb="export", started_at=NOW)
    row = row_of(connection)
    assert (row["run_caller"], row["run_state"], row["run_error"], row["run_finished_at"]) == (caller, "failed", "bad", None)
    run(connection, caller="shell", started_at=ago(minutes=9), state="failed")
    run(connection, caller="shell", started_at=ago(minutes=5))
    assert row_of(connection)["run_state"] == "done"


def test_health_says_what_is_wrong_and_what_to_do(browser: Browser, connection: db.Connection) -> None:
    run(connection, state="failed", error="AirflowFailException: 30 of 40 pages")
    run(connection, source="nv", caller="airflow ingest_nv manual__2026-01-01T00:00:00+00:00")
    for number in range(sources.load("nv").min_daily):
        article(connection, source="nv", published_at=ago(hours=1, seconds=number))
    for outcome in ("no_text", "no_text", "ok"):
        announcement(connection, outcome=outcome, visited_at=ago(hours=1))
    announcement(connection, outcome="gone", visited_at=ago(hours=25))
    coverage(connection, failure="unreachable", failure_detail="no answer")
    tree = browser.see("/?lang=en")
    rows = {node.attributes["data-source"]: node for node in tree.css("#sources tbody tr")}
    assert set(rows) == set(sources.names())
    assert next(iter(rows)) == "unn"
    assert "act" in rows["unn"].attributes["class"].split()
    said = text(rows["unn"])
    assert "The last run failed: AirflowFailException: 30 of 40 pages" in said
    assert "Not seen: 24 h of uk (unreachable: no answer). Run the ingestion over that stretch." in said
    assert "no text 2" in said.replace("\xa0", " ")
    assert "gone" not in said
    fill = next(link for link in rows["unn"].css("a") if "/start/ingest/unn" in link.attributes["href"])
    assert json.loads(browser.see(fill.attributes["href"]).css_first("#conf").text())["feeds"] == ["uk"]
    assert rows["nv"].attributes["class"].split() == ["judged"]
    assert "nothing wrong" in text(rows["nv"])
    link = rows["nv"].css_first("a[target=_top]").attributes["href"]
    assert link == "/dags/ingest_nv/runs/manual__2026-01-01T00%3A00%3A00%2B00%3A00"
    assert "It has not run yet." in text(rows["pravda"])


def test_less_than_a_minute_is_no_gap(browser: Browser, connection: db.Connection) -> None:
    start, end = ago(hours=20), ago(hours=10)
    for feed, missing in (("uk", timedelta(microseconds=1)), ("ru", timedelta(seconds=59, microseconds=999999))):
        coverage(connection, feed=feed, asked_from=start, asked_to=end, reached_from=start + missing, reached_to=end)
    # two slivers with a minute between them that was seen
    middle = start + timedelta(minutes=1)
    coverage(connection, feed="en", asked_from=start, asked_to=end, reached_from=start + timedelta(seconds=2), reached_to=middle)
    coverage(connection, feed="en", asked_from=start, asked_to=end, reached_from=middle + timedelta(seconds=2), reached_to=end)
    assert db.select(connection, "select * from mart.gap") == []
    assert "Not seen" not in text(browser.see("/?lang=en").css_first("#sources [data-source=unn]"))
    coverage(connection, feed="uk", asked_from=start - timedelta(minutes=1), asked_to=start, failure="unreachable")
    (gap,) = db.select(connection, "select * from mart.gap")
    # the sliver is a part of what was not seen now
    assert (gap["feed"], gap["gap_to"] - gap["gap_from"]) == ("uk", timedelta(minutes=1, microseconds=1))
    connection.commit()
    assert "Not seen" in text(browser.see("/?lang=en").css_first("#sources [data-source=unn]"))


def test_health_shows_the_rules_with_their_history(browser: Browser, connection: db.Connection) -> None:
    for number, (hours, breakers) in enumerate([(1, 3), (2, 0), (3, 5), (24 * 15, 9)]):
        for name in ("empty_bodies", "unparsed_pages"):
            insert(
                connection, "core.check_result", "run_id", run_id=run(connection), name=name, severity="warn",
                breakers=breakers if name == "empty_bodies" else 0, sample=Json([{"source": f"sample {number}"}]),
                checked_at=ago(hours=hours),
            )  # fmt: skip
    first, second = browser.see("/?lang=en").css("#checks tbody tr")
    assert "empty_bodies" in text(first)
    assert "look" in first.attributes["class"]
    assert text(first.css_first("svg title")) == "5 0 3"
    assert "sample 0" in text(first.css_first("pre"))
    assert "Articles of sites without a body" in text(first)
    assert second.attributes["class"].split() == ["judged"]


# --- volume


def test_volume_counts_days_of_kyiv_by_source_and_language(browser: Browser, connection: db.Connection) -> None:
    midnight = datetime(2026, 2, 20, 0, 0, tzinfo=KYIV)
    for published_at, source, language in (
        (midnight, "unn", "uk"), (midnight - timedelta(seconds=1), "unn", "uk"), (midnight, "nv", "ru"), (midnight, "nv", "uk"),
    ):  # fmt: skip
        article(connection, published_at=published_at, source=source, language=language)
    tree = browser.see("/volume?day=2026-02-20&lang=en")
    bars = {node.attributes["data-day"]: text(node.css_first("title")) for node in tree.css("#volume_by_source [data-day]")}
    assert len(bars) == 30
    assert bars["2026-02-20"] == "2026-02-20 · 3 nv: 2 unn: 1"
    assert bars["2026-02-19"] == "2026-02-19 · 1 unn: 1"
    assert text(tree.css("#volume_by_language [data-day] title")[-1]) == "2026-02-20 · 3 Ukrainian: 2 Russian: 1"
    assert [text(cell) for cell in tree.css("details tbody tr")[0].css("td")] == ["2026-02-20", "3", "2", "1", "2", "1"]


def test_volume_without_articles_leads_to_the_newest(browser: Browser, connection: db.Connection) -> None:
    assert not browser.see("/volume").css("main p a")
    article(connection, published_at=datetime(2020, 2, 20, 23, 30, tzinfo=UTC))
    (link,) = browser.see("/volume").css("main p a")
    assert link.attributes["href"] == "?day=2020-02-21"
    assert browser.see(f"/volume{link.attributes['href']}").css("#volume_by_source")


DAYS = [date(2026, 2, day) for day in range(1, 29)]


def test_the_bars_of_a_chart_stand_on_one_another_within_its_scale() -> None:
    counts = {(day, f"s{number}"): number * day.day for day in DAYS for number in range(1, 13)}
    drawn = chart.chart(DAYS, counts)
    assert [name for name, _ in drawn.series] == [f"s{number}" for number in range(12, 3, -1)] + ["other"]
    assert drawn.total == sum(counts.values()) == sum(bar.total for bar in drawn.bars)
    for bar in drawn.bars:
        assert sum(part.count for part in bar.parts) == bar.total
        bottom = float(chart.HEIGHT)
        for part in bar.parts:
            assert part.y + part.height == pytest.approx(bottom, abs=0.02)
            bottom = part.y
        assert bottom >= -0.01
    assert drawn.lines[0] == (0, chart.HEIGHT)
    assert drawn.lines[-1][1] == 0


@pytest.mark.parametrize("highest", [0, 1, 2, 5, 6, 9, 10, 11, 99, 100, 101, 12345, 10**9])
def test_a_scale_has_few_round_steps_and_holds_the_highest_bar(highest: int) -> None:
    drawn = chart.chart(DAYS[:1], {(DAYS[0], "x"): highest})
    values = [value for value, _ in drawn.lines]
    assert values[-1] >= highest
    assert 2 <= len(values) <= 6
    assert str(values[1]).strip("0") in ("1", "2", "5")


# --- rejected


def test_rejected_shows_codes_reasons_bytes_and_a_way_to_read_them_again(browser: Browser, connection: db.Connection) -> None:
    kept = page(connection, b"<html>nothing</html>", status=200)
    announcement(
        connection, url="https://unn.ua/news/bare", outcome="no_text", outcome_detail="no block of text", page_id=kept,
        page_fetched_at=NOW, published_at=datetime(2026, 2, 20, 12, tzinfo=UTC), next_visit_at=NOW, visited_at=ago(minutes=1),
    )  # fmt: skip
    announcement(connection, url="https://unn.ua/news/lost", outcome="unreachable", visited_at=ago(minutes=2))
    article(connection, announcement_id=announcement(connection))
    tree = browser.see("/rejected?lang=en")
    bare, lost = tree.css("#rejected tbody tr")
    assert "no block of text" in text(bare)
    assert browser.ask(bare.css_first("a[href^='/page/']").attributes["href"]).text == "<html>nothing</html>"
    assert "nothing came" in text(lost)
    assert not lost.css("a[href^='/start/']")
    assert [text(chip) for chip in tree.css("#codes a")] == ["all codes", "no text 1", "unreachable 1"]
    started = browser.see(bare.css_first("a[href^='/start/']").attributes["href"])
    assert json.loads(started.css_first("#conf").text()) == {
        "source": "unn", "outcomes": ["no_text"], "start": "2026-02-20T00:00:00+02:00", "end": "2026-02-21T00:00:00+02:00",
        "dry_run": True,
    }  # fmt: skip
    assert started.css_first("#start").attributes["data-api"] == "/api/v2/dags/reprocess/dagRuns"
    only = browser.see("/rejected?lang=en&source=unn&outcome=no_text")
    assert len(only.css("#rejected tbody tr")) == 1
    assert only.css("main > p a[href^='/start/reprocess/unn?outcome=no_text']")
    assert not browser.see("/rejected?source=nv").css("#rejected")


def test_rejected_goes_on_page_by_page(browser: Browser, connection: db.Connection) -> None:
    for number in range(PAGE + 5):
        announcement(connection, url=f"https://unn.ua/news/r{number}", outcome="gone", visited_at=NOW)
    first = browser.see("/rejected")
    second = browser.see(f"/rejected{first.css_first('a[rel=next]').attributes['href']}")
    addresses = [link.attributes["href"] for tree in (first, second) for link in tree.css("#rejected a[target=_blank]")]
    assert len(addresses) == len(set(addresses)) == PAGE + 5


# --- addresses


@pytest.mark.parametrize("at", [NOW, datetime(1970, 1, 1, tzinfo=UTC), datetime(1903, 5, 6, 7, 8, 9, 1, tzinfo=UTC)])
def test_a_place_in_a_list_is_read_as_it_was_written(at: datetime) -> None:
    assert After.read(str(After(at, 7))) == After(at, 7)


def test_an_address_keeps_all_filters_but_the_place() -> None:
    asked = Filters("міст & річка", "unn", "uk", None, date(2026, 2, 20), copies=False, after=After(NOW, 1))
    assert Filters.read(dict(parse_qsl(asked.address()[1:]))) == replace(asked, after=None)
    assert Filters.read(dict(parse_qsl(asked.address(source=None, after=asked.after)[1:]))) == replace(asked, source=None)
    assert Filters().address() == "?"


def test_a_run_is_linked_only_where_airflow_called() -> None:
    airflow = links.Airflow("/air")
    assert airflow.run("airflow ingest_unn manual__1") == "/air/dags/ingest_unn/runs/manual__1"
    assert airflow.run("airflow a/b c?d#e") == "/air/dags/a%2Fb/runs/c%3Fd%23e"
    for caller in ("shell", None, "", "airflow", "airflow ingest_unn"):
        assert airflow.run(caller) is None


# --- what it is made of


def test_the_page_needs_no_other_server() -> None:
    for path in [*(FOLDER / "static").iterdir(), *(FOLDER / "templates").iterdir()]:
        code = path.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
        assert not re.search(r"https?://|@import|url\(", code), path.name
        assert not re.search(r"\bstyle=|\son[a-z]+=|innerHTML|insertAdjacentHTML|document\.write|\beval\(", code), path.name
        assert "|safe" not in code.replace(" ", ""), path.name


def test_static_files_are_kept_by_browsers_until_they_change(browser: Browser) -> None:
    tree = browser.see("/")
    for node in tree.css("link[href], script[src]"):
        target = node.attributes.get("href") or node.attributes["src"]
        assert re.search(r"\?v=[0-9a-f]{12}$", target)
        assert "immutable" in browser.ask(urlsplit(target).path + "?v=1").headers["Cache-Control"]
    assert "immutable" not in browser.ask("/articles?v=1").headers["Cache-Control"]


LOADED = """
import sys
import airflow.plugins_manager
before = set(sys.modules)
import newswire_ui
print(*sorted(name for name in set(sys.modules) - before if name != "newswire_ui"))
"""


def test_loading_the_plugin_loads_nothing_besides(tmp_path: Path) -> None:
    env = {"PYTHONPATH": str(ROOT / "plugins"), "AIRFLOW_HOME": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", LOADED], env=env, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
