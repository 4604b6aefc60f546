// A new event, or the fields of one that is there.
import { makeForm } from '/shared/forms.js';
import { t } from '/shared/texts.js';
import { toast } from '/shared/toast.js';
import { change, patchOf, readTagged } from '../change.js';
import { creator } from '../creator.js';
import { blankEvent, describeValue, eventFields, formPage, readEvent, withoutNulls } from '../event-form.js';

function newEvent({ main, title, go }) {
  title(t('programme.new-event'));
  const create = creator();
  const form = makeForm({
    fields: eventFields(blankEvent),
    button: t('programme.create-event'),
    async send(values) {
      const event = await create('/events', withoutNulls(readEvent(values)));
      toast(t('programme.created'));
      go(`/desk/events/${event.id}`);
    },
  });
  main.replaceChildren(formPage({ back: '/desk/events', backText: t('programme.all-events'), heading: t('programme.new-event') }, form));
}

function fill(page, { body: event, tag }) {
  const back = `/desk/events/${event.id}`;
  const form = makeForm({
    fields: eventFields(event),
    button: t('programme.save'),
    async send(values) {
      const patch = patchOf(event, readEvent(values));
      if (Object.keys(patch).length === 0) return t('programme.nothing-changed');
      const done = await change({ path: `/events/${event.id}`, base: event, tag, patch, describe: describeValue });
      if (done.theirs) {
        fill(page, done.theirs);
        toast(t('change.taken'));
      } else if (done.saved) {
        toast(t('programme.saved'));
        page.go(back);
      }
      return '';
    },
  });
  page.main.replaceChildren(formPage({ back, backText: event.title, heading: t('programme.edit-event') }, form));
}

export async function render(page) {
  if (page.params.id === undefined) return newEvent(page);
  page.title(t('programme.edit-event'));
  fill(page, await readTagged(`/events/${page.params.id}`, page.signal));
}
