// What reads QR codes here: the browser itself (BarcodeDetector), else the decoder in a worker.
async function native() {
  if (!(await globalThis.BarcodeDetector?.getSupportedFormats())?.includes('qr_code')) return null;
  const detector = new BarcodeDetector({ formats: ['qr_code'] });
  return {
    name: 'native',
    async read(bitmap) {
      try {
        return (await detector.detect(bitmap))[0]?.rawValue ?? null;
      } finally {
        bitmap.close();
      }
    },
    stop() {},
  };
}

function inWorker() {
  return new Promise((resolve, reject) => {
    const worker = new Worker('/gate/decode-worker.js', { type: 'module' });
    const asked = new Map();
    let last = 0;
    worker.onerror = () => reject(new Error('no decoder'));
    worker.onmessage = ({ data }) => {
      if (data.ready === false) reject(new Error(data.error));
      if (data.ready === undefined) {
        asked.get(data.id)?.(data.text);
        asked.delete(data.id);
      } else {
        resolve({
          name: 'wasm',
          read: (bitmap) => new Promise((answer) => {
            last += 1;
            asked.set(last, answer);
            worker.postMessage({ id: last, bitmap }, [bitmap]);
          }),
          stop: () => worker.terminate(),
        });
      }
    };
  });
}

// {name, read(bitmap) → text or null, stop()}; read closes the bitmap. null: this browser needs the decoder, and it is not installed.
export async function decoder() {
  return (await native().catch(() => null)) ?? inWorker().catch(() => null);
}
