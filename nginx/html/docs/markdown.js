// The Markdown that the contract uses, as elements: paragraphs, lists, and `code`. Nothing is read as HTML.
import { element } from '/shared/element.js';

// 'a `b` c' → ['a ', <code>b</code>, ' c']
export function inline(text) {
  return text.split(/(`[^`]+`)/).map((part) => (/^`.+`$/s.test(part) ? element('code', {}, part.slice(1, -1)) : part));
}

function list(block) {
  const items = block.split(/^[-*] /m).slice(1).map((item) => element('li', {}, inline(item.trim().replace(/\s*\n\s*/g, ' '))));
  return element('ul', {}, items);
}

// → elements
export function markdown(text) {
  const blocks = text.trim().split(/\n\s*\n/).filter((block) => block !== '');
  return blocks.map((block) => (/^[-*] /.test(block) ? list(block) : element('p', {}, inline(block.replace(/\n/g, ' ')))));
}
