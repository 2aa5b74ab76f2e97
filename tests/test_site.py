"""The sample site behaves as its description says: otherwise every test built on it proves nothing."""

from __future__ import annotations

import gzip
import http.client
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import Message
from pathlib import Path
from urllib.parse import urljoin, urlsplit
from xml.etree import ElementTree as ET

import pytest
from selectolax.lexbor import LexborHTMLParser

from newswire import urls
from newswire.model import BlockKind, Outcome
from tests.site.content import DEFAULT_NOW, KYIV, articles, channels
from tests.site.expected import announced, expected_articles, expected_posts
from tests.site.server import SampleSite
from tests.site.troubles import METADATA_ADDRESS, THROTTLED_ONCE, TROUBLES

ROOT = Path(__file__).parents[1]
FEED_PATHS = {"uk": "/rss/news_uk.xml", "ru": "/rss/news_ru.xml", "en": "/rss/news_en.xml"}
LISTINGS = {"uk": "/news", "ru": "/ru/news", "en": "/en/news"}


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes
    headers: Message

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def html(self) -> LexborHTMLParser:
        return LexborHTMLParser(self.text)


@pytest.fixture
def site() -> Iterator[SampleSite]:
    with SampleSite() as running:
        yield running


def get(site: SampleSite, url: str, method: str = "GET", body: str | None = None, **headers: str) -> Answer:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=10)
    named = {"Host": parts.netloc, **{key.replace("_", "-"): value for key, value in headers.items()}}
    try:
        connection.request(method, parts.path + (f"?{parts.query}" if parts.query else ""), body, named)
        response = connection.getresponse()
        return Answer(response.status, response.read(), response.headers)
    finally:
        connection.close()


def unn(site: SampleSite, path: str, **headers: str) -> Answer:
    """Ask unn.ua, once more where the first answer is one of its throttled addresses'."""
    answer = get(site, f"https://unn.ua{path}", **headers)
    return get(site, f"https://unn.ua{path}", **headers) if answer.status == 429 else answer


def listed(site: SampleSite, edition: str) -> list[list[str]]:
    """Walk an edition's listing to its end: the links of each page that is not empty."""
    pages: list[list[str]] = []
    while True:
        page = unn(site, f"{LISTINGS[edition]}?page={len(pages) + 1}").html
        links = [str(node.attributes["href"]) for node in page.css('a[class^="news-card_link__"]')]
        if not links:
            return pages
        pages.append([urljoin("https://unn.ua", link) for link in links])


def posts_on(page: LexborHTMLParser) -> list[int]:
    return [int(str(node.attributes["data-post"]).rpartition("/")[2]) for node in page.css("[data-post]")]


# Feeds, listings, validators


@pytest.mark.parametrize("edition", FEED_PATHS)
def test_a_feed_announces_its_six_newest_articles_only(site: SampleSite, edition: str) -> None:
    feed = ET.fromstring(unn(site, FEED_PATHS[edition]).body)
    links = [urls.canonical(str(item.findtext("link"))) for item in feed.iter("item")]
    newest = [a.canonical for a in reversed(articles()) if a.host == "unn.ua" and a.edition == edition and a.in_feed][:6]
    assert links == [urls.canonical(url) for url in newest] == newest
    assert all(item.findtext("title") and item.findtext("pubDate") and item.findtext("guid") for item in feed.iter("item"))


def test_the_russian_feed_is_written_in_windows_1251(site: SampleSite) -> None:
    body = unn(site, FEED_PATHS["ru"]).body
    assert b'encoding="windows-1251"' in body
    assert "Синоптики предупредили" in body.decode("windows-1251")


@pytest.mark.parametrize("edition", LISTINGS)
def test_listings_close_over_everything_that_was_announced(site: SampleSite, edition: str) -> None:
    pages = listed(site, edition)
    assert [len(page) for page in pages[:-1]] == [8] * (len(pages) - 1)
    assert [link for page in pages for link in page] == list(announced(edition))


def test_listing_times_leave_out_the_day_of_today_and_the_year(site: SampleSite) -> None:
    first = unn(site, "/news?page=1").html.css('p[class^="news-card_info__"]')
    assert re.fullmatch(r"\d\d:\d\d • \d+ перегляди", first[1].text())
    last = unn(site, "/en/news?page=2").html.css('p[class^="news-card_info__"]')[-1]
    assert last.text().startswith("February 16, 11:00 AM • ")


def test_a_page_past_the_end_still_carries_the_top_stories(site: SampleSite) -> None:
    page = unn(site, "/news?page=99")
    assert page.status == 200
    assert len(page.html.css('a[class^="top-news_link__"]')) == 10


