// Home by the hat that is worn.
import { Suspense, lazy } from 'react';
import { Redirect } from 'wouter';
import { useLook } from '../base/look';
import { hasRole, useSession } from '../base/session';
import { Bones } from '../base/states';

const ManagerHome = lazy(() => import('./manager'));
const LeaderHome = lazy(() => import('./leader'));
const RepHome = lazy(() => import('./rep'));

export default function HomePage() {
  const session = useSession();
  const { hat } = useLook();
  const isManager = hasRole(session, 'manager', 'executive');
  if (!hasRole(session, 'rep', 'manager', 'leader', 'executive')) return <Redirect to="/settings" replace />;
  const Page = hat === 'crew' && hasRole(session, 'leader') ? LeaderHome : isManager ? ManagerHome : hasRole(session, 'leader') && !hasRole(session, 'rep') ? LeaderHome : RepHome;
  return (
    <Suspense fallback={<Bones count={8} />}>
      <Page />
    </Suspense>
  );
}
