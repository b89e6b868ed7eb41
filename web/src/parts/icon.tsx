// Small drawings of our own, 20 × 20, in the colour of the text beside them. They say nothing that words do not say too.
const PATHS = {
	home: 'M3 9.5 10 3.5l7 6M5 8.5v8h10v-8M8.5 16.5v-5h3v5',
	send: 'M10 13V3.5M6 7l4-4 4 4M3.5 12.5v4h13v-4',
	receive: 'M10 3.5V13M6 9.5l4 4 4-4M3.5 14v2.5h13V14',
	history: 'M10 5.5V10l3 2M4 6.2A7 7 0 1 1 3 10M4 2.8v3.6h3.6',
	key: 'M12.5 11.5a4 4 0 1 0-3.7-2.4L3.5 14.4v2.1h3v-2h2v-2h1.2l.9-1M13.6 6.4h.01',
	check: 'M4 10.5 8 14.5l8-9',
	cross: 'M5 5l10 10M15 5 5 15',
	file: 'M5 3h6.5L15 6.500V17H5zM11.5 3v3.500H15',
	folder: 'M3 5h5l1.5 2H17v9H3z',
	stamp: 'M7.5 3.500h5v2.500l-1 4.500h4v3h-11v-3h4l-1-4.500zM4.5 16.500h11',
	person: 'M10 10a3.2 3.2 0 1 0 0-6.400A3.2 3.2 0 0 0 10 10ZM4 17c.6-3 2.8-4.5 6-4.500s5.4 1.5 6 4.5',
	people: 'M7.5 9.500a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.600ZM2.5 16c.4-2.7 2.2-4 5-4s4.6 1.3 5 4M13 9.300a2.5 2.5 0 0 0 0-5M14.5 12c1.7.5 2.7 1.8 3 4',
	shield: 'M10 2.8 16 5v4.500c0 3.6-2.3 6.2-6 7.7-3.7-1.5-6-4.1-6-7.700V5zM7.3 10l2 2 3.5-4',
	search: 'M9 14.500a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11ZM13 13l4 4',
	warn: 'M10 3.2 17.5 16.500h-15zM10 8v4M10 14.200h.01',
	info: 'M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14ZM10 9v4.500M10 6.500h.01',
	clock: 'M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14ZM10 6v4.300l2.7 1.7',
	more: 'M5 10h.01M10 10h.01M15 10h.01',
	next: 'M7.5 4.5 13 10l-5.5 5.5',
	back: 'M12.5 4.5 7 10l5.5 5.5',
	down: 'M4.5 7.5 10 13l5.5-5.5',
	logout: 'M8 3.500H4v13h4M8.5 10H17M13.5 6.5 17 10l-3.5 3.5',
	settings: 'M3 6h8M15 6h2M3 14h2M9 14h8M13 8a2 2 0 1 0 0-4 2 2 0 0 0 0 4ZM7 16a2 2 0 1 0 0-4 2 2 0 0 0 0 4Z',
	book: 'M4 4h5.500L10 5l.5-1H16v12h-5.500L10 17l-.5-1H4zM10 5v12',
	print: 'M6 7.500v-4h8v4M6 14H3.500V7.500h13V14H14M6 11.500h8v5H6z',
	globe: 'M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14ZM3 10h14M10 3c-2.5 2-3.5 4.3-3.5 7s1 5 3.5 7c2.5-2 3.5-4.3 3.5-7S12.5 5 10 3Z',
} as const;
export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 20 }: { name: IconName; size?: number }) {
	return (
		<svg class="icon" width={size} height={size} viewBox="0 0 20 20" aria-hidden="true" focusable="false">
			<path d={PATHS[name]} />
		</svg>
	);
}
