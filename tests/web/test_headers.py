"""What holds for every answer: headers, tokens, hosts, cookies, ways out."""

import re

import pytest
from django.core.signals import got_request_exception
from django.db import OperationalError
from django.test import Client

from access.models import User
from runai_portal import settings as ours
from runai_portal import views
from runai_portal.middleware import POLICY
from tests.web.test_scope import CARRIED, DOORS, cast  # noqa: F401  # a fixture
from workloads.models import Workload

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed_in(client, cast):  # noqa: F811  # the fixture of that name
    client.force_login(cast.alice)
    client.raise_request_exception = False
    return client


def check(answer):
    headers = answer.headers
    assert headers["Content-Security-Policy"] == POLICY
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"


def test_the_policy_lets_nothing_in_and_nobody_frame_it():
    assert "unsafe" not in POLICY
    assert "default-src 'none'" in POLICY
    assert "frame-ancestors 'none'" in POLICY
    assert "base-uri 'none'" in POLICY
    assert "form-action 'self'" in POLICY
    assert not re.search(r"https?:|\*", POLICY)


@pytest.mark.parametrize("name", sorted(DOORS))
@pytest.mark.parametrize("method", ["get", "post"])
def test_every_address_sends_the_strict_headers_and_is_cached_nowhere(
    signed_in,
    cast,  # noqa: F811
    name,
    method,
):
    answer = getattr(signed_in, method)(cast.address(name), {"replicas": "2"})

    check(answer)
    assert answer.status_code < 500
    assert "no-store" in answer["Cache-Control"]
    if answer.status_code == 200 and "html" in answer["Content-Type"]:
        assert answer["X-Frame-Options"] == "DENY"


def test_a_page_that_is_not_there_is_no_exception(signed_in):
    answer = signed_in.get("/no/such/page/")

    check(answer)
    assert answer.status_code == 404
    assert answer["Cache-Control"] == "no-store"


def broken_by(monkeypatch, error):
    def fails(*args, **kwargs):
        raise error

    monkeypatch.setattr("workloads.views.table.table_page", fails)


def test_a_view_that_breaks_shows_our_page_tells_nothing_and_is_logged(
    signed_in, monkeypatch, caplog
):
    broken_by(monkeypatch, RuntimeError("the secret reason"))

    answer = signed_in.get("/")

    check(answer)
    assert answer.status_code == 500
    assert "Something broke on our side" in answer.text
    assert "secret reason" not in answer.text
    assert "Traceback" not in answer.text
    assert "the secret reason" in caplog.text
    assert answer["Cache-Control"] == "no-store"


def test_a_database_that_is_away_is_said_and_asked_nothing(
    signed_in, monkeypatch, django_assert_num_queries
):
    broken_by(monkeypatch, OperationalError("database is locked"))

    answer = signed_in.get("/")

    check(answer)
    assert answer.status_code == 503
    assert answer["Retry-After"] == "5"
    assert "locked" not in answer.text
    assert "Nothing is lost" in answer.text


def test_the_page_of_an_error_needs_no_database(rf, django_assert_num_queries):
    with django_assert_num_queries(0):
        page = views.broken(rf.get("/"))

    assert page.status_code == 500
    assert "Go to Workloads" in page.text


def test_static_files_have_the_strict_headers_and_may_be_kept(
    client, settings, tmp_path
):
    settings.STATIC_ROOT = tmp_path
    (tmp_path / "app.js").write_text("1")

    answer = Client().get("/static/app.js")

    check(answer)
    assert answer.status_code == 200
    assert "no-store" not in answer["Cache-Control"]


@pytest.mark.parametrize("name", sorted(DOORS))
def test_a_post_without_the_token_changes_nothing(cast, name):  # noqa: F811
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(cast.alice)
    before = list(Workload.objects.values()), list(User.objects.values("password"))

    answer = strict.post(cast.address(name), {"replicas": "7", "do": "create"})
    fragment = strict.post(
        cast.address(name), {"replicas": "7"}, headers={"HX-Request": "true"}
    )

    check(answer)
    after = list(Workload.objects.values()), list(User.objects.values("password"))
    assert after == before
    assert fragment.status_code == 401
    if name in CARRIED:  # sent again by one click, with a token
        assert "csrfmiddlewaretoken" in answer.text
        return
    assert answer.status_code == 403
    assert "You may not do this" in answer.text


