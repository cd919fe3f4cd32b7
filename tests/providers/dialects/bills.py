#!/usr/bin/env python3
"""What hosts bill for what they say was used, reckoned from their price lists and their own words alone.

Writes bills.yaml, the price lists as a configuration, and bills.tsv, one usage in a line:
dialect, price list, time (UTC), tier asked for, trillionths of a dollar before rounding, billionths after it,
the bodies that the host sent. Nothing here knows isocost's code: the sums are fractions, each API's counts are
read as its maker documents them. Run it in this folder after changing it; the test reads both files.
"""
import json
import math
import pathlib
import random
from datetime import datetime, timezone
from fractions import Fraction

HERE = pathlib.Path(__file__).parent


def prices(input, output, **more):
    """Dollars per million tokens, as lists have them: `write` and `write_1h` are the whole price of a token that is
    written to the cache. `request` and `search` are dollars each."""
    return {name: Fraction(str(value)) for name, value in {"input": input, "output": output, **more}.items()}


# Lists as of LiteLLM 1.110.2 (2026-11) where nothing else is said: real shapes, so that every kind of rule is there.
# Each: the usual prices, and rules of which the first that holds counts.
LISTS = {
    "gpt": (prices("2.5", 15, read="0.25"), [
        ({"tier": "flex", "above": 272_000}, prices("2.5", "11.25", read="0.25")),
        ({"tier": "flex"}, prices("1.25", "7.5", read="0.13")),
        ({"tier": "priority"}, prices(5, 30, read="0.5")),
        ({"above": 272_000}, prices(5, "22.5", read="0.5"))]),
    "gpt-writing": (prices(4, 20, read="0.4", write=5), [
        ({"tier": "flex", "above": 272_000}, prices(4, 15, read="0.4", write=5)),
        ({"tier": "flex"}, prices(2, 10, read="0.2", write="2.5")),
        ({"above": 272_000}, prices(8, 30, read="0.8", write=10))]),
    "gpt-audio": (prices("2.5", 10, audio_in=40, audio_out=80), []),
    "gpt-image": (prices(5, 10, read="1.25", image_in=10, image_out=40), []),
    "embedding": (prices("0.02", 0), []),
    "claude": (prices(3, 15, read="0.3", write="3.75", write_1h=6, search="0.01"), [
        ({"tier": "fast"}, prices(18, 90, read="1.8", write="22.5", write_1h=36, search="0.01")),
        ({"tier": "batch"}, prices("1.5", "7.5", read="0.15", write="1.875", write_1h=3, search="0.01")),
        ({"above": 200_000}, prices(6, "22.5", read="0.6", write="7.5", write_1h=12, search="0.01"))]),
    "claude-bedrock": (prices("3.3", "16.5", read="0.33", write="4.125", write_1h="6.6"), [
        ({"above": 200_000}, prices("6.6", "24.75", read="0.66", write="8.25", write_1h="13.2"))]),
    "gemini": (prices("1.25", 10, read="0.125"), [
        ({"tier": "flex", "above": 200_000}, prices("1.25", "7.5", read="0.25")),
        ({"tier": "flex"}, prices("0.625", 5, read="0.125")),
        ({"tier": "priority", "above": 200_000}, prices("4.5", 27, read="0.45")),
        ({"tier": "priority"}, prices("2.25", 18, read="0.225")),
        ({"above": 200_000}, prices("2.5", 15, read="0.25"))]),
    "gemini-flash": (prices("0.3", "2.5", read="0.03", audio_in=1, audio_read="0.1", image_out=30), [
        ({"tier": "priority"}, prices("0.54", "4.5", read="0.054", audio_in="1.8", audio_read="0.18", image_out=30))]),
    "vertex": (prices("1.25", 10, read="0.125"), [  # made up, but for the words
        ({"tier": "reserved"}, prices(0, 0)),
        ({"tier": "off_peak"}, prices("0.5", 4, read="0.05")),
        ({"tier": "priority"}, prices("2.25", 18, read="0.225"))]),
    "nova": (prices("0.8", "3.2", read="0.2"), [
        ({"tier": "flex"}, prices("0.4", "1.6", read="0.1")),
        ({"tier": "priority"}, prices("1.4", "5.6", read="0.35"))]),
    "deepseek": (prices("0.14", "0.28", read="0.0028"), []),  # wire-format facts, 2026-07
    "deepseek-pro": (prices("0.435", "0.87", read="0.003625"), []),
    "deepseek-night": (prices("0.55", "2.19", read="0.14"), [  # genai-prices, 2025-07
        ({"hours": ("16:30", "00:30")}, prices("0.135", "0.55", read="0.035"))]),
    "kimi": (prices("0.95", 4, read="0.16"), []),
    "glm": (prices(1, "3.2", read="0.2"), []),
    "grok": (prices("1.25", "2.5", read="0.2"), [({"above": 200_000}, prices("2.5", 5, read="0.4"))]),
    "oss": (prices("0.15", "0.6", read="0.075"), [({"tier": "flex"}, prices("0.15", "0.6", read="0.0375"))]),
    "qwen": (prices("1.2", 6), [
        ({"above": 128_000}, prices(3, 15)),
        ({"above": 32_000}, prices("2.4", 12))]),
    "minimax": (prices("0.3", "1.2", read="0.03", write="0.375"), []),
    "mistral": (prices("0.5", "1.5", read="0.05"), []),
    "sonar": (prices(2, 8, reasoning=3, request="0.005"), []),
    "weekend": (prices("0.7", "2.5", read="0.35"), [  # made up
        ({"days": ("sat", "sun"), "hours": ("00:00", "06:00")}, prices("0.07", "0.25", read="0.035")),
        ({"days": ("sat", "sun")}, prices("0.35", "1.25", read="0.175"))]),
    "promotion": (prices("0.435", "0.87"), [({"from": "2026-12-01", "until": "2027-01-01"}, prices("0.1", "0.2"))]),
    "broker": (prices(1, 1), []),  # says itself what it bills
}

