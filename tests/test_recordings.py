from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from newswire import recordings, shell, sources
from newswire.model import (
    Announcement,
    Article,
    Block,
    BlockKind,
    Media,
    Outcome,
    Page,
    Rejected,
    TimeOrigin,
)
from newswire.recordings import BY_HAND, BrokenRecordingError, Holds, Recording
from newswire.window import KYIV
from tests.site.server import SampleSite

ROOT = Path(__file__).parents[1]

# Every recording, every source


def name_of(folder: Path) -> str:
    return f"{folder.parent.name}/{folder.name}"


@pytest.mark.parametrize("folder", recordings.folders(), ids=name_of)
def test_a_recording_gives_what_is_expected(folder: Path) -> None:
    source = sources.load(folder.parent.name)
    try:
        recording = recordings.load(folder)
        found = recordings.described(recording, recordings.replay(source, recording))
        expected = recordings.read_expectation(folder)
    except BrokenRecordingError as error:
        pytest.fail(str(error), pytrace=False)
    if expected is None:
        pytest.fail(f"written {recordings.write_expectation(folder, found)}: read it, then run again", pytrace=False)
    if lines := recordings.differences(expected, found):
        pytest.fail("\n".join([f"{folder / recordings.EXPECTED} (-) is not what the page gives (+)", *lines]), pytrace=False)


@pytest.mark.parametrize("name", sources.names())
def test_every_source_has_a_recording(name: str) -> None:
    own = [folder for folder in recordings.folders() if folder.parent.name == name]
    if not any(recordings.load(folder).holds is Holds.ARTICLES for folder in own):
        pytest.fail(f"{name} has no recorded page: python -m newswire record {name} URL", pytrace=False)


def test_the_tests_find_the_recordings_of_the_project() -> None:
    assert {"unn", "telegram"} <= {folder.parent.name for folder in recordings.folders()}
    assert all(re.fullmatch(r"[a-z0-9_]+/\d{4}-\d\d-\d\d-[a-z0-9-]+", name_of(folder)) for folder in recordings.folders())


def test_git_leaves_the_line_ends_of_recorded_pages_alone() -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("no git repository")
    asked = [f"tests/fixtures/unn/x/{name}" for name in ("page.html", "page.xml", "page.html.gz")]
    done = subprocess.run(["git", "check-attr", "text", *asked], cwd=ROOT, capture_output=True, text=True, check=True)
    assert [line.rpartition(" ")[2] for line in done.stdout.splitlines()] == ["unset"] * 3


# What the suite says: run over a copy of the project

