"""What a sealed value is: it opens in its own place, with its own key, and whole."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.secrets.envelope import Key, Lost, Place, closed, opened

KEY, OTHER = Key(b"k" * 32), Key(b"o" * 32)
PLACE = Place("cluster", "7c2f", "access", 3)


@given(st.binary(max_size=500))
def test_what_was_sealed_comes_back(plain):
    assert opened(closed(plain, KEY, PLACE), KEY, PLACE) == plain


def test_the_value_is_not_in_it_and_two_seals_differ():
    one, two = closed(b"canary", KEY, PLACE), closed(b"canary", KEY, PLACE)

    assert b"canary" not in one
    assert one != two


@pytest.mark.parametrize(
    "place",
    [
        PLACE._replace(kind="credential"),
        PLACE._replace(row="7c2e"),
        PLACE._replace(field="token"),
        PLACE._replace(revision=2),
        Place("cluster", '7c2f", "access', "", 3),
    ],
    ids=["kind", "row", "field", "older", "another split"],
)
def test_it_opens_nowhere_else(place):
    blob = closed(b"canary", KEY, PLACE)

    with pytest.raises(Lost):
        opened(blob, KEY, place)


def test_another_key_does_not_open_it():
    with pytest.raises(Lost):
        opened(closed(b"canary", KEY, PLACE), OTHER, PLACE)


@pytest.mark.parametrize("at", range(0, 40, 3))
def test_one_changed_byte_is_noticed(at):
    blob = bytearray(closed(b"canary of the cluster", KEY, PLACE))
    blob[at] ^= 1

    with pytest.raises(Lost):
        opened(bytes(blob), KEY, PLACE)


@pytest.mark.parametrize("length", [0, 1, 5, 17, 30])
def test_a_value_that_was_cut_off_is_lost(length):
    with pytest.raises(Lost):
        opened(closed(b"canary", KEY, PLACE)[:length], KEY, PLACE)


def test_a_key_is_not_told_by_its_id_or_its_text():
    assert KEY.secret.hex() not in repr(KEY)
    assert KEY.id not in KEY.secret
    assert KEY.id != OTHER.id


def test_each_purpose_has_a_key_of_its_own():
    assert KEY.derived("cluster") != KEY.derived("credential") != KEY.secret
