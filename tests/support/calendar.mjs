// Reads iCalendar as strictly as RFC 5545 writes it: CRLF, 75 octets a line, folds, components that nest, each property of VEVENT once.
import assert from 'node:assert/strict';

const unescape = (text) => text.replace(/\\(.)/g, (_, character) => (/n/i.test(character) ? '\n' : character));

function readLine(line) {
  const found = /^([A-Z-]+)((?:;[A-Z-]+=(?:"[^"]*"|[^";:,]*))*):(.*)$/.exec(line);
  assert.ok(found, `this is no content line: ${line}`);
  const params = Object.fromEntries(
    [...found[2].matchAll(/;([A-Z-]+)=(?:"([^"]*)"|([^";:,]*))/g)].map(([, name, quoted, bare]) => [name, quoted ?? bare]),
  );
  return { name: found[1], params, value: unescape(found[3]) };
}

// {name, properties: {NAME: value}, params: {NAME: {…}}, components: […]}
function readComponent(lines, name) {
  const component = { name, properties: {}, params: {}, components: [] };
  for (;;) {
    const line = lines.shift();
    assert.ok(line, `${name} does not end`);
    if (line.name === 'END') {
      assert.equal(line.value, name);
      return component;
    }
    if (line.name === 'BEGIN') {
      component.components.push(readComponent(lines, line.value));
    } else {
      assert.ok(!(line.name in component.properties), `${line.name} stands twice`);
      component.properties[line.name] = line.value;
      component.params[line.name] = line.params;
    }
  }
}

// The calendar's properties and its VEVENTs.
export function readCalendar(text) {
  assert.ok(text.endsWith('\r\n'));
  assert.doesNotMatch(text, /[^\r]\n|\r[^\n]/, 'every line ends with CRLF');
  for (const line of text.split('\r\n')) assert.ok(Buffer.byteLength(line) <= 75, `longer than 75 octets: ${line}`);
  const lines = text.slice(0, -2).replaceAll('\r\n ', '').split('\r\n').map(readLine);
  assert.deepEqual([lines[0].name, lines[0].value], ['BEGIN', 'VCALENDAR']);
  lines.shift();
  const { properties, components } = readComponent(lines, 'VCALENDAR');
  assert.deepEqual([lines, properties.VERSION], [[], '2.0']);
  assert.ok(properties.PRODID);
  for (const event of components) {
    assert.equal(event.name, 'VEVENT');
    for (const name of ['UID', 'DTSTAMP', 'DTSTART']) assert.ok(event.properties[name], `${name} is required`);
    if (properties.METHOD)
      for (const name of ['ORGANIZER', 'SUMMARY']) assert.ok(event.properties[name], `${name} is required with METHOD (RFC 5546)`);
    for (const name of ['DTSTAMP', 'DTSTART', 'DTEND', 'LAST-MODIFIED', 'CREATED'])
      assert.match(event.properties[name] ?? '20000101T000000Z', /^\d{8}T\d{6}Z$/, name);
  }
  return { ...properties, events: components.map((event) => event.properties) };
}
