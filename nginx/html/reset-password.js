// Sets a new password with the token of the mail, which stands behind the # of the address.
const token = new URLSearchParams(location.hash.slice(1)).get('token');
const [form, password, result] = ['reset', 'password', 'result'].map((id) => document.getElementById(id));
history.replaceState(null, '', location.pathname); // not in the history of this browser

if (!token) {
  form.hidden = true;
  result.textContent = 'This page is opened by the link of a mail.';
}

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  result.textContent = 'One moment…';
  try {
    const answer = await fetch('/api/auth/password/reset', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ token, newPassword: password.value }),
    });
    if (answer.ok) {
      form.hidden = true;
      result.textContent = 'Your new password is set. All your sessions have ended: log in again.';
      return;
    }
    const problem = await answer.json();
    result.textContent = problem.errors?.map(({ message }) => message).join('; ') ?? `${problem.title}. ${problem.detail}`;
  } catch {
    result.textContent = 'The service does not answer. Try again in a moment.';
  }
});
