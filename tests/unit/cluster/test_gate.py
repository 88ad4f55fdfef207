"""The version of LeaderWorkerSet, told by its schema."""

import pytest

from workloads.cluster.prerequisites import lws_finding


def installed(*features):
    return {"lws": True, "lwsFeatures": sorted(features)}


@pytest.mark.parametrize(
    ("features", "state", "text", "step"),
    [
        (
            ["partition", "volumeClaimTemplates", "observedGeneration"],
            "ok",
            "Installed, 0.9 or newer.",
            "",
        ),
        (
            ["partition", "volumeClaimTemplates"],
            "warning",
            "Older than 0.9: observedGeneration not offered.",
            "Update it to 0.9 or newer.",
        ),
        (
            ["partition"],
            "warning",
            "Older than 0.8: observedGeneration, volumeClaimTemplates not offered.",
            "Update it to 0.9 or newer.",
        ),
        (
            [],
            "warning",
            "Older than 0.7: observedGeneration, partition, volumeClaimTemplates not "
            "offered.",
            "Update it to 0.9 or newer.",
        ),
    ],
    ids=["0.9", "0.8", "0.7", "0.6"],
)
def test_an_older_version_is_named_with_what_it_lacks(features, state, text, step):
    finding = lws_finding(installed(*features))

    assert (finding.state, finding.text, finding.next_step) == (state, text, step)


def test_where_it_is_not_installed_the_next_step_is_to_install_it():
    finding = lws_finding({"lws": False, "lwsFeatures": []})

    assert finding.state == "error"
    assert "0.9" in finding.next_step
