"""The first tables: jobs, results, API keys, workers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables and their indexes."""
    op.create_table(
        "jobs",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("lane", sa.String(32), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("document_type", sa.String(64), nullable=False),
        sa.Column("page_selection", sa.Text, nullable=False, server_default=""),
        sa.Column("filename", sa.Text),
        sa.Column("media_type", sa.String(128)),
        sa.Column("n_bytes", sa.BigInteger, nullable=False),
        sa.Column("submitted_by", sa.String(32)),
        sa.Column("created_at", sa.Float, nullable=False),
        sa.Column("available_at", sa.Float, nullable=False),
        sa.Column("started_at", sa.Float),
        sa.Column("finished_at", sa.Float),
        sa.Column("attempt", sa.Integer, nullable=False, server_default="0"),
        sa.Column("lease_owner", sa.String(64)),
        sa.Column("lease_until", sa.Float),
        sa.Column("n_pages_done", sa.Integer, nullable=False, server_default="0"),
        sa.Column("error_code", sa.String(64)),
        sa.Column("error_message", sa.Text),
    )
    is_queued, is_running = sa.text("state = 'queued'"), sa.text("state = 'running'")
    op.create_index(
        "ix_jobs_queued",
        "jobs",
        ["lane", "created_at", "id"],
        sqlite_where=is_queued,
        postgresql_where=is_queued,
    )
    op.create_index(
        "ix_jobs_running",
        "jobs",
        ["lease_until"],
        sqlite_where=is_running,
        postgresql_where=is_running,
    )
    op.create_index("ix_jobs_created", "jobs", ["created_at", "id"])
    op.create_table(
        "results",
        sa.Column(
            "job_id", sa.String(32), sa.ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "api_keys",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("name", sa.String(128), nullable=False, unique=True),
        sa.Column("secret_sha256", sa.String(64), nullable=False),
        sa.Column("scopes", sa.String(128), nullable=False),
        sa.Column("created_at", sa.Float, nullable=False),
        sa.Column("revoked_at", sa.Float),
    )
    op.create_table(
        "workers",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("started_at", sa.Float, nullable=False),
        sa.Column("seen_at", sa.Float, nullable=False),
    )


def downgrade() -> None:
    """Drop everything that `upgrade` made."""
    for name in ("workers", "api_keys", "results", "jobs"):
        op.drop_table(name)
