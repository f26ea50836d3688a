"""The wheel, built and installed as a user would install it, in an environment of its own."""

from __future__ import annotations

import json
import subprocess
import sys
import venv
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LISTING = "import importlib.metadata as m; print(*(d.name for d in m.distributions()))"
PACKAGES = ("ocr", "layout", "workers", "api", "models", "corpora", "benchmarks")

pytestmark = pytest.mark.integration


@dataclass(frozen=True)
class Installation:
    """A clean environment that holds docspade[cpu] from the wheel, and a folder without sources."""

    bin_path: Path
    workdir: Path

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(self.bin_path / command[0]), *command[1:]],
            cwd=self.workdir,
            capture_output=True,
            text=True,
            check=False,
            env={"PATH": "/usr/bin:/bin", "HOME": str(self.workdir)},
        )


@pytest.fixture(scope="module")
def wheel_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    pip("wheel", "--no-deps", "--wheel-dir", str(folder), str(ROOT))
    (wheel,) = folder.glob("docspade-*.whl")
    return wheel


@pytest.fixture(scope="module")
def installation(wheel_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    folder = tmp_path_factory.mktemp("installation")
    venv.create(folder / "venv")
    bin_path = folder / "venv" / "bin"
    into = ("--python", str(bin_path / "python"))
    options = ("--no-compile", "--constraint", str(ROOT / "constraints.txt"))
    pip(*into, "install", *options, f"{wheel_path}[cpu]")
    workdir = folder / "elsewhere"
    workdir.mkdir()
    return Installation(bin_path, workdir)


def pip(*arguments: str) -> None:
    command = [sys.executable, "-m", "pip", "--quiet", *arguments]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr


def test_the_wheel_holds_every_tracked_file_of_the_packages_and_nothing_else(
    wheel_path: Path,
) -> None:
    listing = subprocess.run(
        ["git", "ls-files", "--", *PACKAGES], cwd=ROOT, capture_output=True, text=True, check=True
    )
    tracked = {line for line in listing.stdout.splitlines() if (ROOT / line).is_file()}
    with zipfile.ZipFile(wheel_path) as wheel:
        packed = set(wheel.namelist())
    assert tracked <= packed
    assert {name.partition("/")[0] for name in packed - tracked} <= {
        *PACKAGES,
        *(name.partition("/")[0] for name in packed if ".dist-info/" in name),
    }


def test_what_is_no_code_is_packed_too(wheel_path: Path) -> None:
    with zipfile.ZipFile(wheel_path) as wheel:
        packed = wheel.namelist()
    for prefix, suffix in (
        ("layout/schemas/", "receipt.yaml"),
        ("api/web/", ".html"),
        ("workers/migrations/versions/", ".py"),
        ("models/released/", ".onnx"),
    ):
        assert any(name.startswith(prefix) and name.endswith(suffix) for name in packed), prefix


def test_a_serving_installation_has_nothing_of_training(installation: Installation) -> None:
    listed = installation.run("python", "-c", LISTING)
    names = set(listed.stdout.lower().split())
    assert "docspade" in names
    assert not names & {"torch", "transformers", "sentence-transformers", "onnx", "pytest"}


def test_the_command_lists_its_subcommands(installation: Installation) -> None:
    run = installation.run("docspade", "--help")
    assert run.returncode == 0, run.stderr
    for name in ("extract", "serve", "worker", "keys", "benchmark", "score", "train", "export"):
        assert f"\n  {name} " in run.stdout


def test_training_without_its_extra_says_which_one_is_missing(installation: Installation) -> None:
    run = installation.run("docspade", "train", "--help")
    assert run.returncode != 0
    assert "docspade[train]" in run.stderr
    assert "Traceback" not in run.stderr


def test_it_reads_the_sample_receipt_away_from_its_sources(installation: Installation) -> None:
    sample = ROOT / "tests" / "samples" / "receipt.jpg"
    run = installation.run("docspade", "extract", str(sample))
    assert (run.returncode, run.stderr) == (0, "")
    result = json.loads(run.stdout)
    assert result["status"] == "succeeded"
    assert result["type"] == "receipt"
    assert result["fields"]["total"]["value"]["amount"]
