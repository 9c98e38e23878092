// The providers' own SDKs ask the server of tools/fake-llm: what they understand is the real protocol.
import { spawn } from "node:child_process";
import { writeFileSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import assert from "node:assert/strict";
import OpenAI from "openai";
import Anthropic from "@anthropic-ai/sdk";
import { GoogleGenAI } from "@google/genai";

const home = new URL("../..", import.meta.url).pathname;
let passed = 0;
let failed = 0;

/** Runs the server with a script, hands its URL to the body, and ends it. */
async function serving(script, body) {
  const file = join(mkdtempSync(join(tmpdir(), "bt-")), "script.json");
  writeFileSync(file, JSON.stringify(script));
  const server = spawn(join(home, "beamtalk"), ["run", join(home, "tools/fake-llm/fake_llm.bt"), "0", file], {
    stdio: ["ignore", "pipe", "inherit"], detached: true,
  });
  try {
    const url = await new Promise((resolve, reject) => {
      server.stdout.once("data", (data) => resolve(String(data).trim()));
      server.once("exit", (code) => reject(new Error(`the server ended with ${code}`)));
    });
    await body(url);
  } finally {
    process.kill(-server.pid, "SIGTERM");
  }
}

async function check(name, body) {
  try {
    await body();
    passed += 1;
  } catch (error) {
    failed += 1;
    console.error(`failed  ${name}: ${error.stack}`);
  }
}

const call = { name: "search", arguments: { query: "owls" } };
const script = [
  "Hello, world!",
  { text: "Let me see.", calls: [call, { name: "search", arguments: { query: "bats" } }] },
  "one two three",
  { calls: [call] },
  { fault: "rateLimited", retryAfter: 50 }, "after a retry",
  { fault: "invalid" },
  { fault: "unauthorized" },
];

// What goes wrong, without the SDKs' own second tries.
const faults = [
  { fault: "overloaded" },
  { fault: "serverError" },
  { fault: "rateLimited", retryAfter: 2000 },
  { text: "one two three four", fault: "errorInStream" },
  { text: "one two three four", fault: "cut" },
];
const once = { maxRetries: 0 };

async function drain(stream) {
  for await (const _ of stream) { /* until it ends or fails */ }
}

const tool = {
  name: "search", description: "Searches.",
  schema: { type: "object", properties: { query: { type: "string" } }, required: ["query"] },
};

async function openai(url) {
  const client = new OpenAI({ apiKey: "fake", baseURL: `${url}/v1` });
  const ask = (more = {}) => client.chat.completions.create({
    model: "m", messages: [{ role: "user", content: "Hi" }],
    tools: [{ type: "function", function: { name: tool.name, description: tool.description, parameters: tool.schema } }],
    ...more,
  });
  await check("openai text", async () => {
    const answer = await ask();
    assert.equal(answer.choices[0].message.content, "Hello, world!");
    assert.equal(answer.choices[0].finish_reason, "stop");
    assert.equal(answer.usage.total_tokens, answer.usage.prompt_tokens + answer.usage.completion_tokens);
  });
  await check("openai calls", async () => {
    const [choice] = (await ask()).choices;
    assert.deepEqual(choice.message.tool_calls.map((each) => JSON.parse(each.function.arguments).query), ["owls", "bats"]);
    assert.equal(choice.finish_reason, "tool_calls");
  });
  await check("openai stream", async () => {
    const stream = client.chat.completions.stream({
      model: "m", messages: [{ role: "user", content: "Hi" }], stream_options: { include_usage: true } });
    let text = "";
    for await (const chunk of stream) text += chunk.choices[0]?.delta?.content ?? "";
    assert.equal(text, "one two three");
    assert.ok((await stream.totalUsage()).total_tokens > 0);
  });
  await check("openai streamed calls", async () => {
    const stream = client.chat.completions.stream({ model: "m", messages: [{ role: "user", content: "Hi" }] });
    const message = await stream.finalMessage();
    assert.deepEqual(JSON.parse(message.tool_calls[0].function.arguments), { query: "owls" });
  });
  await check("openai retry", async () => assert.equal((await ask()).choices[0].message.content, "after a retry"));
  await check("openai invalid", () => assert.rejects(ask(), OpenAI.BadRequestError));
  await check("openai unauthorized", () => assert.rejects(ask(), OpenAI.AuthenticationError));
  await check("openai embeddings", async () => {
    const answer = await client.embeddings.create({ model: "m", input: ["owl", "owl", "bat"] });
    assert.equal(answer.data.length, 3);
    assert.deepEqual(answer.data[0].embedding, answer.data[1].embedding);
    assert.equal(answer.data[0].embedding.length, 16);
  });
}

async function openaiFaults(url) {
  const client = new OpenAI({ apiKey: "fake", baseURL: `${url}/v1`, ...once });
  const ask = (stream) => client.chat.completions.create({ model: "m", messages: [{ role: "user", content: "Hi" }], stream });
  await check("openai overloaded", () => assert.rejects(ask(false), { status: 503 }));
  await check("openai server error", () => assert.rejects(ask(false), OpenAI.InternalServerError));
  await check("openai hint", () => assert.rejects(ask(false), (error) => error.headers.get("retry-after-ms") === "2000"));
  await check("openai error in a stream", async () => assert.rejects(drain(await ask(true)), OpenAI.APIError));
  await check("openai cut stream", async () => assert.rejects(drain(await ask(true))));
}

async function anthropicFaults(url) {
  const client = new Anthropic({ apiKey: "fake", baseURL: url, ...once });
  const ask = (stream) => client.messages.create({
    model: "m", max_tokens: 100, messages: [{ role: "user", content: "Hi" }], stream });
  await check("anthropic overloaded", () => assert.rejects(ask(false), { status: 529 }));
  await check("anthropic server error", () => assert.rejects(ask(false), Anthropic.InternalServerError));
  await check("anthropic hint", () => assert.rejects(ask(false), (error) => error.headers.get("retry-after") === "2"));
  await check("anthropic error in a stream", async () => assert.rejects(drain(await ask(true)), Anthropic.APIError));
  await check("anthropic cut stream", async () => assert.rejects(drain(await ask(true))));
}

async function anthropic(url) {
  const client = new Anthropic({ apiKey: "fake", baseURL: url });
  const request = {
    model: "m", max_tokens: 100, messages: [{ role: "user", content: "Hi" }],
    tools: [{ name: tool.name, description: tool.description, input_schema: tool.schema }],
  };
  const ask = () => client.messages.create(request);
  await check("anthropic text", async () => {
    const answer = await ask();
    assert.equal(answer.content[0].text, "Hello, world!");
    assert.equal(answer.stop_reason, "end_turn");
  });
  await check("anthropic calls", async () => {
    const answer = await ask();
    assert.deepEqual(answer.content.map((each) => each.type), ["text", "tool_use", "tool_use"]);
    assert.deepEqual(answer.content[2].input, { query: "bats" });
  });
  await check("anthropic stream", async () => {
    const stream = client.messages.stream(request);
    let text = "";
    stream.on("text", (piece) => { text += piece; });
    const message = await stream.finalMessage();
    assert.equal(text, "one two three");
    assert.ok(message.usage.output_tokens > 0);
  });
  await check("anthropic streamed calls", async () => {
    const message = await client.messages.stream(request).finalMessage();
    assert.deepEqual(message.content[0].input, { query: "owls" });
    assert.equal(message.stop_reason, "tool_use");
  });
  await check("anthropic retry", async () => assert.equal((await ask()).content[0].text, "after a retry"));
  await check("anthropic invalid", () => assert.rejects(ask(), Anthropic.BadRequestError));
  await check("anthropic unauthorized", () => assert.rejects(ask(), Anthropic.AuthenticationError));
}

async function gemini(url) {
  const client = new GoogleGenAI({ apiKey: "fake", httpOptions: { baseUrl: url } });
  const request = {
    model: "m", contents: "Hi",
    config: { tools: [{ functionDeclarations: [{
      name: tool.name, description: tool.description, parametersJsonSchema: tool.schema }] }] },
  };
  await check("gemini text", async () => {
    const answer = await client.models.generateContent(request);
    assert.equal(answer.text, "Hello, world!");
    assert.ok(answer.usageMetadata.totalTokenCount > 0);
  });
  await check("gemini calls", async () => {
    const answer = await client.models.generateContent(request);
    assert.deepEqual(answer.functionCalls.map((each) => each.args.query), ["owls", "bats"]);
  });
  await check("gemini stream", async () => {
    let text = "";
    for await (const chunk of await client.models.generateContentStream(request)) text += chunk.text ?? "";
    assert.equal(text, "one two three");
  });
  await check("gemini streamed calls", async () => {
    const calls = [];
    for await (const chunk of await client.models.generateContentStream(request)) calls.push(...(chunk.functionCalls ?? []));
    assert.deepEqual(calls[0].args, { query: "owls" });
  });
  await check("gemini rate limit", async () => {
    // Whether the SDK tries again by itself depends on its version: both are right.
    const answer = await client.models.generateContent(request).catch((error) => error);
    if (answer.status !== undefined) {
      assert.equal(answer.status, 429);
      assert.equal((await client.models.generateContent(request)).text, "after a retry");
    } else {
      assert.equal(answer.text, "after a retry");
    }
  });
  await check("gemini invalid", () => assert.rejects(client.models.generateContent(request), { status: 400 }));
  await check("gemini unauthorized", () => assert.rejects(client.models.generateContent(request), { status: 401 }));
  await check("gemini embeddings", async () => {
    const answer = await client.models.embedContent({ model: "m", contents: ["owl", "bat"] });
    assert.equal(answer.embeddings.length, 2);
  });
}

for (const ask of [openai, anthropic, gemini]) await serving(script, ask);
for (const ask of [openaiFaults, anthropicFaults]) await serving(faults, ask);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);
