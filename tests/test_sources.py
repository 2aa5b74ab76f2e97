from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from newswire import sources
from newswire.model import Source

PLUGINS = Path(__file__).parents[1] / "plugins"

HEAVY = {"bs4", "feedparser", "requests", "lingua", "psycopg2", "lxml", "airflow", "fastapi", "langdetect", "py3langid"}


def run(code: str, plugins: Path) -> str:
    done = subprocess.run([sys.executable, "-c", code], cwd=plugins, capture_output=True, text=True, check=False)
    return done.stdout.strip() + done.stderr.strip()


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """A copy of the library, to put files into that must not be in the real one."""
    shutil.copytree(PLUGINS / "newswire", tmp_path / "newswire", ignore=shutil.ignore_patterns("__pycache__", "web"))
    return tmp_path


def test_every_file_of_the_folder_is_a_source() -> None:
    files = sorted(path.stem for path in Path(sources.__file__).parent.glob("*.py") if path.stem != "__init__")
    assert sources.names() == files
    assert {"unn", "telegram"} <= set(files)
    assert [source.name for source in sources.load_all()] == files


@pytest.mark.parametrize("name", sources.names())
def test_a_source_is_complete(name: str) -> None:
    source = sources.load(name)
    assert isinstance(source, Source)
    assert source.title
    assert source.feeds
    assert len({feed.name for feed in source.feeds}) == len(source.feeds)
    assert source.kind in ("site", "channel")
    assert len(source.schedule.split()) == 5
    for feed in source.feeds:
        assert source.kind == "channel" or feed.rss or feed.listing
        assert feed.listing is None or "{page}" in feed.listing


def test_an_unknown_source_is_refused_with_the_known_names() -> None:
    with pytest.raises(ValueError, match=r"no source is called 'bbc'; known are: .*telegram.*unn"):
        sources.load("bbc")


@pytest.mark.parametrize("name", ["", "..", "unn.py", "os", "newswire.model", "__init__", "UNN"])
def test_only_names_of_files_of_the_folder_are_loaded(name: str) -> None:
    with pytest.raises(ValueError, match="no source is called"):
        sources.load(name)


def test_a_new_file_is_found_by_itself(library: Path) -> None:
    text = (library / "newswire/sources/telegram.py").read_text().replace('name="telegram"', 'name="another"')
    (library / "newswire/sources/another.py").write_text(text)
    assert run("from newswire import sources; print(sources.load('another').name)", library) == "another"


def test_a_file_whose_source_has_another_name_is_refused(library: Path) -> None:
    shutil.copy(library / "newswire/sources/telegram.py", library / "newswire/sources/other.py")
    said = run("from newswire import sources; sources.load_all()", library)
    assert "ValueError: sources/other.py calls itself 'telegram'; the file's name is the source's name" in said


def test_a_file_without_a_source_is_refused(library: Path) -> None:
    (library / "newswire/sources/empty.py").write_text("SOURCE = 'unn'\n")
    assert "ValueError: sources/empty.py holds no SOURCE" in run("from newswire import sources; sources.load_all()", library)


def test_loading_all_sources_imports_nothing_heavy() -> None:
    loaded = run(
        "import json, sys; from newswire import sources; sources.load_all(); print(json.dumps(list(sys.modules)))", PLUGINS
    )
    modules = set(json.loads(loaded))
    assert "newswire.sources.unn" in modules
    assert modules & HEAVY == set()
