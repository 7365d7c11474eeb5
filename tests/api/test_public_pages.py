"""The public pages: filled, described, cached for as long as they are true."""

import json
import os
import re
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlmodel import Session, select
from starlette.applications import Starlette

from portal_app.api.public_pages import PageRenderers, public_page_routes
from portal_app.api.rendered_pages import PageContent
from portal_app.domain.bookings.views import FreeDayTimesView
from portal_app.domain.business import policies
from portal_app.domain.business.models import Business
from portal_app.domain.business.policies import PolicyForm
from portal_app.domain.business.views import BusinessView, PolicyView
from portal_app.domain.catalogue.models import Service
from portal_app.domain.catalogue.views import (
    CatalogueView,
    HomePageView,
    ServicePageView,
)
from portal_app.kernel.audiences import SYSTEM
from portal_app.kernel.clock import frozen
from portal_app.kernel.db import Database
from portal_app.settings import Settings
from tests.support.asgi import request
from tests.support.sample_business import (
    NOW,
    create_sample_business,
    let_everybody_go,
)
from tests.support.statements import statements_of

_BUILT = (
    '<html><head><title>Reflex</title><meta content="favicon.ico" '
    'property="og:image"/><link rel="modulepreload" href="/assets/a.js"/></head>'
    '<body><div data-first-html="page">SOON<div></div></div>'
    '<i hidden="" data-first-html-end="page"></i><script>1</script></body></html>'
)
_SESSION = {"cookie": "portal=secret"}


@dataclass
class Drawn:
    """Drawings that say what they were given, how often, and when it is."""

    calls: list[str] = field(default_factory=list)
    days: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def home(
        self, business: BusinessView, front: HomePageView, guest: bool
    ) -> PageContent:
        self.calls.append("home")
        names = ",".join(shelf.name for shelf in front.categories)
        html = f"<p>{business.name}|{names}|{guest}</p>"
        return PageContent(html, "A & <b>", 'Say "hi"', "/a.webp")

    def services(
        self,
        _business: BusinessView,
        catalogue: CatalogueView,
        words: str,
        category: str,
        guest: bool,
    ) -> PageContent:
        self.calls.append(f"services {words}/{category}")
        count = sum(len(shelf.services) for shelf in catalogue.categories)
        return PageContent(f"<p>{count}|{words}|{category}|{guest}</p>", "All")

    def service(
        self,
        _business: BusinessView,
        page: ServicePageView,
        days: list[FreeDayTimesView],
        guest: bool,
    ) -> PageContent:
        self.calls.append(f"service {page.service.slug}")
        self.days = [day.day for day in days]
        return PageContent(
            f"<p>{page.service.from_price}|{guest}</p>", page.service.name
        )

    def policies(
        self, _business: BusinessView, policies: list[PolicyView], guest: bool
    ) -> PageContent:
        self.calls.append("policies")
        titles = ",".join(policy.title for policy in policies)
        return PageContent(f"<p>{titles}|{guest}</p>", "Policies")

    def missing(self, _business: BusinessView, guest: bool) -> PageContent:
        self.calls.append("missing")
        return PageContent(f"<p>missing|{guest}</p>", "Nothing")

    def not_open(self, business: BusinessView, guest: bool) -> PageContent:
        self.calls.append("not open")
        return PageContent(f"<p>{business.name} opens|{guest}</p>", "Soon")


@dataclass(frozen=True)
class Client:
    """A browser that takes every page as it is."""

    app: Starlette

    def get(self, path: str, method: str = "GET", **options: Any) -> httpx.Response:
        headers = {"accept-encoding": "identity"} | options.pop("headers", {})
        return request(self.app, method, path, headers=headers, **options)

    def head(self, path: str) -> httpx.Response:
        return self.get(path, "HEAD")


@pytest.fixture
def drawn() -> Drawn:
    return Drawn()


@pytest.fixture
def site(tmp_path: Path) -> Path:
    folder = tmp_path / "site"
    for inner in ("services", "policies"):
        (folder / inner).mkdir(parents=True)
    names = ("index.html", "services/index.html", "policies/index.html")
    for name in (*names, "__spa-fallback.html"):
        (folder / name).write_text(_BUILT)
    return folder


@pytest.fixture
def client(sqlite_db: Database, site: Path, drawn: Drawn) -> Client:
    sqlite_db.call(create_sample_business)
    drawings = PageRenderers(
        drawn.home,
        drawn.services,
        drawn.service,
        drawn.missing,
        drawn.not_open,
        drawn.policies,
    )
    settings = Settings(_env_file=None, base_url="http://portal.example")
    routes = public_page_routes(
        sqlite_db, site, settings, drawings, lambda: drawn.seconds
    )
    return Client(Starlette(routes=routes))


