"""What holds of every company in the sandbox: rows are repeatable, in order, of bounded scale."""

import os
import subprocess
import sys
from types import ModuleType

import pytest

from erp_resources.sandbox.company import ax, ebs, s4

DIGEST = """
import hashlib
from {module} import generate
digest = hashlib.sha256()
for table, rows in generate():
    for column in rows.columns:
        digest.update(repr(column[:300].to_pylist()).encode())
print(digest.hexdigest())
"""
DRAWN = {
    ebs: ("GL_JE_LINES", "MTL_MATERIAL_TRANSACTIONS", "HZ_PARTIES", "BOM_COMPONENTS_B"),
    ax: ("SALESLINE", "INVENTTRANS", "DIRPARTYTABLE", "BOM", "EXCHANGERATE"),
    s4: ("BSEG", "MSEG", "KNA1", "STPO", "VBFA"),
}
"""Tables of each company that another seed fills otherwise."""
LARGEST = {ebs: 1024, ax: 1024, s4: 100}

each_company = pytest.mark.parametrize("company", DRAWN, ids=lambda module: module.__name__[-3:])


@each_company
def test_the_same_seed_gives_the_same_rows_and_another_seed_others(company: ModuleType) -> None:
    first, again = ({table.name: rows for table, rows in company.generate()} for _ in range(2))
    other = {table.name: rows for table, rows in company.generate(seed=7)}
    assert list(first) == [table.name for table in company.tables()]
    for name, rows in first.items():
        assert rows.equals(again[name]), name
    for name in DRAWN[company]:
        assert not first[name].equals(other[name]), name


@each_company
def test_another_process_gives_the_same_rows(company: ModuleType) -> None:
    digest = DIGEST.format(module=company.__name__)
    answers = {
        subprocess.run(
            [sys.executable, "-c", digest],
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            capture_output=True,
            check=True,
        ).stdout
        for hash_seed in ("1", "2")
    }
    assert len(answers) == 1


@each_company
@pytest.mark.parametrize("above", [False, True])
def test_an_impossible_scale_is_refused(company: ModuleType, *, above: bool) -> None:
    scale = LARGEST[company] + 1 if above else 0
    message = f"scale {scale} is not between 1 and {LARGEST[company]}"
    with pytest.raises(ValueError, match=message):
        next(iter(company.generate(scale)))
