"""The error tree: what its classes promise to those who decide about retries."""

import copy
import inspect
import pickle
import re

import pytest

from erp_resources import errors
from erp_resources.errors import (
    ErpError,
    PermanentError,
    SourceBusy,
    TableNotFound,
    TransientError,
)

CLASSES = [kind for _, kind in inspect.getmembers(errors, inspect.isclass)]
LEAVES = [kind for kind in CLASSES if kind not in {ErpError, TransientError, PermanentError}]


@pytest.mark.parametrize("kind", LEAVES)
def test_every_error_is_either_transient_or_permanent(kind: type[ErpError]) -> None:
    assert issubclass(kind, TransientError) != issubclass(kind, PermanentError)


@pytest.mark.parametrize("kind", CLASSES)
def test_every_error_says_when_it_is_raised(kind: type[ErpError]) -> None:
    assert kind.__doc__


def test_the_drawing_shows_every_class() -> None:
    drawn = re.findall(r"(?:^|── )([A-Z]\w+)", errors.__doc__ or "", re.MULTILINE)
    assert {kind.__name__ for kind in CLASSES} <= set(drawn)


@pytest.mark.parametrize("kind", CLASSES)
def test_an_error_survives_pickle_and_copy(kind: type[ErpError]) -> None:
    error = kind("sap: table 'VBAK' is locked; try later", code="ORA-00054")
    for twin in (pickle.loads(pickle.dumps(error)), copy.copy(error)):  # noqa: S301 - our own bytes
        assert type(twin) is kind
        assert str(twin) == str(error)
        assert twin.code == "ORA-00054"


def test_the_delay_that_a_source_asks_for_survives_pickle() -> None:
    error = SourceBusy("azure: too many requests; wait", code="40501", retry_after=10.0)
    assert pickle.loads(pickle.dumps(error)).retry_after == 10.0  # noqa: S301 - our own bytes


def test_a_note_added_on_the_way_survives_pickle() -> None:
    error = TableNotFound("sap: table 'VBAK' does not exist")
    error.add_note("asset raw/sap/vbak")
    assert pickle.loads(pickle.dumps(error)).__notes__ == ["asset raw/sap/vbak"]  # noqa: S301 - our own bytes
