// From the session to the page: sign-in or frame, and in the frame the first page of the rooms whose path fits.
import { MantineProvider, Modal, type MantineColorSchemeManager } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { Suspense, lazy, useEffect, useMemo, type ComponentType } from 'react';
import { Redirect, Route, Switch, useLocation } from 'wouter';
import { ApiError, get } from './base/api';
import { startEvents, stopEvents } from './base/events';
import { isRightToLeft, t, useLanguage } from './base/i18n';
import { lookStore, useLook, type Scheme } from './base/look';
import { MetaProvider, useMadeMeta, useMeta, useMetaQuery } from './base/meta';
import { client } from './base/query';
import type { PageRoute } from './base/room';
import { signedIn, signedOut, sessionStore, useSession, useSessionState } from './base/session';
import { Bones, Empty, Failing, Fence } from './base/states';
import { makeTheme, resolver } from './base/theme';
import { ToastLine } from './base/toast';
import type { Session } from './base/types';
import { useEntries } from './frame/entries';
import { Frame } from './frame/frame';
import Missing from './frame/missing';
import { ResetPage } from './frame/reset';
import { SignInForm, SignInPage } from './frame/sign_in';
import { useWords } from './lang';
import { rooms } from './rooms';

const RETRY_MS = 2000;

async function ask() {
  try {
    const session = await get<Session>('/session', { open: true, now: true });
    await useWords(session.user.locale);
    signedIn(session);
  } catch (error) {
    await useWords(null);
    if (error instanceof ApiError && error.status === 401) return signedOut();
    sessionStore.set((old) => ({ ...old, phase: 'away' }));
    setTimeout(() => void ask(), RETRY_MS);
  }
}

const pageOf = new Map<PageRoute, ComponentType>();
function viewOf(page: PageRoute): ComponentType {
  let view = pageOf.get(page);
  if (!view) {
    view = lazy(page.load);
    pageOf.set(page, view);
  }
  return view;
}

function Home() {
  const first = useEntries().find((entry) => entry.to !== '/');
  return first ? <Redirect to={first.to} replace /> : <Missing />;
}

function Pages() {
  const session = useSession();
  const meta = useMeta();
  const metaQuery = useMetaQuery();
  const [location] = useLocation();
  const pages = useMemo(() => rooms.flatMap((room) => room.pages).filter((page) => page.isThere?.(session, meta) ?? true), [session, meta]);
  if (metaQuery.error && !metaQuery.data) return <Failing error={metaQuery.error} retry={() => void metaQuery.refetch()} />;
  if (!metaQuery.data) return <Bones count={8} />;
  return (
    <Fence key={location}>
      <Suspense fallback={<Bones count={8} />}>
        <Switch>
          {pages.map((page) => (
            <Route key={page.path} path={page.path} component={viewOf(page)} />
          ))}
          <Route path="/" component={Home} />
          <Route component={Missing} />
        </Switch>
      </Suspense>
    </Fence>
  );
}

function Expired({ session }: { session: Session }) {
  return (
    <Modal opened onClose={() => undefined} withCloseButton={false} closeOnEscape={false} closeOnClickOutside={false} title={t('expired.title')} size={380} zIndex={1000}>
      <p className="ink2">{t('expired.help')}</p>
      <SignInForm email={session.user.email} />
    </Modal>
  );
}

function SignedIn() {
  const { session, isExpired } = useSessionState();
  const meta = useMadeMeta();
  useEffect(() => {
    if (isExpired) return stopEvents();
    startEvents();
  }, [isExpired]);
  return (
    <MetaProvider value={meta}>
      <Frame>
        <Pages />
      </Frame>
      {isExpired && session && <Expired session={session} />}
    </MetaProvider>
  );
}

function Inside() {
  const { phase } = useSessionState();
  const [location, go] = useLocation();
  useLanguage();
  useEffect(() => void ask(), []);
  if (location === '/reset' && phase !== 'asking') return <ResetPage onDone={() => go('/', { replace: true })} />;
  if (phase === 'out') return <SignInPage />;
  if (phase === 'in') return <SignedIn />;
  if (phase === 'away') return <Empty title={t('away.title')}>{t('away.help')}</Empty>;
  return null;
}

/** Mantine asks and tells our own store. */
const schemes: MantineColorSchemeManager = {
  get: () => lookStore.get().scheme,
  set: (value) => lookStore.set((look) => ({ ...look, scheme: value as Scheme })),
  subscribe: () => undefined,
  unsubscribe: () => undefined,
  clear: () => undefined,
};

function Painted() {
  const look = useLook();
  const theme = useMemo(() => makeTheme(look.hat), [look.hat]);
  const forced = look.scheme === 'auto' ? undefined : look.scheme;
  useLanguage();
  return (
    <MantineProvider theme={theme} cssVariablesResolver={resolver} colorSchemeManager={schemes} defaultColorScheme="auto" forceColorScheme={forced}>
      <Fence>
        <Inside />
        <ToastLine />
      </Fence>
    </MantineProvider>
  );
}

export function App() {
  useLanguage();
  return (
    <QueryClientProvider client={client}>
      <Painted key={isRightToLeft() ? 'rtl' : 'ltr'} />
    </QueryClientProvider>
  );
}
