"""Which module may import which: read from the code itself, so that a new module must find its place here."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PLUGINS = ROOT / "plugins"
LIBRARY = sorted((PLUGINS / "newswire").rglob("*.py"))
DAGS = sorted((ROOT / "dags").glob("*.py"))
OURS = [*LIBRARY, *sorted(PLUGINS.glob("*.py")), *DAGS]
ALL = [*OURS, *sorted((ROOT / "tests").rglob("*.py"))]

SOURCES_ALONE = frozenset(f"sources.{path.stem}" for path in (PLUGINS / "newswire" / "sources").glob("[!_]*.py"))
"""The publishers' own files: each is placed as soon as it is there."""

LAYERS: tuple[frozenset[str], ...] = tuple(
    frozenset(names.split())
    for names in (
        "model text urls db boilerplate dates settings",
        (
            "similarity lane robots encoding content wire quality listing_times structured window lines fallback citation bylines"
            " jsonld delivery parquet spreadsheet"
        ),
        (
            "language duplicates stories story_groups discover fetch parse house prose fragment telegram ledger story_ledger"
            " store changes local.postgres entities tombstones"
        ),
        " ".join(("sources", *SOURCES_ALONE)),
        "pipeline export warc archive recordings reprocess live preview retention forget dictionary",
        "deduplication search",
        "local local.airflow shell.console shell.arguments shell.database",
        "shell.ingest shell.again shell.pages shell.articles shell.upkeep local.demo",
        "shell __main__ local.__main__",
    )
)
"""Modules of the library, the ground first. One may import those of its own layer and of the layers before it."""

WEB = re.compile(r"web(\..+)?")
"""The page: above all of the library, like the shell."""

LATE = {("settings", "fetch"): "types and a late import: the variables are named where their values are defined"}
"""Upward imports that are meant, each with its reason."""

HEAVY = (
    "bs4",
    "feedparser",
    "requests",
    "psycopg2",
    "lingua",
    "py3langid",
    "langdetect",
    "trafilatura",
    "rich",
    "fastapi",
    "airflow",
)
"""What a Dag file must not load when it is parsed, once or more every half a minute."""


def module_of(path: Path) -> str:
    """Return a module's name within the library: `db`, `sources.unn`; empty for the package itself."""
    parts = list(path.relative_to(PLUGINS / "newswire").with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


NAMES = {module_of(path): path for path in LIBRARY}


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imported(path: Path) -> Iterator[str]:
    """Yield the dotted names that a file imports anywhere in it: `newswire.db`, `newswire.db.row`, `airflow.sdk.dag`."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name}: a relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Call) and ast.unparse(node.func) in ("__import__", "importlib.import_module", "import_module"):
            name = node.args[0]
            assert isinstance(name, ast.Constant) or path == NAMES["sources"], (
                f"{path.name}: an import of a name that is not written there"
            )
            yield from ([str(name.value)] if isinstance(name, ast.Constant) else [])


def of_the_library(path: Path) -> set[str]:
    """Return the modules of the library that a file imports."""
    found = set()
    for name in imported(path):
        parts = name.split(".")
        if parts[0] == "newswire":
            candidates = (".".join(parts[1:end]) for end in range(len(parts), 1, -1))
            found.add(next((candidate for candidate in candidates if candidate in NAMES), ""))
    return found - {""}


def layer(module: str) -> int:
    if WEB.fullmatch(module):
        return len(LAYERS)
    return next(number for number, names in enumerate(LAYERS) if module in names)


def test_every_module_of_the_library_has_its_layer() -> None:
    assert {"model", "db", "pipeline", "shell"} <= NAMES.keys()
    placed = frozenset().union(*LAYERS)
    assert sum(map(len, LAYERS)) == len(placed)
    assert {name for name in NAMES if name and not WEB.fullmatch(name)} == placed


@pytest.mark.parametrize("module", sorted(filter(None, NAMES)))
def test_imports_go_one_way(module: str) -> None:
    upward = {other for other in of_the_library(NAMES[module]) if layer(other) > layer(module)}
    assert {other for other in upward if (module, other) not in LATE} == set()


def test_modules_do_not_import_one_another_in_a_circle() -> None:
    below = {name: of_the_library(path) - {other for one, other in LATE if one == name} for name, path in NAMES.items()}
    while free := [name for name, others in below.items() if not others - {name}]:
        below = {name: others - set(free) for name, others in below.items() if name not in free}
    assert below == {}


def test_every_exception_to_the_layers_is_still_needed() -> None:
    assert {(module, other) for module, other in LATE if other in of_the_library(NAMES[module])} == LATE.keys()


def test_the_nouns_and_the_ground_need_the_standard_library_alone() -> None:
    for module in ("model", "text", "urls", "window", "duplicates", "boilerplate", "dates", "settings"):
        strangers = {name.partition(".")[0] for name in imported(NAMES[module])} - sys.stdlib_module_names - {"newswire"}
        assert strangers == set(), module


def test_a_source_imports_neither_the_database_nor_the_network_nor_another_source() -> None:
    for module in (name for name in NAMES if name.startswith("sources.")):
        assert not of_the_library(NAMES[module]) & {"db", "store", "ledger", "fetch", "pipeline", "sources", *SOURCES_ALONE}, (
            module
        )


def test_the_pipeline_looks_nothing_up() -> None:
    assert not of_the_library(NAMES["pipeline"]) & {"sources", "fetch", "language", "settings"}


def test_nothing_of_the_library_imports_airflow() -> None:
    for path in LIBRARY:
        assert not {name for name in imported(path) if name.partition(".")[0] == "airflow"}, path.name


def test_airflow_is_imported_by_the_dags_and_the_plugin_files_alone() -> None:
    users = {path for path in OURS if any(name.partition(".")[0] == "airflow" for name in imported(path))}
    assert users
    assert users <= {*DAGS, PLUGINS / "newswire_ui.py", PLUGINS / "newswire_alarms.py"}


def handlers(path: Path) -> list[str]:
    """Return what of everything a file catches; what it raises again at the end is only passed through."""
    nodes = [node for node in ast.walk(tree_of(path)) if isinstance(node, ast.ExceptHandler)]
    caught = {node: ast.unparse(node.type) if node.type else "everything" for node in nodes}
    passed = {node for node in nodes if ast.unparse(node.body[-1]) == "raise" and caught[node] == "BaseException"}
    return [
        names for node, names in caught.items() if node not in passed and re.search(r"everything|\b(?:Base)?Exception\b", names)
    ]


def test_any_exception_is_caught_in_one_place_alone() -> None:
    found = {path.relative_to(ROOT).as_posix(): handlers(path) for path in OURS if handlers(path)}
    assert found == {"plugins/newswire/pipeline.py": ["Exception"]}


def test_loading_all_sources_loads_nothing_heavy() -> None:
    code = f"import sys; from newswire import sources; print(len(sources.load_all()), *(set({HEAVY}) & sys.modules.keys()))"
    done = subprocess.run(
        [sys.executable, "-c", code], env={"PYTHONPATH": str(PLUGINS)}, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == [str(len(list((PLUGINS / "newswire" / "sources").glob("[!_]*.py"))))]


MACHINE_PATH = re.compile(r"""["'(\s](?:/work|/home|/Users|/root|/opt|/mnt|[A-Z]:\\)[/\\]""")


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_file_names_a_place_of_one_machine_or_is_unfinished(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not MACHINE_PATH.search(text.replace(MACHINE_PATH.pattern, ""))
    assert not re.search(r"\b(?:TO" r"DO|FIX" r"ME|X{3})\b", text)
