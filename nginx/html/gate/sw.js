// The service worker of the gate: its page, worker and decoder are there without a network. They are answered from the cache, all of one
// version; a newer one waits until the page is between two scans and says so.
importScripts('/gate/made/shell.js'); // made by ticketctl from what it installs: self.SHELL = {version, files}

const { version, files } = self.SHELL;
const CACHE = `gate-${version}`;
const DOCUMENT = '/gate/index.html';
const known = new Set(files);

async function fill() {
  const cache = await caches.open(CACHE);
  await cache.addAll(files.map((file) => new Request(file, { cache: 'no-cache' })));
}

async function tidy() {
  const old = (await caches.keys()).filter((name) => name.startsWith('gate-') && name !== CACHE);
  await Promise.all(old.map((name) => caches.delete(name)));
  await self.clients.claim();
}

async function answer(request, file) {
  const cache = await caches.open(CACHE);
  return (await cache.match(file)) ?? fetch(request);
}

self.addEventListener('install', (event) => event.waitUntil(fill()));
self.addEventListener('activate', (event) => event.waitUntil(tidy()));
self.addEventListener('message', ({ data }) => data === 'idle' && self.skipWaiting());
self.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== self.location.origin) return;
  if (request.mode === 'navigate') event.respondWith(answer(request, DOCUMENT));
  else if (known.has(pathname)) event.respondWith(answer(request, pathname));
});
