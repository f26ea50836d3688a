"""Which keys operations ask for, as the description says it."""

from __future__ import annotations

from typing import Any, Final

from api.azure.description import TAG as AZURE_TAG
from api.keys import Scope

Described = dict[str, Any]

_BEARER, _HEADER, _AZURE_HEADER = "bearer", "apiKey", "subscriptionKey"
_ON_LOOPBACK: Final = (
    "A server that listens on this machine alone asks for none while no key was ever made."
)
SCHEMES: Final[dict[str, Described]] = {
    _BEARER: {
        "type": "http",
        "scheme": "bearer",
        "description": f"An API key, as `Authorization: Bearer KEY`. {_ON_LOOPBACK}",
    },
    _HEADER: {
        "type": "apiKey",
        "in": "header",
        "name": "X-API-Key",
        "description": f"An API key in a header of its own. {_ON_LOOPBACK}",
    },
    _AZURE_HEADER: {
        "type": "apiKey",
        "in": "header",
        "name": "Ocp-Apim-Subscription-Key",
        "description": f"An API key as programs written against Azure send it. {_ON_LOOPBACK}",
    },
}
"""The ways of handing a key over; each does."""


def describe_security(operation: Described, scope: Scope | None, *, may_be_open: bool) -> None:
    """Say which key an operation asks for, and with which scope.

    The scope is named as a role (OpenAPI 3.1, Security Requirement Object), and in words.

    Args:
        operation: of the description; it is changed.
        scope: that a key needs; None where no key is asked for.
        may_be_open: whether the server asks for no key while none exists.
    """
    if scope is None:
        operation["security"] = []
        return
    names = [_BEARER, _HEADER]
    if AZURE_TAG in operation.get("tags", ()):
        names.append(_AZURE_HEADER)
    needed: list[dict[str, list[str]]] = [{name: [scope]} for name in names]
    operation["security"] = [*needed, {}] if may_be_open else needed
    text = f"Needs a key with the scope `{scope}`."
    if may_be_open:
        text += " While no key exists, everyone on this machine may."
    operation["description"] = f"{operation.get('description', '')}\n\n{text}".lstrip()
