"""The stock admin's form of a cluster: its secrets are typed, and never shown."""

from typing import Any

from django import forms

from projects.connection import (
    IN_CLUSTER_SERVER,
    BadConnection,
    Connection,
    check,
)
from projects.kubeconfig import connection_of
from projects.models import Cluster

HAND = ("address", "authority", "token", "certificate", "key")
ONE_WAY = "Choose one way: a kubeconfig, the fields below it, or the portal's own pod."
NEEDED = "Say how the cluster is reached: paste a kubeconfig, or fill in the fields."


class Unshown(forms.Textarea):
    """Takes a secret, and never sends it back, not even to who typed it wrongly."""

    def __init__(self) -> None:
        super().__init__({"rows": 4, "autocomplete": "off", "spellcheck": "false"})

    def format_value(self, value: Any) -> str:
        return ""


def secret(text: str) -> forms.CharField:
    """Return a field that is empty whenever the page is drawn."""
    return forms.CharField(required=False, widget=Unshown, help_text=text)


class ClusterForm(forms.ModelForm):
    """What people say of a cluster, and how it is reached from now on."""

    kubeconfig = secret("What kubectl config view --flatten --minify prints.")
    context = forms.CharField(required=False, help_text="Empty: the current one.")
    address = forms.CharField(required=False, help_text="https://10.0.0.1:6443")
    authority = forms.CharField(
        required=False,
        widget=forms.Textarea({"rows": 4}),
        help_text="PEM. Empty: the authorities that the portal's machine trusts.",
    )
    token = secret("Of a service account.")
    certificate = secret("Client certificate, PEM: instead of a token.")
    key = secret("Its key, PEM.")
    own_pod = forms.BooleanField(
        required=False, label="The cluster that the portal runs in"
    )

    class Meta:
        model = Cluster
        fields = [
            "name",
            "domain",
            "scheduler",
            "external_access",
            "authorization_profile",
            "gpu_limits",
            "fail_after_seconds",
            "flap_window_seconds",
        ]

    connection: Connection | None = None
    """What was entered; nothing where the cluster is reached as before."""

    def clean(self) -> dict[str, Any] | None:
        """Read what was entered. What is wrong with it is said at the form's head."""
        cleaned = super().clean() or {}
        try:
            self.connection = entered(cleaned)
            if self.connection is not None:
                check(self.connection)
            elif self.instance._state.adding:
                raise BadConnection(NEEDED)
        except BadConnection as refusal:
            raise forms.ValidationError(str(refusal)) from None
        return cleaned


def entered(said: dict[str, Any]) -> Connection | None:
    """Return the connection that the fields describe. Raises BadConnection."""
    by_hand = any(said.get(name) for name in HAND)
    ways = [bool(said.get("kubeconfig")), by_hand, bool(said.get("own_pod"))]
    if sum(ways) > 1:
        raise BadConnection(ONE_WAY)
    if said.get("kubeconfig"):
        return connection_of(said["kubeconfig"], said.get("context") or "")
    if said.get("own_pod"):
        return Connection(IN_CLUSTER_SERVER)
    if not by_hand:
        return None
    found = Connection(*(str(said.get(name) or "") for name in HAND))
    if found.account == Cluster.Account.IN_CLUSTER:
        raise BadConnection("Give a token, or a client certificate with its key.")
    return found