def test_what_has_not_changed_is_answered_with_304(site: SampleSite) -> None:
    for path in ("/rss/news_uk.xml", "/news/u-verbivtsi-pislia-remontu-vidkryly-mist-cherez-richku-tashan"):
        first = unn(site, path)
        again = unn(site, path, If_None_Match=str(first.headers["ETag"]))
        dated = unn(site, path, If_Modified_Since=str(first.headers["Last-Modified"]))
        assert (first.status, again.status, again.body, dated.status) == (200, 304, b"", 304)


def test_a_body_is_compressed_for_who_accepts_it(site: SampleSite) -> None:
    packed = unn(site, "/news", Accept_Encoding="gzip")
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.body) == unn(site, "/news").body


# The clock


def test_the_clock_hides_the_future_and_moves_from_outside(site: SampleSite) -> None:
    noon = datetime(2026, 2, 18, 12, 0, tzinfo=KYIV)
    late = "https://unn.ua/news/synoptyky-poperedyly-pro-snihopad-i-zamety-na-vykhidnykh"
    site.now = noon
    assert get(site, late).status == 404
    assert set(announced("uk", noon)) == {link for page in listed(site, "uk") for link in page}
    assert get(site, "http://control.sample/now", "PUT", DEFAULT_NOW.isoformat()).status == 204
    assert get(site, late).status == 200
    assert datetime.fromisoformat(get(site, "http://control.sample/now").text) == site.now == DEFAULT_NOW
    assert get(site, "http://control.sample/now", "PUT", "2026-02-18T12:00").status == 400


def test_answers_are_dated_by_the_simulated_clock(site: SampleSite) -> None:
    assert get(site, "https://unn.ua/robots.txt").headers["Date"] == "Fri, 20 Feb 2026 21:30:00 GMT"


def test_the_edited_article_and_post_change_at_their_time(site: SampleSite) -> None:
    (edited,) = [article for article in articles() if article.edited_at]
    (posts,) = [[post for post in channels()["nw_sample_news"].posts if post.id == 45]]
    site.now = edited.edited_at - timedelta(minutes=1)
    before, post_before = get(site, edited.url), get(site, "https://t.me/s/nw_sample_news?before=46")
    site.now += timedelta(minutes=30)
    after, post_after = get(site, edited.url), get(site, "https://t.me/s/nw_sample_news?before=46")
    assert edited.edited_title not in before.text
    assert edited.edited_title in after.text
    assert "dateModified" in after.text
    assert "dateModified" not in before.text
    assert "edited&nbsp;" in post_after.text.partition(posts[0].url + '">')[0].rpartition("<time")[2]
    assert "праска" in post_after.text
    assert "праска" not in post_before.text


def test_views_grow(site: SampleSite) -> None:
    url = "https://unn.ua/news/u-krynychkakh-vidnovyly-podachu-vody"
    site.now = datetime(2026, 2, 20, 16, 0, tzinfo=KYIV)
    early = get(site, url)
    site.now = DEFAULT_NOW
    assert shown_views(early) < shown_views(get(site, url)) < 1962


def shown_views(answer: Answer) -> int:
    return int(answer.html.css('p[class^="single-news-card_tagDateInfoItem__"]')[1].text().split()[1])


# Article pages


def test_every_article_that_should_come_out_has_its_text_on_its_page(site: SampleSite) -> None:
    for article in expected_articles():
        page = unn(site, urlsplit(article.url).path)
        page = unn(site, urlsplit(article.url).path) if page.status == 503 else page
        encoding = "windows-1251" if b'charset="windows-1251"' in page.body else "utf-8"
        body = LexborHTMLParser(page.body.decode(encoding)).css_first('div[class^="single-news-card_body__"]')
        text = " ".join(body.text(separator=" ").split()).replace(" ,", ",").replace(" .", ".")
        assert all(line.rstrip(".").replace("«", "") in text.replace("«", "") for _, line in article.body), article.url


def test_hashes_of_css_classes_differ_between_days(site: SampleSite) -> None:
    paths = [urlsplit(article.url).path for article in expected_articles() if article.story in ("boat", "bridge", "snow")]
    found = {re.search(r"single-news-card_body__(\w+)", unn(site, path).text)[1] for path in paths}
    assert "xHoem" in found
    assert len(found) == 4


def test_content_keeps_to_the_terms_of_the_model() -> None:
    blocks = {kind for article in expected_articles() for kind, _ in article.body}
    assert blocks == {kind.value for kind in BlockKind}
    assert set(TROUBLES.values()) <= {outcome.value for outcome in Outcome}
    stories = [article.story for article in expected_articles() if article.copy_of is None]
    assert sum(stories.count(story) == 3 for story in set(stories)) >= 5


