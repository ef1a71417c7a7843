"""The checkout and its remote: a commit is on the remote before the checkout knows of it, or nowhere."""

import base64
import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from solvencia.domain.errors import SolvenciaError

REMOTE = "origin"
_PATIENCE = 120.0


class GitError(SolvenciaError):
    """Git refused; the branch, here and on the remote, is as it was unless the message says otherwise."""


class Repository:
    """The branch that is checked out, and the same one on ``origin`` where there is that remote.

    Attributes:
        branch: its name.
        base: commit that it was at when looked at.
        has_remote: whether there is a remote to push to.
    """

    def __init__(self, root: Path = Path()) -> None:
        self._root = root
        try:
            self.branch = self._git("symbolic-ref", "--short", "HEAD")
        except GitError as error:
            raise GitError("HEAD: got no branch; allowed: a checkout of a branch") from error
        self._git("var", "GIT_COMMITTER_IDENT")  # fails where nobody would be the author
        self.base = self._git("rev-parse", "HEAD")
        self.has_remote = REMOTE in self._git("remote").split()

    def restore(self, paths: Sequence[str]) -> None:
        """Let these files be as the branch has them; those that it lacks go."""
        listed = self._git("ls-tree", "-r", "--name-only", "-z", "HEAD", "--", *paths).split("\0")
        for name in set(paths) - set(listed):
            (self._root / name).unlink(missing_ok=True)
        if known := [name for name in listed if name]:
            self._git("checkout", "--quiet", "HEAD", "--", *known)

    def changed(self, paths: Sequence[str]) -> bool:
        """Whether one of these files is not as the branch has it."""
        return bool(self._git("status", "--porcelain", "--untracked-files=all", "--", *paths))

    def demand_clean(self, paths: Sequence[str]) -> None:
        """See that neither these files nor others that git knows have changes of somebody else.

        Raises:
            GitError: naming them.
        """
        known = self._git("status", "--porcelain", "--untracked-files=no")
        new = self._git("status", "--porcelain", "--untracked-files=all", "--", *paths)
        if dirty := sorted({line[2:].strip() for line in f"{known}\n{new}".splitlines() if line}):
            raise GitError(
                f"uncommitted changes: got {', '.join(dirty[:5])}; allowed: none, commit them first"
            )

    def catch_up(self, paths: Sequence[str]) -> None:
        """Take from the remote what an earlier run, cut off, left there.

        Raises:
            GitError: the remote is not reached, or differs in more than these files.
        """
        if not self.has_remote:
            return
        self._git("fetch", "--quiet", REMOTE, self.branch)
        there = self._git("rev-parse", "FETCH_HEAD")
        if there == self.base:
            return
        state = f"{REMOTE}/{self.branch} is at {there[:12]}, the checkout at {self.base[:12]}"
        try:
            self._git("merge-base", "--is-ancestor", self.base, there)
            differing = self._git("diff", "--name-only", self.base, there).splitlines()
        except GitError as error:
            raise GitError(f"{state}, which is no part of it: push or pull first") from error
        if not set(differing) <= set(paths):
            raise GitError(f"{state}: pull first")
        self._git("merge", "--quiet", "--ff-only", there)
        self.base = there

    def commit(self, paths: Sequence[str], message: str) -> str:
        """Make a commit of these files alone on top of the branch, which does not move yet."""
        with tempfile.TemporaryDirectory() as scratch:
            index = {"GIT_INDEX_FILE": str(Path(scratch) / "index")}
            present = [name for name in paths if (self._root / name).exists()]
            self._git("read-tree", self.base, environment=index)
            self._git("add", "--", *present, environment=index)
            tree = self._git("write-tree", environment=index)
        return self._git("commit-tree", tree, "-p", self.base, "-m", message)

    def push(self, commit: str) -> None:
        """Let the remote's branch be this commit, if it still is what it was.

        Raises:
            GitError: somebody else pushed meanwhile, or the remote does not take it.
        """
        if self.has_remote:
            self._git("push", "--quiet", REMOTE, f"{commit}:refs/heads/{self.branch}")

    def withdraw(self, commit: str) -> None:
        """Let the remote's branch be what it was, should it be at this commit.

        Raises:
            GitError: something came after it already, or the remote does not take it back.
        """
        if not self.has_remote:
            return
        self._git("fetch", "--quiet", REMOTE, self.branch)
        if commit not in self._git("rev-list", f"{self.base}..FETCH_HEAD").split():
            return  # it was not taken
        lease = f"--force-with-lease=refs/heads/{self.branch}:{commit}"
        self._git("push", "--quiet", lease, REMOTE, f"{self.base}:refs/heads/{self.branch}")

    def adopt(self, commit: str) -> None:
        """Let the branch here be this commit; files stay as they are."""
        self._git("reset", "--quiet", commit)
        self.base = commit

    def _git(self, *words: str, environment: Mapping[str, str] | None = None) -> str:
        try:
            done = subprocess.run(
                [shutil.which("git") or "git", *words],
                cwd=self._root,
                env={**os.environ, **_credentials(os.environ), **(environment or {})},
                capture_output=True,
                text=True,
                check=False,
                timeout=_PATIENCE,
            )
        except subprocess.TimeoutExpired as error:
            raise GitError(f"git {words[0]}: no answer in {_PATIENCE:.0f} seconds") from error
        if done.returncode:
            said = [line for line in done.stderr.splitlines() if line.strip()]
            telling = [line for line in said if line.startswith((" ! ", "fatal:", "error:"))]
            raise GitError(f"git {words[0]}: {' '.join(telling or said[-1:])[:500]}")
        return done.stdout.strip("\n")


def _credentials(environment: Mapping[str, str]) -> dict[str, str]:
    """GITHUB_TOKEN for git, by the environment: it is in no file and on no command line."""
    settings = {"GIT_TERMINAL_PROMPT": "0"}
    token, server = environment.get("GITHUB_TOKEN"), environment.get("GITHUB_SERVER_URL")
    if token and server:
        pair = base64.b64encode(f"x-access-token:{token}".encode()).decode()
        settings |= {
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": f"http.{server}/.extraheader",
            "GIT_CONFIG_VALUE_0": f"AUTHORIZATION: basic {pair}",
        }
    return settings
