from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from newswire.discover import feed_announcements, listing_announcements, registrable, site
from newswire.listing_times import heading_day, listing_time, without_time
from newswire.model import Announcement, Failed, Feed, Found, Known, Outcome, Page, Reached, Source, TimeOrigin, Window

KYIV = ZoneInfo("Europe/Kyiv")
NOW = datetime(2026, 2, 20, 15, 10, tzinfo=KYIV)
HOME = "https://novyny.example"
RSS = f"{HOME}/rss.xml"
LISTING = f"{HOME}/news?page={{page}}"
PATH = re.compile(r"/(?:ru/|en/)?news/[^/]+")
SHARED = Path(__file__).parents[2] / "shared" / "data"

FEED = Feed("uk", ("uk",), rss=(RSS,), listing=LISTING)
DISCOVER = site(PATH)


def source(feed: Feed = FEED, home: str = HOME) -> Source:
    return Source("novyny", "Новини", "site", (feed,), DISCOVER, lambda *_: (), "1", home=home)


def page(body: str | bytes, url: str = RSS, **kept: object) -> Page:
    raw = body if isinstance(body, bytes) else body.encode()
    return Page(url=url, final_url=url, status=200, body=raw, fetched_at=NOW, **kept)


def rss(items: str, head: str = '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0">') -> str:
    return f"{head}<channel><title>Новини</title><link>{HOME}</link>{items}</channel></rss>"


def item(slug: str, at: datetime | str, title: str = "Заголовок") -> str:
    when = at if isinstance(at, str) else at.strftime("%a, %d %b %Y %H:%M:%S %z")
    return f"<item><title>{title}</title><link>{HOME}/news/{slug}</link><pubDate>{when}</pubDate></item>"


def announced(body: str | bytes, **kept: object) -> list[Announcement]:
    found = feed_announcements(source(), FEED, page(body, **kept))
    assert not isinstance(found, Failed)
    return found


def listed(body: str, *, path: re.Pattern[str] = PATH, url: str = f"{HOME}/news?page=1", **kept: object) -> list[Announcement]:
    return listing_announcements(source(), FEED, page(f"<html><body>{body}</body></html>", url, **kept), path)


# --- feeds


def test_an_item_of_a_feed_is_announced_with_everything_it_says() -> None:
    (found,) = announced(
        rss(
            "<item><title>\n <![CDATA[ Міст  відкрили ]]>\n</title>"
            "<link> https://www.novyny.example/news/mist/?utm_source=rss </link>"
            "<description><![CDATA[<p>Рух <b>від</b>новили.</p><p>Усі смуги.</p>]]></description><category>Київ</category>"
            '<guid isPermaLink="false">0cc175b9c0f1b6a8</guid><pubDate>Fri, 20 Feb 2026 12:00:00 +0300</pubDate></item>'
        )
    )
    assert found == Announcement(
        source="novyny",
        feed="uk",
        url="https://novyny.example/news/mist",
        title="Міст відкрили",
        lead="Рух відновили. Усі смуги.",
        published_at=datetime(2026, 2, 20, 9, tzinfo=UTC),
        time_origin=TimeOrigin.FEED,
        section="Київ",
        guid="0cc175b9c0f1b6a8",
    )


def test_the_declared_encoding_of_a_feed_counts() -> None:
    body = rss(item("a", NOW, "Їжак і ґава"), '<?xml version="1.0" encoding="windows-1251"?><rss version="2.0">').encode("cp1251")
    assert announced(body)[0].title == "Їжак і ґава"
    assert announced(body, encoding="utf-8", headers={"content-type": "text/xml; charset=utf-8"})[0].title == "Їжак і ґава"


def test_a_wrong_word_of_the_server_does_not_overrule_the_feeds_own() -> None:
    assert announced(rss(item("a", NOW, "Їжак і ґава")), encoding="koi8-r")[0].title == "Їжак і ґава"


def test_a_feed_that_declares_no_encoding_is_read_as_the_page_says() -> None:
    body = rss(item("a", NOW, "Їжак і ґава"), '<rss version="2.0">').encode("cp1251")
    assert announced(body, encoding="cp1251")[0].title == "Їжак і ґава"


def test_a_byte_order_mark_in_front_of_a_feed_does_no_harm() -> None:
    assert announced(b"\xef\xbb\xbf" + rss(item("a", NOW)).encode())[0].title == "Заголовок"


def test_a_default_namespace_and_an_empty_description_are_read() -> None:
    head = '<?xml version="1.0"?><rss version="2.0" xmlns="https://backend.userland.com/rss2">'
    (found,) = announced(rss(item("a", NOW).replace("</item>", "<description></description></item>"), head))
    assert (found.title, found.lead) == ("Заголовок", None)


