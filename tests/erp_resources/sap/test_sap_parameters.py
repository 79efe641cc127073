"""Settings of a logon: which go together, what shape they have, and what must stay secret."""

import pickle
from typing import Any

import pytest

from erp_resources.errors import SettingsError
from erp_resources.sap import SapResource
from erp_resources.sap.parameters import LogonParams, checked

DIRECT = {
    "ASHOST": "sap.example", "SYSNR": "00", "CLIENT": "100", "USER": "READER", "PASSWD": "s3cret",
}  # fmt: skip
GROUP = {"MSHOST": "ms.example", "R3NAME": "PRD", "GROUP": "PUBLIC"}
WITHOUT_ROUTE = {name: DIRECT[name] for name in ("CLIENT", "USER", "PASSWD")}


@pytest.mark.parametrize(
    "given",
    [
        DIRECT,
        DIRECT | {"LANG": "EN", "SAPROUTER": "/H/router/S/3299/H/"},
        DIRECT | {"SAPROUTER": "/H/r1/W/pass/H/r2/S/3299/H/"},
        GROUP | WITHOUT_ROUTE,
        GROUP | WITHOUT_ROUTE | {"MSSERV": "sapmsPRD"},
        WITHOUT_ROUTE | {"WSHOST": "cloud.example", "WSPORT": "443"},
        {"DEST": "PRD"},
        {"DEST": "PRD", "USER": "READER", "PASSWD": "s3cret"},
        {"ASHOST": "h", "SYSNR": "00", "CLIENT": "100", "MYSAPSSO2": "AjExMDAgAA=="},
        {"ASHOST": "h", "SYSNR": "00", "CLIENT": "100", "X509CERT": "MIIB+A/="},
        {
            "ASHOST": "h", "SYSNR": "00", "CLIENT": "100", "SNC_MODE": "1",
            "SNC_PARTNERNAME": "p:CN=PRD, O=Company", "SNC_QOP": "9",
        },
    ],
)  # fmt: skip
def test_a_complete_logon_is_passed_on_as_it_is(given: dict[str, str]) -> None:
    assert checked("sap", given | {"GROUP_OF_NOBODY": ""}) == given


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (WITHOUT_ROUTE, "not none"),
        (DIRECT | GROUP, "not ASHOST and MSHOST"),
        (DIRECT | {"SYSNR": ""}, "ASHOST also needs SYSNR"),
        (GROUP | WITHOUT_ROUTE | {"GROUP": ""}, "MSHOST also needs GROUP"),
        (WITHOUT_ROUTE | {"WSHOST": "cloud.example"}, "WSHOST also needs WSPORT"),
        (DIRECT | {"CLIENT": ""}, "CLIENT is missing"),
        (DIRECT | {"PASSWD": ""}, "no credential"),
        (DIRECT | {"USER": ""}, "no credential"),
        (DIRECT | {"SNC_MODE": "1"}, "SNC also needs SNC_PARTNERNAME"),
        (DIRECT | {"SYSNR": "0"}, "SYSNR is two digits, which '0' is not"),
        (DIRECT | {"CLIENT": "10"}, "CLIENT is three digits"),
        (DIRECT | {"LANG": "English"}, "LANG is two letters"),
        (DIRECT | {"SNC_QOP": "4"}, "SNC_QOP is 1, 2, 3, 8 or 9"),
        (DIRECT | {"ASHOST": "a\nb"}, "ASHOST holds a control character"),
        (DIRECT | {"MSSERV": "3600x"}, "MSSERV is a TCP port"),
    ],
)
def test_what_cannot_be_right_is_refused_before_anything_is_dialed(
    given: dict[str, str], said: str
) -> None:
    with pytest.raises(SettingsError, match=said):
        checked("sap", given)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MYSAPSSO2", "s3cret ticket"),
        ("X509CERT", "-----BEGIN s3cret"),
        ("SAPROUTER", "router/W/s3cret"),
        ("PASSWD", "s3cret\n"),
    ],
)
def test_a_secret_of_the_wrong_shape_is_not_shown(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name) as raised:
        checked("sap", DIRECT | {name: value})
    assert "s3cret" not in str(raised.value)


def test_an_address_says_where_and_as_which_client_without_secrets() -> None:
    params = LogonParams("sap", DIRECT | {"SAPROUTER": "/H/r/W/s3cret/H/"})
    assert params.address == "sap.example:00 client 100"
    assert "s3cret" not in repr(params)


def resource(**settings: Any) -> SapResource:
    given = {"mode": "real", "host": "sap.example", "system_number": "00", "client": "100"}
    return SapResource(**(given | {"user": "READER", "password": "s3cret"} | settings))


def test_secrets_show_in_no_repr_and_the_resource_is_not_pickled() -> None:
    found = resource(ticket="s3cret", certificate="s3cret", router="/H/r/W/s3cret/H/")
    assert "s3cret" not in repr(found)
    assert "s3cret" not in str(found)
    with pytest.raises(TypeError, match="holds a password"):
        pickle.dumps(found)


def test_each_setting_reaches_the_sdk_under_its_name() -> None:
    found = resource(
        router="/H/r/H/", language="DE", snc_partner="p:CN=PRD", snc_name="p:CN=me",
        snc_library="/lib/snc.so", snc_protection="9", ticket="VA==", certificate="MIIB",
    )._params()  # fmt: skip
    assert dict(found.values) == DIRECT | {
        "LANG": "DE", "SAPROUTER": "/H/r/H/", "SNC_MODE": "1", "SNC_PARTNERNAME": "p:CN=PRD",
        "SNC_MYNAME": "p:CN=me", "SNC_LIB": "/lib/snc.so", "SNC_QOP": "9", "MYSAPSSO2": "VA==",
        "X509CERT": "MIIB",
    }  # fmt: skip


def test_wrong_settings_are_told_before_the_sdk_is_looked_for() -> None:
    with (
        pytest.raises(SettingsError, match="CLIENT is missing"),
        resource(client="", library="/none").connector(),
    ):
        pass
