"""Many short texts as one run of bytes, decoded when they are asked for; for the columns of a pool."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import overload

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, eq=False)
class Texts(Sequence[str]):
    """n texts: text i is `blob[starts[i]:starts[i + 1]]`, as UTF-8. Equal to any sequence of the same texts."""

    blob: npt.NDArray[np.uint8]  # (bytes,)
    starts: npt.NDArray[np.int64]  # (n + 1,)

    @classmethod
    def of(cls, texts: Iterable[str]) -> "Texts":
        encoded = [text.encode() for text in texts]
        lengths = np.fromiter(map(len, encoded), np.int64, len(encoded))
        starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)])
        return cls(np.frombuffer(b"".join(encoded), np.uint8), starts)

    def __len__(self) -> int:
        return len(self.starts) - 1

    @overload
    def __getitem__(self, number: int) -> str: ...
    @overload
    def __getitem__(self, number: slice) -> Sequence[str]: ...
    def __getitem__(self, number: int | slice) -> str | Sequence[str]:
        if isinstance(number, slice):
            return self.take(np.arange(len(self))[number])
        if not -len(self) <= number < len(self):
            raise IndexError(number)
        number %= len(self)
        return self.blob[self.starts[number] : self.starts[number + 1]].tobytes().decode()

    def __iter__(self) -> Iterator[str]:
        blob, starts = self.blob.tobytes(), self.starts.tolist()
        return (blob[one:other].decode() for one, other in pairwise(starts))

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Texts):
            return np.array_equal(self.starts, other.starts) and np.array_equal(self.blob, other.blob)
        return isinstance(other, Sequence) and not isinstance(other, str) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash(self.blob.tobytes())

    def between(self, first: int, last: int) -> list[str]:
        """The texts from the first up to the last."""
        starts = self.starts[first : last + 1].tolist()
        blob = self.blob[starts[0] : starts[-1]].tobytes()
        return [blob[one - starts[0] : other - starts[0]].decode() for one, other in pairwise(starts)]

    def take(self, rows: npt.NDArray[np.int64]) -> "Texts":
        """Some of the texts, in the order given."""
        rows = np.asarray(rows)
        first = self.starts[rows]
        lengths = self.starts[rows + 1] - first
        starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)])
        places = np.arange(starts[-1]) - np.repeat(starts[:-1] - first, lengths)
        return Texts(self.blob[places], starts)
