"""What the workload will be, and whether it fits: the column beside the form."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple, Protocol

from workloads.spec.workload import WorkloadSpec

DRAWN_REPLICAS, DRAWN_WORKERS = 6, 12
ZERO = Decimal(0)
TIMES = "\N{MULTIPLICATION SIGN}"


class Position(Protocol):
    """A project's quota in one node pool."""

    @property
    def pool(self) -> str: ...
    @property
    def deserved(self) -> Decimal: ...
    @property
    def allocated(self) -> Decimal: ...
    @property
    def held(self) -> Decimal: ...
    @property
    def limit(self) -> Decimal | None: ...
    @property
    def gpus(self) -> int: ...


class Said(NamedTuple):
    """The verdict in one sentence, its first reason, and its status class."""

    status: str
    icon: str
    text: str
    why: str = ""


class Bar(NamedTuple):
    """A quota bar; widths in percent."""

    pool: str
    line: str
    label: str
    used: str
    mine_at: str
    mine: str
    over_at: str
    over: str


class TotalRow(NamedTuple):
    """A line of the totals."""

    label: str
    gpus: str
    cores: str
    memory: str


@dataclass(frozen=True)
class Summary:
    """Finished values of the column."""

    replicas: int
    workers: int
    pods: int
    gpus: str
    blocks: list[range]
    """One entry per drawn replica: its drawn workers."""

    more_replicas: int
    more_workers: int
    rows: list[TotalRow]
    total: TotalRow
    bars: list[Bar]
    said: Said

    @property
    def shape(self) -> str:
        """The group in words."""
        pods = 1 + self.workers
        return f"{counted(self.replicas, 'replica')} {TIMES} {counted(pods, 'pod')}"

    @property
    def group(self) -> str:
        """One replica in words."""
        return f"1 leader + {counted(self.workers, 'worker')}"


def summary(
    spec: WorkloadSpec, demand: Any, quota: Sequence[Position], project: str
) -> Summary:
    """Work out the column from a spec, its demand and the project's quota."""
    workers = spec.workers
    rows = [
        _row(counted(spec.replicas, "leader"), demand.per_role.get("leader")),
        _row(counted(spec.replicas * workers, "worker"), demand.per_role.get("worker")),
    ]
    mine: Decimal = demand.total.gpus
    positions = {position.pool: position for position in quota}
    pools = [positions[name] for name in spec.node_pools if name in positions]
    preemptible = spec.preemptibility == "preemptible"
    return Summary(
        replicas=spec.replicas,
        workers=workers,
        pods=demand.pods,
        gpus=number(mine),
        blocks=[
            range(min(workers, DRAWN_WORKERS))
            for _ in range(min(spec.replicas, DRAWN_REPLICAS))
        ],
        more_replicas=max(0, spec.replicas - DRAWN_REPLICAS),
        more_workers=max(0, workers - DRAWN_WORKERS),
        rows=rows if workers else rows[:1],
        total=_row("Total", demand.total),
        bars=[_bar(position, mine, preemptible) for position in pools],
        said=_said(spec, mine, pools, preemptible, project),
    )


def _said(
    spec: WorkloadSpec,
    mine: Decimal,
    pools: Sequence[Position],
    preemptible: bool,
    project: str,
) -> Said:
    if not spec.replicas:
        return Said("is-wait", "warn", "Nothing will run", "It asks for 0 replicas.")
    if not mine:
        return Said("is-ok", "ok", "Needs no GPU", "It takes no GPU quota.")
    if not pools:
        why = "The project has no quota in its node pools."
        return Said("is-wait", "warn", "No node pool to run in", why)
    for pool in pools:
        if mine <= _free(pool, preemptible) and (not pool.gpus or mine <= pool.gpus):
            return _fits(pool, mine, preemptible)
    return _too_much(pools[0], mine, preemptible, project)


def _fits(pool: Position, mine: Decimal, preemptible: bool) -> Said:
    text = f"Fits now in node pool {pool.pool}"
    free = _free(pool, preemptible)
    if preemptible and pool.allocated + mine > pool.deserved:
        why = "Over quota, as far as others leave room: it may be interrupted."
        return Said("is-ok", "ok", text, why)
    left = free - mine
    why = f"It takes {number(mine)} of {number(free)} GPUs that are free in the quota."
    if not left:
        why = f"It takes the last {number(mine)} GPUs of the quota."
    return Said("is-ok", "ok", text, why)


def _too_much(pool: Position, mine: Decimal, preemptible: bool, project: str) -> Said:
    if pool.gpus and mine > pool.gpus:
        text = f"Too big for node pool {pool.pool}"
        why = f"It asks for {number(mine)} GPUs, the pool has {pool.gpus} in all."
        return Said("is-wait", "warn", text, why)
    over = counted(mine - max(ZERO, _free(pool, preemptible)), "GPU")
    if preemptible:
        text = f"Over the limit by {over}: stays pending"
        why = f"Project {project} may use {number(pool.limit or ZERO)} in {pool.pool}."
        return Said("is-wait", "warn", text, why)
    text = f"Over quota by {over}: stays pending while non-preemptible"
    why = (
        f"{number(pool.held)} of {number(pool.deserved)} GPUs in {pool.pool} are held "
        f"by other non-preemptible work of {project}."
    )
    return Said("is-wait", "warn", text, why)


def _free(pool: Position, preemptible: bool) -> Decimal:
    if not preemptible:
        return pool.deserved - pool.held
    if pool.limit is not None:
        return pool.limit - pool.allocated
    return Decimal(pool.gpus or 10**9)


def _bar(pool: Position, mine: Decimal, preemptible: bool) -> Bar:
    base = pool.allocated if preemptible else pool.held
    together = base + mine
    whole = max(pool.deserved, together, Decimal(1))
    over = max(ZERO, together - pool.deserved)
    inside = max(ZERO, mine - over)
    line = f"{number(base)} + {number(mine)} of {number(pool.deserved)}"
    told = f"{number(together)} of {number(pool.deserved)} quota GPUs used"
    ending = f", {number(over)} over" if over else ""
    return Bar(
        pool.pool,
        line + ending,
        f"{pool.pool}: {told} with this workload{ending}",
        _percent(base, whole),
        _percent(base, whole),
        _percent(inside, whole),
        _percent(base + inside, whole),
        _percent(min(over, mine), whole) if over else "",
    )


def _percent(part: Decimal, whole: Decimal) -> str:
    return f"{float(100 * part / whole):.2f}%"


def _row(label: str, amount: Any) -> TotalRow:
    if amount is None:
        return TotalRow(label, "0", "0", "0 GB")
    return TotalRow(
        label,
        number(amount.gpus),
        number(amount.cpu_cores),
        memory(amount.memory_bytes),
    )


def number(value: Decimal) -> str:
    """A number without needless zeros, thousands apart."""
    text = f"{value:,.3f}".rstrip("0").rstrip(".")
    return text or "0"


def memory(amount: Decimal) -> str:
    """Bytes in gigabytes, or in megabytes where that is little."""
    if 0 < amount < 10**9:
        return f"{number(amount / 10**6)} MB"
    return f"{number(amount / 10**9)} GB"


def counted(count: int | Decimal, noun: str) -> str:
    """A number with its noun."""
    text = number(Decimal(count))
    return f"{text} {noun}" if text == "1" else f"{text} {noun}s"
