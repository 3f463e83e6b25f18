"""Who may ask what: the page is for the person who started it, and for nobody else."""

import http.client
import json
import re
from urllib.parse import urlsplit

import pytest


class Caller:
    """Somebody who sends requests without a browser's good manners."""

    def __init__(self, address):
        place = urlsplit(address)
        self.host, self.port, self.query = place.hostname, place.port, place.query
        self.cookie = None

    def ask(self, path, method="GET", body=None, **headers):
        """Return status, headers and body; header names are written with _ for -."""
        connection = http.client.HTTPConnection(self.host, self.port, timeout=10)
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.cookie and "Cookie" not in sent:
            sent["Cookie"] = self.cookie
        connection.request(method, path, body, sent)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer.status, answer.headers, content

    def enter(self):
        """Come in by the first address."""
        status, headers, _ = self.ask(f"/?{self.query}")
        assert status == 200
        self.cookie = headers["Set-Cookie"].partition(";")[0]
        return headers["Set-Cookie"]

    @property
    def own(self):
        """The origin of the page itself."""
        return f"http://{self.host}:{self.port}"


@pytest.fixture
def caller(address):
    return Caller(address)


@pytest.fixture
def inside(caller):
    caller.enter()
    return caller


def test_without_the_token_nothing_is_shown(caller):
    for path in ("/", "/api/study", "/static/js/main.js", "/api/videos/0/frames/0"):
        status, _, content = caller.ask(path)
        assert status == 403
        assert b"behave web" in content


def test_a_wrong_token_is_refused(caller):
    status, headers, _ = caller.ask("/?token=wrong")
    assert status == 403
    assert "Set-Cookie" not in headers


def test_the_token_becomes_a_cookie_that_scripts_and_other_sites_cannot_use(caller):
    cookie = caller.enter()
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert caller.query.removeprefix("token=") not in cookie
    assert caller.ask("/")[0] == 200


def test_the_address_opens_from_a_link_in_another_site(visit, address):
    page = visit().page
    # A page of ours under another name is another site to a browser.
    page.route("http://elsewhere.example/", lambda route: route.fulfill(
        content_type="text/html", body=f"<a href='{address}'>open</a>"))  # fmt: skip
    page.goto("http://elsewhere.example/")
    page.click("text=open")
    page.wait_for_selector(".animal")
    assert "token" not in page.url


def test_a_cookie_of_another_server_is_refused(inside):
    name = inside.cookie.partition("=")[0]
    assert inside.ask("/", Cookie=f"{name}=guess")[0] == 403


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "127.0.0.1.evil.example",
        "",
        "evil.example:80",
        "[::1].evil",
        "127.0.0.1:80@evil",
        "localhost.",
    ],
)
def test_a_foreign_host_is_refused_even_with_the_cookie(inside, host):
    assert inside.ask("/api/study", Host=host)[0] == 403


@pytest.mark.parametrize("host", ["localhost:9999", "127.0.0.1", "[::1]:4"])
def test_a_tunnel_may_have_a_port_of_its_own(inside, host):
    assert inside.ask("/api/study", Host=host)[0] == 200


@pytest.mark.parametrize("origin", [None, "http://evil.example", "null", "http://127.0.0.1:1"])
def test_nothing_is_changed_for_another_origin(inside, study, origin):
    sent = {} if origin is None else {"Origin": origin}
    status, _, _ = inside.ask("/api/score/eve", "PUT", "{}", **sent)
    assert status == 403
    assert not (study / "by_hand").exists()


def test_the_page_itself_may_change_things(inside, study):
    assert inside.ask("/api/score/eve", "PUT", "{}", Origin=inside.own)[0] == 200
    assert (study / "by_hand" / "sessions" / "eve.json").exists()


def test_read_only_changes_nothing(study, tools):
    with tools.serving(study, read_only=True) as address:
        caller = Caller(address)
        caller.enter()
        assert caller.ask("/api/study")[0] == 200
        status, _, content = caller.ask("/api/score/eve", "PUT", "{}", Origin=caller.own)
    assert (status, b"look at only" in content) == (403, True)
    assert not (study / "by_hand").exists()


@pytest.mark.parametrize(
    "path",
    [
        "/static/", "/static", "/static/js", "/static/js/", "/static/../app.py",
        "/static/%2e%2e/app.py", "/static/..%2f..%2fapp.py", "/report/../study.yaml",
        "/report/%2e%2e/study.yaml", "/report/..%2fstudy.yaml", "/report/run.json",
        "/api/videos/99", "/api/videos/-1", "/api/review/..%2f..%2fstudy.yaml",
        "/api/arenas/proposal?video=../a.mp4&count=2", "/trials.csv", "/api/videos/" + "9" * 5000,
        "/api/arenas/scene?video=a.mp4&other=../study.yaml", "/static/..\\..\\app.py",
    ],
)  # fmt: skip
def test_no_folder_is_listed_and_no_file_outside_the_page_is_given(inside, study, path):
    (study / "by_hand").mkdir()
    (study / "by_hand" / "unblinded.json").write_text("{}")  # so that only the path is refused
    status, _, content = inside.ask(path)
    assert status in {403, 404, 405, 414}
    assert b"agonist" not in content


@pytest.mark.parametrize(
    "scorer", ["..%2fevil", "corrections", "anna_again", "a%3Ab", "%20", "con", "x" * 41]
)
def test_a_name_that_cannot_name_a_file_is_refused(inside, study, scorer):
    status, _, _ = inside.ask(f"/api/score/{scorer}", "PUT", "{}", Origin=inside.own)
    assert status in {404, 405, 422}
    assert not (study / "by_hand").exists()


def test_every_answer_forbids_scripts_from_elsewhere(inside):
    for path in ("/", "/api/study", "/static/js/main.js", "/nowhere"):
        headers = inside.ask(path)[1]
        assert "default-src 'none'; script-src 'self'" in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"


def test_what_is_not_understood_is_refused_in_words(inside):
    status, _, content = inside.ask("/api/arenas", "PUT", '{"version": 1}', Origin=inside.own)
    assert status == 422
    assert "cannot be saved" in json.loads(content)["error"]


@pytest.mark.parametrize("number", ["%C2%B2", "-1", "1e9", "9" * 400])
def test_a_number_that_is_none_is_no_fault_of_the_program(inside, number):
    for name in ("within_ms", "width"):
        assert inside.ask(f"/api/videos/0/frames/1?{name}={number}")[0] == 200
    assert inside.ask(f"/api/arenas/proposal?video=a.mp4&count={number}")[0] == 422
    assert inside.ask(f"/api/results/rescored?factor={number}")[0] == 422


def test_what_is_no_number_is_not_saved(inside, study):
    box = {"name": "1", "x": 1, "y": 1, "width": 50, "height": 50}
    for odd in ({"px_per_cm": "inf"}, {"x": "nan"}, {"width": 1e999}):
        drawn = {"version": "absent", "videos": {"a.mp4": [box | odd]}}
        answer = inside.ask("/api/arenas", "PUT", json.dumps(drawn), Origin=inside.own)
        assert answer[0] == 422, answer
    assert not (study / "arenas.csv").exists()


def test_no_page_names_anything_elsewhere(tools):
    static = tools.root.parents[1] / "behave" / "web" / "static"
    found = {
        address
        for file in static.rglob("*.*")
        for address in re.findall(r"(?:\w+:|[\"'(])//[\w.]+[^\"'\s]*", file.read_text("utf-8"))
    }
    assert found == {"http://www.w3.org/2000/svg"}  # a name, never fetched
