"""From the decoded graph to the tree of fields with text, value, confidence and place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from layout.candidates import Candidate, cluster, joint_probability, read_candidates
from layout.confidence import Calibrate, as_given, group_confidence, leaf_confidence
from layout.graph import FieldGraph
from layout.instances import Instance, build_instances
from layout.person_names import name_group
from layout.placed_words import PlacedWords
from layout.result import FieldNode, GroupField, Issue, LeafField
from layout.schema import DocumentSchema, FieldSpec
from ocr.types import Page

NUMBERS = ("amount", "quantity", "percentage")
CONFLICT_SHARE = 0.3
"""Another value is worth an issue if it is at least this likely, relative to the one taken."""


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
        self._candidates = read_candidates(self._graph, self._words, self._schema)
        fields, _ = self._fields(self._schema.fields, document, "")
        return fields, self._issues

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
        children = [
            child
            for child in instance.children
            if child.path == spec.path and not self._is_debris(child)
        ]
        children.sort(key=lambda child: self._opening_rank(child, spec))
        groups = [self._group(spec, child, f"{name}[{i}]") for i, child in enumerate(children)]
        return [group for group in groups if group is not None]

    def _is_debris(self, instance: Instance) -> bool:
        """Whether a group is of numbers alone and none of its amounts can be read.

        A part of a bar code looks like one.
        """
        specs = [self._schema.by_path[self._graph.entities[i].path] for i in instance.entities]
        if instance.children or any(s.head or s.value_type not in NUMBERS for s in specs):
            return False
        values = [self._candidates[i].found.value for i in instance.entities]
        amounts = [v for v, s in zip(values, specs, strict=True) if s.value_type == "amount"]
        return None in values and not any(amounts)

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
        ranked = [
            (alike, joint_probability(alike, is_shared=is_shared)) for alike in cluster(found)
        ]
        ranked.sort(key=lambda pair: (pair[0][0].found.value is None, -pair[1]))
        self._report_conflicts(ranked, name)
        alike, probability = ranked[0]
        shown = max(alike, key=lambda each: each.probability)
        return [self._leaf(shown, probability, spec, name)]

    def _leaf(self, candidate: Candidate, probability: float, spec: FieldSpec, name: str) -> _Built:
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

    def _report_conflicts(self, ranked: list[tuple[list[Candidate], float]], name: str) -> None:
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


def _as_node(built: list[_Built], spec: FieldSpec) -> FieldNode:
    if not spec.repeated:
        return built[0].node
    leaves = [each.node for each in built if isinstance(each.node, LeafField)]
    groups = [each.node for each in built if isinstance(each.node, GroupField)]
    if leaves and groups:
        return [each.node for each in built]
    return leaves or groups
