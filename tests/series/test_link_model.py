"""The model of version links: its file, its sums, its reasons; and that reading it needs nothing but Python."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from patchwatch.series.link_features import FEATURES
from patchwatch.series.link_model import FILE, LinkModel, default_model, read_model
from patchwatch.series.regression import Term

NOTHING = (0.0,) * len(FEATURES)


def vector(**features: float) -> tuple[float, ...]:
    """The features with these values, underscores for dashes, and 0 for the others."""
    values = {name.replace("_", "-"): value for name, value in features.items()}
    assert values.keys() <= set(FEATURES)
    return tuple(values.get(name, 0.0) for name in FEATURES)


def test_the_model_that_comes_with_patchwatch_has_a_term_for_each_feature() -> None:
    model = default_model()
    assert tuple(model.terms) == FEATURES
    assert all(term.scale > 0 for term in model.terms.values())


def test_contributions_and_bias_sum_to_the_log_odds() -> None:
    model = default_model()
    measured = vector(same_author=1, same_title=1, similar_title=1, same_files=0.5, same_prose=0.25, days_apart=2)
    assert model.bias + sum(model.contributions(measured).values()) == pytest.approx(model.log_odds(measured))


def test_what_a_model_says_of_a_candidate_that_has_everything_in_common() -> None:
    model = default_model()
    alike = vector(
        same_author=1,
        same_address=1,
        same_recipients=1,
        recipients_alike=1,
        same_title=1,
        same_patch_titles=1,
        similar_title=1,
        title_contained=1,
        title_by_rarity=1,
        same_files=1,
        files_alike=1,
        same_prose=1,
    )
    assert model.log_odds(alike) > 0 > model.log_odds(NOTHING)
    assert {"same-title", "same-author", "same-files", "same-prose"} <= set(model.evidence(alike))
    assert "similar-title" not in model.evidence(alike)  # the stronger word for the same says it


def test_evidence_names_only_what_was_found_the_strongest_first() -> None:
    weights = {"same-title": 1.0, "same-files": 2.0, "same-prose": 3.0, "same-recipients": -1.0}
    terms = {name: Term(weights.get(name, 0.5), 0.0, 1.0) for name in FEATURES}
    model = LinkModel(terms, 0.0)
    found = model.evidence(vector(same_title=1, same_files=1, same_recipients=1))
    assert found == ("same-files", "same-title")


def test_a_model_of_other_features_is_refused(tmp_path: Path) -> None:
    other = LinkModel({"same-weather": Term(1.0, 0.0, 1.0)}, 0.0)
    (tmp_path / "model.json").write_bytes(msgspec.json.encode(other))
    with pytest.raises(ValueError, match="train it again"):
        read_model(tmp_path / "model.json")


def test_reading_and_using_the_model_needs_no_numpy() -> None:
    code = (
        "import sys; sys.modules['numpy'] = sys.modules['sklearn'] = None\n"
        "from patchwatch.series.link_model import FEATURES, default_model\n"
        "default_model().log_odds([1.0] * len(FEATURES))"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_file_is_small() -> None:
    assert FILE.stat().st_size < 8_000
