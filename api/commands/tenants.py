"""`docspade tenants`: how many of a tenant's documents may wait."""

from __future__ import annotations

from pathlib import Path

import click

from api.commands.keys import MAX_COUNT, open_database, state_dir_option
from api.tenants import TenantTable


@click.group()
def tenants() -> None:
    """Limits of tenants. A tenant is made by making a key for it."""


@tenants.command()
@click.argument("tenant")
@click.option(
    "--max-waiting",
    type=click.IntRange(0, MAX_COUNT),
    required=True,
    help="Documents that may wait, whatever max_waiting_jobs_per_tenant says. 0: what that says.",
)
@state_dir_option
def limit(tenant: str, max_waiting: int, state_dir: Path | None) -> None:
    """Say how many of a tenant's documents may wait, from its next upload on."""
    with open_database(state_dir) as database:
        TenantTable(database).limit(tenant, max_waiting or None)
    shown = f"{max_waiting} documents may" if max_waiting else "as many may as the settings say"
    click.echo(f"Tenant {tenant!r}: {shown} wait.")


@tenants.command(name="list")
@state_dir_option
def list_tenants(state_dir: Path | None) -> None:
    """List the tenants that have a limit of their own, and how many documents may wait."""
    with open_database(state_dir) as database:
        for name, max_waiting in TenantTable(database).all().items():
            click.echo(f"{name}\t{max_waiting}")
