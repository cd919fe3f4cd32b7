// The clients for Node of client_matrix.py: for each client, model and wish a line of JSON that says what became of it.
'use strict';
const OpenAI = require('openai');
const Anthropic = require('@anthropic-ai/sdk');
const { OpenRouter } = require('@openrouter/sdk');
const { createOpenAI } = require('@ai-sdk/openai');
const { createOpenAICompatible } = require('@ai-sdk/openai-compatible');
const { createAnthropic } = require('@ai-sdk/anthropic');
const { createOpenRouter } = require('@openrouter/ai-sdk-provider');
const { embedMany, generateText, jsonSchema, Output, streamText, tool } = require('ai');

const v1 = process.env.BASE_URL;
const root = v1.replace(/\/v1$/, '');
const apiKey = process.env.KEY;
const ask = 'How is the weather?';
const parameters = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'], additionalProperties: false };
const png = process.env.PNG;
const dataUrl = 'data:image/png;base64,' + png;
const need = (value) => { if (!value) throw new Error('an empty answer'); };
// Reads no further than the first text that there is.
const first = async (pieces, text) => {
  for await (const piece of pieces) if (text(piece)) return;
  need(false);
};
const leftCount = async () => (await (await fetch(process.env.LEFT)).json()).left;
const version = (name) => {
  const at = require.resolve(name).lastIndexOf('node_modules/' + name);
  return name + ' ' + require(require.resolve(name).slice(0, at) + 'node_modules/' + name + '/package.json').version;
};

const aiSdk = (model) => async (name, what) => {
  const plain = { model: model(name), maxRetries: 0, maxOutputTokens: 4000 };
  if (what === 'left') {
    const leaves = new AbortController();
    const { textStream } = streamText({ ...plain, prompt: ask, abortSignal: leaves.signal, onError() {} });
    await first(textStream, (text) => text);
    return leaves.abort();
  }
  if (what === 'streamed') {
    let text = '';
    for await (const part of streamText({ ...plain, prompt: ask, onError() {} }).fullStream) {
      if (part.type === 'error') throw part.error;
      if (part.rawFinishReason === 'error') throw new Error('finish reason error'); // all that @ai-sdk/openai says of it
      if (part.type === 'text-delta') text += part.text;
    }
    return need(text);
  }
  if (what === 'tools') {
    const tools = { get_weather: tool({ description: 'Of a city', inputSchema: jsonSchema(parameters) }) };
    return need((await generateText({ ...plain, prompt: ask, tools })).toolCalls[0].input.city);
  }
  if (what === 'schema') {
    const output = Output.object({ schema: jsonSchema(parameters) });
    return need((await generateText({ ...plain, prompt: ask, output })).output.city);
  }
  const content = [{ type: 'text', text: ask }, { type: 'image', image: Buffer.from(png, 'base64'), mediaType: 'image/png' }];
  const asked = what === 'image' ? { messages: [{ role: 'user', content }] } : { prompt: ask };
  need((await generateText({ ...plain, ...asked })).text);
};

const chatTool = { type: 'function', function: { name: 'get_weather', parameters } };
const openai = new OpenAI({ apiKey, baseURL: v1, maxRetries: 0 });
const anthropic = new Anthropic({ apiKey, baseURL: root, maxRetries: 0 });
const openrouter = new OpenRouter({ apiKey, serverURL: root + '/api/v1', retryConfig: { strategy: 'none' }, timeoutMs: 30_000 });

