import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { describe, loadTokenizer, repository } from './tokenizer.js';

const tokenize = await loadTokenizer();
const corpus = execFileSync('git', ['ls-files', '*.bt'], { cwd: repository, encoding: 'utf8' }).trim().split('\n');
const read = (file) => readFileSync(join(repository, file), 'utf8');
const scopesOf = (line, text) => tokenize(line)[0].find((token) => token.text.trim() === text)?.scopes.join(' ');

test('the scopes of the tricky file', () => {
  const snapshot = join(repository, 'editors/test/fixtures/tricky.scopes');
  const actual = describe(tokenize(read('editors/test/fixtures/tricky.bt')));
  if (process.env.UPDATE_SNAPSHOTS) {
    writeFileSync(snapshot, actual);
  }

  assert.equal(actual, readFileSync(snapshot, 'utf8'));
});

// Programs with errors may look like it.
const sound = corpus.filter((file) => !file.includes('error') && !file.includes('fixtures/Broken'));

test('nothing in the corpus is invalid', () => {
  assert.ok(sound.length > 500);
  for (const file of sound) {
    tokenize(read(file)).forEach((tokens, index) => tokens.forEach((token) =>
      assert.ok(!token.scopes.some((scope) => scope.startsWith('invalid')), `${file}:${index + 1}: ${token.text}`)));
  }
});

test('no string, bracket or comment runs to the end of a file', () => {
  for (const file of sound) {
    const last = tokenize(`${read(file)}\nendOfFile`).at(-1);
    assert.deepEqual(last.map((token) => [token.text, token.scopes]), [['endOfFile', ['variable.other']]], file);
  }
});

test('all words of the corpus have a scope', () => {
  for (const file of sound) {
    tokenize(read(file)).forEach((tokens, index) => tokens.forEach((token) =>
      assert.ok(token.scopes.length > 0 || token.text.trim() === '', `${file}:${index + 1}: ${token.text}`)));
  }
});

test('an arrow makes a header only outside brackets and comments', () => {
  const method = 'meta.method.header entity.name.function.method';
  assert.equal(scopesOf('  size => 1', 'size'), method);
  assert.equal(scopesOf('  at: i put: v => 1', 'put:'), method);
  assert.equal(scopesOf('  + other => 1', '+'), method);
  assert.equal(scopesOf('  #{#a => 1} size', 'size'), 'variable.other');
  assert.equal(scopesOf('  x foo: #{a => 1}', 'foo:'), 'entity.name.function.message');
  assert.equal(scopesOf('  counter value // => 1', 'counter'), 'variable.other');
  assert.equal(scopesOf('  x at: "a => b"', 'at:'), 'entity.name.function.message');
});
