"""What two sketches say of the sets that they were made from."""

from __future__ import annotations

import random

from patchwatch.mail.sketch import overlap

SIZE = 24


def sketch(numbers: set[int]) -> tuple[int, ...]:
    return tuple(sorted(numbers)[:SIZE])


def test_small_sets_are_compared_as_a_whole() -> None:
    found = overlap((1, 5, 9), (5, 9, 11, 20), SIZE)
    assert (found.common, found.fewer, found.all) == (2, 3, 5)
    assert (found.share, found.alike) == (2 / 3, 2 / 5)


def test_an_empty_set_has_nothing_in_common() -> None:
    assert overlap((), (), SIZE).share == overlap((), (1, 2), SIZE).alike == 0


def test_what_is_above_a_full_sketch_is_not_taken_as_missing() -> None:
    many, few = set(range(0, 4_000, 2)), {0, 2, 4, 3_000}
    found = overlap(sketch(many), sketch(few), SIZE)
    assert found.share == 1


def test_large_sets_are_estimated() -> None:
    chance = random.Random(7)
    for wanted in (0.1, 0.5, 0.9):
        off = []
        for _ in range(200):
            numbers = chance.sample(range(1 << 24), 1_000)
            shared = round(1_000 * wanted)
            rest = (1_000 - shared) // 2
            one, other = set(numbers[: shared + rest]), set(numbers[:shared]) | set(numbers[shared + rest :])
            off.append(overlap(sketch(one), sketch(other), SIZE).alike - shared / len(one | other))
        assert abs(sum(off) / len(off)) < 0.02
        assert max(map(abs, off)) < 0.4
