// Tokenises Beamtalk with the grammar as VS Code does.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import oniguruma from 'vscode-oniguruma';
import textmate from 'vscode-textmate';

const here = dirname(fileURLToPath(import.meta.url));
export const repository = join(here, '..', '..');
const grammarFile = join(here, '..', 'textmate', 'beamtalk.tmLanguage.json');
const require = createRequire(import.meta.url);

/** A function from a text to its lines, each with its tokens: {text, scopes}. */
export async function loadTokenizer() {
  await oniguruma.loadWASM((await readFile(require.resolve('vscode-oniguruma/release/onig.wasm'))).buffer);
  const registry = new textmate.Registry({
    onigLib: Promise.resolve({
      createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns),
      createOnigString: (text) => new oniguruma.OnigString(text),
    }),
    loadGrammar: async () => textmate.parseRawGrammar(await readFile(grammarFile, 'utf8'), grammarFile),
  });
  const grammar = await registry.loadGrammar('source.beamtalk');
  return (text) => {
    let state = textmate.INITIAL;
    return text.split(/\r?\n/).map((line) => {
      const result = grammar.tokenizeLine(line, state);
      state = result.ruleStack;
      return result.tokens.map((token) => ({
        text: line.slice(token.startIndex, token.endIndex),
        scopes: token.scopes.slice(1).map((scope) => scope.replace(/\.beamtalk$/, '')),
      }));
    });
  };
}

/** One line for each token that is not space: its text and its scopes, the outermost first. */
export function describe(lines) {
  return lines.flatMap((tokens, index) =>
    tokens.filter((token) => token.text.trim() !== '')
      .map((token) => `${index + 1}: ${token.text.trim()}  ${token.scopes.join(' ') || '-'}`)).join('\n') + '\n';
}
