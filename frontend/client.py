"""The service as the page reaches it: one client for all sessions."""

from collections.abc import Mapping
from functools import cache

from solvencia_client import SolvenciaClient
from solvencia_client.types import FeatureOut, ModelOut

TIMEOUT = 10.0
"""Seconds for a score, which takes milliseconds; a slow first request may load a connection."""

Features = Mapping[str, FeatureOut]
"""What the features of a model are called, by their name."""


@cache
def connect(address: str, api_key: str | None) -> SolvenciaClient:
    """The client of an address; it keeps connections, and nothing of what it sends.

    It asks once: the page itself waits while the service is away, and shows that it does.
    """
    return SolvenciaClient(address, api_key, timeout=TIMEOUT, retries=0)


def features_of(model: ModelOut) -> dict[str, FeatureOut]:
    """What the features of a model are called."""
    return {feature["name"]: feature for feature in model["features"]}
