// Every page, and what on it opens only when somebody asks for it: name, address, steps to it.
const QUEUE = 'c7'.padEnd(32, '0');
const csv = (text) => ({ name: 'people.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });

export const pages = [
	{ name: 'home', path: '/' },
	{ name: 'send', path: '/send' },
	{ name: 'transfer', path: `/transfers/${QUEUE}` },
	{ name: 'passwords', path: '/passwords' },
	{ name: 'history', path: '/history' },
	{ name: 'account', path: '/account' },
	{ name: 'login', path: '/?as=clerk&out' },
	{ name: 'approvals', path: '/approvals', ready: '.queue li' },
	{ name: 'approval-findings', path: `/approvals?id=${QUEUE}`, ready: '.findings' },
	{ name: 'approval-yes', path: `/approvals?id=${QUEUE}`, ready: '.findings', steps: (page) => page.click('.look-head .button.primary') },
	{ name: 'approval-no', path: `/approvals?id=${QUEUE}`, ready: '.findings', steps: (page) => page.click('.look-head .button.danger') },
	{ name: 'approval-keys', path: '/approvals', ready: '.queue li', steps: (page) => page.keyboard.press('?'), wide: true },
	{ name: 'absence', path: '/absence', ready: '.deputies' },
	{ name: 'originals', path: '/originals', ready: '.table' },
	{ name: 'original', path: `/originals/${'d1'.padEnd(32, '0')}`, ready: '.facts' },
	{ name: 'original-ready', path: `/originals/${'d2'.padEnd(32, '0')}`, ready: '.notice.warn' },
	{ name: 'original-ask', path: `/originals/new?transfer=${QUEUE}`, ready: 'textarea' },
	{ name: 'people', path: '/admin/people', ready: '.table' },
	{ name: 'person', path: '/admin/people/ni', ready: '.table' },
	{ name: 'person-link', path: '/admin/people/ni', ready: '.table', steps: (page) => page.click('.card .button:has-text("link"), .card .button:has-text("Link"), .card .button:has-text("リンク")') },
	{ name: 'organisation', path: '/admin/organisation', ready: '.table' },
	{ name: 'organisation-open', path: '/admin/organisation/12', ready: '.table' },
	{ name: 'organisation-done', path: '/admin/organisation/11', ready: '.table' },
	{ name: 'organisation-new', path: '/admin/organisation/new', ready: '.drop' },
	{
		name: 'organisation-preview', path: '/admin/organisation/new', ready: '.drop',
		steps: async (page) => {
			await page.setInputFiles('input[data-choose="table"]', csv(Array.from({ length: 40 }, (_, i) => `member-${i},,zeimu,,,2027/4/1,`).join('\n')));
			await page.waitForSelector('.table');
		},
	},
	{
		name: 'organisation-wrong', path: '/admin/organisation/new', ready: '.drop',
		steps: async (page) => {
			await page.setInputFiles('input[data-choose="table"]', csv('member,from\n?,2027/4/1\n'));
			await page.waitForSelector('.notice.bad');
		},
	},
	{ name: 'policy', path: '/admin/policy', ready: '.policy-text li' },
	{
		name: 'policy-explained', path: '/admin/policy', ready: '.policy-text li',
		steps: async (page) => {
			await page.click('.question .button.primary');
			await page.waitForSelector('.reasons li');
		},
	},
	{ name: 'status', path: '/admin/status', ready: '.lights' },
	{ name: 'overview', path: '/overview', ready: '.lights' },
	{ name: 'audit', path: '/audit', ready: '.table' },
	{ name: 'audit-ledger', path: '/audit/ledger', ready: '.steps' },
	{ name: 'none', path: '/no-such-page' },
];
