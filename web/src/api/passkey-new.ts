// A new passkey: the browser makes it, the post is told its public half (doc/passkey.md, section 4).
import { ask } from './client';
import type { Answer } from './types';
import { fromBase64url, NotSigned, toBase64url } from './passkey';
import { N_ } from '../i18n';

const DECLINED = N_("No passkey was made: this device has none to offer, or it was declined. Try again.");
const KNOWN = N_("This device or key is registered already.");

async function fromBrowser(asked: Answer<'passkey.challenge'>, member: string, name: string): Promise<PublicKeyCredential> {
	const entity = { id: new TextEncoder().encode(member).slice(0, 64), name: member, displayName: name };
	try {
		const made = await navigator.credentials.create({
			publicKey: {
				challenge: fromBase64url(asked.challenge),
				rp: { id: asked.party, name: 'sekisho' },
				user: entity,
				pubKeyCredParams: [{ type: 'public-key', alg: -7 }, { type: 'public-key', alg: -8 }],
				excludeCredentials: asked.credentials.map((id) => ({ type: 'public-key', id: fromBase64url(id) })),
				authenticatorSelection: { residentKey: 'preferred', userVerification: 'required' },
				attestation: asked.attestation ?? 'none',
			},
		});
		if (made) return made as PublicKeyCredential;
	} catch (error) {
		if (error instanceof DOMException && error.name === 'InvalidStateError') throw new NotSigned(KNOWN);
	}
	throw new NotSigned(DECLINED);
}

export async function addPasskey(member: string, name: string, title: string): Promise<void> {
	const asked = await ask('passkey.challenge', {});
	const made = (await fromBrowser(asked, member, name)).response as AuthenticatorAttestationResponse;
	const lines = [made.getAuthenticatorData(), made.clientDataJSON];
	if (asked.attestation === 'direct') lines.push(made.attestationObject); // this zone wants to know who made the key
	await ask('passkey.add', { assertion: lines.map(toBase64url).join('\n'), title });
}