def test_the_cited_source_stands_in_the_text_as_expected() -> None:
    for article in expected_articles() + expected_articles(old=True):
        assert article.cited_source is None or re.search(
            f"(посиланням на|ссылкой на|reference to) {re.escape(article.cited_source)}[.,]",
            " ".join(line for _, line in article.body),
        )


def test_the_old_site_leaves_its_encoding_to_the_meta_element(site: SampleSite) -> None:
    page = get(site, "https://www.unn.com.ua/ru/news/2016388-parom-cherez-tashan-vpershe-perevezli-poizd")
    assert page.headers["Content-Type"] == "text/html"
    assert "<strong>КИЕВ. 17&nbsp;февраля. УНН.</strong>" in page.body.decode("windows-1251")
    described = get(site, "https://www.unn.com.ua/uk/news/2016201-u-verbivtsi-vidkryli-biblioteku-prosto-neba").text
    assert "&amp;nbsp;" in described
    assert '"datePublished": "2026-02-16T18:47"' in described


def test_a_host_that_a_site_does_not_use_redirects_to_the_one_that_it_does(site: SampleSite) -> None:
    path = "/uk/news/2016201-u-verbivtsi-vidkryli-biblioteku-prosto-neba"
    assert get(site, f"https://unn.com.ua{path}").headers["Location"] == f"https://www.unn.com.ua{path}"
    assert get(site, "https://www.unn.ua/news").headers["Location"] == "https://unn.ua/news"


# Troubles


def test_every_trouble_stands_on_an_announced_address() -> None:
    everything = {url for edition in LISTINGS for url in announced(edition)}
    assert {url for url in TROUBLES if "//unn.ua/" in url} <= everything
    assert set(TROUBLES.values()) >= {
        "ok",
        "redirected",
        "gone",
        "truncated",
        "not_article",
        "no_text",
        "too_large",
        "no_date",
        "robots",
        "not_html",
    }


def test_an_unavailable_article_and_throttled_addresses_recover(site: SampleSite) -> None:
    url = "https://unn.ua/news/u-zaluzhnomu-ukhvalyly-biudzhet-hromady"
    assert [get(site, url).status for _ in range(2)] == [503, 200]
    for path in THROTTLED_ONCE:
        first, second = (get(site, f"https://unn.ua{path}") for _ in range(2))
        assert (first.status, first.headers["Retry-After"], second.status) == (429, "1", 200)


@pytest.mark.parametrize(
    ("slug", "status", "location"),
    [
        (
            "news/zadymlennia-shkola-mostyshche-evakuatsiia",
            301,
            "https://unn.ua/news/u-mostyshchi-cherez-zadymlennia-evakuiuvaly-shkolu",
        ),
        ("en/news/partner-material-how-to-save-on-heating", 302, METADATA_ADDRESS),
        ("en/news/mostyshche-market-reopens-on-saturday", 410, None),
        ("ru/news/v-mostishche-otmenili-iarmarku", 404, None),
        ("news/fotofakt-u-parku-zatsvily-prolisky", 200, None),
    ],
)
def test_what_is_not_there_any_more_says_so_in_its_way(site: SampleSite, slug: str, status: int, location: str | None) -> None:
    answer = get(site, f"https://unn.ua/{slug}")
    assert (answer.status, answer.headers["Location"]) == (status, location)
    assert location or re.search("не знайдено|не найдена|not found", answer.text)


def test_a_truncated_page_ends_before_its_declared_length(site: SampleSite) -> None:
    with pytest.raises(http.client.IncompleteRead):
        get(site, "https://unn.ua/ru/news/kak-v-zaluzhnom-stroili-bolnitsu-istoriia-trekh-let")


def test_a_large_page_goes_past_twelve_mebibytes_without_declaring_it(site: SampleSite) -> None:
    answer = get(site, "https://unn.ua/news/povnyi-spysok-vulyts-yaki-pereimenuiut-u-mostyshchi")
    assert answer.headers["Content-Length"] is None
    assert len(answer.body) > 12 * 1024 * 1024


def test_impossible_dates_stand_in_meta_feed_and_listing(site: SampleSite) -> None:
    assert "2026-02-31T20:30" in unn(site, "/news/u-mostyshchi-oholosyly-konkurs-na-dyzain-tramvaia").text
    assert "31 Feb 2026" in unn(site, FEED_PATHS["uk"]).text
    assert "31 лютого, 20:30" in unn(site, "/news").text
    assert "20 Feb 2062" in unn(site, FEED_PATHS["ru"]).body.decode("windows-1251")


def test_malformed_html_still_holds_every_paragraph(site: SampleSite) -> None:
    page = unn(site, "/news/opytuvannia-pidpryiemtsi-ochikuiut-zrostannia-tsin-na-shist-vidsotkiv")
    assert "</p>" not in page.text
    assert "</main>" not in page.text


# t.me


