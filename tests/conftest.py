"""What every test needs: no memory of the sources that earlier tests broke, and patience."""

import pytest
from hypothesis import HealthCheck, settings

from erp_resources import breaker, retry

# Else an example fails that takes 200 ms, as one may on a machine that has other things to do.
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("patient", PATIENT)
settings.load_profile("patient")


@pytest.fixture(autouse=True)
def _nothing_is_known_of_any_source() -> None:
    breaker.start_over()
    retry.start_over()
