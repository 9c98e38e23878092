// Formatting, diagnostics and running, all by the beamtalk command.
'use strict';
const path = require('node:path');
const vscode = require('vscode');
const { check, format, resolveCommand } = require('./commands');

const severities = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  info: vscode.DiagnosticSeverity.Information,
};

let hasComplained = false;

function settingsOf(document) {
  const configuration = vscode.workspace.getConfiguration('beamtalk', document.uri);
  const folder = vscode.workspace.getWorkspaceFolder(document.uri)?.uri.fsPath;
  return {
    command: resolveCommand(configuration.get('path'), folder),
    checksOnSave: configuration.get('checkOnSave'),
    cwd: folder ?? (document.isUntitled ? undefined : path.dirname(document.uri.fsPath)),
  };
}

/** Says once that there is no command; formatting and checking go on quietly failing. */
function complain(error, command) {
  if (error.name !== 'AbortError' && !hasComplained) {
    hasComplained = true;
    vscode.window.showWarningMessage(
      error.code === 'ENOENT' ? `There is no command ${command}: set beamtalk.path.` : `beamtalk: ${error.message}`);
  }
}

async function formatDocument(document, token) {
  const { command, cwd } = settingsOf(document);
  const abort = new AbortController();
  token.onCancellationRequested(() => abort.abort());
  const before = document.getText();
  try {
    const { text, reason } = await format(command, before, { cwd, signal: abort.signal });
    if (text === null) {
      vscode.window.setStatusBarMessage(`Beamtalk: not formatted: ${reason.split('\n')[0]}`, 5000);
      return [];
    }

    const all = new vscode.Range(document.positionAt(0), document.positionAt(before.length));
    return text === before ? [] : [vscode.TextEdit.replace(all, text)];
  } catch (error) {
    complain(error, command);
    return [];
  }
}

async function checkDocument(document, collection) {
  const { command, cwd, checksOnSave } = settingsOf(document);
  if (document.languageId !== 'beamtalk' || document.uri.scheme !== 'file' || !vscode.workspace.isTrusted) {
    return;
  }

  if (!checksOnSave) {
    collection.delete(document.uri);
    return;
  }

  const version = document.version;
  try {
    const found = await check(command, document.uri.fsPath, { cwd });
    if (document.version === version && !document.isClosed) {
      collection.set(document.uri, found.map(toDiagnostic));
    }
  } catch (error) {
    complain(error, command);
  }
}

function toDiagnostic(found) {
  const range = new vscode.Range(found.start.line, found.start.character, found.end.line, found.end.character);
  const diagnostic = new vscode.Diagnostic(range, found.message, severities[found.severity]);
  diagnostic.source = 'beamtalk';
  diagnostic.code = found.code;
  return diagnostic;
}

/** Runs `beamtalk VERB FILE` in a terminal, as a task: the arguments are quoted by the editor. */
async function runFile(verb) {
  const document = vscode.window.activeTextEditor?.document;
  if (document?.languageId !== 'beamtalk' || document.isUntitled || !(await document.save())) {
    vscode.window.showInformationMessage('Save the file first.');
    return;
  }

  const { command, cwd } = settingsOf(document);
  const file = document.uri.fsPath;
  const task = new vscode.Task(
    { type: 'beamtalk', verb, file }, vscode.TaskScope.Workspace, `${verb} ${path.basename(file)}`, 'beamtalk',
    new vscode.ProcessExecution(command, [verb, file], { cwd }));
  task.presentationOptions = { clear: true, reveal: vscode.TaskRevealKind.Always };
  await vscode.tasks.executeTask(task);
}

function activate(context) {
  const collection = vscode.languages.createDiagnosticCollection('beamtalk');
  const recheck = (document) => checkDocument(document, collection);
  context.subscriptions.push(
    collection,
    vscode.languages.registerDocumentFormattingEditProvider('beamtalk', {
      provideDocumentFormattingEdits: (document, _options, token) => formatDocument(document, token),
    }),
    vscode.workspace.onDidOpenTextDocument(recheck),
    vscode.workspace.onDidSaveTextDocument(recheck),
    vscode.workspace.onDidCloseTextDocument((document) => collection.delete(document.uri)),
    vscode.commands.registerCommand('beamtalk.runFile', () => runFile('run')),
    vscode.commands.registerCommand('beamtalk.testFile', () => runFile('test')));
  vscode.workspace.textDocuments.forEach(recheck);
}

module.exports = { activate, deactivate: () => {} };
