// The key under which the gateway counts an address: one for an IPv6 network of 64 bits, however its addresses are written.
// Needs no stack: it reads the map out of the gateway's configuration. The patterns mean the same to PCRE and to JavaScript.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { root } from '../support/stack.mjs';

const [, block] = readFileSync(join(root, 'nginx/gateway.conf.in'), 'utf8').match(/map \$remote_addr \$limit_key \{([^]*?)\n {4}\}/);
const rules = [...block.matchAll(/"~(\S+)" "?([^";]+)"?;/g)].map(([, pattern, value]) => [new RegExp(pattern), value]);

function keyOf(address) {
  for (const [pattern, value] of rules) {
    const match = address.match(pattern);
    if (match) return value.replace(/\$(\w+)/g, (_, name) => match.groups[name]);
  }
  return address;
}

// As inet_ntop writes it: the longest run of two or more zero groups, the first of equals, becomes "::".
function text(groups) {
  const runs = [...groups.map((g) => (g === 0 ? '0' : 'x')).join('').matchAll(/00+/g)].sort((a, b) => b[0].length - a[0].length);
  const hex = groups.map((g) => g.toString(16));
  if (runs.length === 0) return hex.join(':');
  const [{ index, 0: run }] = runs;
  return `${hex.slice(0, index).join(':')}::${hex.slice(index + run.length).join(':')}`;
}

const group = () => (Math.random() < 0.3 ? 0 : randomBytes(2).readUInt16BE());
const networks = [
  [0x2001, 0xdb8, 0, 0],
  [0x2001, 0xdb8, 0, 7],
  [0x2001, 0xdb8, 7, 0],
  [0x2001, 0xdb8, 1, 2],
  [0x2001, 0, 0, 5],
  [0x2001, 0, 0, 0],
  [0xfe80, 0, 0, 0],
  [0x2001, 0, 5, 6],
];

test('one key for a network of 64 bits, and another for each network', () => {
  const seen = new Set();
  for (const network of networks) {
    const keys = new Set(Array.from({ length: 4000 }, () => keyOf(text([...network, group(), group(), group(), group()]))));
    assert.deepEqual(keys.size, 1, `${text([...network, 0, 0, 0, 1])}: ${[...keys].slice(0, 5).join(' ')}`);
    assert.ok(!seen.has([...keys][0]), 'its own');
    seen.add([...keys][0]);
  }
});

test('an IPv4 address is its own key', () => {
  assert.deepEqual(['192.0.2.1', '::ffff:192.0.2.1'].map(keyOf), ['192.0.2.1', '::ffff:192.0.2.1']);
});
