from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from newswire import recordings, sources
from newswire.model import Source
from newswire.recordings import Holds
from newswire.urls import canonical, path_id

ROOT = Path(__file__).parents[1]
PLUGINS = ROOT / "plugins"

TWELVE = {
    *("unn", "ukrinform", "pravda", "unian", "interfax", "rbc", "nv", "zn", "tsn", "censor", "suspilne", "kyivindependent"),
}
"""The sites that analysts asked for."""

SITES = [name for name in sources.names() if sources.load(name).kind == "site"]

HEAVY = {"bs4", "feedparser", "requests", "lingua", "psycopg2", "lxml", "airflow", "fastapi", "langdetect", "py3langid"}


def run(code: str, plugins: Path) -> str:
    done = subprocess.run([sys.executable, "-c", code], cwd=plugins, capture_output=True, text=True, check=False)
    return done.stdout.strip() + done.stderr.strip()


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """A copy of the library, to put files into that must not be in the real one."""
    shutil.copytree(PLUGINS / "newswire", tmp_path / "newswire", ignore=shutil.ignore_patterns("__pycache__", "web"))
    return tmp_path


def test_every_file_of_the_folder_is_a_source() -> None:
    files = sorted(path.stem for path in Path(sources.__file__).parent.glob("*.py") if path.stem != "__init__")
    assert sources.names() == files
    assert TWELVE | {"telegram"} <= set(files)
    assert [source.name for source in sources.load_all()] == files


@pytest.mark.parametrize("name", sources.names())
def test_a_source_is_complete(name: str) -> None:
    source = sources.load(name)
    assert isinstance(source, Source)
    assert source.title
    assert source.feeds
    assert len({feed.name for feed in source.feeds}) == len(source.feeds)
    assert source.kind in ("site", "channel")
    assert len(source.schedule.split()) == 5
    for feed in source.feeds:
        assert source.kind == "channel" or feed.rss or feed.listing
        assert feed.listing is None or "{page}" in feed.listing
        assert feed.languages
        assert set(feed.languages) <= {"uk", "ru", "en"}
    assert source.home
    assert all(address.startswith("https://") for address in (source.home, *addresses(source)))
    assert source.min_daily > 1, "the default would never make anybody look"


def addresses(source: Source) -> list[str]:
    """Return where a source announces."""
    return [address for feed in source.feeds for address in (*feed.rss, feed.listing) if address]


def test_no_two_feeds_have_the_same_address() -> None:
    stated = [canonical(address) for source in sources.load_all() for address in addresses(source)]
    assert len(stated) >= 40
    assert sorted(stated) == sorted(set(stated))


def article_path(source: Source) -> re.Pattern[str]:
    """Return the pattern by which a site's discovery tells articles from other links."""
    assert isinstance(source.discover, partial)
    pattern: re.Pattern[str] = source.discover.keywords["article_path"]
    return pattern


def accepts(source: Source, url: str) -> bool:
    return article_path(source).fullmatch(unquote(urlsplit(canonical(url)).path)) is not None


@pytest.mark.parametrize("name", SITES)
def test_a_site_tells_its_recorded_articles_from_its_start_page_feeds_and_listings(name: str) -> None:
    source = sources.load(name)
    recorded = [recordings.load(folder) for folder in recordings.folders() if folder.parent.name == name]
    articles = [each.page.url for each in recorded if each.holds is Holds.ARTICLES]
    assert articles
    assert [url for url in articles if not accepts(source, url)] == []
    others = [source.home, *(address.replace("{page}", "2") for address in addresses(source))]
    assert [url for url in others if accepts(source, url)] == []


@pytest.mark.parametrize(
    ("name", "articles", "others"),
    [
        (
            "ukrinform",
            "ukrinform.net/rubric-polytics/4098001-a-b.html ukrinform.ru/rubric-kyiv/3103218-policia-v-sud.html",
            "ukrinform.ua/rubric-world ukrinform.ua/tag-metro ukrinform.ua/rubric-world/block-lastnews",
        ),
        (
            "pravda",
            "pravda.com.ua/news/2026/02/1/8021337/ pravda.com.ua/eng/articles/2026/02/01/8021337 epravda.com.ua/oil/a-803114",
            "pravda.com.ua/rus/ pravda.com.ua/archives/date_20022026/ pravda.com.ua/authors/6620e2e67e3b9",
        ),
        (
            "pravda",
            "epravda.com.ua/rus/news/2020/09/29/665669 life.pravda.com.ua/society/2020/09/29/242501",
            "pravda.com.ua/tags/snow epravda.com.ua/finances/ life.pravda.com.ua/",
        ),
        (
            "unian",
            "unian.net/world/a-b-11162735.html press.unian.ua/press/pro-b-11162603.html unian.ua/health/country/a-11162511.html",
            "unian.ua/news/archive/20260220 unian.ua/war unian.ua/tag/energetika",
        ),
        (
            "interfax",
            "en.interfax.com.ua/news/economic/1147702.html interfax.com.ua/news/press-release/1147702.html",
            "interfax.com.ua/news/latest.html interfax.com.ua/news/tags/port.html",
        ),
        (
            "rbc",
            "rbc.ua/rus/styler/a-b-1669135823.html rbc.ua/ukr/news/a-1669135823.html",
            "rbc.ua/ukr/archive/2026/02/20 rbc.ua/ukr/tag/mist rbc.ua/rus/politics",
        ),
        (
            "nv",
            "english.nv.ua/nation/a-b-50586214.html nv.ua/ukr/biz/economics/a-50586214.html nv.ua/world/east/a-50586214.html",
            "nv.ua/ukr/ukraine.html nv.ua/ukr/tags/knigi.html nv.ua/sitemap_2026-02-20.html",
        ),
        (
            "zn",
            "zn.ua/ukr/UKRAINE/a-b.html zn.ua/rus/economics/a-333577_.html",
            "zn.ua/ukr/all-news/date=2026-02-20 zn.ua/ukr/WORLD",
        ),
        (
            "tsn",
            "tsn.ua/ru/svit/a-b-3021549.html tsn.ua/ato/a-1317834.html",
            "tsn.ua/ukrayina tsn.ua/rules tsn.ua/author/marko-leleka",
        ),
        (
            "censor",
            "censor.net/ua/news/3600412/u_zarichchi censor.net/en/resonance/3579692/dot-chain censor.net/news/3600412/v_zarechye",
            "censor.net/ua/news/all censor.net/ua/tag/100/polits censor.net/ua/theme/150/novyny",
        ),
        (
            "suspilne",
            "suspilne.media/1409072-pat-telekanaliv/ suspilne.media/kyiv/991657-zastosunok/",
            "suspilne.media/kyiv/ suspilne.media/archive/2026/2/20/ suspilne.media/tag/zima/",
        ),
        (
            "kyivindependent",
            "kyivindependent.com/village-that-lost-its-road/",
            "kyivindependent.com/tag/a-b-c/ kyivindependent.com/author/nadia-birch/ kyivindependent.com/membership/",
        ),
    ],
)
def test_articles_of_all_editions_are_told_from_sections_tags_and_archives(name: str, articles: str, others: str) -> None:
    source = sources.load(name)
    assert [url for url in articles.split() if not accepts(source, f"https://{url}")] == []
    assert [url for url in others.split() if accepts(source, f"https://{url}")] == []


