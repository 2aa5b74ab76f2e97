"""Airflow's next version: nothing of ours uses what Airflow or Python call deprecated, seen while all of it is loaded and run."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from newswire import settings
from newswire.local.postgres import Cluster
from tests.installed import Airflow, installed

WATCH = textwrap.dedent(
    """
    import json, sys, traceback, warnings
    from importlib import import_module
    from pathlib import Path

    ours = [Path(folder) for folder in sys.argv[1:3]]
    found = []

    def note(message, category, filename, lineno, file=None, line=None):
        # who asked for it: the nearest one on the stack that is neither Airflow's nor Python's machinery
        if issubclass(category, (DeprecationWarning, PendingDeprecationWarning, FutureWarning)):
            frames = [frame.filename for frame in traceback.extract_stack()]
            asked = next((name for name in reversed(frames[:-1]) if not machinery(name)), filename)
            if any(folder in Path(name).parents for name in (asked, filename) for folder in ours):
                found.append(f"{Path(filename).name}:{lineno} {category.__name__}: {message}")

    def machinery(name):
        return name.startswith("<") or "airflow" in Path(name).parts or name == warnings.__file__ or "importlib" in name

    from airflow.configuration import conf
    from airflow.dag_processing.dagbag import DagBag

    def watch():
        # again before each step: whoever sets up logging takes warnings to the log
        warnings.simplefilter("always")
        warnings.showwarning = note

    watch()
    for file in sorted(ours[1].glob("*.py")):
        import_module(file.stem)
    import newswire_ui
    newswire_ui._made()
    sys.path.append(str(ours[0]))
    import oneshot
    watch()
    bag = DagBag(dag_folder=str(ours[0]), bundle_name="dags-folder")
    assert not bag.import_errors, bag.import_errors
    # what Dag files cause while they are parsed Airflow keeps to itself, as "file:line: category: message"
    caught = {text for texts in bag.captured_warnings.values() for text in texts}
    found += [text.removeprefix(f"{ours[0]}/") for text in caught if text.startswith(f"{ours[0]}/")]
    watch()
    runs = {"maintain": {}, "quality": {"rules": ["future_articles"]}}
    states = {dag: oneshot.run(bag, dag, conf)["state"] for dag, conf in runs.items()}
    print("\\n" + json.dumps({"dags": sorted(bag.dags), "found": sorted(set(found)), "states": states}))
    """
)


@pytest.fixture(scope="module")
def ours(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Airflow]:
    with installed(cluster, tmp_path_factory.mktemp("upgrade"), "upgrade") as one:
        yield one


def watched(ours: Airflow, dags: Path) -> dict[str, Any]:
    """Load all Dag files and plugin files, and run two Dags; return the deprecations that were ours."""
    plugins = settings.ROOT / "plugins"
    done = subprocess.run(
        [sys.executable, "-c", WATCH, str(dags), str(plugins)],
        env=ours.env | {"AIRFLOW__CORE__DAGS_FOLDER": str(dags)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    assert {"ingest_unn", "quality", "maintain"} <= set(found["dags"])
    assert set(found["states"].values()) == {"success"}
    return found


def test_nothing_of_ours_is_deprecated(ours: Airflow) -> None:
    assert watched(ours, settings.ROOT / "dags")["found"] == []


def test_a_deprecated_import_is_found_in_a_dag_file_and_in_a_task_that_runs(ours: Airflow, tmp_path: Path) -> None:
    dags = tmp_path / "dags"
    shutil.copytree(settings.ROOT / "dags", dags, ignore=shutil.ignore_patterns("__pycache__"))
    planted = dags / "deduplicate.py"
    planted.write_text(planted.read_text().replace("from airflow.sdk import dag\n", "from airflow.decorators import dag\n"))
    steps = dags / "steps.py"
    late = re.search(r'def maintain\(\)[^\n]*\n    """[^\n]*"""\n', steps.read_text())
    assert late
    steps.write_text(steps.read_text().replace(late[0], f"{late[0]}    from airflow.models.param import Param\n"))
    found = watched(ours, dags)["found"]
    assert [line.partition(":")[0] for line in found] == ["deduplicate.py", "steps.py"]
    assert all("Deprecat" in line or "Removed" in line for line in found)
