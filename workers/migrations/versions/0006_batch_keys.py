"""Keys of idempotency for batches."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TABLE = "batch_idempotency_keys"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        TABLE,
        sa.Column("tenant", sa.String(64), primary_key=True),
        sa.Column("key", sa.String(255), primary_key=True),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column(
            "batch_id",
            sa.String(32),
            sa.ForeignKey("batches.id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("created_at", sa.Float, nullable=False),
    )
    op.create_index("ix_batch_idempotency_keys_batch", TABLE, ["batch_id"])
    op.create_index("ix_batch_idempotency_keys_created", TABLE, ["created_at"])


def downgrade() -> None:
    """Drop it."""
    op.drop_table(TABLE)
