"""The database's tables (SQLAlchemy core). Times are seconds since 1970, UTC.

The migrations in `workers/migrations` create them; a test compares the two.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    text,
)

metadata = MetaData()

jobs = Table(
    "jobs",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("lane", String(32), nullable=False),
    Column("state", String(16), nullable=False),
    Column("document_type", String(64), nullable=False),
    Column("page_selection", Text, nullable=False, server_default=""),  # "1,2,5"; empty: all
    Column("filename", Text),
    Column("media_type", String(128)),
    Column("n_bytes", BigInteger, nullable=False),
    Column("submitted_by", String(32)),  # id of an API key
    Column("tenant", String(64), nullable=False, server_default="default"),
    Column("created_at", Float, nullable=False),
    Column("available_at", Float, nullable=False),  # not to be claimed before
    Column("started_at", Float),
    Column("finished_at", Float),
    Column("attempt", Integer, nullable=False, server_default="0"),  # counted at the claim
    Column("lease_owner", String(64)),
    Column("lease_until", Float),
    Column("n_pages_done", Integer, nullable=False, server_default="0"),
    Column("error_code", String(64)),
    Column("error_message", Text),
    Column("batch_id", String(32)),
    Column("n_charged", Integer, nullable=False, server_default="0"),  # see workers.job_returns
    Column("n_lost", Integer, nullable=False, server_default="0"),  # workers that died over it
    Column("hindered_since", Float),
    Column("source", Text),  # where the worker fetches it, "url:…" or "key:…"; null: uploaded
)

# Partial indexes keep claim and sweep flat however many finished jobs there are.
_is_queued = text("state = 'queued'")
_is_running = text("state = 'running'")
Index(
    "ix_jobs_queued",
    jobs.c.lane,
    jobs.c.created_at,
    jobs.c.id,
    sqlite_where=_is_queued,
    postgresql_where=_is_queued,
)
Index(
    "ix_jobs_running",
    jobs.c.lease_until,
    sqlite_where=_is_running,
    postgresql_where=_is_running,
)
_is_of_a_batch = text("batch_id IS NOT NULL")
Index(
    "ix_jobs_batch",
    jobs.c.batch_id,
    jobs.c.created_at,
    jobs.c.id,
    jobs.c.state,  # so that a batch is counted in the index alone
    sqlite_where=_is_of_a_batch,
    postgresql_where=_is_of_a_batch,
)
Index("ix_jobs_created", jobs.c.created_at, jobs.c.id)
Index("ix_jobs_tenant", jobs.c.tenant, jobs.c.created_at, jobs.c.id)

results = Table(
    "results",
    metadata,
    Column("job_id", String(32), ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True),
    Column("body", LargeBinary, nullable=False),  # DocumentResult with words, JSON, zlib
)

batches = Table(
    "batches",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("tenant", String(64), nullable=False),
    Column("created_by", String(32)),  # id of an API key
    Column("created_at", Float, nullable=False),
    Column("name", Text),
    Column("document_type", String(64), nullable=False),
    Column("sealed_at", Float),  # since then it takes no more documents
)
Index("ix_batches_tenant", batches.c.tenant, batches.c.created_at, batches.c.id)
corrections = Table(
    "corrections",
    metadata,
    Column("job_id", String(32), ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True),
    Column("body", LargeBinary, nullable=False),  # Corrections, JSON, zlib
    Column("revision", Integer, nullable=False),
    Column("corrected_by", String(32)),  # id of an API key
    Column("corrected_at", Float, nullable=False),
)

webhooks = Table(
    "webhooks",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("url", Text, nullable=False),
    Column("secret", String(64), nullable=False),  # as it is: signing needs it
    Column("events", String(255), nullable=False),  # joined by spaces
    Column("created_by", String(32)),  # id of an API key
    Column("tenant", String(64), nullable=False),
    Column("created_at", Float, nullable=False),
    Column("disabled_at", Float),
)

webhook_deliveries = Table(
    "webhook_deliveries",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("webhook_id", String(32), ForeignKey("webhooks.id", ondelete="CASCADE"), nullable=False),
    Column("job_id", String(32), ForeignKey("jobs.id", ondelete="CASCADE"), nullable=False),
    Column("event", String(32), nullable=False),
    Column("state", String(16), nullable=False),
    Column("created_at", Float, nullable=False),
    Column("due_at", Float, nullable=False),  # not to be sent before; a claim moves it
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("lease_owner", String(32)),  # of one attempt alone
    Column("lease_until", Float),
    Column("attempted_at", Float),
    Column("last_status", Integer),
    Column("last_error", Text),
    Column("finished_at", Float),
)
_is_undelivered = text("state = 'waiting'")
Index(
    "ix_webhook_deliveries_due",
    webhook_deliveries.c.due_at,
    sqlite_where=_is_undelivered,
    postgresql_where=_is_undelivered,
)
Index(
    "ix_webhook_deliveries_log",
    webhook_deliveries.c.webhook_id,
    webhook_deliveries.c.created_at,
    webhook_deliveries.c.id,
)
Index("ix_webhook_deliveries_job", webhook_deliveries.c.job_id)

job_figures = Table(
    "job_figures",
    metadata,
    Column("kind", String(16), primary_key=True),
    Column("label", String(64), primary_key=True),  # a state, a failure's code or a stage
    Column("le", String(8), primary_key=True),  # a bucket's upper bound, "" where there is none
    Column("shard", Integer, primary_key=True),  # so that not all workers wait for one row
    Column("n", BigInteger, nullable=False),
    Column("total_seconds", Float, nullable=False),
)

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("name", String(128), nullable=False, unique=True),
    Column("secret_sha256", String(64), nullable=False),
    Column("scopes", String(128), nullable=False),  # joined by spaces
    Column("created_at", Float, nullable=False),
    Column("revoked_at", Float),
    Column("tenant", String(64), nullable=False, server_default="default"),
    Column("previous_sha256", String(64)),  # of the secret before the last rotation
    Column("previous_until", Float),
    Column("max_requests_per_minute", Integer),  # this and the next: null for what the settings say
    Column("max_file_bytes", BigInteger),
)

tenants = Table(  # those alone that have limits of their own
    "tenants",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("max_waiting_jobs", Integer),  # null for what the settings say
)


def _idempotency_keys(name: str, made: str, of: str) -> Table:
    """A table of clients' keys.

    Args:
        name: of the table.
        made: the column with the id of what a key stands for.
        of: the column whose rows they stand for.
    """
    table = Table(
        name,
        metadata,
        Column("tenant", String(64), primary_key=True),
        Column("key", String(255), primary_key=True),
        Column("fingerprint", String(64), nullable=False),  # SHA-256 of what was sent
        Column(made, String(32), ForeignKey(of, ondelete="CASCADE"), nullable=False),
        Column("created_at", Float, nullable=False),
    )
    Index(f"ix_{name}_{made.removesuffix('_id')}", table.c[made])
    Index(f"ix_{name}_created", table.c.created_at)
    return table


idempotency_keys = _idempotency_keys("idempotency_keys", "job_id", "jobs.id")
batch_idempotency_keys = _idempotency_keys("batch_idempotency_keys", "batch_id", "batches.id")

workers = Table(
    "workers",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("started_at", Float, nullable=False),
    Column("seen_at", Float, nullable=False),
)
