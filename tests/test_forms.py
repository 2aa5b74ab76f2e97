"""The forms of the Dags: what they offer, what they refuse with a sentence, what a dry run does, and backfills."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from newswire import db, sources
from newswire.local import airflow
from newswire.local.postgres import Cluster
from tests.installed import DAYS, Airflow, installed, query

FIELDS = textwrap.dedent(
    """
    import json, sys
    from airflow.configuration import conf
    from airflow.dag_processing.dagbag import DagBag
    sys.path.append(conf.get("core", "dags_folder"))
    bag = DagBag(dag_folder=conf.get("core", "dags_folder"), bundle_name="dags-folder")
    print(json.dumps({
        dag.dag_id: {name: {"value": param.value, "description": param.description, **param.schema}
                     for name, param in ((name, dag.params.get_param(name)) for name in dag.params)}
        for dag in bag.dags.values()
    }))
    """
)


@pytest.fixture(scope="module")
def ours(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Airflow]:
    with installed(cluster, tmp_path_factory.mktemp("forms"), "forms") as one:
        yield one


@pytest.fixture(scope="module")
def forms(ours: Airflow) -> dict[str, dict[str, dict[str, Any]]]:
    done = subprocess.run([sys.executable, "-c", FIELDS], env=ours.env, capture_output=True, text=True, check=True)
    found: dict[str, dict[str, dict[str, Any]]] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_every_field_says_in_words_what_it_is(forms: dict[str, dict[str, dict[str, Any]]]) -> None:
    fields = [(dag, name, field) for dag, form in forms.items() for name, field in form.items()]
    assert len(fields) > 20
    for dag, name, field in fields:
        assert field.get("title"), f"{dag}.{name}"


def test_several_names_are_chosen_from_a_list_which_may_be_emptied(forms: dict[str, dict[str, dict[str, Any]]]) -> None:
    # Airflow's form shows a multi-select only for `examples`, and sends null when it is emptied
    lists = [(dag, name, field) for dag, form in forms.items() for name, field in form.items() if "array" in field["type"]]
    assert {(dag, name) for dag, name, _ in lists} >= {
        ("ingest_unn", "feeds"),
        ("ingest_telegram", "feeds"),
        ("quality", "rules"),
        ("export", "formats"),
        ("live_check", "sources"),
        ("reprocess", "outcomes"),
    }
    for dag, name, field in lists:
        assert field["examples"], f"{dag}.{name}"
        assert field["type"] == ["null", "array"], f"{dag}.{name}"


def test_times_have_date_pickers_and_may_stay_empty(forms: dict[str, dict[str, dict[str, Any]]]) -> None:
    for dag in ("ingest_unn", "ingest_telegram", "export", "reprocess"):
        for name in ("start", "end"):
            field = forms[dag][name]
            assert (field["format"], field["type"], field["value"]) == ("date-time", ["null", "string"], None), dag


def test_a_publishers_form_offers_its_feeds_and_any_channel_where_it_is_open_to_them(
    forms: dict[str, dict[str, dict[str, Any]]],
) -> None:
    for source in sources.load_all():
        form = forms[f"ingest_{source.name}"]
        names = [feed.name for feed in source.feeds]
        assert form["feeds"]["value"] == form["feeds"]["examples"] == names
        assert ("others" in form) == source.open_feeds
        assert ("items" in form["feeds"]) != source.open_feeds
        assert {"dry_run", "limit", "refetch"} <= form.keys()


WRONG = (
    ("unn", {"feeds": None}, "nothing is chosen: choose at least one of uk, ru, en"),
    ("unn", {"feeds": ["xx"]}, "unn has no feed 'xx'; it has: uk, ru, en"),
    ("unn", {"start": DAYS["end"], "end": DAYS["start"]}, "the window ends"),
    ("unn", {"end": "2026-20-02"}, "'2026-20-02' is no date"),
    ("unn", {"start": "2150-01-01T00:00:00Z", "end": "2150-01-02T00:00:00Z"}, "From is still to come: 2150-01-01 00:00 UTC"),
    ("unn", {"refetch": True}, "'Fetch again' needs From"),
    ("unn", {"refetch": True, "end": DAYS["end"]}, "'Fetch again' needs From"),
    ("telegram", {"feeds": [], "others": " , "}, "nothing is chosen"),
    ("telegram", {"others": "дурниця"}, "'дурниця' is no channel's name or link"),
    ("telegram", {"others": "https://t.me/+AbCdEf"}, "'https://t.me/+AbCdEf' is no channel's name or link"),
    (
        "telegram",
        {"others": "https://t.me/joinchat/AbCdEf"},
        "is no channel's name or link: write durov, @durov or https://t.me/durov",
    ),
    ("telegram", {"others": "https://example.com/durov"}, "is no channel's name or link"),
    ("telegram", {"others": "https://t.me/c/1234567/89"}, "is no channel's name or link"),
    ("telegram", {"others": "123456"}, "'123456' is no channel's name or link"),
    ("telegram", {"others": "@nv_ua;@"}, "'@' is no channel's name or link"),
    (
        "unn",
        {"start": "2025-01-01T00:00:00Z", "end": "2025-05-01T00:00:00Z"},
        "the window is 120 days long, and one run takes 93",
    ),
    ("unn", {"start": "2020-01-01", "dry_run": True}, "choose a part of it (From and To), or Backfill"),
)
RIGHT = (
    ("unn", {"feeds": ["ru", "uk"]}, ["ru", "uk"]),
    (
        "telegram",
        {"feeds": ["SuspilneNews"], "others": "@durov https://t.me/s/suspilnenews, t.me/durov/"},
        ["suspilnenews", "durov"],
    ),
    ("telegram", {"feeds": None, "others": "durov"}, ["durov"]),
    (
        "telegram",
        {"feeds": [], "others": "t.me/durov/123?single http://telegram.me/s/nv_ua/ https://www.T.me/Tass_ru"},
        ["durov", "nv_ua", "Tass_ru"],
    ),
    ("unn", {"feeds": ["uk"], "start": "2025-01-01T00:00:00Z", "end": "2025-04-04T00:00:00Z", "limit": 1}, ["uk"]),
    ("unn", {"feeds": ["uk"], "start": "2025-01-01", "end": "2025-01-02", "refetch": True, "dry_run": True}, ["uk"]),
)

ASK = textwrap.dedent(
    """
    import json, sys
    import pendulum
    from airflow.configuration import conf
    sys.path.append(conf.get("core", "dags_folder"))
    import forms
    from newswire import sources

    class Run:
        run_after = pendulum.now("UTC")

    for name, wish in json.loads(sys.argv[1]):
        source = sources.load(name)
        params = {"feeds": [feed.name for feed in source.feeds], "start": None, "end": None, "refetch": False, **wish}
        try:
            print(json.dumps([feed.name for feed in forms.asked_feeds({"params": params, "dag_run": Run}, source)]))
        except (ValueError, KeyError) as error:
            print(json.dumps(error.args[0]))
    """
)


def test_what_does_not_go_together_is_refused_with_a_sentence(ours: Airflow) -> None:
    cases = [(name, wish) for name, wish, _ in (*WRONG, *RIGHT)]
    asked = [sys.executable, "-c", ASK, json.dumps(cases)]
    done = subprocess.run(asked, env=ours.env, capture_output=True, text=True, check=True)
    answers = [json.loads(line) for line in done.stdout.splitlines()[-len(cases) :]]
    for (name, wish, sentence), answer in zip(WRONG, answers, strict=False):
        assert sentence in answer, (name, wish, answer)
    assert answers[len(WRONG) :] == [names for _, _, names in RIGHT]


def test_a_wrong_form_fails_before_anything_is_asked_for_or_said_to_be_new(ours: Airflow) -> None:
    log = ours.home / "wrong.log"
    with airflow.one_shot(ours.env, log) as process, pytest.raises(airflow.AirflowError, match="'feeds'"):
        process.run("ingest_unn", {"start": None, "end": None, "refetch": True})
    assert "AirflowFailException: 'Fetch again' needs From" in log.read_text()
    assert ours.site.requests == []
    assert said(ours, "newswire_articles") == 0


def rows(ours: Airflow) -> dict[str, int]:
    tables = ("raw.announcement", "raw.page", "core.article", "core.coverage", "core.run")
    return {table: query(ours.news_url, f"select count(*) from {table}")[0]["count"] for table in tables}


def article_pages_asked(ours: Airflow, since: int) -> list[str]:
    """Return the announced addresses that were asked for since."""
    announced = {urlsplit(row["url"]).path for row in query(ours.news_url, "select url from raw.announcement")}
    return [served.path for served in ours.site.requests[since:] if served.path in announced]


def said(ours: Airflow, asset: str) -> int:
    """Return how often a run has said that an asset is new."""
    url = ours.env["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"].replace("+psycopg2", "")
    statement = f"select count(*) from asset_event join asset on asset.id = asset_id where asset.name = '{asset}'"
    return int(query(url, statement)[0]["count"])


def test_a_dry_run_tells_what_is_new_and_writes_nothing(ours: Airflow) -> None:
    log = ours.home / "dry.log"
    wish = {**DAYS, "feeds": ["en"], "limit": None, "refetch": False}
    with airflow.one_shot(ours.env, log) as process:
        before, asked = rows(ours), len(ours.site.requests)
        process.run("ingest_unn", {**wish, "dry_run": True})
        assert rows(ours) == before
        assert len(ours.site.requests) > asked
        assert said(ours, "newswire_articles") == 0
        found = re.search(r"en: (\d+) announced in the window, (\d+) of them new", log.read_text())
        assert found
        assert found[1] == found[2] != "0"
        process.run("ingest_unn", {**wish, "dry_run": False})
        assert article_pages_asked(ours, asked)
        before, asked = rows(ours), len(ours.site.requests)
        process.run("ingest_unn", {**wish, "dry_run": True})
        assert rows(ours) == before
        assert article_pages_asked(ours, asked) == []
        assert f"en: {found[1]} announced in the window, 0 of them new" in log.read_text()
        # what is due is told too, and stays due
        process.run("ingest_unn", {**wish, "refetch": True, "dry_run": True})
        assert article_pages_asked(ours, asked) == []
        assert f"unn: {found[1]} pages that are known already are due" in log.read_text()


def test_channels_may_be_named_beside_the_list_as_names_or_links(ours: Airflow) -> None:
    log = ours.home / "channels.log"
    with airflow.one_shot(ours.env, log) as process:
        process.run(
            "ingest_telegram", {**DAYS, "feeds": [], "others": "@nw_sample_news, https://t.me/nw_sample_live", "dry_run": True}
        )
    told = set(re.findall(r"(nw_sample_\w+): \d+ announced", log.read_text()))
    assert told == {"nw_sample_news", "nw_sample_live"}


def test_a_broken_rule_makes_the_quality_run_red_and_lets_exports_go_on(ours: Airflow) -> None:
    connection = db.connect(ours.news_url)
    with db.transaction(connection), connection.cursor() as cursor:
        one = "select article_id from core.article limit 1"
        cursor.execute(f"update core.article set published_at = now() + '9 days' where article_id = ({one})")
        assert cursor.rowcount == 1
    connection.close()
    log = ours.home / "broken.log"
    with airflow.one_shot(ours.env, log) as process:
        before = said(ours, "newswire_checked")
        with pytest.raises(airflow.AirflowError, match=r"\['check', 'verdict'\]"):
            process.run("quality", {"rules": ["future_articles", "duplicates_of_nothing"]})
        assert said(ours, "newswire_checked") == before + 1
        process.run("quality", {"rules": ["duplicates_of_nothing"]})
    assert "1 of 2 rules are broken or could not be run: future_articles" in log.read_text()
    checked = query(ours.news_url, "select name, count(*) from core.check_result group by name order by name")
    assert {row["name"]: row["count"] for row in checked} == {"future_articles": 1, "duplicates_of_nothing": 2}
