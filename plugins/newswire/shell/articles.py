"""The verbs for who reads the articles: show, explain, search, export, forget."""

from __future__ import annotations

import argparse

from newswire import db, deduplication, delivery, export, forget, search, window
from newswire.shell import arguments, console, database
from newswire.shell.arguments import Verbs
from newswire.shell.console import WrongCallError

NAMED = "its number, its URL, or its publisher's identifier (durov/519)"
"""How an article is named."""


def add(verbs: Verbs) -> None:
    """Add these verbs to the parser."""
    verb = verbs.add_parser("show", help="print all that is known of one article")
    verb.add_argument("id", help=NAMED)
    verb.set_defaults(verb=_show)
    verb = verbs.add_parser("explain", help="say why an article is or is not a copy of its nearest candidates")
    verb.add_argument("id", help=NAMED)
    verb.set_defaults(verb=_explain)
    _add_search(verbs.add_parser("search", help="find articles by words in any of their forms, the best first"))
    _add_export(verbs.add_parser("export", help="write each day as texts, JSON Lines, Parquet, CSV; the fetched pages as WARC"))
    _add_forget(
        verbs.add_parser(
            "forget",
            help="take an article down: text, history and bytes go, and stay away; files exported before are not reached",
        )
    )


def _show(call: argparse.Namespace) -> int:
    with database.opened() as connection:
        found = database.article(connection, call.id)
    found = {key: value for key, value in found.items() if not key.endswith("_hash")}
    body = found.pop("body")
    console.OUT.print_json(db.dumps(found))
    console.OUT.print(export.plain_text(found["title"], found["lead"], body, found["published_at"]), markup=False, soft_wrap=True)
    return 0


def _explain(call: argparse.Namespace) -> int:
    with database.opened() as connection:
        found = deduplication.explain(connection, database.article(connection, call.id)["article_id"])
    row = found.verdict
    of_what = f"a copy ({row['kind']}, {row['similarity']:.0%}) of article {row['original_id']}, {row['original_url']}"
    verdict = of_what if row["original_id"] else f"an original with {row['copies']} copies"
    console.OUT.print(f"Article {row['article_id']}, {row['url']}, is {verdict}.", soft_wrap=True, markup=False)
    console.OUT.print(
        row["reason"] or ("" if row["judged"] else "Its verdict is due: run `deduplicate`."), soft_wrap=True, markup=False
    )
    neighbours = [
        {
            "article": one.article_id,
            "published": f"{one.published_at:%Y-%m-%d %H:%M}",
            "verdict": one.match.kind if one.match else "no",
            "why": one.reason,
            "url": one.url,
        }
        for one in found.neighbours
    ]
    console.print_rows("Nearest by their passages" if neighbours else deduplication.ALONE, neighbours)
    return 0


def _search(call: argparse.Namespace) -> int:
    with database.opened() as connection:
        hits = search.search(
            connection,
            call.query,
            from_day=call.start,
            to_day=call.end,
            languages=call.languages,
            sources=call.sources,
            originals=call.originals,
            most=call.limit,
        )
    for hit in hits:
        at = f"{hit.published_at.astimezone(window.KYIV):%Y-%m-%d %H:%M}"
        copy = f", a copy of {hit.original_id}" if hit.original_id else ""
        console.OUT.print(f"{hit.title or hit.outlet}", style="bold", markup=False, soft_wrap=True)
        console.OUT.print(hit.snippet, markup=False, soft_wrap=True)
        console.OUT.print(
            f"{at}  {hit.outlet}  {hit.language}  {hit.url}  ({hit.article_id}{copy})\n", markup=False, soft_wrap=True
        )
    if not hits:
        console.OUT.print("nothing found")
    return 0


def _export(call: argparse.Namespace) -> int:
    asked = arguments.window_of(call)
    chosen = [tuple(names) if names else None for names in (call.sources, call.languages)]
    selection = export.Selection(chosen[0], chosen[1], call.originals)
    export.check(call.format, selection)
    folder = arguments.folder(call.folder or delivery.default_folder())
    with database.opened() as connection:
        try:
            delivered = export.deliver(connection, asked, folder, call.format, selection)
        except OSError as error:
            raise WrongCallError(f"{error.filename or folder}: {error.strerror or error}") from error
    for one in delivered:
        console.OUT.print(f"{one.day}: {one.rows} {one.what} in {folder / one.place}", soft_wrap=True)
    if not delivered:
        what = "pages" if list(call.format) == ["warc"] else "articles"
        console.OUT.print(f"no {what} from {asked.start} to {asked.end}", soft_wrap=True)
    return 0


def _forget(call: argparse.Namespace) -> int:
    with database.opened() as connection:
        try:
            done = forget.forget(connection, call.id, reason=call.reason)
        except forget.UnknownError as error:
            raise WrongCallError(error.args[0]) from error
        if done.articles:
            database.follow_up(connection)
    if done.forgotten_at:
        console.OUT.print(f"It was taken down at {done.forgotten_at:%Y-%m-%d %H:%M} UTC.", soft_wrap=True)
    else:
        numbers = ", ".join(map(str, done.articles))
        console.OUT.print(f"Taken down: article {numbers}; the bytes of {done.withheld} pages were deleted.", soft_wrap=True)
        console.OUT.print(f"Exports, WARC files and backups of {', '.join(done.days)} may hold it still.", soft_wrap=True)
    return 0


def _add_export(verb: argparse.ArgumentParser) -> None:
    arguments.add_window(verb)
    verb.add_argument(
        "--format",
        nargs="+",
        choices=export.ALL_FORMATS,
        default=export.DEFAULT_FORMATS,
        metavar="FORMAT",
        help=f"{', '.join(export.ALL_FORMATS)} (default: {' '.join(export.DEFAULT_FORMATS)})",
    )
    verb.add_argument("--folder", help="where to: a path, or a URL as s3://bucket/news (default: NEWSWIRE_EXPORT)")
    verb.add_argument("--sources", nargs="+", metavar="SOURCE", help="only these")
    verb.add_argument("--languages", nargs="+", metavar="CODE", help="only these")
    verb.add_argument("--originals", action="store_true", help="without copies")
    verb.set_defaults(verb=_export)


def _add_search(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("query", help='words; "a phrase", -without, or; put -- in front of a query that begins with a minus')
    verb.add_argument("--from", dest="start", type=arguments.day, metavar="DAY", help="published from this day on (Kyiv)")
    verb.add_argument("--to", dest="end", type=arguments.day, metavar="DAY", help="published before this day")
    verb.add_argument("--sources", nargs="+", metavar="SOURCE", help="only these")
    verb.add_argument("--languages", nargs="+", metavar="CODE", help="only these")
    verb.add_argument("--originals", action="store_true", help="without copies")
    verb.add_argument("--limit", type=arguments.positive, default=20, metavar="N", help="show at most N (default: 20)")
    verb.set_defaults(verb=_search)


def _add_forget(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("id", help="its number, its URL, or its publisher's identifier (durov/519)")
    verb.add_argument("--reason", default="", metavar="TEXT", help="why; it stays, and analysts can read it")
    verb.set_defaults(verb=_forget)
