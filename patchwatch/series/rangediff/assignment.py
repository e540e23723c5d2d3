"""The assignment problem: pairs with the greatest total gain, for the few patches that are hard to match.

The least-cost assignment of `git range-diff`, in which a patch may stay alone, is the same problem: the gain of a pair
is the cost of leaving both alone minus the cost of pairing them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

_MAX_GROUP = 200  # members on the smaller side; larger groups are matched greedily

Gains = Mapping[tuple[int, int], float]


def best_pairs(gains: Gains) -> list[tuple[int, int]]:
    """Pairs (left, right) with the greatest sum of gains, each number in at most one; only gains above zero count.

    O(n²m) for each group of numbers that compete, n of them on its smaller side.
    """
    positive = {pair: gain for pair, gain in gains.items() if gain > 0}
    found: list[tuple[int, int]] = []
    for group in _groups(positive):
        left = sorted({a for a, _ in group})
        right = sorted({b for _, b in group})
        if min(len(left), len(right)) > _MAX_GROUP:
            found += _greedy(group)
        elif len(left) <= len(right):
            cost = [[-group.get((a, b), 0.0) for b in right] for a in left]
            found += [(left[n], right[m]) for n, m in _hungarian(cost) if (left[n], right[m]) in group]
        else:
            cost = [[-group.get((a, b), 0.0) for a in left] for b in right]
            found += [(left[m], right[n]) for n, m in _hungarian(cost) if (left[m], right[n]) in group]
    return sorted(found)


def _groups(gains: Gains) -> list[dict[tuple[int, int], float]]:
    """The pairs parted into groups that share no number."""
    rights: dict[int, list[int]] = defaultdict(list)
    lefts: dict[int, list[int]] = defaultdict(list)
    for a, b in gains:
        rights[a].append(b)
        lefts[b].append(a)
    groups: list[dict[tuple[int, int], float]] = []
    seen: set[int] = set()
    for start in rights:
        if start in seen:
            continue
        seen.add(start)
        todo, group = [start], {}
        while todo:
            a = todo.pop()
            for b in rights[a]:
                group[a, b] = gains[a, b]
                todo += [other for other in lefts[b] if other not in seen]
                seen.update(lefts[b])
        groups.append(group)
    return groups


def _greedy(gains: Gains) -> list[tuple[int, int]]:
    taken: list[tuple[int, int]] = []
    left: set[int] = set()
    right: set[int] = set()
    for a, b in sorted(gains, key=lambda pair: (-gains[pair], pair)):
        if a not in left and b not in right:
            taken.append((a, b))
            left.add(a)
            right.add(b)
    return taken


def _hungarian(cost: list[list[float]]) -> list[tuple[int, int]]:
    """The assignment of every row to a column of its own at the least cost; there are as many columns as rows, or more.

    Kuhn and Munkres by shortest augmenting paths (Jonker and Volgenant): rows are added one by one, `row_price` and
    `column_price` keep every reduced cost at zero or above.
    """
    rows, columns = len(cost), len(cost[0])
    row_price = [0.0] * rows
    column_price = [0.0] * columns
    owner: list[int | None] = [None] * columns
    for new in range(rows):
        distance = [float("inf")] * columns
        before: list[int | None] = [None] * columns  # the column from which the path came here
        done: list[tuple[int, int]] = []  # columns, and the rows that hold them
        open_columns = set(range(columns))
        row, via, reached = new, None, 0.0
        while True:
            for column in open_columns:
                length = reached + cost[row][column] - row_price[row] - column_price[column]
                if length < distance[column]:
                    distance[column], before[column] = length, via
            nearest = min(open_columns, key=lambda c: (distance[c], c))
            reached = distance[nearest]
            open_columns.remove(nearest)
            holder = owner[nearest]
            if holder is None:
                break
            done.append((nearest, holder))
            row, via = holder, nearest
        row_price[new] += reached
        for column, holder in done:
            row_price[holder] += reached - distance[column]
            column_price[column] -= reached - distance[column]
        end: int | None = nearest
        while end is not None:
            previous = before[end]
            owner[end] = new if previous is None else owner[previous]
            end = previous
    return [(row, column) for column, row in enumerate(owner) if row is not None]
