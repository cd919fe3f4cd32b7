"""Every client of the tests against hosts of every API, as a Markdown table: what works, and
where something is refused, the sentence that says so. Exit status 1 where a client got something else than either, or
something else than the page deploy/clients.md says.

    ISOCOST=build/dev/isocost NODE_PATH=... python tests/end_to_end/client_matrix.py [--write]

With --write the page is made what was found. Clients that are not installed here keep their lines.
"""
import asyncio
import base64
import contextlib
import gc
import importlib.metadata
import json
import os
import pathlib
import re
import struct
import subprocess
import sys
import warnings
import zlib

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"  # or it asks the Internet for one
warnings.simplefilter("ignore")

import pydantic

import behaviours
import responses_host
from gateway import KEY, Gateway, endpoint
from outages import simulated_hosts
from scripted_host import ScriptedHost
from simulated_gateway import FLEET

DIALECTS = {"chat": "openai chat", "messages": "anthropic messages", "responses": "openai responses",
            "gemini": "google generateContent", "converse": "bedrock converse",
            "vertex_messages": "anthropic messages at vertex",
            "bedrock_messages": "anthropic messages at bedrock", "completions": "openai completions",
            "embeddings": "openai embeddings"}
FEATURES = ["tools", "json_object", "json_schema", "reasoning", "images", "logprobs"]
WHAT = ["whole", "streamed", "tools", "schema", "image"]
ASK = "How is the weather?"
SCHEMA = {"type": "object", "required": ["city"], "additionalProperties": False,
          "properties": {"city": {"type": "string"}}}


class Place(pydantic.BaseModel):
    city: str


def png():
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)) + \
        chunk(b"IDAT", zlib.compress(b"\0\0\0\0")) + chunk(b"IEND", b"")


IMAGE = base64.b64encode(png()).decode()
DATA_URL = "data:image/png;base64," + IMAGE


def need(condition, why="an empty answer"):
    if not condition:
        raise AssertionError(why)


def need_one(texts):
    """Reads no further than the first text that there is."""
    need(any(texts))


