// A new show of an event, or the fields of one that is there.
import { get } from '/shared/api.js';
import { element } from '/shared/element.js';
import { makeForm } from '/shared/forms.js';
import { t } from '/shared/texts.js';
import { toast } from '/shared/toast.js';
import { change, patchOf, readTagged, same } from '../change.js';
import { creator } from '../creator.js';
import { formPage, withoutNulls } from '../event-form.js';
import { blankShow, ShowForm } from '../show-form.js';

async function newShow(page, event, maps) {
  const create = creator();
  const fields = new ShowForm({ event, show: blankShow, maps });
  const form = makeForm({
    fields: fields.fields(),
    button: t('programme.create-show'),
    async send(values) {
      const show = await create(`/events/${event.id}/shows`, withoutNulls(fields.read(values)));
      toast(t('programme.created'));
      page.go(`/desk/shows/${show.id}`);
    },
  });
  const back = { back: `/desk/events/${event.id}`, backText: event.title, heading: t('programme.new-show') };
  if (maps.length === 0) return page.main.replaceChildren(formPage(back, element('p', { class: 'note' }, t('programme.no-maps'), ' ', element('a', { href: '/desk/seatmaps/new' }, t('plan.new')))));
  await fields.choose(fields.seatMapId);
  page.main.replaceChildren(formPage(back, form));
}

// Prices one by one: zones that the other seat map lacks go, those that stay as they are need not be told.
function showPatch(base, wanted) {
  const patch = patchOf(base, wanted);
  if (patch.priceTiers === undefined) return patch;
  const zones = new Set([...Object.keys(base.priceTiers), ...Object.keys(wanted.priceTiers)]);
  const changed = [...zones].filter((zone) => 'seatMapId' in patch || !same(base.priceTiers[zone], wanted.priceTiers[zone]));
  if (changed.length === 0) delete patch.priceTiers;
  else patch.priceTiers = Object.fromEntries(changed.map((zone) => [zone, wanted.priceTiers[zone] ?? null]));
  return patch;
}

async function fill(page, event, maps, { body: show, tag }) {
  const known = maps.some(({ id }) => id === show.seatMapId) ? maps : [...maps, { id: show.seatMapId, name: show.seatMapId, seatCount: 0 }];
  const fields = new ShowForm({ event, show, maps: known });
  const form = makeForm({
    fields: fields.fields(),
    button: t('programme.save'),
    async send(values) {
      const patch = showPatch(show, fields.read(values));
      if (Object.keys(patch).length === 0) return t('programme.nothing-changed');
      const done = await change({ path: `/shows/${show.id}`, base: show, tag, patch, describe: fields.describe });
      if (done.theirs) {
        await fill(page, event, maps, done.theirs);
        toast(t('change.taken'));
      } else if (done.saved) {
        toast(t('programme.saved'));
        page.go(`/desk/shows/${show.id}`);
      }
      return '';
    },
  });
  await fields.choose(show.seatMapId, show.priceTiers, show.currency);
  page.main.replaceChildren(formPage({ back: `/desk/shows/${show.id}`, backText: event.title, heading: t('programme.edit-show') }, form));
}

export async function render(page) {
  const { params, signal, title } = page;
  const maps = get('/seatmaps', { signal }).then(({ seatmaps }) => seatmaps);
  if (params.show === undefined) {
    title(t('programme.new-show'));
    return newShow(page, await get(`/events/${params.id}`, { signal }), await maps);
  }
  title(t('programme.edit-show'));
  const read = await readTagged(`/shows/${params.show}`, signal);
  return fill(page, await get(`/events/${read.body.eventId}`, { signal }), await maps, read);
}
