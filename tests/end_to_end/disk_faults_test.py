"""Disks that fail for real: one that is full, one that answers with errors, and files whose ends are torn. Nobody is told of
it but those who may not be served without a ledger, and what was answered is charged once."""
import asyncio
import json
import os
import pathlib
import re
import sqlite3
import struct
import subprocess
import time
import unittest

from money_test import WORST, Gateway, ask, uses
from scripted_host import ScriptedHost

LIMIT = {"quota": {"dollars": {"total": "100000 $"}}}
SUPPORT = pathlib.Path(__file__).parent.parent / "support"


class Faults(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.host = cls.enterClassContext(ScriptedHost({"all": uses(1), "half": uses(2)}))

    def gateway(self, **ledger):
        gateway = Gateway(self.host, {"bounded": LIMIT, "free": {}}, workers=1, limits={"max_connections_per_ip": 0},
                          ledger={"journal": "1 MiB"} | ledger)
        self.addCleanup(gateway.folder.cleanup)
        self.addCleanup(lambda: hasattr(gateway, "process") and gateway.process.poll() is None and gateway.kill())
        return gateway

    def many(self, gateway, key, count, stream=False):
        """The statuses of so many, fifty at a time."""
        async def all_of_them():
            most = asyncio.Semaphore(50)

            async def one():
                async with most:
                    return await ask(gateway.port, key, "all", stream=stream)
            return await asyncio.gather(*(one() for _ in range(count)))
        return [reply[0] for reply in asyncio.run(all_of_them())]

    def metric(self, gateway, pattern):
        return sum(float(found[1]) for found in re.finditer("^" + pattern + r" (\S+)$", gateway.get("/metrics").text, re.M))

    def until(self, condition, seconds=10.0):
        until = time.monotonic() + seconds
        while not condition():
            self.assertLess(time.monotonic(), until)
            time.sleep(0.1)

    def charged(self, gateway):
        return {row["key"]: (row["requests"], row["charged_nanos"]) for row in gateway.spend("--by", "key")}


class FullDisk(Faults):
    def small_disk(self, gateway, mebibytes):
        gateway.state.mkdir(mode=0o700)
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={mebibytes}m,mode=0700", "isocost-tests", gateway.state],
                              capture_output=True, text=True)
        if done.returncode != 0:
            self.skipTest("no disk can be mounted here: " + done.stderr.strip())
        self.addCleanup(subprocess.run, ["umount", "-l", gateway.state])

    def fill(self, gateway):
        """All that is left of it."""
        with open(gateway.state / "filler", "wb", buffering=0) as filler:
            for size in [1 << 20, 4096]:
                try:
                    while filler.write(b"x" * size) == size:
                        pass
                except OSError:
                    pass

    def until_refused(self, gateway):
        """Asks until nothing more can be remembered. How many were answered."""
        answered = 0
        for _ in range(60):
            statuses = self.many(gateway, "bounded", 250)
            self.assertLessEqual(set(statuses), {200, 503})
            answered += statuses.count(200)
            status, fields, body = asyncio.run(ask(gateway.port, "bounded", "all"))
            if status == 503:
                self.assertEqual(json.loads(body)["error"]["code"], "ledger_unavailable")
                self.assertIn("retry-after", fields)
                return answered
            answered += 1
        raise AssertionError("the journal was never full")

    def test_whoever_has_a_budget_is_refused_once_the_journal_is_full_and_served_again_with_room(self):
        gateway = self.gateway()
        self.small_disk(gateway, 40)
        gateway.start()
        self.assertEqual(set(self.many(gateway, "bounded", 3)), {200})
        self.until(lambda: self.metric(gateway, "isocost_ledger_waiting_bytes") == 0)
        self.fill(gateway)
        answered = 3 + self.until_refused(gateway)
        self.assertRegex(gateway.said(), r"cannot write \S+/ledger.sqlite: .*; no space is left on the disk of ")
        self.assertGreater(self.metric(gateway, "isocost_ledger_faults_total"), 0)
        # The others are served, their streams too; what cannot be kept of them is counted.
        self.assertEqual(set(self.many(gateway, "free", 40)), {200})
        self.assertEqual(set(self.many(gateway, "free", 10, stream=True)), {200})
        until = time.monotonic() + 60
        free = 50
        while (lost := self.metric(gateway, r'isocost_ledger_entries_total\{outcome="lost"\}')) == 0:
            self.assertLess(time.monotonic(), until)
            self.assertEqual(set(self.many(gateway, "free", 250)), {200})
            free += 250
        self.assertEqual(gateway.get("/readyz").status_code, 200)
        self.assertGreater(self.metric(gateway, "isocost_journal_used_ratio"), 0.9)

        (gateway.state / "filler").unlink()
        self.until(lambda: asyncio.run(ask(gateway.port, "bounded", "all"))[0] == 200)
        self.assertIn("ledger.sqlite can be written again", gateway.said())
        charged = self.charged(gateway)
        self.assertEqual(charged["bounded"], (answered + 1, (answered + 1) * WORST))
        lost = self.metric(gateway, r'isocost_ledger_entries_total\{outcome="lost"\}')
        self.assertEqual(charged["free"][0], free - lost)
        entries = gateway.entries()
        self.assertEqual(len({entry[0] for entry in entries}), len(entries))
        gateway.stop()

    def test_where_a_ledger_is_required_nobody_is_served_until_there_is_room_again(self):
        gateway = self.gateway(required=True)
        self.small_disk(gateway, 40)
        gateway.start()
        self.fill(gateway)
        answered = self.until_refused(gateway)
        for key in ["free", "bounded"]:
            status, _, body = asyncio.run(ask(gateway.port, key, "all"))
            self.assertEqual((status, json.loads(body)["error"]["code"]), (503, "ledger_unavailable"))
        self.assertEqual(self.metric(gateway, r'isocost_ledger_entries_total\{outcome="lost"\}'), 0)
        (gateway.state / "filler").unlink()
        self.until(lambda: asyncio.run(ask(gateway.port, "free", "all"))[0] == 200)
        self.assertEqual(self.charged(gateway), {"bounded": (answered, answered * WORST), "free": (1, WORST)})
        gateway.stop()

    def test_what_was_in_the_journals_of_a_full_disk_outlives_a_kill(self):
        gateway = self.gateway()
        self.small_disk(gateway, 40)
        gateway.start()
        self.fill(gateway)
        answered = self.until_refused(gateway)
        gateway.kill()
        # There is no room for it at the start: it says so, and ends.
        refused = gateway.run("serve", "--config", str(gateway.config))
        self.assertEqual(refused.returncode, 1, refused.stderr)
        self.assertRegex(refused.stderr, r"(no space is left on the disk|No space left on device)")
        (gateway.state / "filler").unlink()
        gateway.start()
        self.assertEqual(self.charged(gateway)["bounded"], (answered, answered * WORST))
        gateway.stop()


