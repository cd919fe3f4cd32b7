#!/usr/bin/env python3
"""Writes on-call.md out of the alerts: python3 deploy/docs/on-call.py. Needs PyYAML."""
import pathlib
import re

import yaml

FOLDER = pathlib.Path(__file__).resolve().parent
ALERTS = FOLDER.parent / "prometheus" / "alerts.yml"
LIMITS = {"page": "wakes somebody up", "ticket": "waits for the morning"}
HEAD = """# On call

The [alerts](../prometheus/alerts.yml) and what to do, made by `deploy/docs/on-call.py`; a test keeps both equal, and another one sees each
alert fire and be silent. What isocost does by itself is under [reliability](reliability.md).

## The first five minutes

Try it on a simulated market:

```sh serves
isocost serve --listen 127.0.0.1:8080
```

Whether it runs, wants requests, and how its hosts are: each endpoint with its state, what is under way, and how it failed last.

```sh
curl -sf http://127.0.0.1:8080/healthz
isocost health --url http://127.0.0.1:8080
isocost top --once --url http://127.0.0.1:8080
```

How they were at the time of a complaint is in the records: `isocost top --at 03:00` (in UTC, of today; or `2026-11-28T03:00`) has the
hosts' state, speed and prices then, and where the requests of the five minutes before went; with `--as KEY` or `--team TEAM` only theirs. Without
`--at` these two say by which rule hosts are left out for them now. Predictions, what was under way and who was drained are not recorded.

Whether this machine is to blame, and whether hosts can be reached from it (with your file behind `--config`):

```sh
isocost doctor
```

One request, from the `x-request-id` of its answer or the `id` of its line in the log: who was asked, what each said, what it cost; of one that was
refused, or broken off, what its client was told, without a host's own words.

```sh
id=$(curl -s -o answer.json -D - http://127.0.0.1:8080/v1/chat/completions -H 'Content-Type: application/json' \\
  -d '{"model": "deepseek/deepseek-r1", "messages": [{"role": "user", "content": "Hello"}]}' | tr -d '\\r' | awk '/^x-request-id/ { print $2 }')
isocost explain --request "$id" --url http://127.0.0.1:8080
```

A host that does harm is taken out of service at once, and back later; nothing is restarted for it. Where there are `keys`, `ISOCOST_ADMIN_KEY` is
that of an operator (the simulated market asks for none), and the address that of `admin` where that is set:

```sh
operator="Authorization: Bearer ${ISOCOST_ADMIN_KEY:-none}"
curl -sf -H "$operator" -X POST http://127.0.0.1:8080/admin/endpoints/deepseek/drain
curl -sf -H "$operator" -X POST http://127.0.0.1:8080/admin/endpoints/deepseek/resume
```

Where the configuration is to blame, put the one before back: it is taken up within a second or two, and one with an error never is.
"""


def heading(name):
    """IsocostNoHealthyEndpoint: No healthy endpoint."""
    words = re.sub(r"(?<!^)(?=[A-Z])", " ", name.removeprefix("Isocost"))
    return words[0] + words[1:].lower()


def page():
    text = HEAD
    for group in yaml.safe_load(ALERTS.read_text())["groups"]:
        for alert in group["rules"]:
            told, since = alert["annotations"], alert.get("for")
            summary = re.sub(r"\{\{ \$labels\.(\w+) \}\}", r"*\1*", told["summary"])
            summary = re.sub(r"\{\{ \$value[^}]*\}\}", "so many", summary)
            text += f"\n## {heading(alert['alert'])}\n\n`{alert['alert']}`, {LIMITS[alert['labels']['severity']]}"
            text += f", after {since}.\n\n" if since else ".\n\n"
            text += f"{summary}\n\n{told['runbook'].strip()}\n"
    return text


if __name__ == "__main__":
    (FOLDER / "on-call.md").write_text(page())
