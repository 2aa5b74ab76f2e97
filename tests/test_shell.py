from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from newswire import db, fetch, pipeline, settings, shell
from newswire.local.postgres import Cluster
from newswire.window import moment
from tests.site.expected import ExpectedArticle, expected_articles
from tests.site.server import SampleSite

ROOT = Path(__file__).parents[1]
VERBS = (
    "ingest",
    "parse",
    "record",
    "show",
    "export",
    "reprocess",
    "live",
    "ingest-warc",
    "coverage",
    "deduplicate",
    "explain",
    "refresh",
    "index",
    "search",
    "check",
    "sources",
    "pools",
    "migrate",
    "maintain",
    "forget",
    "dictionary",
)
HOSTS = ("unn.ua", "www.unn.ua", "unn.com.ua", "www.unn.com.ua", "t.me")
NONSENSE = "postgresql://newswire:secret@127.0.0.1:1/nowhere"
SNOW = "news/synoptyky-poperedyly-pro-snihopad-i-zamety-na-vykhidnykh"
DAY = ("--from", "2026-02-20T12:00", "--to", "2026-02-21")


def call(*arguments: str, url: str | None = None, stdin: bytes = b"", **more: str) -> subprocess.CompletedProcess[str]:
    """Run one verb as people do: `python -m newswire …`."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("NEWSWIRE_")}
    variables = {
        **kept,
        "PYTHONPATH": str(ROOT / "plugins"),
        "NEWSWIRE_DATABASE_URL": url or NONSENSE,
        "NEWSWIRE_PAUSE": "0",
        **more,
    }
    command = [sys.executable, "-m", "newswire", *arguments]
    done = subprocess.run(command, env=variables, input=stdin, capture_output=True, check=False, timeout=120)
    return subprocess.CompletedProcess(command, done.returncode, done.stdout.decode(), done.stderr.decode())


def hosts(base: str) -> str:
    return ",".join(f"{host}={base}" for host in HOSTS)


def refusal(done: subprocess.CompletedProcess[str]) -> str:
    """Return the one line with which a call was refused."""
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith("newswire: ")
    return line


def rows(connection: db.Connection, statement: str) -> list[dict[str, Any]]:
    with db.transaction(connection):
        return db.select(connection, statement)


@contextmanager
def closed_port() -> Iterator[str]:
    """Yield an address at which nobody listens."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{bound.getsockname()[1]}"


def saved(site: SampleSite, folder: Path, host: str, path: str) -> str:
    file = folder / "page.html"
    file.write_bytes(site.answer(host, path).body)
    return str(file)


# Help


