"""Tombstones: how articles that were taken down stay away, and the pages that showed them.

A tombstone is a hash: it answers whether an address was taken down, and tells nobody which ones were.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from newswire import db, text


def key(source: str, name: str) -> bytes:
    """Return what an article is remembered by. `name`: its canonical URL, or its external_id."""
    return text.digest(source, name)


def forgotten(connection: db.Connection, source: str, names: Iterable[str]) -> set[str]:
    """Return those of these URLs and identifiers of a source that were taken down."""
    by_key = {key(source, name): name for name in names}
    if not by_key:
        return set()
    return {by_key[bytes(row["key"])] for row in db.rows(connection, "forgotten", keys=list(by_key))}


def withhold(connection: db.Connection, pages: Collection[int]) -> int:
    """Delete the bytes of these pages; return of how many. Their rows stay, with the hash of what was there."""
    return db.run(connection, "withhold_pages", pages=sorted(pages)) if pages else 0


def follow(connection: db.Connection, source: str, leading: Mapping[str, str], announcements: Collection[int]) -> None:
    """Take addresses down that lead to what was taken down (address → URL or identifier of that), and their announcements."""
    table = [(key(source, name), key(source, known)) for name, known in leading.items()]
    db.run_values(connection, "follow_tombstones", table)
    db.run(connection, "drop_announcements", announcements=sorted(announcements))
