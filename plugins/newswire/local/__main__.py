"""`python -m newswire.local up | stop | demo | psql | reset`: what the Makefile calls."""

from __future__ import annotations

import os
import shutil
import sys

from rich.console import Console

from newswire import db, settings
from newswire.local import airflow, demo, postgres
from newswire.shell.database import DATABASE

OUT = Console(highlight=False)


def main(arguments: list[str]) -> int:
    """Run one command; return the exit code."""
    commands = {"up": up, "stop": stop, "demo": demo.main, "psql": psql, "reset": reset}
    if len(arguments) != 1 or arguments[0] not in commands:
        OUT.print(__doc__)
        return 2
    try:
        return commands[arguments[0]]()
    except (airflow.AirflowError, postgres.PostgresError, db.DatabaseError, ValueError) as error:
        OUT.print(f"newswire: {error}", style="red", markup=False)
        return 2


def _cluster() -> postgres.Cluster:
    return postgres.Cluster(settings.home() / "postgres")


def up() -> int:
    """Start PostgreSQL and Airflow, and say where they are."""
    cluster = _cluster()
    cluster.start()
    news_url = settings.database_url() or cluster.ensure_database(DATABASE)
    connection = db.connect(news_url)
    db.migrate(connection)
    connection.close()
    with OUT.status("Airflow starts: scheduler, Dag processor, triggerer, API server …"):
        address, user, password = airflow.up(settings.home(), cluster, news_url)
    OUT.print(f"Airflow:   {address}\nUser:      {user}\nPassword:  {password}")
    OUT.print("The Dags run daily and can be triggered there. `make stop` ends it all.")
    return 0


def stop() -> int:
    """Stop Airflow and PostgreSQL."""
    with OUT.status("stopping …"):
        stopped = airflow.stop(settings.home())
        cluster = _cluster()
        if cluster.folder.exists() and cluster.running():
            cluster.stop()
            stopped.append("postgresql")
    OUT.print(f"stopped: {', '.join(stopped) or 'nothing was running'}")
    return 0


def psql() -> int:
    """Become PostgreSQL's shell on the news database; the variable SQL holds one statement to run instead."""
    cluster = _cluster()
    url = settings.database_url()
    if url is None:
        cluster.start()
        url = cluster.ensure_database(DATABASE)
    program = cluster.binary("psql")
    statement = os.environ.get("SQL")
    arguments = ["-v", "ON_ERROR_STOP=1", "-P", "pager=off", *(["-c", statement] if statement else []), url]
    sys.stdout.flush()
    os.execv(program, [str(program), "-X", *arguments])  # noqa: S606 - the shell's own program


def reset() -> int:
    """Stop everything and forget all local state."""
    stop()
    _cluster().remove()
    shutil.rmtree(settings.home(), ignore_errors=True)
    OUT.print("all local rows, pages and logs are gone")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