def test_entities_that_were_escaped_twice_are_resolved_and_markup_goes() -> None:
    (found,) = announced(rss(item("a", NOW, "Курс&amp;nbsp;&amp;laquo;НБУ&amp;raquo; &lt;b&gt;виріс&lt;/b&gt;, 2 &lt; 3")))
    assert found.title == "Курс «НБУ» виріс, 2 < 3"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Tue, 29 Sep 2020 15:00:00 +0300", datetime(2020, 9, 29, 12, tzinfo=UTC)),
        ("Tue, 29 Sep 2020 15:00:00 GMT", datetime(2020, 9, 29, 15, tzinfo=UTC)),
        ("Tue, 29 Sep 2020 15:00:00", datetime(2020, 9, 29, 12, tzinfo=UTC)),
        ("2026-01-10 09:30:00", datetime(2026, 1, 10, 7, 30, tzinfo=UTC)),
        ("2026-01-10T09:30:00Z", datetime(2026, 1, 10, 9, 30, tzinfo=UTC)),
        ("Thu, 01 Jan 1970 00:00:00 +0000", None),
        ("Mon, 01 Jan 2035 00:00:00 +0200", None),
        ("soon", None),
        ("", None),
    ],
)
def test_a_feeds_time_is_aware_and_possible_or_none(written: str, expected: datetime | None) -> None:
    (found,) = announced(rss(item("a", written)))
    assert found.published_at == expected
    assert found.time_origin == (TimeOrigin.FEED if expected else None)


def test_atom_is_read_with_its_relative_links_and_its_updated_time() -> None:
    body = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>Новини</title><entry><title type="html">Рік &amp;amp; день</title>'
        '<link rel="enclosure" href="/a.jpg"/><link href="/news/rik"/><id>tag:novyny,1</id><summary>Коротко</summary>'
        "<updated>2026-02-20T10:00:00+02:00</updated></entry></feed>"
    )
    (found,) = announced(body)
    assert (found.url, found.title, found.guid) == (f"{HOME}/news/rik", "Рік & день", "tag:novyny,1")
    assert found.published_at == datetime(2026, 2, 20, 8, tzinfo=UTC)


def test_items_of_other_publishers_and_items_without_an_address_are_left_out() -> None:
    body = rss(
        item("own", NOW)
        + "<item><title>Сестра</title><link>https://sport.novyny.example/news/b</link></item>"
        + "<item><title>Чужа</title><link>https://novyny.example.evil.test/news/c</link></item>"
        + "<item><title>Ніде</title><guid isPermaLink='false'>7</guid></item>"
        + "<item><title>Пошта</title><link>mailto:a@novyny.example</link></item>"
    )
    assert [each.title for each in announced(body)] == ["Заголовок", "Сестра"]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ("<guid>1f3011bb42f36737c5ac0fd6d7cd3278</guid>", None),
        ("<guid isPermaLink='false'>1f3011bb42f36737c5ac0fd6d7cd3278</guid>", None),
        ("<link>x7KqT0pLm_0</link><guid>x7KqT0pLm_0</guid>", None),
        ("<link></link><guid>https://novyny.example/news/a</guid>", f"{HOME}/news/a"),
        ("<guid isPermaLink='false'>https://novyny.example/news/a</guid>", f"{HOME}/news/a"),
        ("<guid>1f30</guid><link>/news/a</link>", f"{HOME}/news/a"),
        ("<link>\n<![CDATA[ https://novyny.example/news/a ]]>\n</link>", f"{HOME}/news/a"),
        ("<link>https://novyny.example/news/a</link><image><link>https://novyny.example/</link></image>", f"{HOME}/news/a"),
    ],
)
def test_a_guid_is_an_address_only_where_it_looks_like_one(fields: str, expected: str | None) -> None:
    found = announced(rss(f"<item><title>Міст</title>{fields}</item>"))
    assert [each.url for each in found] == ([expected] if expected else [])


@pytest.mark.parametrize("order", ["dc", "cd", "d", "c"])
def test_the_whole_text_of_an_item_is_not_taken_for_its_lead(order: str) -> None:
    head = '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:yandex="http://news.yandex.ru">'
    parts = {
        "d": "<description>Коротко</description>",
        "c": "<content:encoded><![CDATA[<p>Увесь текст.</p><p>До кінця.</p>]]></content:encoded>",
    }
    full = "<yandex:full-text><![CDATA[&lt;p&gt;Увесь текст.&lt;/p&gt;]]></yandex:full-text>"
    fields = "".join(parts[each] for each in order) + full
    (found,) = announced(rss(f"<item><title>Міст</title><link>{HOME}/news/a</link>{fields}</item>", head))
    assert found.lead == ("Коротко" if "d" in order else None)


def test_a_description_as_long_as_an_article_is_no_lead() -> None:
    lead, text = "Слово. " * 100, "Слово. " * 300
    described = "".join(
        f"<item><link>{HOME}/news/{number}</link><description>{words}</description></item>"
        for number, words in enumerate((lead, text))
    )
    assert [each.lead for each in announced(rss(described))] == [lead.strip(), None]


@pytest.mark.parametrize("declared", ["windows-1251", "koi8-u", "WINDOWS-1251"])
def test_a_feed_in_utf_8_that_declares_another_encoding_is_read_as_what_it_is(declared: str) -> None:
    head = f'<?xml version="1.0" encoding="{declared}"?><rss version="2.0">'
    assert announced(rss(item("a", NOW, "Їжак і ґава"), head))[0].title == "Їжак і ґава"
    assert announced(b"\xef\xbb\xbf" + rss(item("a", NOW, "Їжак"), head).encode())[0].title == "Їжак"
    assert announced(rss(item("a", NOW, "Hedgehog"), head))[0].title == "Hedgehog"