# What hosts call their tiers.
TIERS = {"default": "standard", "standard": "standard", "on_demand": "standard", "ON_DEMAND": "standard",
         "flex": "flex", "ON_DEMAND_FLEX": "flex", "priority": "priority", "ON_DEMAND_PRIORITY": "priority",
         "batch": "batch", "ON_DEMAND_OFFPEAK": "off_peak", "PROVISIONED_THROUGHPUT": "reserved"}


def holds(when, prompt, at, tier):
    if "above" in when and prompt <= when["above"]:
        return False
    if "tier" in when and when["tier"] != tier:
        return False
    if "days" in when and at.strftime("%a").lower() not in when["days"]:
        return False
    if "hours" in when:
        begin, end = when["hours"]
        now = at.strftime("%H:%M")
        if not (begin <= now < end if begin <= end else now >= begin or now < end):
            return False
    day = at.strftime("%Y-%m-%d")
    return when.get("from", day) <= day and not ("until" in when and day >= when["until"])


def bill(counts, listed, at, asked):
    """Dollars. `counts`: tokens by what they are, none of them twice; `prompt` is all that went in."""
    usual, rules = LISTS[listed]
    tier = TIERS.get(counts.get("tier"), TIERS.get(asked, "standard"))
    if counts.get("fast"):
        tier = "fast"
    price = next((p for when, p in rules if holds(when, counts["prompt"], at, tier)), usual)
    million = Fraction(1, 1_000_000)
    read = price.get("read", price["input"])
    write = price.get("write", price["input"])
    per_token = {"input": price["input"], "output": price["output"], "read": read, "write": write,
                 "write_1h": price.get("write_1h", price["input"] * 2 if "write" in price else price["input"]),
                 "audio_in": price.get("audio_in", price["input"]), "audio_read": price.get("audio_read", read),
                 "image_in": price.get("image_in", price["input"]), "audio_out": price.get("audio_out", price["output"]),
                 "image_out": price.get("image_out", price["output"]),
                 "reasoning": price.get("reasoning", price["output"])}
    total = sum(counts.get(kind, 0) * each * million for kind, each in per_token.items())
    return total + price.get("request", 0) + counts.get("searches", 0) * price.get("search", 0)


# How each API's maker says that its counts are to be read.