def test_the_home_page_is_filled_and_described(client: Client) -> None:
    answer = client.get("/")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.headers["vary"] == "Accept-Encoding, Cookie"
    facts = json.dumps(
        {
            "@context": "https://schema.org",
            "@type": "LocalBusiness",
            "name": "Brightside",
            "description": "",
            "email": "hello@brightside.example",
            "makesOffer": [
                {"@type": "Offer", "itemOffered": {"@type": "Service", "name": name}}
                for name in ("Home clean", "Dog walk")
            ],
            "url": "http://portal.example/",
        }
    )
    assert answer.text == (
        '<html><head><link rel="modulepreload" fetchpriority="low" '
        'href="/assets/a.js"/><title>A &amp; &lt;b&gt;</title>'
        '<meta name="description" content="Say &quot;hi&quot;">'
        '<link rel="canonical" href="http://portal.example/">'
        '<meta property="og:type" content="website">'
        '<meta property="og:title" content="A &amp; &lt;b&gt;">'
        '<meta property="og:description" content="Say &quot;hi&quot;">'
        '<meta property="og:url" content="http://portal.example/">'
        '<meta property="og:image" content="http://portal.example/a.webp">'
        f'<script type="application/ld+json">{facts}</script></head>'
        '<body><div data-first-html="page"><p>Brightside|Cleaning,Pet care|True</p>'
        '</div><i hidden="" data-first-html-end="page"></i><script>1</script>'
        "</body></html>"
    )


def _slot(text: str) -> str:
    found = re.search(r'<div data-first-html="page"><p>(.*?)</p></div>', text)
    assert found
    return found[1]


def test_all_services_with_and_without_a_search(client: Client) -> None:
    assert _slot(client.get("/services").text) == "2|||True"
    asked = client.get("/services", params={"q": "  dog ", "category": "pets"})
    assert _slot(asked.text) == "2|dog|pets|True"
    assert '<link rel="canonical" href="http://portal.example/services">' in asked.text


def test_a_long_search_is_cut(client: Client) -> None:
    answer = client.get("/services", params={"q": "x" * 500})
    assert _slot(answer.text) == f"2|{'x' * 80}||True"


def test_a_service_has_its_own_address_and_facts(client: Client) -> None:
    text = client.get("/services/dog-walk").text
    assert _slot(text) == "$25|True"
    assert "<title>Dog walk</title>" in text
    address = "http://portal.example/services/dog-walk"
    assert f'<link rel="canonical" href="{address}">' in text
    facts = json.loads(text.split("ld+json")[1].split(">")[1].split("</script")[0])
    assert facts == {
        "@context": "https://schema.org",
        "@type": "Service",
        "name": "Dog walk",
        "description": "",
        "category": "Pet care",
        "provider": {"@type": "LocalBusiness", "name": "Brightside"},
        "url": address,
    }


def test_the_next_free_times_are_looked_for_every_few_seconds(
    client: Client, drawn: Drawn, sqlite_db: Database
) -> None:
    def look(at: float) -> tuple[list[str], int]:
        drawn.seconds = at
        with statements_of(sqlite_db) as found:
            client.get("/services/dog-walk")
        return drawn.days, sum("FROM time_claim" in one for one, _ in found)

    with frozen(NOW):
        assert look(0) == (["Mon, 2 Nov", "Tue, 3 Nov", "Wed, 4 Nov"], 2)
    with frozen(NOW + timedelta(days=1)):
        assert look(4) == (["Mon, 2 Nov", "Tue, 3 Nov", "Wed, 4 Nov"], 0)
        assert look(5) == (["Tue, 3 Nov", "Wed, 4 Nov", "Thu, 5 Nov"], 2)
    assert drawn.calls == ["service dog-walk"] * 2


def test_policies_are_in_the_first_html_as_they_are_now(
    client: Client, drawn: Drawn, sqlite_db: Database
) -> None:
    assert [_slot(client.get("/policies").text) for _ in range(2)] == ["|True"] * 2
    terms = PolicyForm(title="Terms", text="Be kind.")
    sqlite_db.call(policies.save_policy, SYSTEM, "terms", terms, 0)
    text = client.get("/policies").text
    assert _slot(text) == "Terms|True"
    assert '<link rel="canonical" href="http://portal.example/policies">' in text
    sqlite_db.call(policies.archive_policy, SYSTEM, "terms")
    assert _slot(client.get("/policies").text) == "|True"
    assert drawn.calls == ["policies"] * 3


def test_an_unknown_service_is_a_404_that_is_not_indexed(
    client: Client, drawn: Drawn
) -> None:
    answers = [client.get(f"/services/{slug}") for slug in ("nope", "no-pe")]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert _slot(answers[0].text) == "missing|True"
    assert '<meta name="robots" content="noindex">' in answers[0].text
    assert "canonical" not in answers[0].text
    assert drawn.calls == ["missing"]


