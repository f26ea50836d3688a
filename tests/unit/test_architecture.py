"""What keeps the packages apart, and the project's metadata true to its code."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
SERVING = ("ocr", "layout", "workers", "api")
MAKING = ("models", "corpora", "benchmarks")
TRAINING_ONLY = {"torch", "transformers", "sentence_transformers", *MAKING}
HEAVY = {"alembic", "celery", "cv2", "fastapi", "numpy", "onnxruntime", "rapidocr", "sqlalchemy"}
MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 60


def sources(*packages: str) -> Iterator[Path]:
    for package in packages:
        yield from sorted((ROOT / package).rglob("*.py"))


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def loaded_packages(statement: str) -> set[str]:
    """Top-level packages in sys.modules after a fresh interpreter has run the statement."""
    code = f"{statement}\nimport json, sys\nprint(json.dumps([*sys.modules]))"
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    names: list[str] = json.loads(run.stdout.splitlines()[-1])
    return {name.partition(".")[0] for name in names}


def project() -> dict[str, object]:
    table: dict[str, object] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return table


def requirements() -> Mapping[str, list[Requirement]]:
    """Declared requirements by extra; the base ones under the empty name."""
    table = project()
    base, extras = table["dependencies"], table["optional-dependencies"]
    assert isinstance(base, list)
    assert isinstance(extras, dict)
    return {
        extra: [Requirement(line) for line in lines if not line.startswith("docspade[")]
        for extra, lines in {"": base, **extras}.items()
    }


def pins() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    entries = [line.partition("==") for line in lines if line and not line.startswith("#")]
    return {canonicalize_name(name): version for name, _, version in entries}


class TestImports:
    def test_everything_that_serves_loads_without_training(self) -> None:
        names = [
            module_name(path)
            for path in sources(*SERVING)
            if "migrations" not in path.parts  # alembic alone can run these
        ]
        statement = "import importlib\n" + "\n".join(
            f"importlib.import_module({n!r})" for n in names
        )
        assert len(names) > len(SERVING)
        assert not loaded_packages(statement) & TRAINING_ONLY

    def test_the_command_starts_without_what_its_subcommands_need(self) -> None:
        assert not loaded_packages("import api.cli") & (HEAVY | TRAINING_ONLY)

    def test_help_lists_the_subcommands_without_loading_them(self) -> None:
        statement = (
            "from api.cli import main\ntry:\n    main(['--help'])\nexcept SystemExit:\n    pass"
        )
        assert not loaded_packages(statement) & (HEAVY | TRAINING_ONLY)


class TestMetadata:
    @pytest.mark.parametrize(
        ("packages", "extras"),
        [
            (SERVING, {"", "cpu", "paddle", "tesseract", "scale", "otel"}),
            (MAKING, {"", "cpu", "benchmark", "synthesis", "train", "scale"}),
        ],
    )
    def test_every_imported_distribution_is_declared(
        self, packages: tuple[str, ...], extras: set[str]
    ) -> None:
        declared = {
            canonicalize_name(requirement.name)
            for extra, entries in requirements().items()
            if extra in extras
            for requirement in entries
        }
        by_package = packages_distributions()
        undeclared = {
            f"{module_name(path)} imports {top}"
            for path in sources(*packages)
            for top in imported_packages(path)
            if top not in sys.stdlib_module_names and top not in {*SERVING, *MAKING}
            if not {canonicalize_name(name) for name in by_package.get(top, [top])} & declared
        }
        assert not undeclared

    def test_every_requirement_is_bounded_on_both_sides(self) -> None:
        for requirement in (entry for entries in requirements().values() for entry in entries):
            operators = {specifier.operator for specifier in requirement.specifier}
            assert operators in ({">=", "<"}, {"=="}), requirement

    def test_constraints_pin_every_requirement_within_its_bounds(self) -> None:
        for requirement in (entry for entries in requirements().values() for entry in entries):
            pin = pins()[canonicalize_name(requirement.name)]
            assert requirement.specifier.contains(pin), requirement

    def test_constraints_name_versions_only(self) -> None:
        assert all(re.fullmatch(r"[0-9][0-9A-Za-z.]*", version) for version in pins().values())

    def test_every_package_is_marked_as_typed(self) -> None:
        assert all((ROOT / package / "py.typed").is_file() for package in (*SERVING, *MAKING))


class TestHouseRules:
    def test_files_and_functions_stay_readable(self) -> None:
        too_long = []
        for path in sources(*SERVING, *MAKING):
            text = path.read_text(encoding="utf-8")
            if text.count("\n") > MAX_FILE_LINES:
                too_long.append(module_name(path))
            too_long += [
                f"{module_name(path)}.{node.name}"
                for node in ast.walk(ast.parse(text))
                if "migrations" not in path.parts  # one call a column
                and isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
                and own_lines(node) > MAX_FUNCTION_LINES
            ]
        assert not too_long

    def test_no_file_is_named_for_nothing(self) -> None:
        vague = {"utils", "util", "helpers", "common", "misc"}
        assert not [path for path in sources(*SERVING, *MAKING) if path.stem in vague]


def own_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """A function's lines without those of the functions defined in it, as in a router's factory."""
    n_lines = (function.end_lineno or function.lineno) - function.lineno + 1
    inner = [n for n in function.body if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
    return n_lines - sum((n.end_lineno or n.lineno) - n.lineno + 1 for n in inner)


def imported_packages(path: Path) -> set[str]:
    """Top-level names of all absolute imports of a file, those inside functions too."""
    tops: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            tops |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            tops.add(node.module.partition(".")[0])
    return tops
