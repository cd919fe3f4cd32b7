#!/usr/bin/env python3
"""How long reports of a month take that has 10^8 requests: their sums are written into a ledger's file directly, a row for each
key, endpoint and hour, and the real commands read them. Figures are CPU seconds of the whole command.

  spend_report.py ISOCOST [--keys 1000] [--endpoints 30] [--hours 744] [--most-seconds 1.0]

Takes some 2 GB in the folder for temporary files, and two minutes. Exit status 1 when a report by day, team, key, model or
endpoint took longer than it may, or a sum is wrong.
"""
import argparse
import json
import os
import pathlib
import resource
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time

TEAMS = 50
REQUESTS = 4  # of each key, endpoint and hour: 10^8 / (1,000 x 30 x 744) and some
FIRST_DAY = 20_393  # 2025-11-01


def names(file, kind, prefix, count):
    """Numbers of new names."""
    first = file.execute("SELECT coalesce(max(id), 0) + 1 FROM name").fetchone()[0]
    file.executemany("INSERT INTO name(id, kind, text) VALUES(?, ?, ?)",
                     [(first + i, kind, f"{prefix}-{i}".encode()) for i in range(count)])
    return first


def fill(path, keys, endpoints, hours):
    file = sqlite3.connect(path)
    file.executescript("PRAGMA synchronous=OFF; PRAGMA journal_mode=OFF; PRAGMA cache_size=-400000; PRAGMA temp_store=MEMORY")
    team, key = names(file, 0, "team", TEAMS), names(file, 1, "key", keys)
    model, endpoint = names(file, 3, "model", max(1, endpoints // 3)), names(file, 4, "endpoint", endpoints)
    file.executescript(f"""
        CREATE TEMP TABLE who(team INTEGER, key INTEGER, PRIMARY KEY(team, key)) WITHOUT ROWID;
        CREATE TEMP TABLE host(model INTEGER, endpoint INTEGER, PRIMARY KEY(model, endpoint)) WITHOUT ROWID;
        WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {keys})
          INSERT INTO who SELECT {team} + i * {TEAMS} / {keys}, {key} + i FROM n;
        WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {endpoints})
          INSERT INTO host SELECT {model} + i / 3 % {max(1, endpoints // 3)}, {endpoint} + i FROM n;""")

    def write(table, first, count, requests):
        file.execute(f"""WITH RECURSIVE t(i) AS (SELECT {first} UNION ALL SELECT i + 1 FROM t WHERE i + 1 < {first + count})
            INSERT INTO {table} SELECT t.i, who.team, who.key, host.model, host.endpoint, {requests}, {requests} * 900, 0,
              {requests} * 300, 0, {requests} * 1500000, {requests} * 1500000 FROM t CROSS JOIN who CROSS JOIN host""")
        file.commit()
    write("hourly", FIRST_DAY * 24, hours, REQUESTS)
    write("daily", FIRST_DAY, hours // 24, REQUESTS * 24)
    rows = file.execute("SELECT (SELECT count(*) FROM hourly), (SELECT count(*) FROM daily)").fetchone()
    file.close()
    return rows


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("isocost")
    arguments.add_argument("--keys", type=int, default=1_000)
    arguments.add_argument("--endpoints", type=int, default=30)
    arguments.add_argument("--hours", type=int, default=744)
    arguments.add_argument("--most-seconds", type=float, default=1.0)
    chosen = arguments.parse_args()
    with tempfile.TemporaryDirectory(prefix="isocost-month-") as folder:
        state = pathlib.Path(folder) / "state"
        state.mkdir(mode=0o700)
        config = pathlib.Path(folder) / "isocost.yaml"
        config.write_text(json.dumps({
            "listen": "127.0.0.1:0", "state": str(state), "providers": {"a": {"base_url": "http://127.0.0.1:9/v1"}},
            "models": {"m": {"endpoints": [{"provider": "a", "host_model": "m", "context": "128 ktok",
                                            "price": {"input": "1 $/Mtok", "output": "1 $/Mtok"}}]}}}))

        def spend(*words):
            """CPU time, which a busy machine adds little to, and rows."""
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            done = subprocess.run([chosen.isocost, "spend", "--config", str(config), "--json", "--from", "2025-11-01", "--to",
                                   "2025-12-01", *words], capture_output=True, text=True)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            took = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
            if done.returncode != 0:
                sys.exit(done.stderr)
            return took, json.loads(done.stdout)["data"]
        spend("--by", "day")  # makes the file
        begun = time.monotonic()
        hourly, daily = fill(state / "ledger.sqlite", chosen.keys, chosen.endpoints, chosen.hours)
        size = os.path.getsize(state / "ledger.sqlite") / 1e9
        print(f"{hourly:,} sums of hours and {daily:,} of days, {size:.1f} GB, written in {time.monotonic() - begun:.0f} s")
        requests = chosen.keys * chosen.endpoints * (chosen.hours // 24) * 24 * REQUESTS
        status = 0
        for by in ["day", "team", "day,team", "key", "model", "endpoint", "team,model", "key,endpoint", "day,key", "day,team,key,model"]:
            times = []
            for _ in range(3):
                took, rows = spend("--by", by)
                times.append(took)
            total = sum(row["requests"] for row in rows)
            is_slow = statistics.median(times) > chosen.most_seconds and by in ["day", "team", "day,team", "key", "model", "endpoint"]
            print(f"  --by {by:20} {len(rows):7,} rows   {statistics.median(times):6.3f} s"
                  f"{'   too slow' if is_slow else ''}{'' if total == requests else f'   wrong: {total}'}")
            if is_slow or total != requests:
                status = 1
    return status


if __name__ == "__main__":
    sys.exit(main())
