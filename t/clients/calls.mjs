// The providers' own clients, driven call by call: a line of JSON in, one out. Not for: what is asked
// and expected (the tests).
//
//   in   {"at": "http://…", "keys": {…}} first, then {"call": "stripe.transfer", "with": {…}}
//   out  {"ok": result} or {"error": {"name", "status", "code", "message"}}
import { webcrypto } from 'node:crypto';
import { createInterface } from 'node:readline';
import Stripe from 'stripe';
import payouts from '@paypal/payouts-sdk';
import Whop from '@whop/sdk';
import '@shopify/shopify-api/adapters/node';
import { setAbstractFetchFunc } from '@shopify/shopify-api/runtime';
import { shopifyApi, Session, LogSeverity } from '@shopify/shopify-api';

// What node has by itself from version 20 on.
globalThis.crypto ??= webcrypto;
const clients = {};

function start({ at, keys }) {
    const url = new URL(at);
    clients.stripe = new Stripe(keys.stripe, { host: url.hostname, port: url.port, protocol: 'http', maxNetworkRetries: 0, telemetry: false, timeout: 10000 });
    clients.paypal = new payouts.core.PayPalHttpClient(new payouts.core.PayPalEnvironment(keys.paypal_id, keys.paypal_secret, at, at));
    clients.whop = new Whop({ apiKey: keys.whop, baseURL: `${at}/api/v1`, maxRetries: 0, timeout: 10000 });
    clients.shopify = shopifyApi({
        apiKey: 'sandbox', apiSecretKey: keys.shopify_secret, scopes: ['read_orders'], hostName: 'localhost', apiVersion: '2026-04', isEmbeddedApp: false,
        isCustomStoreApp: true, adminApiAccessToken: keys.shopify_token, logger: { level: LogSeverity.Error },
    });
    // It knows no other scheme and host than its own.
    setAbstractFetchFunc((to, ...more) => fetch(String(to).replace(/^https:\/\/[^/]+\.myshopify\.com/, at), ...more));
    clients.session = new Session({ id: 'offline', shop: keys.shop, state: '', isOnline: false, accessToken: keys.shopify_token });
    return {};
}

const batch = (w) => ({
    sender_batch_header: { sender_batch_id: w.key, email_subject: w.subject },
    items: [{ recipient_type: 'EMAIL', receiver: w.to, amount: { value: w.value, currency: 'USD' }, sender_item_id: w.key, note: w.note }],
});

