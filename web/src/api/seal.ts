// A password on its way to the cleaners alone: a sealed box of libsodium (crypto_box_seal) to the key that the post gives, bound to
// one transfer as src/jobs/seal.c reads it. Neither portal nor gate can open it.
import { blake2b } from '@noble/hashes/blake2b';
import nacl from 'tweetnacl';

const KEY = 32;
const BLOCK = 128; // the length of a password does not show

export function fromHex(hex: string): Uint8Array {
	if (!/^([0-9a-f]{2})*$/.test(hex)) throw new RangeError('not hexadecimal');
	return Uint8Array.from(hex.match(/../g) ?? [], (b) => parseInt(b, 16));
}

export function toHex(bytes: Uint8Array): string {
	return [...bytes].map((b) => b.toString(16).padStart(2, '0')).join('');
}

function join(...parts: Uint8Array[]): Uint8Array {
	const out = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
	let at = 0;
	for (const p of parts) {
		out.set(p, at);
		at += p.length;
	}
	return out;
}

function padded(plain: Uint8Array): Uint8Array {
	const out = new Uint8Array(Math.ceil((plain.length + 1) / BLOCK) * BLOCK);
	out.set(plain);
	out[plain.length] = 0x80;
	return out;
}

/** Hexadecimal. `box`: the public key, hexadecimal. */
export function seal(box: string, id: string, password: string): string {
	const to = fromHex(box);
	if (to.length !== KEY) throw new RangeError('not a key');
	const own = nacl.box.keyPair();
	const nonce = blake2b(join(own.publicKey, to), { dkLen: nacl.box.nonceLength });
	const plain = padded(new TextEncoder().encode(`sekisho/password/1 ${id}${password}`));
	const sealed = nacl.box(plain, nonce, to, own.secretKey);
	own.secretKey.fill(0);
	return toHex(join(own.publicKey, sealed));
}
