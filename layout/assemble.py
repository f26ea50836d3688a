"""From the decoded graph to the tree of fields with text, value, confidence and place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import takewhile
from typing import Final

from layout.confidence import Calibrate, as_given, group_confidence, leaf_confidence
from layout.graph import Entity, FieldGraph
from layout.instances import Instance, build_instances
from layout.person_names import name_group
from layout.placed_words import PlacedWords
from layout.result import Amount, FieldNode, GroupField, Issue, LeafField, Value
from layout.schema import DocumentSchema, FieldSpec, ValueType
from layout.values import NormalisedValue, ValueContext, normalise, own_text, read_context
from ocr.errors import DefectError
from ocr.types import Page

CONFLICT_SHARE = 0.3
"""Another value is worth an issue if it is at least this likely, relative to the one taken."""

ON_ONE_LINE: Final = frozenset({"amount", "date", "percentage", "phone", "quantity", "time"})
"""Types of values that are not continued on another line, unless they can be read with it alone."""
MAX_COMPLETING = 3
"""Words beside a date or time that may complete it, such as a year."""


@dataclass(frozen=True)
class _Candidate:
    """One occurrence of a leaf."""

    word_ids: tuple[int, ...]
    text: str
    found: NormalisedValue
    probability: float  # the model's, not yet calibrated
    rank: int


@dataclass(frozen=True)
class _Built:
    """A node with what its group needs of it."""

    node: LeafField | GroupField
    word_ids: tuple[int, ...]


def assemble(
    graph: FieldGraph,
    pages: Sequence[Page],
    schema: DocumentSchema,
    calibrate: Calibrate = as_given,
) -> tuple[dict[str, FieldNode], list[Issue]]:
    """Build the result's fields.

    Where a field that may stand once has several candidates, a readable value beats one that is
    not, then the likelier value wins and the surest of its occurrences is shown. In a schema whose
    words compete, a value that is printed several times shares one probability among its places:
    it is summed. A different value that is nearly as likely raises an issue.

    Args:
        graph: the entities, their word ids counted over all `pages`.
        pages: in the order in which they were scored.
        schema: of the document's type.
        calibrate: applied to each entity's confidence with its label `<schema>.<path>`.

    Returns:
        The fields in the schema's order, those not found left out; and the issues met.

    Raises:
        DefectError: the graph does not fit the pages or the schema.
    """
    return _Assembler(graph, PlacedWords(pages), schema, calibrate).run()


class _Assembler:
    def __init__(
        self,
        graph: FieldGraph,
        words: PlacedWords,
        schema: DocumentSchema,
        calibrate: Calibrate,
    ) -> None:
        self._graph = graph
        self._words = words
        self._schema = schema
        self._calibrate = calibrate
        self._issues: list[Issue] = []

    def run(self) -> tuple[dict[str, FieldNode], list[Issue]]:
        document = build_instances(self._graph, self._schema)
        context = self._read_context()
        self._taken = {i for entity in self._graph.entities for i in entity.word_ids}
        self._candidates = [self._candidate(entity, context) for entity in self._graph.entities]
        fields, _ = self._fields(self._schema.fields, document, "")
        return fields, self._issues

    def _value_type(self, entity: Entity) -> ValueType:
        value_type = self._schema.by_path[entity.path].value_type
        if value_type is None:
            raise DefectError(f"{entity.path!r} is a group, not a leaf")
        return value_type

    def _read_context(self) -> ValueContext:
        values = []
        for entity in self._graph.entities:
            if not entity.word_ids:
                raise DefectError(f"an entity of {entity.path!r} has no words")
            self._words.check(entity.word_ids)
            values.append((self._words.text(entity.word_ids), self._value_type(entity)))
        return read_context(values, self._words.line_texts)

    def _candidate(self, entity: Entity, context: ValueContext) -> _Candidate:
        whole = self._read(entity, entity.word_ids, context)
        if whole.found.value is not None or self._value_type(entity) not in ON_ONE_LINE:
            return whole
        # It ran on into the lines below it.
        first = self._read(entity, tuple(self._words.by_line(entity.word_ids)[0]), context)
        taken = first if any(c.isdigit() for c in first.text) else whole
        if taken.found.value is None and self._value_type(entity) in ("date", "time"):
            return self._completed(entity, taken, context)
        return taken

    def _completed(self, entity: Entity, part: _Candidate, context: ValueContext) -> _Candidate:
        """A part of a date or time with words beside it that make it readable.

        Of several such readings the longest text is taken, with the fewest words. Words of other
        entities are left alone; where nothing helps the part stays as it is.
        """
        before, after = (
            list(takewhile(lambda word_id: word_id not in self._taken, side))[:MAX_COMPLETING]
            for side in self._words.beside(part.word_ids)
        )
        longer = [
            self._read(entity, (*before_it[::-1], *part.word_ids, *after_it), context)
            for before_it in _heads(before)
            for after_it in _heads(after)
        ]
        readable = [each for each in longer if each.found.value is not None]
        return max(readable, key=lambda it: (len(it.text), -len(it.word_ids)), default=part)

    def _read(self, entity: Entity, word_ids: tuple[int, ...], context: ValueContext) -> _Candidate:
        text = own_text(self._words.text(word_ids), self._value_type(entity))
        if self._schema.uppercase:
            text = text.upper()
        return _Candidate(
            word_ids=word_ids,
            text=text,
            found=normalise(text, self._value_type(entity), context),
            probability=entity.confidence,
            rank=self._words.rank(word_ids[0]),
        )

    def _fields(
        self, specs: tuple[FieldSpec, ...], instance: Instance, prefix: str
    ) -> tuple[dict[str, FieldNode], list[_Built]]:
        """The fields of a group or of the document, and all that was built for them."""
        fields: dict[str, FieldNode] = {}
        members: list[_Built] = []
        for spec in specs:
            built = self._occurrences(spec, instance, f"{prefix}{spec.name}")
            if not built:
                continue
            members.extend(built)
            fields[spec.name] = _as_node(built, spec)
        return fields, members

    def _occurrences(self, spec: FieldSpec, instance: Instance, name: str) -> list[_Built]:
        if not spec.is_group:
            return self._leaves(spec, instance, name)
        if not spec.repeated:
            group = self._group(spec, instance, name)
            return [] if group is None else [group]
        children = [child for child in instance.children if child.path == spec.path]
        children.sort(key=lambda child: self._opening_rank(child, spec))
        groups = [self._group(spec, child, f"{name}[{i}]") for i, child in enumerate(children)]
        return [group for group in groups if group is not None]

    def _group(self, spec: FieldSpec, instance: Instance, name: str) -> _Built | None:
        fields, members = self._fields(spec.children, instance, f"{name}.")
        if not members:
            return None
        distinct = {word_id for member in members for word_id in member.word_ids}
        word_ids = tuple(sorted(distinct, key=self._words.rank))
        text = self._words.text(word_ids)
        node = GroupField(
            text=text.upper() if self._schema.uppercase else text,
            confidence=group_confidence(member.node.confidence for member in members),
            regions=self._words.regions(word_ids),
            fields=fields,
        )
        return _Built(node, word_ids)

    def _opening_rank(self, instance: Instance, spec: FieldSpec) -> int:
        """Where an instance begins: at its head, else at the first of its words."""
        heads = {child.path for child in spec.children if child.head}
        entities = self._graph.entities
        ranks = [self._candidates[i].rank for i in instance.entities if entities[i].path in heads]
        if not ranks:
            ranks = [self._candidates[i].rank for i in instance.entities]
            ranks += [self._opening_rank(child, spec) for child in instance.children]
        return min(ranks)

    def _leaves(self, spec: FieldSpec, instance: Instance, name: str) -> list[_Built]:
        entities = self._graph.entities
        found = [self._candidates[i] for i in instance.entities if entities[i].path == spec.path]
        found.sort(key=lambda each: each.rank)
        if spec.repeated:
            return [
                self._leaf(each, each.probability, spec, f"{name}[{i}]")
                for i, each in enumerate(found)
            ]
        if not found:
            return []
        is_shared = self._schema.competing and self._schema.is_single(spec.path)
        ranked = [(alike, _probability(alike, is_shared=is_shared)) for alike in _cluster(found)]
        ranked.sort(key=lambda pair: (pair[0][0].found.value is None, -pair[1]))
        self._report_conflicts(ranked, name)
        alike, probability = ranked[0]
        shown = max(alike, key=lambda each: each.probability)
        return [self._leaf(shown, probability, spec, name)]

    def _leaf(
        self, candidate: _Candidate, probability: float, spec: FieldSpec, name: str
    ) -> _Built:
        issue = candidate.found.issue
        if issue is not None:
            self._warn(issue.code, f"{name}: {issue.message}", name)
        node = LeafField(
            value=candidate.found.value,
            text=candidate.text,
            confidence=leaf_confidence(
                self._calibrate(probability, f"{self._schema.name}.{spec.path}"),
                self._words.confidence(candidate.word_ids),
            ),
            regions=self._words.regions(candidate.word_ids),
        )
        if spec.value_type == "person":
            name_parts = name_group(node, candidate.word_ids, self._words)
            return _Built(name_parts or node, candidate.word_ids)
        return _Built(node, candidate.word_ids)

    def _report_conflicts(self, ranked: list[tuple[list[_Candidate], float]], name: str) -> None:
        (best, probability), *others = ranked
        also = [
            repr(alike[0].text)
            for alike, share in others
            if alike[0].found.value is not None and share >= CONFLICT_SHARE * probability
        ]
        if also:
            message = f"{name}: took {best[0].text!r}, also found {', '.join(also)}"
            self._warn("conflicting_values", message, name)

    def _warn(self, code: str, message: str, name: str) -> None:
        self._issues.append(Issue(code=code, severity="warning", message=message, fields=[name]))


def _heads(words: Sequence[int]) -> list[tuple[int, ...]]:
    """None of the words, the first, the first two, and so on."""
    return [tuple(words[:n]) for n in range(len(words) + 1)]


def _as_node(built: list[_Built], spec: FieldSpec) -> FieldNode:
    if not spec.repeated:
        return built[0].node
    leaves = [each.node for each in built if isinstance(each.node, LeafField)]
    groups = [each.node for each in built if isinstance(each.node, GroupField)]
    if leaves and groups:
        return [each.node for each in built]
    return leaves or groups


def _cluster(candidates: list[_Candidate]) -> list[list[_Candidate]]:
    """Group candidates of the same value, in the order of their first occurrences."""
    clusters: list[list[_Candidate]] = []
    for candidate in candidates:
        for alike in clusters:
            if _agree(alike[0].found.value, candidate.found.value):
                alike.append(candidate)
                break
        else:
            clusters.append([candidate])
    return clusters


def _probability(alike: list[_Candidate], *, is_shared: bool) -> float:
    """Of a value that stands in several places: their sum if they share one probability."""
    probabilities = [candidate.probability for candidate in alike]
    return min(sum(probabilities), 1.0) if is_shared else max(probabilities)


def _agree(one: Value | None, other: Value | None) -> bool:
    """Whether two values say the same; a currency that is unknown contradicts none."""
    if one is None or other is None:
        return False
    if isinstance(one, Amount) and isinstance(other, Amount):
        currencies = {one.currency, other.currency} - {None}
        return Decimal(one.amount) == Decimal(other.amount) and len(currencies) < 2
    if isinstance(one, str) and isinstance(other, str):
        return one.casefold() == other.casefold()
    return one == other
