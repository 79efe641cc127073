"""What erp_rfc raises when the SDK or the system behind it refuses; the extension raises the same.

Wrong arguments are ValueError or TypeError, a library that cannot be loaded is OSError.
"""


class RfcError(Exception):
    """A call failed, in the SDK's own terms.

    Attributes:
        code: RFC_RC, e.g. 1 communication failure, 2 logon failure, 5 ABAP exception.
        group: RFC_ERROR_GROUP, e.g. 1 ABAP application, 2 ABAP runtime, 3 logon, 4 communication.
        key: E.g. ``TABLE_NOT_AVAILABLE`` or ``RFC_LOGON_FAILURE``.
        message: In the words of the system, in the language of the logon.
        abap_class: Message class (work area), e.g. ``SV``; empty without a message.
        abap_type: ``E``, ``A``, ``X``, ...
        abap_number: Three digits.
        abap_variables: The message's four variables.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - RFC_ERROR_INFO has that many members
        self,
        code: int,
        group: int,
        key: str,
        message: str,
        abap_class: str = "",
        abap_type: str = "",
        abap_number: str = "",
        abap_variables: tuple[str, ...] = (),
    ) -> None:
        members = (code, group, key, message, abap_class, abap_type, abap_number, abap_variables)
        super().__init__(*members)
        self.code = code
        self.group = group
        self.key = key
        self.message = message
        self.abap_class = abap_class
        self.abap_type = abap_type
        self.abap_number = abap_number
        self.abap_variables = abap_variables

    def __str__(self) -> str:
        return f"{self.key}: {self.message}"
