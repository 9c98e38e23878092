'use strict';
const assert = require('node:assert/strict');
const { chmodSync, mkdtempSync, rmSync, writeFileSync } = require('node:fs');
const { tmpdir } = require('node:os');
const path = require('node:path');
const { after, test } = require('node:test');
const { check, format, parseDiagnostics, resolveCommand, run } = require('../commands');

const directory = mkdtempSync(path.join(tmpdir(), 'beamtalk-vscode-'));
after(() => rmSync(directory, { recursive: true }));

/** A command that behaves as beamtalk would, by a few lines of shell. */
function fake(script) {
  const file = path.join(directory, `beamtalk-${Math.random()}`);
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  return file;
}

test('the command is a name or a path', () => {
  assert.equal(resolveCommand('', '/project'), 'beamtalk');
  assert.equal(resolveCommand('bt', '/project'), 'bt');
  assert.equal(resolveCommand('./beamtalk', '/project'), '/project/beamtalk');
  assert.equal(resolveCommand('/opt/beamtalk', '/project'), '/opt/beamtalk');
});

test('a text goes through the formatter', async () => {
  assert.deepEqual(await format(fake('[ "$*" = "fmt -" ] && cat'), 'x := "ü"\n'), { text: 'x := "ü"\n', reason: null });
});

test('a text with errors is not replaced', async () => {
  const result = await format(fake('cat > /dev/null; echo "<stdin>:1:1: error" >&2; exit 2'), 'x := (');
  assert.deepEqual(result, { text: null, reason: '<stdin>:1:1: error' });
});

test('a command that reads nothing does no harm', async () => {
  assert.equal((await run(fake('exit 3'), [], { input: 'x'.repeat(1_000_000) })).status, 3);
});

test('a missing command is an error', async () => {
  await assert.rejects(format('/nonexistent/beamtalk', 'x'), { code: 'ENOENT' });
});

test('diagnostics count from zero', async () => {
  const line = JSON.stringify({
    code: 'BT2001', severity: 'error', message: 'no y', hint: 'did you mean x?', file: 'a.bt',
    line: 2, column: 14, endLine: 2, endColumn: 15,
  });
  const expected = [{
    file: 'a.bt', code: 'BT2001', severity: 'error', message: 'no y\ndid you mean x?',
    start: { line: 1, character: 13 }, end: { line: 1, character: 14 },
  }];
  assert.deepEqual(parseDiagnostics(`${line}\n`), expected);
  assert.deepEqual(await check(fake(`[ "$1 $2 $3" = "check --json a.bt" ] && echo '${line}'; exit 2`), 'a.bt'), expected);
});
