"""How often and why a job went back to its lane."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

COUNTS = ("n_charged", "n_lost")


def upgrade() -> None:
    """Add the columns."""
    for name in COUNTS:
        op.add_column("jobs", sa.Column(name, sa.Integer, nullable=False, server_default="0"))
    op.add_column("jobs", sa.Column("hindered_since", sa.Float))


def downgrade() -> None:
    """Drop them."""
    for name in ("hindered_since", *reversed(COUNTS)):
        op.drop_column("jobs", name)
