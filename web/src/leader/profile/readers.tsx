// Who can read the profile: its person, whom the person has shown it to, nobody else. And what others have shown.
import { ActionIcon, Button, Textarea } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useState } from 'react';
import { Link } from 'wouter';
import { patch, post, remove } from '../../base/api';
import { dayPlain } from '../../base/format';
import { t } from '../../base/i18n';
import { refresh, useGet } from '../../base/query';
import { useSession } from '../../base/session';
import { Bones } from '../../base/states';
import { say, sayError } from '../../base/toast';
import type { Field, Page, Row } from '../../base/types';
import { Face } from '../../home/parts';
import { RefPicker } from '../../record/ref_picker';
import styles from './profile.module.css';

const reader: Field = { name: 'reader', label: '', type: 'ref', ref: 'user', flags: ['required'] };

export function Readers({ role, situation }: { role: string | undefined; situation: string | undefined }) {
  const session = useSession();
  const me = session.user.id;
  const { data } = useGet<Page>('/profile_shares', { params: { limit: 100, order: 'day.desc', select: 'id,person,reader,day' }, of: ['profile_share'], now: true });
  const [who, setWho] = useState<{ id: number | null; name: string | null }>({ id: null, name: null });
  const mine = (data?.rows ?? []).filter((row) => row.person === me);
  const theirs = (data?.rows ?? []).filter((row, i, all) => row.reader === me && all.findIndex((one) => one.person === row.person) === i);
  async function share() {
    try {
      const asked = new URLSearchParams(Object.entries({ role, situation }).filter((pair): pair is [string, string] => Boolean(pair[1]))).toString();
      const { seq } = await post(`/profile/shares${asked ? `?${asked}` : ''}`, { reader: who.id });
      say({ text: t('profile.saidShared', { name: who.name ?? '' }), seq });
      setWho({ id: null, name: null });
      refresh(['profile_share']);
    } catch (error) {
      sayError(error);
    }
  }
  async function takeBack(row: Row) {
    try {
      await remove(`/profile_shares/${row.id}`);
      say({ text: t('profile.saidUnshared', { name: row.names?.reader ?? '' }) });
      refresh(['profile_share']);
    } catch (error) {
      sayError(error);
    }
  }
  return (
    <section className="card" aria-label={t('profile.readers')}>
      <div className="card-head"><h2>{t('profile.readers')}</h2></div>
      {!data ? <Bones count={2} height={44} /> : (
        <ul className="lines">
          <li className={styles.reader}><Face name={session.user.name} /><span className="grow"><span className="medium">{t('profile.you')}</span><span className="small ink3">{t('profile.always')}</span></span></li>
          {mine.map((row) => (
            <li key={row.id} className={styles.reader}>
              <Face name={row.names?.reader ?? ''} />
              <span className="grow"><span className="medium">{row.names?.reader}</span><span className="small ink3">{t('profile.sharedOn', { day: dayPlain(String(row.day)) })}</span></span>
              <ActionIcon variant="subtle" aria-label={t('profile.unshare', { name: row.names?.reader ?? '' })} title={t('profile.takeBack')} onClick={() => void takeBack(row)}><IconX size={14} stroke={1.6} /></ActionIcon>
            </li>
          ))}
          <li className={styles.reader}><span className="avatar" aria-hidden>–</span><span className="grow"><span className="medium">{t('profile.nobodyElse')}</span><span className="small ink3">{t('profile.never')}</span></span></li>
          {theirs.map((row) => (
            <li key={row.id} className={styles.reader}>
              <Face name={row.names?.person ?? ''} />
              <span className="grow"><span className="medium">{row.names?.person}</span><span className="small ink3">{t('profile.shownToYou')}, {dayPlain(String(row.day))}</span></span>
              <Link href={`/profile/${row.person}`}>{t('profile.read')}</Link>
            </li>
          ))}
        </ul>
      )}
      <div className={styles.share}>
        <RefPicker field={reader} label={t('profile.share')} value={who.id} name={who.name} onPick={(id, name) => setWho({ id, name })} />
        <Button disabled={!who.id || who.id === me} onClick={() => void share()}>{t('profile.shareDo')}</Button>
      </div>
    </section>
  );
}

function Decision({ row }: { row: Row }) {
  const [answer, setAnswer] = useState('');
  const put = async (state: 'left_out' | 'kept') => {
    try {
      const { seq } = await patch(`/act_contests/${row.id}`, { state, answer });
      say({ text: t('profile.saidDecided'), seq });
      refresh(['act_contest']);
    } catch (error) {
      sayError(error);
    }
  };
  return (
    <li className={styles.decision}>
      <p><span className="medium">{row.names?.person}</span>: {String(row.label)}, {dayPlain(String(row.day))}</p>
      <p className="ink2">{String(row.reason ?? '')}</p>
      <Textarea aria-label={t('profile.answer')} placeholder={t('profile.answer')} value={answer} onChange={(e) => setAnswer(e.currentTarget.value)} autosize minRows={1} />
      <div className="row">
        <Button disabled={!answer.trim()} onClick={() => void put('left_out')}>{t('profile.leaveOut')}</Button>
        <Button variant="subtle" disabled={!answer.trim()} onClick={() => void put('kept')}>{t('profile.keep')}</Button>
      </div>
    </li>
  );
}

/** Acts that others contest and I decide on. */
export function Decisions() {
  const me = useSession().user.id;
  const { data } = useGet<Page>('/act_contests', { filter: `second=eq.${me}&state=eq.open`, params: { limit: 50 }, of: ['act_contest'], now: true });
  if (!data?.rows.length) return null;
  return (
    <section className="card" aria-label={t('profile.decide')}>
      <div className="card-head"><h2>{t('profile.decide')}</h2><span className="ink3 cut">{t('profile.decideSub')}</span></div>
      <ul className="lines">{data.rows.map((row) => <Decision key={row.id} row={row} />)}</ul>
    </section>
  );
}
