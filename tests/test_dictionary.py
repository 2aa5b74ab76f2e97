"""The data dictionary that stands beside the migrations says what the database says."""

from __future__ import annotations

from pathlib import Path

import pytest

from newswire import db, dictionary, shell
from newswire.local.postgres import Cluster
from newswire.shell import upkeep


@pytest.fixture
def fresh(cluster: Cluster) -> str:
    """The dictionary of the database that every test begins with: migrated, and nothing else."""
    connection = db.connect(cluster.url("newswire_template"))
    text = dictionary.markdown(connection)
    connection.close()
    return text


def test_the_dictionary_is_up_to_date(fresh: str) -> None:
    assert dictionary.FILE.read_text(encoding="utf-8") == fresh, "run `python -m newswire dictionary`"


def test_it_holds_every_view_with_every_column_and_its_meaning(fresh: str, connection: db.Connection) -> None:
    rows = db.select(
        connection,
        "select relname, attname, col_description(pg_class.oid, attnum) as meaning"
        " from pg_class join pg_attribute on attrelid = pg_class.oid"
        " where relnamespace = 'mart'::regnamespace and relkind in ('v', 'm') and attnum > 0",
    )
    assert len(rows) > 200
    sections = dict(part.split("\n", 1) for part in fresh.split("\n### ")[1:])
    for row in rows:
        lines = [line for line in sections[f"mart.{row['relname']}"].splitlines() if line.startswith(f"| `{row['attname']}` |")]
        assert len(lines) == 1
        assert row["meaning"].replace("|", "\\|") in lines[0]
    assert "mart.search(" in sections["mart.search"]


def test_it_speaks_of_no_partition_and_of_nobody_elses_schema(connection: db.Connection) -> None:
    with db.transaction(connection), connection.cursor() as cursor:
        cursor.execute("create schema bureau; create table bureau.own (a int); create table public.own (a int)")
        cursor.execute("select raw.ensure_partitions('2020-01-01', '2020-01-01')")
    text = dictionary.markdown(connection)
    assert "bureau" not in text
    assert "public.own" not in text
    assert "page_2020_01" not in text


def test_what_would_break_a_table_is_escaped(connection: db.Connection) -> None:
    with db.transaction(connection), connection.cursor() as cursor:
        cursor.execute("comment on column mart.gap.source is 'one | two\nthree'")
    assert "| `source` | text | one \\| two three |" in dictionary.markdown(connection)


def test_the_verb_writes_it_and_tells_when_it_is_old(
    cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], fresh: str
) -> None:
    monkeypatch.setattr(upkeep.postgres, "Cluster", lambda _: cluster)
    file = tmp_path / "DICTIONARY.md"
    assert shell.main(["dictionary", str(file), "--check"]) == 1
    assert "is not up to date" in capsys.readouterr().err
    assert not file.exists()
    assert shell.main(["dictionary", str(file)]) == 0
    assert file.read_text(encoding="utf-8") == fresh
    assert shell.main(["dictionary", str(file), "--check"]) == 0
    admin = db.connect(cluster.url())
    assert db.select(admin, f"select from pg_database where datname = '{upkeep.DICTIONARY_DATABASE}'") == []
    admin.close()