def test_items_of_other_sites_are_counted_in_the_runs_notes() -> None:
    strangers = ("champion.example/a", "www.champion.example/b", "mezha.example/c")
    items = "".join(f"<item><title>Чуже</title><link>https://{address}</link></item>" for address in strangers)
    body = rss(item("own", NOW) + items + "<item><title>Ніде</title></item>" + item("old", NOW - timedelta(days=2)))
    found, reached = walk(Site(answers={RSS: page(body)}), window(5))
    assert urls(found) == {f"{HOME}/news/own", f"{HOME}/news/old"}
    assert reached.notes == (f"{RSS}: items of other sites were left out: champion.example 2, mezha.example 1, no address 1",)


def test_sister_sites_are_kept_where_one_of_the_sources_feeds_stands_on_them() -> None:
    sister = Feed("economy", ("uk",), rss=("https://egazeta.example/rss",))
    house = Source("novyny", "Новини", "site", (FEED, sister), DISCOVER, lambda *_: (), "1", home=HOME)
    links = ("https://www.egazeta.example/news/1", "https://sport.egazeta.example/2", "https://egazeta.example.test/3")
    body = rss("".join(f"<item><title>Сестра</title><link>{link}</link></item>" for link in links))
    found = feed_announcements(house, FEED, page(body))
    assert not isinstance(found, Failed)
    assert [each.url for each in found] == ["https://egazeta.example/news/1", "https://sport.egazeta.example/2"]


def test_an_article_announced_twice_in_a_feed_counts_once() -> None:
    assert len(announced(rss(item("a", NOW) + item("a/?utm_medium=x", NOW)))) == 1


@pytest.mark.parametrize(
    "body",
    [b"", b"<!DOCTYPE html><html><body><h1>502</h1></body></html>", b'{"error": 1}', b"\x00\x01\xff" * 50],
)
def test_what_is_no_feed_is_said_to_be_none(body: bytes) -> None:
    found = feed_announcements(source(), FEED, page(body))
    assert isinstance(found, Failed)
    assert found.outcome is Outcome.NOT_FEED
    assert found.page is not None


def test_a_body_that_is_the_name_of_a_file_opens_no_file(tmp_path: Path) -> None:
    (tmp_path / "feed.xml").write_text(rss(item("a", NOW)))
    assert isinstance(feed_announcements(source(), FEED, page(bytes(tmp_path / "feed.xml"))), Failed)


def test_a_feed_that_was_cut_off_gives_the_items_before_the_cut() -> None:
    whole = rss(item("a", NOW, "Перша") + item("b", NOW, "Друга") + item("c", NOW, "Третя"))
    assert [each.title for each in announced(whole[: whole.index("Третя")])][:2] == ["Перша", "Друга"]


def test_an_entity_bomb_neither_hangs_nor_kills() -> None:
    bomb = "".join(f'<!ENTITY e{n + 1} "{f"&e{n};" * 10}">' for n in range(9))
    found = feed_announcements(
        source(), FEED, page(rss(item("a", NOW, "&e9;"), f'<!DOCTYPE r [<!ENTITY e0 "ha">{bomb}]><rss version="2.0">'))
    )
    assert isinstance(found, Failed) or sum(len(each.title or "") for each in found) < 10_000


@pytest.mark.parametrize(
    ("name", "home", "count", "first"),
    [
        ("liga_2020", "https://www.liga.net", 20, datetime(2020, 9, 29, 12, 5, 59, tzinfo=UTC)),
        ("pravda_2020", "https://www.pravda.com.ua", 12, datetime(2020, 9, 29, 12, tzinfo=UTC)),
        ("ukranews_2020", "https://ukranews.com", 2, datetime(2020, 9, 28, 15, 25, tzinfo=UTC)),
        ("unian_2020", "https://www.unian.ua", 49, datetime(2020, 9, 28, 13, 35, 12, tzinfo=UTC)),
    ],
)
def test_real_feeds_are_read_whole(name: str, home: str, count: int, first: datetime) -> None:
    path = SHARED / "feeds" / f"{name}.xml"
    if not path.exists():
        pytest.skip(f"the recorded feed {name} is not here")
    found = feed_announcements(source(home=home), Feed("x"), page(path.read_bytes(), f"{home}/rss"))
    assert not isinstance(found, Failed)
    assert len(found) == count
    assert found[0].published_at == first
    assert all(each.title and each.published_at and re.search("[а-яії]", each.title) for each in found)


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("life.pravda.com.ua", "pravda.com.ua"),
        ("unn.ua", "unn.ua"),
        ("rss.unian.net", "unian.net"),
        ("news.lviv.ua", "news.lviv.ua"),
        ("127.0.0.1", "127.0.0.1"),
        ("::1", "::1"),
        ("localhost", "localhost"),
        ("", ""),
    ],
)
def test_the_registrable_part_of_a_host(host: str, expected: str) -> None:
    assert registrable(host) == expected


