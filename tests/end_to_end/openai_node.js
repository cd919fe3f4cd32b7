// The OpenAI SDK for Node, as it comes, against the gateway. Run by openai_node_test.py, which starts the gateway
// and says where it is in BASE_URL and KEY. Each test is printed; the exit status is 1 when one failed.
'use strict';
const assert = require('node:assert/strict');
const OpenAI = require('openai').default ?? require('openai');

const baseURL = process.env.BASE_URL;
const apiKey = process.env.KEY;
const messages = [{ role: 'user', content: 'Say hello.' }];
const client = (more = {}) => new OpenAI({ apiKey, baseURL, maxRetries: 0, timeout: 20_000, ...more });
const chat = (model, more = {}) => client().chat.completions.create({ model, messages, ...more });
const weather = { type: 'function', function: { name: 'weather', parameters: { type: 'object', properties: {} } } };

const tests = {
  async 'an answer arrives whole and says who gave it'() {
    const { data, response } = await client().chat.completions.create({ model: 'ok', messages }).withResponse();
    assert.equal(data.choices[0].message.content, 'Hello, world');
    assert.equal(data.usage.total_tokens, 22);
    assert.match(response.headers.get('x-isocost-endpoint'), /^a/);
    assert.equal(response.headers.get('x-isocost-attempts'), '1');
    assert.ok(response.headers.get('x-isocost-cost'));
    assert.ok(data._request_id);
  },
  async 'a stream arrives piece by piece and shows no usage unasked'() {
    let text = '';
    for await (const chunk of await chat('ok', { stream: true })) {
      assert.equal(chunk.choices.length, 1);
      assert.ok(chunk.usage == null);
      text += chunk.choices[0].delta.content ?? '';
    }
    assert.equal(text, 'Hello, world');
  },
  async 'a stream shows usage when asked'() {
    let last;
    for await (const chunk of await chat('ok', { stream: true, stream_options: { include_usage: true } })) last = chunk;
    assert.equal(last.usage.total_tokens, 22);
  },
  async 'streamed tool calls are put together by the SDK'() {
    const stream = client().chat.completions.stream({ model: 'tools', messages, tools: [weather] });
    const call = (await stream.finalChatCompletion()).choices[0].message.tool_calls[0];
    assert.equal(call.function.name, 'weather');
    assert.deepEqual(JSON.parse(call.function.arguments), { city: 'Zürich', days: 1.5 });
  },
  async 'the models are listed'() {
    const names = [];
    for await (const model of client().models.list()) names.push(model.id);
    assert.ok(names.includes('ok'));
    const named = names.find((name) => name.includes('/'));
    assert.equal((await client().models.retrieve(named)).id, named);
  },
  async 'the other prefix serves the same'() {
    const other = client({ baseURL: baseURL.replace('/v1', '/api/v1') });
    const answer = await other.chat.completions.create({ model: 'ok', messages });
    assert.equal(answer.choices[0].message.content, 'Hello, world');
  },
  async 'each refusal becomes the exception that programs catch'() {
    const wrongKey = client({ apiKey: 'sk-wrong' }).chat.completions.create({ model: 'ok', messages });
    await assert.rejects(wrongKey, OpenAI.AuthenticationError);
    await assert.rejects(chat('no-such-model'), (error) => error instanceof OpenAI.NotFoundError && error.code === 'model_not_found');
    await assert.rejects(chat('bad-request'), OpenAI.BadRequestError);
    await assert.rejects(chat('busy'), (error) => error instanceof OpenAI.RateLimitError && Number(error.headers.get('retry-after')) <= 60);
    await assert.rejects(chat('broken'), OpenAI.InternalServerError);
  },
  async 'the SDK waits as told and then succeeds'() {
    const answer = await client({ maxRetries: 2 }).chat.completions.create({ model: 'busy-then-ok', messages });
    assert.equal(answer.choices[0].message.content, 'Hello, world');
  },
  async 'a stream that breaks raises instead of ending as if finished'() {
    let text = '';
    const read = async () => {
      for await (const chunk of await chat('breaks', { stream: true })) text += chunk.choices[0]?.delta.content ?? '';
    };
    await assert.rejects(read(), OpenAI.APIError);
    assert.equal(text, 'Hel');
  },
  async 'leaving in the middle'() {
    const stream = await chat('endless', { stream: true });
    for await (const _ of stream) break;  // aborts the request; the host's side is checked by the Python test
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
      console.log(`FAILED  ${name}\n${error.stack}`);
    }
  }
  console.log(`${Object.keys(tests).length - failed} passed, ${failed} failed`);
  process.exit(failed ? 1 : 0);
})();
