// Somebody who starts: person, team, manager and hats in one act, and a link to set a password with.
import { Button, Checkbox, Modal, TextInput } from '@mantine/core';
import { useRef, useState } from 'react';
import { post } from '../base/api';
import { useDraft } from '../base/draft';
import { day as dayText, instant } from '../base/format';
import { t } from '../base/i18n';
import { sayError } from '../base/toast';
import type { Role } from '../base/types';
import { RefPicker } from '../record/ref_picker';
import { starterSteps, together, type Starter } from './people_change';
import type { Org } from './people_data';
import { DayInput, Dialog, teamField, userField } from './people_forms';
import styles from './people.module.css';
import { roleText, ROLES } from './people_words';

interface Typed extends Starter {
  teamName: string | null;
  managerName: string | null;
  wantsLink: boolean;
}

export function StarterForm({ org, team, onClose, onMade }: { org: Org; team: number | null; onClose: () => void; onMade: (id: number) => void }) {
  const into = team ? org.byTeam.get(team) : undefined;
  const draft = useDraft<Typed>('starter', {
    name: '', email: '', title: '', day: org.day, roles: ['rep'], wantsLink: true,
    team: into?.id ?? null, teamName: into?.name ?? null,
    manager: into?.lead ?? null, managerName: org.byPerson.get(into?.lead ?? 0)?.name ?? null,
  });
  const typed = draft.value;
  const put = (part: Partial<Typed>) => draft.set((old) => ({ ...old, ...part }));
  const [link, setLink] = useState<{ url: string; expires: string } | null>(null);
  const made = useRef(0);
  const hasLink = useRef(false);
  const turn = (role: Role, isOn: boolean) => put({ roles: isOn ? [...typed.roles, role] : typed.roles.filter((one) => one !== role) });
  async function go() {
    if (!typed.name.trim()) throw new Error(t('people.nameNeeded'));
    await together(t('people.saidStarter', { name: typed.name.trim(), day: dayText(typed.day) }), starterSteps(typed, (id) => (made.current = id)));
    draft.clear();
    if (!typed.wantsLink || !typed.email.trim()) return;
    try {
      setLink((await post<{ url: string; expires: string }>('/reset-links', { user: made.current })).data);
      hasLink.current = true;
    } catch (error) {
      sayError(error);
    }
  }
  if (link)
    return (
      <Modal opened onClose={() => onMade(made.current)} title={t('people.linkTitle', { name: typed.name.trim() })} size={480} closeButtonProps={{ 'aria-label': t('close') }}>
        <div className={styles.link}>
          <code>{link.url}</code>
          <p className="small ink3">{t('people.linkHelp', { at: instant(link.expires) })}</p>
          <div><Button variant="filled" onClick={() => onMade(made.current)}>{t('people.done')}</Button></div>
        </div>
      </Modal>
    );
  return (
    <Dialog title={t('people.starter')} go={typed.name.trim() ? t('people.starterGo', { name: typed.name.trim() }) : t('people.starterGoNobody')} onGo={go}
      onClose={() => (hasLink.current ? undefined : made.current ? onMade(made.current) : onClose())}>
      <TextInput label={t('people.name')} value={typed.name} maxLength={200} required data-autofocus onChange={(e) => put({ name: e.currentTarget.value })} />
      <div className={styles.pair}>
        <TextInput label={t('people.email')} type="email" description={t('people.emailHelp')} inputWrapperOrder={['label', 'input', 'description', 'error']} value={typed.email} maxLength={254} onChange={(e) => put({ email: e.currentTarget.value })} />
        <TextInput label={t('people.jobTitle')} value={typed.title} maxLength={200} onChange={(e) => put({ title: e.currentTarget.value })} />
      </div>
      <DayInput label={t('people.startDay')} value={typed.day} onChange={(day) => put({ day })} />
      <div className={styles.pair}>
        <RefPicker field={teamField} label={t('people.team')} value={typed.team} name={typed.teamName} onPick={(id, name) => {
          const lead = id ? org.byTeam.get(id)?.lead : null;
          put({ team: id, teamName: name, ...(typed.manager || !lead ? {} : { manager: lead, managerName: org.byPerson.get(lead)?.name ?? null }) });
        }} />
        <RefPicker field={userField} label={t('people.manager')} value={typed.manager} name={typed.managerName} onPick={(id, name) => put({ manager: id, managerName: name })} />
      </div>
      <fieldset style={{ border: 0, padding: 0, margin: 0 }}>
        <legend className="small ink2" style={{ padding: 0, marginBottom: 6 }}>{t('people.hats')}</legend>
        <div className="row" style={{ gap: 14, flexWrap: 'wrap' }}>
          {ROLES.map((role) => (
            <Checkbox key={role} label={roleText(role)} checked={typed.roles.includes(role)} onChange={(e) => turn(role, e.currentTarget.checked)} />
          ))}
        </div>
      </fieldset>
      <Checkbox label={t('people.linkMake')} checked={typed.wantsLink} disabled={!typed.email.trim()} onChange={(e) => put({ wantsLink: e.currentTarget.checked })} />
    </Dialog>
  );
}