# --- times of listings


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("15:05 • 13680 перегляди", (2026, 2, 20, 15, 5)),
        ("19 лютого, 10:18 • 27155 перегляди", (2026, 2, 19, 10, 18)),
        ("19 февраля, 10:18", (2026, 2, 19, 10, 18)),
        ("March 2, 04:30 AM • 86 views", (2025, 3, 2, 4, 30)),
        ("Nov 11 2024, 03:57 PM • 20229 views", (2024, 11, 11, 15, 57)),
        ("February 20, 12:05 AM", (2026, 2, 20, 0, 5)),
        ("Feb 20, 12:05 p.m.", (2026, 2, 20, 12, 5)),
        ("вчора, 10:18", (2026, 2, 19, 10, 18)),
        ("Вчера 10:18", (2026, 2, 19, 10, 18)),
        ("yesterday at 10:18", (2026, 2, 19, 10, 18)),
        ("сьогодні о 9:05", (2026, 2, 20, 9, 5)),
        ("23:50", (2026, 2, 19, 23, 50)),
        ("15:15", (2026, 2, 20, 15, 15)),
        ("31 грудня, 23:59", (2025, 12, 31, 23, 59)),
        ("20 лютого, 18:00", (2026, 2, 20, 18, 0)),
        ("29 лютого, 10:00", (2024, 2, 29, 10, 0)),
        ("3 декабря 2020, 18:47", (2020, 12, 3, 18, 47)),
        ("18:47, 3 грудня 2020 року", (2020, 12, 3, 18, 47)),
        ("03.12.2020 18:47", (2020, 12, 3, 18, 47)),
        ("18:41, 20.01.26", (2026, 1, 20, 18, 41)),
        ("20.01.26 18:41", (2026, 1, 20, 18, 41)),
        ("18:41, 31.02.26", None),
        ("18:41 • 1.20.261", (2026, 2, 19, 18, 41)),
        ("5 лютого , 10:18", (2026, 2, 5, 10, 18)),
        ("15:05 • 12 views", (2026, 2, 20, 15, 5)),
        ("31 лютого, 10:00", None),
        ("25:10", None),
        ("10:75", None),
        ("рахунок 12:3", None),
        ("5 лютого", None),
        ("", None),
    ],
)
def test_a_listings_time_is_the_last_such_time_that_is_past(text: str, expected: tuple[int, ...] | None) -> None:
    assert listing_time(text, NOW) == (datetime(*expected, tzinfo=KYIV) if expected else None)


def test_a_listings_time_is_kyiv_time_whatever_the_clock_of_the_server_says() -> None:
    assert listing_time("00:05", datetime(2026, 2, 19, 22, 10, tzinfo=UTC)) == datetime(2026, 2, 20, 0, 5, tzinfo=KYIV)
    summer = listing_time("5 липня, 10:00", NOW)
    assert summer is not None
    assert summer.utcoffset() == timedelta(hours=3)


def test_a_bare_time_belongs_to_the_day_that_it_stands_under() -> None:
    day = heading_day("Четверг, 3 декабря 2020", NOW)
    assert listing_time("19:01", NOW, day) == datetime(2020, 12, 3, 19, 1, tzinfo=KYIV)
    assert heading_day("3 декабря 2020 в Киеве", NOW) is None


def test_a_title_loses_a_time_glued_to_its_end_but_keeps_its_own() -> None:
    assert without_time("Міст відкрили 15:05 • 13680 перегляди") == "Міст відкрили"
    assert without_time("Bridge opens Nov 11 2024, 03:57 PM • 20229 views") == "Bridge opens"
    assert without_time("Фінал 12 сезону, 10:30 • 5 перегляди") == "Фінал 12 сезону"
    assert without_time("Світло вимкнуть о 15:05") == "Світло вимкнуть о 15:05"


# --- listings

CARD = (
    '<div class="card_x1"><a href="/news/{slug}"><img src="/i.webp" alt="{title}"></a>'
    '<a href="/news/{slug}"><h3>{title}<span>{label}</span></h3></a>'
    "<p>{time}<!-- --> • <!-- -->1962<!-- --> перегляди</p></div>"
)


def card(slug: str, time: str, title: str = "Міст відкрили", label: str = "") -> str:
    return CARD.format(slug=slug, time=time, title=title, label=label)


def test_a_listing_announces_its_cards_in_their_order() -> None:
    found = listed(f"<main>{card('b', '15:05', 'Друга')}{card('a', '19 лютого, 10:18', 'Перша')}</main>")
    assert [(each.url, each.title) for each in found] == [(f"{HOME}/news/b", "Друга"), (f"{HOME}/news/a", "Перша")]
    assert [each.published_at for each in found] == [
        datetime(2026, 2, 20, 15, 5, tzinfo=KYIV),
        datetime(2026, 2, 19, 10, 18, tzinfo=KYIV),
    ]
    assert {each.time_origin for each in found} == {TimeOrigin.PAGE}


@pytest.mark.parametrize("label", ["Photo", "Video", "PhotoVideo", "Ексклюзив", "Эксклюзив"])
def test_labels_are_no_part_of_a_title(label: str) -> None:
    assert listed(card("a", "15:05", label=label))[0].title == "Міст відкрили"
    assert listed(card("a", "15:05", title=f"Міст відкрили{label}"))[0].title == "Міст відкрили"


def test_a_label_that_is_a_word_of_the_title_stays() -> None:
    assert listed(card("a", "15:05", title="World Press Photo"))[0].title == "World Press Photo"


def test_links_without_a_time_and_links_to_no_article_are_furniture() -> None:
    body = (
        '<nav><a href="/news/top">Головне дня</a> <a href="/politics">Політика 15:05</a></nav>'
        f"<main>{card('a', '15:05')}</main>"
        '<aside><ul><li><a href="/news/other">Популярне</a></li></ul></aside>'
        '<a href="https://evil.test/news/x">Чуже</a> 15:05'
    )
    assert [each.url for each in listed(body)] == [f"{HOME}/news/a"]


