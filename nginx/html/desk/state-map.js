// The house by what became of its seats: free, held, sold, checked in. Each has a colour and a shape of its own.
import { SeatMap } from '/shared/seat-map.js';

export const STATES = ['a', 'h', 's', 'c'];
const COLOURS = { a: '--state-free', h: '--state-held', s: '--state-sold', c: '--state-inside' };

export class StateMap extends SeatMap {
  shown = null; // letters of the states that are shown as usual; null: all

  // The ground of the sections says nothing here: it is the same everywhere.
  colours() {
    const changed = super.colours();
    const before = JSON.stringify(this.stateColours);
    const style = getComputedStyle(document.documentElement);
    this.stateColours = Object.fromEntries(STATES.map((state) => [state, style.getPropertyValue(COLOURS[state]).trim()]));
    this.colour.tiers = this.colour.tiers.map(() => this.colour.sunk);
    return changed || JSON.stringify(this.stateColours) !== before;
  }

  colourOf(index) {
    const state = this.states[index];
    return this.shown === null || this.shown.has(state) ? this.stateColours[state] ?? this.colour.line : this.colour.line;
  }

  // Here what is sold is what counts.
  dotShare(index) {
    return this.states[index] === 'a' ? .5 : .9;
  }

  // Free: a ring; held: a hollow square; sold: a disc; checked in: a disc with a tick.
  sprite(state, colour) {
    const name = state + colour;
    const found = this.sprites.get(name);
    if (found !== undefined) return found;
    const half = Math.ceil((this.view.scale * this.ratio) / 2);
    const canvas = document.createElement('canvas');
    canvas.width = canvas.height = 2 * half;
    this.shape(canvas.getContext('2d'), state, colour, half);
    this.sprites.set(name, canvas);
    return canvas;
  }

  shape(context, state, colour, half) {
    const radius = .42 * this.view.scale * this.ratio;
    context.fillStyle = context.strokeStyle = colour;
    context.lineWidth = Math.max(1, radius / 5);
    if (state === 'h') return context.strokeRect(half - radius * .7, half - radius * .7, radius * 1.4, radius * 1.4);
    context.arc(half, half, state === 'a' ? radius * .85 : radius, 0, 2 * Math.PI);
    if (state === 'a') return context.stroke();
    context.fill();
    if (state !== 'c') return undefined;
    context.strokeStyle = this.colour.card;
    context.beginPath();
    context.moveTo(half - radius * .45, half);
    context.lineTo(half - radius * .1, half + radius * .35);
    context.lineTo(half + radius * .48, half - radius * .35);
    return context.stroke();
  }

  // Rings have no ground for a number.
  drawNumbers() {}
}