class Clients:
    """A method for each: given a model and what is wanted of it, it fails where the client cannot use the answer."""

    def __init__(self, gateway):
        self.v1 = gateway.base_url
        self.root = gateway.base_url.removesuffix("/v1")

    def openai(self):
        import openai
        return openai.OpenAI(api_key=KEY, base_url=self.v1, timeout=30, max_retries=0)

    def openai_chat(self, model, what):
        chat = self.openai().chat.completions
        asked = {"model": model, "messages": [{"role": "user", "content": ASK}]}
        if what == "left":
            with chat.create(**asked, stream=True) as chunks:
                return need_one(c.choices[0].delta.content for c in chunks if c.choices)
        if what == "streamed":
            return need("".join(c.choices[0].delta.content or "" for c in chat.create(**asked, stream=True) if c.choices))
        if what == "tools":
            asked["tools"] = [{"type": "function", "function": {"name": "get_weather", "parameters": SCHEMA}}]
            return need(json.loads(chat.create(**asked).choices[0].message.tool_calls[0].function.arguments))
        if what == "schema":
            asked["response_format"] = {"type": "json_schema", "json_schema": {"name": "x", "schema": SCHEMA}}
            return need("city" in json.loads(chat.create(**asked).choices[0].message.content))
        if what == "image":
            asked["messages"][0]["content"] = [{"type": "text", "text": ASK},
                                               {"type": "image_url", "image_url": {"url": DATA_URL}}]
        need(chat.create(**asked).choices[0].message.content)

    def openai_responses(self, model, what):
        responses = self.openai().responses
        asked = {"model": model, "input": ASK}
        if what == "left":
            with responses.stream(**asked) as stream:
                return need_one(event.type == "response.output_text.delta" for event in stream)
        if what == "streamed":
            with responses.stream(**asked) as stream:
                return need(stream.get_final_response().output_text)
        if what == "tools":
            asked["tools"] = [{"type": "function", "name": "get_weather", "parameters": SCHEMA, "strict": False}]
            calls = [item for item in responses.create(**asked).output if item.type == "function_call"]
            return need("city" in json.loads(calls[0].arguments))
        if what == "schema":
            asked["text"] = {"format": {"type": "json_schema", "name": "x", "schema": SCHEMA}}
            return need("city" in json.loads(responses.create(**asked).output_text))
        if what == "image":
            asked["input"] = [{"role": "user", "content": [{"type": "input_text", "text": ASK},
                                                           {"type": "input_image", "image_url": DATA_URL}]}]
        need(responses.create(**asked).output_text)

    def openai_completions(self, model, what):
        if what not in ("whole", "streamed"):
            return NotImplemented
        made = self.openai().completions.create(model=model, prompt=ASK, stream=what == "streamed")
        need("".join(c.choices[0].text for c in made if c.choices) if what == "streamed" else made.choices[0].text)

    def openai_embeddings(self, model, what):
        if what != "whole":
            return NotImplemented
        need(len(self.openai().embeddings.create(model=model, input=["a", "b"]).data) == 2)

    def anthropic(self, model, what):
        import anthropic
        messages = anthropic.Anthropic(api_key=KEY, base_url=self.root, timeout=30, max_retries=0).messages
        asked = {"model": model, "max_tokens": 4000, "messages": [{"role": "user", "content": ASK}]}
        if what == "left":
            with messages.stream(**asked) as stream:
                return need_one(stream.text_stream)
        if what == "streamed":
            with messages.stream(**asked) as stream:
                return need(stream.get_final_message().content[-1].text)
        if what == "tools":
            made = messages.create(**asked, tools=[{"name": "get_weather", "input_schema": SCHEMA}])
            return need("city" in made.content[-1].input)
        if what == "schema":
            made = messages.create(**asked, output_config={"format": {"type": "json_schema", "schema": SCHEMA}})
            return need("city" in json.loads(made.content[-1].text))
        if what == "image":
            source = {"type": "base64", "media_type": "image/png", "data": IMAGE}
            asked["messages"][0]["content"] = [{"type": "image", "source": source}, {"type": "text", "text": ASK}]
        need(messages.create(**asked).content[-1].text)

    def google_genai(self, model, what):
        from google import genai
        from google.genai import types
        client = genai.Client(api_key=KEY, http_options=types.HttpOptions(base_url=self.root))
        asked = {"model": model, "contents": ASK}
        if what == "left":
            with contextlib.closing(client.models.generate_content_stream(**asked)) as chunks:
                return need_one(c.text for c in chunks)
        if what == "streamed":
            return need("".join(c.text or "" for c in client.models.generate_content_stream(**asked)))
        if what == "tools":
            tool = types.Tool(function_declarations=[types.FunctionDeclaration(
                name="get_weather", parameters_json_schema=SCHEMA)])
            made = client.models.generate_content(**asked, config=types.GenerateContentConfig(tools=[tool]))
            return need("city" in made.function_calls[0].args)
        if what == "schema":
            made = client.models.generate_content(**asked, config=types.GenerateContentConfig(
                response_mime_type="application/json", response_schema=Place))
            return need(made.parsed.city)
        if what == "image":
            asked["contents"] = [types.Part.from_bytes(data=png(), mime_type="image/png"), ASK]
        need(client.models.generate_content(**asked).text)

    def openrouter(self, model, what):
        import openrouter
        with openrouter.OpenRouter(api_key=KEY, server_url=self.root + "/api/v1", timeout_ms=30_000,
                                   retry_config=None) as client:
            asked = {"model": model, "messages": [{"role": "user", "content": ASK}]}
            if what == "left":
                with client.chat.send(**asked, stream=True) as chunks:
                    return need_one(c.choices[0].delta.content for c in chunks if c.choices)
            if what == "streamed":
                chunks = client.chat.send(**asked, stream=True)
                text = ""
                for chunk in chunks:
                    need(not chunk.error, chunk.error and chunk.error.message)  # it has no exception for them
                    text += chunk.choices[0].delta.content or "" if chunk.choices else ""
                return need(text)
            if what == "tools":
                asked["tools"] = [{"type": "function", "function": {"name": "get_weather", "parameters": SCHEMA}}]
                call = client.chat.send(**asked).choices[0].message.tool_calls[0]
                return need("city" in json.loads(call.function.arguments))
            if what == "schema":
                asked["response_format"] = {"type": "json_schema", "json_schema": {"name": "x", "schema": SCHEMA}}
                return need("city" in json.loads(client.chat.send(**asked).choices[0].message.content))
            if what == "image":
                asked["messages"][0]["content"] = [{"type": "text", "text": ASK},
                                                   {"type": "image_url", "image_url": {"url": DATA_URL}}]
            need(client.chat.send(**asked).choices[0].message.content)

    def _litellm(self, asked, what):
        import litellm
        litellm.suppress_debug_info = True
        asked = asked | {"messages": [{"role": "user", "content": ASK}], "api_key": KEY, "num_retries": 0,
                         "max_tokens": 4000}
        if what == "left":
            chunks = litellm.completion(**asked, stream=True)
            need_one(c.choices[0].delta.content for c in chunks if c.choices)
            return chunks.completion_stream.close()
        if what == "streamed":
            chunks = litellm.completion(**asked, stream=True)
            return need("".join(c.choices[0].delta.content or "" for c in chunks if c.choices))
        if what == "tools":
            asked["tools"] = [{"type": "function", "function": {"name": "get_weather", "parameters": SCHEMA}}]
            call = litellm.completion(**asked).choices[0].message.tool_calls[0]
            return need("city" in json.loads(call.function.arguments))
        if what == "schema":
            asked["response_format"] = {"type": "json_schema", "json_schema": {"name": "x", "schema": SCHEMA}}
            return need("city" in json.loads(litellm.completion(**asked).choices[0].message.content))
        if what == "image":
            asked["messages"] = [{"role": "user", "content": [{"type": "text", "text": ASK},
                                                              {"type": "image_url", "image_url": {"url": DATA_URL}}]}]
        need(litellm.completion(**asked).choices[0].message.content)

    def litellm_openai(self, model, what):
        return self._litellm({"model": "openai/" + model, "api_base": self.v1}, what)

    def litellm_anthropic(self, model, what):
        return self._litellm({"model": "anthropic/" + model, "api_base": self.root}, what)

    def litellm_openrouter(self, model, what):
        return self._litellm({"model": "openrouter/" + model, "api_base": self.root + "/api/v1"}, what)

    def _pydantic_ai(self, model, what):
        from pydantic_ai import Agent, BinaryContent
        if what == "left":
            async def left():
                async with Agent(model).run_stream(ASK) as stream:
                    async for text in stream.stream_text(delta=True):
                        return need(text)
            return asyncio.run(left())
        if what == "streamed":
            async def streamed():
                async with Agent(model).run_stream(ASK) as stream:
                    return await stream.get_output()
            return need(asyncio.run(streamed()))
        if what == "tools":
            found = []
            agent = Agent(model)

            @agent.tool_plain
            def get_weather(city: str) -> str:
                """Of a city"""
                found.append(city)
                return "sunny"
            return need(agent.run_sync(ASK).output and found)
        if what == "schema":
            return need(Agent(model, output_type=Place).run_sync(ASK).output.city)
        asked = [ASK, BinaryContent(png(), media_type="image/png")] if what == "image" else ASK
        need(Agent(model).run_sync(asked).output)

    def pydantic_ai_openai(self, model, what):
        from pydantic_ai.models.openai import OpenAIChatModel
        from pydantic_ai.providers.openai import OpenAIProvider
        return self._pydantic_ai(OpenAIChatModel(model, provider=OpenAIProvider(base_url=self.v1, api_key=KEY)), what)

    def pydantic_ai_responses(self, model, what):
        from pydantic_ai.models.openai import OpenAIResponsesModel
        from pydantic_ai.providers.openai import OpenAIProvider
        provider = OpenAIProvider(base_url=self.v1, api_key=KEY)
        return self._pydantic_ai(OpenAIResponsesModel(model, provider=provider), what)

    def pydantic_ai_anthropic(self, model, what):
        from pydantic_ai.models.anthropic import AnthropicModel
        from pydantic_ai.providers.anthropic import AnthropicProvider
        return self._pydantic_ai(AnthropicModel(model, provider=AnthropicProvider(api_key=KEY, base_url=self.root)),
                                 what)

    def _langchain(self, model, what):
        from langchain_core.messages import HumanMessage
        from langchain_core.tools import tool
        if what == "left":
            with contextlib.closing(model.stream(ASK)) as pieces:
                return need_one(piece.text for piece in pieces)
        if what == "streamed":
            return need("".join(piece.text for piece in model.stream(ASK)))
        if what == "tools":
            @tool
            def get_weather(city: str) -> str:
                """Of a city"""
                return "sunny"
            return need("city" in model.bind_tools([get_weather]).invoke(ASK).tool_calls[0]["args"])
        if what == "schema":
            return need(model.with_structured_output(Place, method="json_schema").invoke(ASK).city)
        asked = [{"type": "text", "text": ASK}, {"type": "image", "base64": IMAGE, "mime_type": "image/png"}]
        need(model.invoke([HumanMessage(asked if what == "image" else ASK)]).text)

    def langchain_openai(self, model, what):
        from langchain_openai import ChatOpenAI
        return self._langchain(ChatOpenAI(model=model, base_url=self.v1, api_key=KEY, max_retries=0), what)

    def langchain_anthropic(self, model, what):
        from langchain_anthropic import ChatAnthropic
        return self._langchain(ChatAnthropic(model=model, base_url=self.root, api_key=KEY, max_tokens=4000,
                                             max_retries=0), what)

    def llama_index(self, model, what):
        from llama_index.core.llms import ChatMessage, ImageBlock, TextBlock
        from llama_index.core.tools import FunctionTool
        from llama_index.llms.openai_like import OpenAILike
        llm = OpenAILike(model=model, api_base=self.v1, api_key=KEY, is_chat_model=True, max_retries=0,
                         is_function_calling_model=True, should_use_structured_outputs=True, context_window=100_000)
        asked = [ChatMessage(role="user", content=ASK)]
        if what == "left":
            need_one(piece.delta for piece in llm.stream_chat(asked))
            return gc.collect()  # it has no way of leaving but that nobody holds the stream any longer
        if what == "streamed":
            return need("".join(piece.delta or "" for piece in llm.stream_chat(asked)))
        if what == "tools":
            def get_weather(city: str) -> str:
                """Of a city"""
                return "sunny"
            made = llm.chat_with_tools([FunctionTool.from_defaults(get_weather)], chat_history=asked)
            return need("city" in llm.get_tool_calls_from_response(made)[0].tool_kwargs)
        if what == "schema":
            return need(llm.as_structured_llm(Place).chat(asked).raw.city)
        if what == "image":
            asked = [ChatMessage(role="user", blocks=[TextBlock(text=ASK), ImageBlock(image=png(),
                                                                                      image_mimetype="image/png")])]
        need(llm.chat(asked).message.content)

    def instructor(self, model, what):
        import instructor
        modes = {"tools": instructor.Mode.TOOLS, "schema": instructor.Mode.JSON_SCHEMA}
        if what not in modes:
            return NotImplemented
        client = instructor.from_openai(self.openai(), mode=modes[what])
        need(client.chat.completions.create(model=model, response_model=Place, max_retries=0,
                                            messages=[{"role": "user", "content": ASK}]).city)


