"""How the plant's clerks write names and addresses: in capitals, abbreviated, without accents.

Deterministic by position, so that no two variants have to be told apart by chance: a later match
has to undo what is done here, and can be tested against ``keys.account_positions``.
"""

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from erp_resources.sandbox.company.arrays import Flags, Ints
from erp_resources.sandbox.company.exact import every

_LETTERS = (
    ("Ä", "AE"), ("Ö", "OE"), ("Ü", "UE"), ("ß", "SS"), ("ẞ", "SS"), ("Ł", "L"), ("„", ""),
    ("”", ""), ('"', ""), ("\t", " "), ("\u3000", " "),
)  # fmt: skip
_ACCENTS = "[\u0300-\u036f]"  # what NFD splits off Latin and Greek letters, but not off kana
_FORMS = (
    (r"GMBH & CO\. KG", "GMBH & CO KG"),
    (r"SP\. Z O\.O\.", "SPZOO"),
    (r"\bS\.A\.R\.L\.", "SARL"),
    (r"\bS\.A\.S\.", "SAS"),
    (r"\bS\.A\.", "SA"),
    (r"\bINC\.", "INC"),
    (r"\bCORP\.", "CORPORATION"),
    (r"\bCO\.$", "COMPANY"),
    (r"& SONS LTD", "AND SONS LTD"),
    (r"^株式会社", "(株)"),
)
_STREETS = (
    (r"STRASSE\b", "STR."),
    (r"\bAVENUE\b", "AV."),
    (r"\bSTREET\b", "ST"),
    (r"\bROAD\b", "RD"),
    (r"\bDRIVE\b", "DR"),
    (r"\bPARKWAY\b", "PKWY"),
    (r"\bGENERAL\b", "GAL"),
    (r"\bUL\. ", "UL."),
)


def names(texts: pa.Array, positions: Ints) -> pa.Array:
    """Names of companies; every seventh has its first word last, every eleventh stays as it is."""
    written = _replaced(_capitals(texts), _FORMS)
    swapped = pc.replace_substring_regex(written, r"^(\S+) (.+)$", r"\2, \1")
    written = _chosen(every(7, positions, 3), swapped, written)
    return trimmed(_chosen(every(11, positions, 4), texts, written))


def streets(texts: pa.Array, positions: Ints) -> pa.Array:
    """Streets; every fifth stays as it is."""
    return trimmed(_chosen(every(5, positions, 2), texts, _replaced(_capitals(texts), _STREETS)))


def cities(texts: pa.Array, positions: Ints) -> pa.Array:
    """Cities; every third stays as it is."""
    return trimmed(_chosen(every(3, positions, 1), texts, _capitals(texts)))


def tax_ids(texts: pa.Array, positions: Ints) -> pa.Array:
    """VAT ids as they are, without their country, in groups of digits, or not known."""
    bare = pc.replace_substring_regex(texts, "^[A-Z]+", "")
    grouped = pc.replace_substring_regex(texts, r"(\d{3})", r" \1")
    written = _chosen(every(4, positions, 1), bare, _chosen(every(4, positions, 3), grouped, texts))
    return _chosen(every(13, positions, 5), pa.array([""] * len(texts)), written)


def products(texts: pa.Array, positions: Ints) -> pa.Array:
    """Names of products; every third is in capitals."""
    return trimmed(_chosen(every(3, positions, 1), _capitals(texts), texts))


def aliases(texts: pa.Array, length: int) -> pa.Array:
    """Search names: the first letters and digits of a text in capitals."""
    letters = pc.replace_substring_regex(_capitals(texts), r"[^\p{L}\p{N}]+", "")
    return pc.utf8_slice_codeunits(letters, 0, length)


def trimmed(texts: pa.Array) -> pa.Array:
    """Texts without trailing blanks, which AX does not keep, and with at most one blank inside."""
    return pc.utf8_trim_whitespace(pc.replace_substring_regex(texts, r"\s+", " "))


def _capitals(texts: pa.Array) -> pa.Array:
    plain = pc.utf8_upper(texts)
    for letter, written in _LETTERS:
        plain = pc.replace_substring(plain, letter, written)
    bare = pc.replace_substring_regex(pc.utf8_normalize(plain, "NFD"), _ACCENTS, "")
    return pc.utf8_normalize(bare, "NFC")


def _replaced(texts: pa.Array, pairs: Sequence[tuple[str, str]]) -> pa.Array:
    for pattern, replacement in pairs:
        texts = pc.replace_substring_regex(texts, pattern, replacement)
    return texts


def _chosen(flags: Flags, yes: pa.Array, no: pa.Array) -> pa.Array:
    return pc.if_else(pa.array(flags), yes, no)