def test_a_card_that_is_one_link_gives_title_and_time_apart() -> None:
    (found,) = listed(
        '<a href="/news/a"><span>Київ</span><div class="item_title__9x">О 10:00 перекриють міст</div>'
        "<p>14:30 • 86 перегляди</p></a>"
    )
    assert (found.title, found.published_at) == ("О 10:00 перекриють міст", datetime(2026, 2, 20, 14, 30, tzinfo=KYIV))


@pytest.mark.parametrize("shown", ["14:30", "14:30, 20.02.26", "20 лютого, 14:30"])
def test_a_time_in_front_of_a_title_in_the_same_link_is_no_part_of_it(shown: str) -> None:
    (found,) = listed(f'<div><a href="/news/a"><span class="time">{shown}</span> О 10:00 перекриють міст</a></div>')
    assert (found.title, found.published_at) == ("О 10:00 перекриють міст", datetime(2026, 2, 20, 14, 30, tzinfo=KYIV))


def test_time_and_counter_glued_to_a_title_are_taken_apart() -> None:
    (found,) = listed('<ul><li><a href="/en/news/a">Bridge opens Nov 11 2024, 03:57 PM • 20229 views</a></li></ul>')
    assert (found.title, found.published_at) == ("Bridge opens", datetime(2024, 11, 11, 15, 57, tzinfo=KYIV))


def test_day_and_clock_in_elements_of_their_own_are_read_together() -> None:
    (found,) = listed('<div><a href="/news/a">Міст</a><i>5 лютого</i>, <b>10:18</b></div>')
    assert found.published_at == datetime(2026, 2, 5, 10, 18, tzinfo=KYIV)


def test_a_time_element_is_believed_before_the_text() -> None:
    (found,) = listed('<div><a href="/news/a">Міст</a><time datetime="2026-02-20T08:00:00Z">щойно, 15:05</time></div>')
    assert found.published_at == datetime(2026, 2, 20, 8, tzinfo=UTC)


def test_bare_times_under_the_heading_of_a_day_are_of_that_day() -> None:
    today, yesterday = card("c", "09:00"), card("b", "14:00") + card("a", "13:00")
    found = listed(f"<main><h2>Сьогодні</h2>{today}<h2>Четвер, 19 лютого</h2>{yesterday}</main>")
    assert [each.published_at.day for each in found if each.published_at] == [20, 19, 19]


def test_times_count_from_the_servers_own_clock() -> None:
    old = {"date": "Tue, 03 Mar 2020 13:00:00 GMT"}
    assert listed(card("a", "14:30"), headers=old)[0].published_at == datetime(2020, 3, 3, 14, 30, tzinfo=KYIV)
    assert listed(card("a", "14:30"), headers={"date": "never"})[0].published_at == datetime(2026, 2, 20, 14, 30, tzinfo=KYIV)


def test_times_of_kept_bytes_count_from_when_they_were_fetched() -> None:
    later = {"date": "Sat, 21 Feb 2026 14:00:00 GMT"}
    assert listed(card("a", "15:05"), headers=later)[0].published_at == datetime(2026, 2, 21, 15, 5, tzinfo=KYIV)
    kept = listed(card("a", "15:05"), headers=later, unchanged=True)
    assert kept[0].published_at == datetime(2026, 2, 20, 15, 5, tzinfo=KYIV)


def test_a_listing_without_any_readable_time_still_announces_its_articles() -> None:
    found = listed(f'<header><a href="/news/top">Головне</a></header><main>{card("a", "щойно")}{card("b", "")}</main>')
    assert [(each.url, each.published_at, each.time_origin) for each in found] == [
        (f"{HOME}/news/a", None, None),
        (f"{HOME}/news/b", None, None),
    ]


def test_relative_links_follow_the_base_of_the_page() -> None:
    (found,) = listed('<base href="https://novyny.example/news/"><p><a href="mist">Міст</a> 15:05</p>')
    assert found.url == f"{HOME}/news/mist"


def test_the_default_path_tells_articles_from_sections() -> None:
    links = "/politics /news /tag/kyiv /news/mist-u-kyievi-vidkryly /2026/02/1234567 /about-us /ru/news/1906059-parlament"
    body = "".join(f'<p><a href="{link}">Назва</a> 15:05</p>' for link in links.split())
    found = listing_announcements(source(), FEED, page(body, f"{HOME}/news"))
    assert [each.url.removeprefix(HOME) for each in found] == [
        "/news/mist-u-kyievi-vidkryly",
        "/2026/02/1234567",
        "/ru/news/1906059-parlament",
    ]


def test_the_lists_of_a_real_old_page_are_read() -> None:
    path = SHARED / "pages" / "unn.com.ua_2020-12-03_ru.html"
    if not path.exists():
        pytest.skip("the recorded page is not here")
    url = "https://www.unn.com.ua/ru/news"
    made = {"date": "Thu, 03 Dec 2020 17:03:00 GMT"}
    found = listing_announcements(
        source(home=url), Feed("ru"), page(path.read_bytes(), url, headers=made), re.compile(r"/ru/news/\d+-.+")
    )
    times = {each.url.split("/")[-1].split("-")[0]: each.published_at for each in found}
    assert times["1906063"] == datetime(2020, 12, 3, 19, 1, tzinfo=KYIV)
    assert times["1905998"] == datetime(2020, 12, 3, 14, 21, tzinfo=KYIV)
    assert len(times) == 11