class BrokenDisk(Faults):
    def test_errors_of_the_disk_lose_nothing_and_enter_nothing_twice(self):
        gateway = self.gateway()
        library, lever = gateway.folder.name + "/failing_disk.so", pathlib.Path(gateway.folder.name) / "failing"
        subprocess.run(["cc", "-shared", "-fPIC", "-O1", SUPPORT / "failing_disk.c", "-o", library, "-ldl"], check=True)
        gateway.environment = {"LD_PRELOAD": library, "FAILING_DISK_SWITCH": str(lever),
                               "FAILING_DISK_NAME": "/ledger.sqlite"}
        gateway.start()
        answered = 0
        for where in ["write", "sync", "write", "sync"]:
            answered += self.many(gateway, "bounded", 40).count(200)
            faults = self.metric(gateway, "isocost_ledger_faults_total")
            lever.write_text(where)
            until = time.monotonic() + 2.5
            while time.monotonic() < until:
                statuses = self.many(gateway, "bounded", 50)
                self.assertEqual(set(statuses), {200})  # the journal keeps them
                answered += len(statuses)
            self.assertGreater(self.metric(gateway, "isocost_ledger_faults_total"), faults, where)
            self.assertGreater(self.metric(gateway, "isocost_ledger_waiting_bytes"), 0)
            lever.unlink()
            self.until(lambda: self.metric(gateway, "isocost_ledger_waiting_bytes") == 0)
            self.assertEqual(self.charged(gateway)["bounded"], (answered, answered * WORST), where)
        self.assertRegex(gateway.said(), r"cannot write \S+/ledger.sqlite: disk I/O error")
        self.assertEqual(gateway.said().count("ledger.sqlite can be written again"), 4)
        # Killed while it fails, all is found by the next one.
        lever.write_text("sync")
        statuses = self.many(gateway, "bounded", 100)
        self.assertEqual(set(statuses), {200})
        answered += len(statuses)
        time.sleep(0.5)
        gateway.kill()
        lever.unlink()
        gateway.start()
        self.assertEqual(self.charged(gateway)["bounded"], (answered, answered * WORST))
        entries = gateway.entries()
        self.assertEqual((len({entry[0] for entry in entries}), len(entries)), (answered, answered))
        gateway.stop()


