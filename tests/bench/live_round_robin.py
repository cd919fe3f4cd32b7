"""Own machines with few slots near what they can do, live: the same hosts, the same requests at the same moments and the same
luck, once behind isocost and once behind nginx's round robin (which asks the next host when one refuses). Each side has hosts
of its own, and both run at once. What a request costs is told by its client: the prices of the host that answered, by the
usage it reported, and 3.6 $ for each hour until the last byte; one that nobody answered costs ten ordinary answers.
Prints each fleet and the geometric mean; exit status 1 when that is above 0.80.

    tests/bench/live_round_robin.py [--fleets 5] [--requests 1000] [--share 0.6]      (ISOCOST: the program)
"""
import argparse
import asyncio
import json
import os
import pathlib
import random
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time

import live_against_simulated as both

VALUE_OF_TIME = 3.6 / 3600  # dollars a second
FINE = 10  # ordinary answers
BAR = 0.80

NGINX = """
worker_processes 1; daemon off; pid {where}/nginx.pid; error_log stderr crit;
events {{ worker_connections 8192; }}
http {{
  access_log off; client_body_temp_path {where}/body; proxy_temp_path {where}/proxy;
  fastcgi_temp_path {where}/f; uwsgi_temp_path {where}/u; scgi_temp_path {where}/s;
  upstream hosts {{ {servers} keepalive 64; }}
  server {{
    listen 127.0.0.1:{port};
    client_max_body_size 64m; client_body_buffer_size 1m;
    location / {{
      proxy_pass http://hosts; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_buffering off;
      proxy_next_upstream error timeout http_429 http_503 non_idempotent; proxy_read_timeout 300s;
      add_header x-answered-by $upstream_addr always;
    }}
  }}
}}
"""


def busy_slots(row):
    """Seconds that a request keeps a slot, roughly: a first token, and the rest at the middle speed of such hosts."""
    return 0.5 + row[2] / 60


def drawn(number, count, share):
    """Hosts, and requests that keep so much of their slots busy."""
    draw = random.Random(f"round robin {number}")
    fleet = {"title": "few slots", "seed": 4000 + number, "base_port": 0,
             "models": {"m": {"answers": {"median": "5000 tok", "log_sd": 0}}}, "hosts": both.few_slots(draw)}
    slots = sum(host["batch"]["slots"] for host in fleet["hosts"].values())
    lengths = statistics.mean(busy_slots(row) for row in both.trace(random.Random(f"lengths {number}"), 4000, 1, 1))
    return fleet, both.trace(draw, count, share * slots / lengths, 1)


async def ask(port, path, row, number, began):
    """Seconds from the moment it was due until the first byte and the last, who answered, and the tokens that it reported."""
    await asyncio.sleep(began + row[0] - time.monotonic())
    asked = time.monotonic()
    answer, first = b"", None
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(both.posted(path, "m", row, number))
        while piece := await reader.read(65_536):
            answer += piece
            if first is None and b"\r\n\r\n" in answer and b"data:" in answer:
                first = time.monotonic() - asked
        writer.close()
    except OSError:
        pass
    return first, time.monotonic() - asked, answer


def member(answer, name):
    """The last header of that name, in small letters."""
    head = answer.split(b"\r\n\r\n", 1)[0].decode("latin-1")
    found = [line.split(":", 1)[1].strip() for line in head.split("\r\n") if line.lower().startswith(name + ":")]
    return found[-1] if found else ""


def last_chunk(answer):
    """The one that reports usage."""
    for line in reversed(answer.split(b"\n")):
        if line.startswith(b"data: {"):
            chunk = json.loads(line[6:])
            if chunk.get("usage"):
                return chunk
    return None