PACKAGES = {"openai": "openai", "anthropic": "anthropic", "google": "google-genai", "openrouter": "openrouter",
            "litellm": "litellm", "pydantic": "pydantic-ai-slim", "langchain_openai": "langchain-openai",
            "langchain_anthropic": "langchain-anthropic", "llama": "llama-index-llms-openai-like",
            "instructor": "instructor"}


def title(name):
    package = next(package for start, package in PACKAGES.items() if name.startswith(start))
    with contextlib.suppress(importlib.metadata.PackageNotFoundError):
        package += " " + importlib.metadata.version(package)
    if name == "llama_index":
        package += ", openai " + importlib.metadata.version("openai")
    return f"{name.replace('_', ' ')} (Python: {package})"


def sentence(error):
    """What the gateway said, out of what the client made of it."""
    text = str(getattr(error, "message", "") or error)
    for cause in (error, error.__cause__, error.__context__):
        body = getattr(cause, "body", None)
        body = body.get("error", body) if isinstance(body, dict) else None
        if isinstance(body, dict) and body.get("message"):
            return body["message"]
    found = re.search(r"""['"]message['"]: *(['"])(.*?)(?<!\\)\1""", text)
    return found[2] if found else text.splitlines()[0] if text else type(error).__name__


def is_refusal(error):
    codes = [getattr(cause, name, None) for cause in (error, error.__cause__, error.__context__) if cause
             for name in ("status_code", "code")]
    return any(code in (400, 404, "400", "404") for code in codes) or "400" in str(error) or "404" in str(error)


