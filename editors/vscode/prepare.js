// Copies the grammar, which other editors share, and the licence to where the package needs them.
'use strict';
const fs = require('node:fs');
const path = require('node:path');

fs.mkdirSync(path.join(__dirname, 'syntaxes'), { recursive: true });
fs.copyFileSync(
  path.join(__dirname, '..', 'textmate', 'beamtalk.tmLanguage.json'),
  path.join(__dirname, 'syntaxes', 'beamtalk.tmLanguage.json'));
fs.copyFileSync(path.join(__dirname, '..', '..', 'LICENSE'), path.join(__dirname, 'LICENSE'));
