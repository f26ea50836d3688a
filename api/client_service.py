"""The part of `api.client` that asks about the service itself."""

from __future__ import annotations

from urllib.parse import urlencode

from api.client_connection import ServiceConnection
from api.wire import Health, TypeEntry, TypeList


class ServiceCalls(ServiceConnection):
    """Calls about the service itself. All methods raise ServiceError."""

    def types(self) -> list[TypeEntry]:
        """The document types, with their fields."""
        answer = self.ask("GET", "/v1/types")
        return TypeList.model_validate_json(answer.body).types

    def health(self) -> Health:
        """That the server answers, and which version it is."""
        return Health.model_validate_json(self.ask("GET", "/healthz", max_tries=1).body)

    def readiness(self, *, workers: int = 1) -> Health:
        """That documents are processed; the problem `no_worker`, at once, where they are not.

        Args:
            workers: how many must be there; 0 asks about database and store alone.
        """
        answer = self.ask("GET", f"/readyz?{urlencode({'workers': workers})}", max_tries=1)
        return Health.model_validate_json(answer.body)
