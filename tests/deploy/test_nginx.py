"""What deploy/nginx does, through Debian's nginx: TLS, limits, addresses, ids, replicas, files."""

from __future__ import annotations

import json
import socket
import ssl
import time
from io import BytesIO

import httpx
import psycopg
import pytest
from PIL import Image
from tests.deploy.conftest import Site
from tests.support.raw_tls import exchange, statuses

from coursify.core.settings import Settings

pytestmark = pytest.mark.slow

COURSES = "/api/v1/courses"
PERSON = {"name": "Ada", "email": "ada@example.com", "password": "correct-horse-battery!"}


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_tls_begins_at_1_2_and_only_our_name_is_answered(site: Site) -> None:
    old = site.nginx.tls
    old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
    old.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.raises(ssl.SSLError), socket.create_connection(("127.0.0.1", site.nginx.port)) as plain:
        old.wrap_socket(plain, server_hostname="localhost")
    with pytest.raises(ssl.SSLError), socket.create_connection(("127.0.0.1", site.nginx.port)) as plain:
        site.nginx.tls.wrap_socket(plain, server_hostname="other.example.com")
    speaks = site.nginx.tls
    speaks.set_alpn_protocols(["h2"])
    with (
        socket.create_connection(("127.0.0.1", site.nginx.port)) as plain,
        speaks.wrap_socket(plain, server_hostname="localhost") as connection,
    ):
        assert (connection.version(), connection.selected_alpn_protocol()) == ("TLSv1.3", "h2")
    plain_http = httpx.get(f"http://127.0.0.1:{site.nginx.plain_port}/docs?page=2", trust_env=False)
    assert (plain_http.status_code, plain_http.headers["location"]) == (308, "https://localhost/docs?page=2")


