"""The table as CSV, safe to open in a spreadsheet."""

import csv
from collections.abc import Iterable, Iterator

from django.db.models import QuerySet

from workloads.tables.columns import BY_KEY
from workloads.tables.query import TableQuery

MOST = 20_000
FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        """Return the text."""
        return text


def safe(text: str) -> str:
    """The text, marked as text where a spreadsheet would take it for a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text


def csv_lines(
    query: TableQuery, workloads: QuerySet, keys: Iterable[str]
) -> Iterator[str]:
    """Yield the head and up to 20,000 rows, in the order of the table."""
    columns = [BY_KEY[key] for key in keys]
    writer = csv.writer(Echo())
    yield "\ufeff" + writer.writerow(column.title for column in columns)
    fields = {column.field for column in columns if column.field}
    rows = query.ordered(query.rows(workloads)).values("pk", *fields)[:MOST]
    for row in rows.iterator(chunk_size=500):
        yield writer.writerow(safe(column.words(row)) for column in columns)
