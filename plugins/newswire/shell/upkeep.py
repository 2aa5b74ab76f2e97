"""The verbs that keep the database in order: deduplicate, index, refresh, check, migrate, maintain, pools, dictionary."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from newswire import db, deduplication, dictionary, pipeline, retention, search, settings
from newswire.local import airflow, postgres
from newswire.shell import arguments, console, database
from newswire.shell.arguments import Verbs

DICTIONARY_DATABASE = "newswire_dictionary"
"""Name of an empty database beside the embedded one, for a moment."""


def add(verbs: Verbs) -> None:
    """Add these verbs to the parser."""
    verb = verbs.add_parser("deduplicate", help="reach the duplicate verdicts that are due")
    verb.set_defaults(verb=_deduplicate)
    verb = verbs.add_parser("index", help="bring the full-text index up to the articles")
    verb.set_defaults(verb=_index)
    verb = verbs.add_parser("refresh", help="bring the materialised views of mart up to the articles")
    verb.set_defaults(verb=_refresh)
    verb = verbs.add_parser("check", help="run the quality rules")
    verb.add_argument("names", nargs="*", metavar="RULE", help="only these (default: all of sql/checks)")
    verb.set_defaults(verb=_check)
    verb = verbs.add_parser("migrate", help="bring the database to this version")
    verb.set_defaults(verb=_migrate)
    verb = verbs.add_parser("maintain", help="make the partitions of this month and the next; drop pages whose time is over")
    verb.set_defaults(verb=_maintain)
    verb = verbs.add_parser("pools", help="print the pools of the Dags, for `airflow pools import`")
    verb.set_defaults(verb=_pools)
    _add_dictionary(verbs.add_parser("dictionary", help="write what every view, table and column means"))


def _deduplicate(_: argparse.Namespace) -> int:
    with database.opened() as connection:
        console.OUT.print_json(json.dumps(deduplication.deduplicate(connection).summary()["counts"]))
    return 0


def _index(_: argparse.Namespace) -> int:
    with database.opened() as connection:
        console.OUT.print_json(json.dumps(search.index(connection).summary()["counts"]))
    return 0


def _refresh(_: argparse.Namespace) -> int:
    with database.opened() as connection:
        console.OUT.print_json(json.dumps(pipeline.refresh(connection).summary()["counts"]))
    return 0


def _check(call: argparse.Namespace) -> int:
    with database.opened() as connection:
        results = [pipeline.check(connection, name) for name in call.names or pipeline.checks()]
    for result in results:
        verdict = "holds" if not result.breakers else f"{result.severity}: {result.breakers} rows"
        console.OUT.print(f"{result.name:24} {verdict}")
    return 1 if any(result.failed for result in results) else 0


def _pools(_: argparse.Namespace) -> int:
    console.OUT.print_json(json.dumps(airflow.pools()))
    return 0


def _migrate(_: argparse.Namespace) -> int:
    # also where all are applied: logins that are new since get their limits
    connection = db.connect(database.address())
    for name in db.migrate(connection):
        console.OUT.print(f"applied {name}")
    connection.close()
    return 0


def _maintain(_: argparse.Namespace) -> int:
    place = settings.warc_folder()
    keep = retention.Keep(settings.pages_kept(), arguments.folder(place) if place else None)
    with database.opened() as connection:
        console.OUT.print_json(json.dumps(pipeline.maintain(connection, keep).summary()["counts"]))
    return 0


def _dictionary(call: argparse.Namespace) -> int:
    text = _fresh_dictionary()
    current = call.file.read_text(encoding="utf-8") if call.file.exists() else ""
    if call.check:
        return console.settle([] if text == current else [f"{call.file} is not up to date: run `python -m newswire dictionary`"])
    call.file.write_text(text, encoding="utf-8")
    console.OUT.print(f"{'wrote' if text != current else 'is up to date:'} {call.file}", soft_wrap=True, markup=False)
    return 0


def _fresh_dictionary() -> str:
    """Return the dictionary of an empty database, made for it in the embedded PostgreSQL."""
    cluster = postgres.Cluster(settings.home() / "postgres")
    cluster.start()
    cluster.drop_database(DICTIONARY_DATABASE)
    connection = db.connect(cluster.ensure_database(DICTIONARY_DATABASE))
    try:
        db.migrate(connection)
        return dictionary.markdown(connection)
    finally:
        connection.close()
        cluster.drop_database(DICTIONARY_DATABASE)


def _add_dictionary(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("file", nargs="?", type=Path, default=dictionary.FILE, help="where to (default: sql/DICTIONARY.md)")
    verb.add_argument("--check", action="store_true", help="write nothing; exit code 1 when it is not up to date")
    verb.set_defaults(verb=_dictionary)
