"""The record: who looked at whom and who changed what, kept so that nobody can quietly change it.

Whoever shows or changes something writes an entry in the same transaction (`record`, `record_all`); who shows something
in a transaction that only reads writes it in another one, committed before it is shown. Auditors page through it
(`page_of_record`), the person herself sees who looked (`who_looked`). Entries are sealed in a chain of batches by one
process (`matching.caretaker`), whose head is kept in a file outside the database; `verify` finds what does not fit.
"""

from matching.record.listing import Look, Page, Recorded, RecordFilter, page_of_record, who_looked
from matching.record.sealing import anchor_sealed, begin_anchor, expire, seal, seal_all
from matching.record.verifying import Finding, FindingCode, Verified, verify
from matching.record.writing import Detail, Entry, record, record_all
from matching.tables.record import RecordKind

__all__ = [
    "Detail",
    "Entry",
    "Finding",
    "FindingCode",
    "Look",
    "Page",
    "RecordFilter",
    "RecordKind",
    "Recorded",
    "Verified",
    "anchor_sealed",
    "begin_anchor",
    "expire",
    "page_of_record",
    "record",
    "record_all",
    "seal",
    "seal_all",
    "verify",
    "who_looked",
]
