declare module 'virtual:ja' {
	const table: Record<string, string>;
	export default table;
}
declare module 'virtual:why' {
	const table: Record<string, string>;
	export default table;
}
declare module 'virtual:codes' {
	const table: { en: Record<string, string>; ja: Record<string, string> };
	export default table;
}
declare module 'virtual:types' {
	const table: { en: Record<string, string>; ja: Record<string, string> };
	export default table;
}
declare module 'virtual:policy' {
	const table: Record<string, string>;
	export default table;
}
declare module 'virtual:asks' {
	const words: string[];
	export default words;
}
