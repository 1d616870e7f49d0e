"""What Vonk is compared with on titles, each as its users run it; `titles` calls it.

Each takes queries and a corpus and gives scores, float32 (n_queries, n_titles), higher is nearer.
"""

import re
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process, utils
from scipy import sparse
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer

Scores = NDArray[np.float32]

_K1, _B = 1.5, 0.75


def char_tfidf(queries: Sequence[str], corpus: Sequence[str]) -> Scores:
    """Cosine of TF-IDF over character n-grams of 2 to 5 within word bounds, learned from the corpus."""
    vectorizer = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), dtype=np.float32)
    placed = vectorizer.fit_transform(corpus)
    return np.asarray((vectorizer.transform(queries) @ placed.T).toarray(), np.float32)


def pooled(scores: Scores, corpus: Sequence[str], occupations_of: Mapping[str, frozenset[int]]) -> Scores:
    """Give each title the best score of all titles of its occupation in the corpus.

    `occupations_of`: the occupations of each label, in lower case. A title of several occupations gets the best of
    them; one that is no label keeps its own.
    """
    own = [occupations_of.get(title.casefold(), frozenset()) for title in corpus]
    titles_of: dict[int, list[int]] = {}
    for title, found in enumerate(own):
        for occupation in found:
            titles_of.setdefault(occupation, []).append(title)
    best = {occupation: scores[:, titles].max(axis=1) for occupation, titles in titles_of.items()}
    given = scores.copy()
    for title, found in enumerate(own):
        for occupation in found:
            np.maximum(given[:, title], best[occupation], out=given[:, title])
    return given


def bm25(queries: Sequence[str], corpus: Sequence[str]) -> Scores:
    """Okapi BM25 over words (Robertson and Zaragoza 2009), k1 = 1.5 and b = 0.75, the usual defaults."""
    counter = CountVectorizer(analyzer=_words, dtype=np.float32)
    counts = counter.fit_transform(corpus).tocsr()
    lengths = np.asarray(counts.sum(axis=1)).ravel()
    n_with = np.bincount(counts.indices, minlength=counts.shape[1])
    rarity = np.log(1.0 + (len(corpus) - n_with + 0.5) / (n_with + 0.5))
    row = np.repeat(np.arange(len(corpus)), np.diff(counts.indptr))
    saturation = counts.data + _K1 * (1.0 - _B + _B * lengths[row] / lengths.mean())
    weights = counts.data * (_K1 + 1.0) / saturation * rarity[counts.indices]
    weighted = sparse.csr_matrix((weights.astype(np.float32), counts.indices, counts.indptr), shape=counts.shape)
    return np.asarray((counter.transform(queries) @ weighted.T).toarray(), np.float32)


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def rapidfuzz(queries: Sequence[str], corpus: Sequence[str]) -> Scores:
    """The token set ratio of rapidfuzz, in lower case and without punctuation."""
    return np.asarray(
        process.cdist(queries, corpus, scorer=fuzz.token_set_ratio, processor=utils.default_process, dtype=np.float32)
    )
