"""Children that run one verb and die of SIGKILL at a chosen point, as after a power cut or under the out-of-memory killer.

Run as a program this module is the nursery: it reads jobs from its standard input, one JSON object a line, forks a child for
each, and answers with the child's process id when it begins and with its exit status when it is over. A fork of a process that
has imported everything costs a few milliseconds; a new interpreter costs a second.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from newswire import db, deduplication, export, fetch, forget, language, pipeline, reprocess, retention, settings, shell, sources
from newswire.model import Announcement, Article, Page, Rejected, Source, Window
from newswire.shell import console

ROOT = Path(__file__).parents[1]
HOSTS = ("unn.ua", "www.unn.ua", "unn.com.ua", "www.unn.com.ua", "t.me")
TRIES = 2
CHILD = "newswire child"
"""What a child's session is called in the database."""


def fetching(site_url: str) -> fetch.Settings:
    """Return how the sample site is asked: without pauses, and with back-offs too short to notice."""
    return fetch.Settings(hosts=dict.fromkeys(HOSTS, site_url), pause=0, backoff=0.001, tries=TRIES)


def quick_detect(_text: str, expected: Sequence[str] = (), engine: str = "") -> language.Judgement:  # noqa: ARG001 - as the real one
    """Stand in for `language.judge` where languages are not what is tested: its models take seconds to load."""
    return language.Judgement(expected[0] if expected else "und", 1.0, is_mixed=False)


def pruned(source: Source) -> Source:
    """Return a source whose next parser reads the last line of no body."""

    def parse(one: Source, page: Page, announcement: Announcement) -> Iterator[Article | Rejected]:
        for item in source.parse(one, page, announcement):
            yield replace(item, body=item.body[:-1]) if isinstance(item, Article) else item

    return replace(source, parse=parse, parser_version="2")


@dataclass(frozen=True)
class Job:
    """One verb, and where its process dies."""

    verb: str
    database: str
    site: str = "http://127.0.0.1:9"
    source: str = "unn"
    feeds: tuple[str, ...] = ("uk",)
    start: str = "2026-02-16T00:00+02:00"
    end: str = "2026-02-21T00:00+02:00"
    folder: str = ""
    """Where exports go, or pages before they are dropped; of the verb forget, what is forgotten."""
    batch: int = pipeline.PAGES_A_BATCH
    """Pages that are normalised in one transaction."""
    point: str = ""
    """`statement`, or a statement's name: just before it; `commit`: just before one; `committed`: just behind one; `answer`: with
    an answer that is not stored yet; `rename`, `write`: just before a file is; empty: never."""
    nth: int = 1
    """At which arrival there."""

    @property
    def window(self) -> Window:
        return Window(datetime.fromisoformat(self.start), datetime.fromisoformat(self.end))

    def dying(self, point: str, nth: int = 1) -> Job:
        """Return the same job, to die there."""
        return replace(self, point=point, nth=nth)


class Nursery:
    """The process that children are forked from; a context manager."""

    def __init__(self) -> None:
        path = os.pathsep.join((str(ROOT / "plugins"), str(ROOT)))
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.killing"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": path},
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.wait(30)
        self._process.stdout.close()

    def start(self, job: Job) -> int:
        """Let a child begin; return its process id. `wait` must follow."""
        assert self._process.stdin
        self._process.stdin.write(json.dumps(asdict(job)) + "\n")
        self._process.stdin.flush()
        return self._answer()

    def wait(self) -> int:
        """Return the child's exit status: -9 when it was killed."""
        return self._answer()

    def run(self, job: Job) -> int:
        """Let a child live and end; return its exit status."""
        self.start(job)
        return self.wait()

    def survives(self, job: Job) -> bool:
        """Return whether a child came to its end; it must have died of SIGKILL otherwise.

        Its session in the database may outlive it by a moment: what holds locks would not yet count as dead.
        """
        status = self.run(job)
        assert status in (0, -signal.SIGKILL), f"the child ended with status {status}; its error stands above"
        if status:
            wait_for_silence(job.database)
        return status == 0

    def _answer(self) -> int:
        assert self._process.stdout
        line = self._process.stdout.readline()
        assert line, "the nursery is gone"
        return int(line)


def wait_for_silence(database: str) -> None:
    """Return when the server has noticed that the child's session is nobody's any more."""
    watcher = db.connect(database)
    watcher.autocommit = True
    with watcher.cursor() as cursor:
        for _ in range(2000):
            cursor.execute("select from pg_stat_activity where datname = current_database() and application_name = %s", (CHILD,))
            if not cursor.rowcount:
                break
            time.sleep(0.005)
        else:
            raise AssertionError("the dead child's session does not end")
    watcher.close()


# --- the child


@dataclass
class _Death:
    point: str
    nth: int

    def reach(self, *points: str) -> None:
        if self.point not in points:
            return
        self.nth -= 1
        if self.nth == 0:
            os.kill(os.getpid(), signal.SIGKILL)


