"""What a person may write behind a verb, and how it is read."""

from __future__ import annotations

import argparse
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Protocol

from newswire import window
from newswire.model import Source, Window
from newswire.shell.console import WrongCallError


class Verbs(Protocol):
    """Where a verb is added: what `add_subparsers` returns, whose type has no public name."""

    def add_parser(self, name: str, *, help: str) -> argparse.ArgumentParser:  # noqa: A002 - argparse's own name
        """Add a verb and return its parser."""


def positive(text: str) -> int:
    """Read a number from 1 on."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 1 on")
    return int(text)


def day(text: str) -> date:
    """Read a day such as 2026-02-20."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no day such as 2026-02-20") from error


def add_window(verb: argparse.ArgumentParser) -> None:
    """Add --from and --to."""
    verb.add_argument("--from", dest="start", metavar="DAY", help="published from here on (default: yesterday, Kyiv)")
    verb.add_argument("--to", dest="end", metavar="DAY", help="published before this day or moment (default: now)")


def window_of(call: argparse.Namespace) -> Window:
    """Return the window that --from and --to say."""
    return window.window(call.start, call.end, datetime.now(UTC))


def feed_name(source: Source, name: str) -> str:
    """Return the name of a feed as its source has it."""
    try:
        return source.feed(name).name
    except KeyError as error:
        raise WrongCallError(str(error.args[0])) from error


def folder(named: str) -> Any:
    """Return a local path, or the path of an object store: whatever the installed packages of fsspec know."""
    if "://" not in named:
        return Path(named).resolve()
    from upath import UPath  # noqa: PLC0415 - loads fsspec, which only URLs need

    try:
        folder = UPath(named)
        folder.fs  # noqa: B018 - only now it is looked for
    except (ImportError, ValueError) as error:
        raise WrongCallError(f"{named}: {error}") from error
    return folder
