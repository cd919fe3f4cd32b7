"""What OpenRouter's clients are tried with: hosts that speak OpenAI's chat as differently as hosts do, and hosts of other APIs."""
import json
import os

import anthropic_host
import behaviours
from behaviours import TOOL_CALL, USAGE, answer, finish_stream, piece
from gateway import Gateway, endpoint
from messages_hosts import chat_calls, chat_json, chat_thinks
from scripted_host import ScriptedHost


def bare(event):
    """Without what some hosts leave out."""
    return {name: value for name, value in event.items() if name not in ("id", "created", "object")}


async def nulls(exchange):
    """Says null wherever there is nothing, as vLLM and those who took after it do."""
    none = {"refusal": None, "annotations": None, "audio": None, "function_call": None, "tool_calls": None,
            "reasoning": None, "reasoning_content": None, "reasoning_details": None}
    usage = USAGE | {"prompt_tokens_details": {"audio_tokens": None, "cached_tokens": 5},
                     "completion_tokens_details": None, "cost": None, "cost_details": None}
    more = {"service_tier": None, "system_fingerprint": None, "prompt_logprobs": None, "kv_transfer_params": None}
    if not exchange.body.get("stream"):
        whole = answer({"content": "Hello"} | none, finish="eos", usage=usage) | more
        whole["choices"][0] |= {"logprobs": None, "stop_reason": None}
        return await exchange.reply(200, whole)
    await exchange.begin_stream()
    for content in ["Hel", "lo"]:
        event = piece({"role": None, "content": content} | none) | more | {"usage": None, "error": None}
        event["choices"][0]["logprobs"] = None
        await exchange.event(event)
    await exchange.event(piece({"content": ""} | none, "eos") | more | {"usage": None})
    await exchange.event(behaviours.usage_event(usage) | more)
    await exchange.event("[DONE]")
    await exchange.end_stream()


async def terse(exchange):
    """Leaves out what it can, and calls tools without index and type."""
    call = {"function": {"name": "weather", "arguments": "{\"city\":\"Zürich\"}"}}
    if not exchange.body.get("stream"):
        whole = bare(answer({"content": None, "tool_calls": [call]}, finish="function_call"))
        del whole["model"], whole["choices"][0]["index"]
        return await exchange.reply(200, whole)
    await exchange.begin_stream()
    await exchange.event(bare(piece({"role": "assistant", "tool_calls": [call | {"id": "call_7", "type": None}]})))
    await exchange.event(bare({"choices": [{"index": 0, "finish_reason": "function_call"}]}))
    await exchange.event("[DONE]")
    await exchange.end_stream()


async def parts(exchange):
    """Thinks among the parts of its content, as Mistral does."""
    thinking = {"type": "thinking", "thinking": [{"type": "text", "text": "Let me see."}]}
    if not exchange.body.get("stream"):
        return await exchange.reply(200, answer({"content": [thinking, {"type": "text", "text": "42"}]}))
    await exchange.begin_stream()
    await exchange.event(piece({"content": [thinking]}))
    await exchange.event(piece({"content": [{"type": "text", "text": "42"}]}))
    await finish_stream(exchange, "model_length")


async def tools(exchange):
    """Calls its tool, or tells what it found."""
    results = [message for message in exchange.body["messages"] if message["role"] == "tool"]
    if results:
        exchange.body["told"] = results[-1]["content"]
        return await behaviours.ok(exchange)
    await behaviours.tools(exchange)


async def claude_calls(exchange):
    """As anthropic_host.calls, but what it found comes as a stream where that is asked for."""
    last = exchange.body["messages"][-1]["content"]
    if exchange.body.get("stream") and any(part.get("type") == "tool_result" for part in last if isinstance(part, dict)):
        return await anthropic_host.says(exchange)
    await anthropic_host.calls(exchange)


async def costly(exchange):
    """Names a cost, as a host that is a router itself does."""
    usage = USAGE | {"cost": 123.5, "is_byok": True, "cost_details": {"upstream_inference_cost": 120}}
    if not exchange.body.get("stream"):
        return await exchange.reply(200, answer({"content": "Hello"}, usage=usage) | {"provider": "Theirs"})
    await exchange.begin_stream()
    await exchange.event(piece({"content": "Hello"}) | {"provider": "Theirs"})
    await finish_stream(exchange, usage=usage)


async def without_usage(exchange):
    if not exchange.body.get("stream"):
        whole = answer({"content": "Hello"})
        del whole["usage"]
        return await exchange.reply(200, whole)
    await exchange.begin_stream()
    await exchange.event(piece({"content": "Hello"}))
    await exchange.event(piece({}, "stop"))
    await exchange.event("[DONE]")
    await exchange.end_stream()


async def embeddings(exchange):
    await exchange.reply(200, {"object": "list", "model": exchange.body["model"], "usage": {
        "prompt_tokens": 3, "total_tokens": 3}, "data": [{"object": "embedding", "index": 0, "embedding": [0.5, -1.25]}]})


BEHAVIOURS = {
    "ok": behaviours.ok, "nulls": nulls, "terse": terse, "parts": parts, "thinks": chat_thinks, "tools": tools,
    "calls": chat_calls, "json": chat_json, "costly": costly, "without-usage": without_usage,
    "busy": behaviours.rate_limited("1"), "busy-then-ok": behaviours.busy_then_ok,
    "breaks": behaviours.broken_after(["Hel"], behaviours.by_reset), "bad-request": behaviours.failing(400),
    "broken": behaviours.failing(500), "endless": behaviours.endless, "slow": behaviours.late(1.3, behaviours.ok),
    "claude-says": anthropic_host.says, "claude-thinks": anthropic_host.thinks, "claude-calls": claude_calls,
    "embeds": embeddings,
}
EVERYTHING = ["tools", "json_object", "json_schema", "images", "files", "reasoning", "prefill", "logprobs"]
PRICE = {"input": "1 $/Mtok", "output": "5 $/Mtok", "cache_read": "0.1 $/Mtok"}
COST = 19e-6 + 3 * 5e-6  # of USAGE


def started(test, **more):
    """The hosts and a gateway in front of them. A model has the name of what its host does, by an author "test"."""
    host = test.enterClassContext(ScriptedHost(BEHAVIOURS))
    os.environ["ANTHROPIC_KEY_OF_THE_TESTS"] = "sk-ant-of-the-tests"
    models, providers = {}, {}
    for name in BEHAVIOURS:
        provider = {"base_url": f"http://127.0.0.1:{host.ports[0]}/v1", "display_name": f"The {name} Company",
                    "limits": {"connect_timeout": "500 ms"}}
        if name.startswith("claude-"):
            provider |= {"dialect": "anthropic", "credential": "${ANTHROPIC_KEY_OF_THE_TESTS}"}
        providers[f"of-{name}"] = provider
        more_of_it = {"speaks": ["embeddings"], "features": []} if name == "embeds" else {"features": EVERYTHING}
        models[f"test/{name}"] = [endpoint(f"of-{name}", name, price=PRICE, max_output="64 ktok", **more_of_it)
                                  if name != "embeds" else
                                  endpoint(f"of-{name}", name, price=PRICE) | more_of_it]
    gateway = Gateway({}, models, limits={"comment_after": "1 s"}, **more)
    gateway.settings["providers"] = providers
    gateway.settings["models"]["test/json"]["aliases"] = ["openai/gpt-4o"]  # of which frameworks know what it can do
    return host, test.enterClassContext(gateway)