async def responds(exchange):
    """A host that speaks Responses. What clients of the same API say it is sent as they say it."""
    asked = exchange.body
    items = asked["input"] if isinstance(asked["input"], list) else []
    calls = asked.get("tools") and not any(item.get("type") == "function_call_output" for item in items)
    has_schema = asked.get("text", {}).get("format", {}).get("type") == "json_schema"
    text = '{"city": "Bern"}' if has_schema else "Sunny."
    if not asked.get("stream"):
        call = {"id": "fc_1", "type": "function_call", "status": "completed", "call_id": "call_1",
                "name": asked["tools"][0]["name"] if calls else "", "arguments": '{"city": "Bern"}'}
        output = [call] if calls else [responses_host.message(text)]
        return await exchange.reply(200, responses_host.response(asked, output))
    events = responses_host.Events(exchange, asked)
    await events.begin()
    if calls:
        await events.call(asked["tools"][0]["name"], '{"city":', ' "Bern"}')
    else:
        await events.message(text)
    await events.end()


async def completes(exchange):
    usage = {"prompt_tokens": 3, "completion_tokens": 1, "total_tokens": 4}
    made = {"id": "cmpl-1", "object": "text_completion", "created": 1, "model": "m",
            "choices": [{"index": 0, "text": "Sunny.", "finish_reason": "stop", "logprobs": None}]}
    if not exchange.body.get("stream"):
        return await exchange.reply(200, made | {"usage": usage})
    await exchange.begin_stream()
    await exchange.event(made)
    await exchange.event(made | {"choices": [], "usage": usage})
    await exchange.event("[DONE]")
    await exchange.end_stream()


