// Talent of whom one leads: skills, the ladder, who could follow, programmes of pairs. Who leads nobody sees oneself.
import { Button, SegmentedControl, Select, Tabs } from '@mantine/core';
import { useState } from 'react';
import { Link, useLocation, useParams } from 'wouter';
import { post } from '../../base/api';
import { useAsOf } from '../../base/as_of';
import { dayPlain } from '../../base/format';
import { t } from '../../base/i18n';
import { useHat } from '../../base/look';
import { may, useMeta } from '../../base/meta';
import { refresh, useGet } from '../../base/query';
import { hasRole, useSession } from '../../base/session';
import { Bones, Empty, Failing } from '../../base/states';
import { useTitle } from '../../base/title';
import { say, sayError } from '../../base/toast';
import type { Page, Row } from '../../base/types';
import { useIsPhone } from '../../base/width';
import { Face } from '../../home/parts';
import { FollowForm } from './forms';
import { PersonTalent } from './person_page';
import { Programmes } from './programmes';
import { Legend, Scale } from './scale';
import styles from './talent.module.css';
import { HATS, OF_SKILLS, type Matrix, type SkillHat } from './talent_data';

function NoCatalogue({ canEdit }: { canEdit: boolean }) {
  const take = async () => {
    try {
      const { data, seq } = await post<{ added: number }>('/talent/catalogue', undefined);
      say({ text: t('talent.tookOver', { n: data.added }), seq });
      refresh(['skill']);
    } catch (error) {
      sayError(error);
    }
  };
  return (
    <Empty title={t('talent.noCatalogue')}>
      {t('talent.noCatalogueHelp')}
      {canEdit && <p style={{ marginTop: 10 }}><Button variant="filled" onClick={() => void take()}>{t('talent.takeOver')}</Button></p>}
    </Empty>
  );
}

/* ---- skills ---- */