@pytest.mark.parametrize(
    ("name", "ukrainian", "russian"),
    [
        (
            "pravda",
            "https://www.pravda.com.ua/news/2026/02/20/8021401/",
            "https://www.pravda.com.ua/rus/news/2026/02/20/8021401/",
        ),
        ("rbc", "https://www.rbc.ua/ukr/news/mist-1771587360.html", "https://www.rbc.ua/rus/news/mist-1771587360.html"),
        ("nv", "https://nv.ua/ukr/ukraine/a-50586214.html", "https://nv.ua/ukraine/a-50586214.html"),
        ("zn", "https://zn.ua/ukr/WORLD/a.html", "https://zn.ua/rus/WORLD/a.html"),
        ("tsn", "https://tsn.ua/svit/a-3021549.html", "https://tsn.ua/ru/svit/a-3021549.html"),
        ("censor", "https://censor.net/ua/news/3600412/a", "https://censor.net/ru/news/3600412/a"),
    ],
)
def test_editions_that_share_a_number_stay_two_articles(name: str, ukrainian: str, russian: str) -> None:
    assert path_id(ukrainian) != path_id(russian)
    source = sources.load(name)
    assert accepts(source, ukrainian)
    assert accepts(source, russian)
    assert recordings.place_of(source, ukrainian) == ("uk", Holds.ARTICLES)
    assert recordings.place_of(source, russian) == ("ru", Holds.ARTICLES)


def test_there_are_ten_channels_and_more() -> None:
    channels = {feed.name.casefold() for feed in sources.load("telegram").feeds}
    assert len(channels) >= 10


def test_the_shell_shows_every_source_with_its_editions() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "newswire", "sources"],
        env={**os.environ, "PYTHONPATH": str(PLUGINS)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    shown = {line.split()[0]: line for line in done.stdout.splitlines()}
    assert shown.keys() == set(sources.names())
    assert "Українська правда" in shown["pravda"]
    assert "uk, ru, en" in shown["pravda"]


def test_an_unknown_source_is_refused_with_the_known_names() -> None:
    with pytest.raises(ValueError, match=r"no source is called 'bbc'; known are: .*telegram.*unn"):
        sources.load("bbc")


@pytest.mark.parametrize("name", ["", "..", "unn.py", "os", "newswire.model", "__init__", "UNN"])
def test_only_names_of_files_of_the_folder_are_loaded(name: str) -> None:
    with pytest.raises(ValueError, match="no source is called"):
        sources.load(name)


def test_a_new_file_is_found_by_itself(library: Path) -> None:
    text = (library / "newswire/sources/telegram.py").read_text().replace('name="telegram"', 'name="another"')
    (library / "newswire/sources/another.py").write_text(text)
    assert run("from newswire import sources; print(sources.load('another').name)", library) == "another"


def test_a_file_whose_source_has_another_name_is_refused(library: Path) -> None:
    shutil.copy(library / "newswire/sources/telegram.py", library / "newswire/sources/other.py")
    said = run("from newswire import sources; sources.load_all()", library)
    assert "ValueError: sources/other.py calls itself 'telegram'; the file's name is the source's name" in said


def test_a_file_without_a_source_is_refused(library: Path) -> None:
    (library / "newswire/sources/empty.py").write_text("SOURCE = 'unn'\n")
    assert "ValueError: sources/empty.py holds no SOURCE" in run("from newswire import sources; sources.load_all()", library)


def test_loading_all_sources_imports_nothing_heavy() -> None:
    loaded = run(
        "import json, sys; from newswire import sources; sources.load_all(); print(json.dumps(list(sys.modules)))", PLUGINS
    )
    modules = set(json.loads(loaded))
    assert "newswire.sources.unn" in modules
    assert modules & HEAVY == set()
