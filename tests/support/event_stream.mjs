// A client of GET /shows/:id/live, and what a page makes of its messages.
import http from 'node:http';
import { BASE_URL, client } from './client.mjs';

// → {status, headers, messages: [parsed data…], comments, close(), ended}
export function listen(showId, { baseUrl = BASE_URL, headers = {}, query = '', method = 'GET', message = () => {} } = {}) {
  return new Promise((resolve, reject) => {
    const url = new URL(`/api/shows/${showId}/live${query}`, baseUrl);
    const request = http.request(url, { method, agent: false, headers: { Accept: 'text/event-stream', ...headers } }, (response) => {
      const stream = {
        status: response.statusCode,
        headers: response.headers,
        messages: [],
        comments: 0,
        text: '',
        ended: false,
        close: () => request.destroy(),
      };
      let rest = '';
      response.socket.unref(); // a test that failed must not keep its process alive
      response.setEncoding('utf8');
      response.on('data', (chunk) => {
        stream.text += chunk;
        rest += chunk;
        const blocks = rest.split('\n\n');
        rest = blocks.pop();
        for (const block of blocks) {
          const data = block.split('\n').filter((line) => line.startsWith('data: ')).map((line) => line.slice(6));
          if (data.length > 0) {
            stream.messages.push(JSON.parse(data.join('\n')));
            message(stream.messages.at(-1));
          } else stream.comments += 1;
        }
      });
      response.on('error', () => {});
      response.on('close', () => {
        stream.ended = true;
      });
      resolve(stream);
    });
    request.on('error', reject);
    request.end();
  });
}

// The states of a show as a page keeps them: the stream first, then the compact answer, then the messages.
export class LiveMirror {
  constructor(showId, api = client()) {
    this.showId = showId;
    this.api = api;
    this.waiting = [];
    this.gaps = 0;
    this.reloads = 0;
  }

  async start() {
    this.stream = await listen(this.showId, { baseUrl: this.api.options.baseUrl, message: (message) => this.take(message) });
    await this.read();
    return this;
  }

  // Everything again; messages that come meanwhile are applied afterwards.
  async read() {
    this.states = undefined;
    const { status, body } = await this.api.get(`/shows/${this.showId}/availability`, { query: { format: 'compact' } });
    this.states = status === 200 ? [...body.states] : [];
    this.waiting.splice(0).forEach((message) => this.apply(message));
  }

  take(message) {
    if (this.states === undefined) this.waiting.push(message);
    else this.apply(message);
  }

  apply(message) {
    if (message.reload) {
      this.reloads += 1;
      this.read();
    } else {
      if (this.previous !== undefined && this.previous !== message.since) this.gaps += 1;
      for (const [index, letter] of message.changes) this.states[index] = letter;
    }
    this.previous = message.version;
  }

  text() {
    return (this.states ?? []).join('');
  }

  stop() {
    this.stream.close();
  }
}
