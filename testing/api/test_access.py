import asyncio
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Annotated, Any

import pytest
from fastapi import Depends, FastAPI
from fastapi.testclient import TestClient

from api.access import Caller, ConfigurationError, Gate, Role, ensure_startable, require
from api.errors import NotAllowedError, NotAuthenticatedError, NotReadyError, add_error_handlers
from api.keyring import LOCAL, KeyRing, issue
from api.settings import Settings
from testing.api.keys import NOW, HeldKeys

HERE = ("127.0.0.1", 50000)


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def bearer(key: str) -> bytes:
    return f"Bearer {key}".encode()


def scope(
    key: str | None = None, client: tuple[str, int] | None = HERE, **headers: str
) -> dict[str, Any]:
    sent = {"host": "127.0.0.1:8000", **headers}
    if key is not None:
        sent["authorization"] = f"Bearer {key}"
    named = [(name.replace("_", "-").encode(), value.encode()) for name, value in sent.items()]
    return {"type": "http", "headers": named, "client": client}


def admitted(gate: Gate, asked: dict[str, Any], role: Role = Role.PARTNER) -> Caller:
    return asyncio.run(gate.admit(asked, role))


def opened(store: HeldKeys, clock: Clock | None = None, **settings: Any) -> Gate:
    gate = Gate(Settings(**settings), store, clock or Clock())
    asyncio.run(gate.refresh())
    return gate


def test_a_key_is_known_by_its_secret_and_only_its_hash_is_kept() -> None:
    text, kept = issue("Banco Uno", Role.ANALYST, NOW)
    assert KeyRing([kept]).caller(bearer(text)) == Caller(kept.id, "Banco Uno", Role.ANALYST)
    assert text.split("_", 2)[2] not in repr(kept)
    assert issue("Banco Uno", Role.ANALYST, NOW)[0] != text


def test_the_scheme_is_read_in_any_case() -> None:
    text, kept = issue("Banco Uno", Role.PARTNER, NOW)
    assert KeyRing([kept]).caller(f"bEARER  {text}".encode()) is not None


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text[:-1] + ("A" if text[-1] != "A" else "B"),
        lambda text: text + "A",
        lambda text: text[:-1],
        lambda text: text.replace("slv_", "slw_"),
        lambda text: "slv_" + "0" * 12 + text[16:],
        lambda text: text[:16],
        lambda text: text[:17],
        lambda text: text + "A" * 10_000,
        lambda _: "",
        lambda _: "slv__",
        lambda _: "slv_\x00_\xff",
    ],
)
def test_what_is_not_exactly_the_key_is_not_known(change: Callable[[str], str]) -> None:
    text, kept = issue("Banco Uno", Role.PARTNER, NOW)
    assert KeyRing([kept]).caller(b"Bearer " + change(text).encode("latin-1")) is None


@pytest.mark.parametrize("scheme", ["Basic", "Bearer:", "Token", ""])
def test_another_scheme_is_not_read(scheme: str) -> None:
    text, kept = issue("Banco Uno", Role.PARTNER, NOW)
    assert KeyRing([kept]).caller(f"{scheme} {text}".encode()) is None


def test_unknown_wrong_and_revoked_keys_are_refused_alike() -> None:
    store = HeldKeys()
    store.make()
    wrong = store.make()[0][:-3] + "xyz"
    revoked, kept = store.make()
    store.held[-1] = replace(kept, revoked_at=NOW)
    unknown, _ = issue("Nobody", Role.ADMIN, NOW)
    gate = opened(store)
    refusals = set()
    for key in (wrong, revoked, unknown):
        with pytest.raises(NotAuthenticatedError) as refused:
            admitted(gate, scope(key))
        refusals.add((str(refused.value), refused.value.status, str(refused.value.headers)))
    assert refusals == {("this API key is not known", 401, "{'WWW-Authenticate': 'Bearer'}")}


