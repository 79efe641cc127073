"""Runs the kernel tests on each implementation that is there."""

import pytest

from erp_kernels import Implementation, implementation


def _built() -> bool:
    try:
        return implementation("cpp") == "cpp"
    except RuntimeError:
        return False


needs_cpp = pytest.mark.skipif(not _built(), reason="the C++ kernels are not built")


@pytest.fixture(scope="session", params=["reference", pytest.param("cpp", marks=needs_cpp)])
def choice(request: pytest.FixtureRequest) -> Implementation:
    chosen: Implementation = request.param
    return chosen


@pytest.fixture(scope="session")
def cpp() -> None:
    """Skips the test where the C++ kernels are not built."""
    if not _built():
        pytest.skip("the C++ kernels are not built")
