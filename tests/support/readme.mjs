// The commands that a README names: the lines of its blocks of shell, and what stands in backquotes and begins with a program.
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

// Programs of Debian that READMEs name. A machine may lack one, so that looking it up would let its commands pass unseen.
const PROGRAMS = [
  'adduser',
  'cgi-fcgi',
  'cmake',
  'cp',
  'ctest',
  'curl',
  'node',
  'npm',
  'openssl',
  'perf',
  'spawn-fcgi',
  'sqitch',
  'systemctl',
  'ticketctl',
];

const isProgram = (word) =>
  PROGRAMS.includes(word) ||
  /^ticketing-(auth|events|holds|checkout|keys|seatmap)$/.test(word) ||
  /^(\.\/)?(nginx\/ticketctl|tests\/(\w+\/)?run(\.sh)?)$/.test(word);

// The programs of one line, past assignments and `cd FOLDER`; a line of several parts has several.
export const programsOf = (line) =>
  line
    .replace(/\\\n/g, ' ')
    .replace(/ +#.*| \[.*\]/, '')
    .split(/ && | \| |; /)
    .map(
      (part) =>
        part
          .trim()
          .replace(/^(\w+=\S* +)+/, '')
          .split(/\s/)[0],
    )
    .filter((word) => word !== 'cd');

// Is the program in a folder of PATH, or a file at this place of the checkout?
export function programExists(word, checkout, path) {
  const places = word.includes('/') ? [join(checkout, word)] : path.split(delimiter).map((folder) => join(folder, word));
  return places.some((place) => {
    try {
      accessSync(place, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

const isCommand = (span) => isProgram(programsOf(span)[0]) && (span.includes(' ') || /^(\.\/)?tests\//.test(span));

// [{lines: […]}] in the README's order: a block's lines belong to one shell, a command in backquotes has one of its
// own. A block says what it holds (```sh or ```text): one that does not, or one that is indented instead, is a fault.
export function shellOf(text) {
  const found = [];
  for (const [, fence, body, prose] of text.matchAll(/^```(.*)\n([^]*?)^```$|((?:(?!^```)[^])+)/gm)) {
    if (prose !== undefined) {
      if (/^\n? {4}\S/m.test(prose)) throw new Error(`an indented block: ${/^\n? {4}\S.*/m.exec(prose)[0].trim()}`);
      const spans = [...prose.matchAll(/`([^`]+)`/g)].map(([, span]) => span.replace(/\s+/g, ' ').replaceAll('\\|', '|'));
      found.push(...spans.filter(isCommand).map((span) => ({ lines: [span] })));
    } else if (fence === 'sh') {
      found.push({
        lines: body
          .replace(/\\\n/g, '\\\r')
          .split('\n')
          .filter((line) => line.trim() !== '')
          .map((line) => line.replaceAll('\r', '\n')),
      });
    } else if (fence !== 'text') {
      throw new Error(`a block that is neither sh nor text: ${body.split('\n')[0]}`);
    }
  }
  return found;
}