def test_each_role_may_do_what_those_before_it_may() -> None:
    store = HeldKeys()
    keys = {role: store.make(role)[0] for role in Role}
    gate = opened(store)
    for place, role in enumerate(Role):
        for needed in list(Role)[: place + 1]:
            assert admitted(gate, scope(keys[role]), needed).role is role
        for needed in list(Role)[place + 1 :]:
            with pytest.raises(NotAllowedError, match=f"needs the role {needed}"):
                admitted(gate, scope(keys[role]), needed)


def test_a_request_reads_no_database() -> None:
    store = HeldKeys()
    text, _ = store.make()
    gate = opened(store)
    for _ in range(10):
        admitted(gate, scope(text))
    assert store.reads == 1


def test_a_new_key_works_at_once_and_unknown_ones_read_the_store_once_a_second() -> None:
    store, clock = HeldKeys(), Clock()
    store.make()
    gate = opened(store, clock)
    text, _ = store.make()
    assert admitted(gate, scope(text)).name == "Banco Uno"
    assert store.reads == 2
    unknown, _ = issue("Nobody", Role.ADMIN, NOW)
    for seconds, reads in ((0.0, 2), (0.9, 2), (1.1, 3), (1.5, 3), (2.2, 4)):
        clock.now = 1000 + seconds
        with pytest.raises(NotAuthenticatedError):
            admitted(gate, scope(unknown))
        assert store.reads == reads


def test_a_revoked_key_is_refused_from_the_next_refresh_on() -> None:
    store = HeldKeys()
    store.make()
    text, kept = store.make()
    gate = opened(store)
    admitted(gate, scope(text))
    store.held[-1] = replace(kept, revoked_at=NOW)
    asyncio.run(gate.refresh())
    with pytest.raises(NotAuthenticatedError):
        admitted(gate, scope(text))


def test_keys_are_followed_through_an_outage() -> None:
    store = HeldKeys()
    text, kept = store.make()
    gate = opened(store)

    async def follow() -> None:
        following = asyncio.create_task(gate.follow(0.001))
        store.away = True
        while store.reads < 4:
            await asyncio.sleep(0)
        assert (await gate.admit(scope(text), Role.PARTNER)).id == kept.id
        store.away, store.held[0] = False, replace(kept, revoked_at=NOW)
        before = store.reads
        while store.reads < before + 2:
            await asyncio.sleep(0)
        with pytest.raises(NotAuthenticatedError):
            await gate.admit(scope(text), Role.PARTNER)
        following.cancel()

    asyncio.run(follow())


def test_nobody_is_admitted_before_the_keys_were_read() -> None:
    store, clock = HeldKeys(), Clock()
    store.away = True
    gate = Gate(Settings(), store, clock)
    for key in (None, None, issue("Banco Uno", Role.ADMIN, NOW)[0]):
        with pytest.raises(NotReadyError):
            admitted(gate, scope(key))
    assert store.reads == 1
    store.away, clock.now = False, clock.now + 2
    assert admitted(gate, scope()) == LOCAL


def test_without_keys_this_machine_is_admitted() -> None:
    gate = opened(HeldKeys())
    for client, host in (
        ("127.0.0.1", "localhost:8000"),
        ("127.9.9.9", "127.0.0.1"),
        ("::1", "[::1]:80"),
    ):
        assert admitted(gate, scope(client=(client, 1), host=host), Role.ADMIN) == LOCAL
    assert admitted(gate, scope(origin="http://localhost:8080")) == LOCAL


@pytest.mark.parametrize(
    "asked",
    [
        scope(client=("192.168.1.7", 1)),
        scope(client=("testclient", 1)),
        scope(client=None),
        scope(x_forwarded_for="10.0.0.1"),
        scope(forwarded="for=127.0.0.1"),
        scope(host="attacker.example"),
        scope(origin="https://attacker.example"),
        scope(origin="null"),
    ],
)
def test_without_keys_others_are_not(asked: dict[str, Any]) -> None:
    with pytest.raises(NotAuthenticatedError):
        admitted(opened(HeldKeys()), asked)
    assert admitted(opened(HeldKeys(), open_access=True, host="0.0.0.0"), asked) == LOCAL


