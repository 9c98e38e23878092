// What the extension does with the beamtalk command, without the editor: so it can be tested.
'use strict';
const { spawn } = require('node:child_process');
const path = require('node:path');

/** The command to run: a name is looked up on PATH, a path is relative to the workspace's folder. */
function resolveCommand(configured, folder) {
  const command = configured && configured.trim() !== '' ? configured.trim() : 'beamtalk';
  return folder && /[\\/]/.test(command) && !path.isAbsolute(command) ? path.join(folder, command) : command;
}

/** Runs a command to its end; never rejects for an exit status. */
function run(command, args, { input = '', cwd, signal, timeout = 60000 } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, signal, timeout, windowsHide: true });
    const output = [];
    const errors = [];
    child.stdout.on('data', (data) => output.push(data));
    child.stderr.on('data', (data) => errors.push(data));
    child.on('error', reject);
    child.on('close', (status) => resolve({
      status,
      output: Buffer.concat(output).toString('utf8'),
      errors: Buffer.concat(errors).toString('utf8'),
    }));
    child.stdin.on('error', () => {}); // it ended without reading all
    child.stdin.end(input);
  });
}

/** The formatted text, or null with the reason if the text has errors. */
async function format(command, text, options) {
  const result = await run(command, ['fmt', '-'], { ...options, input: text });
  return result.status === 0
    ? { text: result.output, reason: null }
    : { text: null, reason: result.errors.trim() || `beamtalk fmt ended with ${result.status}` };
}

/** Reads `check --json`: one object a line. Lines and columns become zero-based. */
function parseDiagnostics(output) {
  return output.split('\n').filter((line) => line.startsWith('{')).map((line) => {
    const found = JSON.parse(line);
    return {
      file: found.file,
      code: found.code,
      severity: found.severity,
      message: found.hint ? `${found.message}\n${found.hint}` : found.message,
      start: { line: found.line - 1, character: found.column - 1 },
      end: { line: found.endLine - 1, character: found.endColumn - 1 },
    };
  });
}

async function check(command, file, options) {
  return parseDiagnostics((await run(command, ['check', '--json', file], options)).output);
}

module.exports = { resolveCommand, run, format, check, parseDiagnostics };
