"""Whether the kernel is compiled on this machine yet; until it is, few people are ranked by the reference.

Compiling takes half a minute, once on a machine, and gives the same lists: who tries Vonk, or starts a service for one
town, does not wait for it.
"""

from pathlib import Path

from scoring import kernel

FEW = 5_000  # people whom the reference ranks within some 50 ms

_ENTRIES = ("walk", "score_rows")  # what takes long


def not_compiled() -> bool:
    """Whether numba keeps none of the kernel as it stands now; it is told when another process has compiled."""
    return not all(_is_kept(name) for name in _ENTRIES)


def _is_kept(name: str) -> bool:
    function = getattr(kernel, name)
    if function.signatures:
        return True
    written = Path(kernel.__file__).stat().st_mtime
    kept = Path(function.stats.cache_path).glob(f"kernel.{name}-*.nbi")
    return any(index.stat().st_mtime >= written for index in kept)


def never() -> bool:
    """For who always waits for the kernel."""
    return False