async def embeds(exchange):
    texts = exchange.body["input"]
    data = [{"object": "embedding", "index": i, "embedding": [0.5]} for i in range(len(texts))]
    if exchange.body.get("encoding_format") == "base64":
        data = [each | {"embedding": base64.b64encode(struct.pack("<f", 0.5)).decode()} for each in data]
    await exchange.reply(200, {"object": "list", "data": data, "model": "m",
                               "usage": {"prompt_tokens": 3, "total_tokens": 3}})


async def counts_who_left(exchange):
    """For clients that ask without a body: how many streams were left by their client."""
    await exchange.reply(200, {"left": number_left(exchange.host)})


def number_left(host):
    return sum(each.eof_at is not None for each in host.asked("leaves"))


SCRIPTED = {"": counts_who_left, "leaves": behaviours.endless, "responses": responds, "completions": completes, "embeddings": embeds, "fails": behaviours.failing(500),
            "breaks": behaviours.broken_after(["Hel"], behaviours.by_reset)}


def settings(port, scripted):
    os.environ["ANTHROPIC_KEY_OF_THE_TESTS"] = "sk-ant-of-the-tests"
    url = f"http://127.0.0.1:{port}/v1"
    more = {"features": FEATURES, "thinking": "budget", "max_output": "64 ktok"}
    providers = {"chat": "open", "messages": "messages", "gemini": "google", "vertex_messages": "google",
                 "converse": "bedrock", "bedrock_messages": "bedrock"}
    models = {name: [endpoint(providers.get(name, "scripted"), name, speaks=[name], **more)] for name in DIALECTS}
    for name in providers:
        models[name][0]["host_model"] = "m"
    cheap = {"price": {"input": "0.01 $/Mtok", "output": "0.01 $/Mtok"}}
    models["failing"] = [endpoint("broken", "fails", speaks=["chat"], **more | cheap), *models["chat"]]
    models["leaving"] = [endpoint("scripted", "leaves", speaks=["chat"], **more)]
    models["breaking"] = [endpoint("scripted", "breaks", speaks=["chat"], **more)]
    gateway = Gateway({}, models)
    gateway.settings["providers"] = {
        "broken": {"base_url": f"http://127.0.0.1:{scripted}/v1"}, "open": {"base_url": url},
        "scripted": {"base_url": f"http://127.0.0.1:{scripted}/v1", "credential": "${ANTHROPIC_KEY_OF_THE_TESTS}"},
        "google": {"base_url": url, "dialect": "google", "credential": "${ANTHROPIC_KEY_OF_THE_TESTS}"},
        "bedrock": {"base_url": url.removesuffix("/v1"), "dialect": "bedrock", "credential": "${ANTHROPIC_KEY_OF_THE_TESTS}"},
        "messages": {"base_url": url, "dialect": "anthropic", "credential": "${ANTHROPIC_KEY_OF_THE_TESTS}"}}
    return gateway


