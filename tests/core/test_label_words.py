"""What an unknown label is told."""

from __future__ import annotations

import pytest

from entrepot.core.errors import LabelError
from entrepot.core.labels import check_known, indefinite


@pytest.mark.parametrize(
    ("noun", "words"),
    [("economy", "an economy"), ("sector", "a sector"), ("unit", "a unit"), ("rail", "a rail")],
)
def test_the_article_fits_the_noun(noun, words):
    assert indefinite(noun) == words
    with pytest.raises(LabelError, match=rf"'Z' is not {words} of here"):
        check_known(["Z"], ["A"], noun, "here")
