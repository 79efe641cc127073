"""No password shows: not in files, logs, errors, metadata, the UI's answers, repr or pickles."""

import base64
import os
import pickle
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from erp_assets.defs.resources import SYSTEMS, connector, read_settings_again, resource
from tests.integration.project import HAS_SAP, Finished, erp, new_home, run
from tests.integration.real_systems import real_systems

RIGHT = {
    "oracle": "Canary-0racle-right",
    "sqlserver": "Canary-Sq1Server-right",
    "sap": "Canary-5ap-right",
}
WRONG = {
    "oracle": "Canary-0racle-wrong",
    "sqlserver": "Canary-Sq1Server-wrong",
    "sap": "Canary-5ap-wrong",
}
ASSETS = {
    "oracle": "raw/oracle/gl_periods",
    "sqlserver": "raw/sqlserver/dataarea",
    "sap": "raw/sap/t001",
}
DENIED = "raw/sqlserver/vendtrans"
EVERYTHING = """{
  repositoriesOrError { ... on RepositoryConnection { nodes {
    allTopLevelResourceDetails { name description configuredValues { key value type } }
    assetNodes { assetKey { path } metadataEntries { label description } } } } }
  runsOrError { ... on Runs { results { runConfigYaml tags { key value } eventConnection {
    events { __typename ... on MessageEvent { message }
      ... on ExecutionStepFailureEvent { error { message stack causes { message stack } } }
      ... on MaterializationEvent { metadataEntries { label description } } } } } } }
}"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An instance on which all systems were read, refused a table, and refused the login."""
    home = new_home(tmp_path_factory.mktemp("secrets") / "home")
    assets = [asset for system, asset in ASSETS.items() if HAS_SAP or system != "sap"]
    said = []
    with real_systems(**{f"{system}_password": word for system, word in RIGHT.items()}) as real:
        said.append(erp("doctor", home=home, **real.environment))
        said.append(materialize(home, *assets, DENIED, **real.environment))
        wrong = {f"ERP_{system.upper()}_PASSWORD": word for system, word in WRONG.items()}
        said.append(erp("doctor", home=home, **real.environment | wrong))
        said.append(materialize(home, *assets, **real.environment | wrong))
        said.append(graphql(home, **real.environment))
    (home / "said.txt").write_text("".join(finished.stdout + finished.stderr for finished in said))
    return home


def materialize(home: Path, *assets: str, **variables: str) -> Finished:
    """Load assets in one run, as ``dagster asset materialize`` does."""
    command = [
        sys.executable,
        "-m",
        "dagster",
        "asset",
        "materialize",
        "--select",
        ",".join(assets),
    ]
    return run([*command, "-m", "erp_assets.definitions"], home, **variables)


def graphql(home: Path, **variables: str) -> Finished:
    """What the webserver would tell anyone who asks for everything."""
    command = ["dagster-graphql", "-m", "erp_assets.definitions", "-t", EVERYTHING]
    return run(command, home, **variables)


def spellings(secret: str) -> Iterator[bytes]:
    """The secret as it may stand in a file."""
    for encoding in ("utf-8", "utf-16-le"):
        yield secret.encode(encoding)
        yield base64.b64encode(secret.encode(encoding)).rstrip(b"=")[:-1]


def test_the_search_would_find_what_was_said(home: Path) -> None:
    said = (home / "said.txt").read_text()
    for part in ("ORA-01017", "18456", "configuredValues", "VENDTRANS", "Materialized value"):
        assert part in said, said
    assert any(b"LOADER" in path.read_bytes() for path in home.rglob("*.db"))


@pytest.mark.parametrize("secret", [*RIGHT.values(), *WRONG.values()])
def test_a_password_is_in_no_file_log_error_or_answer(home: Path, secret: str) -> None:
    files = [path for path in home.rglob("*") if path.is_file()]
    assert len(files) > 10
    for path in files:
        content = path.read_bytes()
        assert not any(spelling in content for spelling in spellings(secret)), path


@pytest.mark.parametrize("system", SYSTEMS)
def test_neither_resource_nor_connector_gives_its_password_away(
    system: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if system == "sap" and not HAS_SAP:
        pytest.skip("SAP is read by C++, which is not built")
    with real_systems(**{f"{name}_password": word for name, word in RIGHT.items()}) as real:
        for name, value in real.environment.items():
            monkeypatch.setenv(name, value)
        read_settings_again()
        try:
            with connector(system) as found:
                found.connect()
                for thing in (resource(system), found):
                    assert not tells(thing, RIGHT[system])
        finally:
            read_settings_again()
    assert os.environ[f"ERP_{system.upper()}_PASSWORD"] == RIGHT[system]


def tells(thing: object, secret: str) -> bool:
    """Whether text or pickle of a thing hold the secret; a thing may refuse to be pickled."""
    if secret in f"{thing!r} {thing}":
        return True
    try:
        return secret.encode() in pickle.dumps(thing)
    except (TypeError, AttributeError, pickle.PicklingError) as error:
        return secret in str(error)
