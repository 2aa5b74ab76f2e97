"""What the verbs print: to people in tables and sentences, errors in one line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)
from rich.table import Table

OUT = Console(highlight=False)
ERR = Console(stderr=True, highlight=False)

SHORT = 20
"""Cells up to this width are never broken into two lines."""


class WrongCallError(Exception):
    """The call or a setting is wrong: one line for a person, exit code 2."""


def settle(problems: Sequence[str]) -> int:
    """Print what went wrong, a line each; return the exit code."""
    for line in problems:
        ERR.print(f"newswire: {line}", style="red", markup=False, soft_wrap=True)
    return 1 if problems else 0


def listed(counts: Mapping[str, int]) -> str:
    """Return counts in one line."""
    return ", ".join(f"{code} {count}" for code, count in sorted(counts.items()))


def print_facts(*facts: tuple[str, str]) -> None:
    """Print names and values, a line each."""
    for name, value in facts:
        OUT.print(f"  {name:10} {value}", soft_wrap=True, markup=False)


def print_rows(title: str, rows: Sequence[Mapping[str, object]]) -> None:
    """Print the rows of a query as a table that fits the terminal."""
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0), show_edge=False, pad_edge=False)
    for name, value in (rows[0] if rows else {}).items():
        short = all(len(line) <= SHORT for row in rows for line in str(row[name]).splitlines())
        table.add_column(name, justify="right" if isinstance(value, int) else "left", no_wrap=short, overflow="fold")
    for row in rows:
        table.add_row(*("" if value is None else str(value) for value in row.values()))
    OUT.print(table)
    OUT.print()


def progress() -> Progress:
    """Return a progress bar that counts; nothing is shown where nobody looks."""
    columns = (TextColumn("{task.description:10}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=ERR, transient=True, disable=not ERR.is_terminal)


def bytes_progress() -> Progress:
    """Return a progress bar over the bytes of a file."""
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn())
    return Progress(*columns, console=ERR, transient=True, disable=not ERR.is_terminal)
