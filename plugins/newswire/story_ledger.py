"""The database side of stories: finds candidates, tells what is due, keeps who stands in which story.

Set-based and incremental, like the duplicates on which it stands: one statement finds the candidates of a batch, by the keys that
every original left there. It reads verdicts and changes none.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Any, NamedTuple

from newswire import db, stories, story_groups
from newswire.story_groups import Bonds, Item, Story

ARTICLES_A_TELLING = 1000
"""Articles whose stories are looked for in one transaction."""

NEWEST = 50
"""Articles that a key leads to: what everybody writes leads to nobody."""

MOST_CANDIDATES = 10
"""Of one article: those that share the most keys. (Of 1,291 original posts of two days 588 come into stories with 10; 592 with
20 for twice the work where many are stored.)"""

LEAST_WORDS = 2
"""Keys made of words that two articles share at least. (Of the labelled pairs of one event no more are missed than with one.)"""

LETTERS = 40 * stories.LEAD
"""Of a body that are read: more than the words that count."""

HEADLINE_LETTERS = 200


def verdicts_changed(connection: db.Connection, articles: Sequence[int]) -> None:
    """Make the stories of these articles due where they have become copies, or are copies no longer."""
    db.run(connection, "untell_articles", articles=list(articles))


def tell_stories(connection: db.Connection, limit: int = ARTICLES_A_TELLING) -> dict[str, int]:
    """Find the stories of judged articles that are due, the earliest first; return counts of what was done, empty at the end.

    The caller holds the transaction and the lock of the verdicts (`lock_verdicts`): two at once would found one story twice.
    Originals join stories or found them; copies leave, for they belong to the story of their original.
    """
    due = db.rows(connection, "due_stories", limit=limit, letters=LETTERS)
    if not due:
        return {}
    db.run(connection, "leave_stories", articles=[row["article_id"] for row in due if row["is_copy"]])
    bonds, found = _compare(connection, [_item(row) for row in due if not row["is_copy"]])
    before = {number: item.story_id for number, item in bonds.items.items()} | {row["article_id"]: row["story_id"] for row in due}
    counts = _Changes.between(before, found).save(connection)
    db.run(connection, "mark_told", articles=[row["article_id"] for row in due])
    return {"told": len(due), **counts}


def forget(connection: db.Connection, before: datetime) -> int:
    """Drop the keys of articles published in months that ended before a moment; return how many months. Stories stay."""
    dropped = db.row(connection, "drop_story_keys", before=before)
    return dropped["partitions"] if dropped else 0


def _item(row: Mapping[str, Any]) -> Item:
    text = "\n".join(part for part in (row["lead"], row["body"]) if part)
    language = None if row["language"] == "und" else row["language"]
    return Item(
        article_id=row["article_id"],
        source=row["source"],
        url=row["url"],
        published_at=row["published_at"],
        telling=stories.telling(row["title"], text, language),
        image_url=row["image_url"],
        editions=frozenset(row["editions"]),
        story_id=row["story_id"],
    )


# --- candidates


def _compare(connection: db.Connection, due: Sequence[Item]) -> tuple[Bonds, list[Story]]:
    """Compare articles with their candidates and the stories that these lead to; return the stories as they are to stand."""
    bonds = Bonds(due)
    pairs = _candidates(connection, due)
    _read(connection, bonds, {other for _, other in pairs})
    # the keys of an article that was taken away stand until their month is dropped
    close = [pair for pair in pairs if pair[1] in bonds.items and bonds.bond(*pair).holds]
    numbers = {item.article_id for item in due}
    near = numbers.union(*close)
    near_stories = {story for number in near if (story := bonds.items[number].story_id) is not None}
    bonds.keep(near)
    _read(connection, bonds, (), near_stories)
    return bonds, story_groups.regroup(bonds, numbers, close)


def _read(connection: db.Connection, bonds: Bonds, articles: Iterable[int], of_stories: Collection[int] = ()) -> None:
    """Read those of these articles that have not been read, and all articles of these stories."""
    missing = sorted(set(articles) - bonds.items.keys())
    if missing or of_stories:
        rows = db.rows(connection, "story_texts", articles=missing, stories=sorted(of_stories), letters=LETTERS)
        bonds.add(_item(row) for row in rows if row["article_id"] not in bonds.items)


def _candidates(connection: db.Connection, due: Sequence[Item]) -> list[tuple[int, int]]:
    """Return the pairs of articles that may tell one event; the keys of the articles are kept."""
    if not due:
        return []
    db.row(connection, "ensure_story_partitions", moments=sorted({item.published_at for item in due}))
    found: list[dict[str, Any]] = []
    # apart, so that an edition with its one key is not lost among those that share many words
    for keys, least in ((_marks, 1), (_words, LEAST_WORDS)):
        of_due = [_Keyed(item.article_id, item.published_at, keys(item)) for item in due]
        _save(connection, of_due)
        columns = _columns(of_due)
        found += db.rows(
            connection, "story_candidates", **columns, span=story_groups.SPAN, newest=NEWEST, least=least, most=MOST_CANDIDATES
        )
    found += db.rows(connection, "near_editions", articles=columns["articles"], span=story_groups.EDITION_SPAN)
    return sorted({(row["article_id"], row["other_id"]) for row in found})


class _Keyed(NamedTuple):
    article_id: int
    published_at: datetime
    keys: Collection[int]


def _save(connection: db.Connection, of_due: Sequence[_Keyed]) -> None:
    """Enter keys, so that later articles find these; what is there already stays. The caller is the only writer."""
    kept = {(row["article_id"], row["key"]) for row in db.rows(connection, "kept_story_keys", **_columns(of_due))}
    # in the order of the index, so that each of its pages is visited once
    new = [
        (key, f"{key}\t{end}")
        for number, at, keys in of_due
        for end in [f"{at.isoformat()}\t{number}\n"]
        for key in keys
        if (number, key) not in kept
    ]
    lines = "".join([line for _, line in sorted(new)])
    with connection.cursor() as cursor:
        cursor.copy_expert(db.query("save_story_keys"), io.StringIO(lines))


def _columns(of_due: Sequence[_Keyed]) -> dict[str, list[Any]]:
    """Return keys as arrays; those of each article as text, for one statement carries forty thousand of them."""
    return {
        "articles": [one.article_id for one in of_due],
        "times": [one.published_at for one in of_due],
        "keys": [f"{{{','.join(map(str, one.keys))}}}" for one in of_due],
    }


def _words(item: Item) -> tuple[int, ...]:
    return stories.keys(item.telling)


def _marks(item: Item) -> list[int]:
    """Return the keys of an article's picture and of its addresses."""
    marks = [f"url {url}" for url in sorted({item.url, *item.editions})]
    if item.image_url is not None:
        marks.append(f"picture {item.source} {item.image_url}")
    return [int.from_bytes(blake2b(mark.encode(), digest_size=8).digest(), "big", signed=True) for mark in marks]


