// The service worker of the buyer's pages: the pages open without a network too, as they were when the network was last there. It answers
// from its cache only what cannot be fetched, and keeps nothing of the API: tickets are kept by buyer/kept.js.
importScripts('/shell.js'); // made by ticketctl from what it installs: self.SHELL = {version, files}

const { version, files } = self.SHELL;
const CACHE = `shell-${version}`;
const DOCUMENT = '/buyer/index.html';
const PAGES = /^\/(?:(?:events|shows|orders)\/[^/]+|orders|tickets|login|register|forgot|account)?\/?$/;
const PATIENCE_MS = 8000; // a network that is so slow is none
const known = new Set(files);

async function fill() {
  const cache = await caches.open(CACHE);
  await cache.addAll(files.map((file) => new Request(file, { cache: 'no-cache' })));
}

async function tidy() {
  const old = (await caches.keys()).filter((name) => name.startsWith('shell-') && name !== CACHE);
  await Promise.all(old.map((name) => caches.delete(name)));
  await self.clients.claim();
}

function late() {
  return new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error('late')), PATIENCE_MS);
  });
}

async function answer(request, file) {
  const coming = fetch(request);
  try {
    return await Promise.race([coming, late()]);
  } catch {
    return (await (await caches.open(CACHE)).match(file)) ?? coming;
  }
}

self.addEventListener('install', (event) => event.waitUntil(fill().then(() => self.skipWaiting())));
self.addEventListener('activate', (event) => event.waitUntil(tidy()));
self.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== self.location.origin) return;
  if (request.mode === 'navigate' && PAGES.test(pathname)) event.respondWith(answer(request, DOCUMENT));
  else if (known.has(pathname)) event.respondWith(answer(request, pathname));
});
