// Name and address of a guest. The address is asked for twice: the tickets go there, and nobody can log in to mend it.
import { Problem } from '/shared/api.js';
import { field } from '/shared/element.js';
import { checked, makeForm } from '/shared/forms.js';
import { beginGuest } from '/shared/session.js';
import { t } from '/shared/texts.js';

// done(): the guest's session has begun
export function guestForm(done) {
  const form = makeForm({
    fields: [
      field({ name: 'fullName', label: t('field.name'), autocomplete: 'name', required: true, maxlength: 100 }),
      field({ name: 'email', label: t('field.email'), hint: t('field.email-hint'), type: 'email', autocomplete: 'email', required: true, maxlength: 254 }),
      field({ name: 'again', label: t('guest.again'), type: 'email', autocomplete: 'off', required: true, maxlength: 254 }),
    ],
    button: t('guest.button'),
    send: async ({ fullName, email, again }) => {
      if (email.trim().toLowerCase() !== again.trim().toLowerCase()) throw new Problem(422, { errors: [{ path: 'again', message: t('guest.other') }] });
      await checked(await beginGuest(email.trim(), fullName).catch(() => Promise.reject(new Problem(0))));
      done();
    },
  });
  return form;
}