def test_every_verb_explains_itself() -> None:
    assert set(re.findall(r"^    ([\w-]+)", call("--help").stdout, re.MULTILINE)) == set(VERBS)
    with ThreadPoolExecutor(2) as pool:
        for verb, done in zip(VERBS, pool.map(lambda verb: call(verb, "--help"), VERBS), strict=True):
            assert (done.returncode, done.stderr) == (0, ""), verb
            assert done.stdout.startswith(f"usage: python -m newswire {verb} ")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "required: VERB"),
        (("fly",), "invalid choice: 'fly'"),
        (("ingest",), "required: source"),
        (("ingest", "unn", "--limit", "0"), "'0' is no number from 1 on"),
        (("ingest", "unn", "--limit", "²"), "is no number from 1 on"),
        (("parse", "unn", "page.html"), "required: --url"),
    ],
)
def test_a_call_that_cannot_be_read_is_refused_with_the_usage(arguments: tuple[str, ...], said: str) -> None:
    done = call(*arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_sources_are_listed_with_their_feeds() -> None:
    done = call("sources")
    assert done.returncode == 0
    assert re.search(r"^unn +УНН \(https://unn\.ua/\): uk, ru, en$", done.stdout, re.MULTILINE)


def test_pools_are_printed_without_a_database() -> None:
    done = call("pools")
    assert done.returncode == 0
    assert all(pool["slots"] > 0 for pool in json.loads(done.stdout).values())
    assert {"unn", "telegram"} <= {name.rpartition("_")[2] for name in json.loads(done.stdout)}


# Parsing needs no database


def test_a_saved_page_is_printed_as_a_json_line(site: SampleSite, tmp_path: Path) -> None:
    expected = next(one for one in expected_articles() if one.external_id == SNOW)
    done = call("parse", "unn", saved(site, tmp_path, "unn.ua", f"/{SNOW}"), "--url", f"http://www.unn.ua/{SNOW}?utm_source=x")
    assert (done.returncode, done.stderr) == (0, "")
    (line,) = done.stdout.splitlines()
    found = json.loads(line)
    assert (found["title"], found["lead"], found["url"]) == (expected.title, expected.lead, expected.url)
    assert [(block["kind"], block["text"]) for block in found["body"]] == list(expected.body)
    assert (found["language"], found["feed"]) == ("uk", "uk")


def test_a_page_is_read_from_standard_input_too(site: SampleSite) -> None:
    page = site.answer("unn.ua", f"/{SNOW}").body
    done = call("parse", "unn", "-", "--url", f"https://unn.ua/{SNOW}", "--feed", "UK", stdin=page)
    assert done.returncode == 0
    assert json.loads(done.stdout)["external_id"] == SNOW


def test_a_page_of_any_channel_is_read_by_telegram(site: SampleSite, tmp_path: Path) -> None:
    done = call(
        "parse", "telegram", saved(site, tmp_path, "t.me", "/s/nw_sample_small"), "--url", "https://t.me/s/nw_sample_small"
    )
    items = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0
    assert [item.get("rejected") for item in items] == ["service", None, None]
    assert [item["url"].casefold() for item in items] == [f"https://t.me/nw_sample_small/{number}" for number in (1, 2, 4)]
    assert {item["feed"].casefold() for item in items} == {"nw_sample_small"}


def test_a_page_that_is_no_article_is_printed_with_its_outcome(site: SampleSite, tmp_path: Path) -> None:
    done = call("parse", "unn", saved(site, tmp_path, "unn.ua", "/news"), "--url", "https://unn.ua/news/x")
    assert done.returncode == 0
    assert json.loads(done.stdout)["rejected"] == "not_article"


@pytest.mark.parametrize("body", [b"", b"\x00\xff\xfe", b"%PDF-1.4", b"<" * 10_000])
def test_bytes_of_any_kind_are_no_article(body: bytes) -> None:
    done = call("parse", "unn", "-", "--url", "https://unn.ua/news/x", stdin=body)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["rejected"] in ("not_article", "no_text", "no_title")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("unn", "no such file.html", "--url", "https://unn.ua/x"), "no such file.html: No such file or directory"),
        (("unn", ".", "--url", "https://unn.ua/x"), ".: Is a directory"),
        (("unn", "-", "--url", "javascript:alert(1)"), "not a web address: 'javascript:alert(1)'"),
        (("unn", "-", "--url", "https://[::1/x"), "Invalid IPv6 URL"),
        (("unn", "-", "--url", "https://unn.ua/x", "--feed", "fr"), "unn has no feed 'fr'; it has: uk, ru, en"),
        (("nobody", "-", "--url", "https://unn.ua/x"), "no source is called 'nobody'; known are: "),
        (("../unn", "-", "--url", "https://unn.ua/x"), "no source is called '../unn'"),
    ],
)
def test_what_cannot_be_parsed_is_refused_in_one_line(arguments: tuple[str, ...], said: str) -> None:
    assert said in refusal(call("parse", *arguments))


# Wrong calls write nothing


