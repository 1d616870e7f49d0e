"""What an import tells: how much was loaded, and what was not, by row and column; for `importing` and `drafts`."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from matching.exchange.sensitive import may_be_shown

MAX_PROBLEMS = 100_000


@dataclass(frozen=True)
class Problem:
    """One cell that was not taken over: row as the spreadsheet numbers it, the column's own header, a stable reason.

    `values` are for the sentence (limits, the other row). `words` are what could not be read, for the person who
    imports and for nobody else: kept out of `repr`, and absent where they may say something about a person.
    """

    row: int
    column: str
    reason: str
    values: Mapping[str, str | int | float] = field(default_factory=dict)
    words: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class LeftOut:
    """A column that was not stored at all, and why: `bsn`, `identity`, `protected_trait`, `sensitive`."""

    column: str
    reason: str


@dataclass(frozen=True)
class ImportReport:
    """The result of one import. `assumed` counts rows by what was taken for granted (`agreement.from_registration`:
    no column on agreement, so registration counts as agreement; `demands.on_all_tasks`; `key.from_content`;
    `key.under_another_source`: the same number is here under another source, so these people may be here twice).

    `refused` rows were not loaded; each has its reason among the problems. `n_problems` counts them all, of which
    `problems` holds the first 100,000. Columns are unread when no field is known for them.
    """

    created: int
    updated: int
    unchanged: int
    refused: int
    problems: tuple[Problem, ...]
    n_problems: int
    unread_columns: tuple[str, ...]
    discarded_columns: tuple[LeftOut, ...]
    assumed: Mapping[str, int]
    other_sheets: tuple[str, ...] = ()

    @property
    def loaded(self) -> int:
        """Rows that are in the store after the import."""
        return self.created + self.updated + self.unchanged


class Notes:
    """What is noted while rows are read, in the order of the file."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.n_problems = 0
        self.refused = 0
        self.unread_columns: dict[str, None] = {}
        self.discarded_columns: list[LeftOut] = []
        self.assumed: Counter[str] = Counter()

    def problem(
        self, row: int, column: str, reason: str, *, words: str | None = None, **values: str | int | float
    ) -> None:
        """Note one cell; its words are kept only where they may be shown."""
        self.n_problems += 1
        if len(self.problems) < MAX_PROBLEMS:
            shown = words if words is not None and may_be_shown(words) else None
            self.problems.append(Problem(row, column, reason, values, shown))

    def refuse(self, row: int, column: str, reason: str, **values: str | int | float) -> None:
        """Note a row that is not loaded."""
        self.refused += 1
        self.problem(row, column, reason, words=None, **values)
