"""The command line: the verbs of the pipeline without Airflow, for people who add sources and look into things.

One module a theme; each adds its verbs to the parser. Exit codes: 0 done; 1 the run failed (a site that cannot be reached, too
many errors, a rule of severity `fail` broken); 2 the call or a setting is wrong, and nothing was written.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from newswire import db
from newswire.local import postgres
from newswire.shell import again, articles, console, ingest, pages, upkeep
from newswire.shell.console import WrongCallError

THEMES = (ingest, again, pages, articles, upkeep)


def main(arguments: Sequence[str]) -> int:
    """Run one verb and return the exit code."""
    call = _parser().parse_args(arguments)
    try:
        return int(call.verb(call))
    except (WrongCallError, ValueError, db.DatabaseError, postgres.PostgresError) as error:
        console.ERR.print(f"newswire: {error}", style="red", markup=False, soft_wrap=True)
        return 2
    except KeyboardInterrupt:
        console.ERR.print("newswire: interrupted; run it again, it goes on where it was")
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m newswire",
        description="News of many outlets and channels: fetched, cleaned, told apart, kept in PostgreSQL.",
        epilog="The database is NEWSWIRE_DATABASE_URL, or an embedded PostgreSQL in .newswire, started when needed.",
    )
    verbs = parser.add_subparsers(title="verbs", metavar="VERB", required=True)
    for theme in THEMES:
        theme.add(verbs)
    return parser
