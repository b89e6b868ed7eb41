import { blake2b } from '@noble/hashes/blake2b';
import nacl from 'tweetnacl';
import { expect, test } from 'vitest';
import { fromHex, seal, toHex } from './seal';

const keys = nacl.box.keyPair.fromSecretKey(new Uint8Array(32).fill(7));
const ID = '0123456789abcdef0123456789abcdef';

/** As crypto_box_seal_open of libsodium. */
function open(sealed: string): Uint8Array | null {
	const bytes = fromHex(sealed);
	const theirs = bytes.slice(0, 32);
	const nonce = blake2b(new Uint8Array([...theirs, ...keys.publicKey]), { dkLen: 24 });
	return nacl.box.open(bytes.slice(32), nonce, theirs, keys.secretKey);
}

test('a password is bound to its transfer, and its length does not show', () => {
	const sealed = seal(toHex(keys.publicKey), ID, 'ひみつ');
	const plain = open(sealed)!;
	expect(plain.length).toBe(128);
	const text = new TextEncoder().encode(`sekisho/password/1 ${ID}ひみつ`);
	expect([...plain.slice(0, text.length)]).toEqual([...text]);
	expect(plain[text.length]).toBe(0x80);
	expect(plain.slice(text.length + 1).every((b) => b === 0)).toBe(true);
	expect(seal(toHex(keys.publicKey), ID, 'x').length).toBe(sealed.length);
	expect(seal(toHex(keys.publicKey), ID, 'ひみつ')).not.toBe(sealed);
});

test('a long one takes more blocks', () => {
	expect(open(seal(toHex(keys.publicKey), ID, 'x'.repeat(77)))!.length).toBe(256);
});

test('what is no key is refused', () => {
	expect(() => seal('abcd', ID, 'x')).toThrow(RangeError);
	expect(() => seal('zz'.repeat(32), ID, 'x')).toThrow(RangeError);
});
