"""Files and flags of a control plane: what its five processes are started with."""

import json
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from simulator.controlplane.certificates import Authority, write_account_keys
from simulator.controlplane.processes import free_ports

USERS = {
    "admin": ("admin", "system:masters"),
    "controller-manager": ("system:kube-controller-manager", ""),
    "scheduler": ("system:kube-scheduler", ""),
    "lws": ("lws", "system:masters"),
    "kubelet": ("kubelet", "system:masters"),
    "kai-scheduler": ("kai-scheduler", "system:masters"),
    "portal": ("portal", ""),
    "alice": ("alice", ""),
}
"""Who has a token: the name and group that the API server knows them by.

``portal`` and ``alice`` may do nothing until a role is bound to them.
"""

PORTS = ("api", "store", "peer", "manager", "scheduler", "webhook", "probe")
CONTROLLERS = (
    "statefulset-controller",
    "garbage-collector-controller",
    "namespace-controller",
    "serviceaccount-controller",
    "root-ca-certificate-publisher-controller",
    "endpointslice-controller",
    "endpoints-controller",
    "resourcequota-controller",
    "persistentvolumeclaim-protection-controller",
    "persistentvolume-protection-controller",
    "pod-garbage-collector-controller",
    "replicaset-controller",
    "deployment-controller",
)


@dataclass
class Plan:
    """The folder of a control plane, its ports, its users' tokens."""

    folder: Path
    tokens: dict[str, str] = field(default_factory=dict)
    ports: dict[str, int] = field(default_factory=dict)
    ca: str = ""
    """The certificate of the authority, as PEM."""

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.ports['api']}"

    def write(self) -> None:
        """Write certificates, tokens and configurations; those of before are lost."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = {name: secrets.token_hex(24) for name in USERS}
        self.tokens = fresh | self.tokens
        self.ports = dict(zip(PORTS, free_ports(len(PORTS)), strict=True))
        authority = Authority.fresh()
        self.ca = authority.pem
        (self.folder / "ca.crt").write_text(self.ca)
        authority.issue(self.folder / "tls.crt", self.folder / "tls.key")
        write_account_keys(self.folder / "sa.key", self.folder / "sa.pub")
        self._write_tokens()
        for name in USERS:
            self.kubeconfig(name).touch(mode=0o600)
            self.kubeconfig(name).write_text(json.dumps(self._connection(name)))
        (self.folder / "scheduler.json").write_text(json.dumps(self._scheduler()))

    def kubeconfig(self, user: str) -> Path:
        """The file with which a user's programs reach the API server."""
        return self.folder / f"{user}.kubeconfig"

    def _write_tokens(self) -> None:
        path = self.folder / "tokens.csv"
        path.touch(mode=0o600)
        rows = (
            f'{self.tokens[name]},{user},{name},"{group}"\n'
            for name, (user, group) in USERS.items()
        )
        path.write_text("".join(rows))

    def _connection(self, user: str) -> dict[str, Any]:
        cluster = {
            "server": self.url,
            "certificate-authority": str(self.folder / "ca.crt"),
        }
        return {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": user,
            "clusters": [{"name": "real", "cluster": cluster}],
            "users": [{"name": user, "user": {"token": self.tokens[user]}}],
            "contexts": [{"name": user, "context": {"cluster": "real", "user": user}}],
        }

    def _scheduler(self) -> dict[str, Any]:
        """The stock scheduler serves its own name only: the stand-in has the other."""
        connection = {
            "kubeconfig": str(self.kubeconfig("scheduler")),
            "qps": 500,
            "burst": 500,
        }
        return {
            "apiVersion": "kubescheduler.config.k8s.io/v1",
            "kind": "KubeSchedulerConfiguration",
            "leaderElection": {"leaderElect": False},
            "clientConnection": connection,
            "podInitialBackoffSeconds": 1,
            "podMaxBackoffSeconds": 2,
            "profiles": [{"schedulerName": "default-scheduler"}],
        }

    def store(self) -> list[str]:
        """Words for etcd."""
        kept = self.folder.parent / "etcd"
        return [str(kept), str(self.ports["store"]), str(self.ports["peer"])]

    def apiserver(self) -> list[str]:
        """Words for the API server. Nodes bear no taint of a controller not here."""
        return [
            f"--etcd-servers=http://127.0.0.1:{self.ports['store']}",
            "--advertise-address=127.0.0.1",
            "--endpoint-reconciler-type=none",
            f"--token-auth-file={self.folder / 'tokens.csv'}",
            "--authorization-mode=RBAC",
            "--service-cluster-ip-range=10.96.0.0/16",
            "--service-account-issuer=https://kubernetes.default.svc",
            f"--service-account-key-file={self.folder / 'sa.pub'}",
            f"--service-account-signing-key-file={self.folder / 'sa.key'}",
            "--disable-admission-plugins=TaintNodesByCondition",
            "--allow-privileged=true",
            "--event-ttl=2h",
            "--profiling=false",
            *self._serving("api"),
        ]

    def manager(self) -> list[str]:
        """Words for the controller-manager."""
        return [
            f"--kubeconfig={self.kubeconfig('controller-manager')}",
            *self._delegating("controller-manager"),
            "--leader-elect=false",
            f"--service-account-private-key-file={self.folder / 'sa.key'}",
            f"--root-ca-file={self.folder / 'ca.crt'}",
            "--use-service-account-credentials=true",
            "--kube-api-qps=1000",
            "--kube-api-burst=1000",
            f"--controllers={','.join(CONTROLLERS)}",
            *self._serving("manager"),
        ]

    def scheduler(self) -> list[str]:
        """Words for the stock scheduler."""
        return [
            f"--config={self.folder / 'scheduler.json'}",
            *self._delegating("scheduler"),
            *self._serving("scheduler"),
        ]

    def lws(self) -> list[str]:
        """Words for the LeaderWorkerSet controller."""
        return [
            f"--kubeconfig={self.kubeconfig('lws')}",
            f"--cert-dir={self.folder}",
            f"--webhook-port={self.ports['webhook']}",
            f"--probe=127.0.0.1:{self.ports['probe']}",
        ]

    def _serving(self, port: str) -> list[str]:
        return [
            "--bind-address=127.0.0.1",
            f"--secure-port={self.ports[port]}",
            f"--tls-cert-file={self.folder / 'tls.crt'}",
            f"--tls-private-key-file={self.folder / 'tls.key'}",
            f"--cert-dir={self.folder}",
        ]

    def _delegating(self, user: str) -> list[str]:
        file = self.kubeconfig(user)
        return [
            f"--authentication-kubeconfig={file}",
            f"--authorization-kubeconfig={file}",
        ]
