"""A name server that answers late or never, and a way to run a process that asks it and no other: with a resolv.conf of
its own, in a mount namespace of its own. That needs root and port 53 of one of loopback's addresses."""
import os
import pathlib
import random
import socket
import subprocess
import struct
import tempfile
import threading

ADDRESS = "127.0.53.53"


class NameServer:
    """`names` maps a name to its addresses, or to the longest time until it is said to be at 127.0.0.1, or to None:
    nothing is ever said. There are no others. It may change at any time."""

    def __init__(self, names):
        self._names = names
        self._draw = random.Random(53)

    @staticmethod
    def is_possible():
        """Whether a process may have a view of files of its own, in which another name server is asked."""
        return os.geteuid() == 0 and subprocess.run(["unshare", "--mount", "true"],
                                                    stderr=subprocess.DEVNULL).returncode == 0

    def __enter__(self):
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.settimeout(0.1)  # so that it is seen that nobody wants to ask any more
        self._socket.bind((ADDRESS, 53))
        self._folder = tempfile.TemporaryDirectory()
        self._file = pathlib.Path(self._folder.name) / "resolv.conf"
        self._file.write_text(f"nameserver {ADDRESS}\noptions timeout:5 attempts:2\n")
        self._is_over = False
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()
        return self

    def __exit__(self, *_):
        self._is_over = True
        self._listener.join()
        self._socket.close()
        self._folder.cleanup()

    @property
    def inside(self):
        """The beginning of a command whose process asks here."""
        script = 'mount --bind "$0" /etc/resolv.conf && exec "$@"'
        return ["unshare", "--mount", "sh", "-c", script, str(self._file)]

    def _listen(self):
        while not self._is_over:
            try:
                query, sender = self._socket.recvfrom(4096)
            except TimeoutError:
                continue
            name, kind, question = self._asked(query)
            late = self._names.get(name, 0)
            if late is None:
                continue
            addresses = late if isinstance(late, list) else ["127.0.0.1"] if name in self._names else None
            answer = self._answer(query[:2], question, kind, addresses)
            if isinstance(late, list):
                self._send(answer, sender)
                continue
            timer = threading.Timer(late * self._draw.random(), self._send, (answer, sender))
            timer.daemon = True
            timer.start()

    def _send(self, answer, sender):
        try:
            self._socket.sendto(answer, sender)
        except OSError:
            pass  # closed meanwhile

    @staticmethod
    def _asked(query):
        """The name, the type, and the bytes of the one question: RFC 1035, section 4.1."""
        labels, at = [], 12
        while length := query[at]:
            labels.append(query[at + 1:at + 1 + length].decode().lower())
            at += 1 + length
        kind, = struct.unpack_from(">H", query, at + 1)
        return ".".join(labels), kind, query[12:at + 5]

    @staticmethod
    def _answer(number, question, kind, addresses):
        said = addresses if addresses and kind == 1 else []
        head = number + struct.pack(">HHHHH", 0x8183 if addresses is None else 0x8180, 1, len(said), 0, 0)
        records = [b"\xc0\x0c" + struct.pack(">HHIH", 1, 1, 1, 4) + socket.inet_aton(each) for each in said]
        return head + question + b"".join(records)
