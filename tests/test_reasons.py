"""The library's sentences in Ukrainian. They are made by the library here, so that a new one fails until it has its Ukrainian."""

from __future__ import annotations

import gzip
import random
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import combinations, product

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from newswire import content, db, deduplication, duplicates, parse, similarity, sources, telegram
from newswire.duplicates import Candidate, Edge
from newswire.fetch import Client, Settings
from newswire.language import judge
from newswire.model import Announcement, Failed, Page, Politeness, Rejected
from newswire.pipeline import parse_page
from newswire.similarity import Comparison
from newswire.stories import telling
from newswire.story_groups import Bonds, Item
from newswire.web import reasons, words
from newswire.wire import Exchange
from tests.serving import serving
from tests.texts import ARTICLE, OTHER

NOON = datetime(2026, 2, 20, 12, 0, tzinfo=UTC)
FOREIGN = re.compile(r"https?://\S+|\bmist/\d+|HTTP|SHA-256|og:title|robots\.txt|HTML|RSS|Atom|'[^']*'|\w+Error\b")
"""What stays as it is in any language: addresses, names of formats, words of somebody else in quotation marks."""


def shape(sentence: str) -> str:
    """Return a sentence without what stands in its places."""
    return re.sub(r"[\d.]+", "#", FOREIGN.sub("@", sentence))


def assert_told(sentences: Iterable[str]) -> set[str]:
    """Hold that each sentence has its Ukrainian, with all its numbers and addresses; return the shapes that were met."""
    shapes = set()
    for sentence in sentences:
        told = reasons.ukrainian(sentence)
        assert told != sentence, sentence
        assert not re.search(r"[A-Za-z]{2,}", FOREIGN.sub("", told)), f"{sentence} -> {told}"
        assert sorted(re.findall(r"\d+", told)) == sorted(re.findall(r"\d+", sentence)), f"{sentence} -> {told}"
        assert sorted(re.findall(r"https?://[^\s)]+", told)) == sorted(re.findall(r"https?://[^\s)]+", sentence))
        shapes.add(shape(sentence))
    return shapes


# --- copies


def comparisons(count: int = 3000) -> Iterator[Comparison]:
    """Yield comparisons of every kind: each figure from its whole range, its ends among them."""
    dice = random.Random(7)

    def share() -> float:
        return dice.choice((0.0, 1.0, dice.random(), 0.9 + dice.random() / 10))

    for _ in range(count):
        shorter = dice.choice((0, 1, 2, 5, 11, 21, 40, 300, dice.randrange(5000)))
        longer = shorter + dice.choice((0, 1, 100, dice.randrange(9000)))
        hours = dice.choice((None, 0.0, 13.0, 37.0, dice.uniform(0, 720)))
        yield Comparison(
            share(), share(), share(), dice.choice((0.0, share())), dice.choice((0.0, share())), share(), share(), share(),
            shorter, longer, hours,
        )  # fmt: skip


def test_every_match_and_every_refusal_has_its_ukrainian() -> None:
    all_of_them = list(comparisons())
    matches = [match for one in all_of_them if (match := similarity.verdict(one))]
    assert len(assert_told(match.reason for match in matches)) == 2
    assert {match.kind for match in matches} == {"near", "excerpt"}
    refusals = [similarity.refusal(one) for one in all_of_them if not similarity.verdict(one)]
    assert len(assert_told(refusals)) == 7
    assert_told(f"no copy of article 12: {refusal}" for refusal in refusals)


def worlds() -> Iterator[tuple[list[Candidate], list[Edge]]]:
    """Yield little worlds of articles: some share addresses, some forward one another, some say the same, some are alike."""
    dice = random.Random(11)
    matches = [match for one in comparisons(400) if (match := similarity.verdict(one))]
    for _ in range(400):
        items = [
            Candidate(
                article_id=number,
                source=dice.choice(("telegram", "unn")),
                external_id=f"mist/{number}",
                url=f"https://unn.ua/news/{dice.choice((number, 1))}",
                forwarded_from=dice.choice((None, None, f"mist/{dice.randrange(1, 8)}")),
                text_hash=dice.choice((b"same", str(number).encode())),
                word_count=dice.choice((12, 61, 105)),
                published_at=NOON + timedelta(hours=dice.randrange(90)),
            )
            for number in range(1, 8)
        ]
        edges = [Edge(a, b, dice.choice(matches)) for a, b in combinations(range(1, 8), 2) if dice.random() < 0.3]
        yield items, edges


