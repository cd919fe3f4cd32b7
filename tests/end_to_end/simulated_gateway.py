"""The gateway in front of a simulated host: the model "chats" is asked in OpenAI's chat, "messages" in Anthropic's
Messages."""
import os

from gateway import Gateway, endpoint
from outages import simulated_hosts

FLEET = {"seed": 7, "time_scale": 0, "models": {"m": {"answers": {"median": "60 tok", "log_sd": 0.3}}},
         "hosts": {"h0": {"model": "m", "prices": {"input": "1 $/Mtok", "output": "3 $/Mtok"}, "reasoning_share": 0.25,
                          "features": ["tools", "json_schema", "reasoning"]}}}
FEATURES = ["tools", "json_object", "json_schema", "reasoning", "logprobs"]


def started(test):
    ports, _ = test.enterClassContext(simulated_hosts(FLEET))
    os.environ["ANTHROPIC_KEY_OF_THE_TESTS"] = "sk-ant-of-the-tests"
    url = f"http://127.0.0.1:{ports['h0']}/v1"
    gateway = Gateway({}, {
        "chats": [endpoint("chats", "m", features=FEATURES)],
        "messages": [endpoint("messages", "m", features=FEATURES, thinking="budget", max_output="64 ktok")]})
    gateway.settings["providers"] = {
        "chats": {"base_url": url},
        "messages": {"base_url": url, "dialect": "anthropic", "credential": "${ANTHROPIC_KEY_OF_THE_TESTS}"}}
    return test.enterClassContext(gateway)
