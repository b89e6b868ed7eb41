// 不在と代理: who is away hands what waits for him to his deputies at once; without it they may decide only later.
import { useState } from 'preact/hooks';
import { ask } from '../api/client';
import type { Absence, Deputy } from '../api/types';
import { useAsk, useDoing } from '../api/use';
import { begins, dayOf, ends } from '../days';
import { exactly, onDay, t, useLanguage } from '../i18n';
import { Button } from '../parts/button';
import { Actions } from '../parts/dialog';
import { TextField } from '../parts/field';
import { Empty, Loading, Notice, Trouble } from '../parts/notice';
import { Card, Page } from '../parts/page';
import { type Column, Table } from '../parts/table';
import { Tag } from '../parts/tag';
import { toast } from '../parts/toast';
import { seesAll, useWho } from '../session';
import '../styles/desk.css';

const MOST = 366 * 86_400_000; // ms, as src/store/absence.h

function lastWrong(first: number | undefined, last: number | undefined): string | undefined {
	if (last === undefined || last < Date.now()) return t("Say a day that is not over.");
	if (first === undefined) return undefined;
	if (last < first) return t("This is before the first day.");
	return last - first > MOST ? t("An absence lasts a year at most.") : undefined;
}

/** For oneself, or for a member whom whoever runs the post names. */
export function AbsenceForm({ member, onDone }: { member?: string; onDone: () => void }) {
	const today = dayOf(Date.now());
	const earliest = member ? dayOf(Date.now() + 86_400_000) : today; // what is said of others counts a day later
	const [from, setFrom] = useState(earliest);
	const [until, setUntil] = useState(earliest);
	const [tried, setTried] = useState(false);
	const doing = useDoing();
	const first = begins(from);
	const last = ends(until);
	const wrong = first === undefined ? t("Say a day.") : undefined;
	const late = lastWrong(first, last);
	const submit = (e: Event) => {
		e.preventDefault();
		setTried(true);
		if (wrong || late || first === undefined || last === undefined) return;
		void doing.run(async () => {
			await ask('absence.add', { until: last, ...(from > today ? { from: first } : {}), ...(member ? { member } : {}) });
			toast(t("Noted: the deputies decide in that time."));
			setTried(false);
			onDone();
		});
	};
	return (
		<form class="days" onSubmit={submit} noValidate>
			<TextField
				type="date"
				label={t("First day away")}
				{...(member ? { hint: t("At the earliest tomorrow: nobody gives the decisions of others away at once.") } : {})}
				value={from}
				min={earliest}
				onValue={setFrom}
				error={tried ? wrong : undefined}
				required
			/>
			<TextField type="date" label={t("Last day away")} value={until} min={from} onValue={setUntil} error={tried ? late : undefined} required />
			<Actions>
				<Button kind="primary" type="submit" busy={doing.busy}>
					{member ? t("Note the absence") : t("Note that I am away")}
				</Button>
			</Actions>
			<Trouble error={doing.error} />
		</form>
	);
}

const isNow = (a: Absence) => a.from <= Date.now() && a.until >= Date.now();

export function AbsenceTable({ rows, who, onDone }: { rows: Absence[]; who: boolean; onDone: () => void }) {
	const doing = useDoing();
	const end = (a: Absence) =>
		void doing.run(async () => {
			await ask('absence.end', { number: a.number });
			toast(t("The absence is over."), 'info');
			onDone();
		});
	const columns: Column<Absence>[] = [
		...(who ? [{ head: t("Who"), kind: 'main' as const, cell: (a: Absence) => a.name ?? a.member }] : []),
		{ head: t("First day away"), ...(who ? {} : { kind: 'main' as const }), cell: (a) => <span title={exactly(a.from)}>{onDay(a.from)}</span> },
		{ head: t("Last day away"), cell: (a) => <span title={exactly(a.until)}>{onDay(a.until)}</span> },
		{ head: t("State"), kind: 'narrow', cell: (a) => (isNow(a) ? <Tag tone="warn">{t("Away now")}</Tag> : <Tag tone="going">{t("To come")}</Tag>) },
		{ head: t("Said by"), cell: (a) => (a.said_by && a.said_by !== a.member ? a.said_by : '') },
		{
			head: t("End"),
			cell: (a) => <Button onClick={() => end(a)}>{isNow(a) ? t("I am back") : t("Take back")}</Button>,
		},
	];
	return (
		<>
			<Trouble error={doing.error} />
			<Table caption={t("Absences")} columns={columns} rows={rows} id={(a) => String(a.number)} empty={<Empty icon="check" title={t("Nobody is away")} />} />
		</>
	);
}

export function Deputies({ deputies }: { deputies: Deputy[] }) {
	if (!deputies.length)
		return (
			<Notice kind="warn">
				<p>{t("The policy names no deputy for you: what waits for you waits until you are back. Ask whoever runs the post for one.")}</p>
			</Notice>
		);
	return (
		<ol class="deputies">
			{deputies.map((d) => (
				<li key={d.member}>
					<b>{d.name ?? d.member}</b> <span class="quiet-text">{d.member}</span>
				</li>
			))}
		</ol>
	);
}

function Everybody() {
	const all = useAsk('absence.list', { all: true });
	return (
		<Card title={t("Everybody who is away")} flush>
			<Trouble error={all.error} again={all.again} />
			{all.data && <AbsenceTable rows={all.data.absences} who onDone={all.again} />}
		</Card>
	);
}

export function AbsencePage() {
	useLanguage();
	const who = useWho();
	const mine = useAsk('absence.list', {});
	return (
		<Page
			title={t("Absence and deputies")}
			lead={t("While you are away your deputies decide in your place, at once. What they decide is recorded in their name.")}
		>
			<Card title={t("I will be away")}>
				<AbsenceForm onDone={mine.again} />
			</Card>
			<Trouble error={mine.error} again={mine.again} />
			{mine.loading && !mine.data && <Loading />}
			{mine.data && mine.data.absences.length > 0 && (
				<Card title={t("Your absences")} flush>
					<AbsenceTable rows={mine.data.absences} who={false} onDone={mine.again} />
				</Card>
			)}
			{mine.data?.deputies && (
				<Card title={t("Your deputies")}>
					<Deputies deputies={mine.data.deputies} />
				</Card>
			)}
			{who && seesAll(who) && <Everybody />}
		</Page>
	);
}
