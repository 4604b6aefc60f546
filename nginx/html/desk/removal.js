// The button that takes an event or a show away. Sold tickets stand in the way: the API counts them, and the person is told.
import { api } from '/shared/api.js';
import { confirm, show } from '/shared/dialog.js';
import { element } from '/shared/element.js';
import { t } from '/shared/texts.js';
import { toast } from '/shared/toast.js';

function explain(error) {
  if (error.code === 'SHOW_HAS_ORDERS') {
    const { ticketsSold = 0, ordersPending = 0 } = error.body;
    return show(t('programme.not-deleted'),
      element('p', {}, t('programme.has-orders')),
      element('ul', { class: 'dots' },
        element('li', {}, t('programme.tickets-sold', { count: ticketsSold })),
        element('li', {}, t('programme.orders-pending', { count: ordersPending }))),
      element('p', {}, t('programme.has-orders-how')));
  }
  const text = error.code === 'PRECONDITION_FAILED' ? t('programme.changed-meanwhile') : error.text ?? t('app.broken');
  return show(t('programme.not-deleted'), element('p', {}, text));
}

// given: path, tag (it is deleted as it was seen, or not at all); title, text of the question; done()
export function removal({ path, tag, title, text, done }) {
  const button = element('button', { class: 'button danger', type: 'button' }, t('programme.delete'));
  button.addEventListener('click', async () => {
    if (!await confirm({ title, text, yes: t('programme.delete'), dangerous: true })) return;
    button.disabled = true;
    try {
      await api('DELETE', path, { headers: { 'If-Match': tag } });
      toast(t('programme.deleted'));
      done();
    } catch (error) {
      explain(error);
      button.disabled = false;
    }
  });
  return button;
}
