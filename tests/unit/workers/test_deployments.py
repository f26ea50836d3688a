"""The examples in docs/deploy say nothing that the settings do not know."""

from __future__ import annotations

import json
import os
import re
import subprocess
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import TypeAlias

import pytest
import yaml

from api.cli import SUBCOMMANDS
from workers.addresses import Bucket
from workers.alive import ALIVE_FILE
from workers.settings import Settings, load_settings

REPOSITORY = Path(__file__).parents[3]
DEPLOY = REPOSITORY / "docs" / "deploy"
READY = "/readyz?workers=0"
Yaml: TypeAlias = "dict[str, Yaml] | list[Yaml] | str | int | None"
Environment = dict[str, str]


def compose() -> dict[str, Yaml]:
    return mapping(yaml.safe_load((DEPLOY / "compose.yaml").read_text()))


def manifests(kind: str) -> list[dict[str, Yaml]]:
    everything = yaml.safe_load_all((DEPLOY / "kubernetes.yaml").read_text())
    return [mapping(one) for one in everything if one["kind"] == kind]


def mapping(value: Yaml) -> dict[str, Yaml]:
    assert isinstance(value, dict), value
    return value


def sequence(value: Yaml) -> list[Yaml]:
    assert isinstance(value, list), value
    return value


def at(value: Yaml, *path: str | int) -> Yaml:
    for step in path:
        value = mapping(value)[step] if isinstance(step, str) else sequence(value)[step]
    return value


def seconds(value: Yaml) -> float:
    return float(str(value).removesuffix("s"))


def texts(value: Yaml) -> Environment:
    for name, text in mapping(value).items():
        assert isinstance(text, str), f"{name} is no text: quote it"
    return {name: str(text) for name, text in mapping(value).items()}


def compose_environments() -> Iterator[tuple[str, Environment]]:
    for name, service in mapping(compose()["services"]).items():
        if str(mapping(service)["image"]).startswith("docspade"):
            yield name, texts(mapping(service)["environment"])


def kubernetes_environments() -> Iterator[tuple[str, Environment]]:
    shared = {
        f"configMapRef/{at(m, 'metadata', 'name')}": m["data"] for m in manifests("ConfigMap")
    }
    shared |= {
        f"secretRef/{at(m, 'metadata', 'name')}": m["stringData"] for m in manifests("Secret")
    }
    for deployment in manifests("Deployment"):
        container = at(deployment, "spec", "template", "spec", "containers", 0)
        environment: Environment = {}
        for source in sequence(at(container, "envFrom")):
            for kind, reference in mapping(source).items():
                environment |= texts(shared[f"{kind}/{at(reference, 'name')}"])
        for entry in sequence(at(container, "env")):
            environment[str(at(entry, "name"))] = str(at(entry, "value"))
        yield str(at(deployment, "metadata", "name")), environment


ENVIRONMENTS = {
    **{f"compose {name}": found for name, found in compose_environments()},
    **{f"kubernetes {name}": found for name, found in kubernetes_environments()},
}


def read(environment: Environment, monkeypatch: pytest.MonkeyPatch) -> Settings:
    for name in list(os.environ):
        if name.startswith("DOCSPADE_"):
            monkeypatch.delenv(name)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return load_settings()


