// OpenRouter's own SDK and its provider for the AI SDK, as they come, against the gateway. Run by
// openrouter_node_test.py, which starts the gateway and says where it is in BASE_URL and KEY. Each test is printed; the
// exit status is 1 when one failed.
'use strict';
const assert = require('node:assert/strict');
const { OpenRouter } = require('@openrouter/sdk');
const errors = require('@openrouter/sdk/models/errors');
const { createOpenRouter } = require('@openrouter/ai-sdk-provider');
const { generateObject, generateText, jsonSchema, streamText, tool } = require('ai');

const serverURL = process.env.BASE_URL;
const apiKey = process.env.KEY;
const cost = 19e-6 + 3 * 5e-6;
const messages = [{ role: 'user', content: 'Say hello.' }];
const sdk = (more = {}) => new OpenRouter({ apiKey, serverURL, retryConfig: { strategy: 'none' }, timeoutMs: 20_000, ...more });
const send = (model, more = {}, headers = {}) =>
  sdk().chat.send({ ...headers, chatRequest: { model: `test/${model}`, messages, ...more } });
const parameters = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
const weather = { type: 'function', function: { name: 'weather', parameters } };
const schema = { name: 'place', schema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] } };
const model = (name) => createOpenRouter({ apiKey, baseURL: serverURL }).chat(`test/${name}`);

async function all(stream) {
  const chunks = [];
  for await (const chunk of await stream) chunks.push(chunk);
  return chunks;
}

const text = (chunks) => chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('');