def of_chat(body):
    """OpenAI's: the prompt's count holds what is cached, written, sound and pictures; the completion's holds reasoning
    and sound. Those that follow it, in their own spellings."""
    usage = body.get("usage") or body.get("x_groq", {}).get("usage")
    into = usage.get("prompt_tokens_details") or {}
    out = usage.get("completion_tokens_details") or {}
    read = into.get("cached_tokens") or usage.get("cached_tokens") or usage.get("prompt_cache_hit_tokens") or 0
    written = into.get("cache_write_tokens") or 0
    audio, image = into.get("audio_tokens") or 0, into.get("image_tokens") or 0
    completion = usage.get("completion_tokens", 0)
    thought = out.get("reasoning_tokens") or 0
    if thought and usage.get("total_tokens") == usage["prompt_tokens"] + completion + thought:
        completion += thought  # xAI's: reasoning is beside the completion
    audio_out, image_out = out.get("audio_tokens") or 0, out.get("image_tokens") or 0
    if "prompt_cache_miss_tokens" in usage:  # DeepSeek's own two counts
        assert usage["prompt_cache_hit_tokens"] + usage["prompt_cache_miss_tokens"] == usage["prompt_tokens"]
    return {"prompt": usage["prompt_tokens"], "input": usage["prompt_tokens"] - read - written - audio - image,
            "read": read, "write": written, "audio_in": audio, "image_in": image,
            "output": completion - thought - audio_out - image_out, "reasoning": thought, "audio_out": audio_out,
            "image_out": image_out, "tier": body.get("service_tier")}


def of_responses(body):
    body = body.get("response", body)
    usage = body["usage"]
    into, out = usage.get("input_tokens_details") or {}, usage.get("output_tokens_details") or {}
    read, written = into.get("cached_tokens", 0), into.get("cache_write_tokens", 0)
    image, image_out = into.get("image_tokens", 0), out.get("image_tokens", 0)
    thought = out.get("reasoning_tokens", 0)
    return {"prompt": usage["input_tokens"], "input": usage["input_tokens"] - read - written - image, "read": read,
            "write": written, "image_in": image, "image_out": image_out, "reasoning": thought,
            "output": usage["output_tokens"] - thought - image_out, "tier": body.get("service_tier")}


def of_messages(*events):
    """Anthropic's: what is read from the cache and written to it stands beside the input. A stream's last event tells
    the output; what it does not tell, its first one did."""
    usage = {}
    for event in events:
        said = event.get("message", event).get("usage") or {}
        usage.update({name: value for name, value in said.items() if value is not None})
    read, written = usage.get("cache_read_input_tokens", 0), usage.get("cache_creation_input_tokens", 0)
    hour = usage.get("cache_creation", {}).get("ephemeral_1h_input_tokens", 0)
    return {"prompt": usage["input_tokens"] + read + written, "input": usage["input_tokens"], "read": read,
            "write": written - hour, "write_1h": hour, "output": usage["output_tokens"],
            "searches": usage.get("server_tool_use", {}).get("web_search_requests", 0),
            "tier": usage.get("service_tier"), "fast": usage.get("speed") == "fast"}


def of_gemini(*replies):
    """Google's: thoughts stand beside the candidates, what tools read beside the prompt; the prompt's count holds what
    is cached. Every reply of a stream tells all of it."""
    usage = replies[-1]["usageMetadata"]

    def of(modality, list_name):
        return sum(each["tokenCount"] for each in usage.get(list_name, []) if each["modality"] == modality)
    prompt = usage["promptTokenCount"] + usage.get("toolUsePromptTokenCount", 0)
    read = usage.get("cachedContentTokenCount", 0)
    audio, audio_read = of("AUDIO", "promptTokensDetails"), of("AUDIO", "cacheTokensDetails")
    image_out, audio_out = of("IMAGE", "candidatesTokensDetails"), of("AUDIO", "candidatesTokensDetails")
    return {"prompt": prompt, "input": prompt - read - (audio - audio_read), "read": read - audio_read,
            "audio_in": audio - audio_read, "audio_read": audio_read, "image_out": image_out, "audio_out": audio_out,
            "output": usage.get("candidatesTokenCount", 0) - image_out - audio_out,
            "reasoning": usage.get("thoughtsTokenCount", 0), "tier": usage.get("trafficType")}


