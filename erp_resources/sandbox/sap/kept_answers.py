"""Reads that are answered again from memory, so that a benchmark of clients measures clients."""

import threading
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, replace

from erp_resources.sandbox.sap.wire import Buffer


@dataclass(frozen=True)
class Answer:
    """The payload of RETURNED.

    Attributes:
        parts: the payload in pieces, which may be made while they are sent, and thus only once.
        length: of all parts together.
        rows: of tables, that it has.
    """

    parts: Iterable[Buffer]
    length: int
    rows: int


class KeptAnswers:
    """Answers by question, safe to use from any thread."""

    def __init__(self, most_bytes: int) -> None:
        """Keep answers until they take ``most_bytes``; none at all by 0."""
        self._left = most_bytes
        self._lock = threading.Lock()
        self._answers: dict[Hashable, Answer] = {}

    def find(self, question: Hashable) -> Answer | None:
        """The answer that was given to the same question."""
        return self._answers.get(question)

    def keep(self, question: Hashable, answer: Answer) -> Answer:
        """The same answer, kept if there is room for it and it is one of a read."""
        with self._lock:
            if not answer.rows or answer.length > self._left:
                return answer
            self._left -= answer.length
        # Copied one by one: each may be made in the place of the one before.
        kept = replace(answer, parts=(b"".join(map(bytes, answer.parts)),))
        self._answers[question] = kept
        return kept
