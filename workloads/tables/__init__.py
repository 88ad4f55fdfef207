"""The Workloads table: its columns, what it is asked to show, and its rows."""

from workloads.tables.columns import BY_KEY, COLUMNS, LISTED, Column
from workloads.tables.page import CALM, IDLE, PASSING, TablePage
from workloads.tables.query import TableQuery

__all__ = [
    "BY_KEY",
    "CALM",
    "COLUMNS",
    "IDLE",
    "LISTED",
    "PASSING",
    "Column",
    "TablePage",
    "TableQuery",
]
