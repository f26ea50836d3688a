"""`docspade latency`: times of each stage, of the model alone, and of a cold start."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import click
from pydantic import BaseModel, ConfigDict
from rich.table import Table

from benchmarks.rendered import page_of_tokens, render_receipt
from benchmarks.report import report_console
from benchmarks.timing import Timing, time_calls, time_model, time_stages
from layout.bundle import Precision
from ocr.engine import Device
from ocr.errors import SetupError

N_RENDERED = 5
N_COLD_RUNS = 3
N_MODEL_RUNS = 30


class LatencyOptions(BaseModel):
    """The command line of `docspade latency`; see each option's help there."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    files: tuple[Path, ...]
    document_type: str
    device: Device
    threads: int | None
    bundle: Path | None
    precision: Precision | None
    runs: int
    tokens: int
    batch: tuple[int, ...]
    only: Literal["stages", "model"] | None
    cold: bool
    report: Path | None


class TimingEntry(BaseModel):
    """One row of the report, in milliseconds."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    name: str
    median_ms: float
    p90_ms: float
    n: int
    per_second: float | None = None


class LatencyReport(BaseModel):
    """What was timed where."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    device: Device
    threads: int | None
    documents: str
    timings: list[TimingEntry]


@click.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path, exists=True), metavar="[FILE…]")
@click.option("--type", "document_type", default="receipt", show_default=True)
@click.option("--device", type=click.Choice(["cpu", "cuda"]), default="cpu", show_default=True)
@click.option("--threads", type=click.IntRange(min=1), help="CPU threads; all cores by default.")
@click.option("--bundle", type=click.Path(path_type=Path, file_okay=False), metavar="DIR",
              help="Model to time instead of the one that ships.")  # fmt: skip
@click.option("--precision", type=click.Choice(["int8", "fp16", "fp32"]),
              help="Of the model alone; int8 on the CPU, fp16 on the GPU by default.")  # fmt: skip
@click.option("--runs", type=click.IntRange(min=1), default=3, show_default=True,
              help="Rounds over the files, after one that does not count.")  # fmt: skip
@click.option("--tokens", type=click.IntRange(min=4), default=256, show_default=True,
              help="Of each document for the model alone; even.")  # fmt: skip
@click.option("--batch", type=click.IntRange(min=1), multiple=True, default=(1,),
              show_default=True, help="Documents at a time for the model; repeatable.")  # fmt: skip
@click.option("--only", type=click.Choice(["stages", "model"]),
              help="Time the stages alone, or the model alone; by default both.")  # fmt: skip
@click.option("--cold", is_flag=True, help="Also time docspade extract in a new process.")
@click.option("--report", type=click.Path(path_type=Path, dir_okay=False), metavar="OUT.json",
              help="Write the times there.")  # fmt: skip
def latency(**options: object) -> None:
    """Time the stages, warm, on pictures; without any, on receipts rendered for it."""
    chosen = LatencyOptions.model_validate(options)
    if chosen.tokens % 2:
        raise click.UsageError("--tokens must be even")
    with _documents(chosen.files) as paths:
        entries = list(_timings(chosen, paths))
    kind = "given" if chosen.files else "rendered"
    report = LatencyReport(
        device=chosen.device,
        threads=chosen.threads,
        documents=f"{len(paths)} {kind}",
        timings=entries,
    )
    if chosen.report is not None:
        chosen.report.write_text(report.model_dump_json(indent=2) + "\n", encoding="utf-8")
    report_console().print(_table(report))


def _timings(options: LatencyOptions, paths: Mapping[str, Path]) -> Iterator[TimingEntry]:
    if options.only != "model":
        yield from map(_entry, _time_stages(options, paths))
    if options.only != "stages":
        yield from _time_model(options)
    if options.cold:
        yield _entry(_time_cold(options, next(iter(paths.values()))))


@contextmanager
def _documents(files: tuple[Path, ...]) -> Iterator[dict[str, Path]]:
    """The files by name, or rendered ones that are there for the time of the measurement."""
    if files:
        yield {str(path): path for path in files}
        return
    with tempfile.TemporaryDirectory(prefix="docspade-latency-") as folder:
        paths = {f"receipt-{i}": Path(folder) / f"receipt-{i}.jpg" for i in range(N_RENDERED)}
        for seed, path in enumerate(paths.values()):
            path.write_bytes(render_receipt(seed))
        yield paths


def _time_stages(options: LatencyOptions, paths: Mapping[str, Path]) -> list[Timing]:
    from layout.pipeline import Pipeline, PipelineOptions
    from ocr.engine import PpocrOptions

    pipeline = Pipeline.open(
        PipelineOptions(
            ocr=PpocrOptions(device=options.device, n_threads=options.threads),
            bundle=options.bundle,
            device=options.device,
            n_threads=options.threads,
        )
    )
    documents = {name: path.read_bytes() for name, path in paths.items()}
    return time_stages(pipeline, documents, options.document_type, n_runs=options.runs)


def _time_model(options: LatencyOptions) -> Iterator[TimingEntry]:
    from layout.session import SpatialModel

    model = SpatialModel.open(
        options.bundle,
        device=options.device,
        n_threads=options.threads,
        precision=options.precision,
    )
    for n_documents in options.batch:
        pages = [page_of_tokens(options.tokens, seed) for seed in range(n_documents)]
        timing = time_model(model, pages, n_tokens=options.tokens, n_runs=N_MODEL_RUNS)
        yield _entry(timing, n_documents=n_documents)


def _time_cold(options: LatencyOptions, path: Path) -> Timing:
    """The whole command for one file, a new process each time."""
    command = [sys.executable, "-m", "api", "extract", str(path)]
    command += ["--type", options.document_type, "--device", options.device]
    if options.threads is not None:
        command += ["--threads", str(options.threads)]
    if options.bundle is not None:
        command += ["--bundle", str(options.bundle)]

    def run() -> None:
        done = subprocess.run(command, capture_output=True, check=False)  # noqa: S603 our own
        if done.returncode:
            raise SetupError(f"docspade extract failed: {done.stderr.decode(errors='replace')}")

    return time_calls("docspade extract, cold", run, n_runs=N_COLD_RUNS, n_warm=0)


def _entry(timing: Timing, *, n_documents: int | None = None) -> TimingEntry:
    per_second = None if n_documents is None else 1000 * n_documents / timing.median_ms
    return TimingEntry(
        name=timing.name,
        median_ms=timing.median_ms,
        p90_ms=timing.p90_ms,
        n=len(timing.times_ms),
        per_second=per_second,
    )


def _table(report: LatencyReport) -> Table:
    threads = "all cores" if report.threads is None else f"{report.threads} threads"
    table = Table(
        title=f"{report.documents} documents, {report.device}, {threads}", title_justify="left"
    )
    table.add_column("", no_wrap=True)
    for name in ("median ms", "90 % within ms", "runs", "documents/s"):
        table.add_column(name, justify="right")
    for entry in report.timings:
        per_second = "" if entry.per_second is None else f"{entry.per_second:.1f}"
        times = (f"{entry.median_ms:.1f}", f"{entry.p90_ms:.1f}")
        table.add_row(entry.name, *times, str(entry.n), per_second)
    return table
