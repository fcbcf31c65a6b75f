import { Navigate } from 'react-router';
import { modules } from '../centers/index.ts';
import { has, requests } from './access.ts';
import { useSession } from './session.tsx';

/** Where a person's day starts. */
export function Home() {
  const session = useSession();
  if (requests(session)) return <Navigate to="/home" replace />;
  if (session.roles.every((grant) => grant.role === 'registrar')) return <Navigate to="/queue" replace />;
  const first = session.centers[0];
  if (first) return <Navigate to={`/${first}`} replace />;
  if (has(session, 'system-admin', 'security-admin')) return <Navigate to="/admin" replace />;
  if (has(session, 'auditor')) return <Navigate to="/audit" replace />;
  if (has(session, 'duty-office')) return <Navigate to="/critical" replace />;
  if (modules.some((module) => module.kind === 'quality' && (module.mayEnter?.(session) ?? true)))
    return <Navigate to="/quality" replace />;
  return <Navigate to="/account" replace />;
}
