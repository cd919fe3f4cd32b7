"""Runs each row of the table of reliability on a release build and prints it; with --write the table goes into
deploy/reliability.md. Exit status 1 where a row does not hold.

    ISOCOST=build/release/isocost build/python/bin/python tests/reliability/reliability.py [--quick] [--write]
        [--only NAME ...] [--size NAME=COUNT ...]

--quick takes two minutes, all of it a quarter of an hour. --size makes a row longer: aborts=10000, tenants=100000,
outage=9500, streams=9000, churn=1000000. Loopback only.
"""
import argparse
import os
import pathlib
import platform
import resource
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import rows

PAGE = pathlib.Path(__file__).resolve().parent.parent.parent / "deploy" / "reliability.md"
HEAD = """# Reliability, measured

Made by `tests/reliability/reliability.py --write`; what happens when something fails is said in
[docs/reliability.md](docs/reliability.md). Each row makes something go wrong. Under kills, cut
streams, idle closes, reloads and a standstill an auditor reconciles what client, host, log, ledger and metrics saw of every
request: none lost, none doubled, none invented; the other rows look at what they name. The hosts, the clients and the gateway run on one machine
over loopback, and the clients in Python: the times are upper bounds.

"""


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--size", nargs="*", default=[])
    chosen = parser.parse_args()
    sizes = {name: int(count) for name, _, count in (each.partition("=") for each in chosen.size)}
    known = {row.__name__ for row, _, _ in rows.ROWS}
    for name in [*chosen.only, *sizes]:
        if name not in known:
            parser.error(f"there is no row {name}; there are {', '.join(sorted(known))}")
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    lines, failed, began = [], [], time.monotonic()
    for row, quick, full in rows.ROWS:
        if chosen.only and row.__name__ not in chosen.only:
            continue
        started = time.monotonic()
        try:
            found = row(sizes.get(row.__name__, quick if chosen.quick else full))
        except Exception as fault:  # a row that breaks off is one that does not hold
            found = rows.Row(row.__name__, "", "it broke off", [repr(fault)])
        seconds = time.monotonic() - started
        verdict = "holds" if found.holds else "**does not hold**"
        why = "" if found.holds else ": " + found.faults[0].strip().splitlines()[-1][:200]
        lines.append(f"| {found.name} | {found.bar} | {found.figures} | {verdict}{why} | {seconds:.0f} s |")
        print(f"{verdict}: {found.name}: {found.figures} ({seconds:.0f} s)", flush=True)
        for fault in found.faults[:5]:
            print(f"    {fault}", flush=True)
        if not found.holds:
            failed.append(row.__name__)
    minutes = (time.monotonic() - began) / 60
    print(f"{len(lines) - len(failed)} of {len(lines)} rows hold, {minutes:.1f} min")
    if chosen.write:
        version = subprocess.run([os.environ["ISOCOST"], "--version"], capture_output=True, text=True).stdout.strip()
        about = (f"{version}, {time.strftime('%Y-%m-%d')}, {os.cpu_count()} cores, {platform.system()} "
                 f"{platform.release().split('-')[0]}, {minutes:.0f} min.\n\n")
        table = "| what | bar | measured | | took |\n| --- | --- | --- | --- | --- |\n" + "\n".join(lines) + "\n"
        PAGE.write_text(HEAD + about + table)
    return 1 if failed else 0


if __name__ == "__main__":
    status = main()
    sys.stdout.flush()
    os._exit(status)  # what hosts still wait for need not come
