"""The `docspade` command; its subcommands are imported only when called."""

from __future__ import annotations

import importlib

import click

from api.version import docspade_version
from ocr.errors import DocspadeError

# name: module and object, and the line that `docspade --help` shows without importing it
SUBCOMMANDS = {
    "extract": ("api.commands.extract:extract", "Read fields from files."),
    "batch": ("api.commands.batch:batch", "Read folders of documents."),
    "read": ("api.commands.read:read", "Read words from files."),
    "serve": ("api.commands.serve:serve", "REST API, web page and worker in one."),
    "worker": ("api.commands.worker:worker", "A worker of the scaled-out set-up."),
    "keys": ("api.commands.keys:keys", "Make, list and revoke API keys."),
    "tenants": ("api.commands.tenants:tenants", "Limits of tenants."),
    "corrections": (
        "api.commands.corrections:corrections",
        "Write corrected documents to learn from.",
    ),
    "job-costs": ("api.commands.job_costs:job_costs", "What the job table's steps cost."),
    "benchmark": ("benchmarks.command:benchmark", "Accuracy on a public data set."),
    "evaluate": ("benchmarks.evaluate:evaluate", "How much of known documents is read rightly."),
    "ocr": ("benchmarks.ocr_quality:ocr", "How well and how fast pages are read."),
    "score": ("benchmarks.command:score", "Compare predictions with the truth."),
    "latency": ("benchmarks.latency:latency", "Time each stage."),
    "stress": ("benchmarks.service.command:stress", "Try the service's promises."),
    "simulate": (
        "benchmarks.simulate_command:simulate_command",
        "Waits and load by the number of hosts.",
    ),
    "train": ("models.command:train", "Train a model."),
    "train-recogniser": (
        "models.recogniser.command:train_recogniser_command",
        "Train a recogniser of the OCR on.",
    ),
    "export": ("models.command:export", "Turn a trained model into a bundle."),
    "ablate": ("models.ablate_command:ablate", "Tabulate what each part of the model is worth."),
    "reliability": (
        "models.report_command:reliability",
        "How far confidences can be relied on.",
    ),
    "curves": ("models.report_command:curves", "Draw a run's losses and figures."),
    "synthesise": ("corpora.command:synthesise", "Render documents with known fields."),
}

EXTRAS = {"api": "cpu", "benchmarks": "benchmark", "corpora": "benchmark", "models": "train"}
"""The extra that brings what a package's subcommands need."""


class LazyGroup(click.Group):
    """A group that imports a subcommand's module only when that subcommand is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names, in the table's order."""
        del ctx
        return list(SUBCOMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the subcommand."""
        del ctx
        if cmd_name not in SUBCOMMANDS:
            return None
        module_name, _, object_name = SUBCOMMANDS[cmd_name][0].partition(":")
        try:
            found = getattr(importlib.import_module(module_name), object_name)
        except ModuleNotFoundError as error:
            extra = EXTRAS[module_name.partition(".")[0]]
            message = (
                f"docspade {cmd_name} needs {error.name}, which is not installed; "
                f"docspade[{extra}] brings it"
            )
            raise click.ClickException(message) from error
        if not isinstance(found, click.Command):
            raise TypeError(f"{module_name}:{object_name} is no command")
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the subcommands without importing any."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, help_line) for name, (_, help_line) in SUBCOMMANDS.items()])

    def invoke(self, ctx: click.Context) -> object:
        """Run the subcommand; what is expected to go wrong becomes one line on standard error."""
        try:
            return super().invoke(ctx)
        except DocspadeError as error:
            raise click.ClickException(error.message) from error


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(docspade_version(), prog_name="docspade")
def main() -> None:
    """Turn pictures of structured documents into typed, hierarchical fields."""