def test_every_verdict_has_its_ukrainian() -> None:
    found = [verdict for items, edges in worlds() for verdict in duplicates.verdicts(items, edges)]
    assert {verdict.kind for verdict in found} == {"url", "forward", "exact", "near", "excerpt"}
    shapes = assert_told(verdict.reason for verdict in found)
    # a sure copy of what is a copy itself, and a member of a group by another member, and both
    assert any("and that is by article" in one for one in shapes)
    assert len(shapes) >= 5 + 3 + 2 * 4


def test_what_is_said_of_the_nearest_candidate_has_its_ukrainian() -> None:
    rows = {
        number: {
            "url": f"https://unn.ua/news/{number}",
            "editions": editions,
            "published_at": NOON,
            "word_count": 90,
            "text_hash": None,
        }
        for number, editions in ((1, ["https://unn.ua/news/2"]), (2, []), (3, []))
    }
    prepared = {number: similarity.prepare(text) for number, text in ((1, ARTICLE), (2, ARTICLE), (3, OTHER))}
    texts = deduplication._Texts(None, rows, prepared=prepared)  # type: ignore[arg-type]
    said = [deduplication._judgement(texts, 1, refused) for refused in ([], [2], [3])]
    assert len(assert_told(said)) == 3


# --- stories


def test_every_bond_has_its_ukrainian() -> None:
    told = [telling(*text.split("\n", 1), language) for text in (ARTICLE, OTHER) for language in ("uk", "en")]
    items = [
        Item(
            number, "unn", f"https://unn.ua/news/{number}", NOON + timedelta(hours=hours), one,
            image_url=f"https://unn.ua/{number // 2}.jpg", editions=frozenset({"https://unn.ua/news/1"} if number == 4 else ()),
        )
        for number, (one, hours) in enumerate(product(told, (0, 7, 60)), 1)
    ]  # fmt: skip
    bonds = Bonds(items)
    made = [bonds.bond(a.article_id, b.article_id) for a in items for b in items if a is not b]
    assert len(assert_told(bond.reason for bond in made if bond.reason)) == 4


# --- pages that are no articles


def robots(_: Request) -> Response:
    return PlainTextResponse("User-agent: *\nDisallow: /closed\n")


def slow_robots(_: Request) -> Response:
    return PlainTextResponse("User-agent: *\nCrawl-delay: 86400\n")


def reply(body: bytes = b"<!doctype html><p>x", status: int = 200, **headers: str) -> Route:
    """Return a route, its path to be filled in."""
    sent = {"content-type": "text/html", **{name.replace("_", "-"): value for name, value in headers.items()}}
    return Route("/", lambda _: Response(body, status, sent))


REPLIES = {
    "broken": reply(status=500),
    "gone": reply(status=410),
    "circle": reply(status=302, location="/circle"),
    "two": reply(status=302, location="/broken"),
    "user": reply(status=302, location="http://anna:secret@news.test/"),
    "nowhere": reply(status=302, location="mailto:x"),
    "control": reply(status=302, location="/a\x0bb"),
    "inside": reply(status=302, location="http://10.0.0.1/"),
    "picture": reply(b"\x89PNG\r\n"),
    "json": reply(content_type="application/json"),
    "vague": reply(b"plain", content_type="text/plain"),
    "missing": reply(b"plain", content_type=""),
    "brotli": reply(content_encoding="br"),
    "half": reply(gzip.compress(b"<!doctype html>" * 99)[:30], content_encoding="gzip"),
    "torn": reply(b"no gzip at all", content_encoding="gzip"),
    "long": reply(b"<!doctype html>" + b"x" * 3000),
    "closed": reply(),
    **{f"hop{number}": reply(status=302, location=f"/hop{number + 1}") for number in range(5)},
    # the last ones: from then on the lane is held
    "busy": reply(status=429, retry_after="86400"),
    "again": reply(),
}
ADDRESSES = ("mailto:x", "https://", "http://a\x0bb/", "http://anna:secret@news.test/", "http://10.0.0.1/", "http://127.0.0.1:9/")


