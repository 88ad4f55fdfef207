"""How long judging takes: 4 scopes, 60 rules, 50 variables per role."""

import statistics
import time
from collections.abc import Callable
from typing import Any

from policies.engine.checked import checked, guarded
from policies.engine.completed import completed
from policies.engine.context import Context
from policies.engine.effective import EffectivePolicy
from policies.engine.filled import drawn
from policies.engine.judge import judge
from policies.engine.merged import merged
from policies.engine.parsed import parsed
from policies.engine.policy import Policy
from policies.engine.rules import Scope, Unit
from policies.engine.tree import plain
from workloads.spec.rules import RULES
from workloads.spec.workload import WorkloadSpec

TIMES = 200


def pod(rows: int) -> dict[str, Any]:
    names = [{"name": f"V{n}", "value": f"value {n}"} for n in range(rows)]
    return {
        "image": "nvcr.io/nim/llama:1",
        "command": "serve --port 8000",
        "environmentVariables": names,
        "compute": {
            "gpuDevicesRequest": 2,
            "cpuCoreLimit": 8,
            "cpuMemoryRequest": "4G",
        },
        "storage": {"pvc": [{"name": "p", "path": "/d", "claimInfo": {"size": "1G"}}]},
    }


def document(rows: int = 50) -> dict[str, Any]:
    return {
        "workers": 3,
        "replicas": 2,
        "servingPort": {"port": 8000},
        "leader": pod(rows),
        "worker": pod(rows),
    }


def policy_of(scope: Scope) -> Policy:
    """15 rules and 12 defaults, half of them for each role."""
    role = {
        "image": {"prefixes": ["nvcr.io"]},
        "imagePullPolicy": {
            "options": [{"value": "Always"}, {"value": "IfNotPresent"}]
        },
        "environmentVariables": {"instances": {"locked": ["HTTP_PROXY"]}},
        "compute": {
            "gpuDevicesRequest": {"max": 8},
            "cpuMemoryRequest": {"min": "1G", "max": "64G"},
            "cpuCoreRequest": {"defaultFrom": {"field": "cpuCoreLimit", "factor": 0.5}},
        },
        "security": {"runAsUid": {"min": 1000}},
    }
    proxy = {"name": "HTTP_PROXY", "value": "http://proxy:3128"}
    some = {
        "imagePullPolicy": "Always",
        "environmentVariables": {
            "instances": [proxy, {"name": f"S{scope}", "value": "1"}]
        },
        "labels": {"instances": [{"name": f"l{scope}", "value": "x"}]},
        "compute": {"cpuMemoryRequest": "2G"},
    }
    rules = {"leader": role, "worker": role, "replicas": {"max": 100}}
    defaults = {"leader": some, "worker": some, "replicas": 3}
    return Policy.read(Unit(scope, f"u{scope}"), {"rules": rules, "defaults": defaults})


def median(call: Callable[[], object], times: int = TIMES) -> float:
    """Milliseconds of processor that one call takes, the middle of many."""
    spent = []
    for _ in range(times):
        begun = time.thread_time()
        call()
        spent.append(time.thread_time() - begun)
    return statistics.median(spent) * 1000


def parts() -> dict[str, Callable[[], object]]:
    """What is measured, by name."""
    chain = tuple(policy_of(scope) for scope in list(Scope)[1:])
    policy = EffectivePolicy.of(chain)
    context, doc, twice = Context(policy), document(), document(100)
    said, _ = parsed(doc)
    whole = merged(said, policy)
    done = completed(whole, context)
    resolved = plain(done.tree)
    spec = WorkloadSpec.model_validate(resolved)
    return {
        "effective policy of the chain": lambda: EffectivePolicy.of(chain),
        "parsed": lambda: parsed(doc),
        "merged": lambda: merged(said, policy),
        "completed": lambda: completed(whole, context),
        "plain": lambda: plain(done.tree),
        "spec": lambda: WorkloadSpec.model_validate(resolved),
        "rules": lambda: [list(rule(spec, said, context.facts)) for rule in RULES],
        "guarded": lambda: list(guarded(done, policy)),
        "checked": lambda: list(checked(done, policy)),
        "shown": lambda: plain(drawn(whole, context), unread=True),
        "judge": lambda: judge(doc, context),
        "judge, 100 variables": lambda: judge(twice, context),
    }


def measure() -> dict[str, float]:
    """Return the milliseconds of each part."""
    return {name: round(median(call), 3) for name, call in parts().items()}


if __name__ == "__main__":
    for name, spent in measure().items():
        print(f"{name:32}{spent:7.3f} ms")
