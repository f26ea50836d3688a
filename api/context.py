"""What the routes work with."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from api.auth import Authenticator
from api.guard import is_loopback
from api.keys import KeyStore
from api.rate_limit import RateLimiter
from api.tenants import TenantTable
from layout.schema import SCHEMAS, add_schemas
from workers.celery_app import Doorbell, make_app
from workers.services import Services
from workers.settings import Settings
from workers.traces import NO_TRACES, Traces, open_traces


@dataclass(frozen=True, slots=True)
class ApiContext:
    """Settings, shared services, the bell, who may come in, tenants, traces of what happens."""

    settings: Settings
    services: Services
    doorbell: Doorbell
    keys: KeyStore
    tenants: TenantTable
    auth: Authenticator
    traces: Traces = NO_TRACES

    @property
    def listens_on_loopback(self) -> bool:
        """Whether only this machine can connect."""
        return is_loopback(self.settings.host)


def make_context(settings: Settings, services: Services) -> ApiContext:
    """Put the parts together.

    Raises:
        SetupError: what a setting needs is not installed.
    """
    if settings.bundle is not None:
        add_schemas(settings.bundle / SCHEMAS)
    keys = KeyStore(services.database)
    return ApiContext(
        settings=settings,
        services=services,
        doorbell=Doorbell(make_app(services.broker)),
        keys=keys,
        tenants=TenantTable(services.database),
        auth=Authenticator(
            keys,
            listens_on_loopback=is_loopback(settings.host),
            limiter=RateLimiter(settings.max_requests_per_minute),
        ),
        traces=open_traces(settings.otlp_endpoint, f"server-{uuid.uuid4().hex}"),
    )
