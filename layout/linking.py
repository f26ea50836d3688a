"""Parents: which entities of repeated groups belong under which, by SPADE's `rel_g` scores.

The constraints that hold here are named in `layout.decode`. Heads open the instances of a group;
everything else of the group belongs under one of them. In a loose schema only the fields that the
schema calls heads are heads, and an entity has a parent only where one is likelier than "none".
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from layout.graph import Entity, GraphScores
from layout.in_order import Reading, runs_in_order
from layout.run_on import heads_that_run_on
from layout.schema import DocumentSchema
from layout.windows import NEVER

MAX_AT_ONCE = 1_000
"""Entities of a group that are read in order at once: some 150 line items.
What is longer is read in stretches: time and memory grow with heads times entities."""
MIN_OTHER_SHARE = 0.2
"""Smallest probability of a further parent, which must also be likelier than "none". The answer to
two of a form's questions shares its probability between them."""


def link_entities(
    scores: GraphScores,
    entities: Sequence[Entity],
    schema: DocumentSchema,
    *,
    without: frozenset[str] = frozenset(),
) -> list[Entity]:
    """Give entities their parents, those that were decoded or those that are known to be true.

    Args:
        scores: of the document; only `rel_g` and the reading order are used.
        entities: whose first words open them; parents that they have are replaced.
        schema: of which they are.
        without: constraints of `layout.decode` that are not applied: `one_head`, `one_of_each`,
            `run_on` and `in_order` are the ones that count here.

    Returns:
        The same entities in the same order, their parents a forest.
    """
    words = [entity.all_word_ids[0] for entity in entities]
    rel_g = scores.rel_g[np.ix_(words, words)].astype(np.float64)  # [parent, child] of entities
    ranks = [int(scores.rank(word)) for word in words]
    linker = _Linker([entity.path for entity in entities], rel_g, ranks, schema, without)
    linker.run()
    return [
        replace(entity, parent=linker.parents.get(i), other_parents=linker.others.get(i, ()))
        for i, entity in enumerate(entities)
    ]


