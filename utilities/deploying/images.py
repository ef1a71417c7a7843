"""Images that were built here, pushed to Artifact Registry."""

from utilities.deploying.commands import run


def registry_host(region: str) -> str:
    """Where the images of a region are kept.

    >>> registry_host("us-central1")
    'us-central1-docker.pkg.dev'
    """
    return f"{region}-docker.pkg.dev"


def sign_in(region: str) -> None:
    """Let docker push with what gcloud is signed in with.

    Raises:
        DeployError: gcloud fails.
    """
    run("gcloud", "auth", "configure-docker", registry_host(region), "--quiet")


def push(local: str, name: str, project: str, version: str) -> str:
    """Push the image ``local`` as ``name:version``; its address by digest, which nobody can move.

    Raises:
        DeployError: docker or gcloud fails.
    """
    remote = f"{name}:{version}"
    run("docker", "tag", local, remote)
    run("docker", "push", "--quiet", remote, minutes=30)
    digest = run(
        *("gcloud", "artifacts", "docker", "images", "describe", remote),
        *(f"--project={project}", "--format=value(image_summary.digest)"),
    ).strip()
    return f"{name}@{digest}"
