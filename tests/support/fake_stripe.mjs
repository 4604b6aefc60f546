// A stand-in for Stripe's API on a port of this machine. It takes requests as Stripe's API reference describes them
// (and notes what is not so), keeps idempotency keys, sends signed events, and misbehaves when told to: `faults` is a
// list of what the next calls meet.
import { createHash, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import Stripe from 'stripe';

const stripe = new Stripe('sk_test_unused');
export const SECRET_KEY = 'sk_test_of_these_tests';
const id = (prefix) => `${prefix}_${randomUUID().replaceAll('-', '')}`;

// metadata[order_id]=x → {metadata: {order_id: 'x'}}
function decode(body) {
  const result = {};
  for (const [name, value] of new URLSearchParams(body)) {
    const path = name.split(/[[\]]+/).filter(Boolean);
    path.slice(0, -1).reduce((node, part) => (node[part] ??= {}), result)[path.at(-1)] = value;
  }
  return result;
}

export class FakeStripe {
  constructor(webhookSecret) {
    const maps = { sessions: new Map(), refunds: new Map(), charges: new Map(), keys: new Map() };
    Object.assign(this, { webhookSecret, ...maps, calls: [], complaints: [], faults: [] });
  }

  async listen() {
    this.server = createServer((request, response) => this.#take(request, response));
    await new Promise((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    this.base = `http://127.0.0.1:${this.server.address().port}`;
    return this;
  }

  close() {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(resolve));
  }

  #complain(condition, what) {
    if (!condition) this.complaints.push(what);
  }

  async #take(request, response) {
    let body = '';
    for await (const part of request) body += part;
    const url = new URL(request.url, 'http://x');
    if (url.pathname === '/favicon.ico') return response.writeHead(404).end();
    if (url.pathname.startsWith('/pay/')) return this.#page(request.method, url.pathname.slice(5), response);
    const key = request.headers['idempotency-key'];
    const call = { method: request.method, path: url.pathname, key, form: decode(body), headers: request.headers };
    this.calls.push(call);
    this.#complain(request.headers.authorization === `Bearer ${SECRET_KEY}`, `${url.pathname}: authorization`);
    this.#complain(/^\d{4}-\d{2}-\d{2}$/.test(request.headers['stripe-version'] ?? ''), `${url.pathname}: Stripe-Version`);
    if (request.method === 'POST') {
      this.#complain(request.headers['content-type'] === 'application/x-www-form-urlencoded', `${url.pathname}: content type`);
      this.#complain(key?.length > 0 && key.length <= 255, `${url.pathname}: idempotency key`);
      this.#complain(/^([A-Za-z0-9_.~%[\]-]+=[A-Za-z0-9_.~%+-]*(&|$))*$/.test(body), `${url.pathname}: form encoding: ${body}`);
    }
    const fault =
      this.faults.length > 0 && (this.faults[0].path === undefined || url.pathname.startsWith(this.faults[0].path))
        ? this.faults.shift()
        : {};
    if (fault.delay) await new Promise((resolve) => setTimeout(resolve, fault.delay));
    if (fault.before) return request.socket.destroy();
    let [status, answer] = fault.status
      ? [fault.status, { error: { type: 'api_error', message: 'as told' } }]
      : this.#once(call, body, url);
    if (fault.answer) answer = fault.answer(answer);
    if (fault.drop) return request.socket.destroy(); // it has been done, but nobody will hear
    response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(answer));
  }

  // The page that a buyer is sent to. Paying there leads back at once; the event is the test's to send.
  #page(method, reference, response) {
    const session = this.sessions.get(reference);
    if (session === undefined) return response.writeHead(404).end();
    if (method === 'POST') {
      this.pay(reference);
      return response.writeHead(303, { Location: session.success_url }).end();
    }
    const page = `<!doctype html><html lang="en"><title>Pay</title><h1>A stand-in for Stripe</h1>
      <form method="post"><button>Pay</button></form><a href="${session.success_url}">Back</a>`;
    return response.writeHead(200, { 'Content-Type': 'text/html' }).end(page);
  }

  // The same key gives the first answer; with other parameters it is an error.
  #once(call, body, url) {
    const print = createHash('sha256').update(call.path + body).digest('hex');
    const known = call.method === 'POST' ? this.keys.get(call.key) : undefined;
    if (known) return known.print === print ? known.answer : [400, { error: { type: 'idempotency_error', message: 'another payload' } }];
    const answer = this.#act(call, url);
    if (call.method === 'POST' && answer[0] < 400) this.keys.set(call.key, { print, answer });
    return answer;
  }

  #act({ method, path, form }, url) {
    const [, reference, action] = path.match(/^\/v1\/checkout\/sessions\/([^/]+)(\/expire)?$/) ?? [];
    if (method === 'POST' && path === '/v1/checkout/sessions') return this.#createSession(form);
    if (reference && !this.sessions.has(reference)) return [404, { error: { message: 'No such session' } }];
    const session = this.sessions.get(reference);
    if (reference && action) {
      if (session.status !== 'open') return [400, { error: { message: 'Only open sessions can be expired' } }];
      session.status = 'expired';
      return [200, { ...session }];
    }
    if (reference && method === 'GET') return [200, { ...session }];
    if (path === '/v1/refunds' && method === 'GET') {
      return [
        200,
        { object: 'list', data: [...this.refunds.values()].filter((one) => one.payment_intent === url.searchParams.get('payment_intent')) },
      ];
    }
    if (path === '/v1/refunds' && method === 'POST') return this.#createRefund(form);
    this.complaints.push(`${method} ${path}`);
    return [404, { error: { message: 'Unrecognized request URL' } }];
  }

  #createSession(form) {
    const price = form.line_items?.[0]?.price_data ?? {};
    const now = Date.now() / 1000;
    this.#complain(form.mode === 'payment' && form.line_items?.[0]?.quantity === '1', 'session: mode, quantity');
    this.#complain(/^\d+$/.test(price.unit_amount) && /^[a-z]{3}$/.test(price.currency) && price.product_data?.name, 'session: price');
    this.#complain(Number(form.expires_at) >= now + 1800 - 1 && Number(form.expires_at) <= now + 86_400, 'session: expires_at');
    this.#complain(/^https?:/.test(form.success_url), 'session: success_url');
    this.#complain(
      form.metadata?.order_id && form.metadata.payment_id && form.payment_intent_data?.metadata?.payment_id === form.metadata.payment_id,
      'session: metadata',
    );
    const session = {
      id: id('cs_test'),
      object: 'checkout.session',
      status: 'open',
      payment_status: 'unpaid',
      payment_intent: null,
      amount_total: Number(price.unit_amount),
      currency: price.currency,
      metadata: form.metadata,
      client_reference_id: form.client_reference_id,
      success_url: form.success_url,
      expires_at: Number(form.expires_at),
    };
    session.url = `${this.base}/pay/${session.id}`;
    this.sessions.set(session.id, session);
    return [200, { ...session }];
  }

  #createRefund(form) {
    const session = [...this.sessions.values()].find((one) => one.payment_intent === form.payment_intent);
    const before = [...this.refunds.values()]
      .filter((one) => one.payment_intent === form.payment_intent && one.status === 'succeeded')
      .reduce((sum, one) => sum + one.amount, 0);
    if (!session || session.payment_status !== 'paid') return [404, { error: { message: 'No such payment_intent' } }];
    if (before + Number(form.amount) > session.amount_total) return [400, { error: { message: 'greater than unrefunded amount' } }];
    const refund = {
      id: id('re'),
      object: 'refund',
      status: 'succeeded',
      amount: Number(form.amount),
      currency: session.currency,
      payment_intent: form.payment_intent,
      metadata: form.metadata,
    };
    this.refunds.set(refund.id, refund);
    return [200, { ...refund }];
  }

  // What a buyer does on the page. Returns false when the page takes no more money.
  pay(reference) {
    const session = this.sessions.get(reference);
    if (session.status !== 'open') return false;
    Object.assign(session, { status: 'complete', payment_status: 'paid', payment_intent: id('pi') });
    this.charges.set(session.payment_intent, id('ch'));
    return true;
  }

  // A refund that somebody makes in the dashboard: without metadata of ours (docs.stripe.com/api/refunds/object).
  refundInDashboard(session, amount, status = 'succeeded') {
    const refund = {
      id: id('re'),
      object: 'refund',
      amount,
      balance_transaction: id('txn'),
      charge: this.charges.get(session.payment_intent),
      created: Math.floor(Date.now() / 1000),
      currency: session.currency,
      metadata: {},
      payment_intent: session.payment_intent,
      reason: 'requested_by_customer',
      receipt_number: null,
      status,
    };
    this.refunds.set(refund.id, refund);
    return refund;
  }

  // The charge as `charge.refunded` has it (docs.stripe.com/api/charges/object): its sum counts every refund; the list of them is not sent.
  charge(session) {
    const refunds = [...this.refunds.values()].filter((one) => one.payment_intent === session.payment_intent && one.status !== 'failed');
    const refunded = refunds.reduce((sum, { amount }) => sum + amount, 0);
    return {
      id: this.charges.get(session.payment_intent),
      object: 'charge',
      amount: session.amount_total,
      amount_captured: session.amount_total,
      amount_refunded: refunded,
      captured: true,
      currency: session.currency,
      metadata: session.metadata,
      paid: true,
      payment_intent: session.payment_intent,
      refunded: refunded === session.amount_total,
      status: 'succeeded',
    };
  }

  // A dispute (docs.stripe.com/api/disputes/object).
  dispute(session, status = 'needs_response') {
    return {
      id: id('du'),
      object: 'dispute',
      amount: session.amount_total,
      charge: this.charges.get(session.payment_intent),
      currency: session.currency,
      is_charge_refundable: false,
      metadata: {},
      payment_intent: session.payment_intent,
      reason: 'fraudulent',
      status,
    };
  }

  event(type, object, fields = {}) {
    return JSON.stringify({
      id: id('evt'),
      object: 'event',
      api_version: '2024-06-20',
      created: Math.floor(Date.now() / 1000),
      type,
      data: { object },
      livemode: false,
      ...fields,
    });
  }

  // As Stripe's own package signs it.
  header(payload, { secret = this.webhookSecret, timestamp } = {}) {
    return stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp });
  }
}
