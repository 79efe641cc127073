"""Packages as they are where no C++ compiler was found: without their extension."""

import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import structlog


def copy_without_extension(package: ModuleType, folder: Path) -> Path:
    """Copy a package's Python files; returns the folder to import it from."""
    assert package.__file__ is not None
    copied = folder / package.__name__
    copied.mkdir()
    for source in Path(package.__file__).parent.glob("*.py"):
        (copied / source.name).write_text(source.read_text())
    return folder


def python(code: str, path: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run code with the packages of this environment, but first of all those in ``path``.

    Without ``site``, as an editable install would be found first.
    """
    places = os.pathsep.join([str(path), str(Path(structlog.__file__).parents[1])])
    return subprocess.run(
        [sys.executable, "-S", "-W", "error", "-c", code],
        env={**os.environ, "PYTHONPATH": places, **environment},
        check=False,
        text=True,
        capture_output=True,
        timeout=60,
    )
