// Open alerts on a home page: what has changed beyond chance; nothing is shown while nothing has.
import { Link } from 'wouter';
import { dayPlain, number, percent } from '../base/format';
import { t } from '../base/i18n';
import { num, rowsOf, str, type Brief } from './brief';
import { Card } from './parts';

export function Alerts({ brief, span }: { brief: Brief; span: number }) {
  const rows = rowsOf(brief, 'alerts');
  if (!rows.length) return null;
  return (
    <Card title={t('watch.homeTitle')} sub={number(rows.length + (brief.sections.alerts?.left_out ?? 0), 0)} span={span} hint={brief.sections.alerts?.note} end={<Link href="/watch">{t('watch.all')}</Link>}>
      <ul className="lines">
        {rows.map((line) => (
          <li key={String(line.alert)}>
            <span>
              <span className="medium">{str(line, 'measure')}: {str(line, 'whose')}</span> <span className={str(line, 'direction') === 'rises' ? 'tag good' : 'tag down'}>{t(str(line, 'direction') === 'rises' ? 'watch.rose' : 'watch.fell')}</span>
              <span className="small ink3" style={{ display: 'block' }}>{t('watch.since', { day: dayPlain(str(line, 'since_day')) })}: {t('watch.size', { n: number(num(line, 'observed') ?? 0, 0), expected: number(num(line, 'expected') ?? 0, 0), low: percent(num(line, 'low') ?? 0), high: percent(num(line, 'high') ?? 0) })}</span>
            </span>
          </li>
        ))}
      </ul>
    </Card>
  );
}
