"""What each figure is, and how good it has to be."""

from typing import NamedTuple


class Bar(NamedTuple):
    """A figure of a part, in words, with its unit and the most it may be."""

    part: str
    figure: str
    words: str
    unit: str
    most: float | None = None

    def met(self, value: float) -> bool:
        """Whether the figure is good enough. One without a bar always is."""
        return self.most is None or value <= self.most


BARS = (
    Bar("judge", "judge", "judge, 4 scopes, 60 rules, 50 variables a role", "ms", 2),
    Bar("judge", "judge, 100 variables", "the same with 100 variables a role", "ms"),
    Bar("judge", "effective policy of the chain", "their policy, not cached", "ms"),
    Bar("render", "manifests", "manifests of a big workload", "ms", 0.5),
    Bar("render", "yaml", "their YAML text", "ms", 2),
    Bar("wizard", "leader, p95", "Leader step, about 80 fields, p95", "ms", 50),
    Bar(
        "wizard",
        "leader, 5 volumes, p95",
        "Leader step, 20 variables and 5 volumes, p95",
        "ms",
        100,
    ),
    Bar(
        "wizard",
        "environment, 20 variables, p95",
        "Environment step, 20 variables, p95",
        "ms",
        100,
    ),
    Bar("table", "p95 at 100, warm", "table at 100 workloads, p95", "ms"),
    Bar("table", "p95 at 10,000, warm", "table at 10,000 workloads, p95", "ms", 60),
    Bar("table", "p95 at 10,000, cold", "the same, no row remembered, p95", "ms", 60),
    Bar("table", "ratio, warm", "10,000 to 100, all orders and a filter", ": 1", 1.3),
    Bar("table", "ratio, cold", "the same, no row remembered", ": 1", 1.3),
    Bar("table", "worst ratio, warm", "the worst single order", ": 1"),
    Bar("table", "worst ratio, cold", "the same, no row remembered", ": 1"),
    Bar("table", "queries at 10,000", "queries of one page", "", 12),
    Bar("table", "queries more", "queries more at 10,000 than at 100", "", 0),
    Bar("weight", "kibibytes", "first visit of the table, on the wire", "KiB", 80),
    Bar("weight", "requests", "first visit of the table, requests", "", 12),
    Bar("weight", "nodes", "elements of that page, 50 rows", "", 1500),
    Bar("live", "passing, median", "change → visible, a row is passing", "s", 0.6),
    Bar("live", "passing, p95", "the same, p95", "s"),
    Bar("live", "idle, median", "change → visible, idle page", "s", 2.2),
    Bar("live", "idle, p95", "the same, p95", "s"),
    Bar("follower", "list", "first list of 10,000 pods, processor", "s"),
    Bar("follower", "burst", "1,000 changes of a burst, processor", "s"),
    Bar("follower", "idle", "an idle portal, of a core", "%"),
    Bar("follower", "crash loop", "a crash loop at speed 20, of a core", "%"),
    Bar("impact", "whole", "a draft policy against 10,000 workloads", "s", 30),
    Bar("impact", "turn", "its longest turn, other work waits so long", "s"),
    Bar("impact", "asked", "the request that begins it", "ms"),
    Bar("start", "second start", "second start → the page answers", "s", 2),
    Bar("start", "stop", "SIGTERM → gone", "s", 3),
    Bar("submit", "accepted", "POST of the review → accepted, median", "s", 0.15),
    Bar("submit", "applied", "accepted → in the cluster, median", "s", 0.5),
    Bar("submit", "running", "accepted → Running, stages of 1 ms, median", "s"),
)
PARTS = tuple(dict.fromkeys(bar.part for bar in BARS))