def test_before_the_business_opens_its_services_say_so(
    client: Client, drawn: Drawn, sqlite_db: Database
) -> None:
    assert client.get("/services/dog-walk").status_code == 200
    sqlite_db.call(let_everybody_go)
    for headers, slot in (({}, "True"), (_SESSION, "False")):
        answer = client.get("/services/dog-walk", headers=headers)
        assert answer.status_code == 200
        assert _slot(answer.text) == f"Brightside opens|{slot}"
        address = "http://portal.example/services/dog-walk"
        assert f'<link rel="canonical" href="{address}">' in answer.text
        assert "ld+json" not in answer.text
    assert client.get("/services/nothing").status_code == 404
    expected = ["service dog-walk", "not open", "not open", "missing"]
    assert drawn.calls == expected
    # It is kept as long as it is true.
    client.get("/services/dog-walk")
    assert drawn.calls == expected


def test_facts_cannot_break_out_of_their_element(
    client: Client, sqlite_db: Database
) -> None:
    def rename(tx: Session) -> None:
        tx.get_one(Business, 1).name = "</script><script>alert(1)//"

    sqlite_db.call(rename)
    data = client.get("/").text.split("ld+json")[1].split("</script>")[0]
    assert "\\u003c/script>\\u003cscript>alert(1)//" in data


def test_visitors_with_a_session_are_not_drawn_as_guests(client: Client) -> None:
    for path, slot in (
        ("/", "Brightside|Cleaning,Pet care|False"),
        ("/services", "2|||False"),
        ("/services/dog-walk", "$25|False"),
        ("/services/nope", "missing|False"),
        ("/policies", "|False"),
    ):
        assert _slot(client.get(path, headers=_SESSION).text) == slot
        assert _slot(client.get(path).text).endswith("|True")


def test_a_page_is_drawn_again_only_when_its_data_changed(
    client: Client, drawn: Drawn, sqlite_db: Database
) -> None:
    for _ in range(3):
        client.get("/services/dog-walk")
    assert drawn.calls == ["service dog-walk"]

    def raise_price(tx: Session) -> None:
        service = tx.exec(select(Service).where(Service.slug == "dog-walk")).one()
        service.base_price_minor = 2600

    sqlite_db.call(raise_price)
    assert _slot(client.get("/services/dog-walk").text) == "$26|True"
    assert drawn.calls == ["service dog-walk", "service dog-walk"]


def test_a_new_build_is_noticed(client: Client, site: Path) -> None:
    client.get("/")
    page = site / "index.html"
    page.write_text(_BUILT.replace("a.js", "b.js"))
    os.utime(page, ns=(1, 1))
    assert 'href="/assets/b.js"' in client.get("/").text


def test_searches_are_not_kept(client: Client, drawn: Drawn) -> None:
    for _ in range(2):
        client.get("/services?q=dog")
        client.get("/services?category=unknown")
        client.get("/services?category=pets")
    assert drawn.calls == [
        "services dog/",
        "services /unknown",
        "services /pets",
        "services dog/",
        "services /unknown",
    ]


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip", "gzip"),
        ("gzip;q=1.0, br;q=0", "gzip"),
        ("br; q=0.0", ""),
        ("identity", ""),
        ("", ""),
    ],
)
def test_pages_are_compressed_as_the_browser_likes(
    client: Client, accepted: str, encoding: str
) -> None:
    whole = client.get("/")
    answer = client.get("/", headers={"accept-encoding": accepted})
    assert answer.headers.get("content-encoding", "") == encoding
    assert answer.content == whole.content
    length = int(answer.headers["content-length"])
    assert (length < int(whole.headers["content-length"])) == bool(encoding)


def test_an_unchanged_page_is_not_sent_again(client: Client) -> None:
    etag = client.get("/").headers["etag"]
    again = client.get("/", headers={"if-none-match": f'"x", W/{etag}'})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == etag
    for changed in (_SESSION, {"accept-encoding": "br"}):
        other = client.get("/", headers={"if-none-match": etag, **changed})
        assert other.status_code == 200
        assert other.headers["etag"] != etag


def test_a_page_can_be_asked_for_without_its_body(client: Client) -> None:
    whole = client.get("/services")
    head = client.head("/services")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == whole.headers["content-length"]


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/services/", "/services"),
        ("/services/?q=a%26b", "/services?q=a%26b"),
        ("/services/dog-walk/", "/services/dog-walk"),
        ("/policies/", "/policies"),
    ],
)
def test_there_is_one_address_per_page(client: Client, path: str, target: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.headers["location"]) == (308, target)


def test_files_beside_the_pages_are_left_to_the_app(
    client: Client, drawn: Drawn
) -> None:
    assert client.get("/services/dog-walk.webp").text == "Not Found"
    assert drawn.calls == []


def test_a_build_without_a_slot_raises(client: Client, site: Path) -> None:
    (site / "index.html").write_text("<html><head></head><body></body></html>")
    with pytest.raises(LookupError, match=r"index\.html has no slot to fill"):
        client.get("/")
