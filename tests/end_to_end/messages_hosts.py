"""What Anthropic's SDKs are tried with: hosts that speak Anthropic's Messages, and hosts that speak OpenAI's chat."""
import json
import os

import anthropic_host
import behaviours
from behaviours import answer, finish_stream, piece
from gateway import Gateway, endpoint
from scripted_host import ScriptedHost

THOUGHT = ["Let me see. ", "Yes."]


def parts(content):
    return [content] if isinstance(content, str) else [part.get("text", "") for part in content or []]


async def chat_thinks(exchange):
    if not exchange.body.get("stream"):
        return await exchange.reply(200, answer({"content": "42", "reasoning_content": "".join(THOUGHT)}))
    await exchange.begin_stream()
    for thought in THOUGHT:
        await exchange.event(piece({"reasoning_content": thought}))
    await exchange.event(piece({"content": "42"}))
    await finish_stream(exchange)


async def chat_calls(exchange):
    """Calls its first tool twice at once, or tells what the tools found."""
    asked = exchange.body
    results = [message for message in asked["messages"] if message["role"] == "tool"]
    if results:
        told = " and ".join("".join(parts(result["content"])) for result in results)
        return await exchange.reply(200, answer({"content": "It is " + told}))
    name = asked["tools"][0]["function"]["name"]
    calls = [{"index": i, "id": f"functions.{name}:{i}", "type": "function",
              "function": {"name": name, "arguments": json.dumps({"city": city})}}
             for i, city in enumerate(["Zürich", "Genève"])]
    if not asked.get("stream"):
        return await exchange.reply(200, answer({"content": None, "tool_calls": calls}, finish="tool_calls"))
    await exchange.begin_stream()
    for call in calls:
        text = call["function"]["arguments"]
        begins = call | {"function": {"name": name, "arguments": ""}}
        await exchange.event(piece({"tool_calls": [begins]}))
        for i in range(0, len(text), 4):
            more = {"index": call["index"], "function": {"arguments": text[i:i + 4]}}
            await exchange.event(piece({"tool_calls": [more]}))
    await finish_stream(exchange, "tool_calls")


async def chat_json(exchange):
    schema = exchange.body["response_format"]["json_schema"]["schema"]
    assert schema["required"] == ["city"], schema
    await exchange.reply(200, answer({"content": json.dumps({"city": "Zürich"})}))


async def messages_json(exchange):
    asked = anthropic_host.checked(exchange)
    assert asked["output_config"]["format"]["type"] == "json_schema", asked
    text = {"type": "text", "text": json.dumps({"city": "Zürich"})}
    await exchange.reply(200, anthropic_host.message([text], "end_turn"))


async def slow(exchange):
    """Long enough that whoever waits is told that somebody works on it."""
    return await behaviours.late(1.3, behaviours.ok)(exchange)


BEHAVIOURS = {
    "says": anthropic_host.says, "thinks": anthropic_host.thinks, "calls": anthropic_host.calls,
    "json": messages_json, "busy": anthropic_host.overloaded, "breaks": anthropic_host.breaks,
    "chat-says": behaviours.ok, "chat-thinks": chat_thinks, "chat-calls": chat_calls, "chat-json": chat_json,
    "chat-busy": behaviours.rate_limited("1"), "chat-breaks": behaviours.broken_after(["Hel"], behaviours.by_reset),
    "chat-endless": behaviours.endless, "chat-bad-request": behaviours.failing(400),
    "busy-then-ok": behaviours.busy_then_ok, "chat-slow": slow,
}
EVERYTHING = ["tools", "json_object", "json_schema", "images", "files", "reasoning", "prefill"]
PRICE = {"input": "1 $/Mtok", "output": "5 $/Mtok", "cache_read": "0.1 $/Mtok", "cache_write": "0.25 $/Mtok"}


def started(test):
    """The hosts and a gateway in front of them. A model has the name of what its host does."""
    host = test.enterClassContext(ScriptedHost(BEHAVIOURS))
    os.environ["ANTHROPIC_KEY_OF_THE_TESTS"] = "sk-ant-of-the-tests"
    models = {}
    providers = {}
    for name in BEHAVIOURS:
        is_chat = name.startswith("chat-") or name == "busy-then-ok"
        provider = {"base_url": f"http://127.0.0.1:{host.ports[0]}/v1", "limits": {"connect_timeout": "500 ms"}}
        if not is_chat:
            provider |= {"dialect": "anthropic", "credential": "${ANTHROPIC_KEY_OF_THE_TESTS}"}
        providers[f"of-{name}"] = provider
        public = f"claude-{name}" if name in ("says", "chat-says") else name
        models[public] = [endpoint(f"of-{name}", name, features=EVERYTHING, price=PRICE, max_output="64 ktok")]
    models["small"] = [endpoint("of-chat-says", "chat-says", context="1 ktok")]
    gateway = Gateway({}, models, limits={"comment_after": "1 s"})
    gateway.settings["providers"] = providers
    return host, test.enterClassContext(gateway)
