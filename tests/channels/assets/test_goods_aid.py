"""Gifts of goods: what replaces purchases is worth what money is worth."""

import numpy as np
import pytest

from entrepot.channels.assets import inframarginal
from entrepot.core.errors import ValueRangeError


def test_share_that_equals_money():
    np.testing.assert_allclose(inframarginal([10.0, 50.0, 0.0], 20.0), [1, 0.4, 1])
    assert inframarginal(50.0, 20.0, 0.5) == pytest.approx(0.2)
    assert inframarginal(50.0, 0.0) == 0


@pytest.mark.parametrize("bad", [(-1.0, 1.0), (1.0, -1.0), (np.inf, 1.0)])
def test_negative_numbers_are_refused(bad):
    with pytest.raises(ValueRangeError, match="must not be negative"):
        inframarginal(*bad)
