// Makes a thing once, however often the button is pressed and however often the network asks again.
import { newKey, post } from '/shared/api.js';

// → (path, body) => what the API made. The same body has the same Idempotency-Key; another body is another wish.
export function creator() {
  let [key, sent] = ['', ''];
  return (path, body) => {
    const text = JSON.stringify(body);
    if (text !== sent) [key, sent] = [newKey(), text];
    return post(path, body, { key });
  };
}