// Each as the documents of the provider have it, with what differs between callers in w.
const calls = {
    start,
    'stripe.session': (w) => clients.stripe.checkout.sessions.create({
        mode: 'payment',
        line_items: w.lines.map(([name, price, n]) => ({ price_data: { currency: 'usd', unit_amount: price, product_data: { name } }, quantity: n })),
        success_url: w.back, cancel_url: w.cancel, client_reference_id: w.reference, expires_at: w.expires, adaptive_pricing: { enabled: false },
        metadata: w.metadata, payment_intent_data: { metadata: w.metadata }, shipping_address_collection: { allowed_countries: ['US'] },
    }, { idempotencyKey: w.key }),
    'stripe.session_get': (w) => clients.stripe.checkout.sessions.retrieve(w.id),
    'stripe.sessions': (w) => clients.stripe.checkout.sessions.list({ limit: 100, created: { gte: w.since } }),
    'stripe.session_expire': (w) => clients.stripe.checkout.sessions.expire(w.id, {}, { idempotencyKey: w.key }),
    'stripe.transfer': (w) => clients.stripe.transfers.create({ amount: w.amount, currency: 'usd', destination: w.to, transfer_group: w.group, metadata: w.metadata }, { idempotencyKey: w.key }),
    'stripe.transfer_get': (w) => clients.stripe.transfers.retrieve(w.id),
    'stripe.transfers': (w) => clients.stripe.transfers.list({ transfer_group: w.group, destination: w.to, limit: 100 }),
    'stripe.reversal': (w) => clients.stripe.transfers.createReversal(w.id, { amount: w.amount }),
    'stripe.refund': (w) => clients.stripe.refunds.create({ payment_intent: w.payment, amount: w.amount, reason: 'requested_by_customer', metadata: w.metadata }, { idempotencyKey: w.key }),
    'stripe.refunds': (w) => clients.stripe.refunds.list({ payment_intent: w.payment, limit: 100 }),
    'stripe.account': (w) => clients.stripe.accounts.create({
        country: w.country, business_type: 'individual', capabilities: { transfers: { requested: true } }, metadata: w.metadata,
        controller: { stripe_dashboard: { type: 'express' }, fees: { payer: 'application' }, losses: { payments: 'application' }, requirement_collection: 'stripe' },
    }, { idempotencyKey: w.key }),
    'stripe.account_get': (w) => clients.stripe.accounts.retrieve(w.id),
    'stripe.link': (w) => clients.stripe.accountLinks.create({ account: w.account, type: 'account_onboarding', refresh_url: w.refresh, return_url: w.back }, { idempotencyKey: w.key }),
    'stripe.intent': (w) => clients.stripe.paymentIntents.retrieve(w.id, { expand: ['latest_charge.balance_transaction'] }),
    'stripe.balance': () => clients.stripe.balance.retrieve(),
    'stripe.moves': (w) => clients.stripe.balanceTransactions.list({ limit: 100, created: { gte: w.since }, expand: ['data.source'] }),
    'stripe.moves_after': (w) => clients.stripe.balanceTransactions.list({ limit: 100, created: { gte: w.since }, expand: ['data.source'], starting_after: w.after }),
    'stripe.events': (w) => clients.stripe.events.list({ types: w.types, limit: 100 }),
    'stripe.moves_all': async () => {
        const all = [];
        for await (const t of clients.stripe.balanceTransactions.list({ limit: 2 })) all.push(t.id);
        return all;
    },
    'paypal.create': async (w) => {
        const request = new payouts.payouts.PayoutsPostRequest();
        request.requestBody(batch(w));
        request.payPalRequestId(w.request);
        return (await clients.paypal.execute(request)).result;
    },
    'paypal.get': async (w) => (await clients.paypal.execute(new payouts.payouts.PayoutsGetRequest(w.id))).result,
    'paypal.item': async (w) => (await clients.paypal.execute(new payouts.payouts.PayoutsItemGetRequest(w.id))).result,
    'paypal.cancel': async (w) => (await clients.paypal.execute(new payouts.payouts.PayoutsItemCancelRequest(w.id))).result,
    'whop.transfer': (w) => clients.whop.transfers.create({ origin_id: w.from, destination_id: w.to, amount: w.amount, currency: 'usd', idempotence_key: w.key, notes: w.notes, metadata: w.metadata, 'Idempotency-Key': w.key }),
    'whop.transfer_get': (w) => clients.whop.transfers.retrieve(w.id),
    'whop.transfers': async (w) => (await clients.whop.transfers.list(w)).data,
    'whop.transfers_all': async (w) => {
        const all = [];
        for await (const t of clients.whop.transfers.list(w)) all.push(t.id);
        return all;
    },
    'whop.payments': async (w) => (await clients.whop.payments.list(w)).data,
    'whop.refund': (w) => clients.whop.payments.refund(w.id, { partial_amount: w.amount }),
    'shopify.query': async (w) => (await new clients.shopify.clients.Graphql({ session: clients.session }).request(w.query, { variables: w.variables, retries: 0 })).data,
    // What came to the house, as the clients check it.
    'judge.stripe': (w) => clients.stripe.webhooks.constructEvent(w.body, w.headers['stripe-signature'], w.secret),
    'judge.whop': (w) => clients.whop.webhooks.unwrap(w.body, { headers: w.headers, key: Buffer.from(w.secret).toString('base64') }),
    'judge.shopify': (w) => clients.shopify.webhooks.validate({ rawBody: w.body, rawRequest: { method: 'POST', url: '/hooks/shopify', headers: w.headers }, rawResponse: {} }),
};

const lines = createInterface({ input: process.stdin });
for await (const line of lines) {
    let out;
    try {
        const { call, with: w } = JSON.parse(line);
        out = { ok: (await calls[call](w ?? {})) ?? null };
    } catch (e) {
        out = { error: { name: e.name ?? e.constructor?.name ?? '', status: e.statusCode ?? e.status ?? 0, code: e.code ?? '', message: String(e.message ?? e) } };
    }
    process.stdout.write(`${JSON.stringify(out)}\n`);
}
