"""A production deployment as plain processes on loopback: PostgreSQL, code server, daemon, read-only webserver, proxy.

What belongs here: starting, killing and asking them. What doesn't: what is expected of them. The files are those in
`deploy/`; only names of hosts and ports are this machine's.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

PROJECT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
LOOPBACK = "127.0.0.1"
POSTGRES_FOLDER = Path("/usr/lib/postgresql")
PATIENCE_SECONDS = 420.0
# What a supervisor gives a process that it has asked to end, before it kills it. A code server whose run is at its end
# just then has been seen to stay although it was asked.
LONGEST_STOP_SECONDS = 60.0


def free_port() -> int:
    with socket.create_server((LOOPBACK, 0)) as server:
        port: int = server.getsockname()[1]
    return port


def wait_for(what: str, is_so: Callable[[], bool], patience: float = PATIENCE_SECONDS) -> None:
    """Wait until something is so; fail, naming it, when it isn't for too long."""
    give_up_at = time.monotonic() + patience
    while not is_so():
        if time.monotonic() > give_up_at:
            raise AssertionError(f"waited {patience:.0f} s in vain: {what}")
        time.sleep(0.5)


def accepts(port: int) -> bool:
    try:
        with socket.create_connection((LOOPBACK, port), timeout=1):
            return True
    except OSError:
        return False


def postgres_programs() -> Path | None:
    """The folder of initdb and postgres, of Debian's newest version; None where it isn't installed."""
    folders = sorted(POSTGRES_FOLDER.glob("*/bin"), key=lambda path: int(path.parent.name))
    return folders[-1] if folders else None


