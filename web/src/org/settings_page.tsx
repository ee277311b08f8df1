// Settings: one's own sign-in for everybody; company, pipelines, fields, connections and data for administrators.
// /settings/stages; without a section an administrator begins with the company, everybody else with oneself.
import { Select } from '@mantine/core';
import { Suspense, lazy, type ComponentType } from 'react';
import { Link, useLocation, useParams } from 'wouter';
import { t, type Key } from '../base/i18n';
import { useMeta, type Meta } from '../base/meta';
import { hasRole, useSession } from '../base/session';
import { Bones } from '../base/states';
import { useTitle } from '../base/title';
import type { Role } from '../base/types';
import { useIsPhone } from '../base/width';
import Missing from '../frame/missing';
import { BoardChoiceCard } from '../manager/board_choice_card';
import { AboutMeCard } from './about_me_card';
import { AccessCard } from './access_card';
import { CalendarCard } from './calendar_card';
import { AuditCard, BackupCard, CompanyCard, ResetLinkCard } from './company_cards';
import { DigestCard } from './digest_card';
import { PasswordCard, SessionsCard } from './own_cards';
import { SecondFactorCard } from './second_factor_card';
import styles from './settings.module.css';
import { TokensCard } from './tokens_card';

interface Section {
  name: string;
  label: Key;
  isAdmin: boolean;
  /** Others who have it beside administrators. */
  also?: Role;
  /** What a feature switch can take away. */
  isThere?: (meta: Meta) => boolean;
  cards: ComponentType[];
}

const StagesSection = lazy(() => import('./stages_section'));
const FieldsSection = lazy(() => import('./fields_section'));
const WebhooksSection = lazy(() => import('./webhooks_section'));
const PrivacySection = lazy(() => import('./privacy_section'));

/** A feature without records of its own. */
const Calendar = () => (useSession().features.includes('calendar_feed') ? <CalendarCard /> : null);
const Digest = () => (useSession().features.includes('digest') ? <DigestCard /> : null);

const SECTIONS: Section[] = [
  { name: 'company', label: 'settings.company', isAdmin: true, cards: [CompanyCard, ResetLinkCard] },
  { name: 'stages', label: 'stages.title', isAdmin: true, cards: [StagesSection] },
  { name: 'fields', label: 'fields.title', isAdmin: true, cards: [FieldsSection] },
  { name: 'webhooks', label: 'hooks.title', isAdmin: true, isThere: (meta) => meta.byName.has('webhook'), cards: [WebhooksSection] },
  { name: 'data', label: 'settings.data', isAdmin: true, cards: [BackupCard, AuditCard] },
  { name: 'privacy', label: 'privacy.processing', isAdmin: true, also: 'works_council', cards: [PrivacySection] },
  { name: 'you', label: 'settings.you', isAdmin: false, cards: [PasswordCard, SecondFactorCard, Digest, Calendar, SessionsCard, BoardChoiceCard] },
  { name: 'tokens', label: 'settings.tokens', isAdmin: false, cards: [TokensCard] },
  { name: 'access', label: 'privacy.short', isAdmin: false, cards: [AboutMeCard, AccessCard] },
];

export default function SettingsPage() {
  const session = useSession();
  const meta = useMeta();
  const isPhone = useIsPhone();
  const { section: asked } = useParams<{ section?: string }>();
  const [, go] = useLocation();
  const sections = SECTIONS.filter((one) => (!one.isAdmin || hasRole(session, 'admin', ...(one.also ? [one.also] : []))) && (one.isThere?.(meta) ?? true));
  const section = asked ? sections.find((one) => one.name === asked) : sections[0];
  useTitle(section ? t(section.label) : t('settings.title'));
  if (!section) return <Missing />;
  return (
    <div className="page">
      <header className="page-head">
        <h1>{t('settings.title')}</h1>
        <span className="sub">{session.user.email}</span>
      </header>
      <div className={styles.layout}>
        {isPhone ? (
          <Select aria-label={t('settings.section')} value={section.name} allowDeselect={false} data={sections.map((one) => ({ value: one.name, label: t(one.label) }))} onChange={(name) => go(`/settings/${name}`)} />
        ) : (
          <nav aria-label={t('settings.section')} className={styles.nav}>
            {sections.map((one) => <Link key={one.name} href={`/settings/${one.name}`} aria-current={one === section ? 'page' : undefined}>{t(one.label)}</Link>)}
          </nav>
        )}
        <div className={styles.column}>
          <Suspense fallback={<div className="card"><Bones count={4} /></div>}>
            {section.cards.map((Card, i) => <Card key={i} />)}
          </Suspense>
        </div>
      </div>
    </div>
  );
}