const clients = {
  [`openai chat (Node: ${version('openai')})`]: async (model, what) => {
    const asked = { model, messages: [{ role: 'user', content: ask }] };
    const chat = openai.chat.completions;
    if (what === 'left') return first(await chat.create({ ...asked, stream: true }), (chunk) => chunk.choices[0]?.delta.content);
    if (what === 'streamed') {
      return need(await chat.stream(asked).finalContent());
    }
    if (what === 'tools') {
      const answer = await chat.create({ ...asked, tools: [chatTool] });
      return need(JSON.parse(answer.choices[0].message.tool_calls[0].function.arguments).city);
    }
    if (what === 'schema') asked.response_format = { type: 'json_schema', json_schema: { name: 'x', schema: parameters } };
    if (what === 'image') {
      asked.messages[0].content = [{ type: 'text', text: ask }, { type: 'image_url', image_url: { url: dataUrl } }];
    }
    const { content } = (await chat.create(asked)).choices[0].message;
    need(what === 'schema' ? JSON.parse(content).city : content);
  },
  [`openai responses (Node: ${version('openai')})`]: async (model, what) => {
    const asked = { model, input: ask };
    if (what === 'left') {
      return first(await openai.responses.create({ ...asked, stream: true }), (event) => event.type === 'response.output_text.delta');
    }
    if (what === 'streamed') return need((await openai.responses.stream(asked).finalResponse()).output_text);
    if (what === 'tools') {
      const tools = [{ type: 'function', name: 'get_weather', parameters, strict: false }];
      const { output } = await openai.responses.create({ ...asked, tools });
      return need(JSON.parse(output.find((item) => item.type === 'function_call').arguments).city);
    }
    if (what === 'schema') asked.text = { format: { type: 'json_schema', name: 'x', schema: parameters } };
    if (what === 'image') {
      const content = [{ type: 'input_text', text: ask }, { type: 'input_image', image_url: dataUrl, detail: 'auto' }];
      asked.input = [{ role: 'user', content }];
    }
    const { output_text: text } = await openai.responses.create(asked);
    need(what === 'schema' ? JSON.parse(text).city : text);
  },
  [`anthropic (Node: ${version('@anthropic-ai/sdk')})`]: async (model, what) => {
    const asked = { model, max_tokens: 4000, messages: [{ role: 'user', content: ask }] };
    if (what === 'left') {
      const stream = anthropic.messages.stream(asked);
      await first(stream, (event) => event.type === 'content_block_delta');
      return stream.abort();
    }
    if (what === 'streamed') return need(await anthropic.messages.stream(asked).finalText());
    if (what === 'tools') asked.tools = [{ name: 'get_weather', input_schema: parameters }];
    if (what === 'schema') asked.output_config = { format: { type: 'json_schema', schema: parameters } };
    if (what === 'image') {
      const source = { type: 'base64', media_type: 'image/png', data: png };
      asked.messages[0].content = [{ type: 'image', source }, { type: 'text', text: ask }];
    }
    const last = (await anthropic.messages.create(asked)).content.at(-1);
    need(what === 'tools' ? last.input.city : what === 'schema' ? JSON.parse(last.text).city : last.text);
  },
  [`openrouter (Node: ${version('@openrouter/sdk')})`]: async (model, what) => {
    const asked = { model, messages: [{ role: 'user', content: ask }] };
    const send = (chatRequest) => openrouter.chat.send({ chatRequest });
    if (what === 'left') return first(await send({ ...asked, stream: true }), (chunk) => chunk.choices[0]?.delta.content);
    if (what === 'streamed') {
      let text = '';
      for await (const chunk of await send({ ...asked, stream: true })) {
        if (chunk.error) throw new Error(chunk.error.message); // it has no exception for them
        text += chunk.choices[0]?.delta.content ?? '';
      }
      return need(text);
    }
    if (what === 'tools') asked.tools = [chatTool];
    if (what === 'schema') asked.responseFormat = { type: 'json_schema', jsonSchema: { name: 'x', schema: parameters } };
    if (what === 'image') {
      asked.messages[0].content = [{ type: 'text', text: ask }, { type: 'image_url', imageUrl: { url: dataUrl } }];
    }
    const { message } = (await send(asked)).choices[0];
    need(what === 'tools' ? JSON.parse(message.toolCalls[0].function.arguments).city
      : what === 'schema' ? JSON.parse(message.content).city : message.content);
  },
  [`AI SDK, chat (Node: ${version('@ai-sdk/openai')})`]: aiSdk((name) => createOpenAI({ apiKey, baseURL: v1 }).chat(name)),
  [`AI SDK, Responses (Node: ${version('@ai-sdk/openai')})`]: aiSdk((name) => createOpenAI({ apiKey, baseURL: v1 }).responses(name)),
  [`AI SDK (Node: ${version('@ai-sdk/openai-compatible')})`]: aiSdk((name) => createOpenAICompatible({
    name: 'isocost', apiKey, baseURL: v1, supportsStructuredOutputs: true })(name)),
  [`AI SDK (Node: ${version('@ai-sdk/anthropic')})`]: aiSdk((name) => createAnthropic({ apiKey, baseURL: v1 })(name)),
  [`AI SDK (Node: ${version('@openrouter/ai-sdk-provider')})`]: aiSdk((name) => createOpenRouter({
    apiKey, baseURL: root + '/api/v1' }).chat(name)),
  [`AI SDK, embeddings (Node: ${version('@ai-sdk/openai')})`]: async (name, what) => {
    if (what !== 'whole') return 'no call';
    const { embeddings } = await embedMany({ model: createOpenAI({ apiKey, baseURL: v1 }).embedding(name), values: ['a', 'b'], maxRetries: 0 });
    need(embeddings.length === 2);
  },
};

const told = (error) => {
  for (const each of [error, error.lastError, error.cause, error.data, error.error, error.body]) {
    const body = typeof each === 'string' ? (() => { try { return JSON.parse(each); } catch { return null; } })() : each;
    if (body?.responseBody) { try { return JSON.parse(body.responseBody).error.message; } catch { /* no JSON */ } }
    const message = body?.error?.error?.message ?? body?.error?.message ?? body?.data?.error?.message;
    if (message) return message;
  }
  return error.message;
};

(async () => {
  for (const [client, call] of Object.entries(clients)) {
    for (const model of process.env.MODELS.split(',')) {
      const ends = { failing: ['whole'], breaking: ['streamed'], nobody: ['whole'], leaving: ['left'] };
      if (ends[model] && client.includes('embeddings')) continue;
      for (const what of ends[model] ?? ['whole', 'streamed', 'tools', 'schema', 'image']) {
        let error = null, status = null;
        const before = what === 'left' ? await leftCount() : 0;
        try {
          if (await call(model, what) === 'no call') continue;
          const until = Date.now() + 5000;
          while (what === 'left' && await leftCount() === before) {
            if (Date.now() > until) throw new Error('the host was asked on');
          }
        } catch (caught) {
          error = told(caught);
          status = caught.status ?? caught.statusCode ?? caught.lastError?.statusCode ?? null;
        }
        console.log(JSON.stringify({ client, model, what, error, status }));
      }
    }
  }
})().catch((error) => {
  console.error(error.stack);
  process.exit(1);
});
