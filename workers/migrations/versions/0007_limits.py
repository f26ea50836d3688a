"""Limits of keys and tenants of their own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Leave keys and tenants under the operator's settings."""
    op.add_column("api_keys", sa.Column("max_requests_per_minute", sa.Integer))
    op.add_column("api_keys", sa.Column("max_file_bytes", sa.BigInteger))
    op.create_table(
        "tenants",
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("max_waiting_jobs", sa.Integer),
    )


def downgrade() -> None:
    """Drop everything that `upgrade` made."""
    op.drop_table("tenants")
    for column in ("max_file_bytes", "max_requests_per_minute"):
        op.drop_column("api_keys", column)
