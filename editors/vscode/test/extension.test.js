'use strict';
const assert = require('node:assert/strict');
const Module = require('node:module');
const path = require('node:path');
const { test } = require('node:test');

// As much of the editor as the extension uses, in memory.
const registered = { commands: {}, diagnostics: new Map(), warnings: [], tasks: [] };
const document = {
  languageId: 'beamtalk', isUntitled: false, isClosed: false, version: 1,
  uri: { scheme: 'file', fsPath: path.join(__dirname, 'none.bt') },
  getText: () => 'x:=1', positionAt: (offset) => offset, save: async () => true,
};
const vscode = {
  DiagnosticSeverity: { Error: 0, Warning: 1, Information: 2 },
  TaskScope: { Workspace: 2 }, TaskRevealKind: { Always: 1 },
  Range: class { constructor(...parts) { this.parts = parts; } },
  Diagnostic: class { constructor(range, message, severity) { Object.assign(this, { range, message, severity }); } },
  ProcessExecution: class { constructor(command, args) { Object.assign(this, { command, args }); } },
  Task: class { constructor(definition, _scope, name, _source, execution) { Object.assign(this, { definition, name, execution }); } },
  TextEdit: { replace: (range, text) => ({ range, text }) },
  languages: {
    createDiagnosticCollection: () => registered.diagnostics,
    registerDocumentFormattingEditProvider: (_language, provider) => { registered.formatter = provider; },
  },
  commands: { registerCommand: (name, action) => { registered.commands[name] = action; } },
  tasks: { executeTask: async (task) => { registered.tasks.push(task); } },
  window: {
    activeTextEditor: { document },
    showWarningMessage: (text) => registered.warnings.push(text),
    showInformationMessage: (text) => registered.warnings.push(text),
    setStatusBarMessage: () => {},
  },
  workspace: {
    isTrusted: true,
    textDocuments: [],
    getConfiguration: () => ({ get: (name) => (name === 'path' ? '/nonexistent/beamtalk' : true) }),
    getWorkspaceFolder: () => undefined,
    onDidOpenTextDocument: () => {}, onDidSaveTextDocument: (listener) => { registered.onSave = listener; },
    onDidCloseTextDocument: () => {},
  },
};

const load = Module._load;
Module._load = (name, ...rest) => (name === 'vscode' ? vscode : load(name, ...rest));
const { activate } = require('../extension');
const { contributes } = require('../package.json');
const context = { subscriptions: [] };
activate(context);

test('each command of the manifest is registered', () =>
  assert.deepEqual(Object.keys(registered.commands).sort(), contributes.commands.map((command) => command.command).sort()));

test('a missing command is said once, and the text stays', async () => {
  const token = { onCancellationRequested: () => {} };
  assert.deepEqual(await registered.formatter.provideDocumentFormattingEdits(document, {}, token), []);
  await registered.onSave(document);
  assert.deepEqual(registered.warnings, ['There is no command /nonexistent/beamtalk: set beamtalk.path.']);
});

test('a file is run by a task of a type that the manifest names', async () => {
  await registered.commands['beamtalk.runFile']();
  const [task] = registered.tasks;
  assert.deepEqual(task.execution.args, ['run', document.uri.fsPath]);
  const [definition] = contributes.taskDefinitions;
  assert.equal(task.definition.type, definition.type);
  assert.ok(definition.required.every((name) => name in task.definition));
});
