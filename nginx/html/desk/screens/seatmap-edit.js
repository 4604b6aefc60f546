// A new seat map, or a new version of one: as a file or as text, drawn while it is typed, with each fault at its line.
import { api, get, Problem } from '/shared/api.js';
import { confirm } from '/shared/dialog.js';
import { element } from '/shared/element.js';
import { money } from '/shared/format.js';
import { t } from '/shared/texts.js';
import { toast } from '/shared/toast.js';
import { makePlan } from '../canvas.js';
import { brokenAt, lineOf, placeOf } from '../json-places.js';
import { countSeats, faultsOf, seatsOf, written } from '../plan.js';

const TYPING_MS = 300;
const COLOURS = 8;
const LARGEST = 8 * 1024 * 1024; // bytes, as the API takes them
const FALLBACK_CURRENCY = 'VND';
const EXAMPLE = { id: 'hall', name: 'Small hall', currency: 'EUR', priceTiers: { A: 4500 }, zones: [{ id: 'A', rows: [{ id: 'A', from: 1, to: 12 }, { id: 'B', from: 1, to: 12 }] }], format: 'ROW_NUM' };

class Editor {
  constructor(page) {
    this.page = page;
    this.template = null; // of the text, when nothing is wrong with it
    this.area = element('textarea', { id: 'plan-text', rows: 18, spellcheck: 'false', autocapitalize: 'off', 'aria-describedby': 'plan-status' });
    this.status = element('p', { id: 'plan-status', role: 'status', class: 'field-note' });
    this.faults = element('ul', { class: 'faults', id: 'plan-faults' });
    this.preview = element('div', { class: 'stack' });
    this.send = element('button', { class: 'button primary', type: 'button', onclick: () => this.store() }, t('plan.store'));
    this.area.addEventListener('input', () => {
      clearTimeout(this.typing);
      this.typing = setTimeout(() => this.look(), TYPING_MS);
    });
  }

  set text(text) {
    this.area.value = text;
    this.look();
  }

  // Reads the text, and shows what it is or what is wrong with it.
  look() {
    const text = this.area.value;
    const offset = brokenAt(text);
    this.template = null;
    if (text.trim() === '') return this.tell(t('plan.empty'), []);
    if (offset >= 0) return this.tell(t('plan.no-json'), [{ start: offset, end: offset + 1, path: '', message: t('plan.breaks-here') }]);
    const template = JSON.parse(text);
    const faults = faultsOf(template);
    if (faults.length > 0) return this.tell(t('plan.faults', { count: faults.length }), this.placed(faults));
    this.template = template;
    this.tell(t('plan.good', { count: countSeats(template) }), []);
    this.draw(template);
  }

  placed(faults) {
    return faults.map(({ path, message }) => ({ path, message, ...placeOf(this.area.value, path) }));
  }

  // The faults as buttons that lead to their place in the text.
  tell(text, faults) {
    this.status.textContent = text;
    this.status.classList.toggle('bad', faults.length > 0);
    this.area.toggleAttribute('aria-invalid', faults.length > 0);
    this.plan?.element.classList.toggle('stale', this.template === null); // the drawing is of the text before
    this.faults.replaceChildren(...faults.map(({ path, message, start, end }) => element('li', {},
      element('button', { class: 'link', type: 'button', onclick: () => this.point(start, end) }, t('plan.line', { line: lineOf(this.area.value, start) })), ' ', path ? element('code', {}, path) : '', ' ', message)));
  }

  // Marks characters of the text, in view.
  point(start, end) {
    this.area.focus();
    this.area.setSelectionRange(start, Math.max(end, start + 1));
    const height = parseFloat(getComputedStyle(this.area).lineHeight);
    this.area.scrollTop = Math.max(0, (lineOf(this.area.value, start) - 4) * height);
  }

