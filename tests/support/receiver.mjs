// A webhook receiver on this host: remembers every request, answers what the test says.
import http from 'node:http';

export class Receiver {
  constructor(answer = () => ({ status: 200 })) {
    this.answer = answer; // (request, n) → {status, headers, body} | 'hang' | a function of the response
    this.requests = []; // {headers, body, event, at}
    this.connections = 0;
    this.open = 0;
    this.most = 0;
  }

  // port 0: any free one.
  async listen(port = 0) {
    this.server = http.createServer((request, response) => this.take(request, response));
    this.server.on('connection', (socket) => {
      this.connections += 1;
      socket.unref(); // a test that failed must not keep its process alive
    });
    this.server.unref();
    await new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(port, '127.0.0.1', resolve);
    });
    this.port = this.server.address().port;
    this.url = `http://127.0.0.1:${this.port}/hook`;
    return this;
  }

  take(request, response) {
    const chunks = [];
    this.open += 1;
    this.most = Math.max(this.most, this.open);
    response.on('close', () => { this.open -= 1; });
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8');
      const one = { path: request.url, headers: request.headers, body, event: body === '' ? undefined : JSON.parse(body), at: Date.now() };
      this.requests.push(one);
      const answer = this.answer(one, this.requests.length);
      if (answer === 'hang') return;
      if (typeof answer === 'function') answer(response);
      else setTimeout(() => { response.writeHead(answer.status, answer.headers); response.end(answer.body); }, answer.delay ?? 0);
    });
  }

  // The events of an order, in the order of their first arrival.
  of(orderId) {
    const seen = new Map();
    for (const { event } of this.requests) {
      if ((event.data.orderId ?? event.data.id) === orderId && !seen.has(event.id)) seen.set(event.id, event);
    }
    return [...seen.values()];
  }

  async close() {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

export const receiver = (answer) => new Receiver(answer).listen();

export async function subscribe(boss, url, events = ['order.paid', 'ticket.checked_in']) {
  return (await boss.post('/webhooks/endpoints', { url, events }, { expect: 201 })).body;
}

export const endpoint = async (boss, { id }) => (await boss.get(`/webhooks/endpoints/${id}`, { expect: 200 })).body;
