// Shows the calls of openapi.yaml. It reads the layout that file keeps (two spaces a level), not YAML in general.

const unquote = (text) => text.trim().replace(/^(['"])([\s\S]*)\1$/, '$2').replaceAll("''", "'");

// "{name: x, in: query}" or a reference → words for people.
const referenceName = (text) => /#\/components\/\w+\/(\w+)/.exec(text)?.[1].replace(/([a-z])([A-Z])/g, '$1 $2');

export function readCalls(yaml) {
  const calls = [];
  let path = null;
  let call = null;
  let answer = null;
  let inPaths = false;
  for (const line of yaml.split('\n')) {
    if (/^\S/.test(line)) {
      inPaths = line === 'paths:';
      continue;
    }
    if (!inPaths) continue;
    let found;
    if ((found = /^ {2}(\/\S*):$/.exec(line))) {
      path = found[1];
    } else if ((found = /^ {4}(get|post|put|patch|delete):$/.exec(line))) {
      call = { path, method: found[1].toUpperCase(), tag: 'Other', summary: '', description: '', token: true, example: '', answers: [] };
      answer = null;
      calls.push(call);
    } else if (call === null) {
      continue;
    } else if ((found = /^ {6}tags: \[([^\],]+)/.exec(line))) {
      call.tag = found[1];
    } else if ((found = /^ {6}summary: (.+)$/.exec(line))) {
      call.summary = unquote(found[1]);
    } else if ((found = /^ {6}description: (.+)$/.exec(line))) {
      call.description = unquote(found[1]);
    } else if (/^ {6}security: \[(\]|\{\})/.test(line)) {
      call.token = false;
    } else if ((found = /^ {12}example: (.+)$/.exec(line)) && answer === null) {
      call.example = found[1];
    } else if ((found = /^ {8}"?(\d{3}|default)"?:(.*)$/.exec(line))) {
      answer = { status: found[1] === 'default' ? 'else' : found[1], text: referenceName(found[2]) ?? '' };
      call.answers.push(answer);
    } else if ((found = /^ {10}description: (.+)$/.exec(line)) && answer !== null) {
      answer.text = unquote(found[1]);
    }
  }
  return calls;
}

const element = (name, text, attributes = {}) => {
  const made = document.createElement(name);
  made.textContent = text;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
};

function showCall(call) {
  const article = document.createElement('article');
  const base = /^\/(healthz|metrics)/.test(call.path) ? '' : '/api';
  const heading = element('h3', '');
  heading.append(element('code', `${call.method} ${base}${call.path}`));
  article.append(heading, element('p', call.summary + (call.token ? '' : ' (no token needed)')));
  if (call.description) article.append(element('p', call.description, { class: 'quiet' }));
  if (call.example) article.append(element('pre', call.example, { tabindex: '0' }));
  const answers = element('dl', '', { class: 'answers' });
  for (const { status, text } of call.answers) answers.append(element('dt', status), element('dd', text));
  article.append(answers);
  return article;
}

function show(calls) {
  const tags = [...new Set(calls.map(({ tag }) => tag))];
  const place = document.getElementById('calls');
  place.replaceChildren();
  const list = document.createElement('ul');
  for (const tag of tags) {
    const id = tag.toLowerCase().replaceAll(' ', '-');
    const section = element('section', '', { 'aria-labelledby': id });
    section.append(element('h2', tag, { id }), ...calls.filter((call) => call.tag === tag).map(showCall));
    place.append(section);
    const entry = document.createElement('li');
    entry.append(element('a', tag, { href: `#${id}` }));
    list.append(entry);
  }
  document.getElementById('contents').replaceChildren(list);
}

try {
  const answer = await fetch('openapi.yaml');
  if (!answer.ok) throw new Error(String(answer.status));
  show(readCalls(await answer.text()));
} catch {
  document.getElementById('calls').textContent = 'openapi.yaml cannot be read just now.';
}
