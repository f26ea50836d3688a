"""A result as Azure's `analyzeResult`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from api.azure.content import Content, JsonObject
from api.azure.field_names import FIELDS, AzureField, AzureGroup, AzureLeaf
from api.azure.indexing import StringIndexType
from api.azure.models import ApiVersion, AzureModel
from api.azure.values import value_members
from layout.result import DocumentResult, FieldNode, GroupField, LeafField


def analyze_result(
    result: DocumentResult,
    model: AzureModel,
    version: ApiVersion,
    unit: StringIndexType,
) -> JsonObject:
    """Put a result into Azure's form.

    Args:
        result: with every page's words.
        model: that was asked for.
        version: of the API.
        unit: of offsets and lengths.
    """
    content = Content(result, unit)
    body: JsonObject = {
        "apiVersion": version,
        "modelId": model.model_id,
        "stringIndexType": unit,
        "content": content.text,
        "pages": content.pages(),
    }
    if version != "2023-07-31":
        body["contentFormat"] = "text"
        body["warnings"] = [
            {"code": issue.code, "message": issue.message, "target": ", ".join(issue.fields)}
            for issue in result.issues
        ]
    if model.doc_type is not None:
        body["documents"] = [_document(result, model.doc_type, content)]
    return body


def _document(result: DocumentResult, doc_type: str, content: Content) -> JsonObject:
    return {
        "docType": doc_type,
        "boundingRegions": content.whole_pages(),
        "spans": [content.whole_span()],
        "fields": _fields(result.fields, FIELDS[result.type], content),
        "confidence": result.type_confidence,
    }


def _fields(
    fields: Mapping[str, FieldNode], names: Mapping[str, AzureField], content: Content
) -> JsonObject:
    found: JsonObject = {}
    for key, node in fields.items():
        name = names.get(key)
        if name is None:
            continue
        if isinstance(node, list):
            found[name.name] = _array(node, name, content)
        else:
            found[name.name] = _field(node, name, content)
    return found


def _array(
    nodes: Sequence[LeafField | GroupField], name: AzureLeaf | AzureGroup, content: Content
) -> JsonObject:
    return {"type": "array", "valueArray": [_field(node, name, content) for node in nodes]}


def _field(
    node: LeafField | GroupField, name: AzureLeaf | AzureGroup, content: Content
) -> JsonObject:
    field: JsonObject
    if isinstance(name, AzureGroup):
        parts = _fields(node.fields, name.fields, content) if isinstance(node, GroupField) else {}
        field = {"type": "object", "valueObject": parts}
    elif isinstance(node, LeafField):
        field = {"type": name.value_type, **value_members(node, name.value_type)}
    else:
        field = {"type": name.value_type}
    return {
        **field,
        "content": node.text,
        "boundingRegions": content.bounding_regions(node.regions),
        "confidence": node.confidence,
        "spans": content.spans(node.regions),
    }
