"""From a forest of entities to the instances of groups: which sub-item of which item."""

from __future__ import annotations

from dataclasses import dataclass, field

from layout.graph import Entity, FieldGraph
from layout.schema import DocumentSchema
from ocr.errors import DefectError


@dataclass(eq=False)
class Instance:
    """The whole document, or one occurrence of a repeated group.

    Attributes:
        path: of the group; empty for the document.
        entities: indices into the graph of the leaves that stand directly in it.
        children: the nested groups' instances.
    """

    path: str
    entities: list[int] = field(default_factory=list)
    children: list[Instance] = field(default_factory=list)


def build_instances(graph: FieldGraph, schema: DocumentSchema) -> Instance:
    """Sort a document's entities into the instances of the schema's repeated groups.

    A head opens an instance of its group, under the instance that its parent stands in. The other
    entities join their parent's instance. One that has no parent, though its group is repeated,
    gets an instance of its own: what was found is never dropped. In a loose schema the groups that
    stand under no head share one instance of the group around them.

    Returns:
        The document's instance.

    Raises:
        DefectError: the graph is no forest over the schema.
    """
    return _Builder(graph, schema).build()


class _Builder:
    def __init__(self, graph: FieldGraph, schema: DocumentSchema) -> None:
        self._entities = graph.entities
        self._schema = schema
        self._document = Instance("")
        self._homes: dict[int, Instance] = {}
        self._outer: dict[Instance, Instance] = {}
        self._open: set[int] = set()
        self._headless: dict[str, Instance] = {}

    def build(self) -> Instance:
        for i in range(len(self._entities)):
            self._home(i).entities.append(i)
        return self._document

    def _home(self, i: int) -> Instance:
        """The instance that entity `i` stands in, opened if need be."""
        if i in self._homes:
            return self._homes[i]
        if i in self._open:
            raise DefectError(f"entity {i} is its own ancestor")
        self._open.add(i)
        entity = self._entities[i]
        spec = self._schema.by_path.get(entity.path)
        if spec is None or spec.is_group:
            raise DefectError(f"{entity.path!r} is no leaf of schema {self._schema.name}")
        group = self._schema.group_of(entity.path)
        around = self._parent_home(entity)
        if group is None:
            home = self._document
        elif not spec.head and (shared := self._climb(around, group)) is not None:
            home = shared
        else:
            home = self._new(group, around)
        self._open.discard(i)
        self._homes[i] = home
        return home

    def _parent_home(self, entity: Entity) -> Instance:
        if entity.parent is None:
            return self._document
        if not 0 <= entity.parent < len(self._entities):
            raise DefectError(f"parent {entity.parent} is not among the entities")
        return self._home(entity.parent)

    def _climb(self, around: Instance, group: str) -> Instance | None:
        """The instance of `group` that `around` is or stands in."""
        while around is not self._document:
            if around.path == group:
                return around
            around = self._outer[around]
        return None

    def _new(self, group: str, around: Instance) -> Instance:
        outer_group = self._schema.group_of(group)
        outer = self._document
        if outer_group is not None:
            outer = self._climb(around, outer_group) or self._around(outer_group, around)
        instance = Instance(group)
        outer.children.append(instance)
        self._outer[instance] = outer
        return instance

    def _around(self, group: str, around: Instance) -> Instance:
        """An instance of a group for what has no head there, in a loose schema always the same."""
        if not self._schema.loose:
            return self._new(group, around)
        if group not in self._headless:
            self._headless[group] = self._new(group, self._document)
        return self._headless[group]
