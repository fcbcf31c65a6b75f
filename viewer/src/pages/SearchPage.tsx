import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate, useSearchParams } from 'react-router';
import { get, query } from '../api/client.ts';
import type { CenterKind, Page, WorklistRow } from '../api/types.ts';
import { may } from '../shell/access.ts';
import { BreakGlassDialog } from '../shell/BreakGlassDialog.tsx';
import { age, dateTime } from '../shell/format.ts';
import { useSession } from '../shell/session.tsx';
import { Empty, Failed, Loading } from '../shell/states.tsx';
import { StatusWord } from '../shell/StatusWord.tsx';

interface Hit extends WorklistRow {
  center?: CenterKind;
}
/** What a centre finds for a barcode: tube, pack, slide. */
interface OtherHit {
  kind: string;
  title: string;
  detail?: string;
  path: string;
}

/** One search for everything. */
export default function SearchPage() {
  const { t } = useTranslation('shell');
  const [search] = useSearchParams();
  const q = search.get('q') ?? '';
  const hits = useQuery({
    queryKey: ['search', q],
    enabled: q !== '',
    queryFn: () => get<Page<Hit> & { others?: OtherHit[] }>(`/api/orders${query({ q, limit: 50 })}`),
  });
  if (q === '')
    return (
      <>
        <Empty text={t('search.start')} />
        <BreakGlass q={q} />
      </>
    );
  if (hits.isPending) return <Loading rows={6} />;
  if (hits.isError) return <Failed error={hits.error} retry={() => void hits.refetch()} />;
  const others = hits.data.others ?? [];
  if (hits.data.items.length === 0 && others.length === 0)
    return (
      <>
        <Empty text={t('search.empty', { q })} />
        <BreakGlass q={q} />
      </>
    );
  return (
    <div className="hub-page hub-scroll">
      <h1 className="hub-title">{t('search.title')}</h1>
      {others.length > 0 && (
        <ul className="hub-hits">
          {others.map((hit) => (
            <li key={hit.path}>
              <Link to={hit.path}>{hit.title}</Link>
              <span>{hit.kind}</span>
              <span className="hub-quiet">{hit.detail}</span>
            </li>
          ))}
        </ul>
      )}
      <ul className="hub-hits">
        {hits.data.items.map((hit) => (
          <li key={hit.orderId}>
            <Link to={`/orders/${hit.orderId}`}>
              <b>{hit.patientName ?? hit.itemName}</b> {hit.sex ? t(`sex.${hit.sex}`) : ''}{' '}
              {age(hit.birthDate, t)}
            </Link>
            <span className="hub-num">{hit.accessionNumber}</span>
            {hit.patientName && <span>{hit.itemName}</span>}
            <span>{hit.institutionName}</span>
            <StatusWord status={hit.status} />
            <span className="hub-quiet hub-num">
              {dateTime((hit.createdAt as string | undefined) ?? hit.receivedAt)}
            </span>
          </li>
        ))}
      </ul>
      <BreakGlass q={q} />
    </div>
  );
}

/** The way to a patient of another site in an emergency. */
function BreakGlass({ q }: { q: string }) {
  const { t } = useTranslation('shell');
  const session = useSession();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [open, setOpen] = useState(false);
  if (!may(session, 'patient.break-glass')) return null;
  return (
    <div className="hub-row" style={{ justifyContent: 'center', padding: 16 }}>
      <span className="hub-quiet">{t('breakGlass.hint')}</span>
      <Button danger onClick={() => setOpen(true)}>
        {t('breakGlass.title')}
      </Button>
      <BreakGlassDialog
        open={open}
        idCard={q}
        onClose={() => setOpen(false)}
        onOpened={(idCard) => {
          void client.invalidateQueries();
          void navigate(`/search?q=${idCard}`);
        }}
      />
    </div>
  );
}
