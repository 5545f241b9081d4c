"""A mount namespace, in which disks are small or can only be read, and end with their process."""

from __future__ import annotations

import functools
import shutil
import subprocess

import pytest

# The second one for who isn't root.
NAMESPACES = (("unshare", "--mount"), ("unshare", "--map-root-user", "--mount"))


def mount_namespace() -> tuple[str, ...]:
    """The command that starts another one in a mount namespace. Skips the test where nobody may have one."""
    command = _allowed()
    if command is None:
        pytest.skip(
            "needs the right to mount in a namespace (`unshare --mount`): run it as root, or on a machine that allows "
            "user namespaces"
        )
    return command


@functools.cache
def _allowed() -> tuple[str, ...] | None:
    for command in NAMESPACES if shutil.which("unshare") else ():
        tried = subprocess.run(
            [*command, "mount", "-t", "tmpfs", "none", "/tmp"], capture_output=True, check=False
        )
        if tried.returncode == 0:
            return command
    return None
