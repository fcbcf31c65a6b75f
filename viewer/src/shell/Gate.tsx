import { Suspense, type ReactNode } from 'react';
import { Navigate, useLocation } from 'react-router';
import { ErrorBoundary } from './ErrorBoundary.tsx';
import { FirstPassword } from './FirstPassword.tsx';
import { SessionProvider, useSessionQuery } from './session.tsx';
import { Failed, Loading } from './states.tsx';

/** Nothing below is shown before the hub has said who is signed in. */
export function Gate({ children }: { children: ReactNode }) {
  const session = useSessionQuery();
  const location = useLocation();
  if (session.isPending) return <Loading />;
  // Who is signed in already keeps the page and what is typed in it.
  if (session.isError && session.data === undefined)
    return <Failed error={session.error} retry={() => void session.refetch()} />;
  if (!session.data) {
    const from = location.pathname + location.search;
    return <Navigate to={from === '/' ? '/login' : `/login?from=${encodeURIComponent(from)}`} replace />;
  }
  return (
    <SessionProvider value={session.data}>
      <ErrorBoundary resetKey={location.pathname}>
        <Suspense fallback={<Loading />}>
          {session.data.user.mustChangePassword ? <FirstPassword /> : children}
        </Suspense>
      </ErrorBoundary>
    </SessionProvider>
  );
}
