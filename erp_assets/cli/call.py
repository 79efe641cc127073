"""``erp call``: one function of an SAP system, its outputs as JSON."""

import json
from typing import Annotated, Any

import typer

from erp_resources.errors import InvalidQuery, SettingsError


def call(
    system: str,
    function: str,
    parameters: Annotated[
        list[str] | None, typer.Argument(help="NAME=VALUE; tables and structures as JSON.")
    ] = None,
    commit: Annotated[
        bool, typer.Option(help="Keep what the function changes; else it is rolled back.")
    ] = False,
) -> None:
    """Call FUNCTION, which must be on the list ERP_<SYSTEM>_FUNCTIONS; print what it returns."""
    from erp_assets.defs.resources import connector
    from erp_resources.sap import SapConnector

    given = dict(map(_parameter, parameters or []))
    with connector(system) as source:
        if not isinstance(source, SapConnector):
            raise SettingsError(f"{system}: functions can be called in SAP systems only")
        outputs = source.call(function, commit=commit, **given)
    typer.echo(json.dumps(outputs, indent=2, ensure_ascii=False, default=_plain))


def _parameter(text: str) -> tuple[str, Any]:
    name, separator, value = text.partition("=")
    if not separator:
        raise InvalidQuery(f"{text!r} is no parameter; write it as NAME=VALUE")
    if not value.startswith(("{", "[")):
        return name, value
    try:
        return name, json.loads(value)
    except ValueError as error:
        raise InvalidQuery(f"the value of {name} is no JSON: {error}") from error


def _plain(value: object) -> str:
    return value.hex() if isinstance(value, bytes) else str(value)