def test_both_examples_have_a_server_and_workers() -> None:
    assert set(ENVIRONMENTS) == {
        "compose server",
        "compose worker",
        "kubernetes docspade-server",
        "kubernetes docspade-worker-gpu",
    }


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_every_variable_is_a_setting_with_a_good_value(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment = ENVIRONMENTS[name]
    known = {f"DOCSPADE_{setting}".upper() for setting in Settings.model_fields}
    others = {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"}
    assert set(environment) <= known | others
    settings = read(environment, monkeypatch)
    assert settings.effective_database_url.startswith("postgresql+psycopg://")
    assert settings.remote_broker_url is not None
    assert isinstance(settings.blob_place, Bucket)
    is_server = name.endswith("server")
    assert settings.embedded_worker is not is_server or not is_server
    assert settings.host == ("0.0.0.0" if is_server else "127.0.0.1")  # noqa: S104  # in a container


def test_containers_are_stopped_later_than_docspade_stops_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, service in mapping(compose()["services"]).items():
        if f"compose {name}" in ENVIRONMENTS:
            settings = read(ENVIRONMENTS[f"compose {name}"], monkeypatch)
            assert seconds(mapping(service)["stop_grace_period"]) > settings.stop_grace_seconds
    for deployment in manifests("Deployment"):
        name = str(at(deployment, "metadata", "name"))
        settings = read(ENVIRONMENTS[f"kubernetes {name}"], monkeypatch)
        grace = seconds(at(deployment, "spec", "template", "spec", "terminationGracePeriodSeconds"))
        assert grace > (5 if settings.host == "0.0.0.0" else settings.stop_grace_seconds)  # noqa: S104  # in a container


def test_gpu_workers_have_a_gpu_and_grow_with_the_queue() -> None:
    (scaled,) = manifests("ScaledObject")
    target = at(scaled, "spec", "scaleTargetRef", "name")
    (worker,) = (m for m in manifests("Deployment") if at(m, "metadata", "name") == target)
    container = at(worker, "spec", "template", "spec", "containers", 0)
    assert at(container, "resources", "limits", "nvidia.com/gpu") == 1
    assert "replicas" not in mapping(worker["spec"])  # the scaler's to say
    assert ENVIRONMENTS[f"kubernetes {target}"]["DOCSPADE_DEVICE"] == "cuda"


def test_probes_and_service_lead_to_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    (server,) = (m for m in manifests("Deployment") if "server" in str(at(m, "metadata", "name")))
    settings = read(ENVIRONMENTS["kubernetes docspade-server"], monkeypatch)
    container = at(server, "spec", "template", "spec", "containers", 0)
    assert at(container, "ports", 0, "containerPort") == settings.port
    assert at(container, "readinessProbe", "httpGet", "path") == READY
    assert at(container, "livenessProbe", "httpGet", "path") == "/healthz"
    check = at(compose(), "services", "server", "healthcheck", "test", 3)
    assert f":{settings.port}{READY}'" in str(check)
    (service,) = manifests("Service")
    labels = at(server, "spec", "template", "metadata", "labels")
    assert at(service, "spec", "selector") == labels


def probes_of_workers() -> dict[str, list[str]]:
    """Commands that say whether a worker lives, and one that says whether it began."""
    (worker,) = (m for m in manifests("Deployment") if "worker" in str(at(m, "metadata", "name")))
    container = at(worker, "spec", "template", "spec", "containers", 0)
    found = {
        name: [str(word) for word in sequence(at(container, name, "exec", "command"))]
        for name in ("startupProbe", "livenessProbe")
    }
    kind, check = sequence(at(compose(), "services", "worker", "healthcheck", "test"))
    assert kind == "CMD-SHELL"
    return {**found, "healthcheck": ["sh", "-c", str(check)]}


@pytest.mark.parametrize("name", ["startupProbe", "livenessProbe", "healthcheck"])
def test_probes_of_workers_ask_for_the_file_that_they_touch(name: str, tmp_path: Path) -> None:
    (state_dir,) = {
        environment["DOCSPADE_STATE_DIR"]
        for environment in ENVIRONMENTS.values()
        if "DOCSPADE_EMBEDDED_WORKER" not in environment
    }
    path = tmp_path / ALIVE_FILE
    words = probes_of_workers()[name]
    command = [word.replace(f"{state_dir}/{ALIVE_FILE}", str(path)) for word in words]
    assert command != words

    def is_good() -> bool:
        return subprocess.run(command, check=False, capture_output=True).returncode == 0

    assert not is_good()
    path.touch()
    assert is_good()
    two_minutes_ago = time.time() - 120
    os.utime(path, (two_minutes_ago, two_minutes_ago))
    assert is_good() is (name == "startupProbe")


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile's, each with what follows it."""
    text = (DEPLOY / "Dockerfile").read_text().replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [(word, rest) for word, _, rest in (line.partition(" ") for line in lines)]


def test_the_image_has_the_extras_that_exist_and_runs_a_command_that_exists() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    given = [rest for word, rest in instructions() if word == "ARG"]
    assert given == ["EXTRAS=cpu,scale"]
    page = (DEPLOY / "README.md").read_text() + (DEPLOY / "Dockerfile").read_text()
    named = set(re.findall(r"EXTRAS=([a-z,]+)", page))
    assert named == {"cpu,scale", "gpu,scale"}
    assert {extra for each in named for extra in each.split(",")} <= set(
        project["optional-dependencies"]
    )
    bases = {rest.split()[0] for word, rest in instructions() if word == "FROM"}
    assert bases == {f"python:{project['requires-python'].removeprefix('>=')}-slim"}
    (command,) = (rest for word, rest in instructions() if word == "CMD")
    program, subcommand = json.loads(command)
    assert program in project["scripts"]
    assert subcommand in SUBCOMMANDS


def test_the_image_is_made_of_files_that_exist_and_the_pages_say_how() -> None:
    copied = [rest.split() for word, rest in instructions() if word == "COPY"]
    sources = [source for *sources, _ in copied for source in sources if "--from" not in sources[0]]
    assert sources == [".", "constraints.txt"]
    assert (REPOSITORY / "constraints.txt").is_file()
    build = "docker build --file docs/deploy/Dockerfile --tag docspade ."
    for name in ("Dockerfile", "README.md", "compose.yaml"):
        assert build in (DEPLOY / name).read_text()
    images = {
        str(at(service, "image")).partition(":")[0]
        for service in mapping(compose()["services"]).values()
    }
    assert "docspade" in images


def test_the_page_names_the_settings_as_they_are_called() -> None:
    page = (DEPLOY / "README.md").read_text()
    named = {word.strip("`,.=:;()").split("=")[0] for word in page.split() if "DOCSPADE_" in word}
    known = {f"DOCSPADE_{setting}".upper() for setting in Settings.model_fields}
    assert named
    assert {name for name in named if name.startswith("DOCSPADE_")} <= known
