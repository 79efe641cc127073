"""What pyrfc returns, as ``erp_rfc`` would: interfaces, lines, cells of typed rows, errors."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, cast

from erp_rfc import Cut, Field, Parameter, RfcError

if TYPE_CHECKING:
    import polars as pl

NOT_FOUND, INVALID_PARAMETER = 17, 20
GROUPS = {
    "ABAPApplicationError": 1,
    "ABAPRuntimeError": 2,
    "LogonError": 3,
    "CommunicationError": 4,
    "ExternalRuntimeError": 5,
    "ExternalApplicationError": 6,
    "ExternalAuthorizationError": 7,
}
"""RFC_ERROR_GROUP by the class of pyrfc's exception."""


def lines_of(rows: object) -> list[str]:
    """The first field of each row, which is the line itself where rows are no structures."""
    found = cast("Iterable[str | Mapping[str, str]]", rows)
    return [row if isinstance(row, str) else next(iter(row.values())) for row in found]


def series_of(values: list[Any], cut: Cut, refused: list[tuple[int, str, str]]) -> "pl.Series":
    """The values of one typed field; those that are none of its kind go to ``refused``."""
    import polars as pl

    from erp_rfc.reference import decode_cells

    if cut.kind in ("text", "numc", "date", "time", "utclong"):
        cells = pl.Series(cut.name, values, dtype=pl.String)
        if cut.kind == "utclong":  # pyrfc puts a point where the SDK has a comma
            cells = cells.str.replace(".", ",", literal=True)
        decoded, wrong = decode_cells(cells, cut)
        refused += [(row, cut.name, values[row]) for row in wrong.arg_true()]
        return decoded
    types: dict[str, pl.DataType] = {
        "decimal": pl.Decimal(cut.precision or None, cut.scale),
        "int": pl.Int64(),
        "float": pl.Float64(),
        "raw": pl.Binary(),
    }
    return pl.Series(cut.name, values, dtype=types[cut.kind])


_KINDS = {
    "NUM": "numc", "DATE": "date", "TIME": "time", "BCD": "decimal", "BYTE": "raw",
    "XSTRING": "raw", "FLOAT": "float", "UTCLONG": "utclong",
    **dict.fromkeys(("INT", "INT1", "INT2", "INT8"), "int"),
}  # fmt: skip


def cut_of(each: Field) -> Cut:
    """The cut of a whole field of a typed table."""
    kind = cast("Any", _KINDS.get(each.type, "text"))
    precision = 2 * each.length - 1 if kind == "decimal" else 0
    return Cut(each.name, 0, 0, kind, precision, each.decimals if precision else 0)


def parameter_of(each: Mapping[str, Any]) -> Parameter:
    """One parameter of a function's interface."""
    return Parameter(
        name=each["name"],
        direction=each["direction"].removeprefix("RFC_"),
        type=each["parameter_type"].removeprefix("RFCTYPE_"),
        length=each["nuc_length"],
        decimals=each["decimals"],
        optional=each["optional"],
        default=each["default_value"],
        text=each["parameter_text"],
        fields=_fields(each["type_description"]),
    )


def _fields(description: Any) -> tuple[Field, ...]:
    if description is None:
        return ()
    return tuple(
        Field(
            name=each["name"],
            type=each["field_type"].removeprefix("RFCTYPE_"),
            length=each["nuc_length"],
            offset=each["nuc_offset"],
            decimals=each["decimals"],
            fields=_fields(each["type_description"]),
        )
        for each in description.fields
    )


def type_names(members: Iterable[Mapping[str, Any]]) -> set[str]:
    """The types of parameters or fields, and of the fields in them."""
    types = [each["type_description"] for each in members if each["type_description"] is not None]
    return {each.name for each in types}.union(*(type_names(each.fields) for each in types))


def error_of(error: Any) -> RfcError:
    """The same error as the native driver raises it."""
    group = GROUPS.get(type(error).__name__, 5)
    variables = tuple(str(getattr(error, f"msg_v{place}", "")) for place in range(1, 5))
    return RfcError(
        int(getattr(error, "code", None) or INVALID_PARAMETER),
        group,
        str(getattr(error, "key", None) or type(error).__name__),
        " ".join(str(getattr(error, "message", None) or error).split()),
        str(getattr(error, "msg_class", "")),
        str(getattr(error, "msg_type", "")),
        str(getattr(error, "msg_number", "")),
        variables,
    )
