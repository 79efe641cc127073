"""Cells of CLOB and BLOB columns fetched as locators: length, size of the content, locator."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from erp_resources.sandbox.cells import Bytes, masked_cells, utf16_lengths
from erp_resources.sandbox.oracle.lobs import CHUNK_SIZE, LOCATOR_SIZE, locator_template
from erp_resources.sandbox.oracle.primitives import encode_uint

_SIZE_START = 2
_SIZE_END = 7
_NUMBER_START = 16


def locator_cells(values: pa.Array, first_number: int, *, is_text: bool) -> pa.Array:
    """Cells with the locators ``first_number`` and following, one per value, NULLs included."""
    sizes = utf16_lengths(values) if is_text else _byte_lengths(values)
    size_bytes = sizes.astype(">u4").view(np.uint8).reshape(-1, 4)
    is_sent = np.logical_or.accumulate(size_bytes != 0, axis=1)
    chunk = np.frombuffer(encode_uint(CHUNK_SIZE), np.uint8)
    template = np.frombuffer(bytes((LOCATOR_SIZE,)) + locator_template(is_text=is_text), np.uint8)
    block: Bytes = np.empty((len(values), _SIZE_END + len(chunk) + len(template)), np.uint8)
    block[:, :_SIZE_START] = np.frombuffer(encode_uint(LOCATOR_SIZE), np.uint8)
    block[:, _SIZE_START] = is_sent.sum(axis=1)
    block[:, _SIZE_START + 1 : _SIZE_END] = size_bytes
    block[:, _SIZE_END:] = np.concatenate([chunk, template])
    numbers = np.arange(first_number, first_number + len(values)).astype(">u8")
    at = block.shape[1] - LOCATOR_SIZE + _NUMBER_START
    block[:, at : at + 8] = numbers.view(np.uint8).reshape(-1, 8)
    mask = np.ones(block.shape, bool)
    mask[:, _SIZE_START + 1 : _SIZE_END] = is_sent
    return masked_cells(block, mask, values)


def _byte_lengths(values: pa.Array) -> Bytes:
    lengths: Bytes = pc.fill_null(pc.binary_length(values), 0).to_numpy()
    return lengths
