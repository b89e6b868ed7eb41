// A QR code, drawn as one path.
import qrcode from 'qrcode-generator';

export function Qr({ text, label }: { text: string; label: string }) {
	const code = qrcode(0, 'M');
	code.addData(text);
	code.make();
	const n = code.getModuleCount();
	let path = '';
	for (let y = 0; y < n; y++) for (let x = 0; x < n; x++) if (code.isDark(y, x)) path += `M${x + 4} ${y + 4}h1v1h-1z`;
	return (
		<svg class="qr" role="img" aria-label={label} viewBox={`0 0 ${n + 8} ${n + 8}`} shape-rendering="crispEdges">
			<rect width={n + 8} height={n + 8} fill="#fff" />
			<path d={path} fill="#000" />
		</svg>
	);
}
