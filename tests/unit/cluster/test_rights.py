"""The role files say what the code asks for, and nothing that is too much."""

from pathlib import Path

import pytest
import yaml

from workloads.cluster.rights import EVERYWHERE, IN_PROJECTS, PROJECT_ROLE, Right

FILES = Path(__file__).parents[3] / "deploy" / "rbac"


def documents(name):
    return list(yaml.safe_load_all((FILES / name).read_text()))


def granted(name):
    (role,) = documents(name)
    return {
        Right(verb, group, resource, named)
        for rule in role["rules"]
        for verb in rule["verbs"]
        for group in rule["apiGroups"]
        for resource in rule["resources"]
        for named in rule.get("resourceNames", [""])
    }


@pytest.mark.parametrize(
    ("file", "rights"),
    [("clusterrole.yaml", EVERYWHERE), ("project-role.yaml", IN_PROJECTS)],
)
def test_a_role_file_grants_exactly_what_the_code_asks_for(file, rights):
    assert granted(file) == set(rights)
    assert len(rights) == len(set(rights))


@pytest.mark.parametrize("file", ["clusterrole.yaml", "project-role.yaml"])
def test_no_role_is_more_than_it_must_be(file):
    rights = granted(file)

    assert not {"*", "escalate", "impersonate", "deletecollection"} & {
        right.verb for right in rights
    }
    assert not any("*" in right.resource + right.group for right in rights)
    assert all(right.verb == "list" for right in rights if right.resource == "nodes")
    assert all(right.name == PROJECT_ROLE for right in rights if right.verb == "bind")


def test_config_maps_and_secrets_are_not_read_everywhere():
    assert not {"configmaps", "secrets"} & {right.resource for right in EVERYWHERE}


def test_the_bindings_name_the_roles_and_the_account():
    (role,), (project,) = documents("clusterrole.yaml"), documents("project-role.yaml")
    *_, account, everywhere = documents("account.yaml")
    (by_hand,) = documents("binding-by-hand.yaml")

    assert everywhere["roleRef"]["name"] == role["metadata"]["name"]
    assert by_hand["roleRef"]["name"] == project["metadata"]["name"] == PROJECT_ROLE
    for binding in (everywhere, by_hand):
        (subject,) = binding["subjects"]
        place = {key: subject[key] for key in ("name", "namespace")}
        assert place == account["metadata"]