@contextmanager
def postgres(programs: Path) -> Iterator[int]:
    """A server of its own, whose data is gone afterwards. PostgreSQL refuses to run as root.

    Its data lies in no folder of pytest's: whenever a session of pytest begins, it closes its folders to all other
    users, and a server that no longer reaches its files ends itself.
    """
    port = free_port()
    as_user: list[str] = []
    with TemporaryDirectory(prefix="sla-postgres-", ignore_cleanup_errors=True) as folder:
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres")
            as_user = ["runuser", "-u", "postgres", "--"]
        data = Path(folder) / "data"
        subprocess.run(
            [*as_user, programs / "initdb", "-D", data, "-U", "dagster", "--auth=trust", "--encoding=UTF8"],
            check=True,
            capture_output=True,
        )
        server = subprocess.Popen(
            [*as_user, programs / "postgres", "-D", data, "-p", str(port), "-h", LOOPBACK, "-k", data],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            wait_for("PostgreSQL accepts connections", lambda: accepts(port), 60)
            subprocess.run(
                [programs / "createdb", "-h", LOOPBACK, "-p", str(port), "-U", "dagster", "dagster"],
                check=True,
                capture_output=True,
            )
            yield port
        finally:
            os.killpg(server.pid, signal.SIGINT)
            server.wait(30)


def database_mb(port: int) -> float:
    """The size of Dagster's database, in megabytes."""
    programs = postgres_programs()
    assert programs is not None
    asked = subprocess.run(
        [programs / "psql", "-h", LOOPBACK, "-p", str(port), "-U", "dagster", "-d", "dagster", "-At"],
        input="select pg_database_size('dagster')",
        check=True,
        capture_output=True,
        text=True,
    )
    return round(int(asked.stdout) / 1e6, 1)


@dataclass
class Deployment:
    """The processes of one deployment, each in a session of its own, with its output in a file."""

    folder: Path
    postgres_port: int
    settings: dict[str, str]
    code_port: int = field(default_factory=free_port)
    web_port: int = field(default_factory=free_port)
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.dagster_home.mkdir()
        text = (PROJECT / "deploy" / "dagster.yaml").read_text(encoding="utf-8")
        changed = text.replace("port: 5432", f"port: {self.postgres_port}")
        assert changed != text
        (self.dagster_home / "dagster.yaml").write_text(changed, encoding="utf-8")
        text = (PROJECT / "deploy" / "workspace.yaml").read_text(encoding="utf-8")
        changed = text.replace("host: code", f"host: {LOOPBACK}").replace("4000", str(self.code_port))
        (self.dagster_home / "workspace.yaml").write_text(changed, encoding="utf-8")

    @property
    def dagster_home(self) -> Path:
        return self.folder / "dagster"

    @property
    def environment(self) -> dict[str, str]:
        outside = {name: value for name, value in os.environ.items() if not name.startswith("SLA_")}
        return {
            **outside,
            "DAGSTER_HOME": str(self.dagster_home),
            "DAGSTER_POSTGRES_HOST": LOOPBACK,
            "DAGSTER_POSTGRES_USER": "dagster",
            "DAGSTER_POSTGRES_PASSWORD": "unused",
            "DAGSTER_POSTGRES_DB": "dagster",
            "DO_NOT_TRACK": "1",
            "DAGSTER_DISABLE_TELEMETRY": "1",
            "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
            "GX_ANALYTICS_ENABLED": "false",
            **self.settings,
        }

    def start(self, *names: str) -> None:
        """Start processes by name, in order, each when the one before answers."""
        for name in names:
            with (self.folder / f"{name}.log").open("ab") as output:
                self.processes[name] = subprocess.Popen(
                    self._command(name),
                    cwd=PROJECT,
                    env=self.environment,
                    stdout=output,
                    stderr=output,
                    start_new_session=True,
                )
            if name == "code":
                wait_for("the code server answers", self._code_answers)
            elif name == "webserver":
                wait_for("the webserver answers", lambda: accepts(self.web_port))

    def kill(self) -> None:
        """`kill -9` every process and all that it has started, whatever it is doing."""
        for process in self.processes.values():
            for child in descendants(process.pid):
                try:
                    os.kill(child, signal.SIGKILL)
                except ProcessLookupError:
                    continue
            process.wait()
        self.processes.clear()

    def stop(self) -> None:
        """Ask every process to end, in order, and wait until it has; one that doesn't is killed, as supervisors do."""
        for process in reversed(self.processes.values()):
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(LONGEST_STOP_SECONDS)
        self.kill()

    def memory_mb(self) -> float:
        """The resident memory of the servers themselves, in megabytes; what a run takes goes with it."""
        pages = sum(
            int(Path(f"/proc/{process.pid}/statm").read_text().split()[1])
            for process in self.processes.values()
        )
        return round(pages * os.sysconf("SC_PAGE_SIZE") / 1e6, 1)

    def _command(self, name: str) -> list[str]:
        workspace = str(self.dagster_home / "workspace.yaml")
        if name == "code":
            where = ["--host", LOOPBACK, "--port", str(self.code_port)]
            return [
                str(BIN / "dagster"),
                "api",
                "grpc",
                *where,
                "--module-name",
                "dagster_project.definitions",
            ]
        if name == "daemon":
            return [str(BIN / "dagster-daemon"), "run", "--workspace", workspace]
        where = ["--host", LOOPBACK, "--port", str(self.web_port)]
        return [str(BIN / "dagster-webserver"), "--read-only", *where, "--workspace", workspace]

    def _code_answers(self) -> bool:
        assert self.processes["code"].poll() is None, (self.folder / "code.log").read_text()[-3000:]
        return accepts(self.code_port)


def descendants(pid: int) -> list[int]:
    """A process and all that it started, whatever session they are in; the parents first, so that none is missed."""
    children: dict[int, list[int]] = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            text = status.read_text()
        except OSError:
            continue
        parent = int(text.rpartition(")")[2].split()[1])
        children.setdefault(parent, []).append(int(status.parent.name))
    found = [pid]
    for each in found:
        found.extend(children.get(each, []))
    return found


@contextmanager
def proxy(web_port: int, name: str, password: str) -> Iterator[int]:
    """The proxy of `deploy/nginx.conf` before a webserver, for one stakeholder. Its files lie in no folder of pytest's,
    which nginx's workers, who are another user's, can't look into."""
    port = free_port()
    text = (PROJECT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    changed = text.replace("webserver:3000", f"{LOOPBACK}:{web_port}").replace(
        "listen 8080", f"listen {LOOPBACK}:{port}"
    )
    hashed = subprocess.run(
        ["openssl", "passwd", "-apr1", password], check=True, capture_output=True, text=True
    ).stdout
    with TemporaryDirectory(prefix="sla-proxy-", ignore_cleanup_errors=True) as made:
        folder = Path(made)
        (folder / "nginx.conf").write_text(changed, encoding="utf-8")
        (folder / "stakeholders.htpasswd").write_text(f"{name}:{hashed}", encoding="utf-8")
        folder.chmod(0o755)
        (folder / "stakeholders.htpasswd").chmod(0o644)
        server = subprocess.Popen(
            [shutil.which("nginx") or "nginx", "-c", str(folder / "nginx.conf"), "-g", "daemon off;"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            wait_for("the proxy answers", lambda: accepts(port), 30)
            yield port
        finally:
            os.killpg(server.pid, signal.SIGTERM)
            server.wait(30)