def is_installed(name):
    """LlamaIndex wants an older SDK of OpenAI's than the others have, and so an environment of its own."""
    package = next(package for start, package in PACKAGES.items() if name.startswith(start))
    with contextlib.suppress(importlib.metadata.PackageNotFoundError):
        if importlib.metadata.version(package) and (name != "llama_index" or
                                                    importlib.metadata.version("openai").startswith("2.")):
            return True
    print("left out, since it is not installed as it wants to be:", package, file=sys.stderr)
    return False


# What becomes of a client where a host fails: each of these models is one that does so.
FAILING = {"failing": "first host fails, another answers", "breaking": "stream breaks", "nobody": "no such model"}
LEAVING = "client leaves a stream"
COLUMNS = [*(f"host speaks {name}" for name in DIALECTS.values()), *FAILING.values(), LEAVING]
PAGE = pathlib.Path(__file__).parents[2] / "deploy" / "clients.md"
HEAD = pathlib.Path(__file__).with_name("client_matrix.head.md")


def failed(call, wrong, who):
    """Of each of those: whether the client had an answer, or an error. A broken stream must not look like an end."""
    cells = []
    for model in FAILING:
        what = "streamed" if model == "breaking" else "whole"
        try:
            said = "no call" if call(model, what) is NotImplemented else "answered"
        except Exception as error:  # whatever the client makes of it
            said = "error"
            if model == "nobody" and "does not exist" not in sentence(error) + str(error):
                wrong.append(f"{who}, {model}: {sentence(error)}")
        if said not in ("no call", "answered" if model == "failing" else "error"):
            wrong.append(f"{who}, {model}: {said}")
        cells.append(said)
    return cells


