// The names of the responders, from the list that CMake and ticketctl read, too.
import { readFileSync } from 'node:fs';

const list = readFileSync(new URL('../../common/responders.h', import.meta.url), 'utf8');
export const RESPONDERS = [...list.matchAll(/^ +X\(([a-z]+)\)/gm)].map(([, name]) => name);
