// Access tokens, right and wrong, made without the service.
import { createHmac, generateKeyPairSync, randomUUID, sign } from 'node:crypto';

const encode = (value) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

export function hmacToken(secret, claims, header = { alg: 'HS256', typ: 'JWT' }, hash = 'sha256') {
  const signed = `${encode(header)}.${encode(claims)}`;
  return `${signed}.${createHmac(hash, secret).update(signed).digest('base64url')}`;
}

export const decode = (token) => JSON.parse(Buffer.from(token.split('.')[1], 'base64url'));

// Values of the Authorization header that must all be refused, as [what, value]. `token` is a right one, `secret` the service's own.
export function wrongAuthorizations(secret, token) {
  const claims = decode(token);
  const now = Math.floor(Date.now() / 1000);
  const [head, body, signature] = token.split('.');
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const rsa = `${encode({ alg: 'RS256', typ: 'JWT' })}.${body}`;
  const pem = publicKey.export({ type: 'spki', format: 'pem' });
  const made = (changes, ...rest) => hmacToken(secret, { ...claims, ...changes }, ...rest);
  const tokens = {
    expired: made({ exp: now - 1 }),
    'expired long ago': made({ exp: 1 }),
    'not valid yet': made({ nbf: now + 3600 }),
    'without exp': made({ exp: undefined }),
    'exp is text': made({ exp: String(now + 3600) }),
    'without sub': made({ sub: undefined }),
    'sub is no UUID': made({ sub: "x' OR '1'='1" }),
    'sub is a number': made({ sub: 1 }),
    'another issuer': made({ iss: 'somebody' }),
    'another audience': made({ aud: 'somebody' }),
    'without issuer': made({ iss: undefined }),
    'signed with another secret': hmacToken('0123456789abcdef0123456789abcdef', claims),
    'signed with the empty secret': hmacToken('', claims),
    'alg none': `${encode({ alg: 'none', typ: 'JWT' })}.${body}.`,
    'alg none, signature kept': `${encode({ alg: 'none' })}.${body}.${signature}`,
    'alg NONE': `${encode({ alg: 'NONE' })}.${body}.`,
    'alg nOnE': `${encode({ alg: 'nOnE' })}.${body}.`,
    HS384: made({}, { alg: 'HS384', typ: 'JWT' }, 'sha384'),
    HS512: made({}, { alg: 'HS512', typ: 'JWT' }, 'sha512'),
    'RS256 header over our HMAC': made({}, { alg: 'RS256', typ: 'JWT' }),
    'RS256, a key of theirs': `${rsa}.${sign('sha256', Buffer.from(rsa), privateKey).toString('base64url')}`,
    'HMAC with a public key': hmacToken(pem, claims),
    'without alg': made({}, { typ: 'JWT' }),
    'header with jwk': hmacToken('x'.repeat(32), claims, { alg: 'HS256', jwk: { kty: 'oct', k: encode('x'.repeat(32)) } }),
    'header is no JSON': `${encode('nonsense')}.${body}.${signature}`,
    'header is an array': `${encode([])}.${body}.${signature}`,
    'claims are no JSON': hmacToken(secret, 'nonsense'),
    'claims are an array': hmacToken(secret, []),
    'roles changed': `${head}.${encode({ ...claims, roles: ['admin'] })}.${signature}`,
    'signature cut': `${head}.${body}.${signature.slice(0, -4)}`,
    'signature empty': `${head}.${body}.`,
    'signature missing': `${head}.${body}`,
    'one bit changed': `${head}.${body}.${signature.slice(0, 5)}${signature[5] === 'A' ? 'B' : 'A'}${signature.slice(6)}`,
    'four parts': `${token}.${signature}`,
    dots: '..',
    random: randomUUID(),
    huge: made({ email: 'x'.repeat(3500) }),
  };
  return [
    ...Object.entries(tokens).map(([what, value]) => [what, `Bearer ${value}`]),
    ['nothing after Bearer', 'Bearer '],
    ['Bearer alone', 'Bearer'],
    ['Basic', `Basic ${Buffer.from('admin@example.com:pass').toString('base64')}`],
    ['no scheme', token],
    ['another scheme', `Token ${token}`],
  ];
}
