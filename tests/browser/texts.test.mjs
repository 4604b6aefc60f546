// The words of the pages: each language has each of them, none is missing and none is left over.
import test from 'node:test';
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../support/stack.mjs';

const html = join(root, 'nginx/html');
// As a browser reads it: a module, though it is called .js and no package.json stands beside it.
const module = (file) => import(`data:text/javascript,${encodeURIComponent(readFileSync(file, 'utf8'))}`);
const read = async (language) => {
  const parts = readdirSync(join(html, 'shared/texts', language)).map((file) => module(join(html, 'shared/texts', language, file)));
  const all = (await Promise.all(parts)).flatMap((part) => Object.entries(part.default));
  assert.equal(new Set(all.map(([key]) => key)).size, all.length, `a text of ${language} stands in two files`);
  return [language, Object.fromEntries(all)];
};
const languages = Object.fromEntries(await Promise.all(readdirSync(join(html, 'shared/texts')).map(read)));
const files = readdirSync(html, { recursive: true })
  .map((file) => join(html, file))
  .filter((file) => file.endsWith('.js') && !file.includes('/texts/'));
const sources = files.map((file) => readFileSync(file, 'utf8')).join('\n');

const parts = (text) => (typeof text === 'string' ? [text] : Object.values(text));
const blanks = (text) => [...new Set(parts(text).flatMap((part) => part.match(/\{\w+\}/g) ?? []))].sort();

// Keys as they stand in the sources, and the beginnings of those that are put together: t(`order.state-${status}`).
const named = new Set([...sources.matchAll(/'([a-z]+\.[A-Za-z_-]+)'/g)].map(([, key]) => key));
const begun = [...sources.matchAll(/`([a-z]+\.[a-z-]*)\$\{/g)].map(([, key]) => key);

test('every language has the same texts, with the same blanks', () => {
  const [first, ...others] = Object.values(languages);
  assert.ok(others.length >= 1);
  for (const other of others) {
    assert.deepEqual(Object.keys(other).sort(), Object.keys(first).sort());
    for (const key of Object.keys(first)) assert.deepEqual(blanks(other[key]), blanks(first[key]), key);
  }
});

test('no text is empty, and one that counts has a form for every number', () => {
  for (const [language, texts] of Object.entries(languages)) {
    for (const [key, text] of Object.entries(texts)) {
      for (const part of parts(text)) assert.ok(part.trim().length > 0, `${language} ${key}`);
      if (typeof text === 'object') assert.ok(text.other, `${language} ${key}`);
    }
  }
});

test('every text that a page asks for is there', () => {
  const groups = new Set(Object.keys(languages.en).map((key) => key.split('.')[0]));
  const asked = [...sources.matchAll(/\bt\('([^']+)'/g)].map(([, key]) => key);
  assert.ok(asked.length > 100);
  for (const key of [...asked, ...[...named].filter((name) => groups.has(name.split('.')[0]) && !name.endsWith('.js'))])
    assert.ok(key in languages.en, key);
  for (const start of begun) assert.ok(Object.keys(languages.en).some((key) => key.startsWith(start)), start);
});

test('every text is asked for by a page', () => {
  const left = Object.keys(languages.en).filter((key) => !named.has(key) && !begun.some((start) => key.startsWith(start)));
  assert.deepEqual(left, []);
});
