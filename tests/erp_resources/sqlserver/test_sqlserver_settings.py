"""How SQL Server is reached: the attributes of both drivers, and what is refused as unsafe."""

import json
import pickle
from dataclasses import replace
from typing import Any

import pytest
from structlog.testing import capture_logs

from erp_resources.errors import SettingsError
from erp_resources.odbc import drivers
from erp_resources.odbc.connection import ConnectParams
from erp_resources.odbc.drivers import Driver
from erp_resources.sqlserver import SqlServerResource
from erp_resources.sqlserver.connection import Endpoint, attributes, find_driver, is_freetds
from erp_resources.sqlserver.dialect import SqlServerDialect

PASSWORD = "s3cret;}{'\"=pwd"
MICROSOFT = Driver("ODBC Driver 18 for SQL Server", "/opt/lib/libmsodbcsql-18.so", "wheel")
FREETDS = Driver("FreeTDS", "/usr/lib/odbc/libtdsodbc.so", "odbcinst.ini")
REMOTE = Endpoint("ax", "db1.example.com", 1433, "AX")


def test_microsofts_driver_encrypts_and_verifies_by_default() -> None:
    found = attributes(REMOTE, MICROSOFT)
    assert found["Driver"] == MICROSOFT.path
    assert found["Server"] == "tcp:db1.example.com,1433"
    assert (found["Encrypt"], found["TrustServerCertificate"]) == ("yes", "no")
    assert found["ConnectRetryCount"] == "0"


def test_freetds_gets_attributes_of_its_own() -> None:
    found = attributes(replace(REMOTE, trust_server_certificate=True), FREETDS)
    assert (found["Server"], found["Port"]) == ("db1.example.com", "1433")
    assert found["Encryption"] == "require"
    assert found["TDS_Version"] == "7.4"
    assert found["ClientCharset"] == "UTF-8"
    assert "Encrypt" not in found


@pytest.mark.parametrize("driver", [MICROSOFT, FREETDS])
def test_a_readable_secondary_can_be_asked_for(driver: Driver) -> None:
    asked = replace(REMOTE, application_intent="ReadOnly", trust_server_certificate=True)
    assert attributes(asked, driver)["ApplicationIntent"] == "ReadOnly"
    assert attributes(asked, driver)["APP"] == "erp-assets"


@pytest.mark.parametrize("driver", [MICROSOFT, FREETDS])
def test_no_password_travels_in_the_clear_unless_that_is_said(driver: Driver) -> None:
    plain = replace(REMOTE, encrypt="no")
    with pytest.raises(SettingsError, match="allow_unencrypted"):
        attributes(plain, driver)
    attributes(replace(plain, allow_unencrypted=True), driver)


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", "LOCALHOST", "127.9.9.9"])
def test_on_this_machine_encryption_may_be_off(host: str) -> None:
    assert attributes(replace(REMOTE, host=host, encrypt="no"), MICROSOFT)["Encrypt"] == "no"


@pytest.mark.parametrize("host", ["127.0.0.1.example.com", "localhost.evil.com", "10.0.0.1"])
def test_a_name_that_looks_like_this_machine_is_not(host: str) -> None:
    with pytest.raises(SettingsError, match="allow_unencrypted"):
        attributes(replace(REMOTE, host=host, encrypt="no"), MICROSOFT)


def test_freetds_is_not_trusted_to_verify_a_certificate() -> None:
    with pytest.raises(SettingsError, match=r"`ca file`.*Microsoft's driver"):
        attributes(REMOTE, FREETDS)


def test_strict_encryption_needs_microsofts_driver() -> None:
    strict = replace(REMOTE, encrypt="strict", server_certificate="/etc/ssl/ax.pem")
    assert attributes(strict, MICROSOFT)["ServerCertificate"] == "/etc/ssl/ax.pem"
    with pytest.raises(SettingsError, match="Microsoft's driver"):
        attributes(strict, FREETDS)


def test_a_certificate_that_the_driver_would_ignore_is_refused() -> None:
    with pytest.raises(SettingsError, match="SSL_CERT_FILE"):
        attributes(replace(REMOTE, server_certificate="/etc/ssl/ax.pem"), MICROSOFT)


@pytest.mark.parametrize("host", [r"db1\AX", "db1,1433"])
def test_a_named_instance_is_reached_by_its_port(host: str) -> None:
    with pytest.raises(SettingsError, match="TCP port"):
        attributes(replace(REMOTE, host=host), MICROSOFT)


def test_the_first_choice_is_microsofts_driver(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drivers, "installed", lambda: [FREETDS, MICROSOFT])
    assert find_driver("auto", "ax") is MICROSOFT
    assert find_driver("FreeTDS", "ax") is FREETDS


def test_freetds_is_taken_where_there_is_no_other_and_that_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(drivers, "installed", lambda: [FREETDS])
    with capture_logs() as lines:
        assert is_freetds(find_driver("auto", "ax"))
    assert [line["log_level"] for line in lines] == ["warning"]
    assert "FreeTDS is used" in lines[0]["event"]


@pytest.mark.parametrize("wanted", ["auto", "ODBC Driver 99 for SQL Server", "/no/libtdsodbc.so"])
def test_a_missing_driver_is_named_with_what_installs_it(
    monkeypatch: pytest.MonkeyPatch, wanted: str
) -> None:
    monkeypatch.setattr(drivers, "installed", list)
    with pytest.raises(SettingsError, match=r"extra 'sqlserver'.*tdsodbc"):
        find_driver(wanted, "ax")


def resource(**settings: Any) -> SqlServerResource:
    fixed = {"mode": "real", "host": "127.0.0.1", "database": "AX", "user": "reader"}
    return SqlServerResource(**{**fixed, "password": PASSWORD, **settings})


def test_the_password_is_in_no_repr() -> None:
    params = ConnectParams(
        attributes(REMOTE, MICROSOFT), SqlServerDialect(), "reader", PASSWORD, "ax"
    )
    for shown in (repr(resource()), str(resource()), repr(params), str(params.attributes)):
        assert PASSWORD not in shown
        assert "s3cret" not in shown


@pytest.mark.parametrize(
    "holder", [resource(), ConnectParams({}, SqlServerDialect(), "reader", PASSWORD)]
)
def test_what_holds_the_password_is_not_pickled(holder: object) -> None:
    with pytest.raises(TypeError) as raised:
        pickle.dumps(holder)
    assert "s3cret" not in str(raised.value)


def test_every_field_of_the_resource_is_described() -> None:
    schema = json.loads(json.dumps(SqlServerResource.model_json_schema()))
    for name, field in schema["properties"].items():
        assert field.get("description"), name
