"""What every test needs: no memory of the sources that earlier tests broke."""

import pytest

from erp_resources import breaker, retry


@pytest.fixture(autouse=True)
def _nothing_is_known_of_any_source() -> None:
    breaker.start_over()
    retry.start_over()
