// Scanners that play a keyboard: letters that end with Enter. What is typed into a field is not theirs.
const LONGEST = 4296;
const SHORTEST = 8;
const PAUSE_MS = 1500; // between two letters of one code
const typing = (target) => target.closest?.('input, textarea, select') !== null;

// found(text) is called with what was scanned, until the signal is aborted.
export function listen(found, signal) {
  let text = '';
  let last = 0;
  document.addEventListener('keydown', (event) => {
    if (typing(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.timeStamp - last > PAUSE_MS) text = '';
    last = event.timeStamp;
    if (event.key === 'Enter') {
      if (text.length < SHORTEST) return;
      event.preventDefault(); // a button may have the focus
      event.stopPropagation();
      found(text);
      text = '';
    } else if (event.key.length === 1 && text.length < LONGEST) {
      text += event.key;
      if (text.length > 1) event.preventDefault(); // a blank would press the button
    }
  }, { capture: true, signal });
}
