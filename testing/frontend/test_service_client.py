"""How the page reaches the service."""

import socket
from threading import Thread
from typing import Any

import httpx
import pytest

from frontend import client
from solvencia_client import ServiceAway, SolvenciaClient


def test_all_sessions_share_one_client() -> None:
    first = client.connect("http://127.0.0.1:9", None)
    assert client.connect("http://127.0.0.1:9", None) is first
    other = client.connect("http://127.0.0.1:9", "slv_1")
    assert other is not first
    for service in (first, other):
        service.close()
    client.connect.cache_clear()


def test_the_page_asks_once_because_it_waits_itself() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        hang_up = Thread(target=lambda: listener.accept()[0].close())
        hang_up.start()
        service = client.connect(f"http://127.0.0.1:{listener.getsockname()[1]}", None)
        with pytest.raises(ServiceAway):
            service.model()
        hang_up.join()
        listener.setblocking(False)
        with pytest.raises(BlockingIOError):
            listener.accept()
    service.close()
    client.connect.cache_clear()


def test_features_go_by_their_names(features: dict[str, Any]) -> None:
    answer = httpx.Response(200, json={"features": list(features.values())})
    service = SolvenciaClient("http://service", transport=httpx.MockTransport(lambda _: answer))
    assert client.features_of(service.model()) == features
