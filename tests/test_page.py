"""The page where it is used: in Airflow's own UI, behind its login, in a real Chromium."""

from __future__ import annotations

import json
import os
import re
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import requests

from newswire import db, deduplication, fetch, pipeline, search, sources
from newswire.local import airflow
from newswire.local.postgres import Cluster
from newswire.model import Window
from newswire.web import reasons
from newswire.window import moment
from tests.chromium import Tab, chromium
from tests.installed import NEWS_TEMPLATE, airflow_template
from tests.killing import fetching, quick_detect
from tests.running import free_port
from tests.site.server import SampleSite

ROOT = Path(__file__).parents[1]
SCREENSHOTS = ROOT / "build" / "screenshots"
WINDOW = Window(moment("2026-02-16"), moment("2026-02-21"))
FEEDS = {"unn": ("uk", "ru", "en"), "telegram": ("nw_sample_news", "nw_sample_live")}
VISITS = ("2026-02-19T14:00", "2026-02-20T23:30")
EDITED = "У Мостищі через задимлення евакуювали школу: причиною стала праска в майстерні"
READY_SECONDS = 180

SCRIPT = "<script>document.title='stolen'</script><img src=x onerror=\"document.title='stolen'\">"
"""Text that an outlet may write; a page that takes it for HTML gets another title."""


@dataclass(frozen=True)
class Installation:
    """Airflow's API server over a database that holds the sample site."""

    address: str
    password: str
    viewer_password: str
    news_url: str


@pytest.fixture(scope="module")
def news_url(cluster: Cluster) -> str:
    """Address of a database that holds the sample site as two visits found it; one article of it has become hostile."""
    url = cluster.ensure_database("page_news", template=NEWS_TEMPLATE)
    connection = db.connect(url)
    with SampleSite() as site:
        for visit in VISITS:
            site.now = moment(visit)
            for name, feeds in FEEDS.items():
                ingest(connection, site, name, feeds)
    deduplication.deduplicate(connection)
    with db.transaction(connection), connection.cursor() as cursor:
        cursor.execute("update core.article set title = title || %s where title like 'Forecasters warn%%'", (SCRIPT,))
    search.index(connection)
    connection.close()
    return url


def ingest(connection: db.Connection, site: SampleSite, name: str, feeds: tuple[str, ...]) -> None:
    source = sources.load(name)
    called = f"airflow ingest_{name} manual__2026-02-20T00:00:00+00:00"
    with fetch.Client(fetching(site.url), source.politeness) as client:
        for feed in feeds:
            pipeline.discover(connection, source, source.feed(feed), WINDOW, client, caller=called)
        plan = pipeline.plan(connection, source, feeds, window=WINDOW, refetch=True)
        for batch in plan.batches(len(plan.numbers) or 1):
            pipeline.fetch(connection, source, batch, client, planned_at=plan.planned_at, caller=called)
        pipeline.normalise(connection, source, feeds, quick_detect, caller=called)