class _Linker:
    """Links entities, given by their paths, one group after the other."""

    def __init__(
        self,
        paths: Sequence[str],
        rel_g: npt.NDArray[np.float64],
        ranks: Sequence[int],
        schema: DocumentSchema,
        without: frozenset[str],
    ) -> None:
        self._paths = paths
        self._rank = ranks.__getitem__
        self._rel_g = rel_g
        self._schema = schema
        self._without = without
        self.parents: dict[int, int] = {}
        self.others: dict[int, tuple[int, ...]] = {}

    def run(self) -> None:
        """Find the parents, those of outer groups first."""
        group_of = [self._schema.group_of(path) for path in self._paths]
        heads: dict[str, list[int]] = {}
        for group in sorted({g for g in group_of if g is not None}, key=lambda g: g.count(".")):
            members = [i for i, g in enumerate(group_of) if g == group]
            around = heads.get(self._schema.group_of(group) or "", [])
            heads[group] = self._choose_heads(members, around)
            if around and self._schema.run_on and "run_on" not in self._without:
                self._put_run_on(heads[group], around)
            elif around and self._is_in_order:
                self._put_in_order(heads[group], around)
            elif around:
                for head in heads[group]:
                    self._put(head, self._ranked(head, around)[0], around)
            self._attach([i for i in members if i not in heads[group]], heads[group])

    def _put_run_on(self, inner: Sequence[int], around: Sequence[int]) -> None:
        """Put the heads of inner groups, in reading order, under heads that run on."""
        members, heads = sorted(inner, key=self._rank), sorted(around, key=self._rank)
        logits = self._rel_g[np.ix_(heads, members)]
        at = {self._rank(i): i for i in heads}
        # Of a head that no window shows beside a member, "none" of those shown says nothing.
        chosen = heads_that_run_on(
            np.where(logits <= NEVER, 0.0, logits), [self._rank(i) for i in members], list(at)
        )
        self.parents.update(
            {m: at[rank] for m, rank in zip(members, chosen, strict=True) if rank is not None}
        )

    def _choose_heads(self, members: Sequence[int], around: Sequence[int]) -> list[int]:
        """The entities that open an instance of a group.

        Those whose field the schema calls the head. In a strict schema that is not read in order,
        or has none of these, also those that no other member claims more than "none" or a head of
        the group around it does, and at least one.
        """
        named = [i for i in members if self._schema.by_path[self._paths[i]].head]
        if self._schema.loose or (named and self._is_in_order):
            return named
        claims = {i: self._claim(i, (j for j in members if j != i)) for i in members}
        heads = [i for i in members if i in named or claims[i] <= max(0.0, self._claim(i, around))]
        return heads or [min(members, key=lambda i: claims[i])]

    def _claim(self, child: int, parents: Iterable[int]) -> float:
        return max((float(self._rel_g[parent, child]) for parent in parents), default=-np.inf)

    def _ranked(self, child: int, heads: Sequence[int]) -> list[int]:
        return sorted(heads, key=lambda head: -float(self._rel_g[head, child]))

    def _attach(self, members: Sequence[int], heads: Sequence[int]) -> None:
        """Put entities that are no heads under heads; clear cases choose first."""
        if not heads:
            return
        if self._is_in_order:
            self._put_in_order(members, heads)
            return
        held = {(head, self._paths[head]) for head in heads}
        for i in sorted(members, key=lambda i: -self._claim(i, heads)):
            path = self._paths[i]
            ranked = self._ranked(i, heads)
            chosen = ranked[0]
            if "one_of_each" not in self._without and not self._schema.by_path[path].repeated:
                chosen = next((head for head in ranked if (head, path) not in held), chosen)
            self._put(i, chosen, heads)
            held.add((chosen, path))

    @property
    def _is_in_order(self) -> bool:
        return "in_order" not in self._without and not self._schema.loose

    def _put_in_order(self, members: Sequence[int], heads: Sequence[int]) -> None:
        """Put members, or heads of inner groups, under heads: what stands together under one.

        What stands together without a head belongs under its first member.
        """
        entities = sorted([*members, *heads], key=self._rank)
        is_inside = len({self._schema.group_of(self._paths[i]) for i in entities}) == 1
        known = frozenset(heads)
        before = min(heads, key=self._rank)
        for start in range(0, len(entities), MAX_AT_ONCE):
            part = entities[start : start + MAX_AT_ONCE]
            own = [i for i in part if i in known]
            ordered = own if before in own else [before, *own]
            self._put_part_in_order(part, ordered, heads, is_inside=is_inside)
            before = ordered[-1]

    def _put_part_in_order(
        self, part: Sequence[int], ordered: Sequence[int], heads: Sequence[int], *, is_inside: bool
    ) -> None:
        """Put a stretch of entities under heads that stand in it, or the last one before it."""
        row_of = {head: row for row, head in enumerate(ordered)}
        reading = Reading(
            logits=self._rel_g[np.ix_(ordered, part)],
            heads=[row_of.get(i) for i in part],
            paths=[self._path_held_once(i) if is_inside else None for i in part],
        )
        for run in runs_in_order(reading, may_lack_heads=is_inside):
            held = [i for i in part[run.start : run.end] if i not in row_of]
            if run.head is None:
                for i in held[1:]:
                    self.parents[i] = held[0]
            else:
                for i in held:
                    self._put(i, ordered[run.head], heads)

    def _path_held_once(self, i: int) -> str | None:
        """The entity's field, if its group holds it once."""
        path = self._paths[i]
        is_held_once = not self._schema.by_path[path].repeated
        return path if is_held_once and "one_of_each" not in self._without else None

    def _put(self, child: int, parent: int, heads: Sequence[int]) -> None:
        """Note a parent; in a loose schema only one that is likelier than "none"."""
        if self._schema.loose and self._rel_g[parent, child] <= 0:
            return
        self.parents[child] = parent
        if "one_head" in self._without:
            logits = self._rel_g[heads, child]
            is_likely = (logits > 0) & (_shares(logits) >= MIN_OTHER_SHARE)
            likely = [head for head, flag in zip(heads, is_likely, strict=True) if flag]
            self.others[child] = tuple(h for h in self._ranked(child, likely) if h != parent)


def _shares(logits: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The probabilities of one entity's possible parents, "none" at logit 0 taking part."""
    top = max(float(logits.max()), 0.0)
    exponentials = np.exp(logits - top)
    shares: npt.NDArray[np.float64] = exponentials / (exponentials.sum() + np.exp(-top))
    return shares
