"""The table beside the width of its page: nothing is out of sight."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import row, table

LONG = "a-name-as-long-as-they-may-be-forty-seven-chars"
WIDTHS = """() => [".table-scroll", "html"].map(name => {
  const { scrollWidth, clientWidth } = document.querySelector(name);
  return scrollWidth - clientWidth;
})"""


@pytest.fixture(scope="module")
def varied(portal):
    """Rows with a long name, a long image and a status of two lines."""
    image = "registry.example.com/platform/serving/vllm:v0.11.0-cuda12.8"
    portal.submit(LONG, image=image, gpus=100, workers=7, replicas=9)
    portal.submit("short", workers=0)


@pytest.mark.parametrize("width", [1440, 1920, 390])
def test_at_usual_widths_the_table_scrolls_in_no_direction_but_down(
    signed_in, portal, varied, width
):
    signed_in.set_viewport_size({"width": width, "height": 900})
    table(signed_in, portal)
    expect(row(signed_in, LONG)).to_contain_text("Pending")

    assert signed_in.evaluate(WIDTHS) == [0, 0]


def test_where_it_is_wider_than_the_page_the_actions_stay_in_sight(
    signed_in, portal, varied
):
    signed_in.set_viewport_size({"width": 1024, "height": 768})
    table(signed_in, portal)

    beyond, page = signed_in.evaluate(WIDTHS)

    assert beyond > 0
    assert page == 0
    expect(row(signed_in, LONG).get_by_label("Actions for")).to_be_in_viewport()