def test_an_exposed_service_without_keys_admits_nobody() -> None:
    with pytest.raises(NotAuthenticatedError):
        admitted(opened(HeldKeys(), host="0.0.0.0"), scope())


@pytest.mark.parametrize("open_access", [True, False])
def test_once_a_key_was_made_keys_are_needed(open_access: bool) -> None:
    store = HeldKeys()
    _, kept = store.make()
    store.held[0] = replace(kept, revoked_at=NOW)
    with pytest.raises(NotAuthenticatedError, match="no API key was sent"):
        admitted(opened(store, open_access=open_access), scope())


def test_a_key_nobody_made_is_refused_on_an_open_service_too() -> None:
    with pytest.raises(NotAuthenticatedError):
        admitted(opened(HeldKeys()), scope(issue("Lost", Role.PARTNER, NOW)[0]))


@pytest.mark.parametrize("host", ["0.0.0.0", "10.0.0.4", "solvencia.example"])
def test_it_does_not_start_exposed_without_keys(host: str) -> None:
    _, kept = issue("Banco Uno", Role.PARTNER, NOW)
    for keys in ([], [replace(kept, revoked_at=NOW)]):
        with pytest.raises(ConfigurationError) as refused:
            ensure_startable(Settings(host=host), keys)
        for named in ("HOST", host, "OPEN_ACCESS", "python -m api.keys create"):
            assert named in str(refused.value)
        ensure_startable(Settings(host=host, open_access=True), keys)
        ensure_startable(Settings(host="127.0.0.1"), keys)
    ensure_startable(Settings(host=host), [kept])


@pytest.fixture
def store() -> HeldKeys:
    return HeldKeys()


@pytest.fixture
def client(store: HeldKeys) -> Iterator[TestClient]:
    app = FastAPI()
    app.state.gate = opened(store, rate_limit_per_second=1, rate_limit_burst=3)
    add_error_handlers(app)

    @app.get("/mine")
    async def mine(caller: Annotated[Caller, Depends(require(Role.PARTNER))]) -> str:
        return caller.id

    @app.get("/all", dependencies=[Depends(require(Role.ANALYST))])
    async def everything() -> str:
        return "all"

    with TestClient(app, base_url="http://127.0.0.1", client=HERE) as client:
        yield client


def test_routes_get_the_caller(client: TestClient, store: HeldKeys) -> None:
    assert client.get("/mine").json() == "local"
    text, kept = store.make()
    sent = {"Authorization": f"Bearer {text}"}
    assert client.get("/mine", headers=sent).json() == kept.id
    refused = client.get("/mine")
    assert refused.status_code == 401
    assert refused.headers["www-authenticate"] == "Bearer"
    assert refused.headers["content-type"] == "application/problem+json"
    forbidden = client.get("/all", headers=sent)
    assert forbidden.status_code == 403
    assert "analyst" in forbidden.json()["detail"]


def test_a_key_may_not_ask_without_end(client: TestClient, store: HeldKeys) -> None:
    text, _ = store.make()
    other, _ = store.make()
    sent = {"Authorization": f"Bearer {text}"}
    answers = [client.get("/mine", headers=sent) for _ in range(5)]
    assert [answer.status_code for answer in answers][:3] == [200, 200, 200]
    assert answers[-1].status_code == 429
    assert answers[-1].headers["retry-after"] == "1"
    assert client.get("/mine", headers={"Authorization": f"Bearer {other}"}).status_code == 200


def test_an_open_service_limits_nobody(client: TestClient) -> None:
    assert {client.get("/mine").status_code for _ in range(20)} == {200}


def test_the_documentation_shows_the_lock(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    assert document["components"]["securitySchemes"] == {
        "ApiKey": {"type": "http", "scheme": "bearer", "description": "An API key: `slv_…`"}
    }
    for path in ("/mine", "/all"):
        assert document["paths"][path]["get"]["security"] == [{"ApiKey": []}]