def judged(fleet, who, replies):
    """What the answers cost, and how many there were."""
    costs, firsts, dollars = [], [], 0
    for first, seconds, answer in replies:
        chunk = last_chunk(answer) if b"[DONE]" in answer else None
        if not chunk:
            continue
        prices = fleet["hosts"][who(answer, chunk)]["prices"]
        paid = sum(chunk["usage"][kind + "_tokens"] * float(prices[side].split()[0]) / 1e6
                   for kind, side in (("prompt", "input"), ("completion", "output")))
        dollars += paid
        costs.append(paid + VALUE_OF_TIME * seconds)
        firsts.append(first)
    failed = len(replies) - len(costs)
    total = sum(costs) + failed * FINE * statistics.mean(costs)
    return {"cost": total, "dollars": dollars, "p50": both.quantile(firsts, .5), "p95": both.quantile(firsts, .95),
            "failed": 100 * failed / len(replies)}


async def all_of_them(port, path, rows, began):
    return await asyncio.gather(*(ask(port, path, row, i, began) for i, row in enumerate(rows)))


def hosts_of(fleet, where):
    (where / "fleet.json").write_text(json.dumps(fleet))
    return both.started([both.ISOCOST, "hosts", "--fleet", str(where / "fleet.json")], list(fleet["hosts"]))


def behind_isocost(fleet, where):
    hosts, ports = hosts_of(fleet, where)
    (where / "gateway.json").write_text(json.dumps(both.settings(fleet, ports, where / "live.log")))
    gateway, found = both.started([both.ISOCOST, "serve", "--config", str(where / "gateway.json")], ["listening on"])
    return (hosts, gateway), found["listening on"], "/api/v1/chat/completions", lambda _, chunk: chunk["provider"]


def behind_nginx(fleet, where):
    hosts, ports = hosts_of(fleet, where)
    port = free_port()
    servers = " ".join(f"server 127.0.0.1:{each} max_fails=0;" for each in ports.values())
    (where / "nginx.conf").write_text(NGINX.format(where=where, servers=servers, port=port))
    nginx = subprocess.Popen(["nginx", "-c", str(where / "nginx.conf")], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                             text=True)
    names = {str(each): name for name, each in ports.items()}
    return (hosts, nginx), port, "/v1/chat/completions", lambda answer, _: names[member(answer, "x-answered-by").rsplit(":", 1)[1]]


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def ran(start, fleet, rows, where, found, began):
    where.mkdir()
    processes, port, path, who = start(fleet, where)
    for process in processes:  # what they say later must not fill a pipe
        threading.Thread(target=process.stdout.read, daemon=True).start()
    found.append(judged(fleet, who, asyncio.run(all_of_them(port, path, rows, began))))
    for process in reversed(processes):
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fleets", type=int, default=5)
    parser.add_argument("--requests", type=int, default=1000)
    parser.add_argument("--share", type=float, default=0.6, help="of the slots that would be busy if hosts were as fast full as empty: 0.6 is near all they can do, 0.7 beyond it")
    asked = parser.parse_args()
    os.environ["PATH"] += ":/usr/sbin"
    ratios = []
    for number in range(asked.fleets):
        fleet, rows = drawn(number, asked.requests, asked.share)
        with tempfile.TemporaryDirectory() as directory:
            os.environ["STATE_DIRECTORY"] = directory + "/state"
            sides = {"isocost": (behind_isocost, []), "round robin": (behind_nginx, [])}
            began = time.monotonic() + 2
            at_work = [threading.Thread(target=ran, args=(start, fleet, rows, pathlib.Path(directory) / name.replace(" ", "_"),
                                                          found, began)) for name, (start, found) in sides.items()]
            for one in at_work:
                one.start()
            for one in at_work:
                one.join()
        for name, (_, found) in sides.items():
            print(f"fleet {number} {name:11}: cost {found[0]['cost']:.4f} $ (paid {found[0]['dollars']:.4f})  TTFT p50 "
                  f"{found[0]['p50']:.2f} p95 {found[0]['p95']:.2f} s  failed {found[0]['failed']:.2f} %", flush=True)
        ratios.append(sides["isocost"][1][0]["cost"] / sides["round robin"][1][0]["cost"])
        print(f"fleet {number} ratio {ratios[-1]:.3f}", flush=True)
    mean = statistics.geometric_mean(ratios)
    print(f"geometric mean {mean:.3f} (at most {BAR:.2f})")
    sys.exit(0 if mean <= BAR else 1)


if __name__ == "__main__":
    main()