def test_every_failed_request_has_its_ukrainian() -> None:
    shut, slow = Route("/shut/robots.txt", REPLIES["broken"].endpoint), Route("/slow/robots.txt", slow_robots)
    routes = [Route("/robots.txt", robots), shut, slow, *(Route(f"/{name}", one.endpoint) for name, one in REPLIES.items())]
    with serving(Starlette(routes=routes)) as address:
        hosts = {"news.test": address, "down.test": "http://127.0.0.1:9"}
        hosts |= {f"{name}.test": f"{address}/{name}" for name in ("shut", "slow")}
        settings = Settings(hosts=hosts, tries=1, max_wait=1, max_bytes=2000, max_redirects=3, total_timeout=5)
        with Client(settings, Politeness(pause=0)) as client:
            hosts_alone = (f"http://{name}.test/a" for name in ("down", "shut", "slow"))
            answers = [client(one) for one in (*ADDRESSES, *hosts_alone, *(f"http://news.test/{name}" for name in REPLIES))]
    failures = [answer for answer in answers if isinstance(answer, Failed)]
    assert len(failures) == len(answers)
    assert len(details(failure.detail for failure in failures)) > 20


def details(sentences: Iterable[str]) -> set[str]:
    """Hold that each has its Ukrainian; behind its last colon there may be words of somebody else."""
    found = list(sentences)
    for sentence in found:
        told = reasons.ukrainian(sentence)
        assert told != sentence, sentence
        assert re.match(r"[а-яіїєґ]|robots\.txt|https?:|\w+Error|\S+ веде на", told), told
        assert sorted(re.findall(r"\d+", told)) == sorted(re.findall(r"\d+", sentence)), f"{sentence} -> {told}"
    return {shape(sentence) for sentence in found}


def test_what_is_unfit_or_too_slow_has_its_ukrainian() -> None:
    bodies, types = (b"", b"plain", b"<!doctype html><p>", b"%PDF-1", b"\x89PNG", b"GIF8"), (None, "", "text/html", "image/png")
    found = [content.unfit(body, type_, expect) for body, type_, expect in product(bodies, types, ("html", "feed"))]
    assert len(details(one[1] for one in found if one)) >= 5
    details([Exchange(0.5, allow_private=False).too_slow, Exchange(1e9, allow_private=False).too_slow])


def page(html: str, url: str) -> Page:
    return Page(url=url, final_url=url, status=200, body=html.encode(), fetched_at=NOON)


TEXT = "<p>" + "</p><p>".join(ARTICLE.split("\n")[1:]) + "</p>"
PAGES = (
    "", "<title>Міст</title>", f"<article>{TEXT}</article>", f"<title>Міст</title><article><h1>Міст</h1>{TEXT}</article>",
    '<meta property="og:type" content="website"><title>Міст</title>',
    f'<title>Міст</title><meta property="article:published_time" content="2099-01-01"><article><h1>Міст</h1>{TEXT}</article>',
    f'<div itemprop="articleBody">{TEXT}</div>', '<h1 itemprop="name">Міст</h1>', '<div itemprop="articleBody"></div>',
    f'<h1 itemprop="name">Міст</h1><div itemprop="articleBody">{TEXT}</div>',
)  # fmt: skip
CARDS = product(("tgme_page_title", "other"), ("9 members, 4 online", "97 957 subscribers", "@x", "9 monthly users"))
NAMED = product(("", "mist/7"), ("", "yesterday", "2026-02-20T10:00:00+02:00"))
POSTS = (
    "<p>nothing</p>",
    *(
        f'<div class="tgme_page"><div class="{title}">x</div><div class="tgme_page_extra">{extra}</div></div>'
        for title, extra in CARDS
    ),
    *(
        f'<section class="tgme_channel_history"><div class="tgme_widget_message" data-post="{name}">'
        f'<a class="tgme_widget_message_date"><time datetime="{time}"></time></a></div></section>'
        for name, time in NAMED
    ),
)


def rejected() -> Iterator[Rejected]:
    unn, channel = sources.load("unn"), sources.load("telegram")
    for html, url in product(PAGES, ("https://unn.ua/news/mist", "https://unn.ua/")):
        for way in (unn.parse, parse.article):
            yield from way(unn, page(html, url), Announcement("unn", "uk", url))  # type: ignore[misc]
    for html in POSTS:
        url = "https://t.me/s/mist"
        yield from telegram.parse(channel, page(html, url), Announcement("telegram", "mist", url))  # type: ignore[misc]


def test_every_page_without_an_article_has_its_ukrainian() -> None:
    found = [one.detail for one in rejected() if isinstance(one, Rejected)]
    assert len(details(found)) >= 17