# --- the walk


@dataclass
class Site:
    """Answers like a small news site: one article every `step`, ten on a page of the listing, the newest 20 in the feed."""

    articles: int = 200
    step: timedelta = timedelta(hours=1)
    feed_items: int = 20
    answers: dict[str, Page | Failed] = field(default_factory=dict)
    before: Callable[[str], None] = lambda _url: None
    chrome: str = ""
    below: str = ""
    asked: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.at_first = self.articles

    def at(self, number: int) -> datetime:
        return NOW - self.step * (self.at_first - number)

    def numbers(self, first: int, count: int) -> list[int]:
        newest = self.articles - 1 - first
        return [number for number in range(newest, newest - count, -1) if number >= 0]

    def __call__(self, url: str) -> Page | Failed:
        self.asked.append(url)
        self.before(url)
        if url in self.answers:
            return self.answers[url]
        if url == RSS:
            return page(rss("".join(item(f"n{n}", self.at(n)) for n in self.numbers(0, self.feed_items))))
        return self.listing(int(url.rpartition("=")[2]), url)

    def listing(self, number: int, url: str) -> Page:
        cards = "".join(
            card(f"n{n}", self.at(n).astimezone(KYIV).strftime("%d.%m.%Y, %H:%M")) for n in self.numbers((number - 1) * 10, 10)
        )
        return page(f"<body>{self.chrome}<main>{cards}</main>{self.below}</body>", url)

    @property
    def pages(self) -> list[int]:
        return [int(url.rpartition("=")[2]) for url in self.asked if url != RSS]


def window(hours: float, until: float = 0) -> Window:
    return Window(NOW - timedelta(hours=hours), NOW - timedelta(hours=until))


def failed(url: str, outcome: Outcome = Outcome.SERVER_ERROR) -> Failed:
    return Failed(url, outcome, "503 after all retries")


def walk(web: Site, span: Window, feed: Feed = FEED, max_pages: int = 400) -> tuple[list[Found], Reached]:
    steps = site(PATH, max_pages)(source(feed), feed, span, web, Known())
    found: list[Found] = []
    while True:
        try:
            found.append(next(steps))
        except StopIteration as end:
            return found, end.value


def urls(found: list[Found]) -> set[str]:
    return {each.url for every in found for each in every.announcements}


def numbered(numbers: range) -> set[str]:
    return {f"{HOME}/news/n{number}" for number in numbers}


def test_a_feed_that_reaches_back_before_the_window_is_enough() -> None:
    web = Site()
    found, reached = walk(web, window(12))
    assert web.asked == [RSS]
    assert len(found) == 1
    assert not found[0].contains_items
    assert reached == Reached(NOW - timedelta(hours=20))


def test_the_listing_closes_what_the_feed_leaves_open() -> None:
    web = Site()
    found, reached = walk(web, window(35))
    assert web.pages == [1, 2, 3, 4]
    assert reached == Reached(NOW - timedelta(hours=40))
    assert urls(found) == numbered(range(160, 200))


def test_each_page_is_handed_over_before_the_next_is_asked_for() -> None:
    web = Site()
    steps = DISCOVER(source(), FEED, window(35), web, Known())
    for count in (1, 2, 3):
        next(steps)
        assert len(web.asked) == count


def test_a_source_without_a_listing_says_how_far_its_feed_went() -> None:
    _, reached = walk(Site(), window(35), Feed("uk", rss=(RSS,)))
    assert reached == Reached(NOW - timedelta(hours=20))


def test_a_source_without_a_feed_is_walked() -> None:
    _, reached = walk(Site(), window(15), Feed("uk", listing=LISTING))
    assert reached == Reached(NOW - timedelta(hours=20))


def test_a_source_with_neither_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="neither RSS nor a listing"):
        walk(Site(), window(15), Feed("uk"))


@pytest.mark.parametrize("answer", [failed(RSS), page(b"<html><h1>Error</h1></html>")])
def test_a_broken_feed_is_a_note_where_the_listing_covers_the_window(answer: Page | Failed) -> None:
    web = Site(answers={RSS: answer})
    found, reached = walk(web, window(15))
    assert (reached.back_to, reached.failure) == (NOW - timedelta(hours=20), None)
    assert len(reached.notes) == 1
    assert RSS in reached.notes[0]
    assert urls(found) == numbered(range(180, 200))


def test_a_broken_feed_and_a_broken_listing_are_a_failure() -> None:
    first = LISTING.format(page=1)
    _, reached = walk(Site(answers={RSS: failed(RSS), first: failed(first)}), window(15))
    assert reached.back_to is None
    assert reached.failure == failed(first)
    assert RSS in reached.notes[0]


def test_a_broken_feed_without_a_listing_is_the_failure() -> None:
    _, reached = walk(Site(answers={RSS: failed(RSS)}), window(15), Feed("uk", rss=(RSS,)))
    assert (reached.back_to, reached.failure) == (None, failed(RSS))


