// Two tones that cannot be confused, and one between; they come after the verdict. Browsers let a page sound after the first tap only.
const TONES = {
  yes: [[880, 0, 0.09], [1320, 0.1, 0.14]],
  again: [[520, 0, 0.12], [520, 0.18, 0.12]],
  no: [[196, 0, 0.22], [147, 0.26, 0.34]],
};
const BUZZES = { yes: [80], again: [80, 60, 80], no: [80, 60, 200] };
let context;

export function unlock() {
  try {
    context ??= new AudioContext();
    context.resume().catch(() => {});
  } catch {
    context = undefined; // no sound here
  }
}

export function sound(kind) {
  navigator.vibrate?.(BUZZES[kind]);
  if (context?.state !== 'running') return;
  for (const [pitch, at, length] of TONES[kind]) {
    const [tone, volume] = [context.createOscillator(), context.createGain()];
    const from = context.currentTime + at;
    tone.type = kind === 'no' ? 'sawtooth' : 'sine';
    tone.frequency.value = pitch;
    volume.gain.setValueAtTime(0.25, from);
    volume.gain.exponentialRampToValueAtTime(0.001, from + length);
    tone.connect(volume).connect(context.destination);
    tone.start(from);
    tone.stop(from + length);
  }
}
