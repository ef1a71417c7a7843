"""Other programs, started with lists of arguments: nothing is ever read by a shell."""

import subprocess

from solvencia.domain.errors import SolvenciaError


class DeployError(SolvenciaError):
    """A step of the deployment did not work; the message says which, and what the program said."""


def run(*command: str, minutes: float = 15) -> str:
    """What the command prints.

    Raises:
        DeployError: it is not installed, fails, or takes longer than ``minutes``.
    """
    shown = " ".join(command[:4])
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=minutes * 60
        )
    except FileNotFoundError as error:
        raise DeployError(f"{command[0]}: not installed, or not on PATH") from error
    except subprocess.TimeoutExpired as error:
        raise DeployError(f"{shown} …: no answer in {minutes:g} minutes") from error
    if done.returncode != 0:
        said = done.stderr.strip() or done.stdout.strip() or "it said nothing"
        raise DeployError(f"{shown} …: exit status {done.returncode}: {said[-1000:]}")
    return done.stdout
