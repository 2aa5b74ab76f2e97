"""What an article names: read from made-up articles, and kept in tables beside the article."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from newswire import db, pipeline
from newswire.entities import MOST, Citation, Forward, Target, entities, target
from newswire.model import Article, Block, BlockKind, Link, TimeOrigin
from tests.stored import keep

AT = datetime(2026, 2, 20, 16, 0, tzinfo=UTC)
TABLES = ("article_hashtag", "article_mention", "article_link", "article_forwarding", "article_citation")


def article(*lines: str, **more: Any) -> Article:
    body = tuple(Block(BlockKind.PARAGRAPH, line) for line in lines)
    usual: dict[str, Any] = {
        "source": "unn", "feed": "uk", "external_id": "news/kilok", "url": "https://unn.ua/news/kilok", "title": "Кілок",
        "published_at": AT, "time_origin": TimeOrigin.FEED,
    }  # fmt: skip
    return Article(body=body, **(usual | more))


def post(*lines: str, **more: Any) -> Article:
    usual = {
        "source": "telegram", "feed": "vezha", "external_id": "vezha/7", "url": "https://t.me/vezha/7", "title": None,
        "time_origin": TimeOrigin.POST,
    }  # fmt: skip
    return article(*lines, **(usual | more))


def links(*urls: str, kind: str = "text") -> tuple[Link, ...]:
    return tuple(Link(url, "тут", kind) for url in urls)


# --- hashtags and mentions


def test_hashtags_stand_in_the_text_in_any_letters_and_count_once() -> None:
    found = entities(article("Сьогодні #Київ і #київ, а ще #F16, #новини_дня;#Їжа!", "#СВІТЛО"))
    assert found.hashtags == ("київ", "f16", "новини_дня", "їжа", "світло")


@pytest.mark.parametrize(
    "text", ["#1", "місце #2026", "https://x.example/a#фрагмент", "a#b", "C#", "&#1234;", "##", "# слово", "#️⃣", "#" + "а" * 101]
)
def test_what_only_looks_like_a_hashtag_is_none(text: str) -> None:
    assert entities(article(text)).hashtags == ()


def test_tags_are_hashtags_in_a_post_and_keywords_on_a_site() -> None:
    assert entities(post("Текст", tags=("Харків", "тривога"))).hashtags == ("харків", "тривога")
    assert entities(article("Текст", tags=("Економіка",))).hashtags == ()


def test_letters_composed_in_two_ways_are_one_hashtag() -> None:
    assert entities(article("#Їжак #Ї\u0308жак".replace("Ї\u0308", "І\u0308"))).hashtags == ("їжак",)


def test_mentions_are_names_behind_an_at_sign() -> None:
    found = entities(post("Пише @Vezha_Live, і @durov.", links=(Link("https://t.me/holos_x", "@Holos_X", "mention"),)))
    assert found.mentions == ("holos_x", "vezha_live", "durov")


@pytest.mark.parametrize(
    "text", ["пошта redaktsia@example.com", "@abc", "@ durov", "@durov@mastodon.example", "x@durov", "@імʼя"]
)
def test_what_only_looks_like_a_mention_is_none(text: str) -> None:
    assert entities(post(text)).mentions == ()


# --- links


@pytest.mark.parametrize(
    ("url", "host", "domain"),
    [
        ("https://zakon.rada.gov.ua/laws/show/1-20", "zakon.rada.gov.ua", "rada.gov.ua"),
        ("http://www.RADA.gov.ua:80/", "rada.gov.ua", "rada.gov.ua"),
        ("https://rada.gov.ua./x", "rada.gov.ua", "rada.gov.ua"),
        ("https://xn--d1abbgf6aiiy.xn--j1amh/", "президент.укр", "президент.укр"),
        ("https://новини.Президент.УКР/", "новини.президент.укр", "президент.укр"),
        ("https://user:secret@bbc.co.uk/x", "bbc.co.uk", "bbc.co.uk"),
        ("https://93.184.216.34/x", "93.184.216.34", "93.184.216.34"),
        ("https://[2001:db8::1]/x", "2001:db8::1", "2001:db8::1"),
        ("https://xn--zzzzzzz99999999/", "xn--zzzzzzz99999999", "xn--zzzzzzz99999999"),
        ("https://" + "a" * 70 + ".example/", "a" * 70 + ".example", "a" * 70 + ".example"),
        ("https://localhost/x", "localhost", "localhost"),
    ],
)
def test_a_link_leads_to_a_host_and_to_what_somebody_registered(url: str, host: str, domain: str) -> None:
    found = target(url)
    assert found is not None
    assert (found.host, found.domain, found.channel) == (host, domain, None)
    assert "secret" not in found.url


@pytest.mark.parametrize(
    "url",
    ["", "mailto:a@example.com", "javascript:alert(1)", "tg://join?invite=x", "tg://resolve", "https://", "https:///x", "https://./",
     "https://..", "//", "ftp://a.example/x", "https://[::1", "https://a b.example", "https://a.example:99999/", "https://a\x00b.example",
     "https://\ud800.example/", "https://a.example/" + "x" * 3000, "data:text/html,x", "tg://resolve?domain=%00", "http://%"],
)  # fmt: skip
def test_what_leads_to_no_place_on_the_web_is_no_link(url: str) -> None:
    found = target(url)
    assert found is None or (found.host == "t.me" and found.channel is None) or found.host == "%"
    if found is not None:
        assert "\x00" not in found.url + found.host


@pytest.mark.parametrize(
    ("url", "channel", "post_id"),
    [
        ("https://t.me/Vezha", "vezha", None),
        ("https://t.me/Vezha/12", "vezha", 12),
        ("http://telegram.me/s/Vezha/12?single", "vezha", 12),
        ("https://t.me/s/vezha?before=90", "vezha", None),
        ("https://t.me/vezha/3/12", "vezha", 12),
        ("https://vezha.t.me/12", "vezha", 12),
        ("tg://resolve?domain=Vezha&post=12", "vezha", 12),
        ("https://t.me/vezha/" + "9" * 40, "vezha", None),
        ("https://t.me/c/1234567890/12", None, None),
        ("https://t.me/+AbCdEf", None, None),
        ("https://t.me/joinchat/AbCdEf", None, None),
        ("https://t.me/addstickers/abcde", None, None),
        ("https://t.me/share/url?url=https://x.example", None, None),
        ("https://t.me/iv?url=https://x.example", None, None),
        ("https://t.me/", None, None),
        ("https://nott.me/vezha/12", None, None),
    ],
)
def test_a_link_into_telegram_leads_to_a_channel_and_a_post(url: str, channel: str | None, post_id: int | None) -> None:
    found = target(url)
    assert found is not None
    assert (found.channel, found.post_id) == (channel, post_id)


def test_links_are_canonical_and_each_address_is_one_row() -> None:
    found = entities(
        article("Текст", links=links("http://www.rada.gov.ua/a/?utm_source=x", "https://rada.gov.ua/a", "mailto:a@b.c"))
    )
    assert found.links == (Target("https://rada.gov.ua/a", "rada.gov.ua", "rada.gov.ua", None, None, is_own=False),)


def test_hashtags_and_mentions_of_telegram_are_no_links_out() -> None:
    found = entities(
        post("x", links=links("https://t.me/s/vezha?q=x", kind="hashtag") + links("https://t.me/durov", kind="mention"))
    )
    assert found.links == ()


def test_an_outlets_own_addresses_are_told_from_others() -> None:
    site = entities(article("x", links=links("https://unn.ua/a", "https://old.unn.ua/b", "https://unn.com.ua/c")))
    assert [one.is_own for one in site.links] == [True, True, False]
    channel = entities(post("x", links=links("https://t.me/vezha/1", "https://t.me/durov/1")))
    assert [one.is_own for one in channel.links] == [True, False]


def test_a_page_of_links_is_cut() -> None:
    found = entities(article("x", links=links(*(f"https://a.example/{number}" for number in range(MOST + 50)))))
    assert len(found.links) == MOST


# --- forwards and citations


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("Vezha/12", Forward("vezha", 12, "Vezha/12")),
        ("Прихований / 12", Forward(None, None, "Прихований / 12")),
        ("Олена", Forward(None, None, "Олена")),
        ("vezha/" + "9" * 30, Forward(None, None, "vezha/" + "9" * 30)),
        ("х" * 5000, Forward(None, None, "х" * 300)),
        (None, None),
        ("", None),
    ],
)
def test_a_forward_names_its_channel_or_a_hidden_origin(said: str | None, found: Forward | None) -> None:
    assert entities(post("x", forwarded_from=said)).forward == found


@pytest.mark.parametrize(
    ("said", "key"),
    [("«Укрінформ»", "укрінформ"), ("УКРІНФОРМ", "укрінформ"), ("BBC  News", "bbc news"), ("Об'єднані сили", "об'єднані сили")],
)
def test_a_cited_source_is_counted_by_one_key(said: str, key: str) -> None:
    assert entities(article("x", cited_source=said)).citation == Citation(said, key)


@pytest.mark.parametrize("said", [None, "", "«»", " - "])
def test_a_source_without_a_name_is_not_cited(said: str | None) -> None:
    assert entities(article("x", cited_source=said)).citation is None


# --- rows


FULL = article(
    "Сьогодні #Київ, пише @durov.", links=links("https://rada.gov.ua/a", "https://t.me/vezha/12"), cited_source="«Вежа»"
)


def rows(connection: db.Connection) -> dict[str, list[dict[str, Any]]]:
    return {table: db.select(connection, f"select *, xmin::text from core.{table} order by 1, 2") for table in TABLES}


def test_all_that_link_to_a_domain_and_all_that_forward_a_channel_are_one_join(connection: db.Connection) -> None:
    keep(
        connection, FULL, post("Далі", forwarded_from="Durov/5"), article("x", external_id="news/b", url="https://unn.ua/news/b")
    )
    linking = db.select(
        connection, "select article.url from mart.link join mart.article using (article_id) where domain = 'rada.gov.ua'"
    )
    assert linking == [{"url": FULL.url}]
    statement = "select article.url from mart.forward join mart.article using (article_id) where channel = 'durov'"
    assert db.select(connection, statement) == [{"url": "https://t.me/vezha/7"}]
    assert db.select(connection, "select hashtag from mart.hashtag") == [{"hashtag": "київ"}]
    assert db.select(connection, "select name from mart.mention") == [{"name": "durov"}]
    assert db.select(connection, "select channel, post_id from mart.link where channel is not null") == [
        {"channel": "vezha", "post_id": 12}
    ]


def test_an_unchanged_article_writes_nothing_and_a_changed_one_only_what_changed(connection: db.Connection) -> None:
    keep(connection, FULL)
    before = rows(connection)
    keep(connection, FULL)
    assert rows(connection) == before
    keep(connection, replace(FULL, title="Інший кілок"))  # another text, the same entities
    assert rows(connection) == before
    keep(connection, replace(FULL, links=(*FULL.links[:1], Link("https://nbu.gov.ua/", "НБУ")), cited_source=None))
    after = rows(connection)
    assert {name for name in TABLES if after[name] != before[name]} == {"article_link", "article_citation"}
    assert [row["domain"] for row in after["article_link"]] == ["nbu.gov.ua", "rada.gov.ua"]
    assert after["article_link"][1] in before["article_link"]
    assert after["article_citation"] == []


def test_what_an_article_names_goes_with_it(connection: db.Connection) -> None:
    keep(connection, FULL, post("Далі", forwarded_from="Durov/5"))
    with db.transaction(connection), connection.cursor() as cursor:
        cursor.execute("delete from core.article")
    assert all(found == [] for found in rows(connection).values())


def test_articles_that_were_stored_before_are_read_by_maintain(connection: db.Connection) -> None:
    keep(connection, FULL, post("#Вежа горить", forwarded_from="Durov/5", tags=("вежа",)))
    before = {name: [{**row, "xmin": ""} for row in found] for name, found in rows(connection).items()}
    with db.transaction(connection), connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"delete from core.{table}")
        cursor.execute("insert into core.entity_due select article_id from core.article")
    assert pipeline.maintain(connection).counts["entities_read"] == 2
    assert {name: [{**row, "xmin": ""} for row in found] for name, found in rows(connection).items()} == before
    assert db.select(connection, "select from core.entity_due") == []
    assert "entities_read" not in pipeline.maintain(connection).counts


def test_hostile_names_are_kept_without_breaking_the_article(connection: db.Connection) -> None:
    urls = (
        "https://a.example/" + "x" * 1980,
        "https://" + "б" * 60 + ".укр/" + "я" * 300,
        "https://a.example/'; drop table x; --",
    )
    keep(connection, article("#" + "ї" * 100, links=links(*urls), cited_source="Щ" * 5000))
    assert len(rows(connection)["article_link"]) == 3
    assert len(rows(connection)["article_citation"][0]["cited"]) == 300
