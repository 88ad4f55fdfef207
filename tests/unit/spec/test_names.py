import pytest

from workloads.spec.names import NAME, free_name, name_issues


@pytest.mark.parametrize(
    "name", ["a", "chat", "chat-2b", "a" * 47, "a1", "epee", "a-e"]
)
def test_a_good_name_has_no_issues(name):
    assert name_issues(name) == []
    assert NAME.fullmatch(name)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("", ["is required"]),
        ("a" * 48, ["has 48 characters"]),
        ("1chat", ["must begin with a lower-case letter"]),
        ("Chat", ["must begin with a lower-case letter", "not 'C'"]),
        ("my_chat", ["not '_'"]),
        ("chat\n", ["not '\\n'"]),
        ("chät", ["not '\\xe4'"]),
        ("chat-", ["must end in a letter or digit"]),
        ("chat-0", ["must not end in -0: replicas are numbered so. Write chat0"]),
        ("chat-12", ["must not end in -12"]),
        ("chat-ep", ["must not end in -ep"]),
        ("chat-np", ["must not end in -np"]),
        ("1" * 50, ["has 50", "must begin"]),
    ],
)
def test_each_broken_rule_is_told_in_a_sentence(name, said):
    issues = name_issues(name)

    assert len(issues) == len(said)
    assert all(part in issue for part, issue in zip(said, issues, strict=True))


@pytest.mark.parametrize(
    ("wanted", "taken", "free"),
    [
        ("chat", [], "chat-copy"),
        ("chat", ["chat-copy"], "chat-copy2"),
        ("chat-copy", ["chat-copy", "chat-copy2"], "chat-copy3"),
        ("chat-copy2", ["chat-copy"], "chat-copy2"),
        ("a" * 47, [], "a" * 42 + "-copy"),
        ("a" * 41 + "-bcdef", [], "a" * 41 + "-copy"),
    ],
)
def test_a_copy_gets_a_name_that_is_free_and_allowed(wanted, taken, free):
    assert free_name(wanted, taken) == free
    assert name_issues(free) == []
