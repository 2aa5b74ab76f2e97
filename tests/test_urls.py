from __future__ import annotations

import random

import pytest

from newswire import urls

MIST = "https://unn.ua/news/mist"


@pytest.mark.parametrize(
    "url",
    [
        "http://unn.ua/news/mist",
        "HTTPS://WWW.UNN.UA/news/mist/",
        "https://unn.ua:443/news/mist",
        "http://unn.ua:80//news///mist",
        "https://m.unn.ua/news/mist#comments",
        "https://user:secret@unn.ua/news/mist",
        "  https://unn.ua/news/mist\n",
        "https://unn.ua/amp/news/mist",
        "https://unn.ua/news/mist/amp/",
        "https://unn.ua/news/mist/index.amp",
        "https://unn.ua/news/mist?utm_source=rss&utm_medium=feed&fbclid=x&AMP=1",
        "https://unn.ua/ne%77s/mist",
        "https://unn.ua/news/mist?",
    ],
)
def test_one_article_has_one_address_however_it_was_decorated(url: str) -> None:
    assert urls.canonical(url) == MIST


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://unn.ua", "https://unn.ua/"),
        ("https://unn.ua:8080/a", "https://unn.ua:8080/a"),
        ("https://m.ua/a", "https://m.ua/a"),
        ("https://t.me/durov/519", "https://t.me/durov/519"),
        ("https://unn.ua/news?b=2&a=1&utm_x=3&a=0", "https://unn.ua/news?a=0&a=1&b=2"),
        ("https://unn.ua/news?q=", "https://unn.ua/news?q="),
        ("https://unn.ua/News/Mist", "https://unn.ua/News/Mist"),
        ("https://unn.ua/новини/міст", "https://unn.ua/%D0%BD%D0%BE%D0%B2%D0%B8%D0%BD%D0%B8/%D0%BC%D1%96%D1%81%D1%82"),
        ("https://unn.ua/%d0%bd", "https://unn.ua/%D0%BD"),
        ("https://unn.ua/a%3Fb%23c", "https://unn.ua/a%3Fb%23c"),
        ("https://unn.ua/a%252Fb", "https://unn.ua/a%252Fb"),
        ("https://[2001:DB8::1]:443/a", "https://[2001:db8::1]/a"),
        ("http://[::1]:8080/a", "https://[::1]:8080/a"),
        ("https://УНН.укр/а", "https://унн.укр/%D0%B0"),
        ("https://unn.ua/a\x00b", "https://unn.ua/a%00b"),
    ],
)
def test_what_belongs_to_an_address_is_kept(url: str, expected: str) -> None:
    assert urls.canonical(url) == expected