# --- what is kept


@dataclass(frozen=True, slots=True)
class _Changes:
    """What is to be written so that the stories stand as found."""

    found: Sequence[Story]
    left: Sequence[int]
    """Articles without a story that had one."""
    former: frozenset[int]
    """Stories that articles left, for none or for another."""

    @classmethod
    def between(cls, before: Mapping[int, int | None], found: Sequence[Story]) -> _Changes:
        """Compare the stories found with those in which the articles stood before."""
        now = {number: story.story_id or 0 for story in found for number in story.members}
        moved = {number: story for number, story in before.items() if story is not None and story != now.get(number)}
        return cls(found, sorted(moved.keys() - now.keys()), frozenset(moved.values()))

    def save(self, connection: db.Connection) -> dict[str, int]:
        """Write them; return counts by what was done, zeros left out."""
        changed = [story for story in self.found if story.joined]
        numbers = iter(_new_stories(connection, sum(story.story_id is None for story in changed)))
        placed = [(story.story_id or next(numbers), story) for story in changed]
        table = [(number, key, bond.likelihood, bond.reason) for key, story in placed for number, bond in story.joined.items()]
        db.run(connection, "leave_stories", articles=list(self.left))
        db.run_values(connection, "join_stories", table)
        db.run(connection, "untell_members", stories=sorted(self.former))
        kept = {story.story_id for story in self.found if story.story_id is not None}
        touched = sorted({key for key, _ in placed} | self.former | kept)
        dropped = db.run(connection, "drop_stories", stories=touched)
        db.run(connection, "refresh_stories", stories=touched, letters=HEADLINE_LETTERS)
        new = sum(story.story_id is None for story in changed)
        return {**+Counter(joined_story=len(table), left_story=len(self.left), new_stories=new, dropped_stories=dropped)}


def _new_stories(connection: db.Connection, count: int) -> list[int]:
    return [row["story_id"] for row in db.rows(connection, "new_stories", count=count)] if count else []