def test_paging_a_channel_backwards_meets_every_post_once(site: SampleSite) -> None:
    seen: list[int] = []
    address: str | None = "https://t.me/s/NW_sample_NEWS"
    pages = 0
    while address:
        page = get(site, address).html
        seen = posts_on(page) + seen
        pages += 1
        more = page.css_first("a.tme_messages_more[data-before]")
        address = urljoin("https://t.me", str(more.attributes["href"])) if more else None
    assert pages == 3
    assert seen == [post.id for post in expected_posts(channel="nw_sample_news")]


def test_before_above_the_newest_id_returns_the_newest_page(site: SampleSite) -> None:
    assert posts_on(get(site, "https://t.me/s/nw_sample_news?before=9999").html) == posts_on(
        get(site, "https://t.me/s/nw_sample_news").html
    )


def test_after_pages_forward(site: SampleSite) -> None:
    assert posts_on(get(site, "https://t.me/s/nw_sample_live?after=0").html)[:3] == [1, 2, 3]
    assert posts_on(get(site, "https://t.me/s/nw_sample_live?after=23").html) == [24, 25]


def test_a_channel_of_one_page_has_no_link_to_older_posts(site: SampleSite) -> None:
    page = get(site, "https://t.me/s/nw_sample_small").text
    assert "tme_messages_more" not in page
    assert 'rel="prev"' not in page
    assert 'data-post="Nw_Sample_Small/4"' in page


def test_an_empty_channel_says_that_no_posts_were_found(site: SampleSite) -> None:
    page = get(site, "https://t.me/s/nw_sample_empty").html
    assert page.css_first("div.tgme_widget_message_wrap div.tme_no_messages_found").text() == "No posts found"
    assert page.css_first(".tgme_channel_info") is not None


@pytest.mark.parametrize(
    ("name", "sign"),
    [
        ("nw_sample_unknown", "you can contact"),
        ("nw_sample_closed", "12 408 subscribers"),
        ("nw_sample_user", "Send Message"),
        ("nw_sample_bot", "monthly users"),
        ("nw_sample_group", "members, 138 online"),
    ],
)
def test_what_is_no_open_channel_redirects_to_a_landing_card(site: SampleSite, name: str, sign: str) -> None:
    first = get(site, f"https://t.me/s/{name}")
    assert (first.status, first.headers["Location"]) == (302, f"https://t.me/{name}")
    card = get(site, str(first.headers["Location"]))
    assert card.status == 200
    assert sign in card.text
    assert card.html.css_first(".tgme_channel_info") is None


def test_a_soft_ban_hides_every_channel(site: SampleSite) -> None:
    site.soft_ban = True
    assert get(site, "https://t.me/s/nw_sample_news").status == 302
    assert "214K subscribers" in get(site, "https://t.me/nw_sample_news").text


def test_channels_hold_every_kind_of_post() -> None:
    posts = expected_posts()
    assert {post.kind for post in posts} >= {
        "text",
        "photo",
        "album",
        "video",
        "video_too_big",
        "poll",
        "service",
        "unsupported",
        "document",
        "audio",
        "voice",
        "round_video",
        "sticker",
        "location",
    }
    assert {post.forwarded_from for post in posts} == {None, "nw_sample_live/12", "nw_sample_news/51", "Читач Мостища"}
    assert any("paid" in post.reactions for post in posts)


def test_post_texts_read_as_expected(site: SampleSite) -> None:
    page = get(site, "https://t.me/s/nw_sample_news").text.replace("<br/>", "\n")
    for post in expected_posts(channel="nw_sample_news")[-12:]:
        node = LexborHTMLParser(page).css_first(f'[data-post="nw_sample_news/{post.id}"] .js-message_text')
        assert (node.text().strip() if node else "") == "\n".join(post.lines)


def test_robots_forbids_the_private_folder_and_telegram_has_none(site: SampleSite) -> None:
    assert "Disallow: /private/" in get(site, "https://unn.ua/robots.txt").text
    assert get(site, "https://t.me/robots.txt").status == 404


# The server


def test_requests_are_written_down(site: SampleSite) -> None:
    get(site, "https://unn.ua/news?page=3", User_Agent="probe")
    assert [(served.host, served.path, served.status) for served in site.requests] == [("unn.ua", "/news?page=3", 200)]
    assert site.requests[0].headers["user-agent"] == "probe"


def test_it_runs_from_a_shell_until_it_is_told_to_stop() -> None:
    command = [sys.executable, "-m", "tests.site", "--port", "0", "--now", "2026-02-17T12:00+02:00"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        line = process.stdout.readline()
        process.terminate()
        assert process.wait(10) == 0
    assert re.search(r"http://127\.0\.0\.1:\d+, its clock at 2026-02-17T12:00\+02:00", line)
