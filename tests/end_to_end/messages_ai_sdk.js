// Vercel's AI SDK with its provider for Anthropic, as it comes, against the gateway. Run by
// messages_frameworks_test.py.
'use strict';
const assert = require('node:assert/strict');
const { createAnthropic } = require('@ai-sdk/anthropic');
const { generateText, streamText, tool, stepCountIs, jsonSchema } = require('ai');

const anthropic = createAnthropic({ baseURL: process.env.BASE_URL, apiKey: process.env.KEY });
const schema = { type: 'object', properties: { city: { enum: ['Rome', 'Bern'] } }, required: ['city'] };
const get_weather = tool({
  description: 'Of a city',
  inputSchema: jsonSchema(schema),
  execute: async ({ city }) => `sunny in ${city}`,
});
const asked = (name) => ({
  model: anthropic(name),
  prompt: 'How is the weather?',
  tools: { get_weather },
  stopWhen: stepCountIs(4),
  maxOutputTokens: 4000,
  maxRetries: 0,
});

(async () => {
  for (const name of ['chats', 'messages']) {
    const plain = await generateText({ model: anthropic(name), prompt: 'Say hello.', maxOutputTokens: 4000 });
    assert.ok(plain.text && plain.usage.outputTokens > 0);
    const { steps, text } = await generateText(asked(name));
    assert.equal(steps.length, 2);
    assert.ok(schema.properties.city.enum.includes(steps[0].toolCalls[0].input.city));
    assert.ok(text);
    const thinking = { anthropic: { thinking: { type: 'enabled', budgetTokens: 1024 } } };
    const kinds = new Set();
    for await (const part of streamText({ ...asked(name), providerOptions: thinking }).fullStream) {
      if (part.type === 'error') throw part.error;
      kinds.add(part.type);
    }
    for (const kind of ['reasoning-delta', 'tool-input-delta', 'tool-result', 'text-delta', 'finish']) {
      assert.ok(kinds.has(kind), `${name}: no ${kind}`);
    }
    console.log(`ok   ${name}`);
  }
  await assert.rejects(generateText({ model: anthropic('nobody'), prompt: 'x', maxRetries: 0 }), { statusCode: 404 });
})().catch((error) => {
  console.log(error.stack);
  process.exit(1);
});
