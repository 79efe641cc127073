"""``erp sandbox`` against a sandbox process of the test's own."""

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import oracledb
import pytest
from typer.testing import CliRunner, Result

from erp_assets.cli import background
from erp_assets.cli.background import Background, port_variable
from erp_assets.cli.sandbox import sandbox
from erp_assets.defs.resources import SYSTEMS
from erp_resources.errors import ErpError, InvalidQuery, SettingsError
from erp_resources.sandbox.landscape import ORACLE


def erp_sandbox(*arguments: str) -> Result:
    """Run a command as a user does; what it raises on purpose is raised."""
    result = CliRunner().invoke(sandbox, arguments)
    if isinstance(result.exception, ErpError):
        raise result.exception
    return result


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Background]:
    """A sandbox that the commands find, in a folder deeper than any socket's address."""
    folder = tmp_path_factory.mktemp("build") / ("deep" * 30)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(background, "BUILD", folder)
        for system in SYSTEMS:
            patch.setenv(port_variable(system), "0")
        process = Background()
        process.up()
        yield process
        process.down()


def connect(running: Background) -> oracledb.Connection:
    dsn = f"{ORACLE.host}:{running.ports['oracle']}/{ORACLE.service}"
    return oracledb.connect(user=ORACLE.user, password=ORACLE.password, dsn=dsn)


def test_up_again_finds_it_running(running: Background) -> None:
    result = erp_sandbox("up")
    assert result.exit_code == 0
    assert f"oracle on port {running.ports['oracle']}" in result.output


def test_the_note_says_where_everything_is(running: Background) -> None:
    note = json.loads(running.note.read_text())
    assert set(note) == {"pid", "ports", "control"}
    os.kill(note["pid"], 0)


def test_the_status_shows_each_system(running: Background) -> None:
    with connect(running):
        result = erp_sandbox("status")
    assert result.exit_code == 0
    assert re.search(r"^oracle +\d+ +ERP_READER at EBS +1 +\d+ +-$", result.output, re.MULTILINE)


def test_a_tick_shows_what_it_changed_and_changes_it(running: Background) -> None:
    with connect(running) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM AR.AR_CASH_RECEIPTS_ALL")
        (before,) = cursor.fetchone()
        result = erp_sandbox("tick", "--days", "2")
        cursor.execute("SELECT COUNT(*) FROM AR.AR_CASH_RECEIPTS_ALL")
        (after,) = cursor.fetchone()
    found = re.search(r"^oracle +AR_CASH_RECEIPTS_ALL +(\d+) +0 +0$", result.output, re.MULTILINE)
    assert found
    assert int(found[1]) == after - before > 0
    assert re.search(r"^oracle .* 2  -$", erp_sandbox("status").output, re.MULTILINE)


def test_a_fault_meets_a_client_once_and_is_shown_until_then(running: Background) -> None:
    armed = erp_sandbox("fault", "deadlock", "--system", "oracle")
    assert "deadlock at execute, 1 x" in armed.output
    with connect(running) as connection, connection.cursor() as cursor:
        with pytest.raises(oracledb.DatabaseError, match="ORA-00060"):
            cursor.execute("SELECT COUNT(*) FROM GL.GL_LEDGERS")
        cursor.execute("SELECT COUNT(*) FROM GL.GL_LEDGERS")
    assert "deadlock" not in erp_sandbox("status").output


def test_clear_disarms_what_is_for_ever(running: Background) -> None:
    assert "until cleared" in erp_sandbox("fault", "login-refused", "--times", "0").output
    with pytest.raises(oracledb.DatabaseError, match="ORA-01017"):
        connect(running)
    assert "login-refused" not in erp_sandbox("fault", "clear").output
    connect(running).close()


@pytest.mark.usefixtures("running")
def test_what_there_is_not_is_refused_in_words() -> None:
    with pytest.raises(SettingsError, match="no fault is called 'earthquake'"):
        erp_sandbox("fault", "earthquake")
    with pytest.raises(
        InvalidQuery, match="no system is called 'baan'; there are oracle, sqlserver"
    ):
        erp_sandbox("fault", "drop", "--system", "baan")


@pytest.mark.usefixtures("running")
def test_a_second_one_in_the_foreground_is_refused() -> None:
    with pytest.raises(SettingsError, match="stop it with `erp sandbox down`"):
        erp_sandbox("run")


@pytest.mark.parametrize("command", [["tick"], ["fault", "drop"]])
def test_without_a_sandbox_the_commands_say_how_to_start_one(
    command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(background, "BUILD", tmp_path)
    with pytest.raises(SettingsError, match="start it with `erp sandbox up`"):
        erp_sandbox(*command)
    assert erp_sandbox("status").exit_code == 1


def test_a_note_of_a_process_that_is_gone_is_not_believed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(background, "BUILD", tmp_path)
    note = Background().note
    note.parent.mkdir(parents=True)
    for text in (
        '{"pid": 1, "ports": {"oracle": 1}, "control": "/nowhere/control"}',
        '{"pid": 1, "port": 1}',
        "{",
    ):
        note.write_text(text)
        assert erp_sandbox("status").exit_code == 1
        assert erp_sandbox("down").output == "the sandbox is not running\n"
