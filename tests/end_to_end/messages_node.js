// Anthropic's SDK for Node, in the version that SDK names, against the gateway. Run by messages_node_test.py, which
// starts the gateway and says where it is in BASE_URL and KEY. Each test is printed; the exit status is 1 when one
// failed.
'use strict';
const assert = require('node:assert/strict');
const sdk = require(process.env.SDK);
const Anthropic = sdk.default ?? sdk;

const messages = [{ role: 'user', content: 'Say hello.' }];
const client = (more = {}) =>
  new Anthropic({ apiKey: process.env.KEY, baseURL: process.env.BASE_URL, maxRetries: 0, timeout: 20_000, ...more });
const ask = (model, more = {}) => client().messages.create({ model, max_tokens: 2000, messages, ...more });
const stream = (model, more = {}) => client().messages.stream({ model, max_tokens: 2000, messages, ...more });
const weather = {
  name: 'weather',
  input_schema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
};
const image = {
  type: 'image',
  source: {
    type: 'base64',
    media_type: 'image/png',
    data: 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
  },
};
const both = { 'claude-says': 'Grüezi, world', 'claude-chat-says': 'Hello, world' };

const tests = {
  async 'an answer arrives whole'() {
    for (const [model, text] of Object.entries(both)) {
      const { data, response, request_id } = await client()
        .messages.create({ model, max_tokens: 9, messages })
        .withResponse();
      assert.equal(data.content[0].text, text);
      assert.equal(data.model, model);
      assert.equal(data.stop_reason, 'end_turn');
      assert.deepEqual([data.usage.input_tokens, data.usage.output_tokens], [19, 3]);
      assert.equal(request_id, response.headers.get('request-id'));
      assert.ok(request_id);
    }
  },
  async 'a stream arrives piece by piece'() {
    for (const [model, text] of Object.entries(both)) {
      const events = [];
      const coming = stream(model);
      coming.on('streamEvent', (event) => events.push(event.type));
      const final = await coming.finalMessage();
      assert.equal(final.content[0].text, text);
      assert.equal(final.stop_reason, 'end_turn');
      assert.deepEqual([final.usage.input_tokens, final.usage.output_tokens], [19, 3]);
      assert.equal(events[0], 'message_start');
      assert.equal(events.at(-1), 'message_stop');
      assert.ok(events.filter((type) => type === 'content_block_delta').length >= 3);
    }
  },
  async 'tools are called, whole and streamed'() {
    for (const model of ['calls', 'chat-calls']) {
      for (const answer of [
        await ask(model, { tools: [weather] }),
        await stream(model, { tools: [weather] }).finalMessage(),
      ]) {
        assert.equal(answer.stop_reason, 'tool_use');
        const calls = answer.content.filter((block) => block.type === 'tool_use');
        assert.deepEqual(calls[0].input, { city: 'Zürich' });
        assert.equal(calls[0].name, 'weather');
        const content = calls.map((call) => ({ type: 'tool_result', tool_use_id: call.id, content: 'sunny' }));
        const back = [...messages, { role: 'assistant', content: answer.content }, { role: 'user', content }];
        const told = await ask(model, { messages: back, tools: [weather] });
        assert.match(told.content[0].text, /^It is sunny/);
      }
    }
  },
  async 'thinking is shown with a signature'() {
    for (const model of ['thinks', 'chat-thinks']) {
      const thinking = { type: 'enabled', budget_tokens: 1024 };
      for (const answer of [await ask(model, { thinking }), await stream(model, { thinking }).finalMessage()]) {
        assert.deepEqual(answer.content.map((block) => block.type), ['thinking', 'text']);
        assert.equal(answer.content[0].thinking, 'Let me see. Yes.');
        assert.ok(answer.content[0].signature);
        assert.equal(answer.content[1].text, '42');
      }
    }
  },
  async 'an image is taken'() {
    const content = [{ type: 'text', text: 'What is it?' }, image];
    for (const [model, text] of Object.entries(both)) {
      const answer = await ask(model, { messages: [{ role: 'user', content }] });
      assert.equal(answer.content[0].text, text);
    }
  },
  async 'an answer follows a schema'() {
    const schema = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
    for (const model of ['json', 'chat-json']) {
      const answer = await ask(model, { output_config: { format: { type: 'json_schema', schema } } });
      assert.deepEqual(JSON.parse(answer.content[0].text), { city: 'Zürich' });
    }
  },
  async 'a prompt is counted'() {
    const counted = await client().messages.countTokens({ model: 'claude-says', messages });
    assert.ok(counted.input_tokens > 0);
  },
  async 'the models are listed'() {
    const names = [];
    for await (const model of client().models.list({ limit: 3 })) names.push(model.id);
    assert.ok(names.includes('claude-says'));
    assert.equal(new Set(names).size, names.length);
  },
  async 'each refusal becomes the exception that programs catch'() {
    const wrongKey = client({ apiKey: 'sk-wrong' }).messages.create({ model: 'claude-says', max_tokens: 9, messages });
    await assert.rejects(wrongKey, Anthropic.AuthenticationError);
    await assert.rejects(ask('nobody'), Anthropic.NotFoundError);
    await assert.rejects(ask('chat-bad-request'), Anthropic.BadRequestError);
    await assert.rejects(ask('chat-busy'), Anthropic.RateLimitError);
    await assert.rejects(ask('busy'), (error) => error.error.error.type === 'overloaded_error' && !!error.requestID);
  },
  async 'what is busy is asked again'() {
    const answer = await client({ maxRetries: 2 }).messages.create({ model: 'busy-then-ok', max_tokens: 9, messages });
    assert.equal(answer.content[0].text, 'Hello, world');
  },
  async 'a stream that breaks is an error'() {
    for (const model of ['breaks', 'chat-breaks']) {
      let text = '';
      const coming = stream(model);
      coming.on('text', (piece) => (text += piece));
      await assert.rejects(coming.finalMessage(), Anthropic.APIError);
      assert.equal(text, 'Hel');
    }
  },
  async 'leaving in the middle ends it'() {
    const coming = await ask('chat-endless', { stream: true });
    for await (const event of coming) if (event.type === 'content_block_delta') break;
  },
};

(async () => {
  let failed = 0;
  for (const [name, run] of Object.entries(tests)) {
    try {
      await run();
      console.log(`ok   ${name}`);
    } catch (error) {
      failed += 1;
      console.log(`FAIL ${name}\n${error.stack}`);
    }
  }
  process.exit(failed ? 1 : 0);
})();