def _arm(death: _Death) -> None:
    """Let the library's own calls lead past death."""
    db.connect = _named(db.connect)
    for name in ("rows", "run", "run_values"):
        setattr(db, name, _watched(getattr(db, name), death))
    db.transaction = _watched_transaction(db.transaction, death)
    get = fetch.Client.get

    def answered(self: fetch.Client, *args: Any, **more: Any) -> Any:
        answer = get(self, *args, **more)
        death.reach("answer")
        return answer

    fetch.Client.get = answered  # type: ignore[method-assign]
    for name, point in (("rename", "rename"), ("write_text", "write")):
        setattr(Path, name, _preceded(getattr(Path, name), lambda point=point: death.reach(point)))


def _named(connect: Callable[[str], db.Connection]) -> Callable[[str], db.Connection]:
    def named(url: str) -> db.Connection:
        connection = connect(url)
        with connection, connection.cursor() as cursor:
            cursor.execute("set application_name = %s", (CHILD,))
        return connection

    return named


def _watched(call: Callable[..., Any], death: _Death) -> Callable[..., Any]:
    def watched(connection: db.Connection, name: str, /, *args: Any, **more: Any) -> Any:
        death.reach("statement", name)
        return call(connection, name, *args, **more)

    return watched


def _preceded(call: Callable[..., Any], before: Callable[[], None]) -> Callable[..., Any]:
    def preceded(*args: Any, **more: Any) -> Any:
        before()
        return call(*args, **more)

    return preceded


def _watched_transaction(transaction: Callable[..., Any], death: _Death) -> Callable[..., Any]:
    @contextmanager
    def watched(connection: db.Connection) -> Iterator[None]:
        with transaction(connection):
            yield
            death.reach("commit")
        death.reach("committed")

    return watched


def _live(job: Job) -> None:
    pipeline.PAGES_A_BATCH = job.batch
    _arm(_Death(job.point, job.nth))
    if job.verb == "ingest":
        _ingest(job)
        return
    source = sources.load(job.source)
    with fetch.Client(fetching(job.site), source.politeness) as client:
        _VERBS[job.verb](job, db.connect(job.database), source, client)


def _discover(job: Job, connection: db.Connection, source: Source, client: fetch.Client) -> None:
    for feed in job.feeds:
        pipeline.discover(connection, source, source.feed(feed), job.window, client)


def _fetch(job: Job, connection: db.Connection, source: Source, client: fetch.Client) -> None:
    plan = pipeline.plan(connection, source, job.feeds, window=job.window)
    pipeline.fetch(connection, source, plan.numbers, client, planned_at=plan.planned_at)


def _check(_job: Job, connection: db.Connection, *_: object) -> None:
    for name in pipeline.checks():
        pipeline.check(connection, name)


_VERBS: dict[str, Callable[[Job, db.Connection, Source, fetch.Client], object]] = {
    "discover": _discover,
    "fetch": _fetch,
    "normalise": lambda job, connection, source, _: pipeline.normalise(connection, source, job.feeds, quick_detect),
    "reprocess": lambda _job, connection, source, _: reprocess.reprocess(connection, pruned(source), quick_detect),
    "deduplicate": lambda _job, connection, *_: deduplication.deduplicate(connection),
    "check": _check,
    "export": lambda job, connection, *_: export.export(connection, job.window, Path(job.folder)),
    "forget": lambda job, connection, *_: forget.forget(connection, job.folder),
    "maintain": lambda job, connection, *_: pipeline.maintain(
        connection, retention.Keep(archive=Path(job.folder) if job.folder else None)
    ),
}


def _ingest(job: Job) -> None:
    """Run the shell's own verb, with the sample site in the place of the web."""
    os.environ["NEWSWIRE_DATABASE_URL"] = job.database
    settings.fetching = lambda: fetching(job.site)
    language.judge = quick_detect  # type: ignore[assignment]
    console.OUT.quiet = console.ERR.quiet = True
    shell.main(["ingest", job.source, "--from", job.start, "--to", job.end, "--feeds", *job.feeds])


def main() -> None:
    """Fork a child for each job until standard input ends."""
    _warm_up()
    for line in sys.stdin:
        job = json.loads(line)
        child = os.fork()
        if child == 0:
            _be_born(Job(**{**job, "feeds": tuple(job["feeds"])}))
        _say(child)
        _, status = os.waitpid(child, 0)
        _say(os.waitstatus_to_exitcode(status))


def _be_born(job: Job) -> None:
    try:
        _live(job)
    except BaseException:  # noqa: BLE001 - a child must never return into the nursery's loop: it says why on standard error
        sys.excepthook(*sys.exc_info())
        os._exit(1)
    os._exit(0)


def _say(number: int) -> None:
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


def _warm_up() -> None:
    """Import what the library imports only when it is needed."""
    import bs4  # noqa: F401, PLC0415 - see above
    import feedparser  # noqa: F401, PLC0415

    html = b"<html><body><h1 itemprop=name>Title</h1><div itemprop=articleBody><p>A sentence of the text.</p></div></body></html>"
    url = "https://unn.ua/news/a-page-like-any"
    list(
        sources.load("unn").parse(
            sources.load("unn"), Page(url, url, 200, html, datetime.now(UTC)), Announcement("unn", "uk", url)
        )
    )


if __name__ == "__main__":
    main()
