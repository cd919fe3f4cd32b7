// The OpenAI SDK for Node speaking Responses, as it comes, against the gateway. Run by responses_node_test.py, which
// starts the gateway and says where it is in BASE_URL and KEY. Each test is printed; the exit status is 1 when one
// failed.
'use strict';
const assert = require('node:assert/strict');
const OpenAI = require('openai').default ?? require('openai');

const baseURL = process.env.BASE_URL;
const apiKey = process.env.KEY;
const input = 'Say hello.';
const client = (more = {}) => new OpenAI({ apiKey, baseURL, maxRetries: 0, timeout: 20_000, ...more });
const ask = (model, more = {}) => client().responses.create({ model, input, ...more });
const weather = {
  type: 'function', name: 'weather', strict: true,
  parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'], additionalProperties: false },
};
const hosts = { chat: 'says', messages: 'claude-says', responses: 'r-says' };

const tests = {
  async 'an answer arrives whole from a host of each API'() {
    for (const model of Object.values(hosts)) {
      const { data, response } = await client().responses.create({ model, input }).withResponse();
      assert.equal(data.output_text, 'Grüezi, world');
      assert.equal(data.status, 'completed');
      assert.equal(data.model, model);
      assert.equal(data.usage.total_tokens, 33);
      assert.ok(response.headers.get('x-isocost-cost'));
    }
  },
  async 'a stream is put together by the SDK, from a host of each API'() {
    for (const model of Object.values(hosts)) {
      const stream = client().responses.stream({ model, input });
      let text = '';
      stream.on('response.output_text.delta', (event) => { text += event.delta; });
      const final = await stream.finalResponse();
      assert.equal(text, 'Grüezi, world');
      assert.equal(final.output_text, 'Grüezi, world');
      assert.equal(final.status, 'completed');
    }
  },
  async 'events are numbered from 0 and begin with the response'() {
    for (const model of Object.values(hosts)) {
      const events = [];
      for await (const event of await ask(model, { stream: true })) events.push(event);
      assert.deepEqual(events.map((event) => event.sequence_number), events.map((_, i) => i));
      assert.equal(events[0].type, 'response.created');
      assert.equal(events.at(-1).type, 'response.completed');
    }
  },
  async 'a tool is called, and told of'() {
    for (const model of ['calls', 'claude-calls', 'r-calls']) {
      const stream = client().responses.stream({ model, input, tools: [weather] });
      const { output } = await stream.finalResponse();
      const call = output.find((item) => item.type === 'function_call');
      assert.deepEqual(JSON.parse(call.arguments), { city: 'Zürich' });
      const { parsed_arguments, ...sent } = call;
      const told = await ask(model, { tools: [weather], input: [
        { role: 'user', content: 'Weather?' }, sent,
        { type: 'function_call_output', call_id: call.call_id, output: 'sunny' }] });
      assert.equal(told.output_text, 'It is sunny');
    }
  },
  async 'structured output is parsed'() {
    const schema = { type: 'object', properties: { name: { type: 'string' }, people: { type: 'integer' } },
      required: ['name', 'people'], additionalProperties: false };
    const answer = await client().responses.parse({ model: 'describes', input,
      text: { format: { type: 'json_schema', name: 'City', strict: true, schema } } });
    assert.deepEqual(JSON.parse(answer.output_text), { name: 'Zürich', people: 400000 });
  },
  async 'an image is taken'() {
    const image_url = 'data:image/png;base64,iVBORw0KGgo=';
    for (const model of Object.values(hosts)) {
      const answer = await ask(model, { input: [{ role: 'user', content: [
        { type: 'input_text', text: 'What is it?' }, { type: 'input_image', image_url, detail: 'auto' }] }] });
      assert.equal(answer.output_text, 'Grüezi, world');
    }
  },
  async 'each refusal becomes the exception that programs catch'() {
    await assert.rejects(client({ apiKey: 'sk-wrong' }).responses.create({ model: 'says', input }), OpenAI.AuthenticationError);
    await assert.rejects(ask('no-such-model'), (error) => error instanceof OpenAI.NotFoundError && error.code === 'model_not_found');
    await assert.rejects(ask('says', { previous_response_id: 'resp_1' }), (error) =>
      error instanceof OpenAI.BadRequestError && error.param === 'previous_response_id');
    await assert.rejects(ask('busy'), OpenAI.RateLimitError);
    await assert.rejects(client().responses.retrieve('resp_1'), OpenAI.NotFoundError);
  },
  async 'a stream that breaks is raised'() {
    for (const model of ['breaks', 'r-breaks']) {
      await assert.rejects(async () => { for await (const _ of await ask(model, { stream: true })); }, OpenAI.APIError);
    }
  },
  async 'the SDK retries, and what stands in answers'() {
    await assert.rejects(client({ maxRetries: 1 }).responses.create({ model: 'busy', input }), OpenAI.RateLimitError);
    assert.equal((await ask('busy-or-says')).output_text, 'Grüezi, world');
  },
  async 'a prompt is counted'() {
    const counted = await client().responses.inputTokens.count({ model: 'says', input });
    assert.equal(counted.object, 'response.input_tokens');
    assert.ok(counted.input_tokens > 1);
  },
  async 'a client that leaves is followed by the gateway'() {
    const stream = await ask('endless', { stream: true });
    let count = 0;
    for await (const _ of stream) if (++count === 10) break;
    stream.controller.abort();
  },
};

(async () => {
  let failed = 0;
  for (const [name, test] of Object.entries(tests)) {
    try {
      await test();
      console.log(`ok    ${name}`);
    } catch (error) {
      ++failed;
      console.log(`FAIL  ${name}\n${error.stack}`);
    }
  }
  process.exitCode = failed ? 1 : 0;
})();
