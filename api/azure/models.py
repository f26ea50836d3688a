"""The models that can be asked for by Azure's names, and the versions of its API."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from api.azure.faults import model_not_found
from api.intake import AUTO_TYPE

ApiVersion = Literal["2023-07-31", "2024-11-30"]


@dataclass(frozen=True, slots=True)
class AzureModel:
    """One model.

    Attributes:
        model_id: as in the path.
        document_type: what the job asks for.
        doc_type: the `docType` of what is found; None where words are wanted and no fields.
    """

    model_id: str
    document_type: str
    doc_type: str | None


@dataclass(frozen=True, slots=True)
class AzureApi:
    """One version of the API: where it lives, and what it offers.

    Attributes:
        prefix: of its routes.
        version: the `api-version` that requests must give.
        models: by their ids.
        cancelled: what this version calls an analysis that was cancelled.
    """

    prefix: str
    version: ApiVersion
    models: dict[str, AzureModel]
    cancelled: Literal["canceled", "failed"]

    @property
    def name(self) -> str:
        """Begins the names of its operations."""
        return self.prefix.strip("/")

    def model(self, model_id: str) -> AzureModel:
        """The model of an id.

        Raises:
            AzureFault: there is none.
        """
        found = self.models.get(model_id)
        if found is None:
            raise model_not_found(model_id)
        return found


def _by_id(*models: AzureModel) -> dict[str, AzureModel]:
    return {model.model_id: model for model in models}


_READ = AzureModel("prebuilt-read", AUTO_TYPE, None)
_LAYOUT = AzureModel("prebuilt-layout", AUTO_TYPE, None)

APIS: Final = (
    AzureApi(
        "/documentintelligence",
        "2024-11-30",
        _by_id(
            _READ,
            _LAYOUT,
            AzureModel("prebuilt-receipt", "receipt", "receipt"),
            AzureModel("prebuilt-invoice", "invoice", "invoice"),
        ),
        "canceled",
    ),
    # Azure's later versions have no business cards.
    AzureApi(
        "/formrecognizer",
        "2023-07-31",
        _by_id(
            _READ, _LAYOUT, AzureModel("prebuilt-businessCard", "business_card", "businessCard")
        ),
        "failed",
    ),
)