@pytest.mark.parametrize(
    "url",
    [
        "",
        " ",
        "javascript:alert(1)",
        "java\nscript:alert(1)",
        "mailto:a@unn.ua",
        "data:text/html,x",
        "file:///etc/passwd",
        "ftp://unn.ua/x",
        "//unn.ua/x",
        "/news/mist",
        "https://",
        "https:///news",
        "https://:443/x",
        "https://user@/x",
        "https://[::1/x",
        "https://[nonsense]/x",
        "https://unn\ud800.ua/x",
        "https://unn.ua/\ud800",
        "https://unn.ua\x00.example.com/x",
        "https://unn.ua .example.com/x",
        "https://unn.ua:port/x",
        "https://unn.ua:99999/x",
    ],
)
def test_what_is_no_web_address_is_refused(url: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - some of these are refused by the standard library, in its own words
        urls.canonical(url)
    assert urls.canonical_or_none(url) is None


def test_a_relative_address_is_resolved() -> None:
    assert urls.canonical("../news/mist?utm_source=x", "https://unn.ua/ru/start") == MIST
    assert urls.canonical("//www.unn.ua/news/mist", "https://t.me/") == MIST
    assert urls.canonical_or_none("javascript:void(0)", MIST) is None
    assert urls.canonical_or_none(None) is None


def test_a_long_address_is_as_good_as_a_short_one_up_to_its_limit() -> None:
    path = "/news/" + "довго-" * 50
    assert urls.canonical("http://www.unn.ua" + path) == urls.canonical("https://unn.ua" + path + "//")
    query = "&".join(f"k{number}={number}" for number in range(150))
    assert urls.canonical(f"{MIST}?{query}&utm_source=x").count("&") == 149
    at_limit = "https://unn.ua/" + "a" * (urls.LONGEST - len("https://unn.ua/"))
    assert urls.canonical(at_limit) == at_limit
    with pytest.raises(ValueError, match="2001 characters"):
        urls.canonical(at_limit + "a")


def test_bytes_of_another_encoding_stay_what_they_are() -> None:
    # windows-1251 in a path or a query: two addresses must not become one, and must still be found by their server
    assert urls.canonical("https://unn.ua/%EC%B3%F1%F2") == "https://unn.ua/%EC%B3%F1%F2"
    assert urls.canonical("https://unn.ua/news?q=%EC%B3%F1%F2") == "https://unn.ua/news?q=%EC%B3%F1%F2"


def random_urls(count: int) -> list[str]:
    dice = random.Random(3)
    hosts = (
        "unn.ua",
        "www.unn.ua",
        "WWW2.unn.com.ua:80",
        "m.unn.ua",
        "[::1]:443",
        "u:p@amp.unn.ua",
        "УНН.укр:8080",
        "www.m.unn.ua",
    )
    pieces = (
        "news",
        "amp",
        "ru",
        "x-amp.html",
        "index.amp",
        "новини",
        "%D0%BD",
        "%2F",
        "%2e%2e",
        "%25",
        "..",
        "a b",
        "",
        ";x",
        "AMP",
        "%FF",
        "a+b",
        "~",
        "\U0001f44d",
    )
    queries = (
        "",
        "?",
        "?utm_source=x",
        "?b=2&a=1",
        "?a=%D0%BD",
        "?q=a+b&&=1",
        "?a;b",
        "?%FF=%00",
        "?x=https://unn.ua/?y=1#z",
        "#a/b",
    )
    paths = ["/".join(dice.choices(pieces, k=dice.randrange(5))) for _ in range(count)]
    return [f"http{dice.choice(['', 's'])}://{dice.choice(hosts)}/{path}{dice.choice(queries)}" for path in paths]


def test_a_canonical_address_is_its_own_canonical_address() -> None:
    for url in random_urls(2000):
        once = urls.canonical(url)
        assert urls.canonical(once) == once, url
        assert once.isprintable()
        assert " " not in once


def test_the_host_of_an_address_is_its_name_alone() -> None:
    assert urls.host("https://User@WWW.Unn.UA:8080/x") == "www.unn.ua"
    assert urls.host("https://[2001:DB8::1]:443/") == "2001:db8::1"
    assert urls.host("https://[::1") == urls.host("nonsense") == urls.host("") == ""


def test_an_article_is_identified_by_path_and_query_alone() -> None:
    assert urls.path_id("http://www.unn.ua/ru/news/most/?utm_source=x#y") == "ru/news/most"
    assert urls.path_id("https://unn.ua/index.php?id=7&utm_source=x") == "index.php?id=7"
    assert urls.path_id("https://unn.ua") == ""


def test_the_amp_part_of_a_file_or_behind_an_edition_goes() -> None:
    assert (
        urls.canonical("https://interfax.example/news/general/1208652-amp.html")
        == "https://interfax.example/news/general/1208652.html"
    )
    assert urls.canonical("https://tv.example/ru/amp/svit/most-1.html") == "https://tv.example/ru/svit/most-1.html"
    assert urls.canonical("https://tv.example/ampere/svit") == "https://tv.example/ampere/svit"


def test_an_article_on_another_host_of_its_publisher_is_another_article() -> None:
    home = "https://www.interfax.example/"
    assert urls.path_id("https://interfax.example/news/1.html", home) == "news/1.html"
    assert urls.path_id("https://ru.interfax.example/news/1.html", home) == "ru.interfax.example/news/1.html"
