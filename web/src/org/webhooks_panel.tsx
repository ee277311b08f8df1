// What was sent by one webhook of late, and what can be done about it.
import { Button } from '@mantine/core';
import { useState } from 'react';
import { instant, instantFull, number } from '../base/format';
import { t } from '../base/i18n';
import { client } from '../base/query';
import { Bones } from '../base/states';
import { sayError } from '../base/toast';
import styles from './settings.module.css';
import { isPrivate, isTaken, makeSecret, removeHook, sendAgain, type Deliveries, type Delivery, type Hook } from './webhooks_data';

const SHOWN = 20;
const ANSWER_MS = 700;

interface Props {
  hook: Hook;
  isMine: boolean;
  sent: Deliveries | undefined;
  onEdit: () => void;
  onSecret: (secret: string) => void;
}

/** A button that asks once more before it does what cannot be taken back. */
function Sure({ label, sure, act }: { label: string; sure: string; act: () => Promise<void> }) {
  const [isAsked, setAsked] = useState(false);
  if (!isAsked) return <Button variant="subtle" onClick={() => setAsked(true)}>{label}</Button>;
  return (
    <span className="row">
      <Button color="red" onClick={() => void act().finally(() => setAsked(false))}>{sure}</Button>
      <Button variant="subtle" onClick={() => setAsked(false)}>{t('cancel')}</Button>
    </span>
  );
}

function SentRow({ one, canSend, send }: { one: Delivery; canSend: boolean; send: (number: number) => void }) {
  return (
    <tr>
      <td title={instantFull(one.at)}>{instant(one.at)}</td>
      <td className="num">{one.event ? number(one.event, 0) : t('hooks.trial')}</td>
      <td>
        <span className={isTaken(one) ? 'good' : 'down medium'}>{one.status ?? t('hooks.noAnswer')}</span>
        {one.error && <span className={`small ink2 ${styles.fact}`}>{one.error}</span>}
      </td>
      <td className="num">{t('hooks.ms', { n: number(one.ms, 0) })}</td>
      <td className="num">{canSend && <button className="linklike small" aria-label={t('hooks.againOf', { n: one.number })} onClick={() => send(one.number)}>{t('hooks.again')}</button>}</td>
    </tr>
  );
}

export function HookPanel({ hook, isMine, sent, onEdit, onSecret }: Props) {
  const [isBusy, setBusy] = useState(false);
  const readAgain = () => client.invalidateQueries({ predicate: (query) => query.queryKey[0] === `/webhooks/${hook.id}/deliveries` });
  async function send(number: number | null) {
    setBusy(true);
    if (await sendAgain(hook, number)) {
      // It is taken up at once; a receiver that is slow shows with the next reading.
      await new Promise((done) => setTimeout(done, ANSWER_MS));
      await readAgain();
    }
    setBusy(false);
  }
  const renew = () => makeSecret(hook).then(onSecret, sayError);
  if (!sent) return <Bones count={2} height={36} />;
  const canSend = isMine && hook.is_active && sent.has_secret && !isBusy;
  return (
    <div className={styles.panel}>
      {!isMine && <p className="small ink3">{t('hooks.notYours', { name: hook.names?.owner ?? '' })}</p>}
      <div className={styles.acts}>
        {isMine && <Button disabled={!canSend} onClick={() => void send(null)}>{t(isBusy ? 'hooks.testSent' : 'hooks.test')}</Button>}
        {isMine && <Button variant="subtle" onClick={onEdit}>{t('hooks.edit')}</Button>}
        {isMine && <Sure label={t('hooks.newSecret')} sure={t('hooks.newSecretSure')} act={renew} />}
        <Sure label={t('hooks.remove')} sure={t('hooks.removeSure')} act={() => removeHook(hook)} />
      </div>
      {sent.rows[0] && isPrivate(sent.rows[0]) && <p className={`small ${styles.why}`} role="note">{t('hooks.private')} <code>COX_WEBHOOK_HOSTS={hostOf(hook.url)} coxswain serve</code></p>}
      {sent.rows.length > 0 ? (
        <div className={styles.scroll} tabIndex={0} role="region" aria-label={t('hooks.detailsOf', { name: hook.name })}>
          <table className="table">
            <thead><tr><th>{t('hooks.when')}</th><th className="num">{t('hooks.event')}</th><th>{t('hooks.answer')}</th><th className="num">{t('hooks.took')}</th><th /></tr></thead>
            <tbody>{sent.rows.slice(0, SHOWN).map((one) => <SentRow key={one.number} one={one} canSend={canSend} send={(n) => void send(n)} />)}</tbody>
          </table>
        </div>
      ) : <p className="small ink3">{t('hooks.neverSent')}</p>}
    </div>
  );
}

function hostOf(address: string): string {
  try {
    return new URL(address).hostname;
  } catch {
    return address;
  }
}
