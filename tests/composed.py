"""What `docker/` says, read so that it can be checked and run outside of containers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

DOCKER = Path(__file__).parents[1] / "docker"

COMPOSE: dict[str, Any] = yaml.safe_load((DOCKER / "compose.yaml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]

VARIABLE = re.compile(r"(?<!\$)\$\{(\w+)(:?[-?][^}]*)?\}")
"""What compose fills in; `$$` stands for a dollar that the container sees."""


def image_environment() -> dict[str, str]:
    """Return the variables that the image sets."""
    text = (DOCKER / "Dockerfile").read_text().replace("\\\n", " ")
    lines = [line.removeprefix("ENV ") for line in text.splitlines() if line.startswith("ENV ")]
    return dict(pair.split("=", 1) for line in lines for pair in line.split())


PROJECT = image_environment()["PYTHONPATH"].removesuffix("/plugins")
"""Where the image holds the project."""

AIRFLOW_HOME = image_environment()["NEWSWIRE_HOME"].removesuffix("/newswire")
"""Where it holds what Airflow keeps."""


def environment(service: str, outside: Mapping[str, str]) -> dict[str, str]:
    """Return the variables of a service, the image's among them, with nothing of the user's filled in.

    `outside` says what stands outside of containers for what is inside: places and addresses.
    """
    inside = {**image_environment(), **SERVICES[service]["environment"]}
    return {name: said(value, outside) for name, value in inside.items()}


def said(text: str, outside: Mapping[str, str]) -> str:
    """Return a text of the compose file as a container would see it, with places and addresses outside of containers."""
    inner = re.compile("|".join(map(re.escape, outside)) or "$^")  # in one go: what stands outside may hold what is inside
    return inner.sub(lambda found: outside[found[0]], VARIABLE.sub("", text).replace("$$", "$"))
