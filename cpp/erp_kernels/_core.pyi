_Capsules = tuple[object, object]  # arrow_schema, arrow_array

def fifo_valuation(
    movements: object, *, amount_decimals: int, per_movement: bool
) -> tuple[_Capsules, _Capsules | None]: ...