COPIED = ("plugins/newswire", "tests/site", "tests/fixtures")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of what these tests need, to put files into that must not be in the real one; UNN and Telegram alone."""
    for folder in COPIED:
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__", "web", "local"))
    shutil.copytree(ROOT / "plugins/newswire/local", tmp_path / "plugins/newswire/local")
    for file in ("pyproject.toml", "tests/test_recordings.py"):
        shutil.copy(ROOT / file, tmp_path / file)
    for folder in (tmp_path / "tests/fixtures", tmp_path / "plugins/newswire/sources"):
        for other in folder.iterdir():
            if other.stem not in ("__init__", "unn", "telegram"):
                shutil.rmtree(other) if other.is_dir() else other.unlink()
    return tmp_path


def suite(project: Path) -> tuple[list[str], str]:
    """Run the tests of all recordings; return the names of those that failed, and all that was printed."""
    wanted = "test_a_recording_gives or test_every_source"
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", wanted, "tests/test_recordings.py"]
    done = subprocess.run(
        command,
        cwd=project,
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONPATH": "", "COLUMNS": "500"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode in (0, 1), done.stdout + done.stderr
    assert re.search(r"\d+ passed", done.stdout), done.stdout
    return re.findall(r"^FAILED tests/test_recordings\.py::(\S+)", done.stdout, re.MULTILINE), done.stdout


def old_page(project: Path) -> Path:
    (folder,) = (project / "tests/fixtures/unn").glob("*-parom-*")
    return folder


def test_a_new_source_without_a_recording_fails_one_test_by_name(project: Path) -> None:
    folder = project / "plugins/newswire/sources"
    (folder / "another.py").write_text((folder / "unn.py").read_text().replace('name="unn"', 'name="another"'))
    failed, said = suite(project)
    assert failed == ["test_every_source_has_a_recording[another]"]
    assert "another has no recorded page: python -m newswire record another URL" in said
    shutil.copytree(old_page(project), project / "tests/fixtures/another/2026-02-20-parom")
    assert suite(project)[0] == []


def test_a_recorded_feed_alone_is_not_enough_for_a_source(project: Path) -> None:
    for folder in (project / "tests/fixtures/unn").iterdir():
        if recordings.load(folder).holds is Holds.ARTICLES:
            shutil.rmtree(folder)
    assert suite(project)[0] == ["test_every_source_has_a_recording[unn]"]


def test_a_missing_expectation_is_written_and_fails_once(project: Path) -> None:
    folder = old_page(project)
    file = folder / "expected.json"
    before = file.read_bytes()
    file.unlink()
    failed, said = suite(project)
    assert failed == [f"test_a_recording_gives_what_is_expected[{name_of(folder)}]"]
    assert f"written {file}: read it, then run again" in said
    assert file.read_bytes() == before
    assert suite(project)[0] == []


def test_a_wrong_expectation_fails_with_the_name_of_the_field_and_is_left_as_it_is(project: Path) -> None:
    folder = old_page(project)
    file = folder / "expected.json"
    wrong = file.read_text(encoding="utf-8").replace("Марина Остапенко", "Марина Остапчук")
    file.write_text(wrong, encoding="utf-8")
    failed, said = suite(project)
    assert failed == [f"test_a_recording_gives_what_is_expected[{name_of(folder)}]"]
    assert 'authors:\n  - "Марина Остапчук"\n  + "Марина Остапенко"\n' in said
    assert "Traceback" not in said
    assert file.read_text(encoding="utf-8") == wrong


def test_a_broken_recording_and_one_of_nobody_fail_with_one_line_each(project: Path) -> None:
    broken = project / "tests/fixtures/unn/2026-02-20-broken"
    broken.mkdir()
    (broken / "page.json").write_text('{"url": ', encoding="utf-8")
    nobodys = project / "tests/fixtures/nobody/2026-02-20-parom"
    shutil.copytree(old_page(project), nobodys)
    failed, said = suite(project)
    assert {f"test_a_recording_gives_what_is_expected[{name_of(folder)}]" for folder in (broken, nobodys)} <= set(failed)
    assert f"{broken / 'page.json'} is no JSON in UTF-8: Expecting value" in said
    assert "no source is called 'nobody'" in said


def test_a_parser_that_fails_is_shown_with_the_place(project: Path) -> None:
    file = project / "plugins/newswire/sources/unn.py"
    begin = "    tree = LexborHTMLParser(page.text)\n    stated ="
    file.write_text(file.read_text().replace(begin, begin.replace("page.text", 'page.body.decode("ascii")')))
    failed, said = suite(project)
    assert f"test_a_recording_gives_what_is_expected[{name_of(old_page(project))}]" in failed
    assert re.search(r"sources/unn\.py:\d+: UnicodeDecodeError", said)


# Files

AT = datetime(2026, 2, 20, 18, 30, tzinfo=KYIV)
URL = "https://unn.ua/news/u-verbivtsi-vidkryly-mist"
UNN, TELEGRAM = sources.load("unn"), sources.load("telegram")


def recording(folder: Path, body: bytes = b"<p>x</p>", url: str = URL, **more: Any) -> Recording:
    page = Page(url, url, 200, body, AT, headers={"etag": '"7"'}, encoding=more.pop("encoding", "utf-8"))
    return Recording(folder, page, recordings.announced("unn", "uk", url, more.pop("said", {})), **more)


@pytest.mark.parametrize(
    ("url", "slug"),
    [
        (URL, "u-verbivtsi-vidkryly-mist"),
        (URL + "/?utm_source=x#top", "u-verbivtsi-vidkryly-mist"),
        ("https://unn.ua/rss/news_uk.xml", "news-uk"),
        ("https://unn.ua/", "unn"),
        ("https://censor.net/ua/n3601234", "n3601234"),
        ("https://zn.ua/Війна-і_Мир/Щедрий%20вечір.html", "shchedryi-vechir"),
        ("https://zn.ua/%D1%86%D1%96%D0%BD%D0%B8-%D0%B7%D1%80%D0%BE%D1%81%D1%82%D1%83%D1%82%D1%8C", "tsiny-zrostut"),
        ("https://zn.ua/Подъём-объёмы", "podem-obemy"),
        ("https://a.ua/café-Été", "cafe-ete"),
        ("https://a.ua/x/..%2F..%2F..%2Fetc%2Fpasswd", "passwd"),
        ("https://a.ua/x/..\\..\\windows", "windows"),
        ("https://a.ua/a%00b%0Ac;rm -rf $HOME", "a-b-c-rm-rf-home"),
        ("https://a.ua/" + "slovo-" * 100, ("slovo-" * 10).strip("-")),
        ("https://a.ua/CON", "con"),
    ],
)
def test_a_slug_is_the_last_part_of_the_path_in_safe_letters(url: str, slug: str) -> None:
    assert recordings.slug_of(url) == slug


@pytest.mark.parametrize(
    "url", ["https://a.ua/新闻", "https://a.ua/%FF%FE", "https://a.ua/---", "https://a.ua/..", "https://a.ua/🔥"]
)
def test_a_slug_of_which_nothing_is_left_is_a_hash(url: str) -> None:
    assert re.fullmatch(r"[0-9a-f]{8}", recordings.slug_of(url))


def test_the_day_of_a_folder_is_kyivs(tmp_path: Path) -> None:
    late = datetime(2026, 2, 20, 22, 30, tzinfo=UTC)
    assert recordings.folder_for(tmp_path, "unn", URL, late).name == "2026-02-21-u-verbivtsi-vidkryly-mist"


def test_two_pages_of_one_slug_on_one_day_have_two_folders_and_one_page_has_one(tmp_path: Path) -> None:
    russian = URL.replace("/news/", "/ru/news/")
    first = recordings.folder_for(tmp_path, "unn", URL, AT)
    recordings.save(recording(first))
    second = recordings.folder_for(tmp_path, "unn", russian, AT)
    recordings.save(recording(second, url=russian))
    assert re.fullmatch(re.escape(first.name) + r"-[0-9a-f]{8}", second.name)
    assert recordings.folder_for(tmp_path, "unn", f"http://www.{URL.removeprefix('https://')}?utm_source=x", AT) == first
    assert recordings.folder_for(tmp_path, "unn", russian, AT) == second
    with pytest.raises(FileExistsError):
        recordings.save(recording(first))
    assert recordings.folder_for(tmp_path, "unn", URL, AT + timedelta(days=1)) != first


@pytest.mark.parametrize("body", [b"", b"\r\n\xff\x00<p>\n", "Київ".encode("cp1251"), b"\xef\xbb\xbf<p>x" * 50_000])
def test_bytes_come_back_as_they_were(tmp_path: Path, body: bytes) -> None:
    kept = recording(tmp_path / "unn" / "x", body, encoding="windows-1251", said={"title": "Міст", "published_at": "2026-02-20"})
    file = recordings.save(kept)
    assert recordings.load(kept.folder) == kept
    assert (file.name == "page.html.gz") == (len(body) > 200_000)


def test_all_that_is_known_of_a_page_comes_back(tmp_path: Path) -> None:
    said = {"published_at": "2026-02-20T13:15", "time_origin": "page", "lead": "Лід", "section": "Погода", "guid": "7"}
    plain = recording(tmp_path / "unn" / "x", holds=Holds.LISTING, origin=BY_HAND, said={**said, "url": URL + "-other"})
    moved = replace(plain.page, final_url=URL + "-moved", redirects=(URL + "-x",), status=203)
    recordings.save(replace(plain, page=moved))
    assert recordings.load(plain.folder) == replace(plain, page=moved)
    assert plain.announcement.published_at == datetime(2026, 2, 20, 13, 15, tzinfo=KYIV)
    assert plain.announcement.time_origin is TimeOrigin.PAGE


def test_a_recording_that_is_replaced_leaves_nothing_behind(tmp_path: Path) -> None:
    folder = tmp_path / "unn" / "x"
    recordings.save(recording(folder))
    recordings.write_expectation(folder, {"parsed": []})
    recordings.save(recording(folder, b"<rss>" + b" " * 300_000, holds=Holds.FEED), replace=True)
    assert sorted(file.name for file in folder.iterdir()) == ["page.json", "page.xml.gz"]


def test_a_compressed_page_holds_no_time_so_that_it_is_the_same_file_each_day(tmp_path: Path) -> None:
    file = recordings.save(recording(tmp_path / "x", b"x" * 300_000))
    assert file.read_bytes()[4:8] == bytes(4)  # where RFC 1952 puts the time


LEAST = {"url": URL, "fetched_at": "2026-02-20T18:30", "feed": "uk", "origin": BY_HAND}


def by_hand(folder: Path, told: object, **pages: bytes) -> Path:
    folder.mkdir(parents=True)
    text = told if isinstance(told, str) else json.dumps(told)
    (folder / "page.json").write_bytes(text.encode("utf-8", errors="surrogateescape"))
    for suffix, body in (pages or {"html": b"<p>x</p>"}).items():
        (folder / f"page.{suffix.replace('_', '.')}").write_bytes(body)
    return folder


def test_a_recording_made_by_hand_may_say_little(tmp_path: Path) -> None:
    page = '<meta charset="windows-1251"><p>Міст відкрили вчора вранці</p>'.encode("cp1251")
    found = recordings.load(by_hand(tmp_path / "unn" / "x", LEAST, html=page))
    assert found.page == Page(URL, URL, 200, page, AT, encoding="windows-1251")
    assert (found.announcement, found.holds) == (Announcement("unn", "uk", URL), Holds.ARTICLES)


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ("", "is no JSON in UTF-8: Expecting value"),
        ('{"url": "https://unn.ua/x",}', "is no JSON in UTF-8"),
        ('{"url": "\udcff"}', "is no JSON in UTF-8"),
        ("[" * 100, "is no JSON in UTF-8"),
        ("[]", "must hold one JSON object"),
        ("{}", "does not say 'url'"),
        ({**LEAST, "url": 7}, "url is no text: 7"),
        ({**LEAST, "url": "javascript:alert(1)"}, "not a web address: 'javascript:alert(1)'"),
        ({**LEAST, "fetched_at": "yesterday"}, "'yesterday' is no date"),
        ({**LEAST, "fetched_at": 7}, "'int' object has no attribute"),
        ({**LEAST, "titel": "x"}, "says titel; it may say announcement, encoding, "),
        ({**LEAST, "encoding": "klingon"}, "unknown encoding: klingon"),
        ({**LEAST, "holds": "video"}, "'video' is not a valid Holds"),
        ({**LEAST, "headers": 7}, "'int' object is not iterable"),
        ({**LEAST, "announcement": {"titel": "x"}}, "an announcement says no titel; it may say guid, lead, "),
        ({**LEAST, "announcement": {"published_at": "soon"}}, "'soon' is no date"),
        ({**LEAST, "announcement": []}, "'list' object has no attribute"),
        ({key: value for key, value in LEAST.items() if key != "origin"}, "does not say 'origin'"),
    ],
)
def test_a_page_json_that_is_wrong_is_named_with_what_is_wrong(tmp_path: Path, told: object, said: str) -> None:
    folder = by_hand(tmp_path / "unn" / "x", told)
    with pytest.raises(BrokenRecordingError, match=re.escape(said)) as raised:
        recordings.load(folder)
    assert str(folder / "page.json") in str(raised.value)


@pytest.mark.parametrize(
    ("pages", "said"),
    [
        ({"txt_": b""}, "page.txt."),
        ({"html": b"x", "xml": b"x"}, "there are 2: ['page.html', 'page.xml']"),
        ({"html_gz": b"no gzip"}, "page.html.gz: Not a gzipped file"),
        ({"html_gz": b"\x1f\x8b\x08\x00"}, "page.html.gz: "),
    ],
)
def test_a_page_that_cannot_be_read_is_named(tmp_path: Path, pages: dict[str, bytes], said: str) -> None:
    folder = by_hand(tmp_path / "unn" / "x", LEAST, **pages)
    if "txt_" in pages:
        (folder / "page.txt.").unlink()
        said = "there are 0: []"
    with pytest.raises(BrokenRecordingError, match=re.escape(said)):
        recordings.load(folder)


def test_a_folder_without_page_json_is_named(tmp_path: Path) -> None:
    with pytest.raises(BrokenRecordingError, match=r"page\.json is missing"):
        recordings.load(tmp_path)


# Whose address it is


@pytest.mark.parametrize(
    ("url", "feed", "holds"),
    [
        ("https://unn.ua/news/u-verbivtsi", "uk", Holds.ARTICLES),
        ("https://www.unn.ua/ru/news/v-verbovke", "ru", Holds.ARTICLES),
        ("https://unn.ua/en/news/in-verbivka", "en", Holds.ARTICLES),
        ("https://unn.com.ua/uk/news/7-x", "uk", Holds.ARTICLES),
        ("https://unn.com.ua/ru/news/7-x", "ru", Holds.ARTICLES),
        ("https://unn.ua/", "uk", Holds.ARTICLES),
        ("http://www.unn.ua/rss/news_ru.xml", "ru", Holds.FEED),
        ("https://unn.ua/en/news?page=17", "en", Holds.LISTING),
        ("https://unn.ua/en/news?page=x", "en", Holds.ARTICLES),
    ],
)
def test_an_edition_is_known_by_its_address(url: str, feed: str, holds: Holds) -> None:
    assert recordings.place_of(UNN, url) == (feed, holds)


def test_an_edition_is_known_by_its_host_too() -> None:
    feeds = tuple(
        replace(feed, rss=(f"https://{host}.interfax.test/rss/last.xml",), listing=None)
        for feed, host in zip(UNN.feeds, ("ua", "www", "en"), strict=True)
    )
    outlet = replace(UNN, feeds=feeds)
    assert recordings.place_of(outlet, "https://en.interfax.test/news/general/7.html") == ("en", Holds.ARTICLES)
    assert recordings.place_of(outlet, "https://ua.interfax.test/news/general/7.html") == ("uk", Holds.ARTICLES)
    assert recordings.place_of(outlet, "https://interfax.test/news/general/7.html") == ("ru", Holds.ARTICLES)


def test_the_edition_without_a_path_of_its_own_has_what_is_no_others() -> None:
    paths = ("ukr/allnews.html", "allnews.html", "eng/allnews.html")
    feeds = tuple(
        replace(feed, rss=(), listing=f"https://nv.test/{path}?page={{page}}")
        for feed, path in zip(UNN.feeds, paths, strict=True)
    )
    outlet = replace(UNN, feeds=feeds)
    found = [recordings.place_of(outlet, f"https://nv.test/{path}/world/7.html")[0] for path in ("ukr", "x", "eng")]
    assert found == ["uk", "ru", "en"]


@pytest.mark.parametrize(
    ("url", "feed"),
    [("https://t.me/s/durov?before=7", "durov"), ("https://t.me/durov/7", "durov"), ("https://t.me/", TELEGRAM.feeds[0].name)],
)
def test_a_channel_is_known_by_its_address(url: str, feed: str) -> None:
    assert recordings.place_of(TELEGRAM, url) == (feed, Holds.ARTICLES)


@pytest.mark.parametrize(
    ("url", "own"),
    [
        ("https://unn.ua/x", True),
        ("https://life.unn.ua/x", True),
        ("https://unn.com.ua/x", False),
        ("https://unn.ua.evil.test/x", False),
        ("https://evil.test/https://unn.ua/x", False),
        ("https://unn.ua@evil.test/x", False),
    ],
)
def test_a_source_knows_its_own_sites(url: str, own: bool) -> None:  # noqa: FBT001 - a table
    assert recordings.is_of(UNN, url) is own


@pytest.mark.parametrize(
    ("body", "is_feed"),
    [
        (b'<?xml version="1.0"?>\n<!-- <html> -->\n<rss version="2.0">', True),
        (b'\xef\xbb\xbf<feed xmlns="http://www.w3.org/2005/Atom">', True),
        (b'<rdf:RDF xmlns="http://purl.org/rss/1.0/">', True),
        (b"<!DOCTYPE html><p>&lt;rss&gt; <rss>", False),
        (b"<feedback>", False),
        (b"<!---->" * 280, False),
        (b"", False),
    ],
)
def test_a_feed_is_known_by_its_bytes(body: bytes, is_feed: bool) -> None:  # noqa: FBT001 - a table
    assert recordings.looks_like_feed(Page(URL, URL, 200, body, AT)) is is_feed


# What a source reads from it


def test_a_feed_without_announcements_is_an_error(tmp_path: Path) -> None:
    page = recording(tmp_path / "unn" / "x", b"<html><body>Not found", "https://unn.ua/rss/news_uk.xml", holds=Holds.FEED)
    with pytest.raises(BrokenRecordingError, match=r"x: no feed: no RSS or Atom; it begins with"):
        recordings.replay(UNN, page)


def test_a_feed_name_that_the_source_does_not_have_is_an_error(tmp_path: Path) -> None:
    folder = by_hand(tmp_path / "unn" / "x", {**LEAST, "feed": "fr"})
    with pytest.raises(BrokenRecordingError, match=r"page\.json: unn has no feed 'fr'; it has: uk, ru, en"):
        recordings.replay(UNN, recordings.load(folder))


def test_discovery_asks_for_nothing_but_the_recorded_page() -> None:
    asked: list[str] = []

    def discover(source: object, feed: object, window: object, fetch: Callable[[str], object], known: object) -> object:
        asked.append(str(fetch("https://unn.ua/other")))
        yield from UNN.discover(source, feed, window, fetch, known)

    (folder,) = (found for found in recordings.folders() if name_of(found) == "unn/2026-02-20-news-en")
    found = recordings.replay(replace(UNN, discover=discover), recordings.load(folder))
    assert len(found) == 6
    assert "is not recorded" in asked[0]


# Expectations


def article(**more: Any) -> Article:
    said: dict[str, Any] = {
        "source": "unn",
        "feed": "uk",
        "external_id": "news/x",
        "url": "https://unn.ua/news/x",
        "body": (Block(BlockKind.PARAGRAPH, "Міст «відкрили».\u00a0Так\tі є"), Block(BlockKind.QUOTE, "Рух є")),
        "published_at": datetime(2026, 2, 20, 16, 30, tzinfo=UTC),
        "time_origin": TimeOrigin.FEED,
    }
    return Article(**{**said, **more})


def described(tmp_path: Path, *items: Any) -> recordings.Expectation:
    return recordings.described(recording(tmp_path / "unn" / "x"), items)


def test_an_expectation_says_what_is_there_and_nothing_else(tmp_path: Path) -> None:
    media = (Media("poll", title="Так?", details={"options": (("так", 60), ("ні", 40)), "voters": 0}),)
    item = article(views=0, media=media, tags=(), lead="", reactions={"👍": 3})
    refused = Rejected("unn", "ru", "https://unn.ua/ru/x", Outcome.NO_TEXT, "empty")
    assert described(tmp_path, item, refused) == {
        "parsed": [
            {
                "external_id": "news/x",
                "url": "https://unn.ua/news/x",
                "body": [["paragraph", "Міст «відкрили».\u00a0Так\tі є"], ["quote", "Рух є"]],
                "published_at": "2026-02-20T18:30:00+02:00",
                "time_origin": "feed",
                "views": 0,
                "media": [{"kind": "poll", "title": "Так?", "details": {"options": [["так", 60], ["ні", 40]], "voters": 0}}],
                "reactions": {"👍": 3},
            },
            {"feed": "ru", "url": "https://unn.ua/ru/x", "rejected": "no_text", "detail": "empty"},
        ]
    }


def test_an_expectation_is_written_to_be_read(tmp_path: Path) -> None:
    found = described(tmp_path, article(tags=("міст", "річка")))
    file = recordings.write_expectation(tmp_path, found)
    assert recordings.read_expectation(tmp_path) == found
    lines = file.read_text(encoding="utf-8").splitlines()
    assert '        ["paragraph", "Міст «відкрили».\u00a0Так\\tі є"],' in lines
    assert '      "tags": ["міст", "річка"],' in lines
    keys = [line.split('"')[1] for line in lines if re.match(r' {6}"', line)]
    assert keys == sorted(keys)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "is no JSON in UTF-8"),
        ("[]", "must hold one JSON object"),
        ("{}", "must hold a list of objects"),
        ('{"parsed": {}}', "must hold a list of objects"),
        ('{"parsed": ["x"]}', "must hold a list of objects"),
        ('{"parsed": [], "announced": []}', "must hold a list of objects"),
        ('{"articles": []}', "must hold a list of objects, called `parsed` or `announced`"),
    ],
)
def test_an_expectation_that_is_wrong_is_named(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "expected.json").write_text(text)
    with pytest.raises(BrokenRecordingError, match=re.escape(f"{tmp_path / 'expected.json'} {said}")):
        recordings.read_expectation(tmp_path)


def test_what_is_equal_differs_in_nothing(tmp_path: Path) -> None:
    assert recordings.differences(described(tmp_path, article()), described(tmp_path, article())) == []


def test_each_field_that_differs_is_shown_with_both_values(tmp_path: Path) -> None:
    body = (Block(BlockKind.PARAGRAPH, "Міст «відкрили».\u00a0Так\tі є"), Block(BlockKind.PARAGRAPH, "Рух є"))
    found = article(body=body, title="Міст", section=None, views=7)
    wanted = article(title="Мост", section="Погода", views=8)
    assert recordings.differences(described(tmp_path, wanted), described(tmp_path, found)) == [
        'news/x: body:\n  - ["quote", "Рух є"]\n  + ["paragraph", "Рух є"]',
        'news/x: section:\n  - "Погода"\n  + (none)',
        'news/x: title:\n  - "Мост"\n  + "Міст"',
        "news/x: views:\n  - 8\n  + 7",
    ]


def test_what_is_missing_and_what_is_new_is_named_and_the_others_are_compared(tmp_path: Path) -> None:
    one, two, three = (article(external_id=f"durov/{number}", title=str(number)) for number in (1, 2, 3))
    nameless = Rejected("unn", "uk", URL, Outcome.ERROR, "a post that does not say which it is")
    wanted = described(tmp_path, one, two, nameless, nameless)
    found = described(tmp_path, replace(two, title="two"), three, nameless)
    assert recordings.differences(wanted, found) == [
        "4 items were expected, 3 found",
        "durov/1: is missing",
        'durov/2: title:\n  - "2"\n  + "two"',
        f"{URL}: is missing",
        "durov/3: was not expected",
    ]


def test_articles_in_the_place_of_announcements_are_a_difference(tmp_path: Path) -> None:
    found = described(tmp_path, article())
    assert recordings.differences({"announced": []}, found) == ["items announced were expected, and the page gives items parsed"]


# The verb, over the sample site

SCHOOL = "https://unn.ua/news/u-mostyshchi-cherez-zadymlennia-evakuiuvaly-shkolu"
HOSTS = ("unn.ua", "www.unn.ua", "unn.com.ua", "www.unn.com.ua", "t.me")

Record = Callable[..., tuple[int, str, str]]


@pytest.fixture
def record(site: SampleSite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Record:
    """Run the verb within this process; returns the exit code and what was printed to either stream."""
    monkeypatch.setenv("NEWSWIRE_HOSTS", ",".join(f"{host}={site.url}" for host in HOSTS))
    monkeypatch.setenv("NEWSWIRE_PAUSE", "0")

    def run(*arguments: str) -> tuple[int, str, str]:
        code = shell.main(["record", *arguments, "--folder", str(tmp_path / "fixtures")])
        return code, *capsys.readouterr()

    return run


def kept(tmp_path: Path) -> list[Path]:
    return recordings.folders(tmp_path / "fixtures")


def nothing_was_kept(said: tuple[int, str, str], code: int) -> str:
    """Return the one line with which a call was refused."""
    assert said[:2] == (code, "")
    (line,) = said[2].splitlines()
    assert line.startswith("newswire: ")
    return line


def test_an_article_is_fetched_kept_and_shown(record: Record, tmp_path: Path, site: SampleSite) -> None:
    code, out, err = record("unn", "http://www.unn.ua" + SCHOOL.removeprefix("https://unn.ua") + "?utm_source=x")
    (folder,) = kept(tmp_path)
    assert (code, err) == (0, "")
    assert re.fullmatch(r"\d{4}-\d\d-\d\d-u-mostyshchi-cherez-zadymlennia-evakuiuvaly-shkolu", folder.name)
    found = recordings.load(folder)
    assert found.page.body == site.answer("unn.ua", SCHOOL.removeprefix("https://unn.ua")).body
    assert (found.page.url, found.announcement.feed, found.origin) == (SCHOOL, "uk", "recorded")
    assert found.page.headers["content-type"] == "text/html; charset=utf-8"
    expected = recordings.read_expectation(folder)
    assert expected == recordings.described(found, recordings.replay(UNN, found))
    assert f"kept {folder}\n" in out
    for line in (
        r"page +page\.html, [\d,]+ bytes in utf-8, feed uk",
        "holds +article 1",
        "title +У Мостищі через задимлення евакуювали школу: причиною",
        r"published +2026-02-19 12:40 Kyiv \(json_ld\)",
        "lines +5",
        "first +У Мостищі зі школи № 4",
        "last +Заняття відновлять завтра",
        "missing +nothing",
    ):
        assert re.search(rf"^  {line}", out, re.MULTILINE), line
    assert "Next: read expected.json" in out


def test_robots_is_asked_first_and_obeyed(record: Record, tmp_path: Path, site: SampleSite) -> None:
    line = nothing_was_kept(record("unn", "https://unn.ua/private/chernetka-intervyu-z-holovoyu-komisii"), 1)
    assert line.startswith("newswire: unn: robots at https://unn.ua/private/chernetka-intervyu-z-holovoyu-komisii: ")
    assert [served.path for served in site.requests] == ["/robots.txt"]
    assert kept(tmp_path) == []


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/en/news/mostyshche-market-reopens-on-saturday", "gone"),
        ("/en/news/partner-material-how-to-save-on-heating", "forbidden_address"),
        ("/en/files/energy-consumption-report-february-2026.pdf", "not_html"),
    ],
)
def test_what_cannot_be_fetched_is_one_line_and_nothing_is_kept(record: Record, tmp_path: Path, path: str, said: str) -> None:
    line = nothing_was_kept(record("unn", f"https://unn.ua{path}"), 1)
    assert f"unn: {said} at https://unn.ua{path}: " in line
    assert not (tmp_path / "fixtures").exists()


def test_what_is_there_already_is_replaced_only_by_force(record: Record, tmp_path: Path, site: SampleSite) -> None:
    assert record("unn", SCHOOL)[0] == 0
    (folder,) = kept(tmp_path)
    corrected = (folder / "expected.json").read_text(encoding="utf-8").replace("article", "corrected") + "\n"
    (folder / "expected.json").write_text(corrected, encoding="utf-8")
    site.requests.clear()
    assert f"{folder} is there already; --force replaces it" in nothing_was_kept(record("unn", SCHOOL), 2)
    assert site.requests == []
    assert (folder / "expected.json").read_text(encoding="utf-8") == corrected
    assert record("unn", SCHOOL, "--force")[0] == 0
    assert kept(tmp_path) == [folder]
    assert (folder / "expected.json").read_text(encoding="utf-8") != corrected


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nobody", SCHOOL), "no source is called 'nobody'; known are: "),
        (("unn", "https://bbc.com/news/7"), "https://bbc.com/news/7 is on no site of unn; if it is the publisher's all the same"),
        (("telegram", SCHOOL), "is on no site of telegram"),
        (("unn", "javascript:alert(1)"), "not a web address: 'javascript:alert(1)'"),
        (("unn", "../../etc/passwd"), "not a web address"),
        (("unn", SCHOOL, "--feed", "fr"), "unn has no feed 'fr'; it has: uk, ru, en"),
        (("unn", SCHOOL, "--at", "2026-02-20"), "--at and --by-hand speak of a saved page: name it with --file"),
        (("unn", SCHOOL, "--by-hand"), "--at and --by-hand speak of a saved page: name it with --file"),
        (("unn", SCHOOL, "--file", "no such file.html"), "no such file.html: No such file or directory"),
        (("unn", SCHOOL, "--file", "."), ".: Is a directory"),
        (("unn", SCHOOL, "--file", "pyproject.toml", "--at", "soon"), "'soon' is no date"),
        (("unn", SCHOOL, "--announced", "title"), "--announced takes FIELD=VALUE, not 'title'"),
        (("unn", SCHOOL, "--announced", "titel=x"), "an announcement says no titel; it may say "),
        (("unn", SCHOOL, "--announced", "published_at=soon"), "'soon' is no date"),
        (("unn", SCHOOL, "--announced", "published_at=2026-02-20", "time_origin=x"), "'x' is not a valid TimeOrigin"),
    ],
)
def test_a_wrong_call_is_refused_in_one_line(
    record: Record, tmp_path: Path, site: SampleSite, arguments: tuple[str, ...], said: str
) -> None:
    assert said in nothing_was_kept(record(*arguments), 2)
    assert site.requests == []
    assert not (tmp_path / "fixtures").exists()


def test_a_folder_that_cannot_be_written_is_one_line(record: Record, tmp_path: Path) -> None:
    (tmp_path / "fixtures").write_text("a file")
    assert "fixtures" in nothing_was_kept(record("unn", SCHOOL), 2)


def test_a_saved_page_is_taken_in_place_of_the_network(record: Record, tmp_path: Path, site: SampleSite) -> None:
    saved = tmp_path / "saved.html"
    saved.write_bytes(site.answer("www.unn.com.ua", "/ru/news/2016388-parom-cherez-tashan-vpershe-perevezli-poizd").body)
    said = ("published_at=2026-02-17T11:05", "title=Паром = поезд", "section=Экономика")
    url = "https://www.unn.com.ua/ru/news/2016388-parom-cherez-tashan-vpershe-perevezli-poizd"
    options = ("--feed", "ru", "--by-hand", "--at", "2026-02-20T23:30", "--file", str(saved), "--announced", *said)
    code, out, _ = record("unn", url, *options)
    (folder,) = kept(tmp_path)
    found = recordings.load(folder)
    assert (code, site.requests, folder.name[:10]) == (0, [], "2026-02-20")
    assert (found.page.body, found.page.encoding, found.origin) == (saved.read_bytes(), "windows-1251", BY_HAND)
    assert (found.announcement.title, found.announcement.section) == ("Паром = поезд", "Экономика")
    assert re.search(r"published +2026-02-17 11:05 Kyiv \(feed\)", out)
    assert re.search(r"missing +lead$", out, re.MULTILINE)


def test_a_saved_page_is_as_old_as_its_file(record: Record, tmp_path: Path) -> None:
    saved = tmp_path / "saved.html"
    saved.write_bytes(b"<html>")
    os.utime(saved, (AT.timestamp(), AT.timestamp()))
    assert record("unn", SCHOOL, "--file", str(saved))[0] == 0
    assert recordings.load(kept(tmp_path)[0]).page.fetched_at == AT


def test_a_page_that_is_no_article_is_kept_with_the_reason(record: Record, tmp_path: Path) -> None:
    code, out, _ = record("unn", "https://unn.ua/news/zaluzhne-pislia-ataky-fotoreportazh")
    expected = recordings.read_expectation(kept(tmp_path)[0])
    assert code == 0
    assert expected is not None
    assert [item["rejected"] for item in expected["parsed"]] == ["no_text"]
    assert re.search(r"holds +rejected no_text 1\n +because +an article's page with an empty body", out)


def test_a_page_on_which_the_parser_fails_is_kept_all_the_same(
    record: Record, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing = replace(UNN, parse=lambda _source, page, _announcement: [page.body.decode("ascii")])
    monkeypatch.setattr(sys.modules["newswire.sources.unn"], "SOURCE", failing)
    code, out, err = record("unn", SCHOOL)
    (folder,) = kept(tmp_path)
    assert (code, out.splitlines()[0]) == (1, f"kept {folder}")
    assert "the page is kept, and no expectation was written: 'ascii' codec can't decode" in err
    assert recordings.load(folder).page.body
    assert recordings.read_expectation(folder) is None


def test_a_channels_page_is_kept_with_all_its_posts(record: Record, tmp_path: Path) -> None:
    code, out, _ = record("telegram", "https://t.me/s/nw_sample_live")
    (folder,) = kept(tmp_path)
    expected = recordings.read_expectation(folder)
    assert (code, folder.name[11:]) == (0, "nw-sample-live")
    assert expected is not None
    assert len(expected["parsed"]) > 10
    assert re.search(r"holds +(article|rejected \w+) \d+", out)
    assert record("telegram", "https://t.me/s/nw_sample_live?before=9")[0] == 0
    assert len(kept(tmp_path)) == 2


def test_a_feed_is_kept_with_what_it_announces(record: Record, tmp_path: Path) -> None:
    code, out, _ = record("unn", "https://unn.ua/rss/news_ru.xml")
    (folder,) = kept(tmp_path)
    found, expected = recordings.load(folder), recordings.read_expectation(folder)
    assert (code, found.holds, found.announcement.feed, found.page.encoding) == (0, Holds.FEED, "ru", "windows-1251")
    assert (folder / "page.xml").read_bytes() == found.page.body
    assert expected is not None
    urls = [item["url"] for item in expected["announced"]]
    assert len(urls) > 3
    assert all(url.startswith("https://unn.ua/ru/news/") for url in urls)
    assert re.search(rf"holds +announcement {len(urls)}\n  first +\S.+\n  last +2026-02-\d\d \d\d:\d\d  \w", out), out


def test_a_listing_is_kept_with_what_it_announces(record: Record, tmp_path: Path, site: SampleSite) -> None:
    saved = tmp_path / "saved"
    saved.write_bytes(site.answer("unn.ua", "/news?page=1").body)
    code, _, _ = record("unn", "https://unn.ua/news?page=1", "--file", str(saved), "--at", "2026-02-20T23:30")
    (folder,) = kept(tmp_path)
    expected = recordings.read_expectation(folder)
    assert (code, recordings.load(folder).holds) == (0, Holds.LISTING)
    assert expected is not None
    assert expected["announced"][0]["published_at"] == "2026-02-20T17:45:00+02:00"


def test_a_feed_at_an_unknown_address_is_known_by_its_bytes(record: Record, tmp_path: Path, site: SampleSite) -> None:
    saved = tmp_path / "saved"
    saved.write_bytes(site.answer("unn.ua", "/rss/news_en.xml").body)
    code, _, _ = record("unn", "https://unn.ua/en/other-feed", "--file", str(saved), "--at", "2026-02-20T23:30")
    (folder,) = kept(tmp_path)
    assert (code, recordings.load(folder).holds) == (0, Holds.FEED)
    assert recordings.load(folder).announcement.feed == "en"


def test_a_feed_that_is_none_is_kept_without_an_expectation_and_exit_code_one(record: Record, tmp_path: Path) -> None:
    saved = tmp_path / "saved"
    saved.write_bytes(b"<html><body>Not found</body></html>")
    code, _, err = record("unn", "https://unn.ua/rss/news_uk.xml", "--file", str(saved))
    (folder,) = kept(tmp_path)
    assert code == 1
    assert "the page is kept, and no expectation was written: " in err
    assert recordings.read_expectation(folder) is None
