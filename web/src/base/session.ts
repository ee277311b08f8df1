// Who is signed in, and what happens when the session ends in the middle of work: requests wait behind a
// sign-in laid over the page, then go on. Nothing that was typed is unmounted.
import { setExpiredHandler } from './api';
import { setGround } from './format';
import { makeStore, useStore } from './store';
import type { Role, Session } from './types';

export interface SessionState {
  phase: 'asking' | 'out' | 'in' | 'away';
  session: Session | null;
  /** The session ended while the page was open. */
  isExpired: boolean;
}

export const sessionStore = makeStore<SessionState>({ phase: 'asking', session: null, isExpired: false });

let waiting: (() => void)[] = [];

export function signedIn(session: Session) {
  const before = sessionStore.get();
  if (before.isExpired && before.session && before.session.user.id !== session.user.id) {
    location.assign('/');
    return;
  }
  setGround({
    zone: session.user.zone || session.company.zone || 'UTC',
    currency: session.company.currency || 'USD',
    today: session.today,
  });
  sessionStore.set({ phase: 'in', session, isExpired: false });
  const go = waiting;
  waiting = [];
  go.forEach((tell) => tell());
}

export function signedOut() {
  sessionStore.set({ phase: 'out', session: null, isExpired: false });
}

setExpiredHandler(
  () =>
    new Promise((resolve) => {
      if (sessionStore.get().phase !== 'in') return;
      waiting.push(resolve);
      sessionStore.set((state) => ({ ...state, isExpired: true }));
    }),
);

export const useSessionState = () => useStore(sessionStore);

/** Inside the app there is one. */
export function useSession(): Session {
  const { session } = useStore(sessionStore);
  if (!session) throw new Error('no session');
  return session;
}

export const hasRole = (session: Session, ...roles: Role[]) => roles.some((role) => session.roles.includes(role));
export const hasFeature = (session: Session, name: string) => session.features.includes(name);

export const mayImport = (session: Session) => hasFeature(session, 'import') && hasRole(session, 'admin', 'manager');

/** Which hats a person has. A rep, an administrator alone and an executive see the Course side. */
export function hatsOf(session: Session): ('course' | 'crew')[] {
  const hats: ('course' | 'crew')[] = [];
  if (hasRole(session, 'rep', 'manager', 'executive', 'admin')) hats.push('course');
  if (hasRole(session, 'leader')) hats.push('crew');
  return hats.length ? hats : ['course'];
}
