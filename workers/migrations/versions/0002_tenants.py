"""Tenants of keys and jobs, keys that are being rotated, and keys of idempotency."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Give what is there to the tenant "default"."""
    for table in ("jobs", "api_keys"):
        op.add_column(
            table, sa.Column("tenant", sa.String(64), nullable=False, server_default="default")
        )
    op.add_column("api_keys", sa.Column("previous_sha256", sa.String(64)))
    op.add_column("api_keys", sa.Column("previous_until", sa.Float))
    op.create_index("ix_jobs_tenant", "jobs", ["tenant", "created_at", "id"])
    op.create_table(
        "idempotency_keys",
        sa.Column("tenant", sa.String(64), primary_key=True),
        sa.Column("key", sa.String(255), primary_key=True),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column(
            "job_id", sa.String(32), sa.ForeignKey("jobs.id", ondelete="CASCADE"), nullable=False
        ),
        sa.Column("created_at", sa.Float, nullable=False),
    )
    op.create_index("ix_idempotency_keys_job", "idempotency_keys", ["job_id"])
    op.create_index("ix_idempotency_keys_created", "idempotency_keys", ["created_at"])


def downgrade() -> None:
    """Drop everything that `upgrade` made."""
    op.drop_table("idempotency_keys")
    op.drop_index("ix_jobs_tenant", "jobs")
    for column in ("previous_until", "previous_sha256", "tenant"):
        op.drop_column("api_keys", column)
    op.drop_column("jobs", "tenant")