@pytest.fixture(scope="module")
def installation(cluster: Cluster, news_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    home, port = tmp_path_factory.mktemp("home"), free_port()
    airflow_url = cluster.ensure_database("page_airflow", template=airflow_template(cluster, home))
    env = airflow.environment(home, airflow_url, news_url, port=port)
    passwords = home / "airflow" / "passwords.json"
    kept = {**json.loads(passwords.read_text()), "guest": "guest-password"}
    passwords.write_text(json.dumps(kept))
    env |= {"AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": f"{airflow.USER}:admin,guest:viewer", "NEWSWIRE_HOME": str(home)}
    subprocess.run(airflow.command("dags", "reserialize"), env=env, check=True, capture_output=True)
    # without a scheduler nothing starts by itself, and nothing goes to the live sites
    log = home / "api-server.log"
    with log.open("w") as output:
        process = subprocess.Popen(airflow.command("api-server"), env=env, stdout=output, stderr=output, start_new_session=True)
    try:
        address = f"http://127.0.0.1:{port}"
        wait_for(address, process, log)
        yield Installation(address, kept[airflow.USER], kept["guest"], news_url)
    finally:
        airflow._stop(process.pid)
        process.wait()


def wait_for(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if requests.get(f"{address}/api/v2/version", timeout=5).ok:
                return
        except requests.ConnectionError:
            time.sleep(0.2)
    raise AssertionError(log.read_text(errors="replace")[-3000:])


@pytest.fixture(scope="module")
def tab(installation: Installation) -> Iterator[Tab]:
    """A page of the browser, logged in through Airflow's own form."""
    with chromium() as opened:
        opened.size(1400, 900)
        opened.go(installation.address)
        log_in(opened, airflow.USER, installation.password)
        yield opened


def log_in(tab: Tab, user: str, password: str) -> None:
    tab.type("input[name=username]", user)
    tab.type("input[name=password]", password)
    tab.run("document.querySelector('button[type=submit]').click()")
    tab.until("[...document.querySelectorAll('a')].some((link) => link.textContent.trim() === 'Newswire')")


def ask(installation: Installation, user: str, password: str, method: str, path: str, **values: Any) -> requests.Response:
    """Ask Airflow as a program does, with a token."""
    given = requests.post(f"{installation.address}/auth/token", json={"username": user, "password": password}, timeout=30)
    bearer = {"Authorization": f"Bearer {given.json()['access_token']}"}
    return requests.request(method, f"{installation.address}{path}", headers=bearer, timeout=30, **values)


INSIDE = "document.querySelector('iframe').contentDocument"


def inside(tab: Tab, selector: str) -> Any:
    """Wait for an element of the page in Airflow's frame, and return its text."""
    return tab.until(f"{INSIDE}.querySelector({json.dumps(selector)})?.textContent?.trim()")


def click(tab: Tab, selector: str) -> None:
    inside(tab, selector)
    tab.run(f"{INSIDE}.querySelector({json.dumps(selector)}).click()")


def open_view(tab: Tab, installation: Installation, path: str) -> None:
    tab.go(f"{installation.address}/plugin/newswire/newswire{path}")
    tab.until(f"{INSIDE}.readyState === 'complete' && {INSIDE}.querySelector('main') !== null")


def test_the_page_is_in_airflows_navigation(tab: Tab, installation: Installation) -> None:
    tab.go(f"{installation.address}/")
    tab.until("[...document.querySelectorAll('a')].some((link) => link.textContent.trim() === 'Newswire')")
    tab.run("[...document.querySelectorAll('a')].find((link) => link.textContent.trim() === 'Newswire').click()")
    assert "УНН" in inside(tab, "#sources [data-source=unn]")
    assert tab.run(f"{INSIDE}.querySelector('header strong').textContent") == "Newswire"
    icon = tab.until("[...document.querySelectorAll('img')].find((image) => image.src.includes('newswire'))?.naturalWidth")
    assert icon > 0


def test_views_are_gone_through_by_their_links(tab: Tab, installation: Installation) -> None:
    open_view(tab, installation, "/")
    for number, selector in ((2, "section#volume_by_source"), (3, "#articles"), (4, "#rejected"), (1, "#sources")):
        click(tab, f"nav a:nth-child({number})")
        if number == 2:
            click(tab, "main p a[href^='?day=']")  # the sample's days are long ago
        inside(tab, selector)
    click(tab, "nav a:nth-child(3)")
    # Airflow keeps the address of what is shown, so that it can be passed on
    tab.until("location.pathname.endsWith('/plugin/newswire/newswire/articles')")


def test_a_search_leads_to_an_article_with_its_changes_and_its_bytes(tab: Tab, installation: Installation) -> None:
    open_view(tab, installation, "/articles?lang=en")
    tab.run(f"{{ const form = {INSIDE}.forms[0]; form.q.value = 'праски школа'; form.requestSubmit(); }}")
    assert inside(tab, "#articles mark")
    assert inside(tab, "#articles .title a") == EDITED
    click(tab, "#articles .title a")
    assert inside(tab, "article h1") == EDITED
    assert "праска" in inside(tab, ".change ins")
    tab.run(f"{INSIDE}.querySelector('#revisions').scrollIntoView()")
    tab.shoot(SCREENSHOTS / "article-changes.png")
    kept = tab.run(f"{INSIDE}.querySelector(\"dl.facts a[href*='/page/']\").href")
    tab.go(kept)
    assert tab.run("document.contentType") == "text/plain"
    assert tab.run("document.body.textContent").casefold().startswith("<!doctype html>")


def titles(tab: Tab) -> list[str]:
    found: list[str] = tab.run(f"[...{INSIDE}.querySelectorAll('#articles .title a:not(.chip)')].map((link) => link.textContent)")
    return found


def test_filters_are_in_the_address_and_the_way_back_undoes_them(tab: Tab, installation: Installation) -> None:
    open_view(tab, installation, "/articles?lang=en")
    before = titles(tab)
    tab.run(
        f"{{ const select = {INSIDE}.forms[0].language; select.value = 'en';"
        " select.dispatchEvent(new Event('change', { bubbles: true })); }"
    )
    tab.until("location.pathname.endsWith('/plugin/newswire/newswire/articles') && location.search.includes('language=en')")
    tab.until(f"{INSIDE}.querySelector('option[value=en][selected]') !== null")
    chosen, address = titles(tab), tab.run("location.href")
    assert chosen != before
    tab.run("history.back()")
    tab.until(f"!location.search.includes('language=en') && !{INSIDE}.querySelector('form [name=language] [selected]')")
    assert titles(tab) == before
    assert tab.until(f"{INSIDE}.forms[0].language.selectedIndex + 1") == 1
    # whoever is given the address sees the same
    tab.go(address)
    tab.until(f"{INSIDE}.querySelector('option[value=en][selected]') !== null")
    assert titles(tab) == chosen


def test_the_browsers_tab_is_called_by_the_view(tab: Tab, installation: Installation) -> None:
    open_view(tab, installation, "/articles?lang=en")
    tab.until("document.title === 'Articles · Newswire'")
    click(tab, "nav a:nth-child(4)")
    tab.until("document.title === 'Rejected · Newswire'")
    tab.run("[...document.querySelectorAll('a')].find((link) => link.pathname === '/dags').click()")
    tab.until("location.pathname === '/dags' && !document.title.includes('Newswire')")


def test_the_keyboard_reaches_everything_and_shows_where_it_is(tab: Tab, installation: Installation) -> None:
    tab.go(f"{installation.address}/newswire/articles?lang=en")
    reached = []
    for _ in range(14):
        tab.press("Tab")
        focused = "document.activeElement"
        reached.append(tab.run(f"{focused}.name || {focused}.textContent.trim()"))
        assert tab.run(f"getComputedStyle({focused}).outlineStyle") != "none", reached
    assert reached[:8] == ["Health", "Volume", "Articles", "Rejected", "Українська", "English", "q", "source"]
    tab.go(f"{installation.address}/newswire/volume?day=2026-02-20&lang=en")
    tab.run("document.querySelector('.plot').focus()")
    for key, day in (
        ("ArrowLeft", "2026-02-20"),
        ("ArrowLeft", "2026-02-19"),
        ("ArrowRight", "2026-02-20"),
        ("ArrowLeft", "2026-02-19"),
    ):
        tab.press(key)
        assert tab.run("document.querySelector('.tip:not([hidden])').innerText").startswith(day)
    tab.press("Enter")
    tab.until("location.pathname.endsWith('/articles') && location.search === '?day=2026-02-19'")


def test_a_click_on_a_bar_opens_the_articles_of_its_day(tab: Tab, installation: Installation) -> None:
    tab.go(f"{installation.address}/newswire/volume?day=2026-02-20&lang=en")
    tab.click(
        *tab.run(
            "(() => { const bar = document.querySelector('[data-day=\"2026-02-18\"] rect:last-child').getBoundingClientRect();"
            " return [bar.x + bar.width / 2, bar.y + bar.height / 2]; })()"
        )
    )
    tab.until("location.pathname.endsWith('/articles') && location.search === '?day=2026-02-18'")


def test_a_copy_leads_to_its_original(tab: Tab, installation: Installation) -> None:
    open_view(tab, installation, "/articles?lang=en")
    click(tab, "#articles .chip[href$='#duplicates']")
    assert "this article" in inside(tab, "#duplicates + table")
    former = inside(tab, "article h1")
    click(tab, "#duplicates + table .title a")
    tab.until(f"{INSIDE}.querySelector('h1')?.textContent.trim() !== {json.dumps(former)}")


def test_what_the_library_says_is_said_in_ukrainian(tab: Tab, installation: Installation) -> None:
    connection = db.connect(installation.news_url)
    said = db.select(
        connection,
        "select judgement as sentence from mart.article union select story_reason from mart.article"
        " union select outcome_detail from mart.rejected where outcome not in ('service', 'unsupported')",
    )
    (told,) = db.select(
        connection,
        "select article_id from mart.article join mart.story using (story_id)"
        " where original_id is not null order by story.articles desc, article_id limit 1",
    )
    connection.close()
    sentences = [row["sentence"] for row in said if row["sentence"]]
    assert len(sentences) > 20
    assert [sentence for sentence in sentences if reasons.ukrainian(sentence) == sentence] == []
    open_view(tab, installation, f"/article/{told['article_id']}?lang=uk")
    for place in ("#duplicates", "#story"):
        assert re.search("[а-яіїєґ] [а-яіїєґ]", inside(tab, f"{place} ~ table tr:nth-child(2) td:last-child > small"))
    tab.run(f"{INSIDE}.querySelector('#duplicates').scrollIntoView()")
    tab.shoot(SCREENSHOTS / "article-reasons-uk.png")


def test_a_bar_of_the_chart_tells_its_day(tab: Tab, installation: Installation) -> None:
    open_view(tab, installation, "/volume?day=2026-02-20&lang=en")
    place = tab.run(
        f"(() => {{ const frame = document.querySelector('iframe').getBoundingClientRect();"
        f" const bar = [...{INSIDE}.querySelectorAll('#volume_by_source [data-day]')].at(-1).getBoundingClientRect();"
        " return [frame.x + bar.x + bar.width / 2, frame.y + bar.y + bar.height / 2]; })()"
    )
    tab.move(*place)
    told = tab.until(f"!{INSIDE}.querySelector('#volume_by_source .tip').hidden && {INSIDE}.querySelector('.tip').innerText")
    assert re.match(r"2026-02-20 · \d+\s+(telegram|unn): \d+", told)


def test_a_link_to_a_run_leaves_the_frame(tab: Tab, installation: Installation) -> None:
    open_view(tab, installation, "/")
    click(tab, "#sources [data-source=unn] a[target=_top]")
    tab.until("location.pathname.startsWith('/dags/ingest_unn/runs/manual__2026-02-20')")


def test_rejected_pages_are_read_again_by_whoever_may(tab: Tab, installation: Installation) -> None:
    open_view(tab, installation, "/rejected?lang=en&outcome=no_text")
    click(tab, "#rejected a[href*='/start/reprocess/']")
    assert json.loads(inside(tab, "#conf"))["outcomes"] == ["no_text"]
    click(tab, "#start")
    assert inside(tab, "#said a") == "Started. Open the run"
    click(tab, "#said a")
    tab.until("location.pathname.startsWith('/dags/reprocess/runs/manual__')")
    asked = ask(installation, airflow.USER, installation.password, "get", "/api/v2/dags/reprocess/dagRuns")
    (conf,) = [run["conf"] for run in asked.json()["dag_runs"]]
    assert (conf["source"], conf["outcomes"], conf["dry_run"]) == ("unn", ["no_text"], True)


def test_a_gap_is_filled_by_whoever_may(tab: Tab, installation: Installation) -> None:
    span = "start=2026-02-16T00:00:00%2B02:00&end=2026-02-17T00:00:00%2B02:00"
    open_view(tab, installation, f"/start/ingest/unn?feed=uk&lang=en&{span}")
    click(tab, "#start")
    assert inside(tab, "#said a") == "Started. Open the run"


def test_hostile_text_is_seen_and_not_run(tab: Tab, installation: Installation) -> None:
    tab.troubles()
    open_view(tab, installation, "/articles?lang=en&language=en&day=2026-02-20")
    rows = tab.run(f"[...{INSIDE}.querySelectorAll('#articles .title a')].map((link) => link.textContent)")
    assert f"Forecasters warn of heavy snow and drifts at the weekend{SCRIPT}" in rows
    tab.run(f"[...{INSIDE}.querySelectorAll('#articles .title a')].find((link) => link.textContent.includes('script')).click()")
    assert inside(tab, "article h1").endswith(SCRIPT)
    assert tab.run(f"{INSIDE}.title") != "stolen"
    assert tab.run(f"{INSIDE}.querySelectorAll('main img, main script').length") == 0
    assert tab.troubles() == []


def test_the_policy_stops_a_script_that_got_in(tab: Tab, installation: Installation) -> None:
    tab.go(f"{installation.address}/newswire/")
    tab.troubles()
    tab.run(f"document.querySelector('main').innerHTML = {json.dumps(SCRIPT)}")
    tab.run(
        "document.body.append(Object.assign(document.createElement('script'), { textContent: 'document.title = \"stolen\"' }))"
    )
    tab.run("new Promise((done) => setTimeout(done, 300))")
    assert tab.run("document.title") != "stolen"
    assert any("Content Security Policy" in trouble for trouble in tab.troubles())


def test_nothing_is_asked_of_another_server_and_nothing_is_complained_of(tab: Tab, installation: Installation) -> None:
    tab.troubles()
    for path in ("/", "/volume?day=2026-02-20", "/articles", "/rejected", "/start/reprocess/unn"):
        tab.go(f"{installation.address}/newswire{path}")
        assert tab.troubles() == [], path


DIALOG = "[...document.querySelectorAll('[role=dialog]')].find((one) => one.innerText.includes('Run Parameters'))"
FORMS = {
    "ingest_unn": ["From", "To", "Editions", "Dry run", "Limit", "Fetch again"],
    "ingest_telegram": ["From", "To", "Channels", "Other channels", "Dry run", "Limit", "Fetch again"],
    "reprocess": ["Source", "From", "To", "Only what ended as (none: all)", "Only older parsers", "Limit", "Dry run"],
    "export": ["From", "To", "Formats", "Sources (none: all)", "Languages (none: all)", "Without copies", "Folder"],
    "quality": ["Rules (none: all)"],
    "live_check": ["Sources (none: all)"],
}


def open_form(tab: Tab, installation: Installation, dag: str) -> None:
    """Open the trigger form of a Dag as a person does."""
    tab.go(f"{installation.address}/dags/{dag}")
    tab.until("document.querySelector('button[aria-label=\"Trigger Dag\"]') !== null")
    tab.run("document.querySelector('button[aria-label=\"Trigger Dag\"]').click()")
    tab.until(f"{DIALOG} !== undefined")


def said(tab: Tab, selector: str) -> list[str]:
    """Return what these elements of the form say, of sections too that are not open."""
    elements = f"[...{DIALOG}.querySelectorAll('[data-testid=config-form] {selector}')]"
    found: list[str] = tab.run(f"{elements}.map((one) => one.textContent.replace('*', '').trim())")
    return found


@pytest.mark.parametrize("dag", FORMS)
def test_the_form_of_each_dag_is_labelled_in_words_and_has_date_pickers(tab: Tab, installation: Installation, dag: str) -> None:
    tab.size(1400, 1900)
    try:
        open_form(tab, installation, dag)
        tab.shoot(SCREENSHOTS / f"form-{dag}.png")
    finally:
        tab.size(1400, 900)
    assert [label for label in FORMS[dag] if label not in said(tab, "label")] == []
    picked = said(tab, "[data-scope=field]:has([data-testid=datetime-input]) label")
    assert picked == [label for label in FORMS[dag] if label in ("From", "To")]


def test_what_is_chosen_in_the_form_is_what_the_run_is_given(tab: Tab, installation: Installation) -> None:
    open_form(tab, installation, "ingest_unn")
    hint = "Only ask feeds and listings; the logs tell what is new and due. Nothing is fetched or written."
    assert hint in said(tab, "[data-part=helper-text]")
    tab.run(f"{DIALOG}.querySelector('#element_feeds [aria-label=\"Remove ru\"]').click()")
    tab.until(f"{DIALOG}.querySelector('#element_feeds [aria-label=\"Remove ru\"]') === null")
    tab.run(f"{DIALOG}.querySelector('input[name=element_dry_run]').click()")
    tab.until(f"{DIALOG}.querySelector('input[name=element_dry_run]').checked")
    tab.run(f"[...{DIALOG}.querySelectorAll('button')].find((one) => one.innerText.trim() === 'Trigger').click()")
    tab.until(f"{DIALOG} === undefined")
    asked = ask(installation, airflow.USER, installation.password, "get", "/api/v2/dags/ingest_unn/dagRuns")
    wanted = {"feeds": ["uk", "en"], "dry_run": True, "start": None, "end": None, "limit": None, "refetch": False}
    assert wanted in [run["conf"] for run in asked.json()["dag_runs"]]


THEMES = ("light", "dark")
VIEWS = {
    "health": "/",
    "volume": "/volume?day=2026-02-20",
    "articles": "/articles",
    "rejected": "/rejected",
    "start": "/start/reprocess/unn",
    "search": f"/articles?q={quote('школа')}",
    "nothing": f"/articles?q={quote('нічогісінько')}",
    "absent": "/article/999999",
    "unclear": "/articles?day=yesterday",
}


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("width", [1400, 360])
@pytest.mark.parametrize("language", ["uk", "en"])
def test_each_view_fits_its_width_in_both_themes_and_languages_and_keeps_nobody_out(
    tab: Tab, installation: Installation, theme: str, width: int, language: str
) -> None:
    tab.size(width, 900 if width > 500 else 780)
    tab.theme(theme)
    number = edited_article(installation)
    try:
        for name, path in {**VIEWS, "article": f"/article/{number}"}.items():
            joint = "&" if "?" in path else "?"
            tab.go(f"{installation.address}/newswire{path}{joint}lang={language}")
            assert tab.run("document.documentElement.scrollWidth") <= width, name
            dark = tab.run("getComputedStyle(document.body).backgroundColor") == "rgb(16, 19, 24)"
            assert dark == (theme == "dark")
            assert tab.faults() == [], name
            tab.shoot(SCREENSHOTS / f"{name}-{width}-{theme}-{language}.png")
        tab.troubles()  # a page that is absent is an error to the console
    finally:
        tab.size(1400, 900)
        tab.theme("light")


def test_what_keeps_people_out_is_found(tab: Tab, installation: Installation) -> None:
    tab.go(f"{installation.address}/newswire/articles?lang=en")
    assert tab.faults() == []
    tab.run(
        "document.querySelector('main').innerHTML = '<h3 id=a>x</h3><a id=a href=/></a><p class=quiet>quiet</p><main></main>"
        "<table><tr><th>1</th></tr><tr><td>2</td><td>3</td></tr></table>';"
        "document.querySelector('.quiet').attributeStyleMap.set('color', 'rgb(170 170 170)'); document.title = ''"
    )
    found = "; ".join(tab.faults())
    for fault in (
        "a link without a name",
        "contrast",
        "two ids a",
        "headings 3",
        "no main, or two",
        "no title",
        "rows of 1,2 cells",
    ):
        assert fault in found


def edited_article(installation: Installation) -> int:
    connection = db.connect(installation.news_url)
    (row,) = db.select(connection, "select article_id from mart.article where title like 'У Мостищі через задимлення%'")
    connection.close()
    return int(row["article_id"])


def test_the_theme_of_airflow_is_the_theme_of_the_page(tab: Tab, installation: Installation) -> None:
    open_view(tab, installation, "/articles")
    try:
        for theme in ("dark", "light"):
            tab.run(f"localStorage.setItem('theme', {theme!r})")
            tab.until(f"{INSIDE}.documentElement.dataset.theme === {theme!r}")
            tab.shoot(SCREENSHOTS / f"in-airflow-{theme}.png")
    finally:
        tab.run("localStorage.removeItem('theme')")


def test_without_a_login_nothing_is_shown(installation: Installation) -> None:
    for path in ("/", "/articles", "/article/1", "/page/1", "/rejected", "/volume", "/start/reprocess/unn"):
        answer = requests.get(f"{installation.address}/newswire{path}", timeout=30)
        assert answer.status_code == 401
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert "УНН" not in answer.text
    forged = requests.get(f"{installation.address}/newswire/", cookies={"_token": "x.y.z"}, timeout=30)
    assert forged.status_code in (401, 403)


def test_a_viewer_sees_the_page_and_starts_nothing(installation: Installation) -> None:
    guest = partial(ask, installation, "guest", installation.viewer_password)
    assert guest("get", "/newswire/articles").status_code == 200
    run = {"logical_date": None, "conf": {"source": "unn"}}
    assert guest("post", "/api/v2/dags/reprocess/dagRuns", json=run).status_code == 403


def test_where_a_browser_is_required_its_absence_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", os.devnull)
    monkeypatch.setenv("NEWSWIRE_BROWSER", "required")
    with pytest.raises(pytest.fail.Exception, match="chromium"), chromium():
        pass
    monkeypatch.delenv("NEWSWIRE_BROWSER")
    with pytest.raises(pytest.skip.Exception, match="chromium"), chromium():
        pass
