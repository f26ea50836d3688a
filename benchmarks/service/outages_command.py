"""The command `docspade stress outages`."""

from __future__ import annotations

from collections import Counter

import click
from rich.table import Table

from benchmarks.report import report_console
from benchmarks.service.bodies import N_VARIANTS, bodies
from benchmarks.service.outage_setups import SETUPS, standing
from benchmarks.service.outages import OutageOutcome, OutagePlan, suffer

PICTURE_SHARE = 10
"""One of so many documents is a picture: its pages are written to the store too."""


@click.command("outages")
@click.option("--setup", "setups", type=click.Choice(SETUPS), multiple=True, default=SETUPS,
              show_default=True, help="What it stands on; may be given again.")  # fmt: skip
@click.option("--seconds", type=click.FloatRange(min=0.1), default=60.0, show_default=True,
              help="For which broker, store or database is away.")  # fmt: skip
@click.option("--rate", type=click.FloatRange(min=0.1), default=5.0, show_default=True,
              help="Uploads a second.")  # fmt: skip
@click.option("--lead", type=click.FloatRange(min=0.1), default=10.0, show_default=True,
              help="Seconds of uploading before and after each outage.")  # fmt: skip
@click.option("--patience", type=click.FloatRange(min=1), default=300.0, show_default=True,
              help="Seconds after the last upload within which all must be done.")  # fmt: skip
def outages_command(
    setups: tuple[str, ...], seconds: float, rate: float, lead: float, patience: float
) -> None:
    """Take broker, store and database away while documents come in: is any lost?

    It starts the servers itself, with PostgreSQL writing through to the disk (fsync), and needs
    root, for a small file system that can be full.
    """
    plan = OutagePlan(bodies(N_VARIANTS, N_VARIANTS // PICTURE_SHARE), rate, lead, patience)
    table = Table(
        "set-up", "outage", "seconds", "accepted", "503", "other answers", "done", "lost", "failed",
        "slowest answer, s", "accepts after, s", "all done after, s",
    )  # fmt: skip
    faults: list[str] = []
    for name in setups:
        with standing(name) as setup:
            for outage in setup.outages(seconds):
                outcome = suffer(setup.service.client, outage, plan)
                where = f"{name}, {outage.name}"
                faults += [f"{where}: {fault}" for fault in outcome.faults(outage)]
                click.echo(f"{where}: {_told(outcome)}")
                table.add_row(name, outage.name, f"{outage.seconds:g}", *_cells(outcome))
    report_console().print(table)
    if faults:
        raise click.ClickException("the service broke its promise: " + "; ".join(faults))


def _cells(outcome: OutageOutcome) -> list[str]:
    states = outcome.states
    return [
        str(len(outcome.accepted)),
        str(outcome.refused.total()),
        str(outcome.others.total()),
        str(states["succeeded"] + states["partial"]),
        str(states["lost"] + states["unfinished"]),
        str(states["failed"]),
        f"{outcome.slowest_seconds:.1f}",
        f"{outcome.accepts_again_after:.1f}",
        f"{outcome.done_after:.1f}",
    ]


def _told(outcome: OutageOutcome) -> str:
    refused, others, codes = (
        _listed(outcome.refused),
        _listed(outcome.others),
        _listed(outcome.codes),
    )
    return f"refused {refused}; others {others}; failed for {codes}"


def _listed(counts: Counter[str] | Counter[int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(counts.items())) or "none"
