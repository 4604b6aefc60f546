// One HTTP exchange, sent exactly as asked: no path clean-up, no redirects, no retries, so that tests can misbehave on purpose.
import http from 'node:http';

// Without keep-alive, as a client that opens a connection for each request; with it, like a browser.
const fresh = new http.Agent({ keepAlive: false, maxSockets: 512 });
const kept = new http.Agent({ keepAlive: true, maxSockets: 512, timeout: 4000 });

// `url` is an origin ("http://127.0.0.1:4000"), `path` is sent as it stands. `body` is a string, a Buffer or undefined.
// Resolves to {status, headers, bytes}; rejects only when there was no complete answer.
export function exchange(url, { method = 'GET', path = '/', headers = {}, body, keepAlive = true, timeout = 30_000 } = {}) {
  const { hostname, port } = new URL(url);
  const bytes = body === undefined ? undefined : Buffer.from(body);
  const sent = { ...headers };
  if (bytes !== undefined && sent['Transfer-Encoding'] === undefined) {
    sent['Content-Length'] ??= bytes.length;
  }
  return new Promise((resolve, reject) => {
    const request = http.request(
      { hostname, port: port || 80, method, path, headers: sent, agent: keepAlive ? kept : fresh, timeout },
      (response) => {
        const chunks = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('error', reject);
        response.on('aborted', () => reject(new Error('the answer broke off')));
        response.on('end', () =>
          resolve({ status: response.statusCode, headers: response.headers, bytes: Buffer.concat(chunks) }),
        );
      },
    );
    request.on('timeout', () => request.destroy(new Error(`no answer within ${timeout} ms: ${method} ${path}`)));
    request.on('error', (error) => {
      // A kept connection that the server had just closed: nothing was processed, any client sends it again.
      if (request.reusedSocket && error.code === 'ECONNRESET' && keepAlive) {
        resolve(exchange(url, { method, path, headers, body, keepAlive: false, timeout }));
      } else {
        reject(error);
      }
    });
    request.end(bytes);
  });
}