const tests = {
  async 'SDK: a whole answer says who gave it and what it cost'() {
    const { ...answer } = await send('ok');
    assert.equal(answer.choices[0].message.content, 'Hello, world');
    assert.equal(answer.choices[0].finishReason, 'stop');
    assert.match(answer.id, /^gen-/);
    assert.equal(answer.model, 'test/ok');
    assert.equal(answer.usage.totalTokens, 22);
    assert.ok(Math.abs(answer.usage.cost - cost) < 1e-12, answer.usage.cost);
    assert.equal(answer.usage.isByok, false);
    const details = answer.usage.costDetails;
    assert.ok(Math.abs(details.upstreamInferencePromptCost - 19e-6) < 1e-12);
    assert.ok(Math.abs(details.upstreamInferenceCompletionsCost - 15e-6) < 1e-12);
  },
  async 'SDK: a stream ends with its usage'() {
    const chunks = await all(send('ok', { stream: true }));
    assert.equal(text(chunks), 'Hello, world');
    assert.ok(chunks.every((chunk) => chunk.id === chunks[0].id && chunk.id.startsWith('gen-')));
    assert.deepEqual(chunks.filter((chunk) => chunk.usage).length, 1);
    assert.ok(Math.abs(chunks.at(-1).usage.cost - cost) < 1e-12);
    assert.ok(chunks.at(-1).usage.costDetails);
  },
  async 'SDK: a host that says null wherever there is nothing is understood'() {
    const whole = await send('nulls');
    assert.equal(whole.choices[0].message.content, 'Hello');
    assert.equal(whole.choices[0].finishReason, 'stop');
    assert.equal(whole.usage.promptTokensDetails.cachedTokens, 5);
    const chunks = await all(send('nulls', { stream: true }));
    assert.equal(text(chunks), 'Hello');
    assert.ok(chunks.some((chunk) => chunk.choices[0]?.finishReason === 'stop'));
    assert.ok(chunks.at(-1).usage.cost > 0);
  },
  async 'SDK: a host that leaves out what it can is understood'() {
    const whole = await send('terse', { tools: [weather] });
    const call = whole.choices[0].message.toolCalls[0];
    assert.equal(call.function.name, 'weather');
    assert.ok(call.id);
    assert.equal(whole.choices[0].finishReason, 'tool_calls');
    const chunks = await all(send('terse', { tools: [weather], stream: true }));
    const pieces = chunks.flatMap((chunk) => chunk.choices[0]?.delta.toolCalls ?? []);
    assert.equal(pieces[0].index, 0);
    assert.equal(pieces[0].id, 'call_7');
    assert.ok(chunks.some((chunk) => chunk.choices[0]?.finishReason === 'tool_calls'));
  },
  async 'SDK: what was thought is where it is looked for'() {
    for (const name of ['thinks', 'parts', 'claude-thinks']) {
      const more = { reasoning: { effort: 'high' }, maxTokens: 4000 };
      const { message } = (await send(name, more)).choices[0];
      assert.match(message.reasoning, /^Let me see\./, name);
      assert.equal(message.reasoningDetails[0].type, 'reasoning.text');
      assert.equal(message.reasoningDetails[0].text, message.reasoning);
      assert.equal(message.content, '42');
      const chunks = await all(send(name, { ...more, stream: true }));
      const thought = chunks.map((chunk) => chunk.choices[0]?.delta.reasoning ?? '').join('');
      assert.equal(thought, message.reasoning, name);
      const details = chunks.flatMap((chunk) => chunk.choices[0]?.delta.reasoningDetails ?? []);
      assert.equal(details.map((detail) => detail.text ?? '').join(''), message.reasoning);
      assert.equal(text(chunks), '42');
    }
  },
  async 'SDK: tools are called and their results are understood'() {
    for (const name of ['tools', 'claude-calls']) {
      const first = await send(name, { tools: [weather], maxTokens: 1000 });
      assert.equal(first.choices[0].finishReason, 'tool_calls');
      const call = first.choices[0].message.toolCalls[0];
      const results = first.choices[0].message.toolCalls.map(({ id }) => ({ role: 'tool', toolCallId: id, content: 'sunny' }));
      const history = [...messages, first.choices[0].message, ...results];
      const second = await send(name, { tools: [weather], messages: history, maxTokens: 1000 });
      assert.ok(call.id);
      assert.ok(second.choices[0].message.content);
    }
  },
  async 'SDK: hosts of other APIs answer, too'() {
    const whole = await send('claude-says');
    assert.match(whole.id, /^gen-/);
    assert.ok(whole.usage.cost > 0 && whole.usage.costDetails);
    const chunks = await all(send('claude-says', { stream: true }));
    assert.equal(text(chunks), whole.choices[0].message.content);
    assert.ok(chunks.at(-1).usage.cost > 0);
  },
  async 'SDK: structured output'() {
    const answer = await send('json', { responseFormat: { type: 'json_schema', jsonSchema: schema } });
    assert.deepEqual(JSON.parse(answer.choices[0].message.content), { city: 'Zürich' });
  },
  async 'SDK: what a host says of its cost and of its name is none of the client\'s'() {
    const answer = await send('costly');
    assert.ok(Math.abs(answer.usage.cost - cost) < 1e-12);
    assert.equal(answer.usage.isByok, false);
    assert.ok(Math.abs(answer.usage.costDetails.upstreamInferenceCost - cost) < 1e-12);
  },
  async 'SDK: usage that no host told is estimated'() {
    const whole = await send('without-usage');
    assert.ok(whole.usage.cost > 0 && whole.usage.totalTokens > 0);
    const chunks = await all(send('without-usage', { stream: true }));
    assert.ok(chunks.at(-1).usage.cost > 0);
  },
  async 'SDK: the router tells of its decision to who asks'() {
    const headers = { xOpenRouterMetadata: 'enabled' };
    const whole = await send('ok', {}, headers);
    assert.equal(whole.openrouterMetadata.requested, 'test/ok');
    assert.ok(whole.openrouterMetadata.endpoints.available[0].selected);
    const chunks = await all(send('ok', { stream: true }, headers));
    assert.ok(chunks.some((chunk) => chunk.openrouterMetadata));
  },
  async 'SDK: a client that waits is told so, and then answered'() {
    assert.equal(text(await all(send('slow', { stream: true }))), 'Hello, world');
  },
  async 'SDK: each refusal is of the class that programs catch'() {
    const wrongKey = sdk({ apiKey: 'sk-wrong' }).chat.send({ chatRequest: { model: 'test/ok', messages } });
    await assert.rejects(wrongKey, errors.UnauthorizedResponseError);
    await assert.rejects(send('no-such-model'), (error) => {
      assert.ok(error instanceof errors.BadRequestResponseError, error);
      assert.equal(error.error.code, 400);
      assert.match(error.error.message, /does not exist/);
      return true;
    });
    await assert.rejects(send('bad-request'), errors.BadRequestResponseError);
    await assert.rejects(send('ok', { provider: { maxPrice: { prompt: '0.001' } } }), errors.NotFoundResponseError);
    await assert.rejects(send('busy'), (error) => {
      assert.ok(error instanceof errors.TooManyRequestsResponseError, error);
      assert.equal(error.error.metadata.error_type, 'rate_limit_exceeded');
      return true;
    });
    await assert.rejects(send('broken'), errors.BadGatewayResponseError);
  },
  async 'SDK: a stream that breaks says so in its last chunk'() {
    const chunks = await all(send('breaks', { stream: true }));
    assert.equal(text(chunks), 'Hel');
    const last = chunks.at(-1);
    assert.equal(last.error.code, 502);
    assert.equal(last.error.metadata.errorType, 'provider_unavailable');
    assert.equal(last.choices[0].finishReason, 'error');
  },
  async 'SDK: its own retries succeed in the end'() {
    const retryConfig = { strategy: 'backoff', backoff: { initialInterval: 50, maxInterval: 1500, exponent: 1.5, maxElapsedTime: 10_000 } };
    const answer = await sdk({ retryConfig }).chat.send(
      { chatRequest: { model: 'test/busy-then-ok', messages } }, { retryCodes: ['429', '5XX'] });
    assert.equal(answer.choices[0].message.content, 'Hello, world');
  },
  async 'SDK: embeddings'() {
    const answer = await sdk().embeddings.generate({ requestBody: { model: 'test/embeds', input: 'Hello' } });
    assert.deepEqual(answer.data[0].embedding, [0.5, -1.25]);
    assert.match(answer.id, /^gen-/);
    assert.ok(Math.abs(answer.usage.cost - 3e-6) < 1e-12);
    const unknown = sdk().embeddings.generate({ requestBody: { model: 'no/such', input: 'Hello' } });
    await assert.rejects(unknown, errors.BadRequestResponseError);
  },
  async 'SDK: Responses, whole and streamed'() {
    for (const name of ['ok', 'thinks', 'tools', 'claude-says']) {
      const responsesRequest = { model: `test/${name}`, input: 'Say hello.', maxOutputTokens: 4000 };
      if (name === 'tools') responsesRequest.tools = [{ type: 'function', name: 'weather', parameters }];
      const whole = await sdk().beta.responses.send({ responsesRequest });
      assert.equal(whole.model, `test/${name}`);
      assert.ok(whole.usage.cost > 0 && whole.usage.costDetails.upstreamInferenceOutputCost > 0, name);
      const events = await all(sdk().beta.responses.send({ responsesRequest: { ...responsesRequest, stream: true } }));
      const last = events.at(-1);
      assert.equal(last.type, 'response.completed', name);
      assert.equal(last.response.output.at(-1).type, whole.output.at(-1).type);
      assert.ok(last.response.usage.cost > 0);
    }
    const unknown = sdk().beta.responses.send({ responsesRequest: { model: 'no/such', input: 'x' } });
    await assert.rejects(unknown, errors.BadRequestResponseError);
  },
  async 'SDK: the models are listed'() {
    const listed = await sdk().models.list({});
    const names = [];
    for await (const page of listed) names.push(...page.result.data.map((each) => each.id));
    assert.ok(names.includes('test/ok'));
    const paged = [];
    for await (const page of await sdk().models.list({ limit: 5 })) paged.push(...page.result.data.map((each) => each.id));
    assert.deepEqual(paged, names);
    const counted = await sdk().models.count({});
    assert.equal(counted.data.count, names.length);
    const own = await sdk().models.listForUser({ bearer: apiKey }, {});
    assert.ok((own.result ?? own).data.length === names.length);
    const one = await sdk().models.get({ author: 'test', slug: 'ok' });
    assert.equal(one.data.id, 'test/ok');
  },
  async 'SDK: the models are filtered'() {
    const listed = await sdk().models.list({ q: 'claude', supportedParameters: 'tools' });
    const names = [];
    for await (const page of listed) names.push(...page.result.data.map((each) => each.id));
    assert.deepEqual(names.sort(), ['test/claude-calls', 'test/claude-says', 'test/claude-thinks']);
  },
  async 'SDK: the endpoints of a model, the providers, those without retention'() {
    const { data } = await sdk().endpoints.list({ author: 'test', slug: 'ok' });
    assert.equal(data.endpoints[0].providerName, 'The ok Company');
    assert.equal(data.endpoints[0].status, 0);
    assert.ok(data.endpoints[0].latencyLast30m === null || data.endpoints[0].latencyLast30m.p50 > 0);
    assert.equal(data.endpoints[0].supportsToolChoice.required, true);
    const providers = await sdk().providers.list();
    assert.ok(providers.data.some((each) => each.name === 'The ok Company' && each.slug === 'of-ok'));
    assert.deepEqual((await sdk().endpoints.listZdrEndpoints()).data, []);
  },
  async 'SDK: what a request cost, and what the key has spent'() {
    const answer = await sdk().chat.send({ chatRequest: { model: 'test/ok', messages } });
    const { data } = await sdk().generations.getGeneration({ id: answer.id });
    assert.equal(data.id, answer.id);
    assert.ok(Math.abs(data.totalCost - answer.usage.cost) < 1e-9);
    const key = await sdk().apiKeys.getCurrentKeyMetadata();
    assert.ok(key.data.usage >= data.totalCost);
    assert.equal((await sdk().credits.getCredits()).data.totalUsage, key.data.usage);
    await assert.rejects(sdk().generations.getGeneration({ id: 'gen-1' }), (error) => error.statusCode === 404);
  },

  async 'AI SDK: text, its usage and its cost'() {
    const answer = await generateText({ model: model('ok'), prompt: 'Say hello.' });
    assert.equal(answer.text, 'Hello, world');
    assert.equal(answer.usage.totalTokens, 22);
    assert.equal(answer.providerMetadata.openrouter.provider, 'The ok Company');
    assert.ok(Math.abs(answer.providerMetadata.openrouter.usage.cost - cost) < 1e-12);
    assert.match(answer.response.id, /^gen-/);
  },
  async 'AI SDK: a stream'() {
    for (const name of ['ok', 'nulls', 'claude-says']) {
      const answer = streamText({ model: model(name), prompt: 'Say hello.' });
      let said = '';
      for await (const piece of answer.textStream) said += piece;
      assert.match(said, /^[HG]/, name);
      assert.equal(await answer.finishReason, 'stop');
      const metadata = (await answer.providerMetadata).openrouter;
      assert.ok(metadata.usage.cost > 0);
      assert.equal(metadata.provider, `The ${name} Company`);
    }
  },
  async 'AI SDK: reasoning, whole and streamed'() {
    for (const name of ['thinks', 'parts', 'claude-thinks']) {
      const settings = { model: model(name), prompt: 'Think.', maxOutputTokens: 4000,
                         providerOptions: { openrouter: { reasoning: { effort: 'high' } } } };
      const whole = await generateText(settings);
      assert.match(whole.reasoningText, /^Let me see\./, name);
      assert.equal(whole.text, '42');
      const streamed = streamText(settings);
      await streamed.consumeStream();
      assert.equal(await streamed.reasoningText, whole.reasoningText, name);
      assert.equal(await streamed.text, '42');
    }
  },
  async 'AI SDK: tools, step by step'() {
    for (const name of ['tools', 'claude-calls']) {
      const { isStepCount, stepCountIs } = require('ai');
      const asked = [];
      const settings = {
        model: model(name), prompt: 'Weather?', maxOutputTokens: 1000, stopWhen: (isStepCount ?? stepCountIs)(3),
        tools: { weather: tool({ description: 'the weather', inputSchema: jsonSchema(parameters),
                                 execute: async ({ city }) => { asked.push(city); return 'sunny'; } }) },
      };
      const whole = await generateText(settings);
      assert.equal(whole.steps.length, 2, name);
      const streamed = streamText(settings);
      await streamed.consumeStream();
      assert.equal((await streamed.steps).length, 2, name);
      assert.ok(asked.includes('Zürich'));
    }
  },
  async 'AI SDK: structured output'() {
    const answer = await generateObject({ model: model('json'), prompt: 'Where?', schema: jsonSchema(schema.schema) });
    assert.deepEqual(answer.object, { city: 'Zürich' });
  },
  async 'AI SDK: errors say what they are'() {
    await assert.rejects(generateText({ model: model('no-such-model'), prompt: 'x', maxRetries: 0 }), (error) => {
      assert.equal(error.statusCode, 400, error);
      assert.match(error.message, /does not exist/);
      return true;
    });
    const broken = streamText({ model: model('breaks'), prompt: 'x', maxRetries: 0, onError: () => {} });
    let failed;
    for await (const part of broken.fullStream) if (part.type === 'error') failed = part.error;
    assert.ok(failed);
  },
};

(async () => {
  let failed = 0;
  for (const [name, test] of Object.entries(tests)) {
    try {
      await test();
      console.log(`ok      ${name}`);
    } catch (error) {
      ++failed;
      console.log(`FAILED  ${name}\n${error.stack}\n${error.rawValue ? JSON.stringify(error.rawValue) : ''}${error.rawMessage ?? ''}`);
    }
  }
  console.log(`${Object.keys(tests).length - failed} passed, ${failed} failed`);
  process.exit(failed ? 1 : 0);
})();
