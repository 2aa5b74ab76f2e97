"""Where this installation keeps its things: one place for paths and the database's address."""

from __future__ import annotations

import os
import shlex
import subprocess
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from newswire import fetch

ROOT = Path(__file__).parents[2]
"""The project's folder."""


def home() -> Path:
    """Return the folder of all local state (NEWSWIRE_HOME; by default `.newswire` in the project's folder)."""
    return Path(os.environ.get("NEWSWIRE_HOME") or ROOT / ".newswire").resolve()


def database_url() -> str | None:
    """Return the database's address, or None: then the embedded PostgreSQL is meant.

    It is NEWSWIRE_DATABASE_URL, else what the command NEWSWIRE_DATABASE_URL_CMD prints: Airflow's way to secrets in files.

    Raises:
        ValueError: the command fails or prints nothing.
    """
    command = os.environ.get("NEWSWIRE_DATABASE_URL_CMD")
    return os.environ.get("NEWSWIRE_DATABASE_URL") or (_printed(command) if command else None)


@cache  # once a process: the page asks for the address with each view
def _printed(command: str) -> str:
    try:
        done = subprocess.run(shlex.split(command), capture_output=True, text=True, check=False)  # noqa: S603 - the operator's own
    except OSError as error:
        raise ValueError(f"NEWSWIRE_DATABASE_URL_CMD cannot be run: {error}") from error
    if done.returncode or not done.stdout.strip():
        raise ValueError(f"NEWSWIRE_DATABASE_URL_CMD prints no address: {done.stderr.strip()}")
    return done.stdout.strip()


def export_folder() -> Path:
    """Return where exports go (NEWSWIRE_EXPORT; by default `export` in the folder of local state)."""
    return Path(os.environ.get("NEWSWIRE_EXPORT") or home() / "export").resolve()


def pages_kept() -> timedelta:
    """Return how long the bytes of pages are kept (NEWSWIRE_KEEP_PAGES_DAYS; 90 days by default).

    Raises:
        ValueError: it is no number of days.
    """
    days = os.environ.get("NEWSWIRE_KEEP_PAGES_DAYS") or "90"
    if not (days.isascii() and days.isdecimal() and len(days) <= 5):  # noqa: PLR2004 - 273 years are enough
        raise ValueError(f"NEWSWIRE_KEEP_PAGES_DAYS must be a number of days, not {days!r}")
    return timedelta(days=int(days))


def warc_folder() -> str | None:
    """Return where pages are exported as WARC before they are dropped (NEWSWIRE_WARC: a path, or a URL as `s3://bucket/warc`).

    None, which is the default: they are not.
    """
    return os.environ.get("NEWSWIRE_WARC") or None


def language_engine() -> str:
    """Return which engine detects languages (NEWSWIRE_LANGUAGE_ENGINE: `default` or `langdetect`).

    Raises:
        ValueError: it names another one.
    """
    engine = os.environ.get("NEWSWIRE_LANGUAGE_ENGINE") or "default"
    if engine not in ("default", "langdetect"):
        raise ValueError(f"NEWSWIRE_LANGUAGE_ENGINE must be default or langdetect, not {engine!r}")
    return engine


def fetching() -> fetch.Settings:
    """Return how pages are fetched, from the variables that `fetch.Settings` names.

    Raises:
        ValueError: one of them is wrong; one line says which.
    """
    from newswire import fetch  # noqa: PLC0415 - Dag files import this module; requests is heavy

    return fetch.Settings.from_environment(os.environ)