def test_of_two_feeds_the_one_that_reaches_least_counts() -> None:
    short = f"{HOME}/rss-short.xml"
    web = Site()
    web.answers[short] = page(rss(item("x", NOW - timedelta(hours=2)) + item("y", NOW - timedelta(hours=3))), short)
    feed = Feed("uk", rss=(RSS, short))
    assert walk(web, window(12), feed)[1].back_to == NOW - timedelta(hours=3)
    web.answers[short] = failed(short)
    assert walk(web, window(12), feed)[1] == Reached(None, failed(short))
    web.answers[short] = page(rss(""), short)
    assert walk(web, window(12), feed)[1].back_to is None


def test_a_walk_that_breaks_off_has_reached_what_it_saw_or_what_the_feed_saw() -> None:
    third = LISTING.format(page=3)
    _, reached = walk(Site(answers={third: failed(third)}), window(35))
    assert reached == Reached(NOW - timedelta(hours=20), failed(third))
    _, reached = walk(Site(answers={third: failed(third)}, feed_items=25), window(35))
    assert reached == Reached(NOW - timedelta(hours=25), failed(third))


def test_a_pinned_old_item_does_not_pretend_that_the_feed_reaches_back() -> None:
    web = Site()
    items = [item("pinned", NOW - timedelta(days=300)), *(item(f"n{n}", web.at(n)) for n in web.numbers(0, 10))]
    web.answers[RSS] = page(rss("".join(items)))
    found, reached = walk(web, window(15))
    assert reached.back_to == NOW - timedelta(hours=20)
    assert numbered(range(180, 200)) <= urls(found)


def test_a_fresh_item_at_the_end_of_a_feed_does_not_hide_how_far_it_reaches() -> None:
    web = Site()
    items = [*(item(f"n{n}", web.at(n)) for n in web.numbers(0, 10)), item("fresh", NOW)]
    web.answers[RSS] = page(rss("".join(items)))
    assert walk(web, window(9.5), Feed("uk", rss=(RSS,)))[1].back_to == NOW - timedelta(hours=10)


@pytest.mark.parametrize("place", ["chrome", "below"])
def test_old_top_stories_on_every_page_do_not_end_the_walk(place: str) -> None:
    top = "".join(f'<li class="top"><a href="/news/top{n}">Топ</a> <i>{n}.01.2026, 10:00</i></li>' for n in range(19, 11, -1))
    web = Site()
    setattr(web, place, f"<ul class='tops'>{top}</ul>")
    found, reached = walk(web, window(35))
    assert web.pages == [1, 2, 3, 4]
    assert reached.back_to == NOW - timedelta(hours=40)
    assert f"{HOME}/news/top19" in urls(found)


def test_the_end_of_the_listing_covers_a_window_that_begins_before_the_archive() -> None:
    web = Site(articles=25)
    _, reached = walk(web, window(500))
    assert web.pages == [1, 2, 3, 4, 5]
    assert reached.back_to == NOW - timedelta(hours=500)
    assert reached.failure is None
    assert reached.notes == ("the listing ended at page 4",)


def test_an_empty_page_in_the_midst_of_a_listing_is_a_failure_and_no_end() -> None:
    second = LISTING.format(page=2)
    web = Site(feed_items=5, answers={second: page("<body><h1>Сторінку не знайдено</h1></body>", second)})
    _, reached = walk(web, window(35))
    assert web.pages == [1, 2, 3]
    assert reached.back_to == NOW - timedelta(hours=10)
    assert reached.failure is not None
    assert reached.failure.outcome is Outcome.ERROR
    assert "page 2 of the listing holds no article" in reached.failure.detail


@pytest.mark.parametrize("outcome", [Outcome.GONE, Outcome.UNREACHABLE])
def test_only_a_missing_page_behind_an_empty_one_confirms_the_end(outcome: Outcome) -> None:
    fifth = LISTING.format(page=5)
    _, reached = walk(Site(articles=25, answers={fifth: failed(fifth, outcome)}), window(500))
    ended = outcome is Outcome.GONE
    assert reached.failure == (None if ended else failed(fifth, outcome))
    assert reached.back_to == NOW - timedelta(hours=500 if ended else 25)


@pytest.mark.parametrize("tag", ["aside", "div"])
def test_top_stories_on_an_empty_page_do_not_hide_the_end_of_the_listing(tag: str) -> None:
    top = "".join(f'<a href="/news/top{n}"><b>Топ</b></a>' for n in range(8))
    web = Site(articles=25, chrome=f"<{tag}>{top}</{tag}>")
    _, reached = walk(web, window(500))
    assert (reached.back_to, reached.notes) == (NOW - timedelta(hours=500), ("the listing ended at page 4",))


def test_a_last_item_that_is_a_top_story_too_is_no_repetition() -> None:
    web = Site(articles=21, chrome='<aside><a href="/news/n0">Головне</a></aside>')
    found, reached = walk(web, window(500))
    assert reached == Reached(NOW - timedelta(hours=500), None, ("the listing ended at page 4",))
    assert numbered(range(21)) <= urls(found)


def test_a_first_page_without_articles_is_a_failure_and_no_end() -> None:
    first = LISTING.format(page=1)
    web = Site(answers={first: page("<body><h1>Щось пішло не так</h1></body>", first)})
    _, reached = walk(web, window(35))
    assert web.pages == [1]
    assert reached.back_to == NOW - timedelta(hours=20)
    assert reached.failure is not None
    assert reached.failure.outcome is Outcome.ERROR


