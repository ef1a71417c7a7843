"""One service of Cloud Run: a revision beside the serving one, and where the traffic goes."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from utilities.deploying.commands import DeployError, run


@dataclass(frozen=True)
class Candidate:
    """A revision that has an address of its own and, unless it is the service's first, no traffic."""

    revision: str
    url: str
    """The candidate's own address."""
    service_url: str
    before: Mapping[str, int]
    """Percent of the traffic by revision before it came; empty for a new service."""


@dataclass(frozen=True)
class CloudRun:
    """The service ``name``; ``tag`` names the candidate's address while it is tried."""

    project: str
    region: str
    name: str
    tag: str

    def add(self, image: str) -> Candidate:
        """A revision of ``image`` with the settings that the service has, and without traffic.

        Raises:
            DeployError: gcloud fails, or the revision does not start.
        """
        before = _shares(self._service())
        # Cloud Run refuses a new service without traffic; nobody uses that one yet.
        quiet = ["--no-traffic"] if before else []
        self._gcloud("deploy", self.name, f"--image={image}", f"--tag={self.tag}", *quiet)
        service = self._service() or {}
        status = service.get("status", {})
        for target in status.get("traffic", []):
            if target.get("tag") == self.tag:
                return Candidate(target["revisionName"], target["url"], status["url"], before)
        raise DeployError(f"{self.name}: the tag {self.tag} is missing from what was deployed")

    def serving_image(self) -> str:
        """The image of the revision that has most of the traffic.

        The service's own template may hold another one: that of a deployment that was rolled back.

        Raises:
            DeployError: gcloud fails, or nothing serves.
        """
        shares = _shares(self._service())
        if not shares:
            raise DeployError(f"{self.name}: nothing serves that could be deployed again")
        revision = max(shares, key=lambda name: shares[name])
        found = json.loads(self._gcloud("revisions", "describe", revision, "--format=json"))
        image: str = found["spec"]["containers"][0]["image"]
        return image

    def serve(self, candidate: Candidate) -> None:
        """All traffic to the candidate.

        Raises:
            DeployError: gcloud fails; where the traffic goes is then not known.
        """
        self._traffic({candidate.revision: 100})

    def restore(self, candidate: Candidate) -> None:
        """Traffic as it was before the candidate.

        Raises:
            DeployError: gcloud fails, or there was none before: a new service.
        """
        if not candidate.before:
            raise DeployError(f"{self.name}: its first revision, so that none is left to serve")
        self._traffic(candidate.before)

    def drop_tag(self) -> None:
        """The candidate's own address goes; the revision and the traffic stay.

        Raises:
            DeployError: gcloud fails.
        """
        self._gcloud("services", "update-traffic", self.name, f"--remove-tags={self.tag}")

    def _traffic(self, shares: Mapping[str, int]) -> None:
        listed = ",".join(f"{revision}={percent}" for revision, percent in shares.items())
        self._gcloud("services", "update-traffic", self.name, f"--to-revisions={listed}")

    def _service(self) -> dict[str, Any] | None:
        """The service as it is; None when there is none. Asked of the list, which tells no from fail."""
        only = f"--filter=metadata.name={self.name}"
        services = json.loads(self._gcloud("services", "list", only, "--format=json"))
        named = [one for one in services if one["metadata"]["name"] == self.name]
        return named[0] if named else None

    def _gcloud(self, *arguments: str) -> str:
        where = (f"--project={self.project}", f"--region={self.region}", "--quiet")
        return run("gcloud", "run", *arguments, *where)


def _shares(service: Mapping[str, Any] | None) -> dict[str, int]:
    shares: dict[str, int] = {}
    for target in (service or {}).get("status", {}).get("traffic", []):
        if target.get("percent"):
            revision = target["revisionName"]
            shares[revision] = shares.get(revision, 0) + target["percent"]
    return shares
