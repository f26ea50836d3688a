"""What goes over the wire on Azure's routes, for the description of the service.

Answers are put together member by member (`api.azure.analysis`): which of them are there depends on
the document and the version. These models say which there can be.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from api.azure.indexing import StringIndexType
from api.azure.models import ApiVersion

Polygon = list[float]


class _Wire(BaseModel):
    model_config = ConfigDict(extra="forbid")


class AzureInnerError(_Wire):
    """The cause more exactly, by Azure's code where it has one, else by docspade's."""

    code: str
    message: str


class AzureError(_Wire):
    """What is wrong."""

    code: str
    message: str
    innererror: AzureInnerError | None = None


class AzureErrorAnswer(_Wire):
    """The body of an answer that tells of an error."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "error": {
                    "code": "InvalidRequest",
                    "message": "Invalid request.",
                    "innererror": {"code": "InvalidContent", "message": "the picture is cut off"},
                }
            }
        }
    )
    error: AzureError


class AzureSpan(_Wire):
    """A place in `content`, counted in the wished `stringIndexType`."""

    offset: int
    length: int


class AzureRegion(_Wire):
    """A place on a page: pixels of a picture, inches of a PDF."""

    pageNumber: int  # noqa: N815  # Azure's name
    polygon: Polygon


class AzureWord(_Wire):
    """A word."""

    content: str
    polygon: Polygon
    confidence: float
    span: AzureSpan


class AzureLine(_Wire):
    """A run of words at one height."""

    content: str
    polygon: Polygon
    spans: list[AzureSpan]


class AzurePage(_Wire):
    """A page with its words and lines."""

    pageNumber: int  # noqa: N815  # Azure's name
    angle: float
    width: float
    height: float
    unit: Literal["pixel", "inch"]
    words: list[AzureWord]
    lines: list[AzureLine]
    spans: list[AzureSpan]


class AzureFieldValue(_Wire):
    """A field; of the members `value…` the one of its type, if its text could be normalised."""

    type: str
    content: str | None = None
    confidence: float | None = None
    boundingRegions: list[AzureRegion] | None = None  # noqa: N815  # Azure's name
    spans: list[AzureSpan] | None = None
    valueString: str | None = None  # noqa: N815  # Azure's name
    valueDate: str | None = None  # noqa: N815  # Azure's name
    valueTime: str | None = None  # noqa: N815  # Azure's name
    valuePhoneNumber: str | None = None  # noqa: N815  # Azure's name
    valueNumber: float | None = None  # noqa: N815  # Azure's name
    valueCurrency: dict[str, float | str] | None = None  # noqa: N815  # Azure's name
    valueAddress: dict[str, str] | None = None  # noqa: N815  # Azure's name
    valueArray: list[AzureFieldValue] | None = None  # noqa: N815  # Azure's name
    valueObject: dict[str, AzureFieldValue] | None = None  # noqa: N815  # Azure's name


class AzureDocument(_Wire):
    """The document and its fields, by Azure's names."""

    docType: str  # noqa: N815  # Azure's name
    boundingRegions: list[AzureRegion]  # noqa: N815  # Azure's name
    spans: list[AzureSpan]
    fields: dict[str, AzureFieldValue]
    confidence: float


class AzureWarning(_Wire):
    """What does not add up."""

    code: str
    message: str
    target: str


class AzureResult(_Wire):
    """What was read; `documents` of the models that give fields, two members of 2024-11-30."""

    apiVersion: ApiVersion  # noqa: N815  # Azure's name
    modelId: str  # noqa: N815  # Azure's name
    stringIndexType: StringIndexType  # noqa: N815  # Azure's name
    content: str
    pages: list[AzurePage]
    documents: list[AzureDocument] | None = None
    contentFormat: Literal["text"] | None = None  # noqa: N815  # Azure's name
    warnings: list[AzureWarning] | None = None


class AzureOperation(_Wire):
    """How far an analysis is."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "status": "running",
                "createdDateTime": "2026-03-01T12:00:00Z",
                "lastUpdatedDateTime": "2026-03-01T12:00:01Z",
            }
        }
    )
    status: Literal["notStarted", "running", "succeeded", "failed", "canceled"]
    createdDateTime: str  # noqa: N815  # Azure's name
    lastUpdatedDateTime: str  # noqa: N815  # Azure's name
    error: AzureError | None = None
    analyzeResult: AzureResult | None = None  # noqa: N815  # Azure's name


class AzureBody(_Wire):
    """A document in JSON: in itself or by its address, one of the two."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"urlSource": "https://files.example/receipt.jpg"}}
    )
    base64Source: str | None = Field(None, description="The document, in Base64.")  # noqa: N815
    urlSource: str | None = Field(  # noqa: N815  # Azure's name
        None, description="Where it is, on a host that the operator lists."
    )
