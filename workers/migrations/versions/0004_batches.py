"""Batches: documents handed in together, and where the worker fetches those not uploaded."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table; the jobs that are there belong to no batch."""
    op.create_table(
        "batches",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("created_by", sa.String(32)),
        sa.Column("created_at", sa.Float, nullable=False),
        sa.Column("name", sa.Text),
        sa.Column("document_type", sa.String(64), nullable=False),
        sa.Column("sealed_at", sa.Float),
    )
    op.create_index("ix_batches_tenant", "batches", ["tenant", "created_at", "id"])
    op.add_column("jobs", sa.Column("batch_id", sa.String(32)))
    op.add_column("jobs", sa.Column("source", sa.Text))
    is_of_a_batch = sa.text("batch_id IS NOT NULL")
    op.create_index(
        "ix_jobs_batch",
        "jobs",
        ["batch_id", "created_at", "id", "state"],
        sqlite_where=is_of_a_batch,
        postgresql_where=is_of_a_batch,
    )


def downgrade() -> None:
    """Drop everything that `upgrade` made; the documents stay, each alone."""
    op.drop_index("ix_jobs_batch", "jobs")
    op.drop_column("jobs", "source")
    op.drop_column("jobs", "batch_id")
    op.drop_table("batches")
