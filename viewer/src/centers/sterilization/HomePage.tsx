import { has, requests, worksIn } from '../../shell/access.ts';
import { useSession } from '../../shell/session.tsx';
import BoardPage from './BoardPage.tsx';
import CollectPage from './CollectPage.tsx';
import SitePage from './site/SitePage.tsx';

/** What each person opens first: the centre its board, a site its stock, a courier what waits for him. */
export default function HomePage() {
  const session = useSession();
  if (worksIn(session, 'sterilization') || has(session, 'quality')) return <BoardPage />;
  if (has(session, 'courier') && !requests(session)) return <CollectPage />;
  return <SitePage />;
}
