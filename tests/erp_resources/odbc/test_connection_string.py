"""Connection strings: what is read is written, and secrets have no place in them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from erp_resources.errors import SettingsError
from erp_resources.odbc.connection_string import address, get, parse, with_defaults, write

NAMES = st.text("abcdefgh", min_size=1).filter(lambda name: name not in {"pwd", "uid"})


def test_attributes_are_read_with_and_without_braces() -> None:
    text = "Driver={PostgreSQL Unicode}; Server=db1 ;Port=5432;Option={a;b=}}c};Empty="
    assert parse(text) == {
        "Driver": "PostgreSQL Unicode",
        "Server": "db1",
        "Port": "5432",
        "Option": "a;b=}c",
        "Empty": "",
    }


@given(st.dictionaries(NAMES, st.text()))
def test_what_is_written_is_read_again(attributes: dict[str, str]) -> None:
    assert parse(write(attributes)) == attributes


def test_it_ends_with_a_semicolon_since_arrow_odbc_appends_to_it() -> None:
    assert write({"Driver": "/lib/x.so"}) == "Driver=/lib/x.so;"


def test_of_an_attribute_given_twice_the_first_counts_whatever_its_case() -> None:
    assert parse("Port=1;PORT=2") == {"Port": "1"}


@pytest.mark.parametrize("name", ["PWD", "password", "Pwd"])
def test_a_password_inside_is_refused_and_not_repeated(name: str) -> None:
    with pytest.raises(SettingsError, match="move it to the field 'password'") as raised:
        parse(f"Driver=x;{name}={{s3cret}}")
    assert "s3cret" not in str(raised.value)


def test_a_user_inside_is_refused() -> None:
    with pytest.raises(SettingsError, match="move it to the field 'user'"):
        parse("Driver=x;UID=me")


@pytest.mark.parametrize("text", ["Driver", "Driver=x;=y", "Driver={x", "Driver=x;s3cret"])
def test_what_is_no_connection_string_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(SettingsError, match="at character") as raised:
        parse(text)
    assert "s3cret" not in str(raised.value)


def test_defaults_give_way_to_what_is_set_in_any_spelling() -> None:
    found = with_defaults({"usedeclarefetch": "0"}, {"UseDeclareFetch": "1", "Fetch": "9"})
    assert found == {"usedeclarefetch": "0", "Fetch": "9"}
    assert get(found, "UseDeclareFetch") == "0"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Server=db1;Port=5432", ("db1", 5432)),
        ("Servername=::1;PORT=5432", ("::1", 5432)),
        ("Server=db1", None),
        ("Server=/tmp;Port=5432", None),
        ("Port=5432", None),
    ],
)
def test_host_and_port_are_found_where_both_are_told(
    text: str, expected: tuple[str, int] | None
) -> None:
    assert address(parse(text)) == expected
