"""Pages that the browser translates: what is shown stays right, and nothing breaks."""

import re

from playwright.sync_api import Page, expect

from tests.e2e import steps
from tests.support.people import Person

# What a browser's translation does to the page, without the words: every text is
# replaced by one within two elements; every fourth keeps its node, moved into them.
# The texts that come later are treated alike. It begins when the page is alive: React
# tells on the console if it finds its first page translated, and draws it anew.
TRANSLATION = """
(() => {
  let turn = 0;
  const left = "font, [translate=no], script, style, textarea, title, option";
  const translate = (text) => {
    if (!text.data.trim() || text.parentElement?.closest(left)) return;
    const outer = document.createElement("font");
    const inner = outer.appendChild(document.createElement("font"));
    text.parentNode.replaceChild(outer, text);
    inner.append(turn++ % 4 === 3 ? text : text.data);
  };
  new MutationObserver(() => {
    if (!document.querySelector("aside[aria-label=Notice]") ||
        document.querySelector("[data-first-html]")) return;
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const found = [];
    while (texts.nextNode()) found.push(texts.currentNode);
    found.forEach(translate);
  }).observe(document, { childList: true, subtree: true, characterData: true });
})();
"""


def _translated(page: Page) -> None:
    """Make sure that the page is translated, all of it."""
    expect(page.locator("main font > font").first).to_be_attached()
    left = page.evaluate(
        """() => {
          const texts = document.createTreeWalker(
            document.querySelector("main"), NodeFilter.SHOW_TEXT);
          const left = [];
          while (texts.nextNode()) {
            const { currentNode: text } = texts;
            if (text.data.trim() &&
                !text.parentElement.closest("font, textarea, option, style"))
              left.push(text.data);
          }
          return left;
        }"""
    )
    assert left == []


def _totals(page: Page, total: str) -> None:
    """The summary, and nothing but this total, on what is said beside the step."""
    summary = page.get_by_role("complementary", name="Your booking")
    expect(summary.locator("dl > div").last.locator("dd")).to_have_text(total)
    bar = page.locator("[data-step-actions] p span").first
    expect(bar).to_have_text(total)
    _translated(page)


def _month_fits(page: Page) -> str:
    """The month's name is that of the days below it."""
    shown = page.get_by_role("heading", level=3).first
    month = steps.plain(shown.inner_text())
    expect(page.get_by_role("grid", name=month, exact=True)).to_be_visible()
    return month


def test_a_translated_wizard_shows_what_is_true(page: Page, customer: Person) -> None:
    page.add_init_script(TRANSLATION)
    steps.visit(page, "/login?next=/book/dog-walking")
    steps.fill_log_in(page, customer, "a wrong guess")
    wrong = page.get_by_role("alert").filter(has_text="is not right.")
    expect(wrong).to_have_text("The email or the password is not right.")
    _translated(page)
    steps.field(page, "Email").fill("")
    steps.button(page, "Log in").click()
    expect(page.get_by_text("Please enter your email.", exact=True)).to_be_visible()
    expect(wrong).to_have_count(0)
    steps.fill_log_in(page, customer)

    steps.at_step(page, "Options")
    steps.refuse_options(page)
    refused = page.get_by_text(steps.REFUSED_OPTIONS, exact=True)
    page.get_by_role("radio", name="30 minutes").click()
    _totals(page, "$32")
    page.get_by_role("radio", name="45 minutes").click()
    _totals(page, "$42")
    page.get_by_role("checkbox", name="A brush and towel-dry").check()
    _totals(page, "$50")
    steps.button(page, "More: More dogs from the same home").click()
    _totals(page, steps.TOTAL)
    steps.go_on(page)

    steps.name_nobody(page)
    expect(refused).to_have_count(0)
    steps.go_on(page)
    missing = page.get_by_text("Please enter the street and house number.", exact=True)
    expect(missing).to_be_visible()
    steps.fill_address(page)
    steps.go_on(page)

    steps.at_step(page, "Day and time")
    expect(missing).to_have_count(0)
    months = [_month_fits(page)]
    for _ in range(2):
        steps.next_month(page)
        months.append(_month_fits(page))
    steps.button(page, "Previous month").click()
    expect(page.get_by_role("heading", level=3).first).to_have_text(months[1])
    assert len(set(months)) == 3
    day = steps.free_days(page).first
    name = day.get_attribute("aria-label") or ""
    day.click()
    chosen = steps.pick_slot(page, name)
    summary = page.get_by_role("complementary", name="Your booking")
    expect(summary).to_contain_text(chosen.day)
    steps.go_on(page)
    steps.at_step(page, "Contact details")
    steps.go_on(page)
    steps.keep_details(page)
    _translated(page)
    assert steps.facts(page) == {
        **{line: [price] for line, price in steps.LINES.items()},
        "Total": [steps.TOTAL],
    }
    expect(page.get_by_role("main")).to_contain_text(chosen.day)
    for line in steps.ADDRESS_LINES:
        expect(page.get_by_role("main")).to_contain_text(line)
    number = steps.confirm(page)
    _translated(page)
    assert re.fullmatch(steps.NUMBER, number)
