// Proving one's e-mail address: a mail is sent, and its code typed here (its link leads to screens/verify.js).
import { post, Problem } from '/shared/api.js';
import { element, field } from '/shared/element.js';
import { makeForm } from '/shared/forms.js';
import { t } from '/shared/texts.js';

// The code as people copy it: with blanks, or with the words before it.
const digits = (text) => text.replace(/\D/g, '');

function codeForm(done) {
  return makeForm({
    fields: [field({ name: 'code', label: t('proof.code'), hint: t('proof.code-hint'), inputmode: 'numeric', autocomplete: 'one-time-code', required: true, maxlength: 40 })],
    button: t('proof.check'),
    send: async ({ code }) => {
      if (digits(code).length !== 6) throw new Problem(422, { errors: [{ path: 'code', message: t('proof.six') }] });
      await post('/auth/verify', { code: digits(code) });
      done();
    },
  });
}

// A button that has the mail sent, and what to do with the mail. sent: one is there already; done(): the address is proved
export function proofSteps({ sent = false, done }) {
  const steps = element('div', { class: 'stack' });
  const again = async () => {
    await post('/auth/verify/send').catch((error) => {
      if (error.code !== 'EMAIL_VERIFIED') throw error;
      done();
    });
    if (sent) return t('proof.sent-again');
    show(true);
    steps.querySelector('input').focus();
    return '';
  };
  const show = (code) => {
    sent = code;
    steps.replaceChildren(
      element('p', {}, code ? t('proof.look') : t('proof.how')),
      ...(code ? [codeForm(done)] : []),
      makeForm({ fields: [], button: code ? t('proof.again') : t('proof.send'), send: again }));
    if (code) steps.lastChild.querySelector('button').classList.remove('primary');
  };
  show(sent);
  return steps;
}