function Table({ matrix, hat, only }: { matrix: Matrix; hat: SkillHat; only: number | null }) {
  const skills = matrix.skills.filter((one) => one.hat === hat && (only === null || one.id === only));
  return (
    <div className={styles.scroll} tabIndex={0} role="group" aria-label={t('talent.skills')}>
      <table className={`table ${styles.matrix}`}>
        <thead><tr><th scope="col">{t('talent.person')}</th>{skills.map((one) => <th key={one.id} scope="col">{one.name}</th>)}</tr></thead>
        <tbody>
          {matrix.people.map((person) => (
            <tr key={person.user}>
              <td><span className="row"><Face name={person.name} /><Link className="medium quiet cut" href={`/talent/people/${person.user}`}>{person.name}</Link></span></td>
              {skills.map((skill) => {
                const cell = person.cells.find((one) => one.skill === skill.id);
                return <td key={skill.id}>{cell ? <Scale of={cell} self={cell.self} name={`${person.name}, ${skill.name}`} /> : <span className={styles.blank} aria-label={t('talent.unseen')} role="img">·</span>}</td>;
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Skills({ canEdit }: { canEdit: boolean }) {
  const { data, error, refetch } = useGet<Matrix>('/talent/matrix', { of: ['skill', 'skill_rating'], now: true });
  const [hat, setHat] = useState<SkillHat>('seller');
  const [only, setOnly] = useState<string | null>(null);
  const isPhone = useIsPhone();
  if (error && !data) return <div className="card"><Failing error={error} retry={() => void refetch()} /></div>;
  if (!data) return <div className="card"><Bones count={8} height={38} /></div>;
  if (!data.skills.length) return <NoCatalogue canEdit={canEdit} />;
  const here = data.skills.filter((one) => one.hat === hat);
  const shown = here.find((one) => String(one.id) === only) ?? here[0];
  return (
    <>
      <div className={styles.tools}>
        <SegmentedControl aria-label={t('talent.whose')} value={hat} onChange={(value) => { setHat(value as SkillHat); setOnly(null); }} data={HATS.map((one) => ({ value: one, label: t(`talent.${one}`) }))} />
        {isPhone && <Select aria-label={t('talent.skill')} value={shown ? String(shown.id) : null} allowDeselect={false} data={here.map((one) => ({ value: String(one.id), label: one.name }))} onChange={setOnly} />}
        <span className="small ink3">{t('talent.readBy')}</span>
      </div>
      <section className="card" aria-label={t('talent.skills')}>
        <Table matrix={data} hat={hat} only={isPhone && shown ? shown.id : null} />
        <Legend />
      </section>
      {data.people.every((one) => one.cells.length === 0) && <p className="ink3" style={{ marginTop: 12 }}>{t('talent.nobody')} {t('talent.nobodyHelp')}</p>}
    </>
  );
}

/* ---- the ladder ---- */

function Pips({ level }: { level: number }) {
  return <span className={styles.pips} role="img" aria-label={t('talent.expects', { n: level })}>{[1, 2, 3, 4, 5].map((one) => <i key={one} data-on={one <= level || undefined} />)}</span>;
}

function Ladder({ canEdit }: { canEdit: boolean }) {
  const of = { of: OF_SKILLS.concat('career_track'), now: true, params: { limit: 500 } };
  const tracks = useGet<Page>('/career_tracks', of);
  const rungs = useGet<Page>('/career_rungs', of);
  const expectations = useGet<Page>('/rung_expectations', of);
  const places = useGet<Page>('/career_places', of);
  const error = tracks.error ?? rungs.error ?? expectations.error;
  if (error && !tracks.data) return <div className="card"><Failing error={error} retry={() => void tracks.refetch()} /></div>;
  if (!tracks.data || !rungs.data || !expectations.data) return <div className="card"><Bones count={5} /></div>;
  if (!tracks.data.rows.length) {
    return <Empty title={t('talent.noLadder')}>{t('talent.noLadderHelp')}{canEdit && <p style={{ marginTop: 10 }}><Link className="linklike" href="/career_tracks/new">{t('talent.newTrack')}</Link></p>}</Empty>;
  }
  const count = (rung: number) => (places.data?.rows ?? []).filter((one) => one.rung === rung).length;
  return (
    <div className={styles.stack}>
      {canEdit && <div className={styles.tools} style={{ margin: 0 }}><Link className="linklike" href="/career_rungs">{t('talent.editLadder')}</Link><Link className="linklike" href="/rung_expectations/new">{t('talent.newExpectation')}</Link></div>}
      {tracks.data.rows.map((track) => (
        <section key={track.id} className="card" aria-label={String(track.name)}>
          <div className="card-head"><h2>{String(track.name)}</h2></div>
          <div className={styles.rungs} tabIndex={0} role="group" aria-label={String(track.name)}>
            {rungs.data!.rows.filter((one) => one.track === track.id).sort((a, b) => Number(a.position) - Number(b.position)).map((rung) => {
              const asked = expectations.data!.rows.filter((one) => one.rung === rung.id);
              return (
                <div key={rung.id} className={styles.rung}>
                  <div className={styles.top}><Link className="medium quiet" href={`/career_rungs/${rung.id}`}>{String(rung.name)}</Link>{count(rung.id) > 0 && <span className="end small ink3">{t('talent.people', { n: count(rung.id) })}</span>}</div>
                  {asked.length ? <ul>{asked.map((one) => <li key={one.id}><span className="cut">{one.names?.skill}</span><Pips level={Number(one.level)} /></li>)}</ul> : <p className="ink3 small">{t('talent.nothingExpected')}</p>}
                </div>
              );
            })}
          </div>
        </section>
      ))}
    </div>
  );
}

/* ---- succession ---- */

function Succession({ canEdit }: { canEdit: boolean }) {
  const positions = useGet<Page>('/positions', { of: ['position'], now: true, params: { limit: 200 } });
  const follows = useGet<Page>('/successors', { of: ['successor'], now: true, params: { limit: 500 } });
  const [naming, setNaming] = useState<Row | null>(null);
  const mayName = canEdit && hasRole(useSession(), 'leader', 'executive');
  if (positions.error && !positions.data) return <div className="card"><Failing error={positions.error} retry={() => void positions.refetch()} /></div>;
  if (!positions.data || !follows.data) return <div className="card"><Bones count={5} /></div>;
  if (!positions.data.rows.length) {
    return <Empty title={t('talent.noPositions')}>{t('talent.noPositionsHelp')}{mayName && <p style={{ marginTop: 10 }}><Link className="linklike" href="/positions/new">{t('talent.newPosition')}</Link></p>}</Empty>;
  }
  return (
    <div className={styles.stack}>
      <div className={styles.tools} style={{ margin: 0 }}><span className="small ink3">{t('talent.succHelp')}</span>{mayName && <Link className="linklike" href="/positions/new">{t('talent.newPosition')}</Link>}</div>
      <div className={`grid12 ${styles.positions}`}>
        {positions.data.rows.map((position) => {
          const named = follows.data!.rows.filter((one) => one.position === position.id);
          return (
            <section key={position.id} className="card" aria-label={String(position.name)}>
              <div className="card-head">
                <h2 className="cut"><Link className="quiet" href={`/positions/${position.id}`}>{String(position.name)}</Link></h2>
                <span className="ink3 cut">{position.names?.holder ? t('talent.holder', { name: position.names.holder }) : t('talent.vacant')}</span>
                {mayName && <span className="end"><Button variant="subtle" aria-label={`${t('talent.name')}: ${String(position.name)}`} onClick={() => setNaming(position)}>{t('talent.name')}</Button></span>}
              </div>
              {named.length === 0 ? <p className={`ink3 ${styles.note}`}>{t('talent.nobodyFollows')}</p> : (
                <ul className="lines">
                  {named.map((one) => (
                    <li key={one.id} className={styles.quiet}>
                      <div className={styles.top}><Link className="medium quiet" href={`/talent/people/${one.person}`}>{one.names?.person}</Link><span className="tag">{t(`talent.ready.${String(one.readiness)}` as 'talent.ready.now')}</span></div>
                      <p className="ink2" dir="auto">{String(one.why ?? '')}</p>
                      <p className="small ink3">{t('talent.statedBy', { name: one.names?.stated_by ?? '', day: one.stated_day ? dayPlain(String(one.stated_day)) : '' })}</p>
                      {one.comment && <p className={styles.comment} dir="auto">{t('talent.contested', { name: one.names?.person ?? '', text: String(one.comment) })}</p>}
                    </li>
                  ))}
                </ul>
              )}
            </section>
          );
        })}
      </div>
      {naming && <FollowForm position={naming.id} positionName={String(naming.name)} onClose={() => setNaming(null)} />}
    </div>
  );
}

/* ---- the page ---- */

const TABS = ['skills', 'ladder', 'succession', 'pairs'] as const;
type Tab = (typeof TABS)[number];

export default function TalentPage() {
  const session = useSession();
  const meta = useMeta();
  const canEdit = !useAsOf();
  const leads = hasRole(session, 'manager', 'leader', 'executive');
  const params = useParams<{ tab?: string }>();
  const [, go] = useLocation();
  const tab: Tab = TABS.find((one) => one === params.tab) ?? 'skills';
  const mayLibrary = may(meta.byName.get('skill'), 'create');
  useTitle(t(leads ? 'talent.title' : 'talent.mine'));
  useHat('crew', leads);
  return (
    <div className="page">
      <header className="page-head">
        <h1>{t(leads ? 'talent.title' : 'talent.mine')}</h1>
        {canEdit && mayLibrary && tab === 'skills' && <div className="actions"><Link className="linklike" href="/skills">{t('talent.editCatalogue')}</Link></div>}
      </header>
      <Tabs value={tab} onChange={(value) => go(value === 'skills' ? '/talent' : `/talent/${value}`)} keepMounted={false}>
        <Tabs.List aria-label={t('talent.tabs')} mb={14}>
          {TABS.filter((one) => leads || one !== 'succession').map((one) => <Tabs.Tab key={one} value={one}>{t(one === 'skills' && !leads ? 'talent.aboutMe' : `talent.${one}`)}</Tabs.Tab>)}
        </Tabs.List>
        <Tabs.Panel value="skills">{leads ? <Skills canEdit={canEdit && mayLibrary} /> : <><p className="small ink3" style={{ margin: '-4px 0 12px', maxWidth: 760 }}>{t('talent.aboutMeHelp')}</p><PersonTalent id={session.user.id} hasHead={false} /></>}</Tabs.Panel>
        <Tabs.Panel value="ladder"><Ladder canEdit={canEdit && mayLibrary} /></Tabs.Panel>
        <Tabs.Panel value="succession"><Succession canEdit={canEdit} /></Tabs.Panel>
        <Tabs.Panel value="pairs"><Programmes canEdit={canEdit} /></Tabs.Panel>
      </Tabs>
    </div>
  );
}