@pytest.mark.parametrize(
    ("arguments", "variables", "said"),
    [
        (("nobody",), {}, "no source is called 'nobody'"),
        (("unn", "--from", "2026-02-21", "--to", "2026-02-20"), {}, "before it starts"),
        (("unn", "--from", "2026-02-30"), {}, "'2026-02-30' is no date: write 2026-02-20, or 2026-02-20T18:30"),
        (("unn", "--to", "0001-01-01"), {}, "'0001-01-01' is no date"),
        (("unn", "--feeds", "uk", "fr"), {}, "unn has no feed 'fr'"),
        (("unn",), {"NEWSWIRE_HOSTS": "unn.ua"}, "NEWSWIRE_HOSTS must be host=url,host=url; 'unn.ua' has no ="),
        (("unn",), {"NEWSWIRE_HOSTS": "unn.ua=ftp://x"}, "unn.ua must lead to http(s)://host[:port]"),
        (("unn",), {"NEWSWIRE_PAUSE": "soon"}, "NEWSWIRE_PAUSE must be seconds, as in 0.5, not 'soon'"),
        (("unn",), {"NEWSWIRE_PAUSE": "-1"}, "NEWSWIRE_PAUSE must be"),
        (("unn",), {"NEWSWIRE_PAUSE": "inf"}, "NEWSWIRE_PAUSE must be"),
        (
            ("unn",),
            {"NEWSWIRE_LANGUAGE_ENGINE": "oracle"},
            "NEWSWIRE_LANGUAGE_ENGINE must be default or langdetect, not 'oracle'",
        ),
    ],
)
def test_a_wrong_call_is_refused_in_one_line_and_nothing_is_written(
    connection: db.Connection, database_url: str, arguments: tuple[str, ...], variables: dict[str, str], said: str
) -> None:
    assert said in refusal(
        call("ingest", *arguments, url=database_url, **{"NEWSWIRE_HOSTS": hosts("http://127.0.0.1:1"), **variables})
    )
    assert rows(connection, "select from core.run union all select from raw.announcement union all select from raw.page") == []


@pytest.mark.parametrize("verb", [("ingest", "unn"), ("show", "1"), ("export",), ("migrate",)])
def test_an_unreachable_database_is_one_line_without_its_password(verb: tuple[str, ...]) -> None:
    line = refusal(call(*verb))
    assert "the database cannot be reached: " in line
    assert "secret" not in line


def test_unknown_articles_and_rules_are_refused_in_one_line(database_url: str) -> None:
    assert "no article 'nothing'" in refusal(call("show", "nothing", url=database_url))
    assert "no article '7'" in refusal(call("show", "7", url=database_url))
    assert "there is no check 'nothing'; there are: " in refusal(call("check", "nothing", url=database_url))


# From the site to the files


def ingested(url: str, *more: str) -> subprocess.CompletedProcess[str]:
    """Ingest an afternoon of the Ukrainian edition, in which nothing is slow to fail."""
    with SampleSite() as site:
        return call("ingest", "unn", "--feeds", "uk", *DAY, *more, url=url, NEWSWIRE_HOSTS=hosts(site.url))


def afternoon() -> list[ExpectedArticle]:
    return [one for one in expected_articles() if one.feed == "uk" and one.published_at >= moment(DAY[1])]


def test_ingesting_goes_on_where_it_was_and_then_changes_nothing(connection: db.Connection, database_url: str) -> None:
    everything = "select article_id, external_id, revision, updated_at from mart.article order by article_id"
    done = ingested(database_url, "--limit", "2")
    assert (done.returncode, done.stderr) == (0, "")
    assert len(rows(connection, "select from raw.announcement where visited_at is not null")) == 2
    done = ingested(database_url)
    first = rows(connection, everything)
    assert {row["external_id"] for row in first} == {one.external_id for one in afternoon()}
    assert done.returncode == 0
    done = ingested(database_url)
    assert (done.returncode, done.stderr) == (0, "")
    assert "fetched: nothing was due" in done.stdout
    assert rows(connection, everything) == first


