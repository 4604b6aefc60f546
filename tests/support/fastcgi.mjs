// A FastCGI client (FastCGI 1.0), to ask a responder without a gateway: one request a connection, or several.
import net from 'node:net';

const [BEGIN, END, PARAMS, STDIN, STDOUT] = [1, 3, 4, 5, 6];

function record(type, content = Buffer.alloc(0)) {
  const head = Buffer.from([1, type, 0, 1, content.length >> 8, content.length & 255, 0, 0]);
  return Buffer.concat([head, content]);
}

const length = (bytes) =>
  bytes.length < 128
    ? Buffer.from([bytes.length])
    : Buffer.from([(bytes.length >> 24) | 128, bytes.length >> 16, bytes.length >> 8, bytes.length]);

function pairs(values) {
  const parts = Object.entries(values).flatMap(([name, value]) => {
    const [key, text] = [Buffer.from(name), Buffer.from(value)];
    return [length(key), length(text), key, text];
  });
  return Buffer.concat(parts);
}

// The content of all records of one type.
function contents(bytes, type) {
  const found = [];
  for (let at = 0; at + 8 <= bytes.length; ) {
    const size = bytes.readUInt16BE(at + 4);
    if (bytes[at + 1] === type) found.push(bytes.subarray(at + 8, at + 8 + size));
    at += 8 + size + bytes[at + 6];
  }
  return Buffer.concat(found);
}

// Whether the record that ends an answer has come.
function ended(bytes) {
  for (let at = 0; at + 8 <= bytes.length; at += 8 + bytes.readUInt16BE(at + 4) + bytes[at + 6]) {
    if (bytes[at + 1] === END) return true;
  }
  return false;
}

// One GET on a connection that stays open, in two pieces: the empty record that ends its input comes `pause` ms later. Resolves when the
// answer is complete; rejects when the responder hangs up.
export function askKept(socket, path, pause) {
  const variables = {
    REQUEST_METHOD: 'GET',
    SCRIPT_NAME: '/api',
    PATH_INFO: path,
    QUERY_STRING: '',
    SERVER_PROTOCOL: 'HTTP/1.1',
    REMOTE_ADDR: '127.0.0.1',
  };
  return new Promise((resolve, reject) => {
    let bytes = Buffer.alloc(0);
    const gone = () => reject(new Error('the responder closed a connection that is to be kept'));
    const more = (chunk) => {
      bytes = Buffer.concat([bytes, chunk]);
      if (!ended(bytes)) return;
      socket.off('data', more).off('close', gone);
      resolve(contents(bytes, STDOUT).toString());
    };
    if (socket.closed) gone();
    socket.on('data', more).on('close', gone);
    socket.write(Buffer.concat([record(BEGIN, Buffer.from([0, 1, 1, 0, 0, 0, 0, 0])), record(PARAMS, pairs(variables)), record(PARAMS)]));
    setTimeout(() => socket.write(record(STDIN)), pause);
  });
}

// GET `path` (below /api) → {status, headers, text, body}.
export function ask(socketPath, path, headers = {}) {
  const [name, query = ''] = path.split('?');
  const variables = {
    REQUEST_METHOD: 'GET',
    SCRIPT_NAME: '/api',
    PATH_INFO: name,
    QUERY_STRING: query,
    SERVER_PROTOCOL: 'HTTP/1.1',
    REMOTE_ADDR: '127.0.0.1',
  };
  for (const [key, value] of Object.entries(headers)) variables[`HTTP_${key.toUpperCase().replace(/-/g, '_')}`] = value;
  return new Promise((resolve, reject) => {
    const chunks = [];
    const socket = net.connect(socketPath, () => {
      socket.write(
        Buffer.concat([
          record(BEGIN, Buffer.from([0, 1, 0, 0, 0, 0, 0, 0])),
          record(PARAMS, pairs(variables)),
          record(PARAMS),
          record(STDIN),
        ]),
      );
    });
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('error', reject);
    socket.on('close', () => {
      const answer = contents(Buffer.concat(chunks), STDOUT);
      const end = answer.indexOf('\r\n\r\n');
      if (end < 0) return reject(new Error('no complete answer'));
      const lines = answer.subarray(0, end).toString().split('\r\n').map((line) => line.split(/: ?/, 2));
      const found = Object.fromEntries(lines.map(([key, value]) => [key.toLowerCase(), value]));
      const bytes = answer.subarray(end + 4);
      const text = bytes.toString();
      const plain = /json/.test(found['content-type'] ?? '') && found['content-encoding'] === undefined;
      return resolve({ status: Number(found.status ?? 200), headers: found, bytes, text, body: plain ? JSON.parse(text) : undefined });
    });
  });
}
