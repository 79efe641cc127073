"""``ErpResource``: what every ERP system is as a Dagster resource, whatever its kind."""

from abc import abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Literal, NoReturn, TypeVar

import dagster as dg
from pydantic import Field

from erp_resources.pool import PoolSettings

C = TypeVar("C")


class ErpResource(dg.ConfigurableResource[C]):
    """One ERP system and one account on it, reached by a connector of type ``C``."""

    system: str = Field(description="Key of the system in declarations.")
    mode: Literal["sandbox", "real"] = Field(description="What it is; every load records it.")
    pool: PoolSettings = Field(default=PoolSettings(), description="Sessions and patience.")
    call_timeout: float = Field(default=300.0, description="Most seconds for one call.")

    @abstractmethod
    def connector(self) -> AbstractContextManager[C]:
        """The connector, whose sessions close at the end of the block.

        Raises:
            SettingsError: the settings cannot be right, or something that they need is missing.
        """

    @contextmanager
    def yield_for_execution(
        self,
        context: dg.InitResourceContext,  # noqa: ARG002 - Dagster's signature
    ) -> Iterator[C]:
        """What an asset gets as ``context.resources.<system>``: a connector on one pool a run."""
        with self.connector() as connector:
            yield connector

    def __reduce__(self) -> NoReturn:
        raise TypeError(f"{self.system}: this resource holds a password and is not pickled")
