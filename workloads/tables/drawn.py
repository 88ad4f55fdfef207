"""Rows as HTML. A row that did not change is drawn once, for everybody who sees it."""

from functools import lru_cache

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from workloads.tables.rows import Row

MOST = 4096
"""Rows that are remembered, about 2 kB each."""


@lru_cache(maxsize=MOST)
def drawn(row: Row, shown: frozenset[str], back: str, deleted: bool) -> SafeString:
    """The row with the cells that are shown. It depends on nothing else."""
    cells = dict.fromkeys(shown, True)
    context = {"row": row, "shown": cells, "back": back, "deleted": deleted}
    return render_to_string("workloads/row.html", context)
