"""Links with through traffic or without, and the cheapest ways over them."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from entrepot.core.errors import ValueRangeError

UNREACHED = -9999
"""What SciPy writes as the predecessor of a node that nothing leads to."""


@dataclass(frozen=True, slots=True)
class Roads:
    """Directed links between numbered nodes; the first of the nodes are the zones of a demand.

    Several links may join the same two nodes.

    Attributes
    ----------
    nodes : number of nodes; they are 0 ... nodes - 1
    tail, head : (link,) nodes that a link leaves and reaches
    no_through : (node,) bool, nodes where trips may begin and end but not pass; None: no such node

    Raises
    ------
    ValueRangeError : a node that does not exist, a link from a node to itself, odd shapes

    """

    nodes: int
    tail: np.ndarray
    head: np.ndarray
    no_through: np.ndarray | None = field(default=None)

    def __post_init__(self) -> None:
        """Check the nodes."""
        tail, head = np.asarray(self.tail), np.asarray(self.head)
        closed = (
            np.zeros(self.nodes, dtype=bool)
            if self.no_through is None
            else np.asarray(self.no_through)
        )
        problems = _problems(self.nodes, tail, head, closed)
        if problems:
            raise ValueRangeError.collect("Roads", problems)
        for name, array in (("tail", tail), ("head", head), ("no_through", closed)):
            whole = np.array(array, dtype=bool if name == "no_through" else np.int64)
            whole.flags.writeable = False
            object.__setattr__(self, name, whole)

    def __len__(self) -> int:
        """Return the number of links."""
        return len(self.tail)

    def starts(self) -> np.ndarray:
        """(node,) where trips from a node begin: its own copy behind which no way leads."""
        assert self.no_through is not None
        return np.where(self.no_through, self.nodes + np.arange(self.nodes), np.arange(self.nodes))


def _problems(nodes: int, tail: np.ndarray, head: np.ndarray, closed: np.ndarray) -> list[str]:
    out = []
    if tail.ndim != 1 or tail.shape != head.shape or not len(tail):
        return [
            f"tail {tail.shape} and head {head.shape} must be two lists of one length, not empty."
        ]
    if not (np.issubdtype(tail.dtype, np.integer) and np.issubdtype(head.dtype, np.integer)):
        return [f"tail and head are {tail.dtype} and {head.dtype}; nodes are whole numbers."]
    for name, ends in (("tail", tail), ("head", head)):
        bad = np.flatnonzero((ends < 0) | (ends >= nodes))
        if len(bad):
            out.append(f"{name} of link {bad[0]} is node {ends[bad[0]]}; there are nodes 0 to "
                       f"{nodes - 1}. Count nodes from 0.")  # fmt: skip
    same = np.flatnonzero(tail == head)
    if len(same):
        out.append(f"link {same[0]} leads from node {tail[same[0]]} to itself. Leave it out.")
    if closed.shape != (nodes,) or closed.dtype != bool:
        out.append(f"no_through is {closed.dtype} {closed.shape}; give one bool per node.")
    return out


@dataclass(frozen=True, slots=True)
class Tree:
    """Cheapest ways from some origins.

    Attributes
    ----------
    distance : (origin, node) cost of the cheapest way; infinite where there is none
    before : (origin, node) link by which it arrives; -1 at the start and where there is no way

    """

    distance: np.ndarray
    before: np.ndarray


def cheapest(roads: Roads, cost: np.ndarray, origins: np.ndarray) -> Tree:
    """Cheapest ways from `origins` at `cost` (link,) >= 0, by SciPy's Dijkstra."""
    # SciPy's graphs take 0.36 s to import; most runs have no congestion.
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import dijkstra

    starts = roads.starts()
    size = 2 * roads.nodes
    key = starts[roads.tail] * size + roads.head
    order = np.lexsort((cost, key))
    kept = order[np.flatnonzero(np.diff(key[order], prepend=-1))]  # the cheapest of parallel links
    ends = (starts[roads.tail[kept]], roads.head[kept])
    graph = csr_matrix((cost[kept], ends), shape=(size, size))
    distance, found = dijkstra(graph, indices=starts[origins], return_predecessors=True)
    found = found[:, : roads.nodes].astype(np.int64)
    at = np.searchsorted(key[kept], found * size + np.arange(roads.nodes))
    before = np.where(found == UNREACHED, -1, kept[np.minimum(at, len(kept) - 1)])
    return Tree(distance[:, : roads.nodes], before)


def trace(
    roads: Roads, tree: Tree, row: np.ndarray, dest: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Links of the cheapest ways as two lists: which pair, which link.

    `row` and `dest` (pair,) are the row of the origin in `tree` and the destination; every
    destination must be reached.
    """
    pairs, steps = [], []
    at, alive = dest.copy(), np.arange(len(dest))
    while len(alive):
        link = tree.before[row[alive], at[alive]]
        alive, link = alive[link >= 0], link[link >= 0]
        pairs.append(alive)
        steps.append(link)
        at[alive] = roads.tail[link]
        # a node without through traffic is passed only as the copy where the trip begins
        assert roads.no_through is not None
        alive = alive[~roads.no_through[at[alive]]]
    return np.concatenate(pairs), np.concatenate(steps)
