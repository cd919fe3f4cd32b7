"""The same fleet and the same requests, once through the real binary against simulated hosts that listen, and with several
lucks in `isocost simulate`: what was simulated must be what runs. Prints the differences of both and says which are larger
than they should be: dollars 2 %, TTFT p50 5 %, p95 10 %, failures 0.3 points, shares of hosts 3 points, by the median of the
runs against the mean over the lucks. How far lucks alone lie apart (two standard deviations of such a median) is printed
beside it: a difference within that says nothing. Exit status 1 when one is beyond both. Hosts run in real time: a fleet
takes two minutes a run.

    tests/bench/live_against_simulated.sh [--runs 3] [--requests 1000] [--lucks 12] [FLEET...]
"""
import argparse
import asyncio
import contextlib
import copy
import json
import os
import pathlib
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time

ISOCOST = os.environ.get("ISOCOST", "build/release/isocost")
BYTES_PER_TOKEN = 4  # as simulated hosts count
TOKENS_OF_A_MESSAGE = 4
LIMITS = {"dollars": 0.02, "ttft p50": 0.05, "ttft p95": 0.10, "failures": 0.003, "shares": 0.03}


def host(price, ttft, speed, slots=64, queue=256, **more):
    return {"model": "m", "host_model": "m", "context": "128 ktok",
            "prices": {"input": f"{price} $/Mtok", "output": f"{4 * price} $/Mtok"},
            "ttft": {"base": f"{int(1000 * ttft)} ms", "per_1000_prompt": "60 ms", "load": 0.5, "log_sd": 0.3},
            "speed": {"tokens_per_second": speed, "load": 0.3, "log_sd": 0.15},
            "batch": {"slots": slots, "queue": queue, "full_status": 503}} | more


def market(draw):
    """Eight hosts that differ in everything."""
    return {f"host-{i}": host(round(0.3 * 8 ** draw.random(), 3), 0.3 * 8 ** draw.random(), round(30 * 5 ** draw.random()))
            for i in range(8)}


def few_slots(draw):
    """Own machines: three to six requests at once, like prices, near what they can do."""
    return {f"gpu-{i}": host(round(draw.uniform(0.9, 1.1), 3), draw.uniform(0.4, 0.6), round(draw.uniform(50, 70)),
                             slots=draw.randint(3, 6), queue=64) for i in range(5)}


def flapping(draw):
    """The cheap and fast one is away for ten seconds out of every thirty."""
    hosts = {f"host-{i}": host(round(draw.uniform(0.8, 1.6), 3), draw.uniform(0.5, 1.5), round(draw.uniform(40, 90)))
             for i in range(4)}
    away = [{"at": f"{at} s", "length": "10 s"} for at in range(20, 600, 30)]
    hosts["flaps"] = host(0.4, 0.4, 100, outages={"status": 503, "scheduled": away})
    return hosts


# Requests per second, and how many come at once.
FLEETS = {"market": (market, 8, 1), "few-slots": (few_slots, 5, 1), "flapping": (flapping, 8, 1), "bursts": (market, 8, 12)}


def trace(draw, count, rate, burst):
    """(seconds, prompt tokens, output tokens)."""
    rows, at = [], 3.0
    while len(rows) < count:
        at += draw.expovariate(rate / burst)
        for _ in range(min(burst, count - len(rows))):
            prompt = max(16, min(20_000, round(draw.lognormvariate(6, 1))))
            rows.append((round(at, 3), prompt, max(8, min(600, round(draw.lognormvariate(4.6, 0.6))))))
    return rows


def posted(path, model, row, number):
    """A request for a streamed answer, with a prompt of the row's length that no other one has."""
    _, prompt, output = row
    text = f"{number:08}" + "x" * ((prompt - TOKENS_OF_A_MESSAGE) * BYTES_PER_TOKEN - 8 - len("user"))
    body = json.dumps({"model": model, "stream": True, "stream_options": {"include_usage": True}, "max_tokens": output,
                       "messages": [{"role": "user", "content": text}]}).encode()
    return (f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nConnection: close\r\n"
            f"Content-Length: {len(body)}\r\n\r\n").encode() + body


