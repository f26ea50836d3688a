import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from layout.assemble import assemble
from layout.decode import decode
from layout.graph import Entity, FieldGraph, Floats, GraphScores
from layout.result import GroupField
from layout.schema import DocumentSchema, load_schema
from layout.tabular import walk_leaves
from tests.unit.layout.paper import page

RECEIPT = load_schema("receipt")
SCHEMAS = [RECEIPT, load_schema("cord"), load_schema("sroie")]


@st.composite
def forests(draw: st.DrawFn) -> FieldGraph:
    """Any forest over the receipt schema, one word an entity."""
    paths = draw(st.lists(st.sampled_from([spec.path for spec in RECEIPT.leaves]), max_size=25))
    entities: list[Entity] = []
    for i, path in enumerate(paths):
        around = RECEIPT.group_of(path)
        outer = None if around is None else RECEIPT.group_of(around)
        possible = [
            j
            for j, other in enumerate(entities)
            if RECEIPT.group_of(other.path) in {around, outer} - {None}
        ]
        parent = draw(st.none() | st.sampled_from(possible)) if possible else None
        entities.append(Entity(path, (i,), draw(st.floats(0, 1)), parent=parent))
    return FieldGraph(tuple(entities))


@given(found=forests())
def test_every_leaf_in_the_tree_is_an_entity_and_lists_lose_none(found: FieldGraph) -> None:
    # Numbers, for a group of one that cannot be read is left out.
    paper = page(*[f"{i + 1}.00" for i in range(len(found.entities))])
    fields, _ = assemble(found, [paper], RECEIPT)
    placed = [(path, leaf_field.regions[0].word_ids[0]) for path, leaf_field in walk_leaves(fields)]
    for path, word_id in placed:
        names = ".".join(part.partition("[")[0] for part in path.split("."))
        assert names == found.entities[word_id].path
    assert len({word_id for _, word_id in placed}) == len(placed)
    kept = {word_id for _, word_id in placed}
    for i, entity in enumerate(found.entities):
        is_alone = all(other.path != entity.path for other in found.entities if other is not entity)
        assert i in kept or not is_alone


@given(
    seed=st.integers(0, 2**32 - 1),
    n_words=st.integers(1, 20),
    schema=st.sampled_from(SCHEMAS),
)
def test_whatever_is_decoded_can_be_assembled(
    seed: int, n_words: int, schema: DocumentSchema
) -> None:
    random = np.random.default_rng(seed)

    def logits(*shape: int) -> Floats:
        return random.normal(-0.5, 3.0, shape).astype(np.float32)

    scores = GraphScores(
        labels=schema.labels,
        initial=logits(len(schema.labels), n_words),
        rel_s=logits(n_words, n_words),
        rel_g=logits(n_words, n_words),
        key=logits(n_words),
    )
    paper = page(*[f"{word}.00 x" for word in range(n_words // 2)], *["7.00"] * (n_words % 2))
    found = decode(scores, schema)
    fields, _ = assemble(found, [paper], schema)
    # A group of numbers that cannot be read may be left out, nothing else.
    assert bool(found.entities) or not fields
    assert fields or all("." in entity.path for entity in found.entities)
    placed = {
        word
        for _, each in walk_leaves(fields)
        for region in each.regions
        for word in region.word_ids
    }
    assert placed <= {word for entity in found.entities for word in entity.word_ids}


@given(found=forests())
def test_groups_are_no_surer_than_their_members(found: FieldGraph) -> None:
    paper = page(*[f"w{i}" for i in range(len(found.entities))])
    fields, _ = assemble(found, [paper], RECEIPT)
    for node in fields.values():
        for each in node if isinstance(node, list) else [node]:
            if isinstance(each, GroupField):
                members = [member.confidence for _, member in walk_leaves(each.fields)]
                assert each.confidence == min(members)
