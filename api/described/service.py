"""What the description says of the service as a whole."""

from __future__ import annotations

from typing import Final

from api.azure.description import TAG as AZURE_TAG

SUMMARY: Final = "Pictures of structured documents in, typed and hierarchical fields out."
DESCRIPTION: Final = f"""
{SUMMARY}

Coordinates are pixels of the upright page as the result gives its size. Errors are
`application/problem+json` with a stable `code`.

Keys have the scopes `submit` (hand in, cancel, correct, delete), `read` (status, results, lists)
and `admin` (all); each operation says which it needs.
"""
LICENCE: Final = {"name": "Apache License 2.0", "identifier": "Apache-2.0"}
SERVERS: Final = [{"url": "/", "description": "The server that gives this description"}]
TAGS: Final = [
    {"name": "documents", "description": "Documents handed in, and how far they are"},
    {"name": "results", "description": "What was read in a document: fields and pictures"},
    {"name": "batches", "description": "Many documents handed in and asked about at once"},
    {"name": "corrections", "description": "What people say the fields are, beside what was read"},
    {"name": "webhooks", "description": "Addresses that are told when documents are done"},
    {"name": "service", "description": "The service itself: types, health, figures"},
    {
        "name": AZURE_TAG,
        "description": "The same for programs written against Azure Document Intelligence",
    },
]
