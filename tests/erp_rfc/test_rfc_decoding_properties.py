"""On generated lines the C++ decoder and the reference agree in every value and refusal."""

from __future__ import annotations

import polars as pl
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

import erp_rfc
from erp_rfc import Cut, Kind
from tests.erp_rfc.conftest import needs_cpp
from tests.erp_rfc.test_rfc_decoding import decode_native, decode_reference

pytestmark = needs_cpp

KINDS: list[Kind] = [
    "text", "numc", "date", "time", "decimal", "int", "float", "raw", "utclong",
]  # fmt: skip

digits = st.text("0123456789", max_size=20)
signs = st.sampled_from(["", "-", "+"])
numbers = st.builds(
    lambda blanks, front, whole, point, decimals, exponent, back: (
        f"{blanks}{front}{whole}{point}{decimals}{exponent}{back}"
    ),
    st.sampled_from(["", "   "]),
    signs,
    digits,
    st.sampled_from(["", "."]),
    digits,
    st.sampled_from(["", "", "", "E+02", "e-300", "E308", "E"]),
    signs,
)
days = st.dates().map(lambda day: day.strftime("%Y%m%d").zfill(8)) | st.text(
    "0123", min_size=8, max_size=8
)
times = st.times().map(lambda moment: moment.strftime("%H%M%S"))
texts = st.text("ab 0\u00e9\u4eac\U0001f600\uffff\x00|", max_size=30)
cells = numbers | days | times | texts | st.text("0123456789abcdefABCDEF", max_size=8)
lines = st.lists(st.lists(cells, max_size=4).map("|".join), max_size=5)


@st.composite
def cuts(draw: st.DrawFn) -> Cut:
    precision = draw(st.integers(1, 38))
    return Cut(
        name=draw(st.sampled_from("ABC")),
        offset=draw(st.integers(0, 12)),
        length=draw(st.integers(0, 45)),
        kind=draw(st.sampled_from(KINDS)),
        precision=precision,
        scale=draw(st.integers(0, precision)),
        keep_blanks=draw(st.booleans()),
    )


columns = st.lists(cuts(), min_size=1, max_size=3, unique_by=lambda cut: cut.name)


@settings(max_examples=400, deadline=None)
@given(texts=lines, columns=columns, delimiter=st.sampled_from(["", "", "|"]))
def test_the_decoder_agrees_with_the_reference(
    texts: list[str], columns: list[Cut], delimiter: str
) -> None:
    native = decode_native(texts, columns, delimiter=delimiter)
    expected = decode_reference(texts, columns, delimiter=delimiter)
    assert_frame_equal(native.frame, expected.frame, check_exact=True)
    assert (native.refused, native.refused_count) == (expected.refused, expected.refused_count)


@settings(max_examples=300, deadline=None)
@given(cells=st.lists(cells, max_size=8), cut=cuts())
def test_a_cell_of_its_own_agrees_with_the_reference(cells: list[str], cut: Cut) -> None:
    whole = Cut(cut.name, 0, 70, cut.kind, cut.precision, cut.scale, cut.keep_blanks)
    native, expected = decode_native(cells, [whole]), decode_reference(cells, [whole])
    assert_frame_equal(native.frame, expected.frame, check_exact=True)
    assert native.refused == expected.refused


@settings(max_examples=100, deadline=None)
@given(texts=lines, columns=columns)
def test_what_arrow_is_given_is_valid_in_full(texts: list[str], columns: list[Cut]) -> None:
    batch = pa.record_batch(erp_rfc.decode_lines(texts, columns))
    batch.validate(full=True)
    assert batch.num_rows == len(texts)


@settings(max_examples=100, deadline=None)
@given(texts=st.lists(st.text(st.characters(exclude_categories=["Cs"])), max_size=20))
def test_any_text_survives_as_it_is(texts: list[str]) -> None:
    whole = Cut("C", 0, 10_000, "text", keep_blanks=True)
    frame = pl.DataFrame(erp_rfc.decode_lines(texts, [whole]))
    assert frame["C"].to_list() == texts