def of_converse(body):
    usage = body["usage"]
    read, written = usage.get("cacheReadInputTokens", 0), usage.get("cacheWriteInputTokens", 0)
    hour = sum(each["inputTokens"] for each in usage.get("cacheDetails", []) if each["ttl"] == "1h")
    return {"prompt": usage["inputTokens"] + read + written, "input": usage["inputTokens"], "read": read,
            "write": written - hour, "write_1h": hour, "output": usage["outputTokens"],
            "tier": body.get("serviceTier", {}).get("type")}


READERS = {"chat": of_chat, "chat_stream": lambda *events: of_chat(events[-1]), "completions": of_chat,
           "embeddings": of_chat, "responses": of_responses, "responses_stream": of_responses,
           "messages": of_messages, "messages_stream": of_messages, "gemini": of_gemini, "gemini_stream": of_gemini,
           "converse": of_converse, "converse_stream": of_converse}

NOON = "2026-11-18T12:00"  # a Wednesday
rows = []
dice = random.Random(20261118)


def add(dialect, listed, *bodies, at=NOON, asked="-", cost=None):
    counts = READERS[dialect](*bodies)
    assert all(value >= 0 for value in counts.values() if isinstance(value, int)), (dialect, bodies)
    when = datetime.fromisoformat(at).replace(tzinfo=timezone.utc)
    dollars = bill(counts, listed, when, asked)
    pico = dollars * 10**12
    nanos = math.ceil(dollars * 10**9) if cost is None else round(Fraction(cost) * 10**9)
    assert (pico * 1000).denominator == 1
    rows.append((dialect, listed, at, asked, f"{float(pico):.3f}" if pico < 2**40 else
                 f"{int(pico)}.{int(pico * 1000) % 1000:03d}", str(nanos),
                 " ~~ ".join(json.dumps(body, separators=(",", ":")) for body in bodies)))


