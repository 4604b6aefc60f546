// Where in a JSON text a member stands, and where a text that is no JSON goes wrong: for faults that are shown at their place.

const DEEPEST = 100;
const SPACE = /[ \t\r\n]*/y;
const SCALAR = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;

class Stop extends Error {}

// Reads over a text. `wanted` is the path that is looked for, undefined when only the syntax is of interest.
class Scanner {
  constructor(text, wanted) {
    Object.assign(this, { text, wanted, at: 0, found: null });
  }

  take(pattern) {
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.text);
    if (match === null) throw new Stop();
    this.at = pattern.lastIndex;
    return match[0];
  }

  sign(expected) {
    this.take(SPACE);
    if (this.text[this.at] !== expected) throw new Stop();
    this.at += 1;
  }

  ahead() {
    this.take(SPACE);
    return this.text[this.at];
  }

  // Members until `end`; member(index) reads one.
  members(end, member) {
    this.at += 1;
    if (this.ahead() === end) return void (this.at += 1);
    for (let index = 0; ; index += 1) {
      member(index);
      if (this.ahead() === end) break;
      this.sign(',');
    }
    this.at += 1;
  }

  value(path, depth) {
    const start = (this.ahead(), this.at);
    if (depth > DEEPEST) throw new Stop();
    const first = this.text[start];
    if (first === '{') {
      this.members('}', () => {
        this.ahead();
        const name = JSON.parse(this.take(STRING));
        this.sign(':');
        this.value(path === '$' ? name : `${path}.${name}`, depth + 1);
      });
    } else if (first === '[') {
      this.members(']', (index) => this.value(`${path}[${index}]`, depth + 1));
    } else {
      this.take(first === '"' ? STRING : SCALAR);
    }
    if (this.found === null && path === this.wanted) this.found = { start, end: this.at };
  }
}

// The characters of the member at a path as the API writes it: `zones[0].rows[1].from`, `$` for the whole. When there is no such member, those of
// the nearest one around it. → {start, end}
export function placeOf(text, path) {
  for (let wanted = path; ; wanted = wanted.replace(/(?:\.[^.[\]]*|\[\d+\])$/, '')) {
    const scanner = new Scanner(text, wanted);
    try {
      scanner.value('$', 0);
    } catch {
      // A text with a fault behind the place: what was found counts.
    }
    if (scanner.found !== null) return scanner.found;
    if (!/[.[]/.test(wanted)) break;
  }
  return { start: 0, end: 0 };
}

// Where a text stops being JSON: an offset; -1: it is JSON.
export function brokenAt(text) {
  const scanner = new Scanner(text);
  try {
    scanner.value('$', 0);
    return scanner.ahead() === undefined ? -1 : scanner.at;
  } catch (error) {
    if (!(error instanceof Stop) && !(error instanceof SyntaxError)) throw error;
    return scanner.at;
  }
}

// The line of an offset, from 1.
export function lineOf(text, offset) {
  let line = 1;
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) line += 1;
  return line;
}