  draw(template) {
    this.plan?.stop();
    const seats = seatsOf(template);
    const prices = [...new Set(seats.map(({ price }) => price))].sort((a, b) => b - a);
    const currency = /^[A-Z]{3}$/.test(template.currency ?? '') ? template.currency : FALLBACK_CURRENCY;
    try {
      this.plan = makePlan({
        template, seats, signal: this.page.signal, label: t('plan.drawing', { name: String(template.name ?? template.id) }), categories: seats.map(({ price }) => prices.indexOf(price) % COLOURS),
        describe: (index) => `${seats[index].seatId}, ${Number.isInteger(seats[index].price) ? money(seats[index].price, currency) : ''}`,
      });
      this.plan.map.states = seats.map(() => 'a');
      this.preview.replaceChildren(this.plan.element);
    } catch {
      this.preview.replaceChildren(element('p', { class: 'note warn' }, t('plan.not-drawn'))); // geometry that is none: the API names it when it is stored
    }
  }

  async open(file) {
    if (file.size > LARGEST) return this.tell(t('plan.too-large'), []);
    this.text = await file.text();
  }

  // A map of that id that is there already becomes an older version: the person is asked.
  async agreed(id) {
    if (id === this.page.params.id) return true;
    const there = await get(`/seatmaps/${encodeURIComponent(id)}`).catch((error) => (error.status === 404 ? null : Promise.reject(error)));
    return there === null || confirm({ title: t('plan.there-title', { id }), text: t('plan.there-text', { name: there.name, version: String(there.version) }), yes: t('plan.there-yes') });
  }

  async store() {
    clearTimeout(this.typing);
    this.look();
    if (this.template === null || this.send.disabled) return this.area.focus();
    const { template } = this;
    this.send.disabled = true;
    try {
      const id = String(template.id ?? '');
      if (!/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/.test(id)) return this.tell(t('plan.faults', { count: 1 }), this.placed([{ path: 'id', message: t('plan.must-id') }]));
      if (!await this.agreed(id)) return;
      const stored = await api('PUT', `/seatmaps/${id}`, { body: template });
      toast(t('plan.stored', { version: String(stored.version) }));
      this.page.go(`/desk/seatmaps/${id}`);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      const faults = error.body.errors ?? [];
      this.tell(faults.length > 0 ? t('plan.faults', { count: faults.length }) : error.text, this.placed(faults));
      this.faults.querySelector('button')?.focus();
    } finally {
      this.send.disabled = false;
    }
  }
}

export async function render(page) {
  const { main, params, title, signal } = page;
  const old = params.id === undefined ? null : await get(`/seatmaps/${encodeURIComponent(params.id)}`, { signal });
  const heading = old === null ? t('plan.new') : t('plan.new-version-of', { name: old.name });
  title(heading);
  const editor = new Editor(page);
  const file = element('input', { type: 'file', id: 'plan-file', accept: '.json,application/json' });
  file.addEventListener('change', () => file.files.length > 0 && editor.open(file.files[0]));
  main.replaceChildren(element('div', { class: 'wide stack' },
    element('p', {}, element('a', { href: old === null ? '/desk/seatmaps' : `/desk/seatmaps/${encodeURIComponent(old.id)}` }, old === null ? t('plan.all') : old.name)),
    element('h1', { tabindex: '-1' }, heading),
    element('p', { class: 'quiet' }, t(old === null ? 'plan.how' : 'plan.how-version')),
    element('div', { class: 'plan-columns' },
      element('div', { class: 'stack' },
        element('div', { class: 'field' }, element('label', { for: 'plan-file' }, t('plan.file')), file),
        element('div', { class: 'field' }, element('label', { for: 'plan-text' }, t('plan.text')), editor.area, editor.status, editor.faults),
        element('div', { class: 'row' }, editor.send, element('button', { class: 'button', type: 'button', onclick: () => (editor.text = written(EXAMPLE)) }, t('plan.example')))),
      element('section', { class: 'stack' }, element('h2', {}, t('plan.preview')), editor.preview))));
  editor.preview.append(element('p', { class: 'note' }, t('plan.no-preview')));
  editor.text = old === null ? '' : written(old.template);
}
