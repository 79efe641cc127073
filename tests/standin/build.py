"""Where the tests find the stand-in SDK, and pyrfc built against it."""

import os
import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "build" / "standin"


@cache
def standin() -> Path:
    """The library, as built now, or the one that STANDIN_LIBRARY names (say, with sanitizers).

    However many processes ask for it, the script lets one of them build.
    """
    if named := os.environ.get("STANDIN_LIBRARY"):
        return Path(named).absolute()
    if shutil.which("c++") is None and os.environ.get("ERP_REQUIRE_CPP") != "1":
        pytest.skip("the stand-in SDK needs a C++ compiler")
    script = ROOT / "cpp" / "standin" / "build.sh"
    built = subprocess.run(
        [script, FOLDER], check=False, capture_output=True, text=True, timeout=900
    )
    assert built.returncode == 0, built.stdout + built.stderr
    return FOLDER / "lib" / "libsapnwrfc.so"


@cache
def pyrfc() -> Path:
    """The folder to import pyrfc from; not built here, as that needs the package index."""
    packages = FOLDER / "python"
    if not (packages / ".built").exists():
        pytest.skip("pyrfc is not built: `make pyrfc` builds it")
    return packages