class TornEnds(Faults):
    RING = 4096 + 16_384 * 512  # where the entries of a journal begin

    def killed_with(self, gateway, kept, journalled):
        """One that had so many in its file, and so many in its journal alone, when it was killed."""
        gateway.start()
        self.assertEqual(set(self.many(gateway, "bounded", kept)), {200})
        self.until(lambda: self.metric(gateway, "isocost_ledger_waiting_bytes") == 0)
        disk = sqlite3.connect(gateway.state / "ledger.sqlite", isolation_level=None)
        disk.execute("BEGIN IMMEDIATE")
        self.assertEqual(set(self.many(gateway, "bounded", journalled)), {200})
        gateway.kill()
        disk.execute("ROLLBACK")

    def journal(self, gateway):
        return gateway.state / "journal.0"

    def test_half_a_page_behind_the_last_commit_is_nothing(self):
        gateway = self.gateway()
        self.killed_with(gateway, 20, 10)
        log = gateway.state / "ledger.sqlite-wal"
        with open(log, "ab") as file:
            file.write(os.urandom(24 + 2000))
        gateway.start()
        self.assertEqual(self.charged(gateway)["bounded"], (30, 30 * WORST))
        gateway.stop()

    def test_of_a_journal_whose_end_is_torn_what_stands_before_is_charged_and_it_is_said(self):
        gateway = self.gateway()
        self.killed_with(gateway, 5, 20)
        path = self.journal(gateway)
        with open(path, "r+b") as file:
            file.seek(64)
            head = struct.unpack("<Q", file.read(8))[0]
            file.seek(self.RING + head - 40)
            torn = file.read(16)
            file.seek(self.RING + head - 40)
            file.write(bytes(byte ^ 0xff for byte in torn))
        gateway.start()
        self.assertEqual(self.charged(gateway)["bounded"], (24, 24 * WORST))
        self.assertIn(f"the end of {path} is damaged; a copy is kept as {path}.damaged", gateway.said())
        self.assertTrue(path.with_name("journal.0.damaged").exists())
        gateway.stop()

    def test_a_journal_that_was_cut_short_is_put_aside_and_what_the_file_has_stays(self):
        gateway = self.gateway()
        self.killed_with(gateway, 5, 3)
        os.truncate(self.journal(gateway), self.RING + 1000)
        gateway.start()
        self.assertEqual(self.charged(gateway)["bounded"], (5, 5 * WORST))
        self.assertRegex(gateway.said(), r"journal.0 is no journal, or damaged; it is kept as \S+journal.0.damaged")
        self.assertEqual(set(self.many(gateway, "bounded", 5)), {200})
        gateway.stop()


if __name__ == "__main__":
    unittest.main()
