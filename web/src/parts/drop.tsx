// Where files are dropped, chosen or pasted; folders too. Hands on the files with the folders before their names.
import { useEffect, useRef, useState } from 'preact/hooks';
import { t } from '../i18n';
import { setPath } from '../outbox';
import { Button } from './button';
import { Icon } from './icon';

async function walk(entry: FileSystemEntry, out: File[]): Promise<void> {
	if (entry.isFile) {
		const file = await new Promise<File>((ok, no) => (entry as FileSystemFileEntry).file(ok, no));
		setPath(file, entry.fullPath.replace(/^\//, ''));
		out.push(file);
		return;
	}
	const reader = (entry as FileSystemDirectoryEntry).createReader();
	for (;;) {
		const some = await new Promise<FileSystemEntry[]>((ok, no) => reader.readEntries(ok, no));
		if (!some.length) return;
		for (const e of some) await walk(e, out);
	}
}

/** Files of what was dropped or pasted; folders are gone through. */
export async function filesOf(data: DataTransfer): Promise<File[]> {
	const entries = [...data.items].map((i) => (i.kind === 'file' ? (i.webkitGetAsEntry?.() ?? null) : null));
	const plain = [...data.files];
	if (!entries.some((e) => e?.isDirectory)) return plain;
	const out: File[] = [];
	for (const e of entries) if (e) await walk(e, out);
	return out;
}

/** Calls back for files dropped anywhere on the page, or pasted; says whether some are held above it. */
export function useDrop(onFiles: (files: File[]) => void): boolean {
	const [over, setOver] = useState(false);
	useEffect(() => {
		let depth = 0;
		const holds = (e: DragEvent) => e.dataTransfer?.types.includes('Files') ?? false;
		const enter = (e: DragEvent) => {
			if (holds(e) && ++depth > 0) setOver(true);
		};
		const leave = (e: DragEvent) => {
			if (holds(e) && --depth <= 0) {
				depth = 0;
				setOver(false);
			}
		};
		const above = (e: DragEvent) => {
			if (holds(e)) e.preventDefault();
		};
		const take = (data: DataTransfer | null) => {
			if (data) void filesOf(data).then((files) => files.length && onFiles(files));
		};
		const drop = (e: DragEvent) => {
			if (!holds(e)) return;
			e.preventDefault();
			depth = 0;
			setOver(false);
			take(e.dataTransfer);
		};
		const paste = (e: ClipboardEvent) => {
			if (e.clipboardData?.files.length) take(e.clipboardData);
		};
		addEventListener('dragenter', enter);
		addEventListener('dragleave', leave);
		addEventListener('dragover', above);
		addEventListener('drop', drop);
		addEventListener('paste', paste);
		return () => {
			removeEventListener('dragenter', enter);
			removeEventListener('dragleave', leave);
			removeEventListener('dragover', above);
			removeEventListener('drop', drop);
			removeEventListener('paste', paste);
		};
	}, [onFiles]);
	return over;
}

export function DropArea({ onFiles, small }: { onFiles: (files: File[]) => void; small?: boolean }) {
	const over = useDrop(onFiles);
	const files = useRef<HTMLInputElement>(null);
	const folder = useRef<HTMLInputElement>(null);
	const chosen = (e: Event) => {
		const input = e.currentTarget as HTMLInputElement;
		const list = [...(input.files ?? [])];
		input.value = ''; // the same file can be chosen again
		if (list.length) onFiles(list);
	};
	return (
		<div class={`drop ${over ? 'over' : ''} ${small ? 'small' : ''}`}>
			<Icon name="send" size={small ? 24 : 36} />
			<p class="drop-say">{over ? t("Let go to add the files") : small ? t("Add more") : t("Drop files here")}</p>
			<div class="drop-choose">
				<Button icon="file" kind={small ? 'plain' : 'primary'} onClick={() => files.current?.click()}>
					{t("Choose files")}
				</Button>
				<Button icon="folder" onClick={() => folder.current?.click()}>
					{t("Choose a folder")}
				</Button>
			</div>
			<input ref={files} type="file" multiple hidden aria-label={t("Choose files")} data-choose="files" onChange={chosen} />
			<input ref={folder} type="file" hidden aria-label={t("Choose a folder")} data-choose="folder" onChange={chosen} {...{ webkitdirectory: true }} />
		</div>
	);
}