def test_a_listing_that_knows_no_numbers_is_left_at_its_second_page() -> None:
    web = Site()
    second = LISTING.format(page=2)
    web.answers[second] = web.listing(1, second)
    _, reached = walk(web, window(35))
    assert web.pages == [1, 2]
    assert (reached.back_to, reached.failure) == (NOW - timedelta(hours=20), None)
    assert "repeats" in reached.notes[0]


def test_a_walk_asks_for_no_more_pages_than_it_may() -> None:
    web = Site()
    _, reached = walk(web, window(150), max_pages=5)
    assert web.pages == [1, 2, 3, 4, 5]
    assert reached.back_to == NOW - timedelta(hours=50)
    assert "as many pages as one walk may" in reached.notes[0]


def test_a_page_without_readable_times_is_noted_and_passed() -> None:
    second = LISTING.format(page=2)
    web = Site()
    web.answers[second] = page("<main>" + "".join(card(f"n{n}", "щойно") for n in web.numbers(10, 10)) + "</main>", second)
    found, reached = walk(web, window(35))
    assert reached.back_to == NOW - timedelta(hours=40)
    assert reached.notes == ("no time could be read on page 2 of the listing",)
    assert numbered(range(160, 200)) <= urls(found)


def test_a_listing_whose_times_cannot_be_read_is_given_up_aloud() -> None:
    web = Site()
    for number in range(1, 20):
        url = LISTING.format(page=number)
        cards = "".join(card(f"n{n}", "щойно") for n in web.numbers((number - 1) * 10, 10))
        web.answers[url] = page(f"<main>{cards}</main>", url)
    _, reached = walk(web, window(100))
    assert web.pages == [1, 2, 3]
    assert reached.failure is not None
    assert reached.failure.outcome is Outcome.ERROR


def test_a_listing_that_moves_while_it_is_read_loses_nothing() -> None:
    web = Site()

    def publish(url: str) -> None:
        if url != RSS:
            web.articles += 3

    web.before = publish
    start = web.at(150)
    found, reached = walk(web, Window(start, NOW))
    assert reached.back_to is not None
    assert reached.back_to < start
    assert numbered(range(150, 200)) <= urls(found)


def test_a_window_long_ago_is_searched_for_and_not_walked_to() -> None:
    web = Site(articles=30_000)
    span = window(24_100, until=24_000)
    found, reached = walk(web, span)
    assert reached.back_to is not None
    assert reached.back_to < span.start
    assert numbered(range(30_000 - 24_100, 30_000 - 24_000)) <= urls(found)
    assert len(web.pages) < 50
    assert "began at page 2400" in reached.notes[0]


def test_a_search_beyond_the_end_of_the_listing_comes_back() -> None:
    def nothing(url: str) -> None:
        number = int(url.rpartition("=")[2]) if url != RSS else 0
        if number > 100:
            web.answers[url] = failed(url, Outcome.GONE)

    web = Site(articles=1_000, before=nothing)
    found, reached = walk(web, window(995, until=900))
    assert numbered(range(5, 100)) <= urls(found)
    assert reached.back_to == NOW - timedelta(hours=1_000)


def test_a_search_in_a_listing_that_knows_no_numbers_stops_at_once() -> None:
    web = Site(articles=1_000)
    for number in range(2, 600):
        url = LISTING.format(page=number)
        web.answers[url] = web.listing(1, url)
    _, reached = walk(web, window(900, until=800))
    assert len(web.pages) < 6
    assert reached.back_to == NOW - timedelta(hours=20)


def test_a_search_that_fails_inside_claims_nothing_of_the_window() -> None:
    web = Site(articles=1_000)

    def fail_late(url: str) -> None:
        if len(web.asked) > 6:
            web.answers[url] = failed(url)

    web.before = fail_late
    span = window(900, until=800)
    _, reached = walk(web, span)
    assert reached.failure is not None
    assert reached.back_to == NOW - timedelta(hours=20)


def test_a_search_that_ends_at_an_empty_page_claims_nothing_of_the_window() -> None:
    web = Site(articles=1_000)

    def empty_late(url: str) -> None:
        if web.asked.count(url) == 2:
            web.answers[url] = page("<body></body>", url)

    web.before = empty_late
    _, reached = walk(web, window(900, until=800))
    assert reached.failure is not None
    assert reached.back_to == NOW - timedelta(hours=20)


def test_a_walk_that_breaks_off_before_the_window_claims_nothing_of_it() -> None:
    web = Site(articles=1_000)

    def fail_behind(url: str) -> None:
        if web.asked.count(LISTING.format(page=80)) == 2 and not url.endswith("=80"):
            web.answers[url] = failed(url)

    web.before = fail_behind
    _, reached = walk(web, window(900, until=800))
    assert web.pages[-2:] == [80, 81]
    assert reached == Reached(NOW - timedelta(hours=20), failed(LISTING.format(page=81)), reached.notes)


def test_importing_the_module_loads_nothing_heavy() -> None:
    code = "import sys, newswire.discover; print(*({'feedparser', 'bs4', 'requests'} & set(sys.modules)))"
    plugins = Path(__file__).parents[1] / "plugins"
    done = subprocess.run([sys.executable, "-c", code], cwd=plugins, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
