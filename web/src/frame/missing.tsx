import { Button } from '@mantine/core';
import { useLocation } from 'wouter';
import { t } from '../base/i18n';
import { Empty } from '../base/states';

/** There is nothing, or nothing one may see: the same words for both. */
export default function Missing() {
  const [, go] = useLocation();
  return (
    <div className="page">
      <Empty title={t('missing.title')} actions={<Button onClick={() => go('/')}>{t('missing.home')}</Button>}>
        {t('missing.help')}
      </Empty>
    </div>
  );
}
