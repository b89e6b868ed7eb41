// Signatures of passkeys: the browser is asked with what the post said, the answer goes back as doc/passkey.md, section 4, says.
import { N_ } from '../i18n';
import type { Challenge } from './types';

/** The browser did not sign: it has no such key, or whoever sits there said no. `sentence` is a message id. */
export class NotSigned extends Error {
	constructor(readonly sentence: string) {
		super('not signed');
	}
}

const CANNOT = N_("This browser knows no passkeys.");
const DECLINED = N_("Nothing was signed: the passkey was not there, or it was declined. Try again.");

export function toBase64url(bytes: ArrayBuffer): string {
	const text = String.fromCharCode(...new Uint8Array(bytes));
	return btoa(text).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
}

export function fromBase64url(text: string): Uint8Array<ArrayBuffer> {
	const plain = atob(text.replace(/-/g, '+').replace(/_/g, '/'));
	return Uint8Array.from(plain, (c) => c.charCodeAt(0));
}

type Asked = Pick<Challenge, 'challenge' | 'party' | 'credentials'>;

async function fromBrowser(asked: Asked): Promise<Credential | null> {
	if (!navigator.credentials?.get) throw new NotSigned(CANNOT);
	try {
		return await navigator.credentials.get({
			publicKey: {
				challenge: fromBase64url(asked.challenge),
				rpId: asked.party,
				allowCredentials: asked.credentials.map((id) => ({ type: 'public-key', id: fromBase64url(id) })),
				userVerification: 'required',
			},
		});
	} catch {
		throw new NotSigned(DECLINED);
	}
}

/** The four lines of an assertion. */
export async function assertionFor(asked: Asked): Promise<string> {
	const got = (await fromBrowser(asked)) as PublicKeyCredential | null;
	if (!got) throw new NotSigned(DECLINED);
	const answer = got.response as AuthenticatorAssertionResponse;
	return [got.rawId, answer.authenticatorData, answer.clientDataJSON, answer.signature].map(toBase64url).join('\n');
}
