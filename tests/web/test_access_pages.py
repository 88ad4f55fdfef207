"""Signing in, the frame of every page, and its headers."""

import pytest

from tests.support.rows import Counted, a_workload

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse"


def test_signing_in_leads_to_the_page_that_was_wanted(client, org):
    response = client.post(
        "/sign-in/",
        {"username": "alice", "password": PASSWORD, "next": "/workloads/deleted/"},
    )

    assert response["Location"] == "/workloads/deleted/"


@pytest.mark.parametrize(
    "wanted",
    ["//evil.example", "///evil.example", "/\\evil.example", "https://evil.example"],
)
def test_signing_in_never_leads_to_another_site(client, org, wanted):
    response = client.post(
        "/sign-in/", {"username": "alice", "password": PASSWORD, "next": wanted}
    )

    assert response["Location"] == "/"


def test_a_wrong_name_and_a_wrong_password_get_the_same_words(client, org):
    pages = [
        client.post("/sign-in/", {"username": name, "password": "wrong"}).text
        for name in ("alice", "nobody")
    ]

    assert all("The name or the password is wrong." in page for page in pages)
    assert all("There is a problem" in page for page in pages)
    assert "<title>Error: Sign in" in pages[0]


def test_signing_out_takes_a_post(client, org):
    client.force_login(org.alice)

    assert client.get("/sign-out/").status_code == 405
    assert client.post("/sign-out/")["Location"] == "/sign-in/"
    assert client.get("/").status_code == 302


@pytest.mark.parametrize(
    ("chosen", "marked"),
    [("dark", 'data-theme="dark"'), ("light", 'data-theme="light"'), ("", "")],
)
def test_the_theme_is_remembered_and_written_by_the_server(client, org, chosen, marked):
    client.force_login(org.alice)

    page = client.post("/user/theme/", {"theme": chosen, "next": "/"}, follow=True).text

    assert marked in page
    assert ("data-theme" in page) == bool(chosen)


def test_a_cookie_that_nobody_set_is_not_written_into_the_page(client, org):
    client.force_login(org.alice)
    client.cookies["theme"] = '"><script>'
    client.cookies["nav"] = "wide"

    page = client.get("/").text

    assert "data-theme" not in page
    assert "data-nav" not in page


def test_changing_the_password_says_what_is_wrong_at_the_field(client, org):
    client.force_login(org.alice)
    new = {"new_password1": "short", "new_password2": "short"}

    page = client.post("/user/password/", {"old_password": "wrong"} | new).text

    assert "There is a problem" in page
    assert 'aria-describedby="id_old_password-error"' in page


def test_navigation_has_only_what_exists(client, org):
    client.force_login(org.alice)

    page = client.get("/").text

    nav = page[page.index('id="nav"') : page.index("</nav>")]
    assert nav.count("nav-link") == 2
    assert 'aria-current="page"' in nav


@pytest.mark.parametrize(
    "path", ["/sign-in/", "/components/", "/nope/", "/livez/", "/"]
)
def test_every_answer_has_the_strict_policy_and_is_kept_out_of_caches(
    client, org, path
):
    client.force_login(org.alice)

    headers = client.get(path).headers

    assert "script-src 'self';" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "no-store" in headers["Cache-Control"]
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_the_component_sheet_holds_nothing_that_runs(client, org):
    client.force_login(org.alice)

    page = client.get("/components/")

    assert page.status_code == 200
    assert Counted(page.text).live == ["script", "script"]


def test_a_page_that_is_not_there_says_so_and_leads_back(client, org):
    client.force_login(org.alice)

    page = client.get("/nope/")

    assert page.status_code == 404
    assert "There is no such page" in page.text
    assert "Go to Workloads" in page.text


def test_charlie_can_open_no_address_of_a_workload(client, org):
    chat = a_workload(org.project, org.alice)
    client.force_login(org.charlie)
    tails = (
        "", "menu/", "events/", "pods/", "connections/", "spec/", "spec.yaml", "logs/",
        "logs/lines/", "logs/file/", "scale/", "delete/",
    )  # fmt: skip

    answers = {
        tail: client.get(f"/workloads/{chat.pk}/{tail}").status_code for tail in tails
    }

    assert answers == dict.fromkeys(tails, 404)