async def ask(port, model, row, number, began):
    await asyncio.sleep(began + row[0] - time.monotonic())
    with contextlib.suppress(OSError):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(posted("/v1/chat/completions", model, row, number))
        while await reader.read(65_536):
            pass
        writer.close()


def quantile(values, share):
    values = sorted(values)
    return values[min(len(values) - 1, int(share * len(values)))] if values else float("nan")


def settings(fleet, ports, log):
    providers, endpoints = {}, []
    for name, each in fleet["hosts"].items():
        providers[name] = {"base_url": f"http://127.0.0.1:{ports[name]}/v1",
                           "cancel_stops_billing": each.get("cancel_stops_billing", False)}
        endpoints.append({"provider": name, "host_model": "m", "context": each["context"], "price": each["prices"]})
    return {"listen": "127.0.0.1:0", "workers": 1, "providers": providers, "models": {"m": {"endpoints": endpoints}},
            "default_policy": "judged", "log": {"file": str(log)},
            "policies": {"judged": {"extends": "balanced", "value_of_time": "3.6 $/h"}}}


def started(command, marks):
    """The process, and the address behind each mark in what it says first."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    found = {}
    while len(found) < len(marks):
        line = process.stdout.readline()
        if not line:
            raise SystemExit(f"{command} ended")
        for mark in marks:
            if mark in line and "http://" in line:
                found[mark] = int(line.split("http://", 1)[1].split("/")[0].split()[0].rsplit(":", 1)[1])
    return process, found


def live(fleet, rows, where):
    log = where / "live.log"
    log.unlink(missing_ok=True)
    (where / "fleet.json").write_text(json.dumps(fleet))
    hosts, ports = started([ISOCOST, "hosts", "--fleet", str(where / "fleet.json")], list(fleet["hosts"]))
    began = time.monotonic()
    (where / "gateway.json").write_text(json.dumps(settings(fleet, ports, log)))
    os.environ["STATE_DIRECTORY"] = str(where / "state")
    gateway, found = started([ISOCOST, "serve", "--config", str(where / "gateway.json")], ["listening on"])
    for process in (hosts, gateway):  # what they say later must not fill a pipe
        threading.Thread(target=process.stdout.read, daemon=True).start()

    async def all_of_them():
        await asyncio.gather(*(ask(found["listening on"], "m", row, i, began) for i, row in enumerate(rows)))

    asyncio.run(all_of_them())
    for process in (gateway, hosts):
        process.send_signal(signal.SIGTERM)
        process.wait(20)
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    answered = [line for line in lines if line["ending"] == "answered"]
    shares = {name: sum(1 for line in answered if line["attempts"][-1]["endpoint"] == name) / max(1, len(answered))
              for name in fleet["hosts"]}
    return {"dollars": sum(line["dollars"] for line in lines), "ttft p50": quantile([a["first_byte_ms"] / 1000 for a in answered], .5),
            "ttft p95": quantile([a["first_byte_ms"] / 1000 for a in answered], .95),
            "failures": 1 - len(answered) / len(rows), "shares": shares,
            "attempts": sum(len(line["attempts"]) for line in lines) / len(rows)}


def as_simulated(fleet, rows, luck):
    """The simulator's clock shows 0 when the first request comes, and the hosts' clock then shows more. Hosts of another
    name have other luck, and are left alone for other times when they fail."""
    moved = copy.deepcopy(fleet) | {"seed": fleet["seed"] + luck, "hosts": {}}
    for name, host in copy.deepcopy(fleet["hosts"]).items():
        for window in host.get("outages", {}).get("scheduled", []):
            window["at"] = f"{max(0.0, float(window['at'].split()[0]) - rows[0][0]):.3f} s"
        moved["hosts"][f"{name}.{luck}"] = host
    return moved


def simulated(fleet, rows, where, luck):
    (where / "fleet.json").write_text(json.dumps(as_simulated(fleet, rows, luck)))
    (where / "trace.csv").write_text("seconds,prompt_tokens,output_tokens,max_tokens\n" +
                                     "".join(f"{at},{prompt},{output},{output}\n" for at, prompt, output in rows))
    subprocess.run([ISOCOST, "simulate", "--fleet", str(where / "fleet.json"), "--trace", str(where / "trace.csv"),
                    "--policy", "3.6 $/h", "--seeds", str(fleet["seed"] + luck), "--jobs", "1",
                    "--json", str(where / "simulated.json")],
                   check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    standing = next(each for each in json.loads((where / "simulated.json").read_text())["standings"]
                    if each["name"] != "oracle")
    answers = sum(each["answers"] for each in standing["first_seed_hosts"])
    shares = {each["host"].rsplit(".", 1)[0]: each["answers"] / max(1, answers) for each in standing["first_seed_hosts"]}
    return {"dollars": standing["dollars"], "ttft p50": standing["ttft"]["p50"], "ttft p95": standing["ttft"]["p95"],
            "failures": standing["failures"] / len(rows), "shares": shares, "attempts": standing["attempts"] / len(rows)}


def mean_of(lucks):
    shares = {each: statistics.mean(luck["shares"].get(each, 0) for luck in lucks) for each in lucks[0]["shares"]}
    return {what: statistics.mean(luck[what] for luck in lucks) for what in lucks[0] if what != "shares"} | {"shares": shares}


def difference(name, ran, said):
    if name == "shares":
        return max(abs(ran["shares"][each] - said["shares"].get(each, 0)) for each in ran["shares"])
    return ran[name] - said[name] if name == "failures" else ran[name] / said[name] - 1


def by_luck(name, pairs):
    """Two standard deviations of a median over as many runs, each of another luck."""
    apart = [difference(name, luck, mean_of(lucks)) for _, lucks in pairs for luck in lucks]
    return 2 * 1.25 * (sum(each * each for each in apart) / max(1, len(apart) - len(pairs)) / len(pairs)) ** 0.5


def tell(name, run, side, figures):
    print(f"  {name} {run} {side:9}: $ {figures['dollars']:.4f}  TTFT p50 {figures['ttft p50']:.2f} "
          f"p95 {figures['ttft p95']:.2f} s  failed {100 * figures['failures']:.2f} %  "
          f"attempts {figures['attempts']:.3f}  shares " +
          " ".join(f"{each} {100 * share:.0f}" for each, share in figures["shares"].items()), flush=True)


def fleet_and_trace(name, run, count):
    make, rate, burst = FLEETS[name]
    draw = random.Random(f"{name} {run}")
    fleet = {"title": name, "seed": 1000 + run, "base_port": 0,
             "models": {"m": {"answers": {"median": "5000 tok", "log_sd": 0}}}, "hosts": make(draw)}
    return fleet, trace(draw, count, rate, burst)


def one_run(name, run, requests, lucks, where):
    """What ran, and what was simulated with each luck."""
    fleet, rows = fleet_and_trace(name, run, requests)
    said = [simulated(fleet, rows, where, luck) for luck in range(max(2, lucks))]
    return live(fleet, rows, where), said


def judge(name, pairs, times=1):
    """Prints how both differ; whether each difference is within its limit, or within luck, so many times."""
    is_true = True
    for what, limit in LIMITS.items():
        found = statistics.median(difference(what, ran, mean_of(lucks)) for ran, lucks in pairs)
        luck = by_luck(what, pairs)
        good = abs(found) <= times * max(limit, luck)
        is_true = is_true and good
        note = "  MISSED" if not good else "  within luck" if abs(found) > limit else ""
        print(f"{name:10} {what:9} {100 * found:+6.1f} {'points' if what in ('failures', 'shares') else '%':6} "
              f"(may be {100 * times * limit:g}; luck alone {100 * luck:.1f}){note}", flush=True)
    return is_true


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--requests", type=int, default=1000)
    parser.add_argument("--lucks", type=int, default=12, help="how often each run is simulated (2 at least)")
    parser.add_argument("fleets", nargs="*", metavar="FLEET", help=", ".join(FLEETS))
    asked = parser.parse_args()
    is_true = True
    with tempfile.TemporaryDirectory() as directory:
        for name in asked.fleets or FLEETS:
            pairs = []
            for run in range(asked.runs):
                pairs.append(one_run(name, run, asked.requests, asked.lucks, pathlib.Path(directory)))
                tell(name, run, "live", pairs[-1][0])
                tell(name, run, "simulated", mean_of(pairs[-1][1]))
            is_true = judge(name, pairs) and is_true
    sys.exit(0 if is_true else 1)


if __name__ == "__main__":
    main()