@pytest.mark.parametrize("origin", ["https://evil.example", "null"])
def test_a_post_from_another_origin_is_refused_though_it_has_the_token(
    cast,  # noqa: F811
    origin,
):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(cast.alice)
    page = strict.get(cast.address("workloads:scale"))
    token = re.search(r'csrfmiddlewaretoken" value="([^"]+)', page.text)[1]
    post = {"replicas": "7", "csrfmiddlewaretoken": token}

    forged = strict.post(
        cast.address("workloads:scale"), post, headers={"Origin": origin}
    )
    meant = strict.post(cast.address("workloads:scale"), post)

    assert forged.status_code == 403
    assert meant.status_code == 302


AWAY = [
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "https://evil.example/",
    "https:evil.example",
    "javascript:alert(1)",
    "/\t/evil.example",
    "/\r\nSet-Cookie: a=b",
    "http://testserver@evil.example/",
    "\x00//evil.example",
    " //evil.example",
]


@pytest.mark.parametrize("wanted", AWAY)
@pytest.mark.parametrize("door", ["theme", "workloads:columns", "workloads:delete"])
def test_no_form_leads_to_another_site(
    signed_in,
    cast,  # noqa: F811
    door,
    wanted,
):
    answer = signed_in.post(cast.address(door), {"next": wanted, "theme": "dark"})

    target = answer["Location"]
    assert answer.status_code == 302
    assert re.match(r"/(?![/\\])", target)
    assert "evil" not in target.partition("?")[0]
    assert not re.search(r"[\r\n\t]", target)


@pytest.mark.parametrize("wanted", AWAY)
def test_signing_in_leads_to_no_other_site(client, cast, wanted):  # noqa: F811
    post = {"username": "alice", "password": "correct horse", "next": wanted}

    answer = client.post("/sign-in/", post)

    assert re.match(r"/(?![/\\])[^\r\n\t]*\Z", answer["Location"])
    assert "evil" not in answer["Location"]


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "a b", ""])
def test_a_forged_host_gets_nowhere(signed_in, host):
    answer = signed_in.get("/", headers={"Host": host})

    assert answer.status_code == 400
    assert "<h1>" in answer.text
    check(answer)


def test_only_loopback_is_a_host_unless_somebody_says_so():
    assert ours.ALLOWED_HOSTS[:3] == ["127.0.0.1", "localhost", "[::1]"]


def test_cookies_are_for_this_site_and_not_for_scripts(client, cast):  # noqa: F811
    client.get("/sign-in/")
    client.post("/sign-in/", {"username": "alice", "password": "correct horse"})
    client.post("/user/theme/", {"theme": "dark", "next": "/"})

    for name in ("session", "theme"):
        assert client.cookies[name]["httponly"]
        assert client.cookies[name]["samesite"] == "Lax"
        assert not client.cookies[name]["domain"]
    assert client.cookies["session"]["max-age"] == 24 * 60 * 60


def test_signing_in_begins_a_new_session_and_signing_out_ends_it(
    client,
    cast,  # noqa: F811
):
    client.get("/sign-in/")
    client.force_login(cast.charlie)
    old = client.cookies["session"].value
    client.post("/sign-out/")
    client.post("/sign-in/", {"username": "alice", "password": "correct horse"})
    new = client.cookies["session"].value
    client.post("/sign-out/")

    assert new != old
    for dead in (old, new):
        client.cookies["session"] = dead
        assert client.get("/").status_code == 302


def test_a_wrong_name_costs_as_much_as_a_wrong_password(client, cast, monkeypatch):  # noqa: F811
    hashed = []
    real = User.set_password
    monkeypatch.setattr(
        User, "set_password", lambda user, raw: hashed.append(raw) or real(user, raw)
    )

    client.post("/sign-in/", {"username": "nobody", "password": "guess"})

    assert hashed == ["guess"]


def test_no_signal_of_ours_hides_an_exception():
    assert not got_request_exception.has_listeners()
