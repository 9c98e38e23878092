// node show.js FILE [--html]: the scopes of each token, or a page in the colours of a dark theme.
import { readFileSync } from 'node:fs';
import { describe, loadTokenizer } from './tokenizer.js';

const colours = [
  ['comment.line.documentation', '#6a9955'], ['comment', '#7f8c98'], ['markup', '#9cdcfe'], ['invalid', '#ff0000'],
  ['constant.character', '#d7ba7d'], ['constant.other.placeholder', '#d7ba7d'], ['string', '#ce9178'],
  ['constant.numeric', '#b5cea8'], ['constant', '#4fc1ff'], ['keyword.control', '#c586c0'],
  ['keyword.operator', '#d4d4d4'], ['keyword', '#569cd6'],
  ['storage', '#569cd6'], ['variable.language', '#569cd6'], ['variable.parameter', '#9cdcfe'], ['variable', '#9cdcfe'],
  ['entity.name.function', '#dcdcaa'], ['entity', '#4ec9b0'], ['punctuation.section.embedded', '#569cd6'],
];
const escape = (text) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;');

function colourOf(scopes) {
  for (const scope of [...scopes].reverse()) {
    const found = colours.find(([prefix]) => scope.startsWith(prefix));
    if (found) {
      return found[1];
    }
  }

  return '#d4d4d4';
}

const [file, format] = process.argv.slice(2);
const lines = (await loadTokenizer())(readFileSync(file, 'utf8'));
if (format === '--html') {
  const body = lines.map((tokens) => tokens.map((token) =>
    `<span style="color:${colourOf(token.scopes)}" title="${token.scopes.join(' ')}">${escape(token.text)}</span>`).join('')).join('\n');
  process.stdout.write(`<!doctype html><meta charset="utf-8"><body style="background:#1e1e1e"><pre style="font:15px monospace">${body}</pre>\n`);
} else {
  process.stdout.write(describe(lines));
}
