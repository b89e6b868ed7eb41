// A post that exists only in the browser, for looking at pages: `npm --prefix web run fake`. Never part of a build.
// Somebody with every right is logged in; with ?as=clerk in the address, somebody who only sends and approves. What was asked
// stands in globalThis.asked, for tests.
import { deskWords } from './desk';
import { install } from './install';
import { fakePost } from './post';

const answer = fakePost(new URLSearchParams(location.search).get('as') === 'clerk' ? {} : deskWords);
const asked: [string, unknown][] = [];
Object.assign(globalThis, { asked });
install((method, path, body, headers) => {
	asked.push([path, body]);
	return answer(method, path, body, headers);
});
