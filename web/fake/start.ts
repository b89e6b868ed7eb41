// A post that exists only in the browser, for looking at pages: `npm --prefix web run fake`. Never part of a build.
import { fakePost } from './post';
import { install } from './install';

install(fakePost());