def test_what_was_ingested_is_looked_at_verb_by_verb(connection: db.Connection, database_url: str, tmp_path: Path) -> None:
    count = len(afternoon())
    done = ingested(database_url)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"ok {count}" in done.stdout

    (row,) = rows(connection, f"select article_id from mart.article where external_id = '{SNOW}'")
    shown = [
        call("show", key, url=database_url) for key in (str(row["article_id"]), SNOW, f"http://www.unn.ua/{SNOW}/?utm_source=x")
    ]
    assert {(one.returncode, one.stdout) for one in shown} == {(0, shown[0].stdout)}
    snow = next(one for one in afternoon() if one.external_id == SNOW)
    plain = "\n".join((f" date 2026-02-20 {snow.title}", snow.lead or "", *(text for _, text in snow.body)))
    head, _, tail = shown[0].stdout.rpartition("}\n")
    assert json.loads(head + "}")["outcome"] == "ok"
    assert tail == plain + "\n"

    done = call("export", *DAY, url=database_url, NEWSWIRE_EXPORT=str(tmp_path))
    assert (done.returncode, done.stdout) == (0, f"2026-02-20: {count} articles in {tmp_path / '2026-02-20'}\n")
    assert (tmp_path / "2026-02-20" / "text" / f"unn_{row['article_id']}.txt").read_text(encoding="utf-8") == plain
    (tmp_path / "file").write_text("x")
    assert "Not a directory" in refusal(call("export", *DAY, "--folder", str(tmp_path / "file" / "below"), url=database_url))

    done = call("coverage", url=database_url, COLUMNS="200")
    assert done.returncode == 0
    assert re.search(rf"unn +2026-02-20 +\d+ +\d+ +{count} ", done.stdout), done.stdout

    done = call("check", url=database_url)
    assert [line.split()[0] for line in done.stdout.splitlines()] == pipeline.checks()
    assert (done.returncode, done.stdout.count("fail: ")) == (0, 0), done.stdout
    with db.transaction(connection), connection.cursor() as cursor:
        cursor.execute("update core.article set published_at = now() + interval '1 day' where external_id = %s", (SNOW,))
    done = call("check", "future_articles", "empty_bodies", url=database_url)
    assert done.returncode == 1
    assert re.fullmatch(r"future_articles +fail: 1 rows\nempty_bodies +holds\n", done.stdout)

    done = call("deduplicate", url=database_url)
    assert (done.returncode, json.loads(done.stdout)) == (0, {})
    assert call("maintain", url=database_url).returncode == 0


def test_an_empty_export_says_so(database_url: str, tmp_path: Path) -> None:
    done = call("export", *DAY, "--folder", str(tmp_path), url=database_url)
    assert (done.returncode, done.stdout) == (0, "no articles from 2026-02-20 12:00:00+02:00 to 2026-02-21 00:00:00+02:00\n")


def test_a_site_that_cannot_be_reached_is_one_line_for_all_its_feeds_and_exit_code_one(
    connection: db.Connection, database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with closed_port() as base:
        # the same verb within this process, because no variable shortens the pauses between tries
        quick = replace(fetch.Settings.from_environment({"NEWSWIRE_HOSTS": hosts(base)}), pause=0, backoff=0)
        monkeypatch.setattr(settings, "fetching", lambda: quick)
        monkeypatch.setenv("NEWSWIRE_DATABASE_URL", database_url)
        code = shell.main(["ingest", "unn", *DAY])
    (line,) = capsys.readouterr().err.splitlines()
    assert code == 1
    assert re.match(r"newswire: unn \(uk, ru, en\): unreachable at unn\.ua: .*refused", line), line
    (gaps,) = rows(connection, "select count(*) as feeds from mart.gap where reason like 'unreachable%'")
    assert gaps == {"feeds": 3}


def test_a_database_is_brought_to_this_version_by_the_first_verb_that_needs_it(cluster: Any) -> None:
    url = cluster.ensure_database("test_shell_new")
    assert call("coverage", url=url).returncode == 0
    assert call("migrate", url=url).stdout == ""
    opened = db.connect(url)
    assert db.is_migrated(opened)
    opened.close()


def test_migrating_says_what_was_applied(cluster: Any) -> None:
    done = call("migrate", url=cluster.ensure_database("test_shell_migrate"))
    assert done.stdout.splitlines() == [f"applied {path.name}" for path in sorted((db.SQL / "migrations").glob("*.sql"))]


def test_migrating_gives_a_new_readers_login_its_limits_in_the_embedded_database_too(tmp_path: Path) -> None:
    embedded = Cluster(tmp_path / "postgres")
    at = {"NEWSWIRE_DATABASE_URL": "", "NEWSWIRE_HOME": str(tmp_path)}
    try:
        assert call("migrate", **at).stdout.startswith("applied 0001")
        opened = db.connect(embedded.url("newswire"))
        with db.transaction(opened), opened.cursor() as cursor:
            cursor.execute("create role anna login in role newswire_reader")
        done = call("migrate", **at)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
        (row,) = db.select(opened, "select setconfig from pg_db_role_setting where setrole = 'anna'::regrole")
        assert "statement_timeout=60s" in row["setconfig"]
        opened.close()
    finally:
        embedded.stop()
