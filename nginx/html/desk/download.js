// Files of the API that ask for the access token, and files that the page has made: the browser saves them.
import { Problem, request } from '/shared/api.js';
import { element } from '/shared/element.js';
import { number, t } from '/shared/texts.js';
import { toast } from '/shared/toast.js';

const KEPT_MS = 60_000; // a browser may begin to save late

function save(name, blob) {
  const address = URL.createObjectURL(blob);
  const link = element('a', { href: address, download: name, hidden: true });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), KEPT_MS);
}

export const saveText = (name, text, type) => save(name, new Blob([text], { type }));

// The name that the API gives the file; `otherwise` when it gives none.
function nameOf(answer, otherwise) {
  return /filename="([^"]+)"/.exec(answer.headers.get('Content-Disposition') ?? '')?.[1] ?? otherwise;
}

// Reads an answer piece by piece, so that the person sees it grow. A Blob: what is large the browser keeps outside the memory of the page.
async function collect(answer, progress) {
  const pieces = [];
  let bytes = 0;
  for (let reader = answer.body.getReader(); ;) {
    const { done, value } = await reader.read();
    if (done) return new Blob(pieces, { type: answer.headers.get('Content-Type') ?? '' });
    pieces.push(new Blob([value]));
    progress(bytes += value.length);
  }
}

// A button that saves what stands at `path` of the API.
// given: path; name: of the file, when the API does not say; text: of the button; accept: the kind of file
export function downloadButton({ path, name, text, accept = 'text/csv' }) {
  const button = element('button', { class: 'button', type: 'button' }, text);
  button.addEventListener('click', async () => {
    if (button.disabled) return;
    button.disabled = true;
    try {
      const answer = await request('GET', path, { headers: { Accept: accept } });
      const blob = await collect(answer, (bytes) => (button.textContent = t('download.read', { kilobytes: number(Math.ceil(bytes / 1024)) })));
      save(nameOf(answer, name), blob);
    } catch (error) {
      toast(error instanceof Problem ? error.text : t('download.broken'), 'bad');
    } finally {
      button.disabled = false;
      button.textContent = text;
    }
  });
  return button;
}