@pytest.mark.parametrize(
    "path", ["/metrics", "/metrics/", "//metrics", "/%6detrics", "/./metrics", "/api/../metrics", "/metrics?x=1"]
)
def test_metrics_are_closed_in_every_spelling(site: Site, path: str) -> None:
    answer = exchange(site.nginx, f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
    assert statuses(answer) == [404]
    assert b"python_" not in answer


def test_the_address_of_the_client_is_what_nginx_saw(site: Site) -> None:
    """A header of the client changes nothing: the same counter goes on; another address has its own."""

    def remaining(source: str, forged: str) -> int:
        head = f"GET {COURSES} HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: {forged}\r\nConnection: close\r\n\r\n"
        lines = exchange(site.nginx, head.encode(), source=source).decode("latin-1").lower().split("\r\n")
        return next(int(line.split(";r=")[1].split(";")[0]) for line in lines if line.startswith("ratelimit:"))

    # One of the two replicas has at least four of the eight requests.
    counts = [remaining("127.0.0.7", f"203.0.113.{number}") for number in range(8)]
    assert max(counts) - min(counts) >= 3, counts
    assert remaining("127.0.0.8", "127.0.0.7") > remaining("127.0.0.7", "127.0.0.8")


def test_one_id_follows_a_request(site: Site) -> None:
    given = site.client.get("/health/live", headers={"X-Request-ID": "order-4711-abc"})
    assert given.headers["x-request-id"] == "order-4711-abc"
    made = site.client.get("/health/live", headers={"X-Request-ID": "bad id\t!"}).headers["x-request-id"]
    assert len(made) == 32
    site.replica_of(COURSES)
    assert {"order-4711-abc", made} <= {line["request_id"] for line in site.log()}


def test_the_log_has_no_query_and_no_token_of_media(site: Site) -> None:
    site.client.get("/media/playback/secret-token-of-a-viewer/index.m3u8?token=secret-in-query")
    site.replica_of(COURSES)
    assert "/media/playback/-/index.m3u8" in [line["path"] for line in site.log()]
    assert "secret" not in json.dumps(site.log())


def test_too_many_requests_of_one_address_are_429_and_another_address_is_served(site: Site) -> None:
    head = b"GET /docs HTTP/1.1\r\nHost: localhost\r\n\r\n"
    codes = statuses(exchange(site.nginx, head * 300, source="127.0.0.9"))
    assert 200 <= codes.count(200) < 300
    assert set(codes) == {200, 429}
    assert statuses(exchange(site.nginx, head, source="127.0.0.10")) == [200]


def test_a_replica_is_taken_out_by_a_file_and_back_without_a_reload(site: Site) -> None:
    def replicas_of(count: int) -> set[str]:
        return {site.replica_of(COURSES) for _ in range(count)}

    first, second = (url.rpartition(":")[2] for url in site.replicas.urls)
    assert replicas_of(4) == {first, second}
    for number, left in (("1", second), ("2", first)):
        (site.nginx.drain / number).touch()
        assert replicas_of(4) == {left}
        (site.nginx.drain / number).unlink()
    assert replicas_of(4) == {first, second}


def test_files_are_sent_by_nginx_with_the_headers_of_the_application(site: Site) -> None:
    token = site.client.post("/api/v1/users/register", json=PERSON).json()["data"]["accessToken"]
    picture = BytesIO()
    Image.new("RGB", (64, 64), "navy").save(picture, "PNG")
    answer = site.client.put(
        "/api/v1/users/me/avatar",
        files={"file": ("a.png", picture.getvalue(), "image/png")},
        headers={"Authorization": f"Bearer {token}"},
    )
    address = next(value for value in json.dumps(answer.json()).split('"') if "/media/images/" in value)
    path = address[address.index("/media/") :]
    sent = site.client.get(path, headers={"Origin": "https://school.example.com"})
    assert (sent.status_code, sent.headers["content-type"]) == (200, "image/webp"), answer.text
    assert Image.open(BytesIO(sent.content)).format == "WEBP"
    assert "immutable" in sent.headers["cache-control"]
    for name in ("etag", "x-request-id", "x-content-type-options", "content-security-policy"):
        assert name in sent.headers, name
    assert "x-accel-redirect" not in sent.headers
    assert site.client.get(path, headers={"If-None-Match": sent.headers["etag"]}).status_code == 304
    part = site.client.get(path, headers={"Range": "bytes=0-9"})
    assert (part.status_code, part.content) == (206, sent.content[:10])
    assert site.client.get(path.replace("/media/images/", "/media-files/")).status_code == 404


def test_the_weak_tag_of_a_compressed_answer_serves_an_editor(site: Site, settings: Settings) -> None:
    """Compressing makes the tag weak, which If-Match would never match: nginx makes it strong again."""
    person = PERSON | {"email": "editor@example.com"}
    token = site.client.post("/api/v1/users/register", json=person).json()["data"]["accessToken"]
    assert settings.database.database_owner_url
    with psycopg.connect(settings.database.database_owner_url.get_secret_value(), autocommit=True) as db:
        db.execute("UPDATE users SET role = 'instructor' WHERE email = %s", [person["email"]])
    headers = {"Authorization": f"Bearer {token}", "Accept-Encoding": "gzip"}
    draft = {"title": "Rust in practice", "description": "About Rust. " * 200, "category": "development", "price": 0}
    answer = site.client.post(COURSES, json=draft, headers=headers)
    address = f"{COURSES}/{answer.json()['data']['id']}"
    shown = site.client.get(address, headers=headers)
    assert (shown.headers["content-encoding"], shown.headers["etag"][:3]) == ("gzip", 'W/"'), shown.text
    match = {"If-Match": shown.headers["etag"]}
    assert site.client.put(address, json={"title": "Rust"}, headers=headers | match).status_code == 200
    assert site.client.put(address, json={"title": "Go"}, headers=headers | match).status_code == 412


def test_without_a_replica_the_answer_is_a_503_in_our_shape(site: Site) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        ports = [url.rpartition(":")[2] for url in site.replicas.urls]
        conf = site.nginx.folder / "conf" / "coursify" / "site.conf"
        text = conf.read_text()
        gone = str(closed.getsockname()[1])
        conf.write_text(text.replace(f":{ports[0]}", f":{gone}").replace(f":{ports[1]}", f":{gone}"))
        reload_nginx(site)
        try:
            answer = httpx.get(f"{site.nginx.url}{COURSES}", verify=site.nginx.tls, trust_env=False)
        finally:
            conf.write_text(text)
            reload_nginx(site)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    assert (answer.json()["success"], answer.json()["error"]["code"]) == (False, "unavailable")
    assert answer.json()["error"]["requestId"] == answer.headers["x-request-id"]


def reload_nginx(site: Site) -> None:
    assert site.nginx.process
    site.nginx.process.send_signal(1)
    time.sleep(0.5)


def test_the_catalogue_is_shared_for_a_second_when_a_site_asks_for_it(site: Site) -> None:
    conf = site.nginx.folder / "conf" / "coursify" / "site.conf"
    text = conf.read_text()
    conf.write_text(text.replace("$catalogue_cache off", "$catalogue_cache catalogue"))
    reload_nginx(site)
    try:
        path = COURSES + "?limit=3"
        assert [site.replica_of(path) != "" for _ in range(3)] == [True, False, False]
        # Anybody with a credential is answered by a replica, also when it is a false one.
        assert site.replica_of(path, Authorization="Bearer x")
        time.sleep(2)
        assert site.replica_of(path)
    finally:
        conf.write_text(text)
        reload_nginx(site)