def left(call, host, wrong, who):
    """Whether the host is left in peace as soon as its client leaves a stream that has no end."""
    before = number_left(host)
    try:
        if call("leaving", "left") is NotImplemented:
            return "no call"
        host.wait(lambda: number_left(host) > before, 5)
        return "host is left"
    except Exception as error:  # whatever the client makes of it
        wrong.append(f"{who} leaves: {type(error).__name__}: {error}")
        return "error"


def tried(call, model, wrong, who):
    worked, refused = [], {}
    for what in WHAT:
        try:
            if call(model, what) is NotImplemented:
                continue
            worked.append(what)
        except Exception as error:  # whatever the client makes of it
            said = sentence(error)
            if not is_refusal(error):
                wrong.append(f"{who} to {model}, {what}: {type(error).__name__}: {said}")
            refused.setdefault(said, []).append(what)
    return cell(worked, refused)


def cell(worked, refused):
    parts = [", ".join(worked)] if worked else []
    for said, whats in refused.items():
        parts.append(f"{'' if not worked else 'not '}{', '.join(whats) if worked else 'refused'} [{said}]")
    return "; ".join(parts)


def written(head, rows):
    """The page. `rows`: the cells of each client, with what it was told in square brackets."""
    sentences = {}

    def numbered(text):
        return re.sub(r"\[(.*?)\](?=;|$)", lambda said: f"[{sentences.setdefault(said[1], len(sentences) + 1)}]", text)
    lines = [f"| {name} | {' | '.join(map(numbered, cells))} |\n" for name, cells in rows.items()]
    return (head + "\n| client | " + " | ".join(COLUMNS) + " |\n" + "| --- " * (len(COLUMNS) + 1) + "|\n" + "".join(lines)
            + "\n" + "".join(f"{number}. {said}\n" for said, number in sentences.items()))


def read(text):
    """Its columns, and rows as written() takes them."""
    sentences = dict(re.findall(r"^(\d+)\. (.*)$", text, re.M))
    table = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in re.findall(r"^\|(.*)\|$", text, re.M)]
    rows = {line[0]: [re.sub(r"\[(\d+)\]", lambda number: f"[{sentences[number[1]]}]", each) for each in line[1:]]
            for line in table[2:]}
    return table[0][1:], rows


def plain(name):
    """A client without its version, which changes when another one is installed."""
    return re.sub(r" \d[\w.]*", "", name)


def differences(page, found, left_out=()):
    """A sentence for each cell of the page that is not what was found. `left_out`: clients that are not installed here."""
    columns, rows = read(page)
    if columns != COLUMNS:
        return [f"the columns of the page are {columns}, and not {COLUMNS}"]
    there = {plain(name): (name, cells) for name, cells in rows.items()}
    told = []
    for name, cells in found.items():
        if plain(name) not in there:
            told.append(f"{name}: the page has no line of it")
            continue
        theirs, stands = there[plain(name)]
        if theirs != name:
            told.append(f"{name}: the page calls it {theirs}")
        told += [f"{name}, {column}: the page says \"{each}\", found was \"{cell}\""
                 for column, each, cell in zip(COLUMNS, stands, cells) if each != cell]
    tried_ones = {plain(name) for name in [*found, *left_out]}
    told += [f"{name}: nobody tries this client" for name in rows if plain(name) not in tried_ones]
    if not told and page != written(HEAD.read_text(), rows):
        told.append(f"what stands around the table, or its numbers, are not as {HEAD.name} and its cells have them")
    return told


def merged(page, found):
    """What was found, in the order of the page, with its lines of clients that are not installed here."""
    rows = read(page)[1] if read(page)[0] == COLUMNS else {}
    now = {plain(name): (name, cells) for name, cells in found.items()}
    for name, cells in rows.items():
        now.setdefault(plain(name), (name, cells))
    order = [plain(name) for name in rows] + [plain(name) for name in found]
    return {now[name][0]: now[name][1] for name in dict.fromkeys(order)}