def test_a_page_that_breaks_its_parser_or_shows_nothing_has_its_ukrainian() -> None:
    def breaks(*_: object) -> Iterator[Rejected]:
        raise ValueError("no such thing: {x}")

    row = {
        "page_id": 1, "url": "https://unn.ua/news/mist", "final_url": "https://unn.ua/news/mist", "status": 200, "body": b"x",
        "fetched_at": NOON, "encoding": "utf-8", "headers": {}, "peer": None, "redirects": [], "cut": None, "feed": "uk",
    }  # fmt: skip
    broken = parse_page(replace(sources.load("unn"), parse=breaks), row, [], judge)
    empty = parse_page(replace(sources.load("unn"), parse=lambda *_: iter(())), row, [], judge)
    assert broken.crash
    assert empty.refusal
    details([broken.crash, empty.refusal[1]])


# --- the sentences themselves


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (0, "0 слів"), (1, "1 слово"), (2, "2 слова"), (4, "4 слова"), (5, "5 слів"), (11, "11 слів"), (12, "12 слів"),
        (14, "14 слів"), (21, "21 слово"), (22, "22 слова"), (100, "100 слів"), (101, "101 слово"), (111, "111 слів"),
        (112, "112 слів"), (1003, "1003 слова"),
    ],
)  # fmt: skip
def test_nouns_have_the_form_that_their_number_asks_for(count: int, expected: str) -> None:
    assert reasons.ukrainian(f"the same text, {count} words") == f"той самий текст, {expected}"


def test_hours_have_the_form_that_their_place_asks_for() -> None:
    told = reasons.ukrainian("no copy of article 5: 21 hours apart; so short a text is a copy within 12 hours only")
    assert told == "стаття 5, але між ними 21 година, а такий короткий текст буває копією лише впродовж 12 годин"


@pytest.mark.parametrize(
    "sentence",
    [
        "", "what a day", "because", "no copy of article 5: because", "nearly the same text: because",
        "the same text, many words", "the same text, 5 words ", "{count} {0} words", "article 7",
        "HTTP status 500 (redirected to https://unn.ua and on)",
        "the same text, 5 words as article 1, and that is because",
    ],
)  # fmt: skip
def test_a_sentence_that_is_not_known_stays_as_it_is(sentence: str) -> None:
    assert reasons.ukrainian(sentence) == sentence


@pytest.mark.parametrize("evil", ["{0}", "{reason.__class__}", "<script>", "%s", "\\1", "a\nb"])
def test_what_stands_in_a_place_is_never_read_as_a_pattern(evil: str) -> None:
    assert reasons.ukrainian(f"no answer: {evil}") == f"немає відповіді: {evil}"


def test_a_text_that_goes_on_as_a_sentence_does_is_left_alone() -> None:
    for endless in (
        "redirected to a: " * 200 + "x" + " (redirected to b)" * 200,
        "what " * 5000,
        "x as article 1, and that is " * 300,
        f"the same text, {'9' * 9999} words",
        "the same text, ² words",
    ):
        assert reasons.ukrainian(endless) == endless


@pytest.mark.parametrize(
    "english",
    [
        "an edition of article 7",
        "the same picture as article 7 in another language",
        "by article 7, of the same group: the same text, 12 words",
        "no copy of article 7: the longer quotes the shorter, but begins with something else",
    ],
)
def test_the_number_of_an_article_is_a_link_in_each_case(english: str) -> None:
    (linked,) = [piece for kind, piece in words.pieces(reasons.ukrainian(english)) if kind == "article"]
    assert re.fullmatch(r"стат\w+ 7", linked)


def test_each_language_is_told_its_own() -> None:
    assert words.Words("en").told("the same text, 21 words") == "the same text, 21 words"
    assert words.Words("uk").told("the same text, 21 words") == "той самий текст, 21 слово"
    assert words.Words("uk").told(None) == words.Words("en").told(None) == ""


def test_every_rule_says_in_ukrainian_what_it_watches() -> None:
    assert reasons.RULES.keys() == {path.stem for path in (db.SQL / "checks").glob("*.sql")}
    assert words.Words("uk").rule("open_gaps", "Time not seen.") == reasons.RULES["open_gaps"]
    assert words.Words("en").rule("open_gaps", "Time not seen.") == "Time not seen."
    assert words.Words("uk").rule("<script>", "Time not seen.") == "Time not seen."
