"""Tells whether the C++ extension is there, and what to do where it is not."""

import functools
from typing import NoReturn

_OF_THE_EXTENSION = ("Connection", "Library", "Package", "decode_lines")


@functools.cache
def import_problem() -> str | None:
    """Return why the C++ extension cannot be imported, or None where it can."""
    try:
        import erp_rfc._core  # noqa: F401 - whether it can be imported is the question
    except ImportError as error:
        return str(error)
    return None


def missing(name: str) -> NoReturn:
    """Say of an attribute of the package why it is not there.

    Raises:
        ImportError: It is one of the extension's, which was not built.
        AttributeError: There is no such attribute.
    """
    if name not in _OF_THE_EXTENSION:
        raise AttributeError(f"module 'erp_rfc' has no attribute {name!r}")
    raise ImportError(
        f"erp_rfc.{name} needs the C++ extension, which cannot be imported: {import_problem()}; "
        "install a C++ compiler and erp-assets again"
    )
