"""The servers that gateways share, each of a test's own on loopback: PostgreSQL and Redis, from Debian's packages."""
import os
import pathlib
import signal
import socket
import subprocess
import tempfile
import time

from gateway import free_port

SCRIPT = pathlib.Path(__file__).parent.parent / "support" / "postgres.sh"
PASSWORD = "of-the-tests"


class Postgres:
    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="isocost-postgres-")
        os.chmod(self.folder, 0o755)
        self.home = self.folder + "/server"
        self.port = free_port()
        self.count = 0
        self.start()

    def start(self):
        subprocess.run([SCRIPT, "start", self.home, str(self.port)], check=True, stdout=subprocess.DEVNULL)

    def stop(self, how="immediate"):
        subprocess.run([SCRIPT, "stop", self.home, how], check=True)

    def pids(self):
        """The server's own and those of its connections."""
        first = int(pathlib.Path(self.home, "data", "postmaster.pid").read_text().split()[0])
        children = subprocess.run(["ps", "-o", "pid=", "--ppid", str(first)], capture_output=True, text=True).stdout
        return [first] + [int(pid) for pid in children.split()]

    def pause(self):
        self.paused = self.pids()
        for pid in self.paused:
            os.kill(pid, signal.SIGSTOP)

    def go_on(self):
        for pid in self.paused:
            os.kill(pid, signal.SIGCONT)

    def database(self):
        """The address of a new one."""
        self.count += 1
        name = f"shared_{self.count}"
        self.sql(f"CREATE DATABASE {name}", "postgres")
        return f"postgresql://isocost@127.0.0.1:{self.port}/{name}"

    def sql(self, text, database):
        done = subprocess.run(["psql", "-h", "127.0.0.1", "-p", str(self.port), "-U", "isocost", "-d", database, "-AtF",
                               "\t", "-c", text], capture_output=True, text=True, env=os.environ | {"PGPASSWORD": PASSWORD})
        assert done.returncode == 0, done.stderr
        return [line.split("\t") for line in done.stdout.splitlines()]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
        subprocess.run(["rm", "-rf", self.folder])


class Redis:
    def __init__(self, password=None):
        self.folder = tempfile.TemporaryDirectory()
        self.port = free_port()
        self.password = password
        self.start()

    def start(self):
        words = ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--dir", self.folder.name, "--save", "",
                 "--appendonly", "no", "--loglevel", "warning", "--enable-debug-command", "local"]
        if self.password:
            words += ["--requirepass", self.password]
        self.process = subprocess.Popen(words, stdout=subprocess.DEVNULL)
        for _ in range(200):
            try:
                assert self.ask("PING").startswith(b"+PONG")
                return
            except OSError:
                time.sleep(0.02)
        raise AssertionError("Redis never began to listen")

    def ask(self, *words):
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as server:
            if self.password:
                server.sendall(f"AUTH {self.password}\r\n".encode())
                server.recv(100)
            server.sendall((" ".join(words) + "\r\n").encode())
            return server.recv(1 << 16)

    @property
    def url(self):
        return f"redis://127.0.0.1:{self.port}"

    def kill(self):
        self.process.kill()
        self.process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()
        self.folder.cleanup()