def check_log(gateway, wrong):
    """What was left is accounted for as that: no answer, and no failure of its host."""
    lines = [json.loads(line) for line in gateway.log_path.read_text().splitlines() if line.startswith("{")]
    ends = {line["ending"] for line in lines if line.get("model") == "leaving"}
    if ends != {"client_left"}:
        wrong.append(f"streams that clients left are in the log as {ends}")


def node_rows(gateway, host, wrong):
    script = pathlib.Path(__file__).with_name("client_matrix.js")
    ran = subprocess.run(["node", script], timeout=600, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                         env=os.environ | {"BASE_URL": gateway.base_url, "KEY": KEY, "PNG": IMAGE, "MODELS": ",".join([*DIALECTS, *FAILING, "leaving"]),
                                           "LEFT": f"http://127.0.0.1:{host.ports[0]}/left"})
    rows, ends, leaves = {}, {}, {}
    for line in ran.stdout.splitlines():
        one = json.loads(line)
        if one["model"] == "leaving":
            if one["error"]:
                wrong.append(f"{one['client']} leaves: {one['error']}")
            leaves[one["client"]] = "error" if one["error"] else "host is left"
            continue
        if one["model"] in FAILING:
            said = "answered" if one["error"] is None else "error"
            if said != ("answered" if one["model"] == "failing" else "error"):
                wrong.append(f"{one['client']}, {one['model']}: {one['error']}")
            ends.setdefault(one["client"], {})[one["model"]] = said
            continue
        worked, refused = rows.setdefault(one["client"], {}).setdefault(one["model"], ([], {}))
        if one["error"] is None:
            worked.append(one["what"])
            continue
        if one["status"] not in (400, 404):
            wrong.append(f"{one['client']} to {one['model']}, {one['what']}: {one['status']} {one['error']}")
        refused.setdefault(one["error"], []).append(one["what"])
    if ran.returncode:
        wrong.append("client_matrix.js: " + ran.stderr[-2000:])
    return {client: [cell(*models[name]) if name in models else "" for name in DIALECTS]
            + [ends.get(client, {}).get(name, "no call") for name in FAILING] + [leaves.get(client, "no call")]
            for client, models in rows.items()}


def main():
    wrong, rows = [], {}
    with simulated_hosts(FLEET | {"hosts": {"h0": FLEET["hosts"]["h0"] | {"features": FEATURES}}}) as (ports, _), \
            ScriptedHost(SCRIPTED) as scripted, settings(ports["h0"], scripted.ports[0]) as gateway:
        clients = Clients(gateway)
        names = [name for name in vars(Clients) if not name.startswith("_") and name != "openai"]
        for name in filter(is_installed, names):
            call = getattr(clients, name)
            rows[title(name)] = [tried(call, model, wrong, name) for model in DIALECTS]
            is_chat = name not in ("openai_completions", "openai_embeddings")
            of_chat = call if is_chat else lambda *_: NotImplemented
            rows[title(name)] += [*failed(of_chat, wrong, name), left(of_chat, scripted, wrong, name)]
            print(title(name), rows[title(name)], file=sys.stderr)
        rows |= node_rows(gateway, scripted, wrong)
        check_log(gateway, wrong)
    if "--write" in sys.argv[1:]:
        PAGE.write_text(written(HEAD.read_text(), merged(PAGE.read_text(), rows)))
    for each in wrong:
        print("NEITHER:", each, file=sys.stderr)
    differ = differences(PAGE.read_text(), rows, map(title, names))
    for each in differ:
        print("DIFFERS:", each, file=sys.stderr)
    if differ:
        print(f"{PAGE} is not what was found; where that is as it should be, run this with --write", file=sys.stderr)
    sys.exit(bool(wrong or differ))


if __name__ == "__main__":
    main()
