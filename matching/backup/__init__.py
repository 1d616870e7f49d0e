"""A backup of the whole database in one file, and a restore from it, between SQLite and PostgreSQL either way.

To save: `vonk backup FILE`, while everything runs. The file is one moment of all tables (a ZIP archive with a file for
each, and a manifest with counts and hashes). It holds facts about people: keep it where they may be kept. Names and
contact data in it are sealed, each under the person's own key.

The keys are not in it, on purpose: the vault (VONK_VAULT_URL) and VONK_SECRET_KEY are kept elsewhere. Copy the vault
often and keep only the newest copies: an old copy brings back the keys of who was erased since, until the record of the
database is held against it at the next start. Without the vault a backup is restored all the same, but nobody's name
can be read again.

To restore: stop the servers, point VONK_DATABASE_URL at an empty database, leave the vault where it is (or put its
newest copy back), and run `vonk restore FILE` with the version of Vonk that made it, then start and upgrade. All or
nothing is restored. Whoever was erased after the backup was made is erased again before anything can be seen. The
record goes on from where the backup was; that, too, is on the record and in the anchor.
"""

from matching.backup.restoring import Restored, restore_backup
from matching.backup.saving import Saved, save_backup

__all__ = ["Restored", "Saved", "restore_backup", "save_backup"]
