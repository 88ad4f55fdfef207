"""The stock admin that edits the demo organization."""

import re

MODELS = re.compile(r'href="(/admin/[a-z]+/[a-z]+/)"')
FIRST = re.compile(r'<th class="field-[^"]*"><a href="([^"]*)"')


def test_every_list_and_form_of_the_admin_opens(portal):
    console = portal.console()
    models = set(MODELS.findall(console.get("/admin/")))

    opened = set()
    for path in sorted(models):
        listed = console.get(path)
        if f"{path}add/" in listed:
            console.get(f"{path}add/")
        if found := FIRST.search(listed):
            console.get(found[1])
            opened.add(path.split("/")[3])

    assert {"cluster", "department", "project", "nodepool", "user"} <= opened


def test_the_demo_cluster_has_all_it_must_have_and_is_checked_at_a_press(portal):
    console = portal.console()
    listed = console.get("/admin/projects/cluster/")
    path = FIRST.search(listed)[1]
    page = console.get(path)

    checked = console.post("cluster_form", _check="Check now")

    assert "LeaderWorkerSet: Installed, 0.9 or newer." in page
    assert "<b>error</b>" not in page
    assert "The check has begun" in checked