def choice(text="Hi"):
    return [{"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}]


def chat(usage, **more):
    return {"id": "c", "object": "chat.completion", "created": 1, "model": "m", "choices": choice(), "usage": usage, **more}


def counts(prompt, completion, **more):
    return {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion, **more}


def some(most):
    return dice.choice([0, 1, 3, 7, 999, 1_001, dice.randrange(most), dice.randrange(most)]) % max(most, 1)


def openai_chat():
    for prompt, read, completion, thought in [(11, 0, 7, 0), (1, 0, 1, 0), (272_000, 0, 100, 30),
                                              (272_001, 0, 100, 30), (272_001, 271_999, 1, 1), (999_999, 3, 127_999, 5)]:
        for tier in (None, "default", "flex", "priority"):
            add("chat", "gpt", chat(counts(prompt, completion, prompt_tokens_details={"cached_tokens": read,
                "audio_tokens": 0}, completion_tokens_details={"reasoning_tokens": thought, "audio_tokens": 0,
                "accepted_prediction_tokens": 0, "rejected_prediction_tokens": 0}), service_tier=tier),
                asked="auto" if tier else "-")
    for asked, given in [("flex", "default"), ("flex", None), ("priority", "flex"), ("auto", "priority"), ("default", None)]:
        add("chat", "gpt", chat(counts(12_345, 678), **({"service_tier": given} if given else {})), asked=asked)
    for _ in range(12):
        prompt = some(400_000) + 1
        read = some(prompt)
        written = some(prompt - read + 1)
        tier = dice.choice(["default", "flex"])
        add("chat", "gpt-writing", chat(counts(prompt, some(9_000), prompt_tokens_details={
            "cached_tokens": read, "cache_write_tokens": written}), service_tier=tier))
    for _ in range(6):
        prompt, completion = some(9_000) + 500, some(3_000) + 500
        add("chat", "gpt-audio", chat(counts(prompt, completion, prompt_tokens_details={"cached_tokens": 0,
            "audio_tokens": dice.randrange(400)}, completion_tokens_details={"reasoning_tokens": 0,
            "audio_tokens": dice.randrange(400)}), service_tier="default"))
    for _ in range(8):
        prompt = some(20_000) + 2
        usage = counts(prompt, some(5_000), prompt_tokens_details={"cached_tokens": dice.randrange(prompt)})
        chunks = [{"id": "c", "object": "chat.completion.chunk", "service_tier": "flex", "choices": [
            {"index": 0, "delta": {"content": "Hi"}, "finish_reason": "stop"}], "usage": None},
            {"id": "c", "object": "chat.completion.chunk", "service_tier": "flex", "choices": [], "usage": usage}]
        add("chat_stream", "gpt", *chunks, asked=dice.choice(["flex", "auto"]))


def that_follow_openai():
    for _ in range(10):  # DeepSeek: hits and misses
        hit, miss = some(90_000), some(9_000) + 1
        usage = counts(hit + miss, some(8_000), prompt_cache_hit_tokens=hit, prompt_cache_miss_tokens=miss,
                       prompt_tokens_details={"cached_tokens": hit})
        add("chat", dice.choice(["deepseek", "deepseek-pro"]), chat(usage))
    for at in ("2025-07-15T16:29", "2025-07-15T16:30", "2025-07-16T00:29", "2025-07-16T00:30", "2025-07-15T12:00"):
        usage = counts(5_003, 1_207, prompt_cache_hit_tokens=4_992, prompt_cache_miss_tokens=11,
                       completion_tokens_details={"reasoning_tokens": 800})
        add("chat", "deepseek-night", chat(usage), at=at)
        chunk = {"object": "chat.completion.chunk", "choices": [{"index": 0, "delta": {"content": ""},
                 "finish_reason": "stop"}], "usage": usage}
        add("chat_stream", "deepseek-night", chunk, at=at)
    for _ in range(6):  # Moonshot, Together: cached_tokens at the top
        prompt = some(200_000) + 1
        add("chat", "kimi", chat(counts(prompt, some(4_000), cached_tokens=dice.randrange(prompt))))
    for _ in range(6):  # Zhipu
        prompt = some(100_000) + 1
        add("chat", "glm", chat(counts(prompt, some(4_000), prompt_tokens_details={"cached_tokens": some(prompt)}),
                                request_id="r"))
    for prompt, completion, thought in [(12, 2, 340), (200_000, 10, 90), (200_001, 10, 90), (31, 0, 12)]:  # xAI
        usage = {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion + thought,
                 "prompt_tokens_details": {"text_tokens": prompt, "audio_tokens": 0, "image_tokens": 0,
                                           "cached_tokens": prompt // 3},
                 "completion_tokens_details": {"reasoning_tokens": thought, "audio_tokens": 0},
                 "num_sources_used": 0}
        add("chat", "grok", chat(usage))
    for tier in ("on_demand", "flex", None):  # Groq: in its own member of a stream's last chunk
        usage = counts(1_207, 33, queue_time=0.01, prompt_time=0.02, prompt_tokens_details={"cached_tokens": 1_024})
        add("chat", "oss", chat(usage, service_tier=tier))
        add("chat_stream", "oss", {"object": "chat.completion.chunk", "choices": [
            {"index": 0, "delta": {}, "finish_reason": "stop"}], "x_groq": {"id": "r", "usage": usage},
            **({"service_tier": tier} if tier else {})})
    for prompt in (1, 32_000, 32_001, 128_000, 128_001, 252_000):  # Alibaba's steps
        add("chat", "qwen", chat(counts(prompt, 1_001, prompt_tokens_details={"cached_tokens": 0})))
    for _ in range(4):  # MiniMax
        prompt = some(9_000) + 2
        add("chat", "minimax", chat(counts(prompt, some(900), total_characters=0, prompt_tokens_details={
            "cached_tokens": prompt // 2}), base_resp={"status_code": 0, "status_msg": ""}))
    for _ in range(4):  # Mistral
        prompt = some(9_000) + 2
        add("chat", "mistral", chat(counts(prompt, some(900), prompt_tokens_details={"cached_tokens": prompt // 7})))
    for thought in (0, 5, 700):  # Perplexity: reasoning has its price, a request its fee
        add("chat", "sonar", chat(counts(99, 700, completion_tokens_details={"reasoning_tokens": thought})))
    for details in (None, {}, {"cached_tokens": None}):  # vLLM, SGLang, llama.cpp, Ollama
        add("chat", "weekend", chat(counts(1_003, 7, prompt_tokens_details=details)))
    for at in ("2026-11-20T23:59", "2026-11-21T00:00", "2026-11-21T05:59", "2026-11-21T06:00", "2026-11-22T23:59",
               "2026-11-23T00:00"):
        add("chat", "weekend", chat(counts(1_003, 77, prompt_tokens_details={"cached_tokens": 64})), at=at)
    for at in ("2026-11-30T23:59", "2026-12-01T00:00", "2026-12-31T23:59", "2027-01-01T00:00"):
        add("chat", "promotion", chat(counts(1_003, 77)), at=at)
    for cost in ("0.00014", "0", "0.0123456784"):  # OpenRouter: its own figure is the bill
        add("chat", "broker", chat({**counts(99, 7), "cost": float(cost), "is_byok": False}, provider="DeepInfra"),
            cost=str(float(cost)))
    add("chat", "broker", chat({**counts(99, 7), "cost": 0.00001, "is_byok": True,
                                "cost_details": {"upstream_inference_cost": 0.0002}}), cost="0.00021")


def other_openai():
    for prompt in (1, 8, 8_191):
        add("embeddings", "embedding", {"object": "list", "model": "e", "data": [
            {"object": "embedding", "index": 0, "embedding": [0.1]}],
            "usage": {"prompt_tokens": prompt, "total_tokens": prompt}})
    for _ in range(4):
        add("completions", dice.choice(["deepseek", "oss"]), {"object": "text_completion", "model": "m", "choices": [
            {"index": 0, "text": "Hi", "logprobs": None, "finish_reason": "length"}], "usage": counts(some(900) + 1, some(90))})
    for tier in ("default", "flex", "priority", None):
        for prompt in (1_000, 272_000, 272_001):
            usage = {"input_tokens": prompt, "input_tokens_details": {"cached_tokens": prompt // 3},
                     "output_tokens": 501, "output_tokens_details": {"reasoning_tokens": 128},
                     "total_tokens": prompt + 501}
            body = {"id": "r", "object": "response", "created_at": 1, "status": "completed", "model": "m", "output": [
                {"type": "message", "id": "i", "role": "assistant", "status": "completed", "content": [
                    {"type": "output_text", "text": "Hi", "annotations": []}]}], "usage": usage}
            if tier:
                body["service_tier"] = tier
            add("responses", "gpt", body, asked="auto")
            if prompt == 272_001:
                add("responses_stream", "gpt", {"type": "response.completed", "sequence_number": 9, "response": body},
                    asked="priority")
    for _ in range(4):
        prompt = some(9_000) + 900
        add("responses", "gpt-writing", {"id": "r", "object": "response", "status": "completed", "output": [
            {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "Hi"}]}], "usage": {
            "input_tokens": prompt, "input_tokens_details": {"cached_tokens": 300, "cache_write_tokens": dice.randrange(500)},
            "output_tokens": 9, "output_tokens_details": {"reasoning_tokens": 0}, "total_tokens": prompt + 9}})
    for _ in range(3):
        add("responses", "gpt-image", {"id": "r", "object": "response", "status": "completed", "output": [
            {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "Hi"}]}], "usage": {
            "input_tokens": 900, "input_tokens_details": {"image_tokens": dice.randrange(800), "cached_tokens": 0},
            "output_tokens": 4_200, "output_tokens_details": {"image_tokens": 4_160, "reasoning_tokens": 0},
            "total_tokens": 5_100}})


def message(usage, **more):
    return {"id": "msg", "type": "message", "role": "assistant", "model": "m", "content": [{"type": "text", "text": "Hi"}],
            "stop_reason": "end_turn", "stop_sequence": None, "usage": usage, **more}


def anthropic():
    for fresh, read, five, hour in [(10, 0, 0, 0), (10, 5_000, 0, 0), (10, 0, 2_048, 0), (10, 0, 0, 2_048),
                                    (10, 9_001, 301, 1_024), (200_000, 0, 0, 0), (200_001, 0, 0, 0),
                                    (1, 199_998, 1, 0), (1, 199_999, 1, 0), (1, 150_000, 25_000, 25_001)]:
        for listed in ("claude", "claude-bedrock"):  # Anthropic's own, and its API at Bedrock and Vertex
            usage = {"input_tokens": fresh, "cache_creation_input_tokens": five + hour, "cache_read_input_tokens": read,
                     "cache_creation": {"ephemeral_5m_input_tokens": five, "ephemeral_1h_input_tokens": hour},
                     "output_tokens": 503, "service_tier": "standard"}
            add("messages", listed, message(usage))
            first = {"type": "message_start", "message": {**message({**usage, "output_tokens": 1}), "content": []}}
            last = {"type": "message_delta", "delta": {"stop_reason": "end_turn", "stop_sequence": None},
                    "usage": {"output_tokens": 503}}
            add("messages_stream", listed, first, last)
    for speed, tier, searches in [("fast", "standard", 0), ("standard", "batch", 0), (None, "standard", 3),
                                  (None, "priority", 1), ("fast", None, 2)]:
        usage = {"input_tokens": 1_207, "output_tokens": 33, "service_tier": tier, "speed": speed, "inference_geo": None,
                 "cache_creation": None, "server_tool_use": {"web_search_requests": searches} if searches else None}
        add("messages", "claude", message(usage))
    for _ in range(6):
        written = some(40_000)
        hour = some(written + 1)
        usage = {"input_tokens": some(9_000) + 1, "cache_creation_input_tokens": written, "cache_read_input_tokens":
                 some(150_000), "cache_creation": {"ephemeral_5m_input_tokens": written - hour,
                 "ephemeral_1h_input_tokens": hour}, "output_tokens": some(9_000) + 1, "output_tokens_details": None}
        add("messages", "claude", message(usage), asked="auto")


def google():
    def reply(**usage):
        return {"candidates": [{"content": {"role": "model", "parts": [{"text": "Hi"}]}, "finishReason": "STOP", "index": 0}],
                "usageMetadata": usage, "modelVersion": "m", "responseId": "r"}
    add("gemini", "gemini", reply(promptTokenCount=5, candidatesTokenCount=9, thoughtsTokenCount=185, totalTokenCount=199))
    for prompt in (1, 200_000, 200_001, 900_000):
        for traffic in (None, "ON_DEMAND", "ON_DEMAND_FLEX", "ON_DEMAND_PRIORITY"):
            usage = {"promptTokenCount": prompt, "candidatesTokenCount": 77, "thoughtsTokenCount": 901,
                     "cachedContentTokenCount": prompt // 4, "totalTokenCount": prompt + 978}
            if traffic:
                usage["trafficType"] = traffic
            add("gemini", "gemini", reply(**usage), asked="priority" if traffic == "ON_DEMAND" else "-")
    for asked in ("flex", "standard", "priority"):
        add("gemini", "gemini", reply(promptTokenCount=3_001, candidatesTokenCount=7, totalTokenCount=3_008), asked=asked)
    for traffic in ("ON_DEMAND_OFFPEAK", "PROVISIONED_THROUGHPUT", "ON_DEMAND_PRIORITY", "ON_DEMAND"):
        add("gemini_stream", "vertex", reply(promptTokenCount=4_007, totalTokenCount=4_007, trafficType=traffic),
            reply(promptTokenCount=4_007, candidatesTokenCount=31, thoughtsTokenCount=12, cachedContentTokenCount=2_048,
                  toolUsePromptTokenCount=19, totalTokenCount=4_069, trafficType=traffic))
    for _ in range(6):
        audio, text = dice.randrange(1, 3_000), dice.randrange(1, 3_000)
        cached_audio, cached_text = dice.randrange(audio), dice.randrange(text)
        picture = dice.choice([0, 1_290])
        add("gemini", "gemini-flash", reply(
            promptTokenCount=audio + text, candidatesTokenCount=picture + 21, thoughtsTokenCount=some(500),
            cachedContentTokenCount=cached_audio + cached_text, promptTokensDetails=[
                {"modality": "TEXT", "tokenCount": text}, {"modality": "AUDIO", "tokenCount": audio}],
            cacheTokensDetails=[{"modality": "AUDIO", "tokenCount": cached_audio},
                                {"modality": "TEXT", "tokenCount": cached_text}],
            candidatesTokensDetails=[{"modality": "TEXT", "tokenCount": 21}, {"modality": "IMAGE", "tokenCount": picture}],
            totalTokenCount=audio + text + picture + 21, trafficType=dice.choice(["ON_DEMAND", "ON_DEMAND_PRIORITY"])))


def amazon():
    for tier in (None, "default", "flex", "priority"):
        for read in (0, 4_096):
            body = {"output": {"message": {"role": "assistant", "content": [{"text": "Hi"}]}}, "stopReason": "end_turn",
                    "usage": {"inputTokens": 1_003, "outputTokens": 77, "totalTokens": 1_080 + read,
                              "cacheReadInputTokens": read}, "metrics": {"latencyMs": 9}}
            if tier:
                body["serviceTier"] = {"type": tier}
            add("converse", "nova", body, asked="flex" if tier == "default" else "-")
            event = {name: body[name] for name in ("usage", "metrics", "serviceTier") if name in body}
            add("converse_stream", "nova", event)
    for fresh, read, five, hour in [(10, 0, 0, 0), (10, 7, 1_024, 0), (10, 7, 0, 1_024), (11, 9_001, 301, 1_024),
                                    (1, 199_998, 1, 0), (1, 199_999, 1, 0)]:
        usage = {"inputTokens": fresh, "outputTokens": 503, "totalTokens": fresh + 503, "cacheReadInputTokens": read,
                 "cacheWriteInputTokens": five + hour, "cacheDetails": [{"ttl": "5m", "inputTokens": five},
                                                                        {"ttl": "1h", "inputTokens": hour}]}
        add("converse", "claude-bedrock", {"output": {"message": {"role": "assistant", "content": [{"text": "Hi"}]}},
                                           "stopReason": "end_turn", "usage": usage, "metrics": {"latencyMs": 9}})
        add("converse_stream", "claude-bedrock", {"usage": usage, "metrics": {"latencyMs": 9}})


# A configuration says of cache writes what they cost beside the input.
NAMES = {"read": "cache_read", "audio_in": "audio_input", "audio_read": "audio_cache_read", "image_in": "image_input",
         "audio_out": "audio_output", "image_out": "image_output"}


def decimal(number):
    text = f"{float(number):.9f}".rstrip("0").rstrip(".")
    assert Fraction(text) == number
    return text


def price_map(price):
    parts = []
    for name, value in price.items():
        if name in ("request", "search"):
            parts.append(f"{name}: ${decimal(value)}")
            continue
        if name in ("write", "write_1h"):
            value -= price["input"]
            name = "cache_" + name
        parts.append(f"{NAMES.get(name, name)}: {decimal(value)} $/Mtok")
    return "{" + ", ".join(parts) + "}"


def condition_map(when):
    parts = []
    if "above" in when:
        parts.append(f"prompt_above: {when['above']} tok")
    if "tier" in when:
        parts.append(f"service_tier: {when['tier']}")
    if "days" in when:
        parts.append("weekdays: [" + ", ".join(when["days"]) + "]")
    if "hours" in when:
        parts.append('hours: {{from: "{}", to: "{}"}}'.format(*when["hours"]))
    parts += [f"{name}: {when[name]}" for name in ("from", "until") if name in when]
    return "{" + ", ".join(parts) + "}"


def configuration():
    lines = ["# Made by bills.py.", "providers:", "  host: {base_url: https://host.example/v1}",
             "  broker: {base_url: https://broker.example/v1, reports_cost: true}", "models:"]
    for name, (usual, rules) in LISTS.items():
        lines += [f"  {name}:", "    endpoints:", f"      - provider: {'broker' if name == 'broker' else 'host'}",
                  "        host_model: m", "        context: 1050000 tok", f"        price: {price_map(usual)}"]
        if rules:
            lines.append("        price_rules:")
        for when, price in rules:
            lines += [f"          - when: {condition_map(when)}", f"            price: {price_map(price)}"]
    return "\n".join(lines) + "\n"


for part in (openai_chat, that_follow_openai, other_openai, anthropic, google, amazon):
    part()
(HERE / "bills.yaml").write_text(configuration())
(HERE / "bills.tsv").write_text("".join("\t".join(row) + "\n" for row in rows))
print(len(rows), "usages")
