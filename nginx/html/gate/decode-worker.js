// Reads QR codes out of pictures with the decoder that ticketctl took from npm (zxing-wasm): {id, bitmap} → {id, text}; text null: none there.
const FOLDER = '/gate/made/zxing/';
const OPTIONS = { formats: ['QRCode'], tryHarder: true, maxNumberOfSymbols: 1 };
let canvas;

async function begin() {
  const { prepareZXingModule, readBarcodes } = await import(`${FOLDER}reader/index.js`);
  await prepareZXingModule({ overrides: { locateFile: (name) => `${FOLDER}reader/${name}` }, fireImmediately: true });
  return readBarcodes;
}

const reader = begin();
reader.then(() => postMessage({ ready: true }), (error) => postMessage({ ready: false, error: String(error) }));

async function read(bitmap) {
  canvas ??= new OffscreenCanvas(1, 1);
  Object.assign(canvas, { width: bitmap.width, height: bitmap.height });
  const pen = canvas.getContext('2d', { willReadFrequently: true });
  pen.drawImage(bitmap, 0, 0);
  const [found] = await (await reader)(pen.getImageData(0, 0, bitmap.width, bitmap.height), OPTIONS);
  return found?.isValid ? found.text : null;
}

addEventListener('message', async ({ data: { id, bitmap } }) => {
  const text = await read(bitmap).catch(() => null);
  bitmap.close();
  postMessage({ id, text });
});
