// Films for Chromium's fake camera (Y4M), made of the pictures of tickets.
import { writeFileSync } from 'node:fs';
import { inflateSync } from 'node:zlib';

const [WIDTH, HEIGHT] = [640, 480];

function paeth(a, b, c) {
  const [pa, pb, pc] = [Math.abs(b - c), Math.abs(a - c), Math.abs(a + b - 2 * c)];
  return pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
}

// Takes a row's filter off (PNG, 9.2); step: bytes a pixel.
function unfilter(kind, row, above, step) {
  for (let i = 0; i < row.length; i += 1) {
    const [a, b, c] = [row[i - step] ?? 0, above[i], above[i - step] ?? 0];
    row[i] += [0, a, b, (a + b) >> 1, paeth(a, b, c)][kind];
  }
}

// A PNG without interlacing as {width, height, dark(x, y)}: the first channel of a pixel, or of its palette's colour, says how
// dark it is.
export function readPng(file) {
  const parts = [];
  let palette;
  let head;
  for (let at = 8; at < file.length; ) {
    const [length, kind] = [file.readUInt32BE(at), file.toString('latin1', at + 4, at + 8)];
    const data = file.subarray(at + 8, at + 8 + length);
    if (kind === 'IHDR') head = { width: data.readUInt32BE(0), height: data.readUInt32BE(4), depth: data[8], colour: data[9] };
    if (kind === 'PLTE') palette = data;
    if (kind === 'IDAT') parts.push(data);
    at += length + 12;
  }
  const bits = head.depth * { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }[head.colour];
  const [line, raw] = [Math.ceil((head.width * bits) / 8), inflateSync(Buffer.concat(parts))];
  const rows = [];
  for (let y = 0; y < head.height; y += 1) {
    const row = raw.subarray(y * (line + 1) + 1, (y + 1) * (line + 1));
    unfilter(raw[y * (line + 1)], row, rows[y - 1] ?? new Uint8Array(line), Math.max(1, bits >> 3));
    rows.push(row);
  }
  const value = (x, y) => {
    const byte = rows[y][(x * bits) >> 3];
    return head.depth >= 8 ? byte : (byte >> (8 - head.depth - ((x * bits) & 7))) & ((1 << head.depth) - 1);
  };
  const light = (v) => (palette ? palette[v * 3] : v / ((1 << Math.min(head.depth, 8)) - 1) * 255);
  return { width: head.width, height: head.height, dark: (x, y) => light(value(x, y)) < 128 };
}

function frame(picture) {
  const pixels = Buffer.alloc((WIDTH * HEIGHT * 3) / 2, 128);
  pixels.fill(200, 0, WIDTH * HEIGHT);
  if (picture) {
    const [left, top] = [(WIDTH - picture.width) >> 1, (HEIGHT - picture.height) >> 1];
    for (let y = 0; y < picture.height; y += 1) {
      for (let x = 0; x < picture.width; x += 1) pixels[(top + y) * WIDTH + left + x] = picture.dark(x, y) ? 16 : 235;
    }
  }
  return Buffer.concat([Buffer.from('FRAME\n'), pixels]);
}

// scenes: [{png: Buffer or null, seconds}]; the camera shows them again and again.
export function film(path, scenes) {
  const frames = scenes.flatMap(({ png, seconds }) => Array(seconds * 2).fill(frame(png && readPng(png))));
  writeFileSync(path, Buffer.concat([Buffer.from(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F2:1 Ip A1:1 C420jpeg\n`), ...frames]));
  return path;
}

export const withCamera = (path) => [
  '--use-fake-device-for-media-stream',
  '--use-fake-ui-for-media-stream',
  `--use-file-for-fake-video-capture=${path}`,
];
